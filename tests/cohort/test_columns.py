"""Columns find of every patient what the one-patient engine finds: outcome, possible outcomes, every verdict, every protocol."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrdguide
from mrdguide import Patient, RuleBook
from mrdguide.cohort.columns import Judged, conclusions, criteria, judge, judging, second_engine
from mrdguide.cohort.columns.cohort import Cohort
from mrdguide.cohort.columns.kleene import Table
from mrdguide.cohort.columns.months import add_months, calendar
from mrdguide.cohort.columns.operators import meanings
from mrdguide.cohort.columns.second_engine import by_input
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.tally import Tally
from mrdguide.dates import add_months as exactly
from mrdguide.errors import MrdguideError, PatientError
from mrdguide.patient.events import EventKind
from mrdguide.teach.examples import examples
from tests.laws.effort import law
from tests.laws.judging import shipped
from tests.laws.patients import AS_OF, Profile, inside_the_envelope, profiles
from tests.layers.writing import entry, shipped_readings, write

_UNUSUAL = ("attested", "unobtainable")


def read(profile: Profile) -> Patient | None:
    try:
        return mrdguide.read_patient(profile)
    except PatientError:
        return None


def alike(patients: Sequence[Patient], rules: RuleBook, as_of: date = AS_OF) -> Judged:
    """Judge patients both ways and compare all that is found."""
    found = judge(patients, as_of, rules)
    assert not found.refused
    assert found.cross_checked
    for place, patient in enumerate(patients):
        one = mrdguide.evaluate(patient, rules=rules, as_of=as_of)
        differing = [
            (name, mine, theirs)
            for name, mine, theirs in zip(
                found.names, found.verdicts[:, place].tolist(), one.decided.verdicts, strict=True
            )
            if mine != theirs
        ]
        assert not differing, patient
        assert found.outcomes[found.outcome[place]] == one.outcome
        possible = [name for bit, name in enumerate(found.outcomes) if int(found.possible[place]) >> bit & 1]
        assert possible == list(one.possible_outcomes)
        verdicts = ["not_met", "unknown", "met"]
        assert {name: verdicts[found.protocols[place, row]] for row, name in enumerate(found.protocol_ids)} == {
            name: study.verdict.value for name, study in one.protocols.items()
        }
    return found


@law(150)
@given(st.lists(profiles(), min_size=1, max_size=4), st.booleans())
def test_columns_and_the_one_patient_engine_agree(drawn: list[Profile], ordinary: bool) -> None:
    if ordinary:
        drawn = [{name: value for name, value in item.items() if name not in _UNUSUAL} for item in drawn]
    alike([patient for item in drawn if (patient := read(item)) is not None], shipped())


def test_they_agree_on_the_examples() -> None:
    for item in examples():
        alike([mrdguide.read_patient(item.path)], shipped(), date.fromisoformat(item.as_of))


def _imprecise(day: str) -> tuple[str | None, ...]:
    return day, day[:7], day[:4], None


def every_tuple_of_dates() -> Iterator[Profile]:
    """A course with resurgence in which each of four dates is known to the day, the month, the year, or not at all."""
    paths = (("mrd", 0), ("mrd", 1), ("imaging", 0), ("responses", 0))
    profile = inside_the_envelope()
    profile["mrd"] = [
        {**profile["mrd"][0], "date": "2024-11-21"},
        {**profile["mrd"][1], "date": "2026-05-31", "result": "detected", "level": 2e-6},
        {**profile["mrd"][2], "date": "2026-09-10"},
    ]
    profile["responses"] = [{"date": "2024-05-31", "category": "VGPR"}, {"date": "2024-11-30", "category": "CR"}]
    profile["markers"] = []
    profile["imaging"].append({**profile["imaging"][0], "date": "2025-11-21", "conclusion": "positive"})
    for dates in product(*(_imprecise(profile[name][place]["date"]) for name, place in paths)):
        changed = {name: [dict(item) for item in profile[name]] for name in ("mrd", "imaging", "responses")}
        for (name, place), day in zip(paths, dates, strict=True):
            changed[name][place]["date"] = day
        yield {**profile, **changed}


def test_they_agree_on_every_tuple_of_imprecise_dates() -> None:
    found = alike([mrdguide.read_patient(item) for item in every_tuple_of_dates()], shipped())
    assert found.by_engine.places.size == 0
    assert np.unique(found.verdicts, axis=1).shape[1] > 20


def test_they_agree_with_a_layer_that_names_an_operator_without_a_column_meaning(tmp_path: Path) -> None:
    negative, readings = entry("criteria", "mrd.negative-now-1e-5"), shipped_readings()
    layer = write(
        tmp_path / "layer",
        {
            "criteria": [
                {**negative, "when": {"mrd_now": {**negative["when"]["mrd_now"], "within": 3}}},
                {
                    "id": "elsewhere.last-response-complete",
                    "title": "The last response is complete",
                    "absence": "unknown",
                    "when": {"latest": {"in": "responses", "where": {"category": ["CR", "sCR"]}}},
                    "why": "An operator that has no meaning over columns.",
                },
            ],
            "readings": {**readings, "marrow_mrd": {**readings["marrow_mrd"], "methods": ["NGS"]}},
        },
    )
    rules = mrdguide.load_rules(layer)
    assert rules.kept_readings, "the core's criteria are judged by the core's readings"
    patients = [mrdguide.read_patient(item) for item in list(every_tuple_of_dates())[::8]]
    found = alike(patients, rules)
    assert "latest" not in meanings()
    assert f"latest {len(patients)} (it has no column meaning)" in "\n".join(Tally.of(found).lines())
    assert found.by_operator["latest"] == len(patients)


def test_without_a_column_meaning_an_operator_is_judged_patient_by_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    patients = [mrdguide.read_patient(item) for item in list(every_tuple_of_dates())[::16]]
    by_column = judge(patients, AS_OF, shipped())
    fewer = {keyword: meaning for keyword, meaning in meanings().items() if keyword != "mrd_run"}
    monkeypatch.setattr("mrdguide.cohort.columns.criteria.meanings", lambda: fewer)
    by_patient = judge(patients, AS_OF, shipped())
    assert "mrd_run" not in by_column.by_operator
    assert by_patient.by_operator["mrd_run"] % len(patients) == 0
    assert np.array_equal(by_column.verdicts, by_patient.verdicts)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"unobtainable": [{"what": "baseline.labs.ldh", "why": "no sample", "by": "board"}]}, "something is declared out of reach"),
        ({"markers": [{"date": "2026-10-25", "serum_m_protein": {"value": 12}}]}, "a marker cannot be read"),
        ({"markers": [{"date": "2026-10-25", "haemoglobin": {"value": 7, "unit": "g/L"}}]}, "a marker cannot be read"),
        ({"functional_high_risk": {"definition": "relapse within a year"}}, "functional high risk is defined, and not said to be there"),
        ({"attested": [{"what": "serum-quiet", "value": True, "of": "2026-11-20", "by": "board"}]}, "something is attested"),
    ],
)  # fmt: skip
def test_what_the_columns_do_not_hold_goes_through_the_one_patient_engine(changed: dict[str, Any], reason: str) -> None:
    usual = mrdguide.read_patient(inside_the_envelope())
    found = alike([usual, mrdguide.read_patient({**inside_the_envelope(), **changed}), usual], shipped())
    assert found.by_engine.places.tolist() == [1]
    assert found.by_engine.reasons == {reason: 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"recorded": "2026-11-21"},
        {"recorded": "2026-06-30"},
        {"recorded": "2027-06"},
        {"incomplete": ["mrd", "imaging"]},
        {"incomplete": ["therapy", "markers", "cytogenetics"]},
        {"incomplete": ["responses", "events", "toxicities"]},
        {"birth_year": 1900, "diagnosis": {"disease": "multiple-myeloma", "date": "2025-01-01"}},
        {
            "responses": [{"date": "2026-10-15", "category": "PD", "confirmed": True}],
            "therapy": [{"phase": "relapse", "line": 2, "start": "2026-12-23", "end": None}],
        },
    ],
)
def test_how_far_a_record_goes_what_it_lacks_and_what_cannot_be_are_held_by_the_columns(
    changed: dict[str, Any],
) -> None:
    usual = mrdguide.read_patient(inside_the_envelope())
    found = alike([usual, mrdguide.read_patient({**inside_the_envelope(), **changed}), usual], shipped())
    assert found.by_engine.places.size == 0


_THERAPY = inside_the_envelope()["therapy"]
_ADDED_THERAPY = (
    {"phase": "transplant", "line": 1, "kind": "autologous", "date": "2025-10-20", "start_reason": "choice"},
    {"phase": "transplant", "line": 1, "kind": "autologous", "date": "2025"},
    {"phase": "transplant", "line": 1, "kind": "autologous", "date": "2013-02-01"},
    {"phase": "induction", "line": 1, "start": "2025-10-01", "end": "2026-02-01", "start_reason": "planned"},
    {"phase": "induction", "line": 1, "start": "2025-10-01"},
    {"phase": "induction", "line": 1, "start": "2015-02-01", "end": "2015-06"},
    {"phase": "induction", "line": 1, "start": "2015-02-01", "end": None},
    {"phase": "radiotherapy", "line": 1, "start": "2025-10-01", "site": "plasmacytoma", "start_reason": "choice"},
    {"phase": "radiotherapy", "line": 1, "start": "2019-10-01", "site": "plasmacytoma"},
    {"phase": "radiotherapy", "start": "2025-10-01", "drugs": ["CAR T cells"]},
    {"phase": "consolidation", "line": 1, "start": "2020-04-01", "regimen": "allo SCT", "start_reason": "planned"},
)
_OTHER_MAINTENANCE = (
    {"regimen": "KPd for relapse"}, {"regimen": "relapse?", "start_reason": "planned"}, {"drugs": ["lenalidomide", "aspirin"]},
    {"regimen": "lenalidomide + carfilzomib"}, {"drugs": ["Zometa"]}, {"drugs": ["Lenalidomid Teva"]},
)  # fmt: skip
_OTHER_TRANSPLANT = (
    {"drugs": ["cilta-cel"]}, {"regimen": "BCMA CAR T cells"}, {"regimen": "allogeneic"}, {"date": None}, {"drugs": ["melphalan"]},
)  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"markers": [{"date": "2026-10-25", "isotype": "IgG-kappa"}]},
        {"markers": [{"date": "2026-10-25", "isotype": "IgG-kappa", "original_isotype": False}]},
        {
            "markers": [
                {"date": "2026-10-25", "isotype": "?", "original_isotype": True, "therapeutic_antibody_excluded": False}
            ]
        },
        {"markers": [{"date": "2026-10-25", "isotype": "IgA", "urine_immunofixation": "negative"}]},
        {"markers": [{"date": "2026-10-25", "haemoglobin": {"value": 14}}]},
        {"markers": [{"date": "2026-10-25", "new_bone_lesion": True, "attribution": "benign"}]},
        {"markers": [{"date": "2026-10", "new_soft_tissue_disease": True, "attribution": "unknown"}]},
        *({"events": [{"date": "2026-05-01", "kind": kind, "attribution": "benign"}]} for kind in get_args(EventKind)),
        *(
            {"events": [{"date": day, "kind": kind, **more}]}
            for day in ("2019-10-10", "2020-03", "2025-01-01")
            for kind in ("second-primary-malignancy", "unexplained-cytopenia", "extramedullary-disease")
            for more in (
                {"attribution": "myeloma", "status": "active"},
                {"attribution": "benign", "term": "plasmacytoma"},
                {"status": "resolved", "term": "MDS"},
                {"term": "AML?"},
                {"note": "plasma cell leukaemia"},
                {"term": "basal cell carcinoma", "note": "and melanoma"},
            )
        ),
        *(
            {"imaging": [{"date": "2026-09-20", "attribution": "myeloma", **image}]}
            for image in (
                {"modality": "PET-CT", "conclusion": "negative"},
                {"modality": "PET-CT", "deauville_focal": 2, "deauville_marrow": 2, "new_lesion": False},
                {"modality": "PET-CT", "deauville_focal": 2, "deauville_marrow": 2},
                {"modality": "WB-DWI-MRI", "rac": 1},
                {"conclusion": "negative"},
                {"conclusion": "indeterminate"},
            )
        ),
    ],
)
def test_what_contradicts_itself_is_held_by_the_columns(changed: dict[str, Any]) -> None:
    profile = inside_the_envelope()
    more = {name: [*profile.get(name, ()), *entries] for name, entries in changed.items()}
    found = alike([mrdguide.read_patient({**profile, **more})], shipped())
    assert found.by_engine.places.size == 0


@pytest.mark.parametrize(
    "therapy",
    [
        *([*_THERAPY, added] for added in _ADDED_THERAPY),
        *([*_THERAPY[:2], {**_THERAPY[2], **other}] for other in _OTHER_MAINTENANCE),
        *([_THERAPY[0], {**_THERAPY[1], **other}, _THERAPY[2]] for other in _OTHER_TRANSPLANT),
    ],
)
def test_what_therapy_says_against_itself_reads_alike_in_columns(therapy: list[dict[str, Any]]) -> None:
    alike([mrdguide.read_patient({**inside_the_envelope(), "therapy": therapy})], shipped())


_LOW = tuple({"haemoglobin": {"value": value, "unit": "g/dL"}} for value in (6.0, 8.0, 9.9, 10.1, 11.5))


@pytest.mark.parametrize(
    "days", [("2026-08-15", "2026-10-25"), ("2026", "2026-10-25"), (None, "2026-05"), ("2026", "2026")]
)
@pytest.mark.parametrize("cause", [None, "benign", "unknown", "myeloma"])
def test_low_values_of_haemoglobin_read_alike_in_columns(days: tuple[str | None, str], cause: str | None) -> None:
    profile = inside_the_envelope()
    panels = [
        [{"date": days[0], **first}, {"date": days[1], **second, "attribution": cause}]
        for first in _LOW
        for second in _LOW
    ]
    patients = [mrdguide.read_patient({**profile, "markers": [*profile["markers"], *more]}) for more in panels]
    assert alike(patients, shipped()).by_engine.places.size == 0


def test_a_wrong_verdict_that_contradicts_others_or_an_engine_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in a column meaning: the criterion of 36 months is met though that of 12 is not."""

    def faulty(rules: RuleBook, cohort: Cohort, verdicts: Table) -> Any:
        counted = right(rules, cohort, verdicts)
        index_of = rules.decider.index_of
        verdicts[index_of["therapy.maintenance-12-months"], 1] = 0
        verdicts[index_of["therapy.maintenance-36-months"], 1] = 2
        return counted

    right = criteria.judge_criteria
    monkeypatch.setattr(judging, "judge_criteria", faulty)
    usual = mrdguide.read_patient(inside_the_envelope())
    found = alike([usual, usual, usual], shipped())
    assert found.by_engine.reasons == {"verdicts that contradict each other": 1}


