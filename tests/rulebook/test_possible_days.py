"""The days that a missing date can turn out to be, in stretches, and how stretches with the same end are joined."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide.dates import parse_date
from mrdguide.patient import read_patient
from mrdguide.reading.document import read_file
from mrdguide.rulebook.possible_days import joined, possible_days
from mrdguide.teach.examples import examples

TODAY = parse_date("2026-11-21").earliest
START = {"phase": "induction", "line": 1, "start": "2020-01-10", "end": "2020-06-01"}


def profile(name: str) -> dict[str, Any]:
    """An example as plain data."""
    path = next(item.path for item in examples() if item.file == f"{name}.yaml")
    data = read_file(path).data
    assert isinstance(data, dict)
    return data


def stretches(recorded: str | None, *spans: int, **more: Any) -> list[str]:
    patient = read_patient({"id": "invented", "diagnosis": {"disease": "multiple-myeloma"}, **more})
    date = parse_date(recorded) if recorded is not None else None
    found = list(possible_days(patient, date, TODAY, spans))
    for label, day in found:
        first, _, last = label.partition(" to ")
        if not label.startswith("before"):
            assert parse_date(first).earliest <= day.earliest <= parse_date(last or first).earliest
    return [label for label, _ in found]


def test_a_stretch_ends_where_something_known_begins() -> None:
    assert stretches(None, therapy=[START]) == [
        "before 2020-01-10",
        "2020-01-10 to 2020-05-31",
        "2020-06-01 to 2026-11-21",
    ]


def test_a_vague_date_rules_out_what_lies_outside_it() -> None:
    assert stretches("2020", therapy=[START]) == [
        "2020-01-01 to 2020-01-09", "2020-01-10 to 2020-05-31", "2020-06-01 to 2020-12-31",
    ]  # fmt: skip
    assert stretches("2027", therapy=[START]) == []


def test_months_that_rules_count_end_a_stretch_too() -> None:
    assert stretches("2026", 6) == ["2026-01-01 to 2026-05-20", "2026-05-21 to 2026-11-21"]


def test_stretches_that_follow_each_other_are_joined() -> None:
    assert joined(["before 2020-01-10", "2020-01-10 to 2020-05-31", "2020-06-01"]) == ["before 2020-06-02"]
    assert joined(["2020-01-01 to 2020-01-09", "2020-02-01", "goes on"]) == [
        "2020-01-01 to 2020-01-09",
        "2020-02-01",
        "goes on",
    ]


@pytest.mark.parametrize(
    ("event", "leads_to"),
    [
        ({"kind": "second-primary-malignancy"}, {"before 2019-09-20": ("cessation-supported",), "2019-09-20 to 2026-11-21": ("stop-for-harm",)}),
        ({"kind": "progression", "date": "2026-10-12", "confirmed": False}, {"confirmed": ("treat-relapse",), "found to be something benign": ("cessation-supported",)}),
        ({"kind": "unexplained-cytopenia", "date": "2026-10-01", "end": "2026-11"}, {"is over": ("cessation-supported",), "goes on": ("stop-for-harm",)}),
    ],
)  # fmt: skip
def test_the_one_question_can_be_answered(
    event: dict[str, Any], leads_to: Any, shipped_rules: mrdguide.RuleBook
) -> None:
    patient = {**profile("cessation-supported"), "events": [event]}
    answer = mrdguide.evaluate(patient, shipped_rules, "2026-11-21")
    assert [item.leads_to for item in answer.missing] == [leads_to]


def test_why_it_was_begun_can_be_answered(shipped_rules: mrdguide.RuleBook) -> None:
    patient = profile("restart")
    [missing] = mrdguide.evaluate(patient, shipped_rules, "2026-11-21").missing
    assert missing.leads_to == {
        "planned, toxicity, access, choice, after interruption": ("cessation-conditional",),
        "resurgence, relapse": ("continue",),
    }
    patient["therapy"][3]["line"] = 2
    patient["therapy"][3]["start_reason"] = "planned"
    [missing] = mrdguide.evaluate(patient, shipped_rules, "2026-11-21").missing
    assert "planned" not in ", ".join(missing.leads_to)


def test_the_terms_of_what_is_no_harm_are_the_same_in_both_rules(shipped_rules: mrdguide.RuleBook) -> None:
    counts = shipped_rules.rules["harm.second-malignancy"].when
    history = shipped_rules.rules["harm.history"].when.children()[0]
    assert counts.unless == history.unless  # type: ignore[attr-defined]
