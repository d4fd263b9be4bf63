"""What words say beside what is read: notes, reasons and stages of a resource.

A code tells what it tells; the note beside it may say that the disease came back, or that the sample was no good. Such words
decide nothing and open what they could change, as a text that a person can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .attached import attached_text, without_tags
from .codes import CodeTable
from .codes.table import Domain
from .collecting import Collector
from .contradictions import says_why_missing, unsettled_by
from .course_codes import coded_news, concepts, is_told_by_code, meanings_inside
from .current import OBJECT, Resource
from .elements import PLAIN, codings, meanings, value_parts
from .samples import speaks_of_the_sample
from .saying import mentions, says, sentences
from .unread import (
    SPEAKING,
    by_code,
    in_order,
    news_of,
    telling_components,
    tells_of_another_disease,
    tells_of_the_course,
)

BESIDE = "note"
"""The element that stands for all words beside a coded one."""

_ELEMENTS = (
    "code", "note", "reasonCode", "statusReason", "stage", "evidence", "conclusion", "outcome", "followUp", "dosage", "dosageInstruction",
    "statusReasonCodeableConcept", "clinicalStatus", "bodySite", "severity", "method", "device", "referenceRange", "reasonReference",
    "basedOn", "complication", "complicationDetail", "extension", "presentedForm", "derivedFrom", "partOf", "encounter", "context",
    "imagingStudy", "abatementString",
)  # fmt: skip
# What a resource is, whose it is and what is read by itself.
_OWN = frozenset(
    ("resourceType", "id", "meta", "text", "contained", "identifier", "subject", "patient", "code", "medicationCodeableConcept", "event")
)  # fmt: skip
# Those who did it, who may say how.
_WHO = ("performer", "resultsInterpreter")
# Elements that name what was used or suspected, as a value does.
_NAMING = ("usedCode", "suspectEntity")
# A share of cells above it is no depth of an MRD test.
_SHALLOWEST = 1e-2
_WORDS = frozenset(
    (
        "text", "display", "title", "description", "summary", "div", "comment", "name", "conclusion", "contentString",
        "patientInstruction", "detail", "basis", "rationale",
    )
)  # fmt: skip
# What is found in these is found in the patient; therapy may be for a plasmacytoma of long ago, and its category is its phase.
_TELLING = ("Condition", "Observation", "DiagnosticReport")
_ELEMENTS_THAT_TELL = (*_ELEMENTS, "category")
# Whatever it stands under, a string of several words says something.
_SAYING = re.compile(r"[^\W\d_]{2}.*\s.*[^\W\d_]{2}", re.DOTALL)
_DEPTHS = re.compile(
    r"(?<![0-9.])(?:1\s*e|1\s*E|(?:1\s*[x*\u00d7]\s*)?10\s*(?:\^|\*\*?)?)\s*[-\u2212\u2013]\s*0?([3-7])(?![0-9])"
)
_ONE_IN = re.compile(
    r"(?<![0-9.,])1\s*(?:in|per|:|/)\s*(10(?:[., ]?0{3})*0{0,2}|[1-9][0-9]{0,2}(?:[., ]?[0-9]{3})+)(?![0-9])"
)


def read_asides(collector: Collector, resource: Resource) -> None:
    """Open what the words beside a resource that was read could change, and those beside its sample."""
    reading = collector.table.reading
    read_coded_asides(collector, resource)
    of_code = set(by_code(collector.table, resource))
    if "mrd" in of_code:
        _beside_the_sample(collector, resource)
    # Those of an MRD test are read one by one.
    parts = _extensions_of_components(resource) if "mrd" in of_code else [resource.get("component")]
    said = "; ".join(
        (
            *_said(without_names(collector.table, resource)),
            *(text for value in (*value_parts(resource), *parts) for text in _inner(value)),
        )
    )
    read_narrative(collector, resource)
    _read_beside_its_elements(collector, resource, of_code)
    if not said:
        return
    found = _news(collector, said) | {
        name for name, wanted in reading.beside_words.items() if name in of_code and says(reading, said, wanted)
    }
    if resource.get("resourceType") in _TELLING and tells_of_another_disease(collector.table, said):
        found.add("diagnosis")
    collector.open_text(
        in_order(found), resource, "words beside what is coded speak of disease or of the sample", BESIDE
    )


def _read_beside_its_elements(collector: Collector, resource: Resource, of_code: set[Domain]) -> None:
    """Open what those who did it, and what is added to a text or a number, take the ground from."""
    reading = collector.table.reading
    who = "; ".join(text for name in _WHO for text in _inner(resource.get(name)))
    remarks = [text for text in _inner(resource.get("extension")) if _is_a_phrase(text)]
    added = "; ".join((*_added(resource), *remarks))
    if not who and not added:
        return
    # The names of clinics and firms have words of other domains in them ("Limited").
    found = _of_this_disease(collector, who)
    found |= {"mrd"} if "mrd" in of_code and says(reading, who, reading.beside_words["mrd"]) else set()
    if unsettled_by(reading, added) or says(reading, added, reading.withdrawing_words):
        found |= of_code
    found |= _news(collector, added)
    reason = "words that are added to what is coded, or say who did it, speak against it"
    collector.open_text(in_order(found), resource, reason, BESIDE)


def _added(resource: Resource) -> list[str]:
    """The words of the extensions of texts, numbers and days, which stand in an element of their own (`_status`)."""
    found: list[str] = []
    _collect_added(resource, found)
    return found


def _collect_added(value: Any, found: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, PLAIN):
                _collect_added(item, found)
    elif isinstance(value, OBJECT):
        for name, item in value.items():
            if name.startswith("_"):
                _collect_words(_without_reasons(item), found)
            elif name not in ("contained", "text") and not isinstance(item, PLAIN):
                _collect_added(item, found)


def _without_reasons(added: Any) -> Any:
    """What is added without the codes for why something is missing, which are told with what is missing."""
    if isinstance(added, list):
        return [_without_reasons(item) for item in added]
    listed = added.get("extension") if isinstance(added, OBJECT) else None
    return listed if not isinstance(listed, list) else [item for item in listed if not says_why_missing(item)]


def read_narrative(collector: Collector, resource: Resource) -> None:
    """Open what a generated narrative tells news of, unless the resource tells it by a code: most say again what is coded."""
    table, narrative = collector.table, resource.get("text")
    if not isinstance(narrative, OBJECT) or narrative.get("status") == "additional":
        return
    said = _without_official_names(table, resource, "; ".join(_inner(narrative)))
    found = _news(collector, said) if said else set()
    if resource.get("resourceType") in _TELLING and tells_of_another_disease(table, said):
        found.add("diagnosis")
    if found and not is_told_by_code(table, resource):
        reason = "its narrative tells news that what is coded does not"
        collector.open_text(in_order(found), resource, reason, BESIDE)


def _without_official_names(table: CodeTable, resource: Resource, said: str) -> str:
    named = [name for meaning, _, _ in meanings(table, resource.get("code")) for name in meaning.entry.named]
    return re.sub("|".join(map(re.escape, named)), " ", said, flags=re.IGNORECASE) if named else said


def read_patient_words(collector: Collector, patient: Resource) -> None:
    """Open what is written on the Patient itself: its narrative, and what a site added."""
    said = "; ".join((*_inner(patient.get("text")), *_inner(patient.get("extension"))))
    found = set(news_of(collector.table, said))
    if tells_of_the_course(collector.table, said) or tells_of_another_disease(collector.table, said):
        found.add("diagnosis")
    collector.open_text(in_order(found), patient, "words on the patient's own record speak of the disease", "text")


def read_coded_asides(collector: Collector, resource: Resource) -> None:
    """Open what a code beside its own one tells, in whatever element: that the disease came back, other harm, other therapy.

    What a value names is kept until it is known which therapy is recorded.
    """
    table = collector.table
    if "component" in resource:
        resource = {**resource, "component": telling_components(table, resource)}
    named: dict[str, Any] = {}
    for name, value in resource.items():
        is_value = _is_value(name)
        if is_value or name in _NAMING:
            named[name] = value
        if name in _OWN or isinstance(value, PLAIN):
            continue
        # Where these tell a state of the disease they are read as such.
        states = not is_value and name != "category"
        reason = "a code beside what is read tells that the disease came back, or is another one, or of other harm or therapy"
        if news := coded_news(table, value, states=states):
            collector.open(in_order(news), resource, reason, name)
    if not named:
        return
    if any(name in _NAMING for name in named) or any(
        not meaning.irrelevant for meaning, _ in meanings_inside(table, named)
    ):
        collector.named.append((resource, named))


def _is_value(name: str) -> bool:
    return name.startswith("value") or name == "component"


def read_words_beside(collector: Collector, resource: Resource) -> None:
    """Open what the words tell that stand in any element beside a code that is ordinary, or that nobody knows.

    What is read with the code itself is left out, but for drugs, of which nothing is; and of another disease than this one
    people write that it came back, so a sentence must name this one, unless it stands beside a drug or what one did.
    """
    table, kind = collector.table, str(resource.get("resourceType"))
    of_therapy = kind.startswith("Medication") or kind == "AdverseEvent"
    said = "; ".join(_inner(_beside(collector, resource, () if of_therapy else SPEAKING)))
    if not said:
        return
    found = _news(collector, said) if of_therapy else set(news_of(table, said)) | _of_this_disease(collector, said)
    if says(table.reading, said, table.reading.other_disease_words):
        found.add("diagnosis")
    collector.open_text(
        in_order(found), resource, "says nothing itself, and the words beside it speak of disease", BESIDE
    )


def keep_named_therapy(collector: Collector, resource: Resource) -> None:
    """Keep the words beside an ordinary drug that name therapy, until it is known which is recorded: what it was given with."""
    beside = _beside(collector, resource, ())
    if mentions(collector.table.reading, "; ".join(_inner(beside)), collector.table.reading.words["therapy"]):
        collector.named.append((resource, beside))


def _beside(collector: Collector, resource: Resource, read: tuple[str, ...]) -> Resource:
    narrative = resource.get("text")
    more = isinstance(narrative, OBJECT) and narrative.get("status") == "additional"
    left_out = {*_OWN, *read, *collector.table.reading.elements_of_who}
    left_out |= {"presentedForm", *(name for name in resource if _is_value(name))} if read else set()
    return {
        name: value
        for name, value in resource.items()
        if (name not in left_out and not (isinstance(value, str) and " " not in value)) or (name == "text" and more)
    }


def _of_this_disease(collector: Collector, said: str) -> set[Domain]:
    """The diagnosis where a sentence names this disease, or a marker of it, and says that it came back or got worse."""
    table, reading = collector.table, collector.table.reading
    returned = tells_of_the_course(table, said) and any(
        mentions(reading, sentence, reading.disease_words) and tells_of_the_course(table, sentence)
        for sentence in sentences(said)
    )
    return {"diagnosis"} if returned else set()


def read_reasons(collector: Collector, resource: Resource) -> None:
    """Open what the words beside something tell that says nothing itself: why it was cancelled, what an ordinary drug is for."""
    found = _news(collector, said_beside({**resource, "code": None}))
    collector.open_text(
        in_order(found), resource, "says nothing itself, and the words beside it speak of disease", BESIDE
    )


def _news(collector: Collector, said: str) -> set[Domain]:
    """What words tell news of that stand beside something of this disease."""
    course: set[Domain] = {"diagnosis"} if tells_of_the_course(collector.table, said, of_the_disease=True) else set()
    return course | news_of(collector.table, said)


def said_beside(resource: Resource) -> str:
    """The words beside what is coded."""
    return "; ".join(_said(resource))


def without_names(table: CodeTable, resource: Resource) -> Resource:
    """A resource without the displays that only say what its code is called: `Cancer disease progression` tells of no progression."""
    concept = resource.get("code")
    items = concept.get("coding") if isinstance(concept, OBJECT) else None
    if not isinstance(concept, OBJECT) or not isinstance(items, list):
        return resource
    kept = [{**item, "display": None} if _is_named_so(table, item) else item for item in items]
    named = {item["display"].casefold() for item, left in zip(items, kept, strict=True) if left is not item}
    text = concept.get("text")
    said_again = isinstance(text, str) and text.strip().casefold() in named
    return (
        {**resource, "code": {**concept, "coding": kept, "text": None if said_again else text}} if named else resource
    )


def _is_named_so(table: CodeTable, coding: object) -> bool:
    display = coding.get("display") if isinstance(coding, OBJECT) else None
    found = meanings(table, {"coding": [coding]}) if isinstance(display, str) else []
    return any(str(display).strip().casefold() in meaning.entry.named for meaning, _, _ in found)


def _beside_the_sample(collector: Collector, resource: Resource) -> None:
    sample = collector.resources.referred(resource.get("specimen"), resource)
    reading = collector.table.reading
    if sample is None:
        return
    wanted = (*reading.sample_words, *reading.beside_words["mrd"])
    told = any(other is sample for _, other, _, _ in collector.texts)
    notes = sample.get("note")
    noted = list(_inner(notes)) if isinstance(notes, list) else []
    spoken = any(unsettled_by(reading, text) or speaks_of_the_sample(reading, text) for text in noted)
    if not told and (spoken or says(reading, everything_said(sample), wanted)):
        collector.open_text(("mrd",), sample, "words of the sample speak against it", BESIDE)


def deepest_said(resource: Resource) -> float | None:
    """The lowest limit of detection that the words beside a result name, as a fraction of cells; None where they name none."""
    said = said_beside(resource)
    powers = [10.0 ** -int(found) for found in _DEPTHS.findall(said)]
    shares = [1 / float(re.sub(r"[., ]", "", found)) for found in _ONE_IN.findall(said)]
    return min((found for found in (*powers, *shares) if found < _SHALLOWEST), default=None)


def _said(resource: Resource) -> Iterator[str]:
    narrative = resource.get("text")
    if isinstance(narrative, OBJECT) and narrative.get("status") == "additional":
        yield from _inner(narrative)  # which says more than the elements do
    for name in _elements(resource):
        value = resource.get(name)
        if value is None:
            continue
        if isinstance(value, str):
            yield value
        else:
            yield from _inner(value)


def _elements(resource: Resource) -> tuple[str, ...]:
    return _ELEMENTS_THAT_TELL if resource.get("resourceType") in _TELLING else _ELEMENTS


def _extensions_of_components(resource: Resource) -> list[Any]:
    items = resource.get("component")
    return [item.get("extension") for item in (items if isinstance(items, list) else ()) if isinstance(item, OBJECT)]


def _inner(value: Any) -> list[str]:
    """The words inside a value: texts and displays, never codes, addresses or data."""
    found: list[str] = []
    if not isinstance(value, PLAIN):
        _collect_words(value, found)
    return found


def _collect_words(value: Any, found: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, PLAIN):
                _collect_words(item, found)
    elif isinstance(value, OBJECT):
        attached = attached_text(value) if "data" in value else ""
        if attached:
            found.append(attached)
        for name, item in value.items():
            if isinstance(item, str):
                if name in _WORDS or name.startswith("value") or _is_a_phrase(item):
                    found.append(without_tags(item))
            elif not isinstance(item, PLAIN):
                _collect_words(item, found)


def _is_a_phrase(text: str) -> bool:
    """Whether it has words on both sides of a space; most texts in a chart are codes and addresses, which have none."""
    return len(text.split(maxsplit=1)) > 1 and _SAYING.search(text) is not None


def everything_said(resource: Resource) -> str:
    """All words of a resource of any type; where it has none, its codes."""
    words_ = "; ".join(dict.fromkeys(text.strip() for text in _inner(resource) if text.strip()))
    return words_ or ", ".join(code for concept in concepts(resource) for _, code, _ in codings(concept))
