"""What stands in a profile comes back from the tables: every example, and every field that a profile has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import mrdguide
from mrdguide.errors import PatientError
from mrdguide.intake.tables import read_tables
from mrdguide.intake.tables.columns import TABLES
from mrdguide.patient.profile import Patient
from mrdguide.reading.validation import models_in
from mrdguide.teach.examples import Example, examples

from .written import profile_of, tables_of

EXAMPLES = examples()


def verdicts(found: mrdguide.Recommendation) -> dict[str, str]:
    return {name: result.verdict.value for name, result in found.criteria.items()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.file))
def test_an_example_as_tables_gives_the_same_recommendation(example: Example, shipped_rules: mrdguide.RuleBook) -> None:
    patient = mrdguide.read_patient(example.path)
    (back,) = read_tables(tables_of(patient))
    wanted = mrdguide.evaluate(patient, rules=shipped_rules, as_of=example.as_of)
    found = mrdguide.evaluate(back, rules=shipped_rules, as_of=example.as_of)
    assert (found.outcome, found.possible_outcomes) == (wanted.outcome, wanted.possible_outcomes)
    assert verdicts(found) == verdicts(wanted)
    assert [item.path for item in found.missing] == [item.path for item in wanted.missing]


def test_all_examples_in_one_set_of_tables_from_a_folder(tmp_path: Path) -> None:
    patients = [mrdguide.read_patient(example.path) for example in EXAMPLES]
    for name, text in tables_of(*patients).items():
        (tmp_path / name).write_bytes(text.encode("utf-8-sig"))
    assert [profile_of(patient) for patient in read_tables(tmp_path)] == [profile_of(patient) for patient in patients]


FULL: dict[str, Any] = {
    "id": "007", "birth_year": 1960, "sex": "female", "ecog": 0, "recorded": "2024-06-30",
    "diagnosis": {"disease": "multiple-myeloma", "date": "2019-09"},
    "baseline": {
        "labs": {
            name: {"value": value, "unit": unit, "upper_limit": value * 2}
            for name, value, unit in (
                ("beta2_microglobulin", 3.5, "mg/L"), ("albumin", 40.0, "g/L"), ("ldh", 200.0, "U/L"),
                ("creatinine", 1.2, "mg/dL"),
            )
        },
        "cytogenetics": {
            name: {"status": "present", "fraction": 0.4, "cd138_sorted": False, "copies": 3, "zygosity": "biallelic"}
            for name in ("del_17p", "tp53_mutation", "t_4_14", "t_14_16", "t_14_20", "gain_1q", "del_1p32")
        },
        "extramedullary_disease": {"status": "not-tested"}, "circulating_plasma_cells_percent": 0.2, "fdg_avid": False,
    },
    "therapy": [
        {"phase": "transplant", "line": 1, "regimen": "Mel 200", "drugs": ["melphalan", "other"], "kind": "autologous",
         "date": "2020-03-15", "start": "2020-03-10", "end": "2020-04", "stop_reason": "planned, \"as is\"\nnext line"},
        {"phase": "maintenance", "start": "2020", "end": None, "start_reason": "planned"},
        {"phase": "radiotherapy", "site": "rib"},
        {"phase": "maintenance"},
    ],
    "therapy_complete": False, "incomplete": ["therapy", "events"],
    "responses": [{"date": "2021-01-10", "category": "sCR", "confirmed": True}],
    "mrd": [{"date": "2023-08-28", "specimen": "marrow", "method": "NGS", "limit_of_detection": 1e-06,
             "result": "detected", "level": 3e-05,
             "quality": {"first_pull": True, "hemodiluted": False, "trackable_clone": True, "cells": 5000000.0}}],
    "imaging": [{"date": "2023-09-05", "modality": "PET-CT", "deauville_focal": 2, "deauville_marrow": 3,
                 "new_lesion": False, "conclusion": "negative", "attribution": "benign", "reference_standard": "liver"},
                {"modality": "WB-DWI-MRI", "rac": 1}],
    "markers": [
        {
            "date": "2024-01-02",
            **{
                name: {"value": value, "unit": unit, "upper_limit": value * 2}
                for name, value, unit in (
                    ("serum_m_protein", 1.5, "g/L"), ("urine_m_protein", 20.0, "mg/(24.h)"), ("kappa", 12.0, "mg/L"),
                    ("lambda", 9.5, "mg/L"), ("calcium", 2.25, "mmol/L"), ("haemoglobin", 131.0, "g/L"),
                    ("creatinine", 0.75, "mg/dL"),
                )
            },
            "involved_light_chain": "kappa", "serum_immunofixation": "positive", "urine_immunofixation": "negative",
            "isotype": "IgG-kappa", "original_isotype": False, "therapeutic_antibody_excluded": True,
            "marrow_plasma_cells_percent": 1.0, "circulating_plasma_cells_percent": 0.0, "new_bone_lesion": False,
            "new_soft_tissue_disease": False, "attribution": "benign",
        }
    ],
    "attested": [{"what": "serum-quiet", "value": True, "of": "2024-01-02", "by": "tumor board", "date": "2024-01-10",
                  "note": "panel of the other hospital"}],
    "events": [{"date": "2024", "kind": "unexplained-cytopenia", "status": "resolved", "end": "2024-05",
                "attribution": "benign", "confirmed": False, "term": "anaemia", "note": "seen; once"}],
    "toxicities": [{"date": "2024-01-01", "term": "neuropathy", "grade": 3, "attributed_to": "lenalidomide",
                    "status": "ongoing", "unacceptable": True}],
    "clonal_hematopoiesis": {"tp53": {"status": "absent"}},
    "functional_high_risk": {"status": "present", "definition": "early relapse", "anchor": "transplant"},
    "unobtainable": [{"what": "baseline.cytogenetics.tp53_mutation", "why": "no sample is left", "by": "tumor board",
                      "date": "2024-01-10"}],
    "surveillance": {"feasible": True}, "preference": {"stop": False, "values": {"long-life": 10, "cost": 0}},
    "not_known": ["baseline.labs.ldh"],
    "considered": {"frailty": "intermediate-fit", "comorbidities": ["atrial fibrillation", "diabetes"],
                   "t_11_14": {"status": "present"}, "therapy_wish": "fewer visits"},
    "local": {"frailty_score": 2.0, "peptide_asked": False, "house_wish": "go-on"},
}  # fmt: skip


def test_every_field_of_a_profile_comes_back() -> None:
    patient = mrdguide.read_patient(FULL)
    # Otherwise the line below could pass because something was lost on the way out.
    assert profile_of(patient) == FULL
    (back,) = read_tables(tables_of(patient))
    assert profile_of(back) == FULL


def test_the_full_profile_names_every_field_there_is() -> None:
    """So that a field added to the profile has to get a column."""
    columns = {
        ".".join((table.section, *column.path)).strip(".")
        for table in TABLES
        for column in table.columns
        if column.path
    }
    assert columns == set(leaves(Patient)) - {path for path in leaves(Patient) if path.endswith(".text")}


def leaves(model: type[BaseModel], prefix: str = "") -> list[str]:
    found = []
    for key, field in model.model_fields.items():
        name = field.alias or key
        inner = models_in(field.annotation)
        found += leaves(inner[0], f"{prefix}{name}.") if inner else [f"{prefix}{name}"]
    return found


def test_an_empty_end_is_unknown_and_ongoing_goes_on() -> None:
    head = "patient_id,phase,end\n"
    tables = {**tables_of(), "patients.csv": "id,disease\na,mgus\n"}
    (patient,) = read_tables({**tables, "therapy.csv": head + "a,maintenance,\na,maintenance,ongoing\n"})
    assert [entry.end_recorded for entry in patient.therapy] == [False, True]
    assert [entry.end for entry in patient.therapy] == [None, None]


def test_columns_may_be_left_out_and_stand_in_any_order_and_empty_rows_are_passed_over() -> None:
    tables = {**tables_of(), "patients.csv": "disease , id\n\n , \n mgus ,a\n,\n"}
    (patient,) = read_tables(tables)
    assert profile_of(patient) == {"id": "a", "diagnosis": {"disease": "mgus"}}


@pytest.mark.parametrize("cell", ["frailty_score", "frailty_score:", ": 2", "score: 2; score: 3", "score: 2;"])
def test_a_fact_of_a_layer_has_a_name_and_a_value(cell: str) -> None:
    with pytest.raises(PatientError, match="each fact once, as NAME: VALUE, separated by semicolons"):
        read_tables({**tables_of(), "patients.csv": f"id,disease,local\na,MGUS,{cell}\n"})


@pytest.mark.parametrize(
    ("cell", "value"), [("yes", True), ("TRUE", True), ("No", False), ("false", False), ("", None)]
)
def test_yes_and_no_may_be_written_as_spreadsheets_do(cell: str, value: bool | None) -> None:
    (patient,) = read_tables({**tables_of(), "patients.csv": f"id,disease,fdg_avid\na,MGUS,{cell}\n"})
    assert (patient.baseline.fdg_avid, patient.diagnosis.disease) == (value, "mgus")


def test_a_byte_order_mark_is_no_part_of_the_first_header() -> None:
    (patient,) = read_tables({**tables_of(), "patients.csv": "\ufeffid,disease\na,mgus\n"})
    assert patient.id == "a"


def test_names_without_their_ending_will_do() -> None:
    tables = {name.removesuffix(".csv"): text for name, text in tables_of(mrdguide.read_patient(FULL)).items()}
    assert [patient.id for patient in read_tables(tables)] == ["007"]


def test_a_folder_written_before_markers_and_attestations_is_still_read() -> None:
    tables = tables_of(mrdguide.read_patient({"id": "a", "diagnosis": {"disease": "mgus"}}))
    old = {
        name: text for name, text in tables.items() if name not in ("markers.csv", "attested.csv", "unobtainable.csv")
    }
    assert len(old) == 7
    (patient,) = read_tables(old)
    assert (patient.markers, patient.attested, patient.unobtainable) == ((), (), ())
