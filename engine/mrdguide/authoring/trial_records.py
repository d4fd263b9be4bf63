"""Records of ClinicalTrials.gov, as the registry gives them for download (API v2, JSON), and what they change in the evidence.

The fields: https://clinicaltrials.gov/data-api/about-api/study-data-structure
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..dates import CalendarDate
from ..errors import UsageError
from ..evidence import EvidenceEntry, Library
from ..evidence.model import Standing, TrialStatus
from .entry_file import plain, seen_whole, yaml_text

_REGISTRY = "https://clinicaltrials.gov/study/"
_NOT_RECORDED = "not recorded"


class _Part(BaseModel):
    """A part of a record; what else it holds is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Date(_Part):
    date: CalendarDate
    type: Literal["ACTUAL", "ESTIMATED"] | None = None

    def plain(self) -> dict[str, Any]:
        return _known({"date": str(self.date), "actual": None if self.type is None else self.type == "ACTUAL"})


class _Count(_Part):
    count: int = Field(ge=0)
    type: Literal["ACTUAL", "ESTIMATED"] | None = None

    def plain(self) -> dict[str, Any]:
        return _known({"count": self.count, "actual": None if self.type is None else self.type == "ACTUAL"})


class _Identification(_Part):
    nctId: str = Field(pattern=r"^NCT\d{8}$")  # noqa: N815 - the registry's name


class _Status(_Part):
    overallStatus: TrialStatus  # noqa: N815
    whyStopped: str = ""  # noqa: N815
    startDateStruct: _Date | None = None  # noqa: N815
    primaryCompletionDateStruct: _Date | None = None  # noqa: N815
    completionDateStruct: _Date | None = None  # noqa: N815
    lastUpdatePostDateStruct: _Date | None = None  # noqa: N815


class _Design(_Part):
    enrollmentInfo: _Count | None = None  # noqa: N815


class _Protocol(_Part):
    identificationModule: _Identification  # noqa: N815
    statusModule: _Status  # noqa: N815
    designModule: _Design = _Design()  # noqa: N815


class TrialRecord(_Part):
    """The record of one trial, as far as it is read."""

    protocolSection: _Protocol  # noqa: N815
    hasResults: bool  # noqa: N815

    @property
    def id(self) -> str:
        return self.protocolSection.identificationModule.nctId

    @property
    def updated(self) -> CalendarDate | None:
        """When the record was last changed, as far as it says."""
        changed = self.protocolSection.statusModule.lastUpdatePostDateStruct
        return changed.date if changed is not None else None

    def standing(self, source: str) -> dict[str, Any]:
        """Where the trial stands, as plain data of `Standing`."""
        status = self.protocolSection.statusModule
        enrolment = self.protocolSection.designModule.enrollmentInfo
        dates = {
            "start": status.startDateStruct, "primary_completion": status.primaryCompletionDateStruct,
            "completion": status.completionDateStruct,
        }  # fmt: skip
        found = {
            "status": status.overallStatus, "why_stopped": " ".join(status.whyStopped.split()) or None,
            **{name: item.plain() if item is not None else None for name, item in dates.items()},
            "enrolment": enrolment.plain() if enrolment is not None else None, "has_results": self.hasResults,
            "updated": str(self.updated) if self.updated is not None else None, "source": source,
        }  # fmt: skip
        return _known(found)


@dataclass(frozen=True, slots=True)
class StandingChange:
    """What a record changes in an entry: `lines` say it field by field; `content` is what its file becomes, None where the
    record changes nothing or is older than what is recorded."""

    entry: str
    trial: str
    lines: tuple[str, ...]
    path: Path
    content: bytes | None


def read_records(given: Any, name: str) -> list[TrialRecord]:
    """The records of a file: one study, a list of studies, or the answer to a search (`studies`).

    Raises:
        UsageError: it holds something else; the message says where and what is expected.
    """
    held = given.get("studies") if isinstance(given, Mapping) and "protocolSection" not in given else given
    studies = [held] if isinstance(held, Mapping) else held
    if not isinstance(studies, list) or not studies:
        raise UsageError(
            f"{name}: no study in it; expected the JSON of ClinicalTrials.gov (API v2): one study, a list, or 'studies'"
        )
    return [_record(item, name, f"[{index}]" if len(studies) > 1 else "") for index, item in enumerate(studies)]


def _record(item: Any, name: str, place: str) -> TrialRecord:
    try:
        return TrialRecord.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(["study" + place, *(str(part) for part in first["loc"])])
        found = "is missing" if first["type"] == "missing" else f"cannot be read: {first['msg']}"
        raise UsageError(
            f"{name}: {where} {found}; expected a study as ClinicalTrials.gov gives it for download (API v2, JSON)"
        ) from None


def changes(library: Library, record: TrialRecord, read: str) -> Iterator[StandingChange]:
    """What a record changes in each entry that names the trial; `read` is the day on which it was downloaded, YYYY-MM-DD.

    Raises:
        EvidenceError: an entry cannot be read.
        UsageError: the file of one is written so that nothing can be put into it.
    """
    for entry in library:
        for index, registration in enumerate(entry.registrations):
            if registration.id == record.id:
                yield _change(library, entry, index, record, read)


def _change(library: Library, entry: EvidenceEntry, index: int, record: TrialRecord, read: str) -> StandingChange:
    path, before = library.path(entry.id), entry.registrations[index].standing
    if before is not None and _is_older(record, before):
        line = f"the record of {record.updated} is older than the one that was read, of {before.updated}: left as it is"
        return StandingChange(entry.id, record.id, (line,), path, None)
    source = before.source if before is not None else _free_key(entry)
    standing = record.standing(source)
    lines = tuple(_differences(before, Standing.model_validate(standing)))
    if not lines:
        return StandingChange(entry.id, record.id, (), path, None)
    version = f", version of {record.updated}" if record.updated is not None else ""
    page = {"url": f"{_REGISTRY}{record.id}", "level": "registry", "locator": f"registry record{version}", "read": read}
    text = yaml_text(path)
    was = plain(path, text)
    registrations = [dict(item) for item in was["registrations"]]
    registrations[index]["standing"] = standing
    wanted = {**was, "registrations": registrations, "sources": {**was.get("sources", {}), source: page}}
    changed = text.with_value("registrations", index, "standing", standing).with_entry("sources", source, page)
    return StandingChange(entry.id, record.id, lines, path, seen_whole(path, changed, wanted, "standing"))


def _is_older(record: TrialRecord, before: Standing) -> bool:
    return record.updated is not None and before.updated is not None and record.updated.latest < before.updated.earliest


def _free_key(entry: EvidenceEntry) -> str:
    keys = ("clinicaltrials", *(f"clinicaltrials{number}" for number in range(2, len(entry.sources) + 3)))
    return next(key for key in keys if key not in entry.sources)


def _differences(before: Standing | None, after: Standing) -> Iterator[str]:
    """Field by field, what was recorded and what the record says."""
    for name in Standing.model_fields:
        was = _shown(getattr(before, name) if before is not None else None)
        now = _shown(getattr(after, name))
        if name != "source" and was != now:
            yield f"{name.replace('_', ' ')}: {was} -> {now}"


def _shown(value: Any) -> str:
    if value in (None, ""):
        return _NOT_RECORDED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | CalendarDate):
        return str(value)
    return f"{getattr(value, 'date', None) or value.count} ({_ACTUAL[value.actual]})"


_ACTUAL = {True: "actual", False: "estimated", None: "actual or estimated: not said"}


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
