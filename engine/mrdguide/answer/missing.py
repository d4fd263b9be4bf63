"""What is unknown and matters: the facts the outcome hangs on, and where each possible result leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..case.case import Case
from ..case.doubts import Doubt
from ..errors import InconsistentVerdicts
from ..logic.operator import DataRequirement
from ..patient.facts import catalogue
from ..patient.unobtainable import Unobtainable
from ..reading.frozen import frozen
from ..rulebook.book import RuleBook
from ..rulebook.possible_dates import joined
from ..rulebook.possible_results import possible_results
from .judged_again import judged_again, looking_at


@frozen
class Missing:
    """Something unknown that the outcome depends on.

    what: what would have to be found out, in words
    path: the place of the profile where it would be recorded
    criteria: the criteria that wait for it, by id
    leads_to: the outcomes that each result leaves possible; empty where its results cannot be listed, and for what
        comes late in a very long record (`Case.most_tried`)
    attestable: what a named role may attest in its place, as the rule files name it; null where a test has to tell
    if_unobtainable: the outcomes left possible where it is declared to be out of reach; null where no rule allows that
    """

    what: str
    path: str
    criteria: tuple[str, ...]
    leads_to: Mapping[str, tuple[str, ...]]
    attestable: str | None = None
    if_unobtainable: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "what": self.what, "path": self.path, "criteria": list(self.criteria),
            "leads_to": {answer: list(outcomes) for answer, outcomes in self.leads_to.items()},
            "attestable": self.attestable,
            "if_unobtainable": list(self.if_unobtainable) if self.if_unobtainable is not None else None,
        }  # fmt: skip


# Most facts have fewer answers than this; where a date has many more, fewer facts are tried in a long record.
_ANSWERS = 8
_NOT_KNOWN = (None, "not-tested", "failed")
# What a declaration says that is tried: words for what is not known would count for nothing, as they do in a profile.
_WHY, _SAID_BY = "no sample of the time of diagnosis is left", "tumor board"


def most_answers(case: Case) -> int:
    """How many results of missing facts are tried in a record; in ordinary ones more than there are."""
    return _ANSWERS * case.most_tried


def find_missing(rules: RuleBook, case: Case, judged_verdicts: Sequence[int]) -> tuple[Missing, ...]:
    """The missing facts, in the order in which the decision asks about them; empty when the outcome is settled."""
    found = []
    most = case.most_tried
    left = most_answers(case)
    hangs_on = rules.decider.depends_on(judged_verdicts)
    for place, (need, ids) in enumerate(needs(rules, case, hangs_on, NeedsOf(rules, case))):
        labels: dict[tuple[str, ...], list[str]] = {}
        tried = place < most and left > 0
        for answer in after_each_answer(rules, case, judged_verdicts, need) if tried else ():
            left -= 1
            labels.setdefault(answer.possible, []).append(answer.label)
        leads_to = {", ".join(joined(same)): outcomes for outcomes, same in labels.items()}
        found.append(
            Missing(
                need.what,
                need.path,
                ids,
                leads_to,
                _attestable(rules, ids, need),
                without(rules, case, judged_verdicts, (need.path,)) if tried or "[" not in need.path else None,
            )
        )
    # First what moves the answer by itself, then what does so only together with something else.
    return tuple(sorted(found, key=lambda item: len(item.leads_to) < 2))


def without(
    rules: RuleBook, case: Case, judged_verdicts: Sequence[int], paths: Sequence[str]
) -> tuple[str, ...] | None:
    """The outcomes left possible where facts are declared to be out of reach; None where the rules allow none of them to be."""
    allowed = [path for path in paths if path in rules.may_be_unobtainable]
    if not allowed:
        return None
    said = [Unobtainable(what=path, why=_WHY, by=_SAID_BY) for path in allowed]
    patient = case.original
    declared = case.with_answer(patient.model_copy(update={"unobtainable": (*patient.unobtainable, *said)}))
    return rules.decider.possible(judged_again(rules, declared, judged_verdicts, "unobtainable"))


def _attestable(rules: RuleBook, ids: Sequence[str], need: DataRequirement) -> str | None:
    """What may be attested in the place of a fact: nothing where an entry on record leaves it out."""
    if "[" in need.path:
        return None
    index_of = rules.decider.index_of
    waiting = [rules.compiled_criteria[index_of[name]].rule for name in ids]
    subjects = {item.attestable.what if item.attestable is not None else None for item in waiting}
    return subjects.pop() if len(subjects) == 1 else None


class NeedsOf(dict[int, Sequence[DataRequirement]]):
    """What each criterion waits for, by its slot, put together when it is first looked at."""

    def __init__(self, rules: RuleBook, case: Case, path: str = "", before: NeedsOf | None = None) -> None:
        """`before` is what they waited for before something was known at a path: only criteria that look at it are asked
        again."""
        super().__init__()
        self._rules, self._case, self._path, self._before = rules, case, path, before

    def __missing__(self, slot: int) -> Sequence[DataRequirement]:
        if self._before is not None and slot not in looking_at(self._rules, self._path):
            found = self._before[slot]
        else:
            found = tuple(self._rules.compiled_criteria[slot].judge.needs(self._case))
        self[slot] = found
        return found


def needs(
    rules: RuleBook, case: Case, depends_on: Sequence[int], waiting: NeedsOf
) -> list[tuple[DataRequirement, tuple[str, ...]]]:
    """What the criteria that the outcome hangs on wait for, each with their ids, in the order of the decision."""
    found: dict[str, tuple[DataRequirement, dict[str, None]]] = {}
    for slot in sorted(depends_on, key=_ranks(rules).__getitem__):
        for need in waiting[slot]:
            found.setdefault(need.path, (need, {}))[1].setdefault(rules.compiled_criteria[slot].rule.id)
    return [(_with_doubt(case, need), tuple(ids)) for need, ids in found.values()]


@lru_cache(maxsize=8)
def _ranks(rules: RuleBook) -> dict[int, int]:
    """The place of each criterion in the order of the decision."""
    return {slot: place for place, slot in enumerate(rules.decider.order)}


def _with_doubt(case: Case, need: DataRequirement) -> DataRequirement:
    """Of a fact that is recorded but cannot be, the question says what is recorded and why it cannot be."""
    doubt = case.doubt_at(need.path) if case.doubts else None
    if doubt is None:
        return need
    need = DataRequirement(need.path, need.what.replace(", LoD not recorded", ""))
    return DataRequirement(
        need.path, f"{need.what}: {doubt.text}" if doubt.recorded not in need.what else _asked(need, doubt)
    )


def _asked(need: DataRequirement, doubt: Doubt) -> str:
    hint = doubt.why.partition(": ")[2]
    return f"{need.what}: {hint}" if hint else need.what


@frozen
class Answered:
    """One answer to a need: the case as it would then be, its verdicts, and the outcomes then possible."""

    label: str
    case: Case
    judged_verdicts: tuple[int, ...]
    possible: tuple[str, ...]


def after_each_answer(
    rules: RuleBook, case: Case, judged_verdicts: Sequence[int], need: DataRequirement
) -> tuple[Answered, ...]:
    """What each answer would make of the patient; an answer that contradicts what is known is left out. Worked out once
    for a case, whoever asks."""
    return case.once(
        ("after each answer", id(rules), need), lambda: tuple(_answered(rules, case, judged_verdicts, need))
    )


def _on_record(case: Case, path: str) -> bool:
    """Whether a fact is known and asked for all the same, because somebody's word speaks against it: another answer would be
    another record, of which nothing is known here."""
    fact = catalogue().get(path)
    return fact is not None and fact.get(case.patient) not in _NOT_KNOWN


def _answered(rules: RuleBook, case: Case, judged_verdicts: Sequence[int], need: DataRequirement) -> Iterator[Answered]:
    if _on_record(case, need.path):
        return
    answers = possible_results(case.original, need, case.as_of, rules.thresholds, known_until=case.known_until)
    for label, patient in answers:
        filled = case.with_answer(patient)
        changed = judged_again(rules, filled, judged_verdicts, need.path)
        try:
            possible = rules.decider.possible_after(changed, judged_verdicts)
        except InconsistentVerdicts:
            continue
        # What was worked out on the way to its verdicts is of little use any more, and there are hundreds of such cases.
        filled.forget()
        yield Answered(label, filled, changed, possible)
