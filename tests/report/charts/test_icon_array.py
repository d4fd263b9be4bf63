"""Signs of 100: as many full as the share says, the same on a grey print, and only for a share at a time on a clock."""

from __future__ import annotations

import pytest

from mrdguide.evidence import StudyFinding
from mrdguide.report.charts.icon_array import Share, icon_array, shares

from .drawing import of_class, parsed, words

FINDING = {
    "id": "x", "measure": "relapse", "time": {"at": 3, "unit": "a"}, "clock": "stopping maintenance", "source": "a",
    "verified": True,
    "arms": [{"group": "stopped", "value": 75.8, "unit": "%"}, {"group": "went on", "value": 30, "unit": "%"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("percent", "full"), [(0, 0), (0.4, 0), (0.5, 1), (17.2, 17), (75.8, 76), (99.4, 99), (100, 100)]
)
def test_as_many_signs_are_full_as_the_share_says(percent: float, full: int) -> None:
    root = parsed(icon_array([Share("x", percent)], "title", "twin"))
    persons = of_class(root, "person")
    assert len(persons) == 100
    filled = [item.get("fill") == item.get("stroke") for item in persons]
    assert filled == [True] * full + [False] * (100 - full)


def test_full_and_empty_differ_in_lightness_alone() -> None:
    persons = of_class(parsed(icon_array([Share("x", 50)], "title", "twin")), "person")
    looks = {(item.get("fill"), item.get("stroke")) for item in persons}
    dark, light = "#16202b", "#ffffff"
    assert looks == {(dark, dark), (light, dark)}


def test_every_group_has_an_array_of_its_own_and_its_name() -> None:
    picture = icon_array(
        [Share("with", 42), Share("without", 18)], "After 5 years", "with 42 of 100; without 18 of 100"
    )
    root = parsed(picture)
    assert words(root, "group") == ["with", "without"]
    counts = [
        sum(item.get("fill") == item.get("stroke") for item in of_class(one, "person"))
        for one in of_class(root, "share")
    ]
    assert counts == [42, 18]
    assert picture.alt == "with 42 of 100; without 18 of 100"


def test_signs_are_of_one_size_in_drawings_of_one_and_of_two_groups() -> None:
    one, two = (parsed(icon_array([Share("x", 50)] * count, "title", "twin")) for count in (1, 2))
    assert one.get("viewBox") == two.get("viewBox")
    assert {item.get("r") for item in (*of_class(one, "person"), *of_class(two, "person"))} == {"5.2"}


def test_a_long_name_stands_above_its_signs_in_the_order_of_its_words() -> None:
    root = parsed(icon_array([Share("all who stopped (MRD below 1e-6)", 30)], "title", "twin"))
    lines = of_class(root, "group")
    assert " ".join(item.text or "" for item in sorted(lines, key=lambda item: float(item.get("y", "")))) == (
        "all who stopped (MRD below 1e-6)"
    )
    first = min(float(item.get("cy", "")) for item in of_class(root, "person"))
    assert all(0 < float(item.get("y", "")) < first for item in lines)


def test_only_shares_at_a_time_on_a_stated_clock_are_drawn() -> None:
    assert [share.percent for share in shares(StudyFinding.model_validate(FINDING))] == [75.8, 30]
    for change in (
        {"time": None},
        {"clock": "not stated in the source read"},
        {"clock": "not stated in the source read; taken to be stopping maintenance"},
        {"verified": False},
        {"arms": [{"group": "stopped", "value": 4, "unit": "count", "n": 52}]},
        {"arms": [*FINDING["arms"], {"group": "third", "unit": "%", "reached": False}]},  # type: ignore[misc]
        {"arms": [], "statement": "some"},
    ):
        assert shares(StudyFinding.model_validate({**FINDING, **change})) == ()
