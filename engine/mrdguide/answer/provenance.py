"""Which rules, engine and input gave an answer, and for which day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..patient.canonical import canonical_text
from ..patient.profile import Patient


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an answer comes from.

    rules_name: the name of the rule book
    rules_version: its version
    rules_hash: SHA-256 of its files
    engine_version: the version of mrdguide
    input_hash: SHA-256 of the profile in its canonical form
    as_of: the day judged, YYYY-MM-DD
    cross_checked: whether a second engine decided the same
    """

    rules_name: str
    rules_version: str
    rules_hash: str
    engine_version: str
    input_hash: str
    as_of: str
    cross_checked: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {name: getattr(self, name) for name in self.__slots__}


@lru_cache(maxsize=1)
def engine_version() -> str:
    """The installed version of mrdguide."""
    try:
        return version("mrdguide")
    except PackageNotFoundError:
        return "unknown (not installed)"


def input_hash(patient: Patient) -> str:
    """SHA-256 of the profile in its canonical form, in UTF-8."""
    return hashlib.sha256(canonical_text(patient).encode()).hexdigest()
