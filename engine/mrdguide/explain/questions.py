"""What to ask while an answer is open: at most five questions, one for each action, in the order in which they settle most.

A question is walked through with every announced answer, so where it leads is exact. What can change nothing in this
patient, alone or together with what is asked, is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..answer.answer import Answer
from ..rulefiles.model import Action
from .missing_results import Question, Situation

MOST_ASKED = 5
# How many situations are followed; beyond that no number of questions is announced.
MOST_SITUATIONS = 48
_LOOKED_AT = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: everything that one action finds out.

    id: the action, as the rule files name it; the place of the profile where they name none
    ask: what is asked for, in words
    facts: what it finds out, in words
    paths: where each of these stands in the profile
    who: who can answer; empty where the rule files do not say
    how: test, old-report, look-at-the-patient or word-of-the-board; empty where the rule files do not say
    by: how it is found out, in a sentence
    leads_to: the outcomes that each answer leaves possible, given all else that is known today
    may_be_alarm: whether an answer can mean an alarm: a relapse, returning disease, or a reason to stop that is not MRD
    """

    id: str
    ask: str
    facts: tuple[str, ...]
    paths: tuple[str, ...]
    who: str
    how: str
    by: str
    leads_to: Mapping[str, tuple[str, ...]]
    may_be_alarm: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "ask": self.ask, "facts": list(self.facts), "paths": list(self.paths), "who": self.who,
            "how": self.how, "by": self.by, "may_be_alarm": self.may_be_alarm,
            "leads_to": {answer: list(outcomes) for answer, outcomes in self.leads_to.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, and what is not known either.

    asked: the questions, in the order in which they should be asked
    settles_within: after how many of them, whatever the answers, the answer is settled; null where further questions may follow
    later: what may matter as well, once these are answered
    also_not_known: what is not known either and changes nothing today
    """

    asked: tuple[Asked, ...]
    settles_within: int | None
    later: tuple[str, ...]
    also_not_known: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "asked": [item.to_dict() for item in self.asked], "settles_within": self.settles_within,
            "later": list(self.later), "also_not_known": list(self.also_not_known),
        }  # fmt: skip


_Group = dict[str, Question]


def questions(answer: Answer, start: Situation) -> Questions:
    """The questions of one open answer; none where it is settled."""
    if answer.settled or answer.faults:
        return Questions((), 0 if answer.settled else None, (), ())
    walk = _Walk(answer, start)
    asked: list[Asked] = []
    while len(asked) < MOST_ASKED and (chosen := walk.best()) is not None:
        asked.append(walk.ask(chosen))
    chosen_paths = {path for item in asked for path in item.paths}
    rest = [item for item in answer.missing if item.path not in chosen_paths]
    later = [item.what for item in rest if item.path in walk.mattered or not walk.settled]
    return Questions(
        tuple(asked),
        len(asked) if walk.settled else None,
        tuple(dict.fromkeys(later)),
        tuple(dict.fromkeys(item.what for item in rest if item.what not in later)),
    )


class _Walk:
    """The situations that the answers given so far can have led to."""

    def __init__(self, answer: Answer, start: Situation) -> None:
        self._actions = answer.rules.actions
        self._alarms = _alarms(answer)
        self._start, self._front = start, [start]
        self._asked: set[str] = set()
        self.mattered: set[str] = set()
        self._whole = True

    @property
    def settled(self) -> bool:
        """Whether every way of answering has come to one outcome."""
        return self._whole and not self._open

    @property
    def _open(self) -> list[Situation]:
        return [situation for situation in self._front if len(situation.possible) > 1]

    def best(self) -> str | None:
        """The action that should be asked for next: what may be an alarm first, then what leaves the fewest outcomes open."""
        found: dict[str, tuple[bool, float]] = {}
        for situation in self._open[:_LOOKED_AT]:
            for name, group in self._groups(situation).items():
                ends = list(_after(situation, group))
                if all(end.possible == situation.possible for _, end in ends):
                    continue
                self.mattered.update(group)
                left = sum(len(end.possible) for _, end in ends) / len(ends) - len(situation.possible)
                alarm, before = found.get(name, (False, 0.0))
                found[name] = (alarm or self._may_be_alarm(situation, ends), before + left)
        return min(found, key=lambda name: (not found[name][0], found[name][1]), default=None)

    def ask(self, name: str) -> Asked:
        """Ask, and go on with every answer."""
        asked = self._put(name)
        self._asked.add(name)
        following: list[Situation] = []
        for situation in self._open:
            group = self._groups(situation, {name}).get(name)
            following += [situation] if group is None else [end for _, end in _after(situation, group)]
        self._whole = self._whole and len(following) <= MOST_SITUATIONS
        self._front = following[:MOST_SITUATIONS]
        return asked

    def _put(self, name: str) -> Asked:
        where = next(
            found for situation in (self._start, *self._open) if (found := self._groups(situation, {name})).get(name)
        )
        group = where[name]
        situation = next(item for item in (self._start, *self._open) if name in self._groups(item, {name}))
        action = next((item for item in self._actions if item.id == name), None)
        ends = list(_after(situation, group))
        leads: dict[str, tuple[str, ...]] = {}
        labels: dict[tuple[str, ...], list[str]] = {}
        for label, end in ends:
            labels.setdefault(end.possible, []).append(label)
        for possible, same in labels.items():
            leads["; or ".join(dict.fromkeys(same))] = possible
        facts = tuple(dict.fromkeys(question.what for question in group.values()))
        return Asked(
            name, action.ask if action else facts[0], facts, tuple(group), action.who if action else "",
            action.how if action else "", action.by if action else "", leads, self._may_be_alarm(situation, ends),
        )  # fmt: skip

    def _groups(self, situation: Situation, only: set[str] | None = None) -> dict[str, _Group]:
        """The questions of a situation by the action that answers them."""
        groups: dict[str, _Group] = {}
        for question in situation.questions:
            name = _action(self._actions, question.path)
            if question.asked_for and (name in only if only is not None else name not in self._asked):
                groups.setdefault(name, {})[question.path] = question
        return groups

    def _may_be_alarm(self, situation: Situation, ends: Sequence[tuple[str, Situation]]) -> bool:
        """Whether some answer leaves nothing but alarms, which are not certain before."""
        return not set(situation.possible) <= self._alarms and any(set(end.possible) <= self._alarms for _, end in ends)


def _alarms(answer: Answer) -> set[str]:
    decision = answer.rules.decision
    return {item.id for item in decision.outcomes if item.id in decision.alarms}


def _action(actions: Sequence[Action], path: str) -> str:
    return next((item.id for item in actions if item.names(path)), path)


def _after(situation: Situation, group: Mapping[str, Question]) -> Iterator[tuple[str, Situation]]:
    """Every way of answering the facts of one group, with the situation it leads to; the same end once."""
    ways: list[tuple[str, Situation]] = [("", situation)]
    for path, question in group.items():
        following: list[tuple[str, Situation]] = []
        for said, here in ways:
            there = next((item for item in here.questions if item.path == path), None) if said else question
            if there is None:
                following.append((said, here))
                continue
            for label, end in there.answers:
                words = f"{question.what}: {label}" if len(group) > 1 else label
                following.append((f"{said}, {words}" if said else words, end))
        ways = following[:MOST_SITUATIONS]
    yield from ways
