"""What to ask while an answer is open: at most five questions, one for each action, in the order in which they settle most.

A question is walked through with every announced answer, so where it leads is exact. What can change nothing in this
patient, alone or together with what is asked, is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from ..answer.answer import Answer
from ..answer.missing import without
from .effort import Effort
from .missing_results import Lazily

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook

MOST_ASKED = 5
# How many situations are followed; beyond that no number of questions is announced.
MOST_SITUATIONS = 48
_LOOKED_AT = 2
# How many times what an answer opens is answered with it.
_FOLLOW_UPS = 2
# How many ways of answering a question are compared with those of others.
_COMPARED = 12


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
    leads_to: the outcomes that each answer leaves possible, given all else that is known today; of one that follows, once an
        answer before has opened it
    follows: whether it is asked only where an answer to a question before opens it
    attestable: what a named role may attest instead, as the rule files name it
    if_unobtainable: the outcomes left possible where what may be so is declared to be out of reach; null where nothing may
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
    attestable: tuple[str, ...]
    if_unobtainable: tuple[str, ...] | None
    may_be_alarm: bool
    follows: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "ask": self.ask, "facts": list(self.facts), "paths": list(self.paths), "who": self.who,
            "how": self.how, "by": self.by, "may_be_alarm": self.may_be_alarm,
            "follows": self.follows,
            "leads_to": {answer: list(outcomes) for answer, outcomes in self.leads_to.items()},
            "attestable": list(self.attestable),
            "if_unobtainable": list(self.if_unobtainable) if self.if_unobtainable is not None else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, and what is not known either.

    asked: the questions, in the order in which they should be asked
    settles_within: after how many of them, whatever the answers as long as each is clear, the answer is settled; null where
        further questions may follow
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


def questions(answer: Answer, start: Lazily) -> Questions:
    """The questions of one open answer; none where it is settled."""
    if answer.settled or answer.faults:
        return Questions((), 0 if answer.settled else None, (), ())
    effort = Effort(answer.case.most_read_again)
    walk = _Walk(answer, start, effort)
    asked: list[Asked] = []
    together: list[str] = []
    while len(asked) < MOST_ASKED and (best := walk.best()) is not None:
        name, by_itself = best
        asked.append(walk.ask(name))
        together += [] if by_itself else [name]
    matter = list(asked)
    for item in [item for item in asked if item.id in together]:
        if not _matters(answer, start, matter, item, effort):
            matter.remove(item)
    if len(matter) < len(asked):
        # What they come to is found out anew without those that are not asked.
        asked, walk = matter, _Walk(answer, start, effort)
        for item in asked:
            if walk.reaches(item.id):
                walk.ask(item.id)
    chosen_paths = {path for item in asked for path in item.paths}
    rest = [item for item in answer.missing if item.path not in chosen_paths]
    # Where the questions settle the answer, nothing else changes it once they are answered.
    later = [] if walk.settled else [item.what for item in rest]
    return Questions(
        tuple(asked),
        len(asked) if walk.settled else None,
        tuple(dict.fromkeys(later)),
        tuple(dict.fromkeys(item.what for item in rest if item.what not in later)),
    )


def first_questions(answer: Answer, start: Lazily, most: int) -> tuple[Asked, ...]:
    """The first of these questions, without going through what is asked after them."""
    if answer.settled or answer.faults:
        return ()
    walk = _Walk(answer, start, Effort(answer.case.most_read_again))
    asked: list[Asked] = []
    while len(asked) < most and (best := walk.best()) is not None:
        name, by_itself = best
        if not by_itself:
            # Whether it is asked at all hangs on what comes after it.
            return questions(answer, start).asked[:most]
        asked.append(walk.ask(name) if len(asked) + 1 < most else walk.put(name))
    return tuple(asked)


def _matters(answer: Answer, start: Lazily, asked: Sequence[Asked], item: Asked, effort: Effort) -> bool:
    """Whether a question still changes something once all others are answered, or opens one of them; where that takes
    more than may be tried, it may."""
    walk = _Walk(answer, start, effort)
    for other in asked:
        if other is not item and not walk.reaches(other.id):
            return True
        if other is not item:
            walk.ask(other.id)
    return walk.changes(item.id) or effort.spent


class _Walk:
    """The situations that the answers given so far can have led to."""

    def __init__(self, answer: Answer, start: Lazily, effort: Effort) -> None:
        self._answer, self._rules, self._effort = answer, answer.rules, effort
        self._start, self._front = start, [start]
        self._asked: set[str] = set()
        self._told: set[str] = set()
        self._whole = True

    @property
    def settled(self) -> bool:
        """Whether every way of answering has come to one outcome."""
        return self._whole and not self._effort.spent and not self._open

    @property
    def _open(self) -> list[Lazily]:
        return [situation for situation in self._front if len(situation.possible) > 1]

    def best(self) -> tuple[str, bool] | None:
        """The action to ask for next, and whether it changes something by itself.

        What may be an alarm comes first, then what leaves the fewest outcomes open. Where nothing changes anything by
        itself, the first that could together with others. None as well where no more may be tried.
        """
        if self._effort.spent:
            return None
        found: dict[str, tuple[bool, float]] = {}
        together: list[str] = []
        for situation in self._open[:_LOOKED_AT]:
            for name, paths in self._groups(situation).items():
                ends = [end for _, end in self._after(situation, paths, _COMPARED)]
                if not any(situation.question_at(path) for path in paths):
                    continue
                together.append(name)
                if all(end.possible == situation.possible for end in ends):
                    continue
                left = sum(len(end.possible) for end in ends) / len(ends) - len(situation.possible)
                alarm, before = found.get(name, (False, 0.0))
                found[name] = (alarm or self._may_be_alarm(situation, ends), before + left)
        if found:
            return min(found, key=lambda name: (not found[name][0], found[name][1])), True
        return (together[0], False) if together else None

    def reaches(self, name: str) -> bool:
        """Whether a question can be asked in some situation reached."""
        return any(name in self._groups(item) for item in (self._start, *self._open))

    def changes(self, name: str) -> bool:
        """Whether an answer to a question changes what is possible in some situation reached."""
        for situation in self._open:
            paths = self._groups(situation).get(name, ())
            if {end.possible for _, end in self._ends(situation, name, paths)} != {situation.possible}:
                return True
        return False

    def ask(self, name: str) -> Asked:
        """Ask, and go on with every answer."""
        asked = self.put(name)
        following: list[Lazily] = []
        for situation in self._open:
            paths = self._groups(situation).get(name)
            following += [end for _, end in self._ends(situation, name, paths)] if paths else [situation]
        self._asked.add(name)
        if not self._is_test(name):
            self._told.update(asked.paths)
        following = [end for here in following for end in self._read_again(here)]
        self._whole = self._whole and len(following) <= MOST_SITUATIONS
        self._front = following[:MOST_SITUATIONS]
        return asked

    def put(self, name: str) -> Asked:
        """A question, and where each answer leads."""
        situation = next(item for item in (self._start, *self._open) if name in self._groups(item))
        paths = self._groups(situation)[name]
        action = next((item for item in self._rules.actions if item.id == name), None)
        ends = self._ends(situation, name, paths)
        if len(ends) > MOST_SITUATIONS or self._effort.spent:
            # Too many ways to answer all of it: each fact by itself, so that no end is left out.
            ends = [
                (f"{found.what}: {label}", cast(Lazily, end))
                for path in paths
                if (found := situation.question_at(path)) is not None
                for label, end in found.answers
            ]
        labels: dict[tuple[str, ...], list[str]] = {}
        for label, end in ends:
            labels.setdefault(end.possible, []).append(label)
        facts = tuple(dict.fromkeys(found.what for path in paths if (found := situation.question_at(path)) is not None))
        return Asked(
            name, action.ask if action else facts[0], facts, tuple(paths), action.who if action else "",
            action.how if action else "", action.by if action else "",
            {"; or ".join(dict.fromkeys(same)): possible for possible, same in labels.items()},
            tuple(dict.fromkeys(item.attestable for item in self._answer.missing if item.attestable and item.path in paths)),
            without(self._rules, self._answer.case, self._answer.judged_verdicts, paths),
            self._may_be_alarm(situation, [end for _, end in ends]),
            situation is not self._start,
        )  # fmt: skip

    def _ends(self, situation: Lazily, name: str, paths: Sequence[str]) -> list[tuple[str, Lazily]]:
        """The ways of answering a question, each with the situation it leads to; what only an answer opens and the same
        action finds out (how many copies are lost, say) is answered with it."""
        ways = list(self._after(situation, paths, MOST_SITUATIONS))
        seen = set(paths)
        for _ in range(_FOLLOW_UPS):
            following: list[tuple[str, Lazily]] = []
            opened: set[str] = set()
            for said, end in ways:
                more = [path for path in end.paths if path not in seen and self._action(path) == name]
                opened.update(more)
                following += [
                    (f"{said}, {words}" if words else said, further)
                    for words, further in self._after(end, more, MOST_SITUATIONS)
                ]
            if not opened or len(following) > MOST_SITUATIONS:
                break
            ways, seen = following, seen | opened
        return ways

    def _read_again(self, situation: Lazily) -> list[Lazily]:
        """The situation with what a report asked for before tells as well, though it did not matter then."""
        ways = [situation]
        for _ in range(_FOLLOW_UPS):
            if not any(path in self._told for here in ways for path in here.paths) or len(ways) > MOST_SITUATIONS:
                break
            ways = [
                end
                for here in ways
                for _, end in self._after(here, [path for path in here.paths if path in self._told], MOST_SITUATIONS)
            ]
        return ways

    def _is_test(self, name: str) -> bool:
        """Whether an action is a test to be done: its result is none that was there before."""
        return any(item.id == name and item.how == "test" for item in self._rules.actions)

    def _action(self, path: str) -> str:
        """The action that finds out what stands at a place."""
        return _action(self._rules, path)

    def _groups(self, situation: Lazily) -> dict[str, list[str]]:
        """The places still to be asked about, by the action that finds them out."""
        groups: dict[str, list[str]] = {}
        for path in situation.paths:
            name = self._action(path)
            if name not in self._asked:
                groups.setdefault(name, []).append(path)
        return groups

    def _may_be_alarm(self, situation: Lazily, ends: Sequence[Lazily]) -> bool:
        """Whether some answer leaves no outcome less cautious than an alarm, where one was left before."""
        alarms = self._rules.decision.alarms
        return situation.possible[-1] not in alarms and any(end.possible[-1] in alarms for end in ends)

    def _after(self, situation: Lazily, paths: Sequence[str], most: int) -> Iterator[tuple[str, Lazily]]:
        """The ways of answering what is asked about some places, each with the situation that it leads to; those about
        places that may not be tried any more are left open."""
        ways: list[tuple[str, Lazily]] = [("", situation)]
        for path in paths:
            following: list[tuple[str, Lazily]] = []
            for said, here in ways:
                question = here.question_at(path) if self._effort.covers_one(here, path) else None
                if question is None:
                    following.append((said, here))
                    continue
                for label, end in question.answers:
                    words = f"{question.what}: {label}" if len(paths) > 1 else label
                    following.append((f"{said}, {words}" if said else words, cast(Lazily, end)))
            ways = following[: most + 1]
        yield from ways


@lru_cache(maxsize=1024)
def _action(rules: RuleBook, path: str) -> str:
    return next((item.id for item in rules.actions if item.names(path)), path)
