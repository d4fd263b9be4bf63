"""Which patients the columns hold whole; of the others something is recorded that only the one-patient engine reads."""

from __future__ import annotations

from ...case.unreadable import unreadable_markers
from ...patient.profile import Patient
from ...patient.told_in_words import speaks_of_any_topic
from ...reading.written_words import says_something

# Parts of a profile that change how the rest of it is read, with what is said of a patient who has one.
_UNUSUAL = {
    "attested": "something is attested",
    "unobtainable": "something is declared out of reach",
    "local": "facts that a layer of rules adds",
}


def unusual_part(patient: Patient) -> str:
    """What is recorded of a patient that the columns do not hold, in words; empty when there is nothing of the kind."""
    return next((words for name, words in _UNUSUAL.items() if getattr(patient, name)), "") or _unfinished(patient)


def _unfinished(patient: Patient) -> str:
    """What was written down in part, so that it may be bad news."""
    risk = patient.functional_high_risk
    if risk.status is None and says_something(risk.definition):
        return "functional high risk is defined, and not said to be there"
    if speaks_of_any_topic(patient):
        return "a text speaks of what belongs among the events"
    return "a marker cannot be read" if any(map(unreadable_markers, patient.markers)) else ""
