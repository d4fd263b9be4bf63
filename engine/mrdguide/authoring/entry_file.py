"""The file of an evidence entry while something is put into it: read as text, and seen to be whole before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import EvidenceError, UsageError
from ..evidence.library import entry_of
from ..reading.bounded import read_bytes
from ..reading.document import Document, read_text
from .yaml_text import YamlText


def yaml_text(path: Path) -> YamlText:
    """The text of a file.

    Raises:
        UsageError: nothing can be put into it as it is written.
    """
    return YamlText(read_bytes(path).decode("utf-8"), str(path))


def plain(path: Path, text: YamlText) -> dict[str, Any]:
    """What a text says, as plain data."""
    found: dict[str, Any] = _document(str(path), text).data
    return found


def seen_whole(path: Path, text: YamlText, wanted: Mapping[str, Any], what: str) -> bytes:
    """The content to write, once it is certain that it says what is `wanted`, nothing else, and that the entry is right.

    `what` is how an error calls what was put in.

    Raises:
        EvidenceError: the entry would be wrong with it.
        UsageError: the text does not say what is wanted.
    """
    document = _document(f"{path} (with the {what})", text)
    if document.problems or document.data != wanted:
        raise UsageError(
            f"{path} is written so that the {what} cannot be put in without changing the rest; "
            "write its sections with a line for each entry"
        )
    entry, problems = entry_of(document, path)
    if entry is None:
        raise EvidenceError(problems)
    return text.text.encode("utf-8")


def _document(name: str, text: YamlText) -> Document:
    return read_text(text.text.removeprefix("\ufeff").replace("\r\n", "\n"), name)
