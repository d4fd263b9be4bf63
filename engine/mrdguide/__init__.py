"""mrdguide: may maintenance therapy in multiple myeloma be stopped, guided by measurable residual disease?

    import mrdguide
    recommendation = mrdguide.evaluate("patient.yaml", as_of="2026-11-21")
    recommendation.outcome, recommendation.possible_outcomes, recommendation.to_json()

Everything below is loaded when it is first used, so importing the package costs almost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .explain.explanation import Explanation
    from .intake.tables import read_tables
    from .logic.truth import Verdict
    from .patient import Patient, read_patient
    from .recommend.evaluation import evaluate
    from .recommend.recommendation import Recommendation
    from .recommend.what_if import Difference, what_if
    from .rulebook.book import RuleBook, check_rules, load_rules

__all__ = [
    "Difference", "Explanation", "Patient", "Recommendation", "RuleBook", "Verdict", "check_rules", "errors", "evaluate",
    "load_rules", "read_patient", "read_tables", "what_if",
]  # fmt: skip

_HOME = {
    "Patient": ".patient", "read_patient": ".patient", "Recommendation": ".recommend.recommendation",
    "RuleBook": ".rulebook.book", "load_rules": ".rulebook.book", "check_rules": ".rulebook.book",
    "evaluate": ".recommend.evaluation", "Explanation": ".explain.explanation",
    "what_if": ".recommend.what_if", "read_tables": ".intake.tables", "Difference": ".recommend.what_if", "Verdict": ".logic.truth",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module(".errors", __name__)
    if name not in _HOME:
        raise AttributeError(f"module 'mrdguide' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name], __name__), name)
    globals()[name] = value
    return value
