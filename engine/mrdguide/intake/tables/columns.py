"""The tables, their columns, and where each column belongs in a profile. What a cell may hold follows from the profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from ...dates import CalendarDate
from ...patient.attestations import Attestation
from ...patient.events import Event, ResponseAssessment, Toxicity
from ...patient.imaging import ImagingStudy
from ...patient.markers import MarkerPanel
from ...patient.mrd import MrdTest
from ...patient.profile import Cytogenetics, Patient
from ...patient.therapy import TherapyEntry
from ...patient.units import UNITS, Labs, Quantity
from ...patient.unobtainable import Unobtainable
from ...reading.computed import computed
from ...reading.validation import annotation_parts, models_in

Kind = Literal["text", "word", "number", "whole", "flag", "date", "end", "list", "facts"]

ONGOING = "ongoing"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, where its cells stand in a profile (or in an entry of a list), and what they hold."""

    header: str
    path: tuple[str, ...]
    kind: Kind
    words: tuple[str, ...] = ()
    required: bool = False
    about: str = ""


@dataclass(frozen=True)
class Table:
    """One file. `section` is the list of a profile that its rows are entries of; empty for the patients themselves."""

    section: str
    model: type[BaseModel]
    columns: tuple[Column, ...]
    optional: bool = False

    @property
    def file(self) -> str:
        return f"{self.section or 'patients'}.csv"

    @property
    def key(self) -> str:
        """The header of the column that says which patient a row is about."""
        return self.columns[0].header

    @computed
    def by_header(self) -> dict[str, Column]:
        return {column.header: column for column in self.columns}


def _column(model: type[BaseModel], header: str, path: str, about: str = "", *, required: bool = False) -> Column:
    steps = tuple(path.split("."))
    kind, words = _kind(_annotation(model, steps))
    if (model, path) == (TherapyEntry, "end"):
        kind = "end"
    return Column(header, steps, kind, words, required, about)


def _annotation(model: type[BaseModel], steps: tuple[str, ...]) -> Any:
    field = next(info for name, info in model.model_fields.items() if steps[0] in (name, info.alias))
    return _annotation(models_in(field.annotation)[0], steps[1:]) if len(steps) > 1 else field.annotation


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    parts = annotation_parts(annotation)
    words = tuple(str(word) for part in parts if get_origin(part) is Literal for word in get_args(part))
    if any(get_origin(part) is dict for part in parts):
        return "facts", ()
    if any(get_origin(part) is tuple for part in parts):
        return "list", words
    if words:
        return "word", words
    plain: tuple[tuple[Any, Kind], ...] = ((bool, "flag"), (CalendarDate, "date"), (float, "number"), (int, "whole"))
    return next((kind for type_, kind in plain if type_ in parts), "text"), ()


def _lab_columns() -> list[Column]:
    return [
        column
        for name in Labs.model_fields
        for column in _quantity_columns(Patient, name, f"baseline.labs.{name}", "at diagnosis; ")
    ]


def _quantity_columns(model: type[BaseModel], name: str, path: str, when: str = "") -> list[Column]:
    """The value of a laboratory quantity, its unit and its upper limit."""
    canonical, units, _ = UNITS[name]
    return [
        _column(model, name, f"{path}.value", f"{when}unknown without its unit"),
        _column(model, f"{name}_unit", f"{path}.unit", f"{', '.join(units)} (kept as {canonical})"),
        _column(model, f"{name}_upper_limit", f"{path}.upper_limit", "of the laboratory's range, in the same unit"),
    ]


def _cytogenetic_columns() -> list[Column]:
    found = []
    for name, field in Cytogenetics.model_fields.items():
        path = f"baseline.cytogenetics.{name}"
        found += [
            _column(Patient, name, f"{path}.status", f"{field.title} at diagnosis"),
            _column(Patient, f"{name}_fraction", f"{path}.fraction", "of the cells examined, 0 to 1"),
            _column(
                Patient, f"{name}_cd138_sorted", f"{path}.cd138_sorted", "whether sorted plasma cells were examined"
            ),
            _column(Patient, f"{name}_copies", f"{path}.copies"),
            _column(Patient, f"{name}_zygosity", f"{path}.zygosity"),
        ]
    return found


