"""What the rules rest on: studies, guidelines and definitions, each figure with the place it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .library import KeptEntries, Library, load_library

# Imported when an entry itself is looked at: what answers show of the shipped entries is compiled.
if TYPE_CHECKING:
    from .model import EvidenceEntry, StudyFinding

__all__ = ["EvidenceEntry", "KeptEntries", "Library", "StudyFinding", "load_library"]


def __getattr__(name: str) -> Any:
    if name not in ("EvidenceEntry", "StudyFinding"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from . import model

    return getattr(model, name)
