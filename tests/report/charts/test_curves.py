"""Curves: both lines where the shares are, steps or joined, with numbers still followed below and nothing over anything else."""

from __future__ import annotations

import pytest

from mrdguide.report.blocks import Picture
from mrdguide.report.charts.curves import Curve, Point, curves

from .drawing import of_class, outside, overlaps, parsed, words

FREE = Curve("alive without progression", (Point(0, 1, 0.9, 1), Point(10, 0.75, 0.6, 0.85), Point(30, 0.5, 0.3, 0.7)))
EVENT = Curve("progressed", (Point(0, 0), Point(10, 0.2), Point(30, 0.4)))
FOLLOWED = [(0, 172), (12, 128), (24, None), (36, 0)]


def drawn(*, steps: bool = True, dashed: Curve | None = EVENT, months: int = 36, every: int = 12) -> Picture:
    followed = FOLLOWED if months == 36 else [(month, month) for month in range(0, months + 1, every)]
    picture = curves("x", "A title", FREE, dashed, followed, steps=steps, caption="A caption")
    assert picture is not None
    return picture


def places(path: str) -> list[tuple[float, float]]:
    pairs = [part.split() for part in path.strip("MZ").split(" L")]
    return [(float(x), float(y)) for x, y in pairs]


def test_steps_hold_until_the_next_and_end_where_the_share_is() -> None:
    whole, dashed = of_class(parsed(drawn()), "curve")
    found = places(whole.get("d", ""))
    assert [y for _, y in found] == [18, 18, 78, 78, 138]  # from 18 (all) to 258 (none): 1, 3/4 and 1/2
    assert [x for x, _ in found] == pytest.approx([190, 337.22, 337.22, 631.67, 631.67], abs=0.01)
    assert whole.get("stroke-dasharray") is None
    assert dashed.get("stroke-dasharray")
    joined = of_class(parsed(drawn(steps=False)), "curve")[0]
    assert [y for _, y in places(joined.get("d", ""))] == [18, 78, 138]


def test_the_band_is_the_interval_of_the_whole_line() -> None:
    (band,) = of_class(parsed(drawn(steps=False)), "interval")
    heights = [y for _, y in places(band.get("d", ""))]
    assert heights == [18, 54, 90, 186, 114, 42]  # upper ends forth, lower ends back
    without = Curve("x", tuple(Point(point.month, point.share) for point in FREE.points))
    picture = curves("x", "A title", without, None, FOLLOWED, steps=False, caption="")
    assert picture is not None
    assert not of_class(parsed(picture), "interval")


def test_a_number_that_is_not_shown_is_a_star_in_the_drawing_and_in_its_words() -> None:
    picture = drawn()
    assert words(parsed(picture), "followed") == ["172", "128", "*", "0"]
    assert "172 at 0, 128 at 12, * at 24, 0 at 36" in picture.alt
    assert "alive without progression: 50.0% at 30 months" in picture.alt


@pytest.mark.parametrize(("months", "every"), [(36, 12), (12, 6), (60, 6), (240, 12), (1200, 12)])
def test_nothing_stands_over_anything_else(months: int, every: int) -> None:
    root = parsed(drawn(months=months, every=every))
    assert not overlaps(root)
    assert not outside(root)
    assert len(drawn(months=months, every=every).alt) <= 600


def test_nothing_is_drawn_where_there_is_no_line() -> None:
    nobody = Curve("x", (Point(0, 1),))
    assert curves("x", "A title", nobody, None, FOLLOWED, steps=False, caption="") is None
    assert curves("x", "A title", FREE, None, [(0, 3)], steps=False, caption="") is None


def test_points_nearer_than_the_line_is_wide_are_drawn_once() -> None:
    many = Curve("x", tuple(Point(number / 1000, 1 - number / 40_000) for number in range(36_001)))
    picture = curves("x", "A title", many, None, FOLLOWED, steps=True, caption="")
    assert picture is not None
    assert len(places(of_class(parsed(picture), "curve")[0].get("d", ""))) < 1200
