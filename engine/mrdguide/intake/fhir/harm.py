"""Adverse events: what is severe, or of a grade that is not said, has to be judged by a person."""

from __future__ import annotations

from .collecting import Collector
from .current import Resource
from .elements import codings, words
from .unread import by_words, in_order

# What is given does harm, and is named with it.
_NAMED_WITH_HARM = ("therapy",)
_MILD = ("mild", "moderate")


def read_adverse_event(collector: Collector, resource: Resource) -> None:
    """An AdverseEvent: mild or moderate ones are left, the others open what harm could change; words of the disease come first."""
    if resource.get("actuality") == "potential":
        collector.ignore(resource, "a potential adverse event, which did not happen")
        return
    told = set(by_words(collector.table, resource)) - set(_NAMED_WITH_HARM)
    if told:
        reason = "an adverse event that speaks of the disease or of another malignancy"
        collector.open_text(in_order(told | {"harm"}), resource, reason, "event")
        collector.ignore(resource, reason)
        return
    grades = {code.casefold() for _, code, _ in codings(resource.get("severity"))}
    serious = "serious" in {code.casefold() for _, code, _ in codings(resource.get("seriousness"))}
    if grades and grades <= set(_MILD) and not serious and not words(collector.table, resource.get("event")):
        collector.ignore(resource, "an adverse event that was mild or moderate")
        return
    collector.unreadable(resource, "an adverse event of grade 3 or above, or without a grade", "severity")
