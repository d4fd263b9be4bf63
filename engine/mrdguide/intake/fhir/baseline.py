"""Values at diagnosis: of laboratory values the nearest to it; of abnormalities every positive before therapy counts."""

from __future__ import annotations

from typing import Any

from ...dates import parse_date
from .collecting import BaselineValue, Collector

_GENETICS = "baseline.cytogenetics."


def settle_baseline(collector: Collector) -> None:
    """Choose the values at diagnosis. Different ones of one day are a conflict, and none of them is taken."""
    window = _window(collector)
    by_path: dict[str, list[tuple[int, BaselineValue]]] = {}
    for item in collector.baseline:
        if item.date is None or not item.date.exact:
            _set_aside(
                collector, item, f"{item.path}: without a day it cannot be told to belong to the diagnosis", True
            )
        elif window is None:
            _set_aside(
                collector, item,
                f"{item.path}: the date of diagnosis is not known, so neither is what belongs to it", True,
            )  # fmt: skip
        elif not window[0] <= item.date.earliest <= window[2]:
            soon = window[2] < item.date.earliest <= window[3]
            _set_aside(collector, item, f"{item.path}, {item.date}: not of the time of diagnosis", soon)
        else:
            by_path.setdefault(item.path, []).append((abs(item.date.earliest - window[1]), item))
    for path, found in by_path.items():
        _choose(collector, path, found)


def _choose(collector: Collector, path: str, found: list[tuple[int, BaselineValue]]) -> None:
    found = [item for item in found if _is_present(item[1])] or found if _days(found) > 1 else found
    nearest = min(distance for distance, _ in found)
    chosen = [item for distance, item in found if distance == nearest]
    if any(item.value != chosen[0].value for item in chosen):
        collector.conflict(path, path, [f"{item.fact.original} ({item.fact.code})" for item in chosen])
        return
    collector.set(path, chosen[0].value)
    collector.facts.append(chosen[0].fact)


def _days(found: list[tuple[int, BaselineValue]]) -> int:
    """On how many days an abnormality was found, those on which the reports agree."""
    days: dict[str, set[bool]] = {}
    for _, item in found:
        days.setdefault(str(item.date), set()).add(_is_present(item))
    return len(days) if all(len(said) == 1 for said in days.values()) else 1


def _is_present(item: BaselineValue) -> bool:
    return isinstance(item.value, dict) and item.value.get("status") == "present"


def _set_aside(collector: Collector, item: BaselineValue, reason: str, may_belong: bool) -> None:
    """Leave a value out; an abnormality that may have been there at diagnosis leaves open what is said to be absent."""
    collector.ignore(item.resource, reason)
    if item.path.startswith(_GENETICS) and _is_present(item):
        collector.issue(
            "warning", item.resource, f"{reason}; it was found, and is not counted as of the diagnosis", "effective[x]"
        )
        if may_belong:
            collector.open(("genetics",), item.resource, reason, "effective[x]")


def _window(collector: Collector) -> tuple[int, int, int, int] | None:
    """First day, day of diagnosis and last day of what belongs to the diagnosis, and the last on which it may."""
    text = collector.profile["diagnosis"].get("date")
    if text is None:
        return None
    diagnosed = parse_date(text)
    conventions = collector.table.conventions
    last = diagnosed.latest + conventions.baseline_days_after
    first_therapy = min((parse_date(start).latest for start in starts_of_therapy(collector)), default=last)
    return (
        diagnosed.earliest - conventions.baseline_days_before,
        diagnosed.earliest,
        min(last, max(first_therapy, diagnosed.latest)),
        last,
    )


def starts_of_therapy(collector: Collector) -> list[Any]:
    entries = collector.profile.get("therapy", [])
    return [start for entry in entries if (start := entry.get("start") or entry.get("date"))]
