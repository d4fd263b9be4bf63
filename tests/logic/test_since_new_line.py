"""`since_new_line`: what was looked at before a later line of therapy says nothing of what there is after it."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import JudgedExpression, judge, marrow, pet

FIRST_LINE = [
    {"phase": "induction", "line": 1, "start": "2020-01-10", "end": "2020-05-10"},
    {"phase": "maintenance", "line": 1, "start": "2020-08-01", "end": "2024-08-01"},
]
AVID: dict[str, Any] = {
    "baseline": {"fdg_avid": True},
    "diagnosis": {"disease": "multiple-myeloma", "date": "2019-12-02"},
}


def judged(what: str, day: str, *later: dict[str, Any], **more: Any) -> JudgedExpression:
    """The marrow or image of a day, negative, of a patient whose first line was followed by what is given."""
    patient = {"therapy": [*FIRST_LINE, *later], **AVID, **more}
    if what == "mrd":
        return judge(
            {"mrd_now": {"threshold": 1e-5, "within": 12, "since_new_line": True}}, mrd=[marrow(day)], **patient
        )
    return judge({"imaging_now": {"within": 12, "since_new_line": True}}, imaging=[pet(day)], **patient)


def second_line(start: str | None, **more: Any) -> dict[str, Any]:
    return {"phase": "relapse", "line": 2, "start": start, "end": "2026-05-01", **more}


@pytest.mark.parametrize("what", ["mrd", "imaging"])
@pytest.mark.parametrize(
    ("start", "verdict"),
    [("2026-01-11", "unknown"), ("2026-01-10", "unknown"), ("2026-01-09", "met")],
)
def test_a_look_from_before_a_later_line_says_nothing(what: str, start: str, verdict: str) -> None:
    """The day on which the line was begun is the last that does not count."""
    found = judged(what, "2026-01-10", second_line(start))
    assert found.verdict == verdict
    assert found.needs == [what]
    assert ("line 2, 2026-01" in found.text and "was begun since" in found.text) is (verdict == "unknown")


@pytest.mark.parametrize("what", ["mrd", "imaging"])
def test_without_a_later_line_it_is_as_if_it_were_not_asked(what: str) -> None:
    assert judged(what, "2026-01-10").verdict == "met"


@pytest.mark.parametrize("what", ["mrd", "imaging"])
@pytest.mark.parametrize(
    ("later", "asked"),
    [
        (second_line("2026-01"), "therapy[2].start"),
        (second_line(None), "therapy[2].start"),
        ({"phase": "maintenance", "start": "2026-02-01", "end": "2026-05-01"}, "therapy[2].line"),
        ({"line": 1, "start": "2026-02-01", "end": "2026-05-01"}, "therapy[2].phase"),
    ],
)
def test_a_line_that_may_have_been_begun_since_leaves_it_open(what: str, later: dict[str, Any], asked: str) -> None:
    found = judged(what, "2026-01-10", later)
    assert (found.verdict, found.needs) == ("unknown", [asked])
    assert "may have been begun since" in found.text


@pytest.mark.parametrize("what", ["mrd", "imaging"])
def test_radiotherapy_since_asks_for_a_new_look_whatever_its_line(what: str) -> None:
    for line in ({}, {"line": 1}):
        later = {"phase": "radiotherapy", "start": "2026-02-01", "end": "2026-02-20", **line}
        found = judged(what, "2026-01-10", later)
        assert (found.verdict, found.needs) == ("unknown", [what])


def test_a_positive_look_counts_whenever_a_line_was_begun() -> None:
    patient = {"therapy": [*FIRST_LINE, second_line("2026-02-01")], **AVID}
    expression = {"mrd_now": {"threshold": 1e-5, "within": 12, "since_new_line": True}}
    assert judge(expression, mrd=[marrow("2026-01-10", result="detected", level=1e-4)], **patient).verdict == "not_met"
    image = {"imaging_now": {"within": 12, "since_new_line": True}}
    assert judge(image, imaging=[pet("2026-01-10", conclusion="positive")], **patient).verdict == "not_met"
