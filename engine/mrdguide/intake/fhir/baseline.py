"""Values at diagnosis: of laboratory values the nearest to it; of what was found every positive before therapy counts, the greatest."""

from __future__ import annotations

from typing import Any

from ...dates import parse_date
from .codes.table import Domain
from .collecting import BaselineValue, Collector
from .elements import shown_with_flag
from .genetics import open_news_of_the_diagnosis
from .unread import by_code, in_order

_GENETICS = "baseline.cytogenetics."


def settle_baseline(collector: Collector) -> None:
    """Choose the values at diagnosis. Different ones of one day are a conflict, and none of them is taken."""
    window = _window(collector)
    by_path: dict[str, list[tuple[int, BaselineValue]]] = {}
    for item in collector.baseline:
        if item.date is None or not item.date.exact:
            _set_aside(
                collector, item, f"{item.path}: without a day it cannot be told to belong to the diagnosis", True, True
            )
        elif window is None:
            _set_aside(
                collector, item,
                f"{item.path}: the date of diagnosis is not known, so neither is what belongs to it", True, True,
            )  # fmt: skip
        elif not window[0] <= item.date.earliest <= window[2]:
            later = window[2] < item.date.earliest
            _set_aside(
                collector, item, f"{item.path} {shown_with_flag(item.resource)}, {item.date}: not of the time of diagnosis",
                later and item.date.earliest <= window[3], later,
            )  # fmt: skip
        else:
            by_path.setdefault(item.path, []).append((abs(item.date.earliest - window[1]), item))
    for path, found in by_path.items():
        _choose(collector, path, found)
    open_news_of_the_diagnosis(collector)


def _choose(collector: Collector, path: str, found: list[tuple[int, BaselineValue]]) -> None:
    present = [item for item in found if _is_present(item[1])]
    # A day on which reports disagree tells nothing; a positive of such a day alone must not be lost to another day.
    certain = [item for item in present if all(_is_present(other) for _, other in found if other.date == item[1].date)]
    if present and not certain:
        _disagree(collector, path, [item for _, item in found])
        return
    found = _most(certain or found)
    nearest = min(distance for distance, _ in found)
    chosen = [item for distance, item in found if distance == nearest]
    if any(item.value != chosen[0].value for item in chosen):
        _disagree(collector, path, chosen)
        return
    collector.set(path, chosen[0].value)
    collector.facts.append(chosen[0].fact)


def _most(found: list[tuple[int, BaselineValue]]) -> list[tuple[int, BaselineValue]]:
    """Those of the greatest extent: a smaller clone, or fewer cells in blood, of another day does not take it back."""
    most = max(_extent(item) for _, item in found)
    return [(distance, item) for distance, item in found if _extent(item) == most]


def _extent(item: BaselineValue) -> tuple[float, float]:
    """How much was found: of a percentage itself, of an abnormality the fraction of cells and the copies; else nothing."""
    if isinstance(item.value, dict) and _is_present(item):
        return item.value.get("fraction") or 0, item.value.get("copies") or 0
    return (item.value, 0) if isinstance(item.value, float) else (0, 0)


def _disagree(collector: Collector, path: str, items: list[BaselineValue]) -> None:
    """Take none of them; where one of them was found, what it could change stays open."""
    collector.conflict(path, path, [f"{item.fact.original} of {item.date} ({item.fact.code})" for item in items])
    for item in items:
        if _is_present(item) and not all(map(_is_present, items)):
            reason = f"{path}: said to be present and not to be"
            collector.open(_domains(collector, item), item.resource, reason, "value[x]")


def _is_present(item: BaselineValue) -> bool:
    return isinstance(item.value, dict) and item.value.get("status") == "present"


def _is_news(item: BaselineValue) -> bool:
    """Whether something was found; laboratory values are none by themselves."""
    return _is_present(item) or (isinstance(item.value, float) and item.value > 0)


def _domains(collector: Collector, item: BaselineValue) -> tuple[Domain, ...]:
    return in_order(set(by_code(collector.table, item.resource)))


def _set_aside(collector: Collector, item: BaselineValue, reason: str, may_belong: bool, may_be_new: bool) -> None:
    """Leave a value out, and open what it could change where something was found.

    An abnormality that may have been there at diagnosis leaves open what is said to be absent; any other finding may be disease
    that is there now.
    """
    collector.ignore(item.resource, reason)
    if not _is_news(item):
        return
    collector.issue(
        "warning", item.resource, f"{reason}; it was found, and is not counted as of the diagnosis", "effective[x]"
    )
    if may_belong if item.path.startswith(_GENETICS) else may_be_new:
        collector.open(_domains(collector, item), item.resource, reason, "effective[x]")


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
