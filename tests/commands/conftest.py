"""The record's fixtures, for its commands."""

from __future__ import annotations

from ..record.conftest import five, found, path, store

__all__ = ["five", "found", "path", "store"]
