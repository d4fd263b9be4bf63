"""One criterion for one patient: the verdict, the patient's own data behind it, and where the rule stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..case.case import Case
from ..decide.decision import Decided
from ..logic.truth import VERDICTS, Verdict
from ..rulefiles.model import Rule

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion or conclusion for this patient. `observed` are the patient's own data behind the verdict."""

    id: str
    title: str
    verdict: Verdict
    observed: tuple[str, ...]
    cites: tuple[str, ...]
    why: str
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.value, "title": self.title, "observed": list(self.observed),
            "cites": list(self.cites), "why": self.why, "rule": self.rule,
        }  # fmt: skip


class Criteria(Mapping[str, CriterionResult]):
    """Results by id, each put together when it is first asked for."""

    def __init__(self, rules: RuleBook, case: Case, decided: Decided) -> None:
        self._rules, self._case, self._decided = rules, case, decided
        self._made: dict[str, CriterionResult] = {}

    def __getitem__(self, rule_id: str) -> CriterionResult:
        rule_id = self._rules.current(rule_id)
        found = self._made.get(rule_id)
        if found is None:
            rule = self._rules.rules[rule_id]
            verdict = self._decided.verdicts[self._rules.decider.index_of[rule_id]]
            found = self._made[rule_id] = CriterionResult(
                rule_id, rule.title, VERDICTS[verdict], self._observed(rule), rule.cites, rule.why,
                self._rules.where(rule_id),
            )  # fmt: skip
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules.rules)

    def __len__(self) -> int:
        return len(self._rules.rules)

    def _observed(self, rule: Rule) -> tuple[str, ...]:
        slot = self._rules.decider.index_of[rule.id]
        if slot < len(self._rules.compiled_criteria):
            return tuple(self._rules.compiled_criteria[slot].judge.observe(self._case))
        return tuple(dict.fromkeys(text for name in self._deciding(rule.id) for text in self[name].observed))

    def _deciding(self, name: str) -> list[str]:
        """The rules that make a combination what it is; a study's pattern stands for its own criteria."""
        found = self._rules.decider.deciding(name, self._decided.verdicts)
        return [part for item in found for part in ([item] if item in self._rules.rules else self._deciding(item))]
