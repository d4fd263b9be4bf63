"""What the rules rest on: studies, guidelines and definitions, each figure with the place it was read."""

from .library import KeptEntries, Library, load_library
from .model import EvidenceEntry, StudyFinding

__all__ = ["EvidenceEntry", "KeptEntries", "Library", "StudyFinding", "load_library"]
