"""Teaching with example cases: hear the facts, answer, then see the reasoning and the point.

`run` needs no terminal: it asks and shows through two functions that are handed in. Nothing is kept but what it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from ..errors import UsageError
from ..recommend.recommendation import Recommendation
from ..report.blocks import Page
from ..rulebook.given import Rules
from .cases import Choice, Lesson, choices, lesson, lessons, read_answer
from .pages import (
    case_page,
    choices_page,
    farewell_page,
    feedback_page,
    handout_page,
    key_page,
    lessons_page,
)

_TRIES = 3
_PROMPT = "Your answer (name, its beginning, or number): "


@dataclass(frozen=True, slots=True)
class Given:
    """What a learner answered to one case; `answer` is None when nothing was answered."""

    lesson: Lesson
    answer: Choice | None
    outcome: str

    @property
    def right(self) -> bool:
        return self.answer is not None and self.lesson.accepts(self.answer.id, self.outcome)

    def to_dict(self) -> dict[str, Any]:
        example = self.lesson.example
        return {
            "case": self.lesson.number, "file": example.file, "as_of": self.lesson.as_of,
            "answer": self.answer.id if self.answer is not None else None, "right": self.right,
            "outcome": self.outcome, "accepted": [self.outcome, *example.accepted],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    """Which cases are taught: those of a folder (by default the shipped ones), judged by a rule book."""

    folder: Path | None = None
    rules: Rules = None

    def lessons(self) -> tuple[Lesson, ...]:
        return lessons(self.folder)

    def judged(self, chosen: Lesson) -> Recommendation:
        """The engine's answer to a case."""
        from ..recommend.evaluation import evaluate

        return evaluate(chosen.example.path, rules=self.rules, as_of=chosen.as_of)

    def handout(self, chosen: Sequence[Lesson]) -> Page:
        """The cases on paper, without their solutions."""
        return handout_page(chosen, choices(self.judged(chosen[0]).rules))

    def key(self, chosen: Sequence[Lesson]) -> Page:
        """Their solutions, for the teacher."""
        return key_page([(item, self.judged(item)) for item in chosen])


def shuffled(known: Sequence[Lesson], seed: int | None) -> list[Lesson]:
    """The cases in another order; the same seed gives the same one. Each keeps its number."""
    order = list(known)
    Random(seed).shuffle(order)
    return order


def run(
    number: int | None,
    answer: str | None,
    as_of: str | None,
    ask: Callable[[str], str],
    show: Callable[[Page], None],
    course: Course | None = None,
) -> list[Given]:
    """Teach one case, or list all when `number` is None; returns what was answered.

    `ask` gets a prompt and returns what was typed; it raises EOFError when there is no more to read. `show` gets a page.

    Raises:
        UsageError: no such case, no such answer, or `as_of` is no single day.
    """
    course = course or Course()
    if number is None:
        if answer is not None:
            raise UsageError("an answer needs a case: give its number as well")
        show(lessons_page(course.lessons()))
        return []
    chosen = lesson(number, course.folder)
    return [_taught(replace(chosen, as_of=as_of) if as_of is not None else chosen, answer, ask, show, course)]


def run_all(
    order: Sequence[Lesson], ask: Callable[[str], str], show: Callable[[Page], None], course: Course
) -> list[Given]:
    """Teach several cases one after another, until one is not answered; returns what was answered."""
    given: list[Given] = []
    for chosen in order:
        found = _taught(chosen, None, ask, show, course)
        if found.answer is None:
            break
        given.append(found)
    return given


def _taught(
    chosen: Lesson, answer: str | None, ask: Callable[[str], str], show: Callable[[Page], None], course: Course
) -> Given:
    recommendation = course.judged(chosen)
    known = choices(recommendation.rules)
    given = read_answer(answer, known) if answer is not None else None
    show(case_page(chosen))
    if given is None:
        show(choices_page(known))
        given = _asked(ask, known)
    show(feedback_page(chosen, given, recommendation) if given is not None else farewell_page(chosen))
    return Given(chosen, given, recommendation.outcome)


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
