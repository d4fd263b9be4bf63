"""One patient of a cohort before it is read, and what is said of one that cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..patient import Patient
from .arrow_rows import Row


@dataclass(frozen=True, slots=True)
class Reject:
    """A patient without an answer: the id where it is known, the place in the input, why, and a code.

    The codes are those of `errors.CODES`; `not-usable` of FHIR data that are not about one patient, `no-answer` where an
    answer was reached and must not be trusted, and `fault` of a fault of the program.
    """

    patient: str
    place: str
    reason: str
    code: str

    def to_dict(self) -> dict[str, str]:
        """A line of the rejects file."""
        return {"patient": self.patient, "place": self.place, "reason": self.reason, "code": self.code}


@dataclass(frozen=True, slots=True)
class Resources:
    """The FHIR resources of one patient."""

    items: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One patient: where it stands in the input, and what stands there; read where it is judged.

    `days` is what the input says of the days to judge on (one, or a list); None where the run says it.
    """

    place: str
    content: Mapping[str, Any] | Patient | Resources | Path | Row | Reject
    days: Any = None
