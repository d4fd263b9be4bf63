"""The texts that facts are read from: letters and reports, with a place for every word in them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

from ..errors import UsageError
from ..reading.arguments import shown
from ..reading.bounded import read_bytes
from ..reading.computed import computed

MOST_CHARACTERS, MOST_DOCUMENTS = 500_000, 50
_LONGEST_NAME = 200
# Where a text came from: a file that the person named, or the model, which may have made it up.
Origin = Literal["folder", "handed over"]

# What ends a sentence: its own sign, an empty line, a page; and a line break before what begins a line of a table or list.
_END = re.compile(r"[.;!?](?=\s)|\n[ \t]*\n|\f|\n(?=[ \t]*(?:[-*•|]|\d+[.)]\s|[^\n:]{1,60}:))")
_SPACES = re.compile(r"\s+")
_FULL = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_WORD = re.compile(r"\w")


class Place(NamedTuple):
    """Where words are: page and line counted from 1, characters from 0, the end being the one after the last."""

    page: int
    line: int
    start: int
    end: int


@dataclass(frozen=True, repr=False)
class Letter:
    """One text with its name. Pages are divided by form feeds, as programs that make text of a PDF write them."""

    name: str
    text: str
    origin: Origin

    @computed
    def fingerprint(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @computed
    def pages(self) -> int:
        return self.text.count("\f") + 1

    @computed
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer(r"\n", self.text))]

    @property
    def lines(self) -> int:
        return len(self._line_starts)

    def place(self, start: int, end: int) -> Place:
        return Place(self.text.count("\f", 0, start) + 1, bisect_right(self._line_starts, start), start, end)

    def found(self, words: str) -> Iterator[Place]:
        """Every place where these words are, whole words only; a line break counts as a space."""
        parts = [re.escape(part) for part in _SPACES.split(words.strip()) if part]
        if not parts or not _WORD.search(words):
            return
        pattern = re.compile(r"(?<!\w)" * bool(_WORD.match(words.strip())) + r"\s+".join(parts) + r"(?!\w)")
        for found in pattern.finditer(self.text):
            yield self.place(found.start(), found.end())

    @computed
    def sentences(self) -> tuple[Place, ...]:
        """The text in sentences and lines of tables, none of them empty."""
        edges = [0, *(found.end() for found in _END.finditer(self.text)), len(self.text)]
        parts = (_FULL.search(self.text, first, last) for first, last in pairwise(edges))
        return tuple(self.place(*found.span()) for found in parts if found and _WORD.search(found[0]))

    def around(self, place: Place) -> str:
        """The whole sentences that words are in: what was left out of a quotation may say the opposite."""
        touched = [item for item in self.sentences if item.start < place.end and place.start < item.end]
        return self.words(touched[0].start, touched[-1].end)

    def words(self, start: int, end: int) -> str:
        """Words on one line, as people read them."""
        return _SPACES.sub(" ", self.text[start:end]).strip()


def letter(name: str, text: str, origin: Origin) -> Letter:
    """A text that can be quoted from.

    Raises:
        UsageError: its name or its text cannot be used; the message repeats nothing of the text.
    """
    if not name.strip() or len(name) > _LONGEST_NAME or any(map(_cannot_be_seen, name)) or set(name) & set("\t\f\xad"):
        raise UsageError(f"name: found {shown(name)}; give a name of 1 to {_LONGEST_NAME} ordinary characters")
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            f"{name}: the text has {len(text):,} characters, at most {MOST_CHARACTERS:,} are read; hand over its parts"
        )
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _WORD.search(plain):
        raise UsageError(f"{name}: there are no words in it; give the text of the letter or report")
    for number, line in enumerate(plain.split("\n"), start=1):
        hidden = next((item for item in line if _cannot_be_seen(item)), None)
        if hidden is not None:
            raise UsageError(
                f"{name}, line {number}: found the character U+{ord(hidden):04X}, which cannot be seen and can make a text "
                "look otherwise than it is; remove it"
            )
    return Letter(name, plain, origin)


def letters_of(folder: Path) -> dict[str, Letter]:
    """The text files (`.txt`, `.md`) of a folder by their names.

    Raises:
        UsageError: the folder or a file in it cannot be read.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".txt", ".md"))
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}; give a folder with text files") from None
    if len(paths) > MOST_DOCUMENTS:
        raise UsageError(
            f"{folder}: holds {len(paths)} texts, at most {MOST_DOCUMENTS} are read; give those of one patient"
        )
    return {path.name: _read(path) for path in paths}


def _read(path: Path) -> Letter:
    try:
        return letter(path.name, read_bytes(path).decode("utf-8-sig"), "folder")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text; save it as UTF-8") from None


def _cannot_be_seen(character: str) -> bool:
    """Control and format characters, but for line breaks, tabs, pages and the soft hyphen of word processors."""
    return character not in "\t\f\xad" and unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn")
