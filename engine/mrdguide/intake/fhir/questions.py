"""Questions and their answers: what is answered with no says nothing, unless it was good news that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .codes import CodeTable
from .codes.table import Domain, Reading
from .current import OBJECT, Resource
from .elements import number, value_parts, wording, words
from .saying import is_dated, mentions, plain, says

# What a result that answers a question with no may hold besides; anything else may say more.
_PLAIN = frozenset(
    (
        "resourceType", "id", "meta", "identifier", "status", "category", "code", "subject", "encounter", "effectiveDateTime",
        "effectivePeriod", "effectiveInstant", "issued", "performer", "basedOn", "partOf", "method", "bodySite", "specimen", "device",
    )
)  # fmt: skip
# What a name speaks of when its answer is no; a test that found nothing is still one that was not read.
_ASKED: frozenset[Domain] = frozenset(("diagnosis", "harm", "therapy"))
_WORD = re.compile(r"[^\W_]+")
# A small number, and whether it is said to be more than that; days and years are none.
_COUNTED = re.compile(r"(?<![\d./-])(\d{1,2})(?![\d./-])")
_MORE = re.compile(r"(?:>|more than|mehr als|plus de|mas de|piu di)\s*$", re.IGNORECASE)
# What a question is made of; anything else in it (a comment) was added, whatever the answer is.
_OF_A_QUESTION = frozenset(("id", "linkId", "definition", "text", "answer", "item"))


def without_what_is_no(table: CodeTable, response: Resource) -> Resource:
    """A QuestionnaireResponse without the questions that were not answered, or with no."""
    return {**response, "item": _asked(table, response.get("item"))}


def answered_against(table: CodeTable, response: Resource) -> set[Domain]:
    """What answers tell that a question alone does not: good news that is denied, and how many lines of therapy there were."""
    found: set[Domain] = set()
    for question, answers in _questions(response.get("item")):
        if answers and all(_is_no(table, answer, question) for answer in answers):
            found |= lost_by_no(table.reading, question)
        found |= told_by_number(table.reading, question, [value for answer in answers for value in value_parts(answer)])
    return found


def told_by_an_answer(table: CodeTable, resource: Resource, spoken: set[Domain]) -> set[Domain]:
    """What a result of no known meaning speaks of, its value taken as the answer to its name."""
    if resource.get("resourceType") != "Observation":
        return spoken
    values, question = list(value_parts(resource)), wording(resource.get("code"))
    found = spoken | told_by_number(table.reading, question, values)
    beside = {name for name in resource if name not in _PLAIN and not name.startswith("value")}
    if len(values) != 1 or beside or not says_no(table, values[0], question):
        return found
    return (found - _ASKED) | lost_by_no(table.reading, question)


def lost_by_no(reading: Reading, question: str) -> set[Domain]:
    """What it tells when a question is answered with no: that good news was asked for, or whether there is no news."""
    found = {domain for domain, good in reading.good_words.items() if mentions(reading, question, good)}
    good = mentions(reading, question, (*reading.remission_words, *reading.steady_words))
    if good and (mentions(reading, question, reading.disease_words) or _asks_for_nothing_else(reading, question)):
        found.add("diagnosis")
    if mentions(reading, question, reading.course_words) and not says(reading, question, reading.course_words):
        found.add("diagnosis")
    return found


def told_by_number(reading: Reading, question: str, values: list[object]) -> set[Domain]:
    """Therapy, where it is asked how many lines there were and there was more than one."""
    if not mentions(reading, question, reading.lines_words):
        return set()
    return {"therapy"} if any(_is_more_than_one(reading, value) for value in values) else set()


def _is_more_than_one(reading: Reading, value: object) -> bool:
    """Whether a value says that there was more than one, in figures or in words."""
    if isinstance(value, OBJECT) and "value" in value:
        amount, least = number({**value, "comparator": None}), value.get("comparator")
        return amount is not None and least not in ("<", "<=") and (amount > 1 or (amount == 1 and least == ">"))
    amount = _amount(value)
    if amount is not None:
        return amount > 1
    said = plain(_said_of(value))
    counted = [(int(found[1]), _MORE.search(said[: found.start()])) for found in _COUNTED.finditer(said)]
    return any(amount > 1 or (amount == 1 and more) for amount, more in counted) or mentions(
        reading, said, reading.several_words
    )


def says_no(table: CodeTable, value: object, question: str = "") -> bool:
    """Whether a value says no: a flag, a code, a word, or none of what is counted."""
    if isinstance(value, bool):
        return not value
    amount = _amount(value)
    if amount is not None:
        return amount == 0 and not mentions(table.reading, question, table.reading.time_words)
    concept = _concept(value)
    if words(table, concept):
        return words(table, concept) == {"absent"}
    return _is_denial(table.reading, _said_of(value))


def _concept(value: object) -> object:
    """A value as a concept, where it is a Coding alone."""
    alone = isinstance(value, OBJECT) and "coding" not in value and "text" not in value
    return {"coding": [value]} if alone else value


def _said_of(value: object) -> str:
    return wording(_concept(value))


def _is_denial(reading: Reading, text: str) -> bool:
    """Whether a text is nothing but a denial: "No, none so far"."""
    said = [word.casefold() for word in _WORD.findall(plain(text))]
    return any(word in reading.denying_words for word in said) and all(
        word in reading.denying_words or word in reading.answer_filling for word in said
    )


def _amount(value: object) -> float | None:
    if isinstance(value, str) and value.strip().isdecimal():
        return float(value)
    return number(value)


def _asks_for_nothing_else(reading: Reading, question: str) -> bool:
    asked = (*reading.remission_words, *reading.steady_words, *reading.question_filling)
    return all(word.casefold().startswith(asked) for word in _WORD.findall(plain(question)))


def _asked(table: CodeTable, items: Any) -> list[Any]:
    """The questions that tell something; of those answered with no, what stands inside them."""
    return [kept for item in (items if isinstance(items, list) else [items]) if (kept := _left_of(table, item))]


def _left_of(table: CodeTable, item: Any) -> Any:
    if not isinstance(item, OBJECT):
        return item
    inside = _asked(table, item.get("item"))
    answers = [answer for answer in _listed(item.get("answer")) if answer is not None]
    question = str(item.get("text", ""))
    left = [answer for answer in answers if not _is_no(table, answer, question) or _inside(table, answer)]
    added = {name: value for name, value in item.items() if name not in _OF_A_QUESTION}
    if not left and not inside and not added:
        # A question without an answer says nothing; a day in it may be that of something that happened.
        return item if not answers and is_dated(question) else None
    return {**(item if left or inside else added), "item": inside, "answer": left}


def _inside(table: CodeTable, answer: Any) -> list[Any]:
    return _asked(table, answer.get("item")) if isinstance(answer, OBJECT) else []


def _is_no(table: CodeTable, answer: Any, question: str) -> bool:
    """Whether an answer says no and nothing besides."""
    if not isinstance(answer, OBJECT) or any(name != "item" and not name.startswith("value") for name in answer):
        return False
    values = list(value_parts(answer))
    return len(values) == 1 and says_no(table, values[0], question)


def _questions(items: Any) -> Iterator[tuple[str, list[Resource]]]:
    """Every question with its answers, those inside others among them."""
    for item in _listed(items):
        if isinstance(item, OBJECT):
            answers = [answer for answer in _listed(item.get("answer")) if isinstance(answer, OBJECT)]
            yield str(item.get("text", "")), answers
            yield from _questions(item.get("item"))
            for answer in answers:
                yield from _questions(answer.get("item"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
