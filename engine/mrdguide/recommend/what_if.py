"""What if: the same patient with something changed, and what that changes in the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..dates import iso
from ..errors import UsageError
from ..logic.truth import VERDICTS, Verdict
from ..patient.change import changed
from ..reading.arguments import entries, wrong_argument
from ..reading.numbers import scientific
from .evaluation import day_of, evaluate
from .recommendation import Recommendation, recommendation_given

_EXAMPLE = "{'mrd[-1].result': 'detected'}"


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A rule whose verdict is another one now. `kind` is criterion, conclusion, block, caution, remark, protocol."""

    id: str
    title: str
    kind: str
    before: Verdict
    after: Verdict
    rule: str

    def to_dict(self) -> dict[str, str]:
        return {
            "id": self.id, "title": self.title, "kind": self.kind, "before": self.before.value, "after": self.after.value,
            "rule": self.rule,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """Two recommendations for one patient, and what differs between them."""

    before: Recommendation
    after: Recommendation
    changes: tuple[str, ...]
    verdict_changes: tuple[VerdictChange, ...]
    reasons_removed: tuple[str, ...]
    reasons_added: tuple[str, ...]
    missing_removed: tuple[str, ...]
    missing_added: tuple[str, ...]

    @property
    def same_answer(self) -> bool:
        return self.before.possible_outcomes == self.after.possible_outcomes

    def __repr__(self) -> str:
        return (
            f"<Difference: {self.before.outcome} to {self.after.outcome}, {len(self.verdict_changes)} verdicts changed>"
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: both answers in short, and what differs. Raises nothing."""
        return {
            "patient": self.before.patient_id,
            "changes": list(self.changes),
            "same_answer": self.same_answer,
            "before": _answer(self.before),
            "after": _answer(self.after),
            "verdict_changes": [change.to_dict() for change in self.verdict_changes],
            "reasons_removed": list(self.reasons_removed),
            "reasons_added": list(self.reasons_added),
            "missing_removed": list(self.missing_removed),
            "missing_added": list(self.missing_added),
        }


def what_if(
    recommendation: Recommendation, assignments: Mapping[str, Any] | None = None, *, remove: Sequence[str] = ()
) -> Difference:
    """Evaluate the same patient with paths set to other values (`{"mrd[-1].result": "detected"}`) or taken out.

    `[-1]` is the last entry of a list, `[+]` a new one. `as_of` may be set too: on an earlier day one looks back from the
    day of the recommendation, on a later one the record is taken to go until then.

    Raises:
        UsageError: a path cannot be followed, nothing is changed, or `recommendation` is not what `evaluate` returns.
        PatientError: the changed profile cannot be read.
    """
    recommendation_given(recommendation)
    if assignments is not None and not isinstance(assignments, Mapping):
        raise wrong_argument("assignments", assignments, f"a mapping from paths to values, such as {_EXAMPLE}")
    settings = dict(assignments or {})
    paths = tuple(entries("remove", remove, "a list of paths, such as ['mrd[-1].level']"))
    if not settings and not paths:
        raise UsageError(f"nothing is changed; give paths with their new values, such as {_EXAMPLE}, or remove=[...]")
    as_of = settings.pop("as_of", recommendation.provenance.as_of)
    if as_of is None:
        raise UsageError("as_of: found None; give a day YYYY-MM-DD")  # it would mean today
    _move_the_end_of_the_record(recommendation, day_of(as_of), settings)
    patient = changed(recommendation.case.original, settings, paths)
    after = evaluate(
        patient, rules=recommendation.rules, as_of=as_of, include_unverified=recommendation.include_unverified
    )
    return difference(recommendation, after, _in_words(assignments or {}, paths))


def _move_the_end_of_the_record(recommendation: Recommendation, day: int, settings: dict[str, Any]) -> None:
    recorded, today = recommendation.case.original.recorded, recommendation.case.as_of
    if day < today and recorded is None:
        settings.setdefault("recorded", iso(today))
    elif day > today and recorded is not None and recorded.latest < day:
        settings.setdefault("recorded", iso(day))


def difference(before: Recommendation, after: Recommendation, changes: Sequence[str] = ()) -> Difference:
    """What differs between two recommendations made with the same rule book."""
    verdict_changes = tuple(_flips(before, after))
    # An open answer names no reasons: then only what has turned is new or gone, not all that held before.
    turned = {change.title for change in verdict_changes}
    whole = before.settled and after.settled
    reasons = [[item.title for item in one.because if whole or item.title in turned] for one in (before, after)]
    missing = [[item.what for item in one.missing] for one in (before, after)]
    return Difference(
        before, after, tuple(changes), verdict_changes, *_removed_and_added(*reasons), *_removed_and_added(*missing)
    )


def _removed_and_added(before: list[str], after: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(item for item in before if item not in after), tuple(item for item in after if item not in before)


def _flips(before: Recommendation, after: Recommendation) -> list[VerdictChange]:
    rules = before.rules
    kinds = {name: section.rstrip("s") for section, names in rules.sections.items() for name in names}
    kinds.update(dict.fromkeys(rules.sections["criteria"], "criterion"))
    named = [(name, name, rule.title, kinds[name]) for name, rule in rules.rules.items()]
    named += [(f"protocol:{item.id}", item.id, item.title, "protocol") for item in rules.protocols]
    verdict_changes = []
    for name, shown, title, kind in named:
        slot = rules.decider.index_of[name]
        old, new = before.decided.verdicts[slot], after.decided.verdicts[slot]
        if old != new:
            verdict_changes.append(VerdictChange(shown, title, kind, VERDICTS[old], VERDICTS[new], rules.where(name)))
    return verdict_changes


def _answer(recommendation: Recommendation) -> dict[str, Any]:
    return {
        "outcome": recommendation.outcome, "possible_outcomes": list(recommendation.possible_outcomes),
        "headline": recommendation.headline, "as_of": recommendation.provenance.as_of,
    }  # fmt: skip


def _in_words(assignments: Mapping[str, Any], remove: Sequence[str]) -> list[str]:
    return [f"{path} = {_shown(value)}" for path, value in assignments.items()] + [
        f"{path} taken out" for path in remove
    ]


def _shown(value: Any) -> str:
    """A value as it would stand in a profile."""
    if isinstance(value, bool):  # 1 is equal to True, but it is a number
        return "true" if value else "false"
    if isinstance(value, float):
        return scientific(value) if 0 < abs(value) < 1e-3 else f"{value:g}"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_shown(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return "null" if value is None else str(value)
