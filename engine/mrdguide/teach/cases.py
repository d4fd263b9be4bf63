"""The teaching cases, and the answers a learner may give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..reading.validation import closest
from ..rulebook.book import RuleBook
from ..rulefiles.model import Insufficient, Outcome
from .examples import Example, examples


@dataclass(frozen=True, slots=True)
class Lesson:
    """One teaching case. `written_for` is the day it was made for, `as_of` the day it is judged on."""

    number: int
    title: str
    question: str
    as_of: str
    written_for: str
    point: str
    example: Example

    def accepts(self, answer: str, outcome: str) -> bool:
        """Whether an answer is right: the engine's own, or one that the case takes beside it."""
        return answer == outcome or answer in self.example.accepted


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer a learner may give. `beside` marks one that stands beside a main answer."""

    number: int
    id: str
    title: str
    headline: str
    permissiveness: int
    beside: bool = False


def lessons(folder: Path | None = None) -> tuple[Lesson, ...]:
    """All teaching cases of a folder, by default the shipped ones, in teaching order, numbered from 1.

    Raises:
        UsageError, ProblemsError: the index of the cases cannot be read.
    """
    return tuple(
        Lesson(number, item.title, item.question, item.as_of, item.as_of, item.point, item)
        for number, item in enumerate(examples(folder), start=1)
    )


def lesson(number: int, folder: Path | None = None) -> Lesson:
    """One teaching case by its number.

    Raises:
        UsageError: there is none with that number.
    """
    known = lessons(folder)
    if not 1 <= number <= len(known):
        raise UsageError(f"there is no teaching case {number}; they are numbered 1 to {len(known)}")
    return known[number - 1]


def choices(rules: RuleBook) -> tuple[Choice, ...]:
    """The answers of a rule book, in its order; that not enough is known comes after them, then what stands beside an answer."""
    decision = rules.decision
    answers: list[Outcome | Insufficient] = [*decision.outcomes, decision.insufficient]
    main = [
        Choice(number, item.id, item.title, item.headline, item.permissiveness)
        for number, item in enumerate(answers, start=1)
    ]
    ids = {item.id for item in main}
    beside = [item for item in decision.secondary if item.id not in ids]
    return (
        *main,
        *(
            Choice(number, item.id, item.title, item.title, 0, beside=True)
            for number, item in enumerate(beside, start=len(main) + 1)
        ),
    )


def read_answer(text: str, known: tuple[Choice, ...]) -> Choice:
    """The choice a learner names: by id or title, by a beginning that fits only one id, or by number.

    Raises:
        UsageError: it names none, or more than one.
    """
    word = "-".join(text.casefold().split())
    if word.isascii() and word.isdigit():
        for choice in known:
            if choice.number == int(word[:9]):
                return choice
        raise UsageError(f"there is no answer {word[:20]}; they are numbered 1 to {len(known)}")
    for choice in known:
        if word in (choice.id.casefold(), "-".join(choice.title.casefold().split())):
            return choice
    fitting = [choice for choice in known if word and choice.id.casefold().startswith(word)]
    # A beginning means a main answer before one that stands beside it.
    fitting = [choice for choice in fitting if not choice.beside] or fitting
    if len(fitting) == 1:
        return fitting[0]
    ids = [choice.id for choice in known]
    if fitting:
        raise UsageError(f"'{word}' can be {' or '.join(choice.id for choice in fitting)}; write more of it")
    raise UsageError(f"there is no answer '{_short(word)}'; {closest(word, ids) or 'choose one of ' + ', '.join(ids)}")


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:37] + "..."
