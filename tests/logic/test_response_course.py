"""The category that stands, what is lost and regained, and whether somebody has looked."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from .judging import judge

COURSE = {"near_days": 30, "same_days": 7, "antibodies": ["daratumumab"], "washout": 6}


def stands(at_least: str = "CR", **patient: Any) -> str:
    return judge({"response_stands": {"at_least": at_least, **COURSE}}, **patient).verdict


def course(reads: str, **patient: Any) -> str:
    return judge({"response_course": {"reads": reads, **COURSE}}, absence="not_met", **patient).verdict


def responses(*entries: str) -> list[dict[str, Any]]:
    """`2026-01-10 CR`, with `+` behind it for confirmed and `-` for not confirmed; `CR` alone has no date."""
    found = []
    for text in entries:
        date, _, category = text.rpartition(" ")
        entry: dict[str, Any] = {"category": category.rstrip("+-"), **({"date": date} if date else {})}
        if category[-1] in "+-":
            entry["confirmed"] = category.endswith("+")
        found.append(entry)
    return found


@pytest.mark.parametrize(
    ("entries", "complete", "lost", "ever_lost", "doubted"),
    [
        ((), "unknown", "not_met", "not_met", "not_met"),
        (("2021-01-10 CR",), "met", "not_met", "not_met", "not_met"),
        (("2021-01-10 sCR", "2022-01-10 CR"), "met", "not_met", "not_met", "not_met"),
        (("2020-06-10 VGPR", "2021-01-10 CR"), "met", "not_met", "not_met", "not_met"),
        (("2021-01-10 VGPR",), "not_met", "not_met", "not_met", "not_met"),
        (("2021-01-10 CR-",), "unknown", "not_met", "not_met", "not_met"),
        (("2021-01-10 CR-", "2021-03-10 CR"), "met", "not_met", "not_met", "not_met"),
        (("2021-01-10 CR-", "2021-03-10 VGPR"), "not_met", "not_met", "not_met", "not_met"),
        (("2021-01-10 CR", "2026-05-10 SD"), "unknown", "unknown", "not_met", "not_met"),
        (("2021-01-10 CR", "2026-05-10 VGPR+"), "not_met", "met", "met", "not_met"),
        (("2021-01-10 CR", "2026-04-10 VGPR", "2026-05-10 MR"), "not_met", "met", "met", "not_met"),
        (("2021-01-10 CR", "2026-04-10 VGPR", "2026-05-10 CR"), "met", "not_met", "not_met", "met"),
        (("2021-01-10 CR", "2026-05-10 PD"), "not_met", "met", "met", "not_met"),
        (("2021-01-10 CR", "2024-04-10 PR+", "2025-05-10 CR"), "not_met", "met", "met", "not_met"),
        (("2021-01-10 CR", "2024-04-10 PR+", "2025-05-10 CR+"), "met", "not_met", "met", "not_met"),
        (("2021-01-10 CR", "2024-04-10 PR+", "2025-05-10 CR", "2025-07-10 sCR"), "met", "not_met", "met", "not_met"),
        (("2021-01-10 CR", "2024-04-10 PR+", "2025-05-10 CR", "2025-07-10 VGPR"), "not_met", "met", "met", "not_met"),
        (("2021-01-10 VGPR", "2026-04-10 PR", "2026-05-10 PR"), "not_met", "met", "met", "not_met"),
        # Better than before the loss, once, and lower again, confirmed: the better one is lost too.
        (("2021-01-10 VGPR", "2023-04-10 PR+", "2024-05-10 CR", "2025-05-10 VGPR+"), "not_met", "met", "met", "not_met"),
        (("2021-01-10 CR", "2026 VGPR"), "unknown", "unknown", "not_met", "not_met"),
        (("2021-01-10 CR", "VGPR"), "unknown", "unknown", "not_met", "not_met"),
        (("CR", "2026-05-10 VGPR"), "unknown", "unknown", "not_met", "unknown"),
        (("2021-01-10 CR", "2026-05 VGPR", "2026-05 VGPR"), "unknown", "unknown", "unknown", "not_met"),
        (("2021-01-10 CR", "2026-04 VGPR", "2026-05 VGPR"), "not_met", "met", "met", "not_met"),
    ],
)  # fmt: skip
def test_a_course(entries: tuple[str, ...], complete: str, lost: str, ever_lost: str, doubted: str) -> None:
    """In whatever order the entries are written down."""
    for order in list(permutations(entries))[:24]:
        patient: dict[str, Any] = {"responses": responses(*order)}
        assert stands(**patient) == complete
        assert (course("lost", **patient), course("ever_lost", **patient)) == (lost, ever_lost)
        if doubted != "unknown":
            assert course("doubted", **patient) == doubted


def test_a_band_may_have_spoken_against_a_response_that_is_not_on_record() -> None:
    panels = [
        {"serum_immunofixation": "positive"},
        {"serum_immunofixation": "negative", "urine_immunofixation": "negative"},
    ]
    assert [course(reads, markers=panels) for reads in ("lost", "ever_lost", "doubted")] == ["unknown"] * 3
    complete = responses("2026-10-01 sCR")
    assert course("doubted", markers=panels, responses=complete) == "unknown"


def test_what_stands_below_the_doubt_is_known() -> None:
    patient = {"responses": responses("2021-01-10 CR", "2026-05-10 VGPR")}
    assert [stands(category, **patient) for category in ("CR", "VGPR", "PR")] == ["unknown", "met", "met"]
    patient = {"responses": responses("2021-01-10 CR", "2026-05-10 SD")}
    assert [stands(category, **patient) for category in ("VGPR", "SD")] == ["unknown", "met"]


def test_the_same_twice_is_one_assessment() -> None:
    patient = {"responses": responses("2021-01-10 CR", "2026-05-10 VGPR", "2026-05-10 VGPR", "2026-05-10 PR")}
    assert course("lost", **patient) == "unknown"


def test_an_entry_without_its_category_may_be_anything() -> None:
    judged = judge(
        {"response_stands": {"at_least": "CR", **COURSE}},
        responses=[*responses("2021-01-10 CR"), {"date": "2026-05-10"}],
    )
    assert (judged.verdict, judged.needs) == ("unknown", ["responses[1].category"])


def test_hundreds_of_entries_without_dates_are_unknown_and_not_slow() -> None:
    many = [{"category": "CR"}, {"category": "VGPR"}] * 300
    assert stands(responses=many) == "unknown"
    dated = [{"date": f"{1990 + number // 12}-{number % 12 + 1:02}-10", "category": "CR"} for number in range(400)]
    assert stands(responses=dated) == "met"
    assert stands(responses=[*dated[:100], {"category": "VGPR"}]) == "unknown"


POSITIVE = {"serum_immunofixation": "positive", "urine_immunofixation": "negative"}
NEGATIVE = {"serum_immunofixation": "negative", "urine_immunofixation": "negative"}


def panel(date: str | None, **found: Any) -> dict[str, Any]:
    return {**({"date": date} if date else {}), **found}


@pytest.mark.parametrize(
    ("panels", "lost"),
    [
        ([panel("2026-05-10", **NEGATIVE)], "not_met"),
        ([panel("2026-05-10", **POSITIVE)], "unknown"),
        ([panel("2026-05-10", **POSITIVE), panel("2026-05-20", **NEGATIVE)], "not_met"),
        ([panel("2026-05-10", **POSITIVE, original_isotype=True)], "unknown"),
        ([panel("2026-05-10", **POSITIVE, original_isotype=True), panel("2026-05-11", **POSITIVE, original_isotype=True)], "met"),
        ([panel("2026-05-10", **POSITIVE, original_isotype=True), panel("2026-05-11", **POSITIVE)], "unknown"),
        ([panel("2026-05-10", **POSITIVE, original_isotype=False)] * 2, "not_met"),
        ([panel("2026-05-10", original_isotype=True)], "unknown"),
        ([panel(None, **POSITIVE, original_isotype=True)], "unknown"),
        ([panel("2026-05-10", serum_m_protein={"value": 0.4, "unit": "g/L"})], "unknown"),
        ([panel("2020-05-10", **POSITIVE, original_isotype=True), panel("2020-06-11", **POSITIVE, original_isotype=True)], "not_met"),
    ],
)  # fmt: skip
def test_the_protein_after_a_complete_response(panels: list[dict[str, Any]], lost: str) -> None:
    assert course("lost", responses=responses("2021-01-10 CR"), markers=panels) == lost


def test_a_band_with_no_response_on_record_is_a_question() -> None:
    judged = judge(
        {"response_course": {"reads": "lost", **COURSE}}, absence="not_met", markers=[panel("2026-05-10", **POSITIVE)]
    )
    assert (judged.verdict, judged.needs) == ("unknown", ["responses"])


@pytest.mark.parametrize(
    ("isotype", "drugs", "end", "excluded", "lost"),
    [
        ("IgG-kappa", ["daratumumab"], None, False, "unknown"),
        ("IgG-kappa", ["daratumumab"], None, True, "met"),
        ("IgG-kappa", ["daratumumab"], None, None, "met"),
        ("IgA-lambda", ["daratumumab"], None, False, "met"),
        ("IgG-kappa", ["lenalidomide"], None, False, "met"),
        ("IgG-kappa", ["daratumumab"], "2025-11-20", False, "unknown"),
        ("IgG-kappa", ["daratumumab"], "2025-10-01", False, "met"),
    ],
)
def test_a_therapeutic_antibody(
    isotype: str, drugs: list[str], end: str | None, excluded: bool | None, lost: str
) -> None:
    found = {**POSITIVE, "isotype": isotype, "original_isotype": True}
    if excluded is not None:
        found["therapeutic_antibody_excluded"] = excluded
    patient = {
        "therapy": [{"phase": "maintenance", "drugs": drugs, "start": "2021-06-01", "end": end}],
        "responses": responses("2021-01-10 CR"),
        "markers": [panel("2026-05-10", **found), panel("2026-05-20", **found)],
    }
    assert course("lost", **patient) == lost


def test_looked_at() -> None:
    def looked(**patient: Any) -> str:
        return judge({"response_looked_at": {"within": 6, **COURSE}}, **patient).verdict

    both = {"serum_m_protein": {"value": 0, "unit": "g/L"}, "urine_m_protein": {"value": 0, "unit": "mg/(24.h)"}}
    assert looked(markers=[panel("2025-12-15", **NEGATIVE)]) == "met"
    assert looked(markers=[panel("2025-12-14", **NEGATIVE)]) == "unknown"
    assert looked(markers=[panel("2026-01-15", **both)]) == "met"
    assert looked(markers=[panel("2026-01-15", serum_immunofixation="negative")]) == "unknown"
    assert (
        looked(markers=[panel("2026-01-15", serum_immunofixation="indeterminate", urine_immunofixation="negative")])
        == "unknown"
    )
    assert looked(markers=[panel(None, **NEGATIVE)]) == "unknown"
    assert looked(markers=[panel("2026-06-16", **NEGATIVE)]) == "unknown"
    assert looked(responses=responses("2026-01-15 PR")) == "met"
    assert looked(responses=responses("CR")) == "unknown"
    assert looked(responses=responses("2021-01-15 CR", "2026-01-15 VGPR+")) == "not_met"
