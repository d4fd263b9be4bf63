"""Events over time: whether one happened as recorded, whether it is over, which term names it."""

from __future__ import annotations

from ..patient.events import Event
from ..patient.said import Topic, never_benign, says

# Events that are of the disease by what they are called; a second cancer, a cytopenia or a lesion may have another cause.
OF_THE_COURSE = frozenset({"progression", "clinical-relapse", "mrd-resurgence"})
# A judgement of the disease itself, which nothing benign can be; a test that seemed to find it may have had another cause.
_NEVER_BENIGN = frozenset({"progression", "clinical-relapse"})


def happened(event: Event) -> bool | None:
    """Whether it is what its kind says: not if it was found to be due to something benign; open while not confirmed.

    An attribution that is unknown or not recorded takes nothing away. Progression that is called benign contradicts
    itself: it is open; so is what its own words call a myeloid neoplasm or a plasmacytoma.
    """
    if event.attribution == "benign":
        grave = event.kind in _NEVER_BENIGN or any(named_by(event, topic) is not False for topic in never_benign())
        return None if grave else False
    return None if event.confirmed is False else True


def open_about(event: Event) -> str:
    """The field that would tell whether an event that may have happened did."""
    return "attribution" if event.attribution == "benign" else "confirmed"


def over(event: Event, as_of: int) -> bool | None:
    """Whether it is over by a day: resolved, or ended on or before it. Nothing recorded of its end: it is not over."""
    if event.status == "active":
        return False
    if event.end is not None and event.end.latest > as_of:
        # An end that is planned, or that may still come.
        return False if event.end.earliest > as_of else None
    return event.status == "resolved" or event.end is not None


def normal(text: str) -> str:
    """A term without the case of its letters, hyphens and stray spaces."""
    return " ".join(text.casefold().replace("-", " ").split())


def named(event: Event, terms: frozenset[str]) -> bool | None:
    """Whether its term (or, where none is recorded, a note that is nothing but a term) is one of `terms` in normal form.

    None where its words name another cancer beside it: a harmless term does not take that away.
    """
    text = event.term or event.note
    if text is None or normal(text) not in terms:
        return False
    return True if says(event.note, "cancer", passed_over=terms) is False else None


def named_by(event: Event, topic: Topic) -> bool | None:
    """Whether its own words name something: its term, or a note where there is none; beside a term a note leaves it open."""
    if event.term is None:
        return says(event.note, topic)
    by_term = says(event.term, topic)
    return None if by_term is False and says(event.note, topic) is not False else by_term


def of_myeloma(event: Event) -> bool | None:
    """Whether it was found to be due to the myeloma, or its own words call it that."""
    return True if event.attribution == "myeloma" else named_by(event, "plasma-cell-disease")


def open_words(event: Event, topic: Topic) -> str:
    """The field that would tell whether its own words name something, where they leave it open."""
    return "term" if event.term is None or says(event.term, topic) is None else "note"
