"""What the rules rest on: studies, guidelines and definitions, each figure with the place it was read."""

from .library import Library, load_library
from .model import EvidenceEntry, StudyFinding

__all__ = ["EvidenceEntry", "Library", "StudyFinding", "load_library"]
