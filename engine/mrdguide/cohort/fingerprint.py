"""What a run is about, as a hash: another input, rule, day or option is another run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..answer.provenance import engine_version
from ..errors import UsageError
from ..rulebook.fingerprint import evidence_hash
from .batches import Task

_PIECE = 4 * 1024 * 1024
# Raised whenever the rows of the same run, or what is kept of a group, become others.
_FORM = 2


def fingerprint(files: Sequence[Path], task: Task, group: int) -> str:
    """The hash of a run: the bytes of its inputs, the rules with their evidence, the engine, day and options.

    Raises:
        UsageError: an input cannot be read.
    """
    found = hashlib.sha256(json.dumps(_options(task, group), sort_keys=True).encode())
    for path in files:
        found.update(f"\0{path.name}\0".encode("utf-8", "surrogateescape"))
        found.update(_hash(path))
    return found.hexdigest()


def _options(task: Task, group: int) -> dict[str, Any]:
    site = Path(task.site) if task.site is not None else None
    return {
        "form": _FORM, "engine": engine_version(), "rules": task.rules.hash, "evidence": evidence_hash(task.rules.evidence),
        "as_of": str(task.as_of), "as_of_column": task.as_of_column, "missing": task.asked.missing,
        "windows": task.asked.windows, "checked": task.checked, "seed": task.seed, "group": group,
        "site": _hash(site).hex() if site is not None else "",
    }  # fmt: skip


def _hash(path: Path) -> bytes:
    found = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                found.update(piece)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return found.digest()
