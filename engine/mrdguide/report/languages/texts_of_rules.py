"""What the shipped rules say in words: titles, reasons, answers, questions, by where they stand in the rules.

A page finds their translation by the English, so that a layer's own words never get one that was made for others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ...reading.document import read_file
from ...reading.shipped import folder

# The keys of rule files whose values are words that a page shows.
_WORDS = frozenset(
    (
        "title", "title_unknown", "answer", "answer_without_stop", "headline", "because", "why", "options", "limits", "note",
        "what", "ask", "who", "words", "stops", "text", "statement", "ask_for",
    )
)  # fmt: skip
# Words that no page for the board shows, and lists of ids under such a key.
_LEFT_OUT = re.compile(
    r"rules\.(?:criteria|conclusions|remarks)\..*\.why|rules\.(?:pack\.title|invariants|parameters|implications)\b.*"
    r"|.*\.because\[\d+\]|.*\.attestable\.what|.*\.every\[\d+\]\.what"
)
_BASIS = Path(__file__).resolve().parents[1] / "pages" / "wording" / "basis.yaml"
_OF_BASIS = ("intended_use", "not_for", "limits", "validation")


@cache
def texts_of_rules() -> tuple[tuple[str, str], ...]:
    """Each different text once, as its id and its English.

    Raises:
        UsageError: a file of the installation is missing.
    """
    found: dict[str, str] = {}
    for path in sorted(folder("rules").rglob("*.yaml")):
        for name, text in _texts("rules", read_file(path).data, False):
            found.setdefault(text, name)
    basis = read_file(_BASIS).data
    for key in _OF_BASIS:
        for name, text in _texts(f"basis.{key}", basis[key], True):
            found.setdefault(text, name)
    return tuple((name, text) for text, name in found.items())


def _texts(name: str, data: Any, words: bool) -> Iterator[tuple[str, str]]:
    """The words below a value; `words` is whether a text here is some."""
    if isinstance(data, str):
        if words and not _LEFT_OUT.fullmatch(name):
            yield name, data
    elif isinstance(data, list):
        for number, inner in enumerate(data):
            named = isinstance(inner, dict) and isinstance(inner.get("id"), str)
            yield from _texts(f"{name}.{inner['id']}" if named else f"{name}[{number}]", inner, words)
    elif isinstance(data, dict):
        for key, inner in data.items():
            yield from _texts(f"{name}.{key}", inner, key in _WORDS)
