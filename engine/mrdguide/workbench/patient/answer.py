"""The answer beside the form: the sheet, what changed, what to find out first, a supposed result, later days, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...errors import PatientError
from ...recommend.recommendation import Recommendation
from ...recommend.what_if import Difference, difference
from ...report.blocks import Block
from ...report.formats.html import Names, to_fragment
from ...report.pages.board import banner, front, to_sign, what_is_missing
from ...report.pages.board_words import board_words
from ...report.pages.lines import either, few, titles
from ...report.pages.reasoning import what_settles, when_blocks, why_not_blocks
from ...report.pages.why_grouped import grouped_reasons
from ..bench import Bench
from ..exchange import Fields, Turn
from ..look import filled
from ..state import MOST_MONTHS, State
from .form_plan import as_asked
from .judged import judge
from .later import later, months_of
from .results import questions, with_result
from .since import effect
from .together import in_the_way, open_so_far, ways

if TYPE_CHECKING:
    from markupsafe import Markup

_NAMED = 3
# As many unread parts of a record are named above the answer; all of them stand beside the form.
_UNREAD = 6
# With more missing, where each result leads is worked out after the answer is shown.
_ASKED_AT_ONCE = 6
Outlook = Literal["whole", "less", "none"]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """The right half of the patient view. `headline` is the answer in few words, `outlook` how much of a stop is still possible."""

    html: Markup
    headline: str
    outlook: Outlook


def shown_answer(bench: Bench, turn: Turn) -> ShownAnswer:
    """The answer beside the form, with what the last change did to it."""
    state = turn.state
    judged = judge(bench.rules, state.profile, state.as_of)
    if judged.answer is None:
        return ShownAnswer(filled("answer_none.html.j2", why=judged.why_not), "No answer yet", "none")
    answer = judged.answer
    since = _since(bench, state, answer)
    names, words = Names("a-"), board_words()
    html = filled(
        "answer.html.j2", state=state, unread=few(state.imported.open, _UNREAD) if state.imported is not None else (), old=_why_old(turn), answer=answer, outlook=_outlook(answer), best=_best(answer),
        head=_fragment([banner(answer, words)], 2, names),
        rest=_fragment([*front(answer, words, asked=False), to_sign(words)], 2, names),
        since=effect(since) if since is not None else None,
        told=state.before.told if state.before is not None else (), supposed=_supposed(answer, state), pane=_pane(answer, state),
        first=_first(answer, state) if len(answer.missing) <= _ASKED_AT_ONCE else None,
    )  # fmt: skip
    return ShownAnswer(html, answer.answer, _outlook(answer))


def _why_old(turn: Turn) -> str:
    """Why the answer is not that of what was entered last; empty where it is."""
    if "pasted" in turn.typed:
        return "What was pasted could not be read. This is still the answer of the patient that was open before."
    if turn.problems:
        return "This is the answer before the last change, and not to be signed: correct what is marked in the form."
    return ""


def _fragment(blocks: Sequence[Block], level: int, names: Names) -> Markup:
    """Blocks of a report as HTML, with what is missing in the words of the form."""
    from markupsafe import Markup

    return Markup(as_asked(str(to_fragment(blocks, level, names))))


def _outlook(answer: Recommendation) -> Outlook:
    """How much of a stop what is possible leaves: the most that the rules know, less, or none."""
    scale = {item.id: item.permissiveness for item in answer.rules.decision.outcomes}
    most = max(scale[name] for name in answer.possible_outcomes)
    return "none" if most == 0 else "whole" if most == max(scale.values()) else "less"


def _best(answer: Recommendation) -> str:
    """The possible outcome that opens most of the way to a stop; empty where the answer is settled or none does."""
    scale = {item.id: item.permissiveness for item in answer.rules.decision.outcomes}
    best = max(answer.possible_outcomes, key=lambda name: scale[name])
    return "" if answer.settled or not scale[best] else titles(answer.rules, [best])[0]


def first_part(bench: Bench, state: State, _fields: Fields) -> Markup:
    """What to find out first, of a record in which much is missing: it takes longer than the answer."""
    answer = judge(bench.rules, state.profile, state.as_of).answer
    return _first(answer, state) if answer is not None else filled("answer_none.html.j2", why="")


def missing_part(bench: Bench, state: State, _fields: Fields) -> Markup:
    """What is missing as the sheet says it, for print: it looks for the smallest sets of results, which takes longest."""
    answer = judge(bench.rules, state.profile, state.as_of).answer
    return to_fragment(what_is_missing(answer, board_words()) if answer is not None else (), 2, Names("m-"))


def _first(answer: Recommendation, state: State) -> Markup:
    settles = what_settles(answer.explanation.questions, board_words())
    return filled("first.html.j2", questions=_asked(answer, state), settles=settles, ways=ways(answer))


def _since(bench: Bench, state: State, answer: Recommendation) -> Difference | None:
    """What the last change did; None where there was none, or no answer before it."""
    if state.before is None:
        return None
    try:
        before = judge(bench.rules, state.before.profile, state.before.as_of).answer
    except PatientError:
        return None
    return difference(before, answer) if before is not None else None


def _titles(answer: Recommendation, outcomes: Sequence[str]) -> str:
    """Outcomes by their titles, few of them; how many where they are many."""
    if len(outcomes) > _NAMED:
        return f"{len(outcomes)} answers still possible"
    return either(titles(answer.rules, outcomes))


def _asked(answer: Recommendation, state: State) -> list[dict[str, object]]:
    """Questions with their buttons."""
    return [
        {
            "ask": item.asked.ask, "later": [as_asked(text) for text in few(item.asked.facts, 4)] if not item.facts else (), "by": item.asked.by, "who": item.asked.who,
            "facts": [
                {
                    "what": as_asked(what),
                    "results": [
                        {
                            "path": result.path, "answer": result.answer, "leads_to": _titles(answer, result.possible), "same": set(result.possible) == set(answer.possible_outcomes),
                            "taken": state.supposed is not None
                            and (state.supposed.path, state.supposed.answer) == (result.path, result.answer),
                        }
                        for result in results
                    ],
                }
                for what, results in item.facts
            ],
        }
        for item in questions(answer, state.profile)
    ]  # fmt: skip


def _supposed(answer: Recommendation, state: State) -> dict[str, object] | None:
    """The answer today beside the answer with a result that is supposed."""
    if state.supposed is None:
        return None
    profile = with_result(answer, state.profile, state.supposed.path, state.supposed.answer)
    after = judge(answer.rules, profile, state.as_of).answer
    if after is None:
        return None
    what = next((item.what for item in answer.missing if item.path == state.supposed.path), state.supposed.path)
    words = board_words()
    return {
        "what": as_asked(what), "answer": state.supposed.answer,
        "today": _fragment([banner(answer, words)], 3, Names("today-")),
        "then": _fragment([banner(after, words)], 3, Names("then-")),
        "effect": effect(difference(answer, after), supposed=True), "outlook": _outlook(after),
    }  # fmt: skip


def _pane(answer: Recommendation, state: State) -> Markup | None:
    if state.pane == "when":
        return filled("when.html.j2", state=state, most=MOST_MONTHS, later=_later(answer, state.months))
    if state.pane == "why":
        names = Names("w-")
        others = [
            (item.title, in_the_way(item), _fragment(why_not_blocks(item), 4, names))
            for item in answer.explanation.worth_asking
        ]
        return filled(
            "why.html.j2", reasons=to_fragment(grouped_reasons(answer, board_words()), 4, names), others=others,
            open=open_so_far(answer) if not answer.settled else None,
        )  # fmt: skip
    return None


def _later(answer: Recommendation, months: int) -> Markup:
    found = later(answer, months)
    today, untouched, tested = (
        _titles(answer, item) for item in (answer.possible_outcomes, found.untouched, found.tested)
    )
    return filled("later.html.j2", found=found, months=months, today=today, untouched=untouched, tested=tested)


def later_part(bench: Bench, state: State, fields: Fields) -> Markup:
    """The answer on the day that the slider stands at."""
    answer = judge(bench.rules, state.profile, state.as_of).answer
    return _later(answer, months_of(fields)) if answer is not None else filled("answer_none.html.j2", why="")


def projection_part(bench: Bench, state: State, _fields: Fields) -> Markup:
    """First days and closing windows, which take longer than the answer."""
    answer = judge(bench.rules, state.profile, state.as_of).answer
    if answer is None:
        return filled("answer_none.html.j2", why="")
    when = answer.explanation.when
    return filled("projection.html.j2", blocks=to_fragment(when_blocks(when, answer.rules), 4, Names("p-")))