def _patient_columns() -> tuple[Column, ...]:
    return (
        _column(Patient, "id", "id", "a name of its own for every patient; the other tables refer to it", required=True),
        _column(Patient, "disease", "diagnosis.disease", required=True),
        _column(Patient, "diagnosis_date", "diagnosis.date"),
        _column(Patient, "birth_year", "birth_year"),
        _column(Patient, "sex", "sex"),
        _column(Patient, "ecog", "ecog", "0 to 5"),
        _column(Patient, "recorded", "recorded", "the day until which the record of this patient goes"),
        *_lab_columns(),
        *_cytogenetic_columns(),
        _column(Patient, "extramedullary_disease", "baseline.extramedullary_disease.status", "at diagnosis"),
        _column(
            Patient, "circulating_plasma_cells_percent", "baseline.circulating_plasma_cells_percent",
            "at diagnosis, 0 to 100",
        ),
        _column(Patient, "fdg_avid", "baseline.fdg_avid", "whether the disease was FDG-avid at diagnosis"),
        _column(
            Patient, "therapy_complete", "therapy_complete",
            "no: therapy.csv has gaps, so a phase that is not in it is unknown and not absent",
        ),
        _column(
            Patient, "incomplete", "incomplete",
            "tables that may lack entries of this patient, separated by semicolons: what is not in them is unknown",
        ),
        _column(Patient, "tp53_clonal_hematopoiesis", "clonal_hematopoiesis.tp53.status"),
        _column(Patient, "functional_high_risk", "functional_high_risk.status"),
        _column(Patient, "functional_high_risk_definition", "functional_high_risk.definition"),
        _column(Patient, "functional_high_risk_anchor", "functional_high_risk.anchor"),
        _column(Patient, "surveillance_feasible", "surveillance.feasible", "marrow MRD and imaging agreed and feasible"),
        _column(Patient, "preference_stop", "preference.stop", "whether the patient wishes to stop"),
        _column(Patient, "not_known", "not_known", "places that were asked about in vain, separated by semicolons"),
        _column(Patient, "frailty", "considered.frailty", "read by no rule"),
        _column(Patient, "comorbidities", "considered.comorbidities", "separated by semicolons; only words for the disease count"),
        _column(Patient, "t_11_14", "considered.t_11_14.status", "read by no rule"),
        _column(Patient, "therapy_wish", "considered.therapy_wish", "in words; asked about where it tells of a relapse, MDS or AML"),
        _column(
            Patient, "preference_values", "preference.values",
            "how much each matters to the patient, as NAME: 0 to 10, separated by semicolons; read by no rule",
        ),
        _column(Patient, "local", "local", "facts of a layer of the rules, as NAME: VALUE, separated by semicolons"),
    )  # fmt: skip


_ABOUT = {
    "limit_of_detection": "a fraction of nucleated cells, for example 1e-6",
    "level": "a fraction of nucleated cells, for example 3e-5; only when detected",
    "cells": "nucleated cells analysed",
    "deauville_focal": "1 to 5", "deauville_marrow": "1 to 5", "grade": "by CTCAE, 1 to 5",
    "rac": "response category of whole-body diffusion-weighted MRI, 1 to 5",
    "reference_standard": "what uptake was compared with",
    "drugs": "separated by semicolons",
    "therapy.end": f"'{ONGOING}' while it continues; empty when unknown",
    "events.end": "when it was over",
    "confirmed": "whether a second assessment agreed",
    "attribution": "what it was found to be due to",
    "start_reason": "why this phase was begun",
    "site": "of radiotherapy only",
    "original_isotype": "whether the band found is the protein of the diagnosis",
    "therapeutic_antibody_excluded": "whether it was shown that the band is not a therapeutic antibody",
    "what": "what was looked for, for example serum-quiet",
    "of": "the day that was looked at",
    "by": "who says so, as a role",
}  # fmt: skip


def _entries(section: str, model: type[BaseModel], *paths: str, optional: bool = False) -> Table:
    """A table of dated entries; the header of a column is the last step of its path."""
    key = Column("patient_id", (), "text", required=True, about="an id of patients.csv")
    headers = {path: path.rpartition(".")[2] for path in paths}
    columns = []
    for path, header in headers.items():
        if models_in(_annotation(model, tuple(path.split("."))))[:1] == [Quantity]:
            columns += _quantity_columns(model, header, path)
        else:
            about = _ABOUT.get(f"{section}.{header}", _ABOUT.get(header, ""))
            columns.append(_column(model, header, path, about))
    return Table(section, model, (key, *columns), optional)


TABLES: tuple[Table, ...] = (
    Table("", Patient, _patient_columns()),
    _entries(
        "mrd", MrdTest, "date", "specimen", "method", "limit_of_detection", "result", "level", "quality.first_pull",
        "quality.hemodiluted", "quality.trackable_clone", "quality.cells",
    ),
    _entries(
        "imaging", ImagingStudy, "date", "modality", "deauville_focal", "deauville_marrow", "new_lesion", "rac",
        "conclusion", "attribution", "reference_standard",
    ),
    _entries(
        "therapy", TherapyEntry, "phase", "line", "regimen", "drugs", "kind", "date", "start", "end", "stop_reason",
        "start_reason", "site",
    ),
    _entries("responses", ResponseAssessment, "date", "category", "confirmed"),
    _entries("events", Event, "date", "kind", "status", "end", "attribution", "confirmed", "term", "note"),
    _entries("toxicities", Toxicity, "date", "term", "grade", "attributed_to", "status", "unacceptable"),
    _entries(
        "markers", MarkerPanel, "date", "serum_m_protein", "urine_m_protein", "kappa", "lambda", "involved_light_chain",
        "serum_immunofixation", "urine_immunofixation", "isotype", "original_isotype", "therapeutic_antibody_excluded",
        "marrow_plasma_cells_percent", "circulating_plasma_cells_percent", "calcium", "haemoglobin", "creatinine",
        "new_bone_lesion", "new_soft_tissue_disease", "attribution", optional=True,
    ),
    _entries("attested", Attestation, "what", "value", "of", "by", "date", "note", optional=True),
    _entries("unobtainable", Unobtainable, "what", "why", "by", "date", optional=True),
)  # fmt: skip

BY_FILE = {table.file: table for table in TABLES}
