"""What a search left out: its address names filters, and what did not pass them is unknown for the type that was searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ...dates import CalendarDate
from .codes.table import DOMAINS, Domain, Reading
from .collecting import DROPPED, Collector
from .current import OBJECT
from .elements import day

_BOUND = re.compile(r"(?P<sign>[a-z]{2})?(?P<day>\d{4}(?:-\d\d){0,2})")
_FROM, _UNTIL = ("ge", "gt", "sa"), ("le", "lt", "eb")
_DENYING = ("not", "not-in")
_ALL = "$everything"
# Of a search by any filter for the Patient only who it is depends.
_WHO = ("Patient", "Bundle")


def open_what_was_filtered(collector: Collector) -> None:
    """Open what each search could have left out, by the type that it was for."""
    last = _last_day(collector) if collector.resources.searches else None
    for link, written in collector.resources.searches:
        path, parameters = _address(link)
        kind, operation, domains = _searched(collector.table.reading, path)
        filters = [
            (name, value)
            for name, value in parameters
            if not _is_harmless(collector, kind, name, value, written or last)
        ]
        if operation not in ("", _ALL):
            filters.append(("operation", operation))
        for name, value in filters:
            reason = f"it was searched for with {name}={value[:40]}, and what that leaves out is not here"
            collector.open(domains, {"resourceType": "Bundle"}, f"{kind or operation}: {reason}", "link")


def _address(link: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The parts of the path, and the parameters; none of an address that cannot be read, which is told with the Bundle."""
    try:
        found = urlsplit(link)
        return [part for part in found.path.split("/") if part], parse_qsl(found.query)
    except ValueError:
        return [], []


def _searched(reading: Reading, path: list[str]) -> tuple[str, str, tuple[Domain, ...]]:
    """The type that a search was for, the operation if it was one, and what could change by what is not found."""
    operation = path[-1] if path and path[-1].startswith("$") else ""
    if operation == _ALL:
        return "", operation, DOMAINS
    kind = next((part for part in reversed(path) if part[:1] not in ("$", "_")), "")
    return kind, operation, () if kind in _WHO else reading.domains_of_types.get(kind, ())


def _is_harmless(collector: Collector, kind: str, name: str, value: str, written: CalendarDate | None) -> bool:
    """Whether a parameter leaves out nothing that bears on an answer."""
    reading = collector.table.reading
    plain, _, modifier = name.partition(":")
    plain = plain.partition(".")[0].casefold()
    values = {item.rpartition("|")[2] for item in value.split(",")}
    if modifier in _DENYING:
        return values <= {*DROPPED, "unknown"}
    if plain in reading.harmless_parameters or (plain.startswith("_") and plain not in reading.filtering_parameters):
        return True
    telling = reading.states_that_tell.get(f"{kind}.{plain}", ())
    return (bool(telling) and values >= set(telling)) or _is_wide(collector, value, written, name)


def _is_wide(collector: Collector, value: str, written: CalendarDate | None, name: str) -> bool:
    """Whether a bound in time lies before the diagnosis, or after the day on which the search was made."""
    bound = _BOUND.match(value)
    found = day(bound["day"]) if bound else None
    if bound is None or found is None:
        return False
    sign = bound["sign"] or {"start": "ge", "_since": "ge", "end": "le"}.get(name)
    diagnosed = day(collector.profile.get("diagnosis", {}).get("date"))
    if sign in _FROM:
        return diagnosed is not None and found.latest <= diagnosed.earliest
    return sign in _UNTIL and written is not None and found.earliest >= written.latest


def _last_day(collector: Collector) -> CalendarDate | None:
    """The last day in the record; a search up to a later one is taken for one up to its own day."""
    found = (item for resource in collector.resources.all for item in _days(resource))
    return max(found, key=lambda item: item.latest, default=None)


def _days(resource: Any) -> Iterator[CalendarDate]:
    for name, value in resource.items():
        inner = value.values() if isinstance(value, OBJECT) and name.endswith("Period") else [value]
        for text in inner:
            found = day(text) if isinstance(text, str) and text[:2] in ("19", "20") else None
            if found is not None:
                yield found
