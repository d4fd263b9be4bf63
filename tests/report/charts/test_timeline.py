"""The timeline draws what the rule book reads, in shapes that do without colour."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import pytest

import mrdguide
from mrdguide.report.charts.timeline import Mark, Window, timeline
from mrdguide.report.pages.board_words import board_words
from mrdguide.rulebook.book import RuleBook
from mrdguide.teach.examples import Example, examples

from .drawing import marker_of, middle, of_class, outside, overlaps, parsed, titles, words
from .timelines import AS_OF, GOOD, day, draw, mrd_test, patient


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.file)
def test_every_example_draws_the_same_every_time(example: Example, shipped_rules: RuleBook) -> None:
    first = timeline(mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of), board_words())
    again = timeline(mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of), board_words())
    assert first == again
    if first is None:
        assert "date: 20" not in example.path.read_text(encoding="utf-8").partition("therapy:")[2]
        return
    root = parsed(first)
    assert root.get("role") == "img"
    ids = [item.get("id", "") for item in root.iter() if item.get("id")]
    assert all(name.startswith("timeline-") for name in ids)
    assert len(ids) == len(set(ids))
    assert set(root.get("aria-labelledby", "").split()) <= set(ids)
    title, desc = list(root)[:2]
    assert title.tag.endswith("title")
    assert title.text
    assert desc.tag.endswith("desc")
    assert desc.text == first.alt
    assert 0 < len(first.alt) <= 600
    assert not overlaps(root)
    assert not outside(root)


def test_every_dated_test_is_drawn_once(shipped_rules: RuleBook) -> None:
    for example in examples():
        found = mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of)
        picture = timeline(found, board_words())
        if picture is None:
            continue
        tests = [item for item in found.tests.mrd if item.date is not None and item.kind == "test"]
        assert len(of_class(parsed(picture), "mrd")) == len(tests)


@pytest.mark.parametrize(
    ("test", "kind"),
    [
        (mrd_test("2026-01-10", result="detected", level=1e-4), "detected"),
        (mrd_test("2026-01-10", result="detected", level=3e-6), "detected"),
        (mrd_test("2026-01-10", result="detected", level=3e-4, quality={"hemodiluted": True}), "detected"),
        (mrd_test("2026-01-10", result="detected", level=3e-6, quality={"hemodiluted": True}), "detected"),
        (mrd_test("2026-01-10"), "not-detected"),
        (mrd_test("2026-01-10", result="detected"), "no-level"),
        (mrd_test("2026-01-10", result="failed"), "not-evaluable"),
        (mrd_test("2026-01-10", quality={**GOOD, "hemodiluted": True}), "not-evaluable"),
        (mrd_test("2026-01-10", quality={**GOOD, "first_pull": False}), "not-evaluable"),
        (mrd_test("2026-01-10", quality={**GOOD, "trackable_clone": False}), "not-evaluable"),
        (mrd_test("2026-01-10", specimen="blood"), "not-evaluable"),
        (mrd_test("2026-01-10", specimen="blood", result="detected", level=1e-3), "not-evaluable"),
        (mrd_test("2026-01-10", limit_of_detection=1e-4), "not-evaluable"),
        (mrd_test("2026-01-10", method="mass-spectrometry"), "not-evaluable"),
        (mrd_test("2026-01-10", limit_of_detection=None), "unclear"),
        (mrd_test("2026-01-10", specimen=None), "unclear"),
        (mrd_test("2026-01-10", result=None), "unclear"),
        (mrd_test("2026-01-10", result="indeterminate", level=3e-4), "unclear"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_draws_a_test_as_the_rule_book_reads_it(test: dict[str, Any], kind: str, shipped_rules: RuleBook) -> None:
    root = parsed(draw(shipped_rules, mrd=[test]))
    (group,) = of_class(root, "mrd")
    assert group.get("class") == f"mrd {kind}"
    marker = marker_of(group)
    assert (marker.get("fill") == marker.get("stroke")) == (kind in ("detected", "no-level"))
    assert bool(of_class(group, "below")) == (kind == "not-detected")
    # Whatever has no place on the scale stands in its own lane, below the last decade.
    decades = [float(item.get("y", "")) for item in of_class(root, "decade-label")]
    assert bool(decades) == (kind in ("detected", "not-detected"))
    if decades:
        assert min(decades) - 5 <= middle(marker)[1] <= max(decades)


def test_another_rule_book_reads_otherwise(shipped_rules: RuleBook) -> None:
    """What counts is the rule book's business: where blood counts, blood is drawn on the scale."""
    marrow = shipped_rules.interpretation.marrow_mrd.model_copy(update={"specimens": ("marrow", "blood")})
    other = dataclasses.replace(
        shipped_rules, interpretation=shipped_rules.interpretation.model_copy(update={"marrow_mrd": marrow})
    )
    found = mrdguide.evaluate(patient(mrd=[mrd_test("2026-01-10", specimen="blood")]), rules=shipped_rules, as_of=AS_OF)
    fresh = mrdguide.evaluate(patient(mrd=[mrd_test("2026-01-10", specimen="blood")]), rules=shipped_rules, as_of=AS_OF)
    fresh.case._memo.clear()
    before, after = timeline(found, board_words()), timeline(dataclasses.replace(fresh, rules=other), board_words())
    assert before is not None
    assert after is not None
    assert of_class(parsed(before), "mrd", "not-evaluable")
    assert of_class(parsed(after), "mrd", "not-detected")


