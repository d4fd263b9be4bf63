"""What speaks against a coded value: its own words, the interpretation beside it, a reason why the value is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .codes import CodeTable
from .codes.table import Reading
from .collecting import Collector
from .current import OBJECT, Resource
from .elements import interpretations, value_of, word, wording, words
from .saying import names, says

_DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
# A point or a comma inside a number ends no sentence.
_SENTENCES = re.compile(r"[;!?\n]+|\.(?!\d)")
_WORDS = re.compile(r"[()\[\],:\s]+")
_NUMBER = re.compile(
    r"(?P<below>(?:<|\u2264|less than|below|under)\s*)?(?<![\w.,^-])(?P<number>\d+(?:[.,]\d+)*)(?P<share>\s*%)?"
)
_POWER = re.compile(
    r"(?P<below>(?:<|\u2264|less than|below|under)\s*)?(?<![\d.,])(?P<factor>\d+(?:[.,]\d+)?)\s*"
    r"(?:[x*\u00d7]\s*10\s*\^?|e)\s*[-\u2212\u2013]\s*\d"
)


def contradicted(collector: Collector, resource: Resource, found: str | None) -> str:
    """Why a value coded as present or absent cannot be relied on; empty when nothing speaks against it."""
    name, value = value_of(resource)
    if name and resource.get("dataAbsentReason"):
        return "a reason why there is no value stands beside the value"
    if says_why_missing(value) or says_why_missing(resource.get(f"_{name}")):
        return "an extension of its value says why there is none"
    if found not in ("present", "absent"):
        return ""
    listed = interpretations(resource)
    said = {item for concept in listed for item in words(collector.table, concept)} & {
        "present",
        "absent",
        "indeterminate",
    }
    if said - {found}:
        return f"its interpretation ({', '.join(sorted(said))}) speaks against its value ({found})"
    return against_absence(collector.table, [value], listed) if found == "absent" else ""


def says_why_missing(value: object) -> bool:
    """Whether a value, or a part of it, has an extension that says why it is not there."""
    if isinstance(value, list):
        return any(says_why_missing(item) for item in value)
    if not isinstance(value, OBJECT):
        return False
    if value.get("url") == _DATA_ABSENT:
        return True
    return any(says_why_missing(item) for item in value.values())


def against_absence(table: CodeTable, values: list[object], listed: list[object]) -> str:
    """Why "nothing was found" cannot be relied on, by what values and interpretations say beside it; empty where nothing does."""
    reading = table.reading
    for concept in listed:
        code = _unknown_interpretation(table, concept)
        if code:
            return f"its interpretation ({code}) is not known to mean that nothing was found"
    for concept in (*values, *listed):
        for text in spoken(table, concept):
            found = unsettled_by(reading, text) or _not_the_usual(reading, text)
            if found:
                return f"the words beside its value {found}"
        code = silent_code(table, concept)
        if code:
            return f"a second code of its value ({code}) is not known and says nothing"
    return ""


def spoken(table: CodeTable, concept: object) -> Iterator[str]:
    """The texts of a concept, each by itself; a code without a display that nobody knows stands for its words."""
    if isinstance(concept, str):
        yield concept
    if not isinstance(concept, OBJECT):
        return
    if isinstance(concept.get("text"), str):
        yield concept["text"]
    for item in _codings(concept):
        display, code, system = item.get("display"), item.get("code"), item.get("system")
        if isinstance(display, str) and display.strip():
            yield display
        elif isinstance(code, str) and (not isinstance(system, str) or table.value(system, code) is None):
            yield code


def _codings(concept: object) -> list[Any]:
    items = concept.get("coding") if isinstance(concept, OBJECT) else None
    return [item for item in items if isinstance(item, OBJECT)] if isinstance(items, list) else []


def _unknown_interpretation(table: CodeTable, concept: object) -> str:
    """A code of HL7's interpretations that does not say that nothing was found, or is none; of a local system, one that says so."""
    for item in _codings(concept):
        system, code = item.get("system"), item.get("code")
        if not isinstance(code, str):
            continue
        own = isinstance(system, str) and table.key(system, code)[0] == "interpretation"
        if isinstance(system, str) and not own and table.value(system, code) is not None:
            continue
        means = table.values.get(("interpretation", code.strip()))
        harmless = means == "absent" or code.strip() in table.reading.harmless_interpretations
        if means in ("present", "indeterminate") if not own else not harmless:
            return code
    return ""


