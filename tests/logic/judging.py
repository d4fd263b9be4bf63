"""Judging one expression of the rule language on an invented patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from mrdguide.case.case import Case
from mrdguide.case.interpretation_rules import InterpretationRules
from mrdguide.dates import parse_date
from mrdguide.logic.operator import Context, parse_expression
from mrdguide.logic.truth import VERDICTS
from mrdguide.patient import read_patient

TODAY = "2026-06-15"

READINGS = InterpretationRules.model_validate(
    {
        "marrow_mrd": {
            "specimens": ["marrow"], "methods": ["NGS", "NGF", "MFC"], "trackable_clone_for": ["NGS"],
            "first_pull": True, "not_hemodiluted": True, "flag_gap_months": 18,
        },
        "imaging": {
            "deauville_positive_from": 4, "rac_negative": [1], "rac_positive": [4, 5], "pet_needs_avid_disease": True,
        },
    }
)  # fmt: skip

GOOD_SAMPLE = {"first_pull": True, "hemodiluted": False, "trackable_clone": True}


class JudgedExpression(NamedTuple):
    """The verdict, the patient's own data behind it, and the paths of what it waits for."""

    verdict: str
    observed: list[str]
    needs: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.observed)


def profile(**more: Any) -> dict[str, Any]:
    """A profile that holds only what a test is about."""
    return {"id": "invented", "diagnosis": {"disease": "multiple-myeloma"}, **more}


def case(as_of: str = TODAY, **more: Any) -> Case:
    """A patient on a day."""
    return Case(read_patient(profile(**more)), parse_date(as_of).earliest)


def judge(
    expression: Mapping[str, Any],
    as_of: str = TODAY,
    absence: Literal["unknown", "not_met"] = "unknown",
    **patient: Any,
) -> JudgedExpression:
    """Judge an expression as it stands in YAML on a patient with only these facts."""
    judged = parse_expression(expression).compile(Context(absence == "not_met", READINGS))
    subject = case(as_of, **patient)
    found = VERDICTS[judged.verdict(subject)].value
    return JudgedExpression(found, judged.observe(subject), [need.path for need in judged.needs(subject)])


def marrow(date: str | None, **more: Any) -> dict[str, Any]:
    """A marrow NGS test of a good sample that found nothing at 1e-6, unless said otherwise."""
    usual = {
        "specimen": "marrow", "method": "NGS", "limit_of_detection": 1e-6, "result": "not-detected", "quality": GOOD_SAMPLE,
    }  # fmt: skip
    return {"date": date, **usual, **more}


def pet(date: str | None, **more: Any) -> dict[str, Any]:
    """A PET-CT that is negative by its scores and its report, unless said otherwise."""
    usual = {
        "modality": "PET-CT", "deauville_focal": 2, "deauville_marrow": 2, "new_lesion": False, "conclusion": "negative",
    }  # fmt: skip
    return {"date": date, **usual, **more}
