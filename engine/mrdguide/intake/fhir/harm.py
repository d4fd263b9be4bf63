"""Adverse events: what is severe, or of a grade that is not said, has to be judged by a person."""

from __future__ import annotations

from .collecting import Collector
from .course_codes import coded_news
from .current import Resource
from .elements import codings, meanings, wording, words
from .saying import says
from .unread import by_words, in_order, said, tells_of_the_course

# What is given does harm, and is named with it.
_NAMED_WITH_HARM = ("therapy",)
_MILD = ("mild", "moderate")


def read_adverse_event(collector: Collector, resource: Resource) -> None:
    """An AdverseEvent: mild or moderate ones are left, the others open what harm could change; the disease comes first.

    What it was suspected of and what the words beside it tell is read as with everything else.
    """
    if resource.get("actuality") == "potential":
        collector.ignore(resource, "a potential adverse event, which did not happen")
        if tells_of_the_course(collector.table, said(resource)):
            reason = "an adverse event that did not happen, in words that speak of the disease"
            collector.open_text(("diagnosis",), resource, reason, "event")
        return
    coded = coded_news(collector.table, [resource.get("event"), resource.get("code")])
    if coded:
        reason = "an adverse event that is coded as news of the disease, of another malignancy or of other therapy"
        collector.open(in_order(coded | {"harm"}), resource, reason, "event")
        collector.ignore(resource, reason)
        return
    told = set(by_words(collector.table, resource)) - set(_NAMED_WITH_HARM)
    if told:
        reason = "an adverse event that speaks of the disease or of another malignancy"
        collector.open_text(in_order(told | {"harm"}), resource, reason, "event")
        collector.ignore(resource, reason)
        return
    grades = {code.casefold() for _, code, _ in codings(resource.get("severity"))}
    if grades and grades <= set(_MILD) and not _is_grave(collector, resource) and not _is_known(collector, resource):
        collector.ignore(resource, "an adverse event that was mild or moderate")
        return
    collector.unreadable(resource, "an adverse event of grade 3 or above, grave, or without a grade", "severity")


def _is_grave(collector: Collector, resource: Resource) -> bool:
    """Whether it is said to be serious, or to have ended in death, by a code or in words."""
    said = [resource.get("seriousness"), resource.get("outcome")]
    grave = set(collector.table.reading.grave_words)
    coded = {code.casefold() for value in said for _, code, _ in codings(value)}
    return not coded.isdisjoint(grave) or any(
        says(collector.table.reading, wording(value), collector.table.reading.grave_words) for value in said
    )


def _is_known(collector: Collector, resource: Resource) -> bool:
    """Whether its event is a state that is read elsewhere, or of a family that matters."""
    event = resource.get("event")
    mattering = (not meaning.irrelevant for meaning, _, _ in meanings(collector.table, event))
    return bool(words(collector.table, event)) or any(mattering)
