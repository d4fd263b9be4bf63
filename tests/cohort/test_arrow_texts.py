"""Texts read where they lie in an Arrow column: the dates, and the plain texts, that reading each by itself finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrdguide.cohort.columns.arrow_texts import are_plain, dates_of
from mrdguide.dates import parse_date
from tests.laws.effort import law

NOT_A_DATE = (1, 1)
ODD = [
    "", "2025-13-01", "2025-00-01", "2025-02-30", "2023-02-29", "1900-02-29", "1899-12-31", "2201-01-01", "2025-1-1", "20250101",
    "2025/01/01", "2025-01-01 ", " 2025", "+025", "\uff12\uff10\uff12\uff15", "2025-01-0\uff11", "soon", "2025-01-01T00", "2025-01-00", "abcd-01-01",
]  # fmt: skip
RIGHT = [
    "2024-02-29",
    "2000-02-29",
    "1900-01-01",
    "2200-12-31",
    "1900",
    "2200",
    "2200-12",
    "2024-02",
    "2023-02",
    "1999-12-31",
]
written = st.one_of(
    st.none(), st.sampled_from(ODD), st.dates().map(str), st.text("0123456789-", max_size=11), st.text(max_size=11),
    st.dates().map(lambda day: str(day)[:7]),
)  # fmt: skip


def one_by_one(text: str | None) -> tuple[int, int]:
    if text is None:
        return 0, 0
    try:
        found = parse_date(text)
    except ValueError:
        return NOT_A_DATE
    return found.earliest, found.latest


def days(texts: Any) -> list[tuple[int, int]]:
    return list(zip(*(side.tolist() for side in dates_of(texts)), strict=True))


@pytest.mark.parametrize("text", ODD + RIGHT)
def test_each_date_is_read_as_by_itself(text: str) -> None:
    assert days(pa.array([text, None, text])) == [one_by_one(text), (0, 0), one_by_one(text)]


def test_every_day_of_the_calendar_is_that_day() -> None:
    first, last = parse_date("1900-01-01").earliest, parse_date("2200-12-31").latest
    numbers = np.arange(first, last + 1)
    texts = (numbers - parse_date("1970-01-01").earliest).astype("datetime64[D]").astype(str)
    found = dates_of(pa.array(texts.tolist()))
    assert all((side == numbers).all() for side in found)


@law(300)
@given(st.lists(written), st.integers(0, 3))
def test_dates_of_a_part_of_a_column_are_those_of_each(texts: list[str | None], begin: int) -> None:
    column = pa.array(texts, pa.string())[begin:]
    assert days(column) == [one_by_one(text) for text in texts[begin:]]


@law(300)
@given(st.lists(st.none() | st.text(max_size=12) | st.text("ab \t\x1f", max_size=12)), st.integers(0, 3))
def test_texts_that_are_plain_are_those_that_are_by_themselves(texts: list[str | None], begin: int) -> None:
    def plain(text: Any) -> bool:
        return 0 < len(text) <= 10 and text == text.strip() and "\x1f" not in text

    found = are_plain(pa.array(texts, pa.string())[begin:], 10, plain)
    assert found.tolist() == [text is None or plain(text) for text in texts[begin:]]
