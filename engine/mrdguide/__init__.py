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
    from . import cds, cohort, errors, fhir, interview, record
    from .explain.explanation import Explanation
    from .explain.future import Visit, Workup
    from .intake.tables import read_tables
    from .logic.truth import Verdict
    from .patient import Patient, read_patient
    from .recommend.evaluation import evaluate
    from .recommend.recommendation import Recommendation
    from .recommend.what_if import Difference, what_if
    from .rulebook.book import RuleBook, check_rules, load_rules

    __version__: str

__all__ = [
    "Difference", "Explanation", "Patient", "Recommendation", "RuleBook", "Verdict", "Visit", "Workup", "__version__", "cds",
    "check_rules", "cohort", "errors", "evaluate", "fhir", "interview", "load_rules", "read_patient", "read_tables", "record", "what_if",
]  # fmt: skip

_MODULES = ("cds", "cohort", "errors", "fhir", "interview", "record")
_HOME = {
    "Patient": ".patient", "read_patient": ".patient", "Recommendation": ".recommend.recommendation",
    "RuleBook": ".rulebook.book", "load_rules": ".rulebook.book", "check_rules": ".rulebook.book",
    "evaluate": ".recommend.evaluation", "Explanation": ".explain.explanation", "Visit": ".explain.future",
    "Workup": ".explain.future", "what_if": ".recommend.what_if", "read_tables": ".intake.tables",
    "Difference": ".recommend.what_if", "Verdict": ".logic.truth",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name == "__version__":
        value = import_module(".answer.provenance", __name__).engine_version()
    elif name in _HOME:
        value = getattr(import_module(_HOME[name], __name__), name)
    else:
        raise AttributeError(f"module 'mrdguide' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
