"""The explanation of one recommendation: why, why not, what would settle it, when, and how firm it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..answer.answer import Answer
from ..dates import add_months, iso
from ..errors import UsageError
from ..reading.arguments import entries, instance_of, whole_number
from ..reading.computed import computed
from ..reading.validation import closest
from .future import Visit
from .missing_results import (
    MOST_SITUATIONS,
    TREE_QUESTIONS,
    Lazily,
    Settles,
    Tree,
    Way,
    situation_of,
    smallest_sets,
    tree,
    way_to,
)
from .questions import Asked, Questions, first_questions, questions
from .sensitivity import Robustness, robustness
from .when import LONGEST, MONTHS, Projection, project
from .why import Group, Why, WhyNot, why_not_outcome, why_not_protocol, why_outcome, why_protocol

_VISIT = "mrdguide.Visit.on('2027-01-15')"


@dataclass(frozen=True, repr=False)
class Explanation:
    """Everything here is worked out when it is first looked at."""

    recommendation: Answer

    def __repr__(self) -> str:
        return f"<Explanation of {self.recommendation!r}>"

    def __reduce__(self) -> tuple[object, ...]:
        # What was worked out is worked out again.
        return type(self), (self.recommendation,)

    @computed
    def why(self) -> Why | None:
        """The shortest set of verdicts that settles the outcome; None while it is open."""
        return why_outcome(self.recommendation)

    @computed
    def protocols(self) -> tuple[Why, ...]:
        """The same for every study's pattern."""
        return tuple(why_protocol(self.recommendation, item.id) for item in self.recommendation.rules.protocols)

    def why_not(self, name: str) -> WhyNot:
        """What stands in the way of an outcome or a study's pattern.

        Raises:
            UsageError: the rule book has neither of that id.
        """
        rules = self.recommendation.rules
        instance_of(str, "name", name, "the id of an outcome or of a study")
        name = rules.current(name.removeprefix("outcome:").removeprefix("protocol:"))
        outcomes = [item.id for item in rules.decision.outcomes]
        protocols = [item.id for item in rules.protocols]
        if name in outcomes:
            return why_not_outcome(self.recommendation, name)
        if name in protocols:
            return why_not_protocol(self.recommendation, name)
        if name == rules.decision.insufficient.id:
            raise UsageError(
                f"'{name}' is given while something that matters is unknown; ask about one of {', '.join(outcomes)}"
            )
        known = [*outcomes, *protocols]
        raise UsageError(
            f"there is no outcome or study '{name}'; {closest(name, known) or 'one of ' + ', '.join(known)}"
        )

    @computed
    def other_outcomes(self) -> tuple[WhyNot, ...]:
        """What stands in the way of every other outcome."""
        return tuple(
            why_not_outcome(self.recommendation, item.id)
            for item in self.recommendation.rules.decision.outcomes
            if item.id != self.recommendation.outcome
        )

    @computed
    def worth_asking(self) -> tuple[WhyNot, ...]:
        """Of these, outcomes that open the way to stopping further, and that hang on findings, not on whether therapy
        goes on."""
        more = {
            item.id
            for item in self.recommendation.rules.decision.outcomes
            if item.permissiveness > self.recommendation.permissiveness
        }
        return tuple(item for item in self.other_outcomes if item.id in more and not item.of(Group.DECISION))

    @computed
    def _situation(self) -> Lazily:
        found = self.recommendation
        return situation_of(found.rules, found.case, found.judged_verdicts, found.possible_outcomes)

    @computed
    def settles(self) -> tuple[Settles, ...]:
        """For every outcome still possible the smallest sets of results that settle it; empty when it is settled."""
        if self.recommendation.settled:
            return ()
        most = min(MOST_SITUATIONS, 20 * self._tried)
        return smallest_sets(self._situation, most_situations=most, most_answers=self._read_again)

    def way_to(self, outcome: str) -> Way:
        """Results that together lead towards an outcome that is still possible. Raises nothing of its own."""
        return way_to(self._situation, outcome)

    @property
    def _tried(self) -> int:
        return self.recommendation.case.most_tried

    @property
    def _read_again(self) -> int:
        return self.recommendation.case.most_read_again

    @computed
    def tree(self) -> Tree | None:
        """What to find out first and where each answer leads; None when the outcome is settled."""
        if self.recommendation.settled:
            return None
        return tree(self._situation, questions=min(TREE_QUESTIONS, self._tried), most_answers=self._read_again)

    @computed
    def short_tree(self) -> Tree | None:
        """The beginning of the tree, for a page with little room."""
        if self.recommendation.settled:
            return None
        return tree(self._situation, depth=3, questions=min(5, self._tried), most_answers=self._read_again)

    @computed
    def questions(self) -> Questions:
        """What to ask, at most five questions, and who can answer; none when the outcome is settled."""
        return questions(self.recommendation, self._situation)

    def first_questions(self, most: int) -> tuple[Asked, ...]:
        """The first of these questions, at most so many, for a page with little room. Raises nothing of its own."""
        return first_questions(self.recommendation, self._situation, most)

    @computed
    def robustness(self) -> Robustness:
        """The values that the answer depends on with their distance to the threshold, and other published definitions of risk."""
        return robustness(self.recommendation)

    @property
    def firmness(self) -> Robustness:
        """The name that `robustness` had in 0.1."""
        return self.robustness

    @computed
    def when(self) -> Projection:
        """When each outcome and study pattern would hold, if marrow and imaging are repeated on the day and negative."""
        return self.when_tested(())

    def when_tested(self, visits: Sequence[Visit], *, months: int = MONTHS) -> Projection:
        """The same with the days of the next tests given, looking 1 to 240 calendar months ahead.

        Raises:
            UsageError: a day lies before today or beyond those months, or is not given as a `Visit`.
        """
        case = self.recommendation.case
        until = add_months(case.as_of, whole_number("months", months, 1, LONGEST))
        for index, visit in enumerate(entries("visits", visits, f"a list such as [{_VISIT}]")):
            instance_of(Visit, f"visits[{index}]", visit, _VISIT)
            if not case.as_of <= visit.day <= until:
                reach = f"{iso(case.as_of)} to {iso(until)}"
                raise UsageError(f"a test on {iso(visit.day)} lies outside the {months} months looked at ({reach})")
        return project(self.recommendation.rules, case, visits, months=months)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, without the projection (`when.to_dict()`).

        Raises:
            InferenceDisagreement, SafetyInvariantViolated: a changed patient was decided in two ways, or against an invariant.
        """
        return {
            "patient": self.recommendation.patient_id,
            "outcome": self.recommendation.outcome,
            "why": self.why.to_dict() if self.why is not None else None,
            "protocols": [item.to_dict() for item in self.protocols],
            "why_not": [item.to_dict() for item in self.other_outcomes],
            "settles": [item.to_dict() for item in self.settles],
            "questions": self.questions.to_dict(),
            "tree": self.tree.to_dict() if self.tree is not None else None,
            "robustness": self.robustness.to_dict(),
            "provenance": self.recommendation.provenance.to_dict(),
        }
