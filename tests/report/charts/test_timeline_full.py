"""The timeline stays readable and well formed whatever it is given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

import mrdguide
from mrdguide.report.charts.timeline import Mark, Window, timeline
from mrdguide.report.pages.board_words import board_words
from mrdguide.rulebook.book import RuleBook

from ...laws.patients import profiles
from .drawing import marker_of, middle, of_class, outside, overlaps, parsed, texts, titles
from .timelines import AS_OF, busy, day, draw, patient

HOSTILE = (
    '<script>alert("1")</script> "&\' ]]> \u202egnp\u202c \x00\x07\x1b \u05e9\u05dc\u05d5\u05dd \ufffe ' + "long " * 80
)


@pytest.mark.parametrize("name", ["lenalidomide", "daratumumab-" * 30, "W" * 500, "\u75c5" * 200])
def test_stays_readable_when_full(name: str, shipped_rules: RuleBook) -> None:
    found = mrdguide.evaluate(patient(**busy(name)), rules=shipped_rules, as_of=AS_OF)
    marks = [Mark(day("2027-03-01"), name), Mark(day("2027-03-02"), name), Mark(day("2027-09-01"), "review")]
    picture = timeline(found, board_words(), marks, [Window(name, day("2026-01-01"), day("2027-01-01"))])
    assert picture is not None
    root = parsed(picture)
    assert not overlaps(root)
    assert not outside(root)
    assert len(of_class(root, "mrd")) == 33
    assert any(name in title for title in titles(root, "therapy"))  # in full where it was cut
    assert min(float(item.get("font-size", "")) for item in texts(root)) >= 11


def test_no_two_markers_cover_each_other_when_full(shipped_rules: RuleBook) -> None:
    root = parsed(draw(shipped_rules, **busy(exact=True)))
    places = [middle(marker_of(group)) for group in of_class(root, "mrd")]
    close = [
        (one, other)
        for index, one in enumerate(places)
        for other in places[index + 1 :]
        if abs(one[0] - other[0]) < 9 and abs(one[1] - other[1]) < 9
    ]
    assert not close


def test_hostile_text_stays_text(shipped_rules: RuleBook) -> None:
    profile = busy(HOSTILE[:480], exact=True)
    profile["therapy"][0]["stop_reason"] = HOSTILE[:480]
    found = mrdguide.evaluate({**patient(**profile), "id": HOSTILE[:100]}, rules=shipped_rules, as_of=AS_OF)
    picture = timeline(
        found,
        board_words(),
        [Mark(day("2027-01-01"), HOSTILE)],
        [Window(HOSTILE, day("2026-01-01"), day("2027-01-01"))],
    )
    assert picture is not None
    root = parsed(picture)
    assert not [item for item in root.iter() if item.tag.endswith("script")]
    assert "<script" not in picture.svg
    assert "]]>" not in picture.svg
    assert not set(picture.svg) & set("\x00\x07\x1b\u202e\u202c\ufffe")
    assert any("<script>alert" in text for text in titles(root, "therapy"))
    assert not outside(root)


@settings(max_examples=60, deadline=None)
@given(profiles())
def test_any_patient_draws_without_labels_that_cover_each_other(profile: dict[str, Any]) -> None:
    found = mrdguide.evaluate(profile, as_of=AS_OF)
    today = found.case.as_of
    marks = [Mark(today + 200, "next marrow MRD"), Mark(today + 215, "imaging")]
    picture = timeline(found, board_words(), marks, [Window("marrow MRD counts", today - 100, today + 265)])
    if picture is not None:
        root = parsed(picture)
        assert not overlaps(root)
        assert not outside(root)
        assert len(picture.alt) <= 600
