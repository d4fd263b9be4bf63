"""What the rules rest on: studies, guidelines and definitions, each figure with the place it was read."""

from .library import Library, load_library
from .model import Entry, Finding

__all__ = ["Entry", "Finding", "Library", "load_library"]
