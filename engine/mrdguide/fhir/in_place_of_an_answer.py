"""What may be said in a form in the place of a value: do not know, cannot be had any more, and what somebody has looked for.

`said:<place>` goes with the question of that place; `attested:<subject>` is what a named role may answer for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..errors import Problem
from ..interview import NOT_KNOWN, CannotBeHad, Question, answered
from ..interview.asking import recorded
from ..rulebook.book import RuleBook

SAID, ATTESTED = "said:", "attested:"
SYSTEM = "urn:mrdguide:said"
_DISPLAYS = {"not-known": "do not know", "cannot-be-had": "cannot be had any more"}
_WHY, _BY, _OF, _DATE, _NOTE = (
    ("why", "why it cannot be had", "string"), ("by", "who says so, as a role", "string"),
    ("of", "which day was looked at", "date"), ("date", "said on which day", "date"), ("note", "note", "string"),
)  # fmt: skip


def item_for(question: Question) -> dict[str, Any]:
    """What may be said in the place of an answer to a question."""
    path = f"{SAID}{question.path}"
    codes = [said for said in question.besides if said in _DISPLAYS]
    options = [{"valueCoding": _coding(code)} for code in codes]
    items: list[dict[str, Any]] = [
        {"linkId": f"{path}.code", "text": "why there is no answer", "type": "choice", "answerOption": options}
    ]
    if "cannot-be-had" in codes:
        only_then = [{"question": f"{path}.code", "operator": "=", "answerCoding": _coding("cannot-be-had")}]
        items += [{**item, "enableWhen": only_then} for item in _items(path, (_WHY, _BY, _DATE))]
    return {"linkId": path, "text": f"In the place of an answer: {question.text}", "type": "group", "item": items}


def attested_items(rules: RuleBook, profile: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything that a named role may answer for and that nobody has answered for in the profile."""
    said = {item.get("what") for item in profile.get("attested") or ()}
    for what, question in subjects(rules).items():
        if what not in said:
            path = f"{ATTESTED}{what}"
            value = {"linkId": f"{path}.value", "text": "looked for, and so it is", "type": "boolean"}
            items = [value, *_items(path, (_OF, _BY, _DATE, _NOTE))]
            yield {"linkId": path, "text": question, "type": "group", "item": items}


def subjects(rules: RuleBook) -> dict[str, str]:
    """What may be attested, each with the wording of its question."""
    found = (item.rule.attestable for item in rules.compiled_criteria)
    return {item.what: item.question for item in found if item is not None}


def after_what_was_said(
    record: dict[str, Any], question: Question, item: Mapping[str, Any], as_of: str | None, problems: list[Problem]
) -> dict[str, Any]:
    """The record with what was said in the place of an answer; a value that is recorded stays as it is."""
    path = str(item.get("linkId"))
    found = _read(item, path, ("code", "why", "by", "date"), problems)
    code = found.get("code")
    if code is None:
        if found:
            problems.append(_problem(f"{path}.code", f"has to be one of {', '.join(question.besides)}"))
        return record
    if code == "not-known":
        return answered(record, question, NOT_KNOWN, as_of=as_of)
    if code not in question.besides or not (found.get("why") and found.get("by")):
        wanted = "needs why and by" if code in question.besides else "is no answer to this question"
        problems.append(_problem(f"{path}.code", f"'{code}' {wanted}"))
        return record
    gone = tuple(place for place in question.unobtainable if not recorded(record, place))
    said = CannotBeHad(found["why"], found["by"], found.get("date", ""))
    return answered(record, replace(question, unobtainable=gone), said, as_of=as_of)


def after_what_was_attested(
    record: dict[str, Any], what: str, item: Mapping[str, Any], problems: list[Problem]
) -> dict[str, Any]:
    """The record with what a named role answers for."""
    path = f"{ATTESTED}{what}"
    found = _read(item, path, ("value", "of", "by", "date", "note"), problems)
    if not found:
        return record
    if not isinstance(found.get("value"), bool) or not found.get("by"):
        problems.append(_problem(path, "needs a value and by whom it is said"))
        return record
    return {**record, "attested": [*(record.get("attested") or ()), {"what": what, **found}]}


def _items(path: str, names: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
    return [{"linkId": f"{path}.{name}", "text": text, "type": kind} for name, text, kind in names]


def _read(item: Mapping[str, Any], path: str, names: tuple[str, ...], problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    keys = {"code": "valueCoding", "value": "valueBoolean", "of": "valueDate", "date": "valueDate"}
    for inner in item.get("item") or ():
        link = str(inner.get("linkId"))
        name = link.removeprefix(f"{path}.")
        answers = inner.get("answer") or ()
        key = keys.get(name, "valueString")
        if name not in names or name == link:
            problems.append(Problem("no question has this linkId", "QuestionnaireResponse", link, code="unknown-key"))
        elif answers and (len(answers) > 1 or answers[0].get(key) is None):
            problems.append(_problem(link, f"has to be answered with one {key}"))
        elif answers:
            found[name] = _code(answers[0][key], link, problems) if name == "code" else answers[0][key]
    return found


def _code(coding: Mapping[str, Any], link: str, problems: list[Problem]) -> str | None:
    if coding.get("system", SYSTEM) != SYSTEM:
        problems.append(_problem(link, f"a code of {coding.get('system')} is not read here, one of {SYSTEM} is"))
    return coding.get("code")


def _coding(code: str) -> dict[str, str]:
    return {"system": SYSTEM, "code": code, "display": _DISPLAYS[code]}


def _problem(path: str, message: str) -> Problem:
    return Problem(message, "QuestionnaireResponse", path, code="bad-value")
