"""A class judges by what the case tells: whatever a profile says stands there."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from pydantic import BaseModel

from mrdguide.patient.events import Event, ResponseAssessment, Toxicity
from mrdguide.patient.imaging import ImagingStudy
from mrdguide.patient.markers import MarkerPanel
from mrdguide.patient.mrd import MrdTest, SampleQuality
from mrdguide.patient.therapy import TherapyEntry
from mrdguide.report.blocks import Page
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.teach.case_facts import case_sections

DAY = "2026-11-21"
ENTRIES: dict[str, tuple[type[BaseModel], list[dict[str, Any]]]] = {
    "therapy": (TherapyEntry, [
        {"phase": "transplant", "kind": "autologous", "date": "2020-08-01", "line": 1},
        {"phase": "radiotherapy", "site": "left femur", "start": "2020-09-01", "end": "2020-09-20"},
        {"phase": "maintenance", "drugs": ["lenalidomide"], "start": "2020-10-01", "end": "2025-01-01", "line": 1,
         "regimen": "R", "stop_reason": "infections", "start_reason": "planned"},
    ]),
    "responses": (ResponseAssessment, [{"date": "2021-01-01", "category": "CR", "confirmed": True}]),
    "mrd": (MrdTest, [{"date": "2024-03-01", "specimen": "marrow", "method": "NGS", "limit_of_detection": 1e-6, "result": "detected",
                       "level": 4e-6, "quality": {"first_pull": True, "hemodiluted": False, "trackable_clone": True, "cells": 3_000_000.0}}]),
    "imaging": (ImagingStudy, [
        {"date": "2024-04-01", "modality": "PET-CT", "deauville_focal": 4, "deauville_marrow": 2, "new_lesion": True, "conclusion": "positive",
         "attribution": "benign", "reference_standard": "liver"},
        {"date": "2024-05-01", "modality": "WB-DWI-MRI", "rac": 1},
    ]),
    "markers": (MarkerPanel, [{
        "date": "2024-06-01", "serum_m_protein": {"value": 1.5, "unit": "g/L"}, "urine_m_protein": {"value": 20, "unit": "mg/(24.h)"},
        "kappa": {"value": 90, "unit": "mg/L"}, "lambda": {"value": 8, "unit": "mg/L"}, "involved_light_chain": "kappa",
        "serum_immunofixation": "positive", "urine_immunofixation": "indeterminate", "isotype": "IgG-kappa", "original_isotype": True,
        "therapeutic_antibody_excluded": True, "marrow_plasma_cells_percent": 7.0, "circulating_plasma_cells_percent": 0.5,
        "calcium": {"value": 2.9, "unit": "mmol/L"}, "haemoglobin": {"value": 91, "unit": "g/L"}, "creatinine": {"value": 140, "unit": "umol/L"},
        "new_bone_lesion": True, "new_soft_tissue_disease": False, "attribution": "myeloma",
    }]),
    "events": (Event, [{"date": "2024-07-01", "kind": "second-primary-malignancy", "status": "resolved", "end": "2024-12-01",
                        "attribution": "benign", "confirmed": False, "term": "basal cell carcinoma", "note": "excised"}]),
    "toxicities": (Toxicity, [{"date": "2024-08-01", "term": "neuropathy", "grade": 3, "attributed_to": "bortezomib", "status": "ongoing",
                               "unacceptable": True}]),
}  # fmt: skip
PROFILE: dict[str, Any] = {
    "id": "all-told", "birth_year": 1960, "sex": "female", "ecog": 1, "recorded": "2026-11-01",
    "diagnosis": {"disease": "multiple-myeloma", "date": "2020-02-01"}, **{name: given for name, (_, given) in ENTRIES.items()},
    "incomplete": ["events"], "therapy_complete": False,
    "attested": [{"what": "serum-quiet", "value": True, "of": "2026-10-01", "by": "tumor board", "date": "2026-10-02", "note": "seen"}],
    "unobtainable": [{"what": "baseline.fdg_avid", "why": "no sample is left", "by": "tumor board"}],
    "functional_high_risk": {"status": "present", "definition": "early relapse", "anchor": "start of induction"},
    "clonal_hematopoiesis": {"tp53": "present"}, "surveillance": {"feasible": True}, "preference": {"stop": True},
}  # fmt: skip
# A name, and the day on which something was said; what counts is the day that was looked at.
UNTOLD = {("id",), ("attested", 0, "date")}
# Without these there is no profile.
REQUIRED: set[tuple[str | int, ...]] = {
    ("diagnosis", "disease"), ("attested", 0, "what"), ("attested", 0, "value"), ("unobtainable", 0, "what"),
    ("unobtainable", 0, "why"), ("unobtainable", 0, "by"),
}  # fmt: skip


def shown(profile: dict[str, Any]) -> str:
    return to_markdown(Page("Case", "", (), case_sections(profile, DAY), ()))


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of whatever is said; a quantity is said as a whole."""
    if isinstance(value, dict) and "unit" not in value:
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path


@pytest.mark.parametrize("name", ENTRIES)
def test_every_field_of_an_entry_is_tried(name: str) -> None:
    model, given = ENTRIES[name]
    tried = {key for entry in given for key in entry}
    assert {field.alias or key for key, field in model.model_fields.items()} == tried
    if model is MrdTest:
        assert set(SampleQuality.model_fields) == set(given[0]["quality"])


@pytest.mark.parametrize(
    "path", [path for path in leaves(PROFILE) if path not in UNTOLD], ids=lambda path: ".".join(map(str, path))
)
def test_what_is_said_stands_in_the_case(path: tuple[str | int, ...]) -> None:
    if path in REQUIRED:
        words = str(value_at(path)).replace("-", " ")
        words = {"True": "yes", "baseline.fdg_avid": "had any more: FDG avid disease"}.get(words, words)
        assert words in shown(PROFILE).replace("-", " ")
        return
    without = deepcopy(PROFILE)
    inner: Any = without
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    assert shown(without) != shown(PROFILE)


def value_at(path: tuple[str | int, ...]) -> Any:
    found: Any = PROFILE
    for step in path:
        found = found[step]
    return found