def test_every_method_has_its_own_shape(shipped_rules: RuleBook) -> None:
    methods = ("NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry", None)
    mrd = [mrd_test(f"202{index}-01-10", method=method) for index, method in enumerate(methods)]
    groups = of_class(parsed(draw(shipped_rules, mrd=mrd)), "mrd")
    shapes = {marker_of(group).get("class") for group in groups}
    assert len(shapes) == len(methods)


def test_a_level_stands_between_its_decades(shipped_rules: RuleBook) -> None:
    mrd = [
        mrd_test(f"2026-0{month}-10", result="detected", level=level)
        for month, level in ((1, 1e-4), (4, 1e-5), (7, 1e-6), (9, 3e-6))
    ]
    root = parsed(draw(shipped_rules, mrd=mrd))
    high, mid, low, between = (middle(marker_of(group))[1] for group in of_class(root, "mrd"))
    assert high < mid < low
    assert mid - high == pytest.approx(low - mid, abs=0.1)
    assert mid < between < low
    assert words(root, "level") == ["1e-4", "1e-5", "1e-6", "3e-6"]


def test_a_level_stands_on_its_line(shipped_rules: RuleBook) -> None:
    root = parsed(draw(shipped_rules, mrd=[mrd_test("2026-01-10", result="detected", level=1e-5)]))
    labels = {item.text: float(item.get("y", "")) for item in of_class(root, "decade-label")}
    lines = sorted(float(item.get("y1", "")) for item in of_class(root, "decade"))
    (group,) = of_class(root, "mrd")
    assert list(labels) == ["1e-7", "1e-6", "1e-5", "1e-4"]
    assert middle(marker_of(group))[1] == pytest.approx(lines[1], abs=0.1)
    assert labels["1e-5"] == pytest.approx(lines[1], abs=5)


def test_thresholds_stand_where_the_rules_cut(shipped_rules: RuleBook) -> None:
    mrd = [mrd_test("2025-01-10", limit_of_detection=1e-7), mrd_test("2026-01-10", result="detected", level=2e-5)]
    root = parsed(draw(shipped_rules, mrd=mrd))
    cuts = shipped_rules.thresholds.by_path["mrd"]
    assert len(of_class(root, "cut")) == len(cuts) == 4
    assert words(root, "cut-label") == ["threshold 1e-5", "threshold 2e-6", "threshold 1e-6"]
    shallow = parsed(draw(shipped_rules, mrd=[mrd_test("2025-01-10", limit_of_detection=1e-5)]))
    assert words(shallow, "cut-label") == ["threshold 1e-5"]


def test_a_not_detected_test_stands_at_its_limit(shipped_rules: RuleBook) -> None:
    mrd = [mrd_test("2025-01-10", limit_of_detection=1e-6), mrd_test("2026-01-10", result="detected", level=1e-6)]
    first, second = of_class(parsed(draw(shipped_rules, mrd=mrd)), "mrd")
    assert middle(marker_of(first))[1] == middle(marker_of(second))[1]


