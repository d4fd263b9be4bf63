"""Text without characters that could do something on a screen, in a file or in a spreadsheet."""

from __future__ import annotations

import json
import re

# Characters that could act on a reader's screen or break a file: control characters, separators of lines and paragraphs,
# lone surrogates, non-characters, and those that turn the direction of the text after them.
_UNSHOWABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")


def legible_json(text: str) -> str:
    """JSON text with the same characters as escapes: it means the same and does nothing to a screen."""
    if all(map(str.isprintable, text.split("\n"))):
        return text  # what cannot be shown is not printable by Unicode either, which is looked at 30 times faster
    return _UNSHOWABLE.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], text)


def legible(text: str) -> str:
    """`text` fit for any rendering: on one line, and characters that cannot be shown replaced by U+FFFD."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", _BREAKS.sub(" ", text))


def legible_lines(text: str) -> str:
    """The same line by line, for text of several lines."""
    return "\n".join(legible(line) for line in text.split("\n"))


# What spreadsheets take for the beginning of a formula.
_FORMULA = re.compile(r"[=+\-@]")


def spreadsheet_cell(text: str) -> str:
    """`text` fit for a cell of a spreadsheet: one that it would take for a formula begins with an apostrophe."""
    shown = legible(text)
    return f"'{shown}" if _FORMULA.match(shown.lstrip()) else shown
