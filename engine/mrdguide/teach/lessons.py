"""Teaching with the example cases: hear the facts, answer, then see the reasoning and the point. Nothing is kept.

`run` needs no terminal: it asks and shows through two functions that are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import UsageError
from ..recommend.recommendation import Recommendation
from ..report.blocks import Page
from .cases import Choice, Lesson, choices, lesson, lessons, read_answer
from .pages import case_page, choices_page, farewell_page, feedback_page, lessons_page

_TRIES = 3
_PROMPT = "Your answer (name, its beginning, or number): "


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
    from ..recommend.evaluation import evaluate

    return evaluate(chosen.example.path, as_of=chosen.as_of)


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
