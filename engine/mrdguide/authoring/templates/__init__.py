"""Commented files to start from, one for each thing that can be added; each passes the check as it is."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from ...errors import UsageError

# Each with the id it gets when none is named.
KINDS = {
    "layer": "our-house",
    "criterion": "local.criterion",
    "caution": "caution.local",
    "block": "block.local",
    "protocol": "local-study",
    "risk": "local-scheme",
    "study": "local2026",
    "fact": "frailty_score",
    "case": "a patient of ours",
}
_FACT = re.compile(r"^[a-z][a-z0-9_]*$")
_LAYER = re.compile(r"^[a-z0-9][a-z0-9-]*$")
_ID = re.compile(r"^[a-z0-9][a-z0-9._-]*$")


def template(kind: str, name: str | None = None) -> str:
    """The text of a file with an entry of a kind, under an id.

    Raises:
        UsageError: the name cannot be an id.
    """
    name = name or KINDS[kind]
    if kind == "fact" and not _FACT.match(name):
        raise UsageError(
            f"'{name}' cannot be an id of a fact; use small letters, digits and underscores: {KINDS[kind]}"
        )
    if kind not in ("case", "fact") and not _ID.match(name):
        raise UsageError(f"'{name}' cannot be an id; use small letters, digits, dots and hyphens: {KINDS[kind]}")
    if kind == "case" and any(character in name for character in "\n:#"):
        raise UsageError("the name of a case is a line without ':' and '#'")
    if kind == "layer" and not _LAYER.match(name):
        raise UsageError(
            f"'{name}' cannot be the name of a layer; use small letters, digits and hyphens: {KINDS[kind]}"
        )
    text = (Path(__file__).parent / f"{kind}.yaml").read_text(encoding="utf-8")
    return text.replace("ID", name).replace("DAY", date.today().isoformat())
