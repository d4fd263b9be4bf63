"""Teaching with the example cases: hear the facts, answer, then see the reasoning and the point. Nothing is kept.

`run` needs no terminal: it asks and shows through two functions that are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .errors import UsageError
from .examples import Example, examples
from .recommendation import Recommendation
from .report.blocks import Page
from .report.teaching import case_page, choices_page, farewell_page, feedback_page, lessons_page
from .rulebook.book import RuleBook
from .rulebook.model import Insufficient, Outcome
from .validation import closest

__all__ = [
    "Choice", "Lesson", "case_page", "choices", "choices_page", "feedback_page", "lesson", "lessons", "read_answer", "run",
]  # fmt: skip

_TRIES = 3
_PROMPT = "Your answer (name, its beginning, or number): "


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


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer a learner may give."""

    number: int
    id: str
    title: str
    headline: str
    permissiveness: int


def lessons() -> tuple[Lesson, ...]:
    """All teaching cases, in teaching order, numbered from 1.

    Raises:
        UsageError: the index of the examples cannot be read.
    """
    return tuple(
        Lesson(number, item.title, item.question, item.as_of, item.as_of, item.point, item)
        for number, item in enumerate(examples(), start=1)
    )


def lesson(number: int) -> Lesson:
    """One teaching case by its number.

    Raises:
        UsageError: there is none with that number.
    """
    known = lessons()
    if not 1 <= number <= len(known):
        raise UsageError(f"there is no teaching case {number}; they are numbered 1 to {len(known)}")
    return known[number - 1]


def choices(rules: RuleBook) -> tuple[Choice, ...]:
    """The answers of a rule book, in its order; the answer that not enough is known comes last."""
    decision = rules.decision
    answers: list[Outcome | Insufficient] = [*decision.outcomes, decision.insufficient]
    return tuple(
        Choice(number, item.id, item.title, item.headline, item.permissiveness)
        for number, item in enumerate(answers, start=1)
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
    if len(fitting) == 1:
        return fitting[0]
    ids = [choice.id for choice in known]
    if fitting:
        raise UsageError(f"'{word}' can be {' or '.join(choice.id for choice in fitting)}; write more of it")
    raise UsageError(f"there is no answer '{_short(word)}'; {closest(word, ids) or 'choose one of ' + ', '.join(ids)}")


def run(
    number: int | None,
    answer: str | None,
    as_of: str | None,
    ask: Callable[[str], str],
    show: Callable[[Page], None],
) -> int:
    """Teach one case, or list all when `number` is None; returns the exit status.

    `ask` gets a prompt and returns what was typed; it raises EOFError when there is no more to read. `show` gets a page.

    Raises:
        UsageError: no such case, no such answer, or `as_of` is no single day.
    """
    if number is None:
        if answer is not None:
            raise UsageError("an answer needs a case: give its number as well")
        show(lessons_page(lessons()))
        return 0
    chosen = lesson(number)
    if as_of is not None:
        chosen = replace(chosen, as_of=as_of)
    recommendation = _judged(chosen)
    known = choices(recommendation.rules)
    given = read_answer(answer, known) if answer is not None else None
    show(case_page(chosen))
    if given is None:
        show(choices_page(known))
        given = _asked(ask, known)
    if given is None:
        show(farewell_page(chosen))
        return 0
    show(feedback_page(chosen, given, recommendation))
    return 0


def _judged(chosen: Lesson) -> Recommendation:
    from .evaluation import evaluate

    return evaluate(chosen.example.path, None, chosen.as_of)


def _asked(ask: Callable[[str], str], known: tuple[Choice, ...]) -> Choice | None:
    """The learner's answer; None when nothing was answered. A slip is told and asked again, a few times."""
    slip: UsageError | None = None
    for _ in range(_TRIES):
        try:
            text = ask(_PROMPT if slip is None else f"{slip}\n{_PROMPT}")
        except EOFError:
            break
        if not text.strip():
            break
        try:
            return read_answer(text, known)
        except UsageError as error:
            slip = error
    if slip is not None:
        raise slip
    return None


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:37] + "..."
