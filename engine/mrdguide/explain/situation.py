"""A patient as a situation: what is missing, and the patient after each answer."""

from __future__ import annotations

from collections.abc import Sequence

from ..judge.case import Case
from ..logic.operator import Need
from ..missing import after_each_answer, needs
from ..rulebook.book import RuleBook
from .results import Lazily, Question, Situation


def situation_of(rules: RuleBook, case: Case, vector: tuple[int, ...], possible: tuple[str, ...]) -> Situation:
    """The situation of a patient whose verdicts are known, before anything more is asked."""

    def ask() -> tuple[Sequence[Question], Sequence[str]]:
        missing = [need for need, _ in needs(rules, case, rules.decider.hangs_on(vector))]
        asked = [_question(rules, case, vector, need) for need in missing]
        known = {need.path for need in missing}
        new = (Need("mrd", rules.readings.marrow_mrd.ask_for), Need("imaging", rules.readings.imaging.ask_for))
        fresh = [_question(rules, case, vector, need, asked_for=False) for need in new if need.path not in known]
        return (
            [question for question in (*asked, *fresh) if question is not None],
            [need.what for need, question in zip(missing, asked, strict=True) if question is None],
        )

    return Lazily(possible, ask)


def _question(
    rules: RuleBook, case: Case, vector: tuple[int, ...], need: Need, *, asked_for: bool = True
) -> Question | None:
    """A need with its answers; those that the decision cannot tell apart are one. None when no answer changes anything."""
    asked = rules.decider.asked
    told_apart: dict[tuple[int, ...], tuple[list[str], Situation]] = {}
    for answer in after_each_answer(rules, case, vector, need):
        key = tuple([answer.vector[slot] for slot in asked])
        if key not in told_apart:
            told_apart[key] = ([], situation_of(rules, answer.case, answer.vector, answer.possible))
        told_apart[key][0].append(answer.label)
    if set(told_apart) <= {tuple([vector[slot] for slot in asked])}:
        return None
    told = tuple((", ".join(labels), situation) for labels, situation in told_apart.values())
    return Question(need.what, need.path, told, asked_for)
