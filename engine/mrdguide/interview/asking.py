"""What to ask next: first what every record needs, then what the answer that is still open hangs on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from ..answer.missing import Missing
from ..patient.canonical import plain_profile
from ..patient.facts import ProfileFact
from ..patient.fields import FindingStatus
from ..patient.profile import ListName, Patient
from ..reading.data_file import read_as
from ..reading.validation import StrictModel
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..recommend.what_if import what_if
from ..rulebook.book import RuleBook
from ..rulebook.given import Rules, rule_book
from .fields import field_at, is_list
from .question import Besides, Field, Kind, Question

_NOT_NAMED = "interview"  # the id of a record that has none yet
_ENTRY = re.compile(r"(\w+)[\[:]")
_NEW_ENTRIES = "[+]"


class Asked(StrictModel):
    """A question as `questions.yaml` words it."""

    path: str
    text: str
    why: str = ""
    fields: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    only_if: dict[str, tuple[str, ...]] = {}
    only_if_of: dict[str, str] = {}


class _Questions(StrictModel):
    opening: tuple[Asked, ...]
    before_a_stop: tuple[Asked, ...]
    reports: tuple[Asked, ...]


@cache
def worded() -> _Questions:
    """The questions of `questions.yaml`, read once."""
    return read_as(Path(__file__).parent / "questions.yaml", _Questions)


def next(  # noqa: A001  called as interview.next
    profile: Mapping[str, Any] | Patient, *, rules: Rules = None, as_of: str | date | None = None
) -> Question | None:
    """What to ask next of a record, which may be empty; None when the answer is settled, or nothing is left to ask.

    A list that is not in the record has not been asked for yet: what may stand in it is unknown, not absent.

    Raises:
        PatientError: the record cannot be read.
    """
    book = rule_book(rules)
    record = as_mapping(profile)
    opening = worded().opening
    if not recorded(record, opening[0].path):
        return None if declined(record, opening[0].path) else _listed(opening[0], book)
    found = evaluate(with_what_was_not_asked(record), rules=book, as_of=as_of)
    if found.settled:
        return _before_a_stop(record, found, book)
    for item in opening:
        if declined(record, item.path):
            continue
        if not recorded(record, item.path):
            return _listed(item, book)
        if item.path in (record.get("incomplete") or ()):
            return _listed(item, book, text=f"{item.text} Some are on record; add those that are missing.")
    for need in _most_settling_first(found):
        question = _of_need(record, need, found, book)
        if question is not None:
            return question
    return None


def _before_a_stop(record: Mapping[str, Any], found: Recommendation, book: RuleBook) -> Question | None:
    """What is recorded only where it is found, asked where nothing else stands in the way of a stop."""
    asked = worded().before_a_stop if found.stop_possible else ()
    for item in asked:
        if not recorded(record, item.path) and not declined(record, item.path) and _would_change(item.path, found):
            return _listed(item, book)
    return None


def _would_change(path: str, found: Recommendation) -> bool:
    """Whether a finding, where it is there, makes another answer: where it would not, nobody is asked for it."""
    return what_if(found, {path: "present"}).after.possible_outcomes != found.possible_outcomes


def as_mapping(profile: Mapping[str, Any] | Patient) -> dict[str, Any]:
    """A copy of a record as a dict."""
    if isinstance(profile, Patient):
        return plain_profile(profile)
    return deepcopy(dict(profile))


def with_what_was_not_asked(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as it can be judged: lists that are not in it may hold anything."""
    not_asked = [name for name in get_args(ListName) if record.get(name) is None]
    incomplete = list(dict.fromkeys([*(record.get("incomplete") or ()), *not_asked]))
    return {"id": _NOT_NAMED, **record, "incomplete": incomplete}


def recorded(record: Mapping[str, Any], path: str) -> bool:
    """Whether anything stands at a path; an empty list says that there is nothing."""
    here: Any = record
    for name in path.split("."):
        if not isinstance(here, Mapping) or here.get(name) is None:
            return False
        here = here[name]
    return bool(here != {})


def declined(record: Mapping[str, Any], path: str) -> bool:
    """Whether somebody has said that it is not known, of the fact itself or of the report that holds it."""
    return any(path == said or path.startswith(f"{said}.") for said in record.get("not_known") or ())


def _most_settling_first(found: Recommendation) -> list[Missing]:
    """Missing facts, those first whose answers leave the fewest outcomes open on average."""

    def left_open(item: Missing) -> float:
        counts = [len(outcomes) for outcomes in item.leads_to.values()]
        return sum(counts) / len(counts) if counts else len(found.possible_outcomes)

    return sorted(found.missing, key=left_open)


