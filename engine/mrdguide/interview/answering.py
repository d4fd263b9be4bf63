"""The record after an answer. What cannot be read is refused with the reason; nothing is corrected in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from ..dates import parse_date
from ..errors import PatientError, Problem
from ..patient.profile import Patient
from ..patient.reader import read_patient
from ..reading.numbers import plain_power
from ..reading.validation import number_hint
from ..reading.written_words import word_hint
from ..recommend.evaluation import day_of
from .asking import as_mapping
from .question import Field, Question

NOT_KNOWN: Final = "not-known"
_YES, _NO = frozenset({"yes", "y", "true"}), frozenset({"no", "n", "false"})
_NOT_TESTED = ("not-tested", "failed", {"status": "not-tested"}, {"status": "failed"})
_QUANTITY = re.compile(
    r"([0-9.,]+)\s*([^\W\d]\S*)(?:\s*\(?\s*(?:ULN|upper limit|limit)\s*[:=]?\s*([0-9.,]+)\s*\)?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Absent:
    """It was looked for and is not there: who says so, which day was looked at, and when it was said."""

    by: str
    of: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CannotBeHad:
    """It cannot be found out any more: why, who says so and when."""

    why: str
    by: str
    date: str = ""


def answered(
    profile: Mapping[str, Any] | Patient, question: Question, answer: Any, *, as_of: str | date | None = None
) -> dict[str, Any]:
    """The record with the answer in it, as a new dict.

    `answer` is a value as it would stand in a profile, or as it is typed (`2021-06`, `3.1 mg/L`, `yes`); for a report a
    dict of them, for entries a list of dicts. In its place `NOT_KNOWN`, `CannotBeHad` or `Absent`, where the question
    allows it. None for a field leaves it out.

    Raises:
        PatientError: the answer cannot be read, and why.
    """
    record = as_mapping(profile)
    if answer == NOT_KNOWN:
        record["not_known"] = [*(record.get("not_known") or ()), question.path]
    elif isinstance(answer, CannotBeHad):
        _allowed(question, "cannot-be-had")
        said = {"why": answer.why, "by": answer.by, **({"date": answer.date} if answer.date else {})}
        gone = [{"what": path, **said} for path in question.unobtainable]
        record["unobtainable"] = [*(record.get("unobtainable") or ()), *gone]
        if question.kind == "report":
            record["not_known"] = [*(record.get("not_known") or ()), question.path]
    elif isinstance(answer, Absent):
        _allowed(question, "absent")
        said = {name: text for name in ("of", "by", "date", "note") if (text := getattr(answer, name))}
        record["attested"] = [
            *(record.get("attested") or ()), {"what": question.attestable, "value": True, **said}
        ]  # fmt: skip
        # A word on the last look is no word on the whole list: what else is to be entered is still asked.
        if question.kind != "entries":
            record["not_known"] = [*(record.get("not_known") or ()), question.path]
    else:
        _put(record, question, answer, day_of(as_of))
    # A record that has no diagnosis yet is read as one of myeloma, so that the rest of it is judged all the same.
    diagnosis = {"disease": "multiple-myeloma", **(record.get("diagnosis") or {})}
    read_patient({"id": "interview", **record, "diagnosis": diagnosis})
    return record


def _allowed(question: Question, said: Literal["cannot-be-had", "absent"]) -> None:
    if said not in question.besides:
        raise _refused(
            question.path, f"'{said}' is no answer to this question", " or ".join(("a value", *question.besides))
        )


def _put(record: dict[str, Any], question: Question, answer: Any, today: int) -> None:
    if question.kind == "entries":
        if not isinstance(answer, list | tuple):
            raise _refused(question.path, f"found {answer!r}", "a list of entries, empty when there are none")
        name = question.path.removesuffix("[+]")
        entries = [_nested(question, entry, today) for entry in answer]
        record[name] = [*(record.get(name) or ()), *(entry for entry in entries if entry)]
        if question.path == name and record.get("incomplete"):
            record["incomplete"] = [listed for listed in record["incomplete"] if listed != name]
        if question.path != name and not entries:
            record["not_known"] = [*(record.get("not_known") or ()), question.path]
    elif question.kind == "report":
        for name, value in _nested(question, answer, today).items():
            _set(record, f"{question.path}.{name}", value)
    else:
        value = typed(question.fields[0], answer, question.path, today)
        before = _at(record, question.path)
        _set(record, question.path, value)
        # Said again, or not tested: there is no more to be had by asking once more.
        if value in _NOT_TESTED or (before is not None and value == before):
            record["not_known"] = [*(record.get("not_known") or ()), question.path]


def _at(record: Mapping[str, Any], path: str) -> Any:
    here: Any = record
    for step in re.findall(r"\w+", path):
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, list | tuple) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return here


def _nested(question: Question, answer: Any, today: int) -> dict[str, Any]:
    """One entry or report: what is left out or None stays out."""
    if not isinstance(answer, Mapping):
        raise _refused(question.path, f"found {answer!r}", "a value for each field, by its name")
    known = {field.path: field for field in question.fields}
    found: dict[str, Any] = {}
    for name, value in answer.items():
        if name not in known:
            found[name] = value  # a profile may hold more than is asked for; the profile's own reader judges it
        elif value is not None:
            _set(found, name, typed(known[name], value, f"{question.path}.{name}", today))
        elif known[name].nothing:
            found[name] = None
    return found


def _set(record: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = re.findall(r"\w+", path)
    here: Any = record
    for step in steps:
        if step.isdigit():
            here = here[int(step)] = dict(here[int(step)])
        else:
            inner = here.get(step)
            here[step] = (
                [*inner]
                if isinstance(inner, list | tuple)
                else {"status": inner}
                if isinstance(inner, str)
                else dict(inner or {})
            )
            here = here[step]
    here[last] = value


def typed(field: Field, answer: Any, path: str, today: int) -> Any:
    """A value as typed, as it stands in a profile.

    Raises:
        PatientError: it is none, and why.
    """
    text = answer.strip() if isinstance(answer, str) else answer
    if field.kind == "date":
        return _date(field, text, path, today)
    if not isinstance(text, str):
        return text
    if field.kind == "choice":
        return _choice(field, text, path)
    if field.kind == "flag":
        if text.lower() in _YES or text.lower() in _NO:
            return text.lower() in _YES
        raise _refused(path, f"found '{text}'", "yes or no")
    if field.kind == "quantity":
        return _quantity(field, text, path)
    if field.kind == "number":
        return _number(text, path)
    if field.kind == "words":
        return [word.strip() for word in text.split(",") if word.strip()]
    return text


def _choice(field: Field, text: str, path: str) -> str:
    same = {word.lower(): word for word in field.choices}
    word = same.get(text.lower().replace(" ", "-")) or same.get(text.lower())
    if word is None:
        raise _refused(
            path, f"found '{text}'", f"one of {', '.join(field.choices)}", hint=word_hint(text, field.choices)
        )
    return word


def _date(field: Field, answer: Any, path: str, today: int) -> Any:
    if field.nothing and isinstance(answer, str) and answer.lower() in (field.nothing, "ongoing"):
        return None
    try:
        found = parse_date(answer)
    except ValueError as error:
        raise _refused(path, str(error), code="not-a-date") from None
    if found.earliest > today and not field.nothing:
        raise _refused(
            path,
            f"{found} is after the day judged, {date.fromordinal(today)}",
            "a day that has been",
            code="out-of-range",
        )
    return found.text


def _quantity(field: Field, text: str, path: str) -> dict[str, Any]:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise _refused(
            path, f"found '{text}'", f"a number and its unit, one of {', '.join(field.units)}", code="unknown-unit"
        )
    value, unit, limit = match.groups()
    found = {"value": _number(value, path), "unit": unit}
    return found if limit is None else {**found, "upper_limit": _number(limit, path)}


def _number(text: str, path: str) -> float | int:
    """A decimal comma is not guessed at: 1,200 may be either."""
    try:
        plain = plain_power(text)
        found = float(plain)
    except ValueError:
        hint = number_hint(text).removeprefix("; ")
        raise _refused(path, f"found '{text}'", "a number, with a point for decimals: 3.5 or 1e-6", hint=hint) from None
    return int(found) if found.is_integer() and "." not in plain and "e" not in plain.lower() else found


def _refused(path: str, message: str, wanted: str = "", code: str = "bad-value", hint: str = "") -> PatientError:
    return PatientError([Problem(message, "answer", path, expected=wanted, code=code, hint=hint)])
