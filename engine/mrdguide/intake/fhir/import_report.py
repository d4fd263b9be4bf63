"""What became of everything that was handed over: facts taken, resources ignored, conflicts, and how complete it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


ORDINARY = "known to say nothing of what an answer rests on"
"""How the reason ends for which what is no news in any record is left out."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A resource, or a part of one, that was not used, and why."""

    resource_type: str
    resource_id: str
    reason: str

    @property
    def ordinary(self) -> bool:
        """Whether it is left out because it is known to say nothing."""
        return self.reason.endswith(ORDINARY)

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
    """Something to look at: a broken resource, a display that does not fit its code, a preliminary result.

    `element` is the FHIR path of what it is about: `Observation.value[x]`.
    """

    severity: Severity
    resource_type: str
    resource_id: str
    text: str
    element: str = ""

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
class UnreadText:
    """A text that only a person can read: what it could change (`domains`), and which of that is still `open`.

    `version` is a fingerprint of what it says, so that a statement on it holds only as long as it is not changed;
    `read_by` and `read_on` say on whose word it was closed.
    """

    resource_type: str
    resource_id: str
    version: str
    date: str
    wording: str
    domains: tuple[str, ...]
    open: tuple[str, ...] = ()
    read_by: str = ""
    read_on: str = ""

    @property
    def name(self) -> str:
        """As a statement names it: `Observation/12:3f9a0c11d2e4`."""
        return f"{self.resource_type}/{self.resource_id}:{self.version}"

    def closed(self, open_: tuple[str, ...], by: str, date: str) -> UnreadText:
        """The same text with what is still open, and on whose word the rest is not."""
        return replace(self, open=open_, read_by=by, read_on=date)

    def with_what_stands_beside(self, other: UnreadText | None) -> UnreadText:
        """The same text with what another reading of it opens: as a result in words, and by a note in it."""
        if other is None:
            return self
        domains, open_ = (tuple(dict.fromkeys(both)) for both in (other.domains + self.domains, other.open + self.open))
        return replace(self, domains=domains, open=open_)

    def to_dict(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {"name": self.name, **plain, "domains": list(self.domains), "open": list(self.open)}


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
    texts: tuple[UnreadText, ...] = ()

    @property
    def to_be_read(self) -> tuple[UnreadText, ...]:
        """The texts that still leave something open: one statement of a person who has read them closes it."""
        return tuple(text for text in self.texts if text.open)

    @property
    def complete(self) -> bool:
        """Whether nothing that was asked for is missing, paged or failed, and nothing that matters was left unread."""
        return all(state.whole for state in self.completeness.values())

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes. Raises nothing."""
        return {
            "patient_id": self.patient_id,
            "facts": [item.to_dict() for item in self.facts],
            "ignored": [item.to_dict() for item in self.ignored],
            "conflicts": [item.to_dict() for item in self.conflicts],
            "issues": [item.to_dict() for item in self.issues],
            "completeness": {name: state.value for name, state in self.completeness.items()},
            "gaps": [item.to_dict() for item in self.gaps],
            "texts": [item.to_dict() for item in self.texts],
            "tables": self.tables,
        }