def _of_need(record: Mapping[str, Any], need: Missing, found: Recommendation, book: RuleBook) -> Question | None:
    """The question that a missing fact is asked by: the report that holds it, a new entry of its list, or itself."""
    entry = _ENTRY.match(need.path)
    name = entry.group(1) if entry and field_at(need.path) is None else need.path
    of_a_new_entry = need.path.partition(".")[0]
    if is_list(of_a_new_entry):
        name = of_a_new_entry
    why = _why(need, found)
    for item in (*worded().reports, *worded().opening):
        holds = need.path == item.path or need.path.startswith(f"{item.path}.")
        if item.fields and holds and not recorded(record, item.path) and not _looked_into(record, item):
            if is_list(item.path) and _spoken_for(record, item.path, book):
                break
            return None if declined(record, item.path) else _listed(item, book, why, need)
    if is_list(name):
        path = f"{name}{_NEW_ENTRIES}"
        if declined(record, name) or declined(record, path) or declined(record, need.path):
            return None
        more = worded_list(name)
        return (
            None
            if more is None
            else _listed(more, book, why, need, path=path, text=f"Is there more on record: {need.what}?")
        )
    fact = book.local_facts.get(need.path)
    field = field_at(need.path) if fact is None else local_field(fact)
    if field is None or declined(record, need.path) or _said(record, need.path):
        return None
    attestable = _attestable(need, book)
    besides = _besides(need.path in book.may_be_unobtainable, bool(attestable))
    whole = field_at("", need.path) or field
    return Question(
        need.path, fact.question if fact is not None else f"{_capital(need.what)}?", why, whole.kind, (whole,), besides, attestable,
        (need.path,) if need.path in book.may_be_unobtainable else (), tuple(need.leads_to.items()),
    )  # fmt: skip


_LOCAL_KINDS: dict[str, Kind] = {"number": "number", "flag": "flag", "word": "choice", "finding": "choice"}


def local_field(fact: ProfileFact) -> Field:
    """What may be answered of a fact that a layer adds."""
    choices = get_args(FindingStatus) if fact.kind == "finding" else fact.words
    return Field("", fact.label, _LOCAL_KINDS[fact.kind], choices)


def worded_list(name: str) -> Asked | None:
    """The wording of a list."""
    return {item.path: item for item in (*worded().opening, *worded().reports)}.get(name)


def _spoken_for(record: Mapping[str, Any], name: str, book: RuleBook) -> bool:
    """Whether somebody has answered for the last look at a list; what else belongs to it is asked as such."""
    said = {item.get("what") for item in record.get("attested") or ()}
    return any(
        item.rule.attestable is not None and item.rule.attestable.what in said and name in item.paths
        for item in book.compiled_criteria
    )


def _looked_into(record: Mapping[str, Any], item: Asked) -> bool:
    """Whether a part of a report was answered, declined or declared already: then its facts are asked one by one."""
    below = f"{item.path}."
    return any(str(said).startswith(below) for said in record.get("not_known") or ()) or any(
        str(said.get("what", "")).startswith(below) for said in record.get("unobtainable") or ()
    )


def _said(record: Mapping[str, Any], path: str) -> bool:
    return any(said.get("what") == path for said in record.get("unobtainable") or ())


def listed(item: Asked, book: RuleBook | None = None) -> Question:
    """A question as it is worded, with what a rule book allows to be said in the place of an answer."""
    return _listed(item, book)


def _listed(
    item: Asked, book: RuleBook | None, why: str = "", need: Missing | None = None, *, path: str = "", text: str = ""
) -> Question:
    if not item.fields:
        field = field_at("", item.path)
        assert field is not None, f"{item.path} is no place of a profile"
        return Question(item.path, item.text, item.why, field.kind, (field,))
    below = tuple(
        replace(
            field,
            label=item.labels.get(name, field.label),
            only_if=item.only_if.get(name, ()),
            only_if_of=item.only_if_of.get(name, item.fields[0]) if name in item.only_if else "",
        )
        for name in item.fields
        if (field := field_at(name, item.path)) is not None
    )
    may_be_gone = book.may_be_unobtainable if book is not None else ()
    gone = tuple(f"{item.path}.{name}" for name in item.fields if f"{item.path}.{name}" in may_be_gone)
    attestable = _attestable(need, book) if need is not None and book is not None else ""
    return Question(
        path or item.path, text or item.text, why or item.why, "entries" if is_list(item.path) else "report", below,
        _besides(bool(gone), bool(attestable)), attestable, gone, tuple(need.leads_to.items()) if need is not None else (),
    )  # fmt: skip


def _besides(unobtainable: bool, attestable: bool) -> tuple[Besides, ...]:
    said: list[Besides] = ["not-known"]
    if unobtainable:
        said.append("cannot-be-had")
    if attestable:
        said.append("absent")
    return tuple(said)


def _attestable(need: Missing, book: RuleBook) -> str:
    """What a named role may say in the place of a record; empty when nothing may be said."""
    for criterion in book.compiled_criteria:
        if criterion.rule.id in need.criteria and criterion.rule.attestable is not None:
            return criterion.rule.attestable.what
    return ""


def _why(need: Missing, found: Recommendation) -> str:
    titles = [found.criteria[name].title for name in need.criteria if name in found.criteria]
    return f"The answer hangs on whether this holds: {'; '.join(titles[:2])}." if titles else "The answer hangs on it."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if not text[1:2].isdigit() and not text.startswith(("t(", "del(")) else text
