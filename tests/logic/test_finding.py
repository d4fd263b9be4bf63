"""`present`: something a test looks for. Not tested, failed and not recorded are never "absent"."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import judge

TRANSLOCATION = {"present": "baseline.cytogenetics.t_4_14"}
TP53_CLONE = {"present": "clonal_hematopoiesis.tp53"}
PATH = "baseline.cytogenetics.t_4_14"


@pytest.mark.parametrize(
    ("recorded", "verdict", "shown", "needs"),
    [
        ("present", "met", "present", []),
        ("absent", "not_met", "absent", []),
        ("not-tested", "unknown", "not tested", [PATH]),
        ("failed", "unknown", "failed", [PATH]),
        ({"status": "present", "fraction": 0.4}, "met", "present", []),
        ({"fraction": 0.4}, "unknown", "not recorded", [PATH]),
        (None, "unknown", "not recorded", [PATH]),
    ],
)
def test_every_status(recorded: Any, verdict: str, shown: str, needs: list[str]) -> None:
    found = judge(TRANSLOCATION, baseline={"cytogenetics": {"t_4_14": recorded}})
    assert (found.verdict, found.observed, found.needs) == (verdict, [f"t(4;14): {shown}"], needs)


@pytest.mark.parametrize("status", ["not-tested", "failed", None])
def test_for_a_finding_written_down_when_found_absence_can_mean_not_met(status: str | None) -> None:
    found = judge(TP53_CLONE, absence="not_met", clonal_hematopoiesis={"tp53": status})
    assert found.verdict == "not_met"
    assert judge(TP53_CLONE, clonal_hematopoiesis={"tp53": status}).verdict == "unknown"


def test_only_findings_written_down_when_found_allow_that() -> None:
    from mrdguide.logic.operator import parse_expression

    assert parse_expression(TP53_CLONE).absence_may_be_not_met()
    assert not parse_expression(TRANSLOCATION).absence_may_be_not_met()
