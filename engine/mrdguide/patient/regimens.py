"""Which drugs the name of a regimen stands for (`regimens.yaml`)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ..reading.data_file import read_as
from ..reading.validation import StrictModel

REGIMENS = Path(__file__).with_name("regimens.yaml")

_BREAK = re.compile(r"[\s,;()]+")
# A number with what is written close to it: 4, x4, 4x, 10mg, d1-21, 21/28, q28d.
_AMOUNT = re.compile(r"[dqx]?\d[\d./\u2013-]*(?:mg|[dwx])?", re.IGNORECASE)


class Regimen(StrictModel):
    """Names that mean the same drugs."""

    names: tuple[str, ...]
    drugs: tuple[str, ...]


class Regimens(StrictModel):
    """The file `regimens.yaml`."""

    regimens: tuple[Regimen, ...]
    beside: tuple[str, ...]


def drugs_of(name: str) -> tuple[str, ...] | None:
    """The drugs of a regimen; None where the name does not say them."""
    found = _table().get(_plain(name))
    return _table().get(_plain(_name_alone(name))) if found is None else found


@cache
def _file() -> Regimens:
    return read_as(REGIMENS, Regimens)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {_plain(name): regimen.drugs for regimen in _file().regimens for name in regimen.names}


def _name_alone(text: str) -> str:
    """A text without what stands beside the name of a regimen and is no part of it: how often, how much, on which days."""
    beside = _beside()
    return " ".join(
        word for word in _BREAK.split(text) if word.casefold() not in beside and not _AMOUNT.fullmatch(word)
    )


@cache
def _beside() -> frozenset[str]:
    return frozenset(word.casefold() for word in _file().beside)


def _plain(name: str) -> str:
    return re.sub(r"[\s.\-]+", "", name).casefold()
