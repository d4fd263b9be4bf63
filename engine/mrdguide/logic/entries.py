"""Entries of the profile's lists in words, and what to ask for of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..case.doubts import DATED
from ..patient.drugs import listed
from .operator import DataRequirement

if TYPE_CHECKING:
    from ..case.case import Case, Timed


_ASKED = {
    "confirmed": "whether it was confirmed: {}",
    "attribution": "what it was due to, which cannot be benign: {}",
    "start_reason": "why it was begun: {}",
    "unacceptable": "whether it is acceptable: {}",
}


def open_lines(case: Case, timed: Timed[Any]) -> list[DataRequirement]:
    """What would tell whether therapy after an entry was a later line."""
    later = [
        item
        for item in case.therapy
        if item.latest >= timed.earliest
        and item.entry.line is None
        and not item.doubted
        and item.entry is not timed.entry
    ]
    if later:
        return [entry_need("therapy", item, "line") for item in later]
    return date_needs(case, timed)


def date_needs(case: Case, timed: Timed[Any]) -> list[DataRequirement]:
    """What would tell how an entry lies to the start of therapy: its own date, or the starts that are not known."""
    if timed.earliest != timed.latest:
        return [_day_asked(case, timed)]
    vague = [item for item in case.therapy if item.earliest != item.latest]
    return [_day_asked(case, item) for item in vague] or [DataRequirement("therapy", "therapy history with its dates")]


def _day_asked(case: Case, timed: Timed[Any]) -> DataRequirement:
    """The day of an entry, in whichever list it stands."""
    name = next(name for name in DATED if any(item.entry is timed.entry for item in case.timed(name)))
    of_a_phase = name == "therapy" and timed.entry.phase != "transplant"
    return entry_need(name, timed, "start" if of_a_phase else "date")


def entry_need(name: str, timed: Timed[Any], field: str) -> DataRequirement:
    """A field of an entry that is not recorded."""
    if field in _ASKED:
        return DataRequirement(f"{name}[{timed.place}].{field}", _ASKED[field].format(entry_text(name, timed, field)))
    if name == "therapy" and field == "drugs" and (unread := listed(timed.entry).unread):
        return DataRequirement(
            f"therapy[{timed.place}].drugs", f"what {quoted(unread)} is, given in {entry_text(name, timed)}"
        )
    return DataRequirement(
        f"{name}[{timed.place}].{field}", f"{field.replace('_', ' ')} of {entry_text(name, timed, field)}"
    )


def quoted(texts: Iterable[str]) -> str:
    """Texts as somebody wrote them."""
    return " and ".join(f"'{text}'" for text in texts)


def entry_text(name: str, timed: Timed[Any], asked: str = "") -> str:
    """An entry in words, without a word on what is asked about it."""
    entry = timed.entry
    if name == "events":
        return f"{(entry.kind or 'kind not recorded').replace('-', ' ')} {timed.when}"
    if name == "responses":
        return f"response {entry.category or 'not recorded'} {timed.when}"
    if name == "markers":
        return f"serum, urine and marrow findings of {timed.when}"
    if name == "toxicities":
        parts = [
            entry.term or "toxicity",
            f"grade {entry.grade}" if entry.grade else "",
            entry.status or "status not recorded",
        ]
        return f"{', '.join(part for part in parts if part)}, {timed.when}"
    parts = [
        entry.kind or "",
        entry.phase or ("" if asked == "phase" else "phase not recorded"),
        f"line {entry.line}" if entry.line else ("" if asked == "line" else "line not recorded"),
    ]
    return f"{' '.join(part for part in parts if part)}, {timed.when}"
