"""Procedures that are the act of a test: that it was done says nothing of what it found."""

from __future__ import annotations

from .codes.table import Domain
from .collecting import Collector
from .current import Resource
from .elements import meanings, wording
from .saying import phrases, says
from .unread import by_meaning, spoken_of

_OF_TESTS: set[Domain] = {"genetics", "mrd", "imaging", "response"}
# Where a result may be told beside the act; why it was done is read with the words beside what is coded.
_RESULTS = ("note", "outcome", "followUp", "complication", "complicationDetail")


def is_act_of_a_test(collector: Collector, resource: Resource) -> bool:
    """Whether a Procedure is a test by its code or its words, and says nothing of a result."""
    table, reading = collector.table, collector.table.reading
    concept = resource.get("code")
    found = [meaning for meaning, _, _ in meanings(table, concept) if not meaning.irrelevant]
    coded = {domain for meaning in found for domain in by_meaning(table, meaning.means)}
    text = wording(concept).casefold()
    rest = phrases(reading.test_words).sub(", ", text)
    if not coded <= _OF_TESTS or not (coded or rest != text):
        return False
    told = (*reading.found_words, *(word for domain in _OF_TESTS for word in reading.beside_words.get(domain, ())))
    results = "; ".join(wording(resource.get(name)) for name in _RESULTS if resource.get(name))
    return not spoken_of(table, rest) and not says(reading, rest, told) and not spoken_of(table, results)
