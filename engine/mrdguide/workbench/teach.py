"""The teaching view: a case as a class uses it. The question and the facts, an answer with reasons, then the reasoning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Problem, UsageError
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..report.formats.html import Names, to_fragment
from ..teach.case_facts import case_sections
from ..teach.cases import Choice, Lesson, choices
from ..teach.pages import feedback_page
from .bench import Bench
from .exchange import Fields, Turn, View
from .look import filled
from .patient.pasted import profile_of
from .state import Profile, Round, State

if TYPE_CHECKING:
    from markupsafe import Markup

_LONGEST_REASONS = 4_000


def _show(bench: Bench, turn: Turn) -> Markup:
    taught = turn.state.teaching
    known = choices(bench.rules)
    score = _score(bench, taught)
    if not taught.case:
        return filled("teach_list.html.j2", lessons=bench.lessons, answered=taught.answers, score=score)
    lesson = _lesson(bench, taught.case)
    given = _choice(known, taught.answers[str(lesson.number)]) if str(lesson.number) in taught.answers else None
    feedback = ""
    if given is not None:
        feedback = to_fragment(feedback_page(lesson, given, _judged(bench, lesson)).front, 3, Names("f-"))
    facts = to_fragment(case_sections(_profile(bench, lesson), lesson.as_of), 3, Names("c-"))
    return filled(
        "teach_case.html.j2", lesson=lesson, facts=facts, choices=known, given=given, feedback=feedback, score=score,
        reasons=turn.typed.get("reasons", taught.reasons.get(str(lesson.number), "")), problems=turn.problems, last=lesson.number == len(bench.lessons), most=_LONGEST_REASONS,
        file=lesson.example.file.removesuffix(".yaml"),
    )  # fmt: skip


def _open(bench: Bench, state: State, fields: Fields) -> Turn:
    """Show one case, or the list of them for 0."""
    text = fields.get("case", "0")
    number = int(text[:6]) if text.isascii() and text.isdigit() else -1
    if number:
        _lesson(bench, number)
    return _taught(state, case=number)


def _answer(bench: Bench, state: State, fields: Fields) -> Turn:
    """Take the answer to the case shown; it stands, since the reasoning is shown after it."""
    number = str(_lesson(bench, state.teaching.case).number)
    if not fields.get("choice"):
        problem = Problem("no answer is chosen", path="choice", expected="one of those below", code="missing-key")
        return Turn(state, problems=(problem,), typed={"reasons": fields.get("reasons", "")}, focus="first-choice")
    if number in state.teaching.answers:
        return Turn(state, notice="This case is answered already.")
    choice = _choice(choices(bench.rules), fields["choice"])
    reasons = fields.get("reasons", "").strip()[:_LONGEST_REASONS]
    return _taught(
        state,
        answers={**state.teaching.answers, number: choice.id},
        reasons={**state.teaching.reasons, number: reasons},
    )


def _begin_anew(_bench: Bench, state: State, _fields: Fields) -> Turn:
    """A new round, without the answers of the last one."""
    return Turn(state.model_copy(update={"teaching": Round()}))


def _taught(state: State, **update: object) -> Turn:
    return Turn(state.model_copy(update={"teaching": state.teaching.model_copy(update=update)}))


def _score(bench: Bench, taught: Round) -> tuple[int, int]:
    """How many of the answered cases were answered rightly, and how many were answered."""
    given = [(item, taught.answers[str(item.number)]) for item in bench.lessons if str(item.number) in taught.answers]
    return sum(item.accepts(answer, _judged(bench, item).outcome) for item, answer in given), len(given)


def _lesson(bench: Bench, number: int) -> Lesson:
    if not 1 <= number <= len(bench.lessons):
        raise UsageError(f"there is no teaching case with this number; they are numbered 1 to {len(bench.lessons)}")
    return bench.lessons[number - 1]


def _choice(known: tuple[Choice, ...], name: str) -> Choice:
    found = next((item for item in known if item.id == name), None)
    if found is None:
        raise UsageError("that answer is none of those that can be chosen")
    return found


def _profile(bench: Bench, lesson: Lesson) -> Profile:
    return profile_of(bench.examples[lesson.example.file], lesson.example.file).profile


def _judged(bench: Bench, lesson: Lesson) -> Recommendation:
    return evaluate(_profile(bench, lesson), rules=bench.rules, as_of=lesson.as_of)


TEACH = View("teach", "Teach", _show, {"open": _open, "answer": _answer, "anew": _begin_anew})
