"""Texts of a profile in which news of the disease can stand though their fields are for something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args

from .profile import Patient
from .said import Topic, says

Place = Literal[
    "functional_high_risk.definition", "functional_high_risk.anchor", "toxicities.term", "toxicities.attributed_to",
    "considered.comorbidities", "considered.therapy_wish", "attested.note", "unobtainable.why",
]  # fmt: skip
PLACES: tuple[Place, ...] = get_args(Place)
_TOPICS: tuple[Topic, ...] = get_args(Topic)


class Said(NamedTuple):
    """A text with its path in the profile."""

    path: str
    text: str


def is_of_list(place: Place) -> bool:
    """Whether a place is a field of the entries of a list."""
    return place.partition(".")[0] in ("toxicities", "attested", "unobtainable")


def texts_at(patient: Patient, place: Place) -> Iterator[Said]:
    """The texts of a place, in the order of the profile. What defines a risk that was not found happened to nobody."""
    section, _, name = place.partition(".")
    found: Any = getattr(patient, section)
    if isinstance(found, tuple):
        for index, entry in enumerate(found):
            yield from _texts(f"{section}[{index}].{name}", getattr(entry, name))
    elif getattr(found, "status", None) != "absent":
        yield from _texts(place, getattr(found, name))


def _texts(path: str, value: Any) -> Iterator[Said]:
    if isinstance(value, tuple):
        for index, text in enumerate(value):
            yield Said(f"{path}[{index}]", text)
    elif value is not None:
        yield Said(path, value)


def speaks_of_any_topic(patient: Patient) -> bool:
    """Whether any of these texts names one of the topics, or may."""
    return any(may_name_any_topic(said.text) for place in PLACES for said in texts_at(patient, place))


def may_name_any_topic(text: str | None) -> bool:
    """Whether a text names one of the topics, or may."""
    return any(says(text, topic) is not False for topic in _TOPICS)
