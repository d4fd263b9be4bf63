"""The interview as a FHIR R4 form: a Questionnaire of what is not recorded yet, and a QuestionnaireResponse back.

Every `linkId` is the place of the answer in the profile (`mrd.result` in the repeating group `mrd`); `said:` before it holds
what is said in the place of an answer, `attested:` what a named role answers for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import PatientError, Problem
from ..interview import Field, Question, answered
from ..interview.asking import as_mapping
from ..interview.forms import form_questions
from ..patient.profile import Patient
from ..patient.reader import read_patient
from ..reading.arguments import wrong_argument
from ..rulebook.given import Rules, rule_book
from .in_place_of_an_answer import (
    ATTESTED,
    SAID,
    after_what_was_attested,
    after_what_was_said,
    attested_items,
    item_for,
    subjects,
)

_URL = "urn:mrdguide:questionnaire:interview"
_UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire"
_UCUM = "http://unitsofmeasure.org"
_TYPES = {
    "date": "date", "choice": "choice", "quantity": "quantity", "number": "decimal", "flag": "boolean",
    "words": "string", "text": "string",
}  # fmt: skip
_VALUES = {
    "date": "valueDate", "choice": "valueCoding", "quantity": "valueQuantity", "decimal": "valueDecimal",
    "boolean": "valueBoolean", "string": "valueString",
}  # fmt: skip
_GOING_ON, _UPPER_LIMIT = "going-on", "upper_limit"
_FIRST = "diagnosis.disease"


def questionnaire(profile: Mapping[str, Any] | Patient | None = None, *, rules: Rules = None) -> dict[str, Any]:
    """A Questionnaire of everything the interview may ask and the profile does not hold yet; of all of it without a profile.

    Raises:
        UsageError: `profile` is neither a mapping nor a patient, or `rules` no rules.
        RuleBookError: the rules cannot be used.
    """
    if profile is not None and not isinstance(profile, Mapping | Patient):
        raise wrong_argument("profile", profile, "a profile as a dict, what mrdguide.read_patient returns, or None")
    book, record = rule_book(rules), as_mapping(profile or {})
    questions = list(form_questions(record, book))
    return {
        "resourceType": "Questionnaire", "meta": {"profile": [_SDC]}, "url": _URL, "status": "draft",
        "title": "What a recommendation on maintenance hangs on", "subjectType": ["Patient"],
        "item": [
            *(_item(question) for question in questions),
            *(item_for(question) for question in questions if question.path != _FIRST),
            *attested_items(book, record),
        ],
    }  # fmt: skip


def _item(question: Question) -> dict[str, Any]:
    if question.kind not in ("entries", "report"):
        return _answered_by(question.path, question.text, question.fields[0], required=question.path == _FIRST)
    return {
        "linkId": question.path, "text": question.text, "type": "group", "required": False,
        "repeats": question.kind == "entries",
        "item": [_answered_by(f"{question.path}.{field.path}", field.label, field) for field in question.fields],
    }  # fmt: skip


def _answered_by(path: str, text: str, field: Field, *, required: bool = False) -> dict[str, Any]:
    item: dict[str, Any] = {"linkId": path, "text": text, "type": _TYPES[field.kind], "required": required}
    if field.kind == "words":
        item["repeats"] = True
    if field.choices:
        item["answerOption"] = [{"valueCoding": {"code": word, "display": word}} for word in field.choices]
    if field.units:
        item["extension"] = [
            {"url": _UNIT_OPTION, "valueCoding": {"system": _UCUM, "code": unit}} for unit in field.units
        ]
        limit = {"linkId": f"{path}.{_UPPER_LIMIT}", "text": "upper limit of the laboratory", "type": "decimal"}
        item["item"] = [limit]
    if field.nothing:
        item["item"] = [{"linkId": f"{path}.{_GOING_ON}", "text": field.nothing, "type": "boolean"}]
    return item


def read_questionnaire_response(
    response: Mapping[str, Any],
    profile: Mapping[str, Any] | Patient | None = None,
    *,
    rules: Rules = None,
    as_of: str | None = None,
) -> dict[str, Any]:
    """The profile with the answers of a QuestionnaireResponse in it, as a new dict.

    Raises:
        PatientError: with every linkId that is not known and every value that cannot be read; nothing is dropped.
    """
    if response.get("resourceType") != "QuestionnaireResponse":
        raise PatientError([_problem("", "no QuestionnaireResponse", "bad-value")])
    if response.get("status") not in ("completed", "amended", "in-progress"):
        raise PatientError(
            [_problem("status", f"a response that is {response.get('status')!r} is not read", "bad-value")]
        )
    book = rule_book(rules)
    questions = {question.path: question for question in form_questions({}, book)}
    beside = {*(f"{SAID}{path}" for path in questions), *(f"{ATTESTED}{what}" for what in subjects(book))}
    record = as_mapping(profile or {})
    problems: list[Problem] = []
    gathered: dict[str, list[Any]] = {}
    in_place: list[tuple[str, Mapping[str, Any]]] = []
    for item in response.get("item") or ():
        path = str(item.get("linkId"))
        if path in beside:
            in_place.append((path, item))
        elif path not in questions:
            problems.append(_problem(path, "no question has this linkId", "unknown-key"))
        else:
            gathered.setdefault(path, []).extend(_values_of(questions[path], item, problems))
    for path, values in gathered.items():
        question = questions[path]
        try:
            for answer in [values] if question.kind == "entries" else values:
                record = answered(record, question, answer, as_of=as_of)
        except PatientError as error:
            problems.extend(error.problems)
    for path, item in in_place:
        try:
            record = _after(record, path, questions, item, as_of, problems)
        except PatientError as error:
            problems.extend(error.problems)
    if problems:
        raise PatientError(problems)
    return record


def _after(
    record: dict[str, Any],
    path: str,
    questions: Mapping[str, Question],
    item: Mapping[str, Any],
    as_of: str | None,
    problems: list[Problem],
) -> dict[str, Any]:
    if path.startswith(SAID):
        return after_what_was_said(record, questions[path.removeprefix(SAID)], item, as_of, problems)
    after = after_what_was_attested(record, path.removeprefix(ATTESTED), item, problems)
    diagnosis = {"disease": "multiple-myeloma", **(after.get("diagnosis") or {})}
    read_patient({"id": "form", **after, "diagnosis": diagnosis})
    return after


def _values_of(question: Question, item: Mapping[str, Any], problems: list[Problem]) -> Iterator[Any]:
    if question.kind not in ("entries", "report"):
        value = _value(question.fields[0], question.path, item, problems)
        if value is not None:
            yield value
        return
    fields = {f"{question.path}.{field.path}": field for field in question.fields}
    entry: dict[str, Any] = {}
    for inner in item.get("item") or ():
        path = str(inner.get("linkId"))
        if path not in fields:
            problems.append(_problem(path, "no question has this linkId", "unknown-key"))
            continue
        value = _value(fields[path], path, inner, problems)
        if value is not None:
            entry[fields[path].path] = value
    if entry:
        yield entry


def _value(field: Field, path: str, item: Mapping[str, Any], problems: list[Problem]) -> Any:
    answers: Sequence[Mapping[str, Any]] = item.get("answer") or ()
    key = _VALUES[_TYPES[field.kind]]
    values = [answer.get(key, _below(answer, path, field, problems)) for answer in answers]
    if any(value is None for value in values) or (len(values) > 1 and field.kind != "words"):
        wanted = f"answered with one {key}" if field.kind != "words" else f"answered with {key}"
        problems.append(_problem(path, f"has to be {wanted}", "bad-value"))
        return None
    if not values:
        return _below(item, path, field, problems)
    if field.kind == "words":
        return values
    if field.kind == "choice":
        return str(values[0].get("code"))
    if field.kind != "quantity":
        return values[0]
    read = {"value": values[0].get("value"), "unit": values[0].get("code") or values[0].get("unit")}
    if values[0].get("comparator"):
        problems.append(_problem(path, f"a value with '{values[0]['comparator']}' is no exact value", "bad-value"))
    limit = _below(answers[0], path, field, problems)
    return read if limit is None else {**read, _UPPER_LIMIT: limit}


def _below(item: Mapping[str, Any], path: str, field: Field, problems: list[Problem]) -> Any:
    """What stands below an answer: the upper limit of a laboratory value, or that a therapy is going on."""
    found: Any = None
    for inner in item.get("item") or ():
        answer: Mapping[str, Any] = next(iter(inner.get("answer") or ()), {})
        if field.kind == "quantity" and inner.get("linkId") == f"{path}.{_UPPER_LIMIT}" and "valueDecimal" in answer:
            found = answer["valueDecimal"]
        elif field.nothing and inner.get("linkId") == f"{path}.{_GOING_ON}" and answer.get("valueBoolean") is True:
            found = field.nothing
        elif inner.get("answer"):
            problems.append(_problem(str(inner.get("linkId")), "no answer that can be read here", "unknown-key"))
    return found


def _problem(path: str, message: str, code: str) -> Problem:
    return Problem(message, "QuestionnaireResponse", path, code=code)
