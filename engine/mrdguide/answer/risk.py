"""Risk at diagnosis: what each published scheme says of this patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ..logic.operators.reference import references
from ..reading.frozen import frozen
from .criteria import CriterionResult

if TYPE_CHECKING:
    from ..decide.decision import SchemeResult
    from ..rulebook.book import RuleBook
    from ..rulefiles.model import Scheme

Number = int | float | Literal["unknown"]


@frozen
class RiskResult:
    """One risk scheme for this patient. A scheme gives a class, a class by points, or a bare count; what it does not
    give is None, and left out of the JSON form.

    id: the scheme's id
    class_: its class, or `unknown` (JSON key: `class`)
    points: the sum of its points where classes go by points, or `unknown`
    count: the sum of a scheme without classes, or `unknown`
    list: the name of the list that a count goes by
    possible: the classes or counts still possible
    title: the scheme's title
    criteria: the criteria it looks at, by id
    cites: evidence ids
    note: what a reader should know of it
    rule: file and line of the scheme
    """

    id: str
    possible: tuple[str | int | float, ...]
    title: str
    criteria: Mapping[str, CriterionResult]
    cites: tuple[str, ...]
    note: str
    rule: str
    class_: Annotated[str | None, Field(serialization_alias="class")] = None
    points: Number | None = None
    count: Number | None = None
    list: str | None = None

    @property
    def value(self) -> Number | str:
        """The class, or the count of a scheme without classes; `unknown` when several are possible."""
        return self.class_ if self.class_ is not None else ("unknown" if self.count is None else self.count)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes, but for `class`. What the scheme does not give is left out."""
        given = (("class", self.class_), ("points", self.points), ("count", self.count), ("list", self.list))
        return {
            "id": self.id,
            **{name: value for name, value in given if value is not None},
            "possible": [*self.possible],
            "title": self.title,
            "criteria": {name: result.to_dict() for name, result in self.criteria.items()},
            "cites": [*self.cites],
            "note": self.note,
            "rule": self.rule,
        }


def risk_results(
    rules: RuleBook, judged_verdicts: Sequence[int], criteria: Mapping[str, CriterionResult]
) -> dict[str, RiskResult]:
    """Every risk scheme of the rules by id."""
    looked_at, schemes = _looked_at(rules), rules.decider.schemes(judged_verdicts)
    return {
        scheme.id: _result(rules, scheme, schemes[scheme.id], {name: criteria[name] for name in looked_at[scheme.id]})
        for scheme in rules.schemes
    }


# Worked out once for a rule book: walking the expressions anew for every patient costs more than all the rest.
@lru_cache(maxsize=16)
def _looked_at(rules: RuleBook) -> dict[str, tuple[str, ...]]:
    """The criteria that each scheme looks at."""
    found = {}
    for scheme in rules.schemes:
        named = [item.when for item in scheme.classes if item.when is not None] + [item.when for item in scheme.points]
        found[scheme.id] = tuple(dict.fromkeys(name for when in named for name in references(when)))
    return found


def _result(
    rules: RuleBook, scheme: Scheme, result: SchemeResult, criteria: Mapping[str, CriterionResult]
) -> RiskResult:
    number = _number(result.points) if scheme.points else None
    return RiskResult(
        scheme.id, result.possible, scheme.title, criteria, scheme.cites, scheme.note,
        rules.where(f"scheme:{scheme.id}"),
        class_=("unknown" if result.value is None else str(result.value)) if scheme.classes else None,
        points=number if scheme.classes else None, count=None if scheme.classes else number, list=scheme.list,
    )  # fmt: skip


def _number(points: float | None) -> Number:
    if points is None:
        return "unknown"
    return int(points) if points == int(points) else points
