"""Events over time: whether one happened as recorded, whether it is over, which term names it."""

from __future__ import annotations

from ..patient.events import Event

# Events that are of the disease by what they are called; a second cancer, a cytopenia or a lesion may have another cause.
OF_THE_COURSE = frozenset({"progression", "clinical-relapse", "mrd-resurgence"})
# A judgement of the disease itself, which nothing benign can be; a test that seemed to find it may have had another cause.
_NEVER_BENIGN = frozenset({"progression", "clinical-relapse"})


def happened(event: Event) -> bool | None:
    """Whether it is what its kind says: not if it was found to be due to something benign; open while not confirmed.

    An attribution that is unknown or not recorded takes nothing away. Progression that is called benign contradicts
    itself: it is open.
    """
    if event.attribution == "benign":
        return None if event.kind in _NEVER_BENIGN else False
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


def named(event: Event, terms: frozenset[str]) -> bool:
    """Whether its term (or, where none is recorded, a note that is nothing but a term) is one of `terms` in normal form."""
    text = event.term or event.note
    return text is not None and normal(text) in terms