@pytest.mark.parametrize("level", [1e-300, 1e-12, 1.0, 0.99])
def test_any_level_is_on_the_scale(level: float, shipped_rules: RuleBook) -> None:
    root = parsed(
        draw(shipped_rules, mrd=[mrd_test("2026-01-10", result="detected", level=level, limit_of_detection=None)])
    )
    assert not outside(root)
    assert not overlaps(root)


def test_tests_of_one_day_do_not_cover_each_other(shipped_rules: RuleBook) -> None:
    mrd = [mrd_test("2026-01-10", method=method) for method in ("NGS", "NGF", "MFC", "NGS")]
    root = parsed(draw(shipped_rules, mrd=mrd, responses=[{"date": "2020-01-01", "category": "CR"}]))
    places = sorted(middle(marker_of(group))[0] for group in of_class(root, "mrd"))
    assert all(second - first >= 10 for first, second in pairwise(places))
    assert len(of_class(root, "moved-aside")) == 3 + 1  # and once in the legend


def test_a_date_known_to_the_year_is_a_stretch(shipped_rules: RuleBook) -> None:
    root = parsed(draw(shipped_rules, mrd=[mrd_test("2025"), mrd_test("2026-03")]))
    year, month = of_class(of_class(root, "mrd")[0], "possible-days") + of_class(
        of_class(root, "mrd")[1], "possible-days"
    )
    lengths = [float(item.get("x2", "")) - float(item.get("x1", "")) for item in (year, month)]
    assert lengths[0] / lengths[1] == pytest.approx(364 / 30, rel=0.02)
    assert not of_class(parsed(draw(shipped_rules, mrd=[mrd_test("2025-05-05")])), "possible-days")


def test_says_the_run_at_every_depth(shipped_rules: RuleBook) -> None:
    mrd = [mrd_test("2024-01-10"), mrd_test("2025-01-10"), mrd_test("2026-01-10", result="detected", level=3e-6)]
    root = parsed(draw(shipped_rules, mrd=mrd))
    assert titles(root, "run") == ["negative at 1e-5 on 2 dates: 1 year, 2024-01-10 to 2025-01-10"]
    assert words(root, "no-run") == ["none is certain at 2e-6 or deeper"]
    two = draw(shipped_rules, mrd=mrd[:2])
    assert titles(parsed(two), "run") == ["negative down to 1e-6 on 2 dates: 1 year, 2024-01-10 to 2025-01-10"]
    assert "negative down to 1e-6 on 2 dates: 1 year" in two.alt


def test_positive_imaging_breaks_the_run(shipped_rules: RuleBook) -> None:
    image = {"date": "2024-06-10", "modality": "PET-CT", "conclusion": "positive"}
    root = parsed(draw(shipped_rules, mrd=[mrd_test("2024-01-10"), mrd_test("2025-01-10")], imaging=[image]))
    assert titles(root, "run") == ["negative down to 1e-6 on 1 date, 2025-01-10 to 2025-01-10"]


def test_images_differ_by_reading(shipped_rules: RuleBook) -> None:
    imaging = [
        {"date": f"202{index}-01-10", "modality": "PET-CT", "conclusion": conclusion}
        for index, conclusion in enumerate(("negative", "positive", "indeterminate"))
    ]
    root = parsed(draw(shipped_rules, imaging=imaging, baseline={"fdg_avid": True}))
    kinds = [group.get("class") for group in of_class(root, "imaging")]
    assert kinds == ["imaging negative", "imaging positive", "imaging unclear"]
    shapes = [marker_of(group).get("class") for group in of_class(root, "imaging")]
    assert shapes == ["shape-circle", "shape-square", "shape-circle"]


