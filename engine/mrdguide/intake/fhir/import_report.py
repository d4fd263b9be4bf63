"""What became of everything that was handed over: facts taken, resources ignored, conflicts, and how complete it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Severity = Literal["error", "warning", "information"]


class Completeness(StrEnum):
    """What is known of a part of the input: a list that is whole, and five ways of not being so."""

    COMPLETE = "complete"
    NOT_SUPPLIED = "not-supplied"  # the key is absent: nobody asked, or nobody answered
    NO_DATA = "no-data"  # null: the client says it has none
    FAILED = "failed"  # an OperationOutcome in the place of data
    PAGED = "paged"  # a Bundle with a next page that was not handed over
    BROKEN = "broken"  # resources that cannot be read, or not be told to be about one patient

    @property
    def whole(self) -> bool:
        """Whether nothing can be missing: `null` is an answer too."""
        return self in (Completeness.COMPLETE, Completeness.NO_DATA)


@dataclass(frozen=True, slots=True)
class ImportedFact:
    """One fact of the profile and where it came from.

    `path` is its place in the profile (`mrd[0]`, `baseline.labs.ldh`); `element` the FHIR path inside the resource;
    `code` is `system|code`; `original` the value and unit as found, `converted` what became of them (empty if nothing).
    """

    path: str
    what: str
    resource_type: str
    resource_id: str
    element: str
    code: str
    original: str
    converted: str = ""
    date: str = ""

    def to_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Ignored:
    """A resource, or a part of one, that was not used, and why."""

    resource_type: str
    resource_id: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two or more values for one thing. None was chosen: the fact is left unknown."""

    path: str
    what: str
    values: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"path": self.path, "what": self.what, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to look at: a broken resource, a display that does not fit its code, a preliminary result."""

    severity: Severity
    resource_type: str
    resource_id: str
    text: str

    def to_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not read, and what it could change (`domains`): until it is known, that stays open."""

    domains: tuple[str, ...]
    resource_type: str
    resource_id: str
    element: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in self.__slots__}, "domains": list(self.domains)}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Everything that happened on the way from FHIR to a profile. `tables` is the version of the code tables used."""

    patient_id: str
    facts: tuple[ImportedFact, ...]
    ignored: tuple[Ignored, ...]
    conflicts: tuple[Conflict, ...]
    issues: tuple[Issue, ...]
    completeness: dict[str, Completeness]
    tables: str
    gaps: tuple[Gap, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing that was asked for is missing, paged or failed, and nothing that matters was left unread."""
        return all(state.whole for state in self.completeness.values())

    def to_dict(self) -> dict[str, Any]:
        return {
            "patient_id": self.patient_id,
            "facts": [item.to_dict() for item in self.facts],
            "ignored": [item.to_dict() for item in self.ignored],
            "conflicts": [item.to_dict() for item in self.conflicts],
            "issues": [item.to_dict() for item in self.issues],
            "completeness": {name: state.value for name, state in self.completeness.items()},
            "gaps": [item.to_dict() for item in self.gaps],
            "tables": self.tables,
        }
