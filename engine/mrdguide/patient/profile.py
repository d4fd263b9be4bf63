"""The patient profile: what is known of one patient. What is left out is unknown."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .attestations import Attestation
from .considered import Considered
from .events import Event, ResponseAssessment, Toxicity
from .fields import (
    MOST_ENTRIES,
    RECORDED,
    Abnormality,
    ClinicalFinding,
    Courses,
    Entries,
    Finding,
    Flag,
    Number,
    Percent,
    Section,
    Text,
)
from .imaging import ImagingStudy
from .markers import MarkerPanel
from .mrd import MrdTest
from .preference import Preference
from .therapy import TherapyEntry
from .units import Labs
from .unobtainable import Unobtainable

Disease = Literal[
    "multiple-myeloma", "smoldering-myeloma", "mgus", "plasma-cell-leukemia", "al-amyloidosis",
    "solitary-plasmacytoma", "other",
]  # fmt: skip


ListName = Literal["therapy", "responses", "mrd", "imaging", "markers", "events", "toxicities"]
# Cytogenetics is no list: where it may lack reports, what is recorded as absent is not known to be.
PartName = Literal[ListName, "cytogenetics"]


class Diagnosis(StrictModel):
    disease: Disease = Field(title="diagnosis")
    date: CalendarDate | None = None


class Cytogenetics(StrictModel):
    """At diagnosis. `status`: absent, present, not-tested or failed; a bare word is the status."""

    del_17p: Finding[Abnormality] = Field(Abnormality.model_construct(), title="del(17p)")
    tp53_mutation: Finding[Abnormality] = Field(Abnormality.model_construct(), title="TP53 mutation")
    t_4_14: Finding[Abnormality] = Field(Abnormality.model_construct(), title="t(4;14)")
    t_14_16: Finding[Abnormality] = Field(Abnormality.model_construct(), title="t(14;16)")
    t_14_20: Finding[Abnormality] = Field(Abnormality.model_construct(), title="t(14;20)")
    gain_1q: Finding[Abnormality] = Field(Abnormality.model_construct(), title="1q gain or amplification")
    del_1p32: Finding[Abnormality] = Field(Abnormality.model_construct(), title="del(1p32)")

    @model_validator(mode="after")
    def _copies_fit(self) -> Cytogenetics:
        copies, status = self.gain_1q.copies, self.gain_1q.status
        if copies is not None and ((status == "present" and copies < 3) or (status == "absent" and copies > 2)):
            raise ValueError(f"gain_1q is {status} but {copies} copies are given (gain: 3, amplification: 4 or more)")
        return self


class Baseline(StrictModel):
    """Values at diagnosis, before therapy."""

    labs: Section[Labs] = Labs.model_construct()
    cytogenetics: Section[Cytogenetics] = Cytogenetics.model_construct()
    extramedullary_disease: Finding[ClinicalFinding] = Field(
        ClinicalFinding.model_construct(), title="extramedullary disease at diagnosis"
    )
    circulating_plasma_cells_percent: Percent | None = Field(
        None, title="circulating plasma cells (percent)", json_schema_extra={RECORDED: True}
    )
    fdg_avid: Flag | None = Field(None, title="FDG-avid disease at diagnosis")


class ClonalHematopoiesis(StrictModel):
    tp53: Finding[ClinicalFinding] = Field(
        ClinicalFinding.model_construct(), title="TP53 clonal haematopoiesis", json_schema_extra={RECORDED: True}
    )


class FunctionalHighRisk(ClinicalFinding):
    definition: Text | None = None
    anchor: Text | None = None


class Surveillance(StrictModel):
    feasible: Flag | None = Field(None, title="surveillance (marrow MRD and imaging) agreed and feasible")


class Patient(StrictModel):
    """One patient. Frozen; read it with `mrdguide.read_patient` or hand a dict to `mrdguide.evaluate`."""

    id: Annotated[str, Field(min_length=1, max_length=200, coerce_numbers_to_str=True)]
    birth_year: Annotated[int, Field(strict=True, ge=1900, le=2200)] | None = Field(None, title="birth year")
    sex: Literal["female", "male", "other"] | None = None
    ecog: Annotated[int, Field(strict=True, ge=0, le=5)] | None = Field(None, title="ECOG performance status")
    recorded: CalendarDate | None = Field(
        None, description="the day until which this record goes; what is dated later cannot be known from it"
    )
    diagnosis: Diagnosis
    baseline: Section[Baseline] = Baseline.model_construct()
    therapy: Courses[TherapyEntry] = ()
    therapy_complete: Flag | None = Field(
        None, description="false: the therapy list has gaps, so a phase that is not in it is unknown and not absent"
    )
    incomplete: tuple[PartName, ...] = Field(
        (),
        max_length=100,
        description="lists that may lack entries: what is not in them is unknown, not absent; cytogenetics: nothing there is known to be absent",
    )
    responses: Entries[ResponseAssessment] = ()
    mrd: Entries[MrdTest] = ()
    imaging: Entries[ImagingStudy] = ()
    markers: Entries[MarkerPanel] = ()
    events: Entries[Event] = ()
    toxicities: Entries[Toxicity] = ()
    clonal_hematopoiesis: Section[ClonalHematopoiesis] = ClonalHematopoiesis.model_construct()
    functional_high_risk: Finding[FunctionalHighRisk] = Field(
        FunctionalHighRisk.model_construct(), title="functional high risk", json_schema_extra={RECORDED: True}
    )
    attested: Courses[Attestation] = ()
    unobtainable: Courses[Unobtainable] = ()
    not_known: tuple[Text, ...] = Field(
        (),
        max_length=MOST_ENTRIES,
        description="paths that were asked about and are not known, so that nobody is asked again; read by no rule",
    )
    surveillance: Section[Surveillance] = Surveillance.model_construct()
    preference: Section[Preference] = Preference.model_construct()
    considered: Section[Considered] = Considered.model_construct()
    local: dict[str, Flag | Number | Text | None] = Field(
        {}, description="facts that a layer of the rules adds, by their ids; only rules with that layer read them"
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_known(cls, data: Any) -> Any:
        """A list that is null is not empty: `events:` with nothing after it, as in columns, says nothing of what happened."""
        if not isinstance(data, dict):
            return data
        open_ = [name for name in get_args(ListName) if name in data and data[name] is None]
        given = data.get("incomplete") or ()
        if not open_ or not isinstance(given, list | tuple):
            return data
        return {**data, "incomplete": [*dict.fromkeys([*given, *open_])]}

    @model_validator(mode="after")
    def _possible(self) -> Patient:
        diagnosed = self.diagnosis.date
        if diagnosed is not None and self.birth_year is not None and int(diagnosed.text[:4]) < self.birth_year:
            raise ValueError(f"diagnosed {diagnosed} before the birth year {self.birth_year}; correct one of the two")
        return self
