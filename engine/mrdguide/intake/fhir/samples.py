"""The sample of a result: when it was taken, what it is of, and whether it is any good.

The day of a result is the day of its sample, and a report may be dated later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...dates import CalendarDate
from .codes import CodeTable
from .codes.table import Reading
from .collecting import Collector
from .contradictions import denied_at_its_end, sentences, spoken
from .current import OBJECT, Resource
from .elements import date_of, day, distrusted, labels_of, number, period, shown, word, words
from .saying import names, says

_NO_GOOD = ("entered-in-error", "unsatisfactory")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORT = 3


def collected(collector: Collector, resource: Resource) -> CalendarDate | None:
    """The day on which the sample of a result was collected, where its specimen says so."""
    specimen = collector.resources.referred(resource.get("specimen"), resource)
    collection = specimen.get("collection") if specimen is not None and not distrusted(specimen) else None
    if not isinstance(collection, OBJECT):
        return None
    return day(collection.get("collectedDateTime")) or period(collection.get("collectedPeriod"))[0]


def day_of_sample(collector: Collector, resource: Resource) -> CalendarDate | None:
    """The day that a test speaks of. Unknown where sample and report do not fit: then one of the two days is another test's."""
    reported, taken = date_of(resource), collected(collector, resource)
    specimen = collector.resources.referred(resource.get("specimen"), resource)
    arrived = day(specimen.get("receivedTime")) if specimen is not None else None
    longest = collector.table.conventions.report_days_after_sample
    told = taken or reported
    if told is not None and arrived is not None:
        early = arrived.latest < told.earliest if taken is not None else told.earliest - arrived.latest > longest
        if early or arrived.earliest - told.latest > longest:
            text = f"its sample arrived on {arrived}, which does not fit {told}; the day is not known"
            collector.issue("warning", resource, text, "specimen")
            return None
    if reported is None or taken is None:
        return told
    if taken.earliest <= reported.latest and reported.earliest - taken.latest <= longest:
        return taken
    text = f"its sample was collected on {taken} and it is dated {reported}; the day is not known"
    collector.issue("warning", resource, text, "specimen")
    return None


def materials(collector: Collector, resource: Resource) -> set[str | None]:
    """Everything that the sample of a result is said to be of; None stands for what is not known, empty for nothing said."""
    table, reference = collector.table, resource.get("specimen")
    if not reference:
        return set()
    specimen = collector.resources.referred(reference, resource)
    told = reference.get("display") if isinstance(reference, OBJECT) else None
    found: set[str | None] = {*_in_words(table, told)}
    if specimen is None:
        return found | {None}
    kind = specimen.get("type")
    found |= {word(table, kind), *_in_words(table, kind)}
    collection = specimen.get("collection")
    for name in ("bodySite", "method"):
        part = collection.get(name) if isinstance(collection, OBJECT) else None
        found |= {item for item in words(table, part) if item in ("marrow", "blood")}
    parents = specimen.get("parent")
    for parent in parents if isinstance(parents, list) else ():
        origin = collector.resources.referred(parent, specimen)
        if origin is not None and origin.get("type"):
            found |= {word(table, origin["type"]), *_in_words(table, origin["type"])}
    return found


def named_material(reading: Reading, text: str) -> str | None:
    """What a text calls a sample that is not of marrow: blood, or another; None where it names marrow, or nothing."""
    if names(text, reading.marrow_words):
        return None
    if names(text, reading.other_sample_words):
        return "other"
    return "blood" if names(text, reading.blood_words) else None


def _in_words(table: CodeTable, concept: object) -> Iterator[str]:
    """What the texts of a concept call a sample, each by itself."""
    for text in spoken(table, concept):
        material = named_material(table.reading, text)
        if material is not None:
            yield material


def doubt_of_sample(collector: Collector, resource: Resource) -> str:
    """Why nothing can be concluded from what was not found in this sample; empty where nothing says so."""
    specimen = collector.resources.referred(resource.get("specimen"), resource)
    if specimen is None:
        return ""
    if specimen.get("status") in _NO_GOOD:
        return f"its specimen is {specimen['status']}"
    conditions = specimen.get("condition")
    for item in conditions if isinstance(conditions, list) else ([conditions] if conditions else []):
        if word(collector.table, item) != "in-order":
            return f"its specimen is not known to be in order ({shown(item)})"
    if distrusted(specimen):
        return f"Specimen.{distrusted(specimen)} changes what the specimen says"
    if "SUBSETTED" in labels_of(specimen):
        return "the server left parts of its specimen out"
    collection = specimen.get("collection")
    if isinstance(collection, OBJECT) and number(collection.get("quantity")) == 0:
        return "nothing was collected for its specimen"
    subject, own = specimen.get("subject"), resource.get("subject")
    referred = collector.resources.referred
    if subject is not None and referred(subject, specimen) is not referred(own, resource):
        return "its specimen is not said to be this patient's"
    return ""


def speaks_of_the_sample(reading: Reading, text: str) -> bool:
    """Whether a sentence of a text speaks of the sample, its owner, its depth or the cells looked for, in more than ordinary words."""
    return any(
        _has_a_subject(reading, sentence) and not _is_ordinary(reading, sentence) for sentence in sentences(text)
    )


def _has_a_subject(reading: Reading, sentence: str) -> bool:
    if says(reading, sentence, reading.sample_words):
        return True
    of_sample = "|".join(map(re.escape, reading.sample_subjects))
    if re.search(rf"(?<![a-z0-9])(?:{of_sample})", sentence):
        return True
    return says(reading, sentence, reading.clone_subjects) and not denied_at_its_end(reading, sentence)


def _is_ordinary(reading: Reading, sentence: str) -> bool:
    """Whether every word of a sentence is an ordinary one; what is denied as it should be, and who signed, is left out."""
    left = _without_what_is_denied(reading, sentence).partition(" by ")[0]
    short = {item for item in reading.ordinary_sample_words if len(item) <= _SHORT}
    long = tuple(item for item in reading.ordinary_sample_words if len(item) > _SHORT)
    return all(item in short or item.startswith(long) for item in _LETTERS.findall(left))


def _without_what_is_denied(reading: Reading, sentence: str) -> str:
    """A sentence without the faults that it denies, and without the finding that it denies."""
    faults = (*reading.beside_words["mrd"], *reading.sample_words, *reading.unsettled_words)
    finding = (*reading.clone_words, *(reading.found_words if names(sentence, reading.clone_words) else ()))
    deny = "|".join(map(re.escape, (*reading.denying_words, "non")))
    left = sentence
    for phrase in reading.ordinary_phrases:
        left = left.replace(phrase, " ")
    for wanted in (faults, finding):
        named = "|".join(map(re.escape, wanted))
        left = re.sub(rf"(?<![a-z])(?:{deny})[ -](?:\w+ ){{0,3}}?(?:{named})\w*", " ", left)
    return left