def test_ends_of_therapy_differ(shipped_rules: RuleBook) -> None:
    therapy: list[dict[str, Any]] = [
        {"phase": "induction", "line": 1, "start": "2020-01-01", "end": "2020-06-01"},
        {"phase": "transplant", "line": 1, "kind": "autologous", "date": "2020-08-01"},
        {"phase": "consolidation", "line": 1, "start": "2020-10-01"},
        {"phase": "maintenance", "line": 1, "start": "2021-02-01", "end": None},
    ]
    root = parsed(draw(shipped_rules, therapy=therapy))
    kinds = [group.get("class") for group in of_class(root, "therapy")]
    assert kinds == ["therapy closed", "therapy day", "therapy not-recorded", "therapy going-on"]
    assert of_class(of_class(root, "going-on")[0], "arrow")
    assert of_class(of_class(root, "therapy", "not-recorded")[0], "not-recorded")[-1].get("stroke-dasharray")


def test_what_lies_after_the_day_is_not_drawn(shipped_rules: RuleBook) -> None:
    later = {"mrd": [mrd_test("2027-01-10")], "events": [{"date": "2027-02-01", "kind": "progression"}]}
    found = mrdguide.evaluate(patient(**later), rules=shipped_rules, as_of=AS_OF)
    assert timeline(found, board_words()) is None
    root = parsed(draw(shipped_rules, mrd=[mrd_test("2026-01-10"), mrd_test("2027-01-10")], events=later["events"]))
    assert len(of_class(root, "mrd")) == 1
    assert not of_class(root, "event")


def test_nothing_dated_is_no_drawing(shipped_rules: RuleBook) -> None:
    found = mrdguide.evaluate(
        patient(mrd=[mrd_test(None)], therapy=[{"phase": "maintenance"}]), rules=shipped_rules, as_of=AS_OF
    )
    assert timeline(found, board_words(), [Mark(day("2027-01-01"), "review")]) is None


def test_says_what_has_no_date(shipped_rules: RuleBook) -> None:
    mrd = [mrd_test("2026-01-10"), mrd_test(None), mrd_test(None)]
    root = parsed(draw(shipped_rules, mrd=mrd, imaging=[{"conclusion": "negative"}], therapy=[{"phase": "induction"}]))
    assert not of_class(root, "imaging")
    assert words(root, "note") == [
        "Not drawn, because no date is recorded: 2 MRD tests, 1 imaging study, 1 therapy entry."
    ]


def test_a_resurgence_without_its_report_stands_among_the_events(shipped_rules: RuleBook) -> None:
    event = {"date": "2025-06-10", "kind": "mrd-resurgence"}
    root = parsed(draw(shipped_rules, mrd=[mrd_test("2025-01-10")], events=[event]))
    assert len(of_class(root, "mrd")) == 1
    assert titles(root, "event") == ["2025-06-10: MRD resurgence"]
    assert not of_class(root, "run")


@pytest.mark.parametrize("name", ["events", "responses"])
def test_an_entry_without_a_date_has_no_place(name: str, shipped_rules: RuleBook) -> None:
    entry = {"kind": "progression"} if name == "events" else {"category": "CR"}
    root = parsed(draw(shipped_rules, **{name: [entry, {**entry, "date": "2026-01-10"}]}))
    assert len(of_class(root, name.rstrip("s"))) == 1
    assert len(words(root, "note")) == 1


def test_marks_stand_in_order_of_their_days(shipped_rules: RuleBook) -> None:
    found = mrdguide.evaluate(patient(mrd=[mrd_test("2025-01-10")]), rules=shipped_rules, as_of=AS_OF)
    marks = [Mark(day("2027-06-01"), "later"), Mark(day("2027-01-01"), "sooner"), Mark(day("2027-01-01"), "as soon")]
    windows = [Window("marrow MRD counts", day("2025-01-10"), day("2026-01-10"))]
    picture = timeline(found, board_words(), marks, windows)
    assert picture is not None
    root = parsed(picture)
    (as_of,) = of_class(root, "as-of")
    places = [float(item.get("x1", "")) for item in of_class(root, "mark")]
    assert float(as_of.get("x1", "")) < places[0] == places[1] < places[2]
    assert set(titles(root, "mark-label")) == {"2027-06-01: later", "2027-01-01: sooner", "2027-01-01: as soon"}
    assert titles(root, "window") == ["marrow MRD counts: 2025-01-10 to 2026-01-10"]
    (bar,) = of_class(root, "bar")
    assert bar.get("fill") == "url(#timeline-hatching)"
    assert not overlaps(root)
    assert not outside(root)
