"""Maintenance that went on with drugs that were not in it before, and nothing on record that says why."""

from __future__ import annotations

from ..dates import add_months
from ..patient.drugs import listed
from ..patient.stop_reasons import ended_for_another_reason
from ..patient.therapy import TherapyEntry
from .case import Case, Timed
from .therapy import Phases, episodes

# Therapy that goes on without an end set beforehand.
GOES_ON = ("maintenance", "continuous")


def drugs_added(case: Case, phases: Phases, together: int) -> dict[int, frozenset[str]]:
    """The places of entries with a drug that none begun before them has, or may have, each with these drugs (none: not known).

    Without a reason of its own, and where what was given before did not end for one that has nothing to do with disease.
    What was begun at most `together` calendar months after the first was begun with it. What is given beside therapy (for
    bones, infections or blood) is no drug of it.
    """
    entries = [item.timed for item in episodes(case, phases)]
    found = {timed.place: _added(timed, entries, together) for timed in entries}
    return {place: added for place, added in found.items() if added is not None}


def _added(timed: Timed[TherapyEntry], entries: list[Timed[TherapyEntry]], together: int) -> frozenset[str] | None:
    if timed.entry.start_reason is not None or timed.doubted:
        return None
    before = [item for item in entries if item.place != timed.place and item.earliest < timed.latest]
    if not any(add_months(item.earliest, together) < timed.latest for item in before):
        return None
    if any(_explains(item, timed, together) for item in before):
        return None
    given = [listed(item.entry) for item in (timed, *before)]
    added = given[0].names.difference(*(item.names for item in given[1:]))
    all_known = all(item.names and not item.unread for item in given)
    return None if all_known and not added else added


def _explains(before: Timed[TherapyEntry], after: Timed[TherapyEntry], together: int) -> bool:
    """Whether one ended for a reason other than disease, and not long before the other one was begun."""
    end = before.entry.end
    near = end is None or add_months(end.latest, together) >= after.earliest
    return near and ended_for_another_reason(before.entry.stop_reason)
