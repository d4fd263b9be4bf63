"""Calendar dates, known to the day, the month or the year, and calendar months."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrdguide.dates import add_months, iso, months_and_days, parse_date, span_text

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31)).map(date.toordinal)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("written", "earliest", "latest"),
    [
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024", "2024-01-01", "2024-12-31"),
        (2024, "2024-01-01", "2024-12-31"),
        (date(2024, 2, 29), "2024-02-29", "2024-02-29"),
    ],
)
def test_a_date_is_every_day_that_it_can_mean(written: Any, earliest: str, latest: str) -> None:
    found = parse_date(written)
    assert (found.earliest, found.latest) == (day(earliest), day(latest))
    assert found.exact is (earliest == latest)
    assert str(found) == str(written)


@pytest.mark.parametrize(
    "written",
    [
        "2023-02-29", "2024-04-31", "2024-13", "2024-00-10", "2024-1-5", "24-01-05", "01.02.2024", "2024/01/05", "2024-01-05T10:00",
        "1899-12-31", "2201", "soon", "", " 2024", "2024-01-05\n", "\uff12\uff10\uff12\uff14-01-05", "20240105", True, 2024.5, None, 99999,
    ],
)  # fmt: skip
def test_nonsense_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match="calendar"):
        parse_date(written)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-05-10", 0, "2024-05-10"),
    ],
)
def test_months_are_added_with_the_end_of_the_month_clamped(start: str, months: int, end: str) -> None:
    assert iso(add_months(day(start), months)) == end


@given(DAYS, st.integers(0, 600))
def test_adding_months_keeps_the_day_or_the_last_of_the_month(start: int, months: int) -> None:
    before, after = date.fromordinal(start), date.fromordinal(add_months(start, months))
    assert (after.year - before.year) * 12 + after.month - before.month == months
    assert after.day == before.day or (
        after.day < before.day and (after.toordinal() + 1 == add_months(after.replace(day=1).toordinal(), 1))
    )


@given(DAYS, DAYS, st.integers(0, 240))
def test_a_later_start_never_ends_earlier(first: int, second: int, months: int) -> None:
    earlier, later = sorted((first, second))
    assert add_months(earlier, months) <= add_months(later, months)


@given(DAYS, DAYS)
def test_months_and_days_add_up_to_the_span(first: int, second: int) -> None:
    start, end = sorted((first, second))
    months, days = months_and_days(start, end)
    assert add_months(start, months) + days == end
    assert 0 <= days < 31
    assert add_months(start, months + 1) > end


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2024-01-15", "2025-01-15", "1 year"),
        ("2024-01-15", "2026-04-18", "2 years 3 months 3 days"),
        ("2025-05-20", "2026-05-10", "11 months 20 days"),
        ("2024-01-15", "2024-01-16", "1 day"),
        ("2024-01-15", "2024-01-15", "0 days"),
    ],
)
def test_a_span_in_words(first: str, last: str, words: str) -> None:
    assert span_text(day(first), day(last)) == words
