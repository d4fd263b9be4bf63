"""One criterion for one patient: the verdict, the patient's own data behind it, and where the rule is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..case.case import Case
from ..decide.decision import Decided
from ..logic.truth import MET, UNKNOWN, VERDICTS, Verdict
from ..reading.frozen import frozen

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook


@frozen
class CriterionResult:
    """One criterion, conclusion, block, caution or remark for this patient.

    id: the rule's id
    verdict: met, not_met or unknown
    title: the rule's title; of a caution that cannot be excluded the title for that state, where the rule has one
    observed: the patient's own data behind the verdict, in words
    cites: evidence ids, some with a finding behind `#`
    why: why the rule matters
    rule: file and line of the rule
    """

    id: str
    title: str
    verdict: Verdict
    observed: tuple[str, ...]
    cites: tuple[str, ...]
    why: str
    rule: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "verdict": self.verdict.value, "title": self.title, "observed": list(self.observed),
            "cites": list(self.cites), "why": self.why, "rule": self.rule,
        }  # fmt: skip


class Criteria(Mapping[str, CriterionResult]):
    """Results by id, each put together when it is first asked for."""

    def __init__(self, rules: RuleBook, case: Case, decided: Decided) -> None:
        self._rules, self._case, self._decided = rules, case, decided
        self._index_of, self._deciding = rules.decider.index_of, rules.decider.deciding
        self._compiled = rules.compiled_criteria
        self._made: dict[str, CriterionResult] = {}
        self._seen: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, rule_id: str) -> CriterionResult:
        rule_id = self._rules.current(rule_id)
        found = self._made.get(rule_id)
        if found is None:
            rule = self._rules.rules[rule_id]
            found = self._made[rule_id] = CriterionResult(
                rule_id, rule.title, VERDICTS[self._verdict(rule_id)], self.observed(rule_id), rule.cites, rule.why,
                self._rules.where(rule_id),
            )  # fmt: skip
        return found

    @property
    def verdicts(self) -> tuple[int, ...]:
        """The verdicts in the order of `Decider.index_of`."""
        return self._decided.verdicts

    def observed(self, rule_id: str) -> tuple[str, ...]:
        """The patient's own data behind a verdict, by the name of a rule or of a part of one. Worked out once."""
        found = self._seen.get(rule_id)
        if found is None:
            slot = self._index_of[rule_id]
            if slot < len(self._compiled):
                found = tuple(self._compiled[slot].judge.observe(self._case))
            else:
                # What a derived rule's verdict comes from; some of it (the criteria of a study's pattern) is no rule itself.
                found = self.observed_of(self._deciding(rule_id, self._decided.verdicts))
            self._seen[rule_id] = found
        return found

    def observed_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """The patient's own data behind several verdicts, each text once."""
        if len(names) == 1 and len(found := self.observed(names[0])) < 2:
            return found
        texts: dict[str, None] = {}
        for name in names:
            for text in self.observed(name):
                texts[text] = None
        return tuple(texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules.rules)

    def __len__(self) -> int:
        return len(self._rules.rules)

    def blocks(self) -> tuple[CriterionResult, ...]:
        """Blocks that are established."""
        return tuple(self[item] for item in self._rules.sections["blocks"] if self._verdict(item) == MET)

    def cautions(self) -> tuple[CriterionResult, ...]:
        """Cautions that apply, and those that cannot be excluded, these with the title for that state."""
        verdicts = ((item, self._verdict(item)) for item in self._rules.sections["cautions"])
        return tuple(self._titled(item, verdict) for item, verdict in verdicts if verdict in (MET, UNKNOWN))

    def remarks(self) -> tuple[CriterionResult, ...]:
        """Remarks that hold, and those that may and have a title for that state."""
        verdicts = ((item, self._verdict(item)) for item in self._rules.sections["remarks"])
        return tuple(
            self._titled(item, verdict)
            for item, verdict in verdicts
            if verdict == MET or (verdict == UNKNOWN and self._title_unknown(item))
        )

    def _titled(self, rule_id: str, verdict: int) -> CriterionResult:
        own = self._title_unknown(rule_id) if verdict == UNKNOWN else ""
        return replace(self[rule_id], title=own) if own else self[rule_id]

    def _title_unknown(self, rule_id: str) -> str:
        return str(getattr(self._rules.rules[rule_id], "title_unknown", ""))

    def _verdict(self, rule_id: str) -> int:
        return self._decided.verdicts[self._index_of[rule_id]]
