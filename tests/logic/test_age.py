"""`age`: from the year of birth alone, so known to within a year."""

from __future__ import annotations

import pytest

from .judging import JudgedExpression, judge

ADULT = {"age": {"operator": ">=", "years": 18}}


@pytest.mark.parametrize(
    ("birth_year", "as_of", "verdict"),
    [
        (2007, "2026-06-15", "met"),  # 18 or 19
        (2008, "2026-06-15", "unknown"),  # 17 or 18: the birthday decides
        (2009, "2026-06-15", "not_met"),  # 16 or 17
    ],
)
def test_eighteen_or_older(birth_year: int, as_of: str, verdict: str) -> None:
    assert judge(ADULT, as_of, birth_year=birth_year).verdict == verdict


def test_what_is_open_asks_for_the_exact_age_and_says_both() -> None:
    assert judge(ADULT, birth_year=2008) == JudgedExpression(
        "unknown", ["born 2008: 17 or 18 years old"], ["birth_year"]
    )


def test_no_birth_year_is_unknown() -> None:
    assert judge(ADULT) == JudgedExpression("unknown", ["birth year: not recorded"], ["birth_year"])


def test_an_age_is_never_below_zero() -> None:
    assert judge({"age": {"operator": "<", "years": 1}}, birth_year=2026).verdict == "met"


@pytest.mark.parametrize(
    ("operator", "verdict"), [(">", "unknown"), (">=", "met"), ("<", "not_met"), ("<=", "unknown")]
)
def test_every_sign_at_sixty_five_or_sixty_six(operator: str, verdict: str) -> None:
    """Born in 1960, in mid-2026: 65 or 66 years old."""
    assert judge({"age": {"operator": operator, "years": 65}}, birth_year=1960).verdict == verdict


def test_on_the_last_day_of_the_year_the_birthday_has_passed() -> None:
    assert judge(ADULT, "2026-12-31", birth_year=2008).verdict == "met"