def test_a_conclusion_that_durable_rules_does_not_draw_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(rules: RuleBook, diagram: Any, verdicts: Table) -> Any:
        concluded = right(rules, diagram, verdicts)
        verdicts[rules.decider.index_of["block.any"], 0] = 2
        return concluded

    right = conclusions.conclude
    monkeypatch.setattr(judging, "conclude", faulty)
    usual = mrdguide.read_patient(inside_the_envelope())
    found = alike([usual, usual], shipped())
    assert found.by_engine.places.tolist() == [0]
    assert found.by_engine.reasons == {"two engines that conclude differently": 1}


def test_each_different_input_of_a_conclusion_is_inferred_once() -> None:
    usual = mrdguide.read_patient(inside_the_envelope())
    one, many = judge([usual], AS_OF, shipped()), judge([usual] * 50, AS_OF, shipped())
    assert one.inferred == many.inferred > 0


def test_a_conclusion_that_reads_too_much_for_the_table_is_inferred_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patients = [mrdguide.read_patient(invented(5, number)) for number in range(1, 40)]
    usual = judge(patients, AS_OF, shipped())
    monkeypatch.setattr(second_engine, "_FEW_DIGITS", 3)
    monkeypatch.setattr(second_engine, "_inferred", second_engine._Inferred)
    found = judge(patients, AS_OF, shipped())
    assert found.inferred == usual.inferred > 0
    assert not found.by_engine.reasons
    assert (found.verdicts == usual.verdicts).all()


