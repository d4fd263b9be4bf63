"""A hash of the evidence base: a recommendation quotes it, and the hash of the rules does not cover it."""

from __future__ import annotations

import hashlib
from weakref import WeakKeyDictionary

from ..evidence import Library

# A library holds what it has read for as long as it lives, so one reading of the files serves it.
_KNOWN: WeakKeyDictionary[Library, str] = WeakKeyDictionary()


def evidence_hash(library: Library) -> str:
    """SHA-256 over the files of the evidence that a rule book cites from, names and bytes."""
    if library.kept is not None and not library.added:
        return library.kept.hash
    known = _KNOWN.get(library)
    if known is None:
        known = _KNOWN[library] = _worked_out(library)
    return known


def _worked_out(library: Library) -> str:
    found = hashlib.sha256()
    for entry_id in library.ids:
        found.update(library.relative(entry_id).encode() + b"\0" + library.path(entry_id).read_bytes() + b"\0")
    return found.hexdigest()