def silent_code(table: CodeTable, concept: object) -> str:
    """A code of a public system that is not in the table and has no words; a local one is the laboratory's name for the other."""
    for item in _codings(concept):
        system, code = item.get("system"), item.get("code")
        if not isinstance(system, str) or not isinstance(code, str) or item.get("display"):
            continue
        known = table.key(system, code)[0]
        if known in table.names.values() and known != "interpretation" and table.value(system, code) is None:
            return f"{known} {code}"
    return ""


def reports_a_finding(collector: Collector, text: str) -> bool:
    """Whether words say that something was found, those taken out that say that nothing was."""
    return says(
        collector.table.reading, _without_denials(collector.table.reading, text), collector.table.reading.found_words
    )


def _without_denials(reading: Reading, text: str) -> str:
    left = text.casefold()
    for phrase in reading.not_found_words:
        left = left.replace(phrase, " ")
    return left


def unsettled_by(reading: Reading, text: str) -> str:
    """What words beside "nothing was found" say against it: found, how much, or that nothing follows; empty where none of it."""
    for sentence in sentences(text):
        left = _without_denials(reading, _without_what_everybody_has(reading, sentence))
        if says(reading, left, reading.found_words) or _signs(reading, left):
            return "say that something was found"
        if says(reading, sentence, reading.unsettled_words):
            return "say that nothing follows from it"
        if names_a_level(reading, sentence):
            return "say how much was found"
    return ""


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, in small letters; a colon or a comma ends none."""
    return (part.strip() for part in _SENTENCES.split(text.casefold()) if part.strip())


def _without_what_everybody_has(reading: Reading, sentence: str) -> str:
    """A sentence without what was found at diagnosis, that nothing was identified, or that cells were normal ones."""
    if names(sentence, reading.normal_cell_words) and not says(reading, sentence, reading.clone_words):
        return ""
    found = "|".join(map(re.escape, reading.found_words))
    left = re.sub(rf"(?:{found})\w* (no|none|nothing)\b", r" \1", sentence)
    for phrase in reading.of_diagnosis_words:
        left = re.sub(rf"(?:{found})\w*(?: \w+){{0,3}}? {re.escape(phrase)}", " ", left)
    return left


def _signs(reading: Reading, text: str) -> bool:
    """Whether a sentence has such a sign that is not denied; a plus only at its end, between names it joins them."""
    tokens = [token.rstrip(".") for token in _WORDS.split(text) if token.rstrip(".")]
    for before, token in zip(["", *tokens], tokens, strict=False):
        joins = not token.strip("+") and token is not tokens[-1]
        if token in reading.found_signs and not joins and before not in reading.denying_words:
            return True
    return False


def _not_the_usual(reading: Reading, text: str) -> str:
    said = (part for part in sentences(text) if not names(part, reading.not_found_words))
    return (
        "say that it is not the usual one" if any(says(reading, part, reading.abnormal_words) for part in said) else ""
    )


def names_a_level(reading: Reading, sentence: str) -> bool:
    """Whether a sentence says how much of the disease was found, and not how deep the test went."""
    if names(sentence, reading.depth_words) or names(sentence, reading.normal_cell_words):
        return False
    in_clone = says(reading, sentence, reading.clone_words)
    if names(sentence, reading.clone_words) and not in_clone:
        return False
    amounts = [item for item in _NUMBER.finditer(sentence) if _is_some(item["number"]) and not item["below"]]
    if any(item["share"] for item in amounts) and (in_clone or not re.search(r"[a-z]", sentence)):
        return True
    if amounts and names(sentence, reading.level_units):
        return True
    denied = names(sentence, reading.not_found_words)
    return not denied and any(
        not item["below"] and item["factor"] not in ("1", "1.0") and _is_some(item["factor"])
        for item in _POWER.finditer(sentence)
    )


def denied_at_its_end(reading: Reading, sentence: str) -> bool:
    """Whether a sentence denies behind what it names: "not detected", "none", or a number that is nothing or below a limit."""
    amounts = list(_NUMBER.finditer(sentence))
    if amounts and all(item["below"] or not _is_some(item["number"]) for item in amounts):
        return True
    return names(sentence, reading.not_found_words) or _WORDS.split(sentence)[-1] in reading.denying_words


def _is_some(number: str) -> bool:
    return bool(number.strip("0.,"))


def is_usual(table: CodeTable, concept: object) -> bool:
    """Whether an interpretation says, by its code or in words, that a value is the usual one."""
    in_words = not _codings(concept) and wording(concept).strip().casefold() in table.reading.usual_words
    return (in_words or word(table, concept) == "absent") and not against_absence(table, [], [concept])
