"""Ids of patients that nobody can tell apart: what is recorded under one of them would be missed under the other."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"\s+")


def as_seen(name: str) -> str:
    """An id as it looks: signs that are drawn as nothing are left out, blanks and hyphens of every kind are one.

    Capitals count, as they do in the identifiers of registries.
    """
    if name.isascii() and "  " not in name and name.isprintable():
        return name.strip()
    plain = unicodedata.normalize("NFKC", name)
    drawn = (_drawn(character) for character in plain)
    return _BLANKS.sub(" ", "".join(drawn)).strip()


def _drawn(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    # A soft hyphen, a zero width space, a mark of the direction of writing.
    return "" if kind == "Cf" or (kind == "Cc" and not character.isspace()) else character