@pytest.mark.parametrize("width", [1, 4, 10, 11, 20, 21, 45])
def test_inputs_are_told_apart_however_many_verdicts_they_hold(width: int) -> None:
    chosen = np.random.default_rng(width)
    rows = [chosen.integers(0, 3, 200).astype(np.uint8) for _ in range(width)]
    rows = [np.concatenate([row, row]) for row in rows]
    inputs = [tuple(int(row[place]) for row in rows) for place in range(400)]
    asked: list[tuple[int, ...]] = []

    def infer(verdicts: tuple[int, ...]) -> int:
        asked.append(verdicts)
        return sum(verdict * (place + 1) for place, verdict in enumerate(verdicts))

    found, different = by_input(rows, infer)
    assert different == len(asked) == len(set(inputs)) == len(set(asked))
    assert found.tolist() == [sum(verdict * (place + 1) for place, verdict in enumerate(item)) for item in inputs]


def test_a_patient_whose_answer_cannot_be_given_does_not_stop_the_others() -> None:
    usual = mrdguide.read_patient(inside_the_envelope())
    other = mrdguide.read_patient({**inside_the_envelope(), "local": {"no-such-fact": True}})
    found = judge([usual, other], AS_OF, shipped())
    assert list(found.refused) == [1]
    assert isinstance(found.refused[1], MrdguideError)
    assert found.outcome[1] == -1
    assert found.possible[1] == 0
    assert found.outcome[0] >= 0
    assert not found.true[1].any()
    assert not found.false[1].any()


def test_nobody_is_a_cohort_too() -> None:
    found = judge([], AS_OF, shipped())
    assert found.outcome.size == 0
    assert found.true.shape == (0, len(shipped().compiled_criteria))


def test_months_are_added_as_the_calendar_has_them() -> None:
    table = calendar()
    for months in (-12, -3, 0, 1, 6, 11, 12, 240, 600):
        for day in range(date(1999, 12, 1).toordinal(), date(2001, 4, 2).toordinal()):
            assert add_months(table, day, months) == exactly(day, months)
    for day in (date(1900, 1, 1).toordinal(), date(2200, 12, 31).toordinal()):
        assert add_months(table, day, 1) == exactly(day, 1)


def test_the_engine_itself_needs_no_numpy() -> None:
    code = "import mrdguide, sys; mrdguide.load_rules; sys.exit(bool({'numpy', 'numba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
