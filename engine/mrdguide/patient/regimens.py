"""Which drugs the name of a regimen stands for (`regimens.yaml`)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ..reading.data_file import read_as
from ..reading.validation import StrictModel

REGIMENS = Path(__file__).with_name("regimens.yaml")


class Regimen(StrictModel):
    """Names that mean the same drugs."""

    names: tuple[str, ...]
    drugs: tuple[str, ...]


class Regimens(StrictModel):
    """The file `regimens.yaml`."""

    regimens: tuple[Regimen, ...]


def drugs_of(name: str) -> tuple[str, ...] | None:
    """The drugs of a regimen; None where the name does not say them."""
    return _table().get(_plain(name))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    found = read_as(REGIMENS, Regimens)
    return {_plain(name): regimen.drugs for regimen in found.regimens for name in regimen.names}


def _plain(name: str) -> str:
    return re.sub(r"[\s.\-]+", "", name).casefold()
