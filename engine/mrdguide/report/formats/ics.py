"""Days ahead as an iCalendar file (RFC 5545), through the library icalendar: the optional extra `calendar`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from typing import Any

from ...errors import UsageError
from ...explain.agenda import DayAhead, Kind
from ..legible import legible

# What a title says to whoever looks over a shoulder; the disease is named only where that was asked for.
_TITLES: dict[Kind, str] = {
    "window": "Follow-up: last day",
    "test": "Follow-up: test due",
    "review": "Follow-up: review",
}
_NAMED: dict[Kind, str] = {
    "window": "Myeloma maintenance: last day that this counts: {}",
    "test": "Myeloma maintenance: test due: {}",
    "review": "Myeloma maintenance: {}",
}


def to_ics(days: Iterable[DayAhead], *, patient: str, as_of: int, input_hash: str, named: bool = False) -> bytes:
    """An all-day event for each day. The same days give the same bytes.

    `named` puts disease, patient and test into titles and descriptions; without it an event says that something is due
    and nothing of what or whom.

    Raises:
        UsageError: the library icalendar is not installed.
    """
    library = _icalendar()
    calendar = library.Calendar()
    calendar.add("prodid", "-//mrdguide//days ahead//EN")
    calendar.add("version", "2.0")
    told: set[tuple[int, Kind]] = set()
    for item in sorted(days, key=lambda item: (item.day, item.kind, item.what)):
        if not named and (item.day, item.kind) in told:
            continue  # without its name a second test of the day says nothing more
        told.add((item.day, item.kind))
        event = library.Event()
        first = date.fromordinal(item.day)
        named_so = hashlib.sha256(f"{input_hash} {item.day} {item.kind} {item.what}".encode()).hexdigest()[:32]
        event.add("uid", f"{named_so}@mrdguide")
        # The day judged, not the time of writing: else no two files would be alike.
        event.add("dtstamp", datetime.combine(date.fromordinal(as_of), datetime.min.time(), UTC))
        event.add("dtstart", first)
        event.add("dtend", first + timedelta(days=1))
        event.add("summary", legible(_NAMED[item.kind].format(item.what)) if named else _TITLES[item.kind])
        if named:
            event.add("description", legible(f"{patient}: {item.what}; {item.why}"))
        event.add("class", "CONFIDENTIAL")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def can_be_made() -> bool:
    """Whether the library is there."""
    return find_spec("icalendar") is not None


def _icalendar() -> Any:
    try:
        import icalendar
    except ImportError as missing:
        raise UsageError(
            "a calendar needs the library icalendar, which is not installed: pip install 'mrdguide[calendar]'. "
            f"It said: {missing}"
        ) from missing
    return icalendar
