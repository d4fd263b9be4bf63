"""The next question of the interview as a card above the form, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from ...errors import MrdguideError, PatientError
from ...interview import NOT_KNOWN, Absent, CannotBeHad, Question, answered
from ...interview import next as next_question
from ...interview.question import Field
from ...patient.profile import ListName
from ...rulebook.book import RuleBook
from ..bench import Bench
from ..exchange import Fields, Turn
from ..state import Profile, State
from .form import LIMIT, UNIT, VALUE, Control, empty_control
from .judged import counted

PREFIX = "q."


@dataclass(frozen=True, slots=True)
class Card:
    """A question with the controls for its answer; for a list `listed` is its name, and how many entries it has so far."""

    question: Question
    controls: tuple[Control, ...]
    listed: str = ""
    count: int = 0


def card(book: RuleBook, turn: Turn) -> Card | None:
    """The card of the next question; None where nothing is left to ask."""
    question = _next(book, turn.state)
    if question is None:
        return None
    if question.kind == "entries":
        name = question.path.removesuffix("[+]")
        return Card(question, (), name, len(counted(turn.state.profile).get(name) or ()))
    return Card(question, tuple(_control(question, field, turn) for field in question.fields))


def answer(bench: Bench, state: State, fields: Fields) -> Turn:
    """Put the answer to the question that was shown into the profile.

    Raises:
        MrdguideError: it cannot be read.
    """
    question = _next(bench.rules, state)
    if question is None or fields.get("question") != question.path:
        return Turn(state, notice="Another question is asked by now.")
    said = fields.get("said", "")
    given = _besides(said, fields) if said else _given(question, fields)
    if given is None:
        return Turn(state, notice="Give an answer, or say that it is not known.")
    try:
        profile = answered(_record(state.profile), question, given, as_of=state.as_of)
    except PatientError as error:
        problems = tuple(replace(item, path=f"{PREFIX}{item.path}") for item in error.problems)
        return Turn(
            state, problems=problems, typed={name: text for name, text in fields.items() if name.startswith(PREFIX)}
        )
    told = f"{question.text} {said.replace('-', ' ') or 'answered'}"
    return Turn(state.changed(profile, state.as_of, (told,)))


def _next(book: RuleBook, state: State) -> Question | None:
    try:
        return next_question(_record(state.profile), rules=book, as_of=state.as_of)
    except MrdguideError:
        return None  # what is wrong is said beside the form


def _record(profile: Profile) -> dict[str, Any]:
    """The profile as the interview reads it: there, a list that is left out was not asked for yet; here it is empty."""
    incomplete = profile.get("incomplete") or ()
    empty: dict[str, Any] = {name: [] for name in get_args(ListName) if name not in incomplete}
    return {**empty, **counted(profile)}


def _control(question: Question, field: Field, turn: Turn) -> Control:
    path = f"{question.path}.{field.path}" if field.path else question.path
    label = field.label if field.path else "your answer"
    problems = tuple(item for item in turn.problems if item.path == f"{PREFIX}{path}")
    return empty_control(f"{PREFIX}{field.path}", label, field, turn.typed, problems)


def _besides(said: str, fields: Fields) -> Any:
    """What is said in the place of a value; None where a word that it needs is lacking."""
    by = fields.get("q-by", "").strip()
    if said == NOT_KNOWN:
        return NOT_KNOWN
    if said == "none":
        return []
    if said == "cannot-be-had":
        why = fields.get("q-why", "").strip()
        return CannotBeHad(why, by) if why and by else None
    return Absent(by, fields.get("q-of", "").strip()) if by and fields.get("q-of", "").strip() else None


def _given(question: Question, fields: Mapping[str, str]) -> Any:
    values = {field.path: _text(field, fields) for field in question.fields}
    if question.kind == "report":
        found = {name: text for name, text in values.items() if text}
        return found or None
    return values[question.fields[0].path] or None


def _text(field: Field, fields: Mapping[str, str]) -> str:
    """The answer to one field as it would be typed."""
    name = f"{PREFIX}{field.path}"
    if field.kind != "quantity":
        return fields.get(name, "").strip()
    value, unit, limit = (fields.get(f"{name}{end}", "").strip() for end in (VALUE, UNIT, LIMIT))
    return f"{value} {unit}".strip() + (f" (upper limit {limit})" if limit else "")
