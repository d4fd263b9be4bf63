"""Rule coverage: which rules a set of recommendations has shown met, not met and unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..logic.truth import VERDICTS, Verdict
from ..rulebook.book import RuleBook
from .answer import Answer


@dataclass(frozen=True, slots=True)
class Coverage:
    """For every rule (criteria, conclusions, blocks, cautions, protocols, secondary answers) the verdicts seen, and the
    outcomes seen."""

    verdicts: dict[str, frozenset[Verdict]]
    outcomes: dict[str, bool]

    @property
    def one_sided(self) -> dict[str, frozenset[Verdict]]:
        """Rules that were not seen both met and not met."""
        both = {Verdict.MET, Verdict.NOT_MET}
        return {name: seen for name, seen in self.verdicts.items() if not both <= seen}

    @property
    def unseen_outcomes(self) -> list[str]:
        return [name for name, seen in self.outcomes.items() if not seen]

    def summary(self) -> str:
        """One paragraph for people."""
        both = len(self.verdicts) - len(self.one_sided)
        unknown = sum(Verdict.UNKNOWN in seen for seen in self.verdicts.values())
        lines = [
            f"rules seen both met and not met: {both} of {len(self.verdicts)}; seen unknown: {unknown}; "
            f"outcomes seen: {sum(self.outcomes.values())} of {len(self.outcomes)}"
        ]
        lines += [
            f"  {name}: only {', '.join(sorted(seen)) or 'never judged'}" for name, seen in self.one_sided.items()
        ]
        lines += [f"  outcome {name}: never given" for name in self.unseen_outcomes]
        return "\n".join(lines)


def coverage(rules: RuleBook, recommendations: Iterable[Answer]) -> Coverage:
    """What some recommendations, all made with these rules, have shown."""
    names = [*rules.rules, *(f"protocol:{item.id}" for item in rules.protocols)]
    names += [f"secondary:{item.id}" for item in rules.decision.secondary]
    seen: dict[str, set[Verdict]] = {name: set() for name in names}
    outcomes = {item.id: False for item in rules.decision.outcomes} | {rules.decision.insufficient.id: False}
    for recommendation in recommendations:
        outcomes[recommendation.outcome] = True
        for name in names:
            seen[name].add(VERDICTS[recommendation.decided.verdicts[rules.decider.index_of[name]]])
    return Coverage({name: frozenset(verdicts) for name, verdicts in seen.items()}, outcomes)
