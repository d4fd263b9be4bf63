"""Counts by outcome and by what is possible, by group, by study, by what is missing, by time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from ...dates import months_and_days
from ..answer_columns import RISK
from ..arrow import needed
from .answer_rows import AnswerRows
from .cells import Cells
from .figure import Figure, Row

_MOST_ROWS = 30
_INDEX = re.compile(r"\[[^\]]*\]")
WINDOW_DAYS = 90


def _mask(values: Iterable[bool]) -> Any:
    return needed("numpy").fromiter(values, dtype=bool)


def everybody(rows: AnswerRows) -> Any:
    """All patients, as a mask."""
    return needed("numpy").ones(rows.count, dtype=bool)


def outcomes(rows: AnswerRows, cells: Cells) -> Figure:
    """Patients by outcome."""
    found = rows.values("outcome")
    listed = [*(item["id"] for item in rows.about["outcomes"]), rows.about["open"]["id"]]
    masks = [_mask(value == name for value in found) for name in listed]
    _, counts = cells.parted(everybody(rows), masks)
    titles = {item["id"]: item["title"] for item in [*rows.about["outcomes"], rows.about["open"]]}
    table = [Row(titles[name], (count, name)) for name, count in zip(listed, counts, strict=True)]
    return Figure(
        "outcomes", "Answers", "Every patient has one answer. Where several outcomes are still possible it is that not enough is known.",
        ("answer", "patients", "id"), tuple(table), (0,),
    )  # fmt: skip


def possible_sets(rows: AnswerRows, cells: Cells) -> Figure:
    """Open patients by the outcomes still possible."""
    found = [tuple(value) for value in rows.values("possible_outcomes")]
    settled = rows.values("settled")
    sets = [
        name for name, _ in _common(item for item, is_settled in zip(found, settled, strict=True) if not is_settled)
    ]
    masks = [
        _mask(item == name and not is_settled for item, is_settled in zip(found, settled, strict=True)) for name in sets
    ]
    whole = _mask(not item for item in settled)
    _, counts = cells.parted(whole, masks)
    table = [
        Row("; ".join(rows.title(f"outcome:{item}") for item in name), (count, " ".join(name)))
        for name, count in zip(sets, counts, strict=True)
    ]
    return Figure(
        "possible", "What is still possible where the answer is open", "The exact set of outcomes that what is unknown leaves possible.",
        ("possible outcomes", "patients", "ids"), tuple(table), (0,),
    )  # fmt: skip


def _common(values: Iterable[Any]) -> list[tuple[Any, int]]:
    """Values with their counts: the most frequent first, equals by name."""
    return sorted(Counter(values).items(), key=lambda item: (-item[1], str(item[0])))


def missing_facts(rows: AnswerRows, cells: Cells) -> Figure:
    """For each missing fact the open patients who wait for it, whom it alone would settle, and towards what."""
    waiting, settles, towards, stopping = (_Places() for _ in range(4))
    words: dict[str, Counter[str]] = {}
    stops = set(rows.stopping)
    for place, facts in enumerate(rows.each("missing")):
        for fact in facts or ():
            name = _INDEX.sub("[]", fact["path"])
            ends = [lead["outcomes"] for lead in fact["leads_to"]]
            waiting.add(name, place)
            words.setdefault(name, Counter())[fact["what"]] += 1
            if ends and all(len(item) == 1 for item in ends):
                settles.add(name, place)
                towards.add(name, place) if any(item[0] in stops for item in ends) else None
            if any(stops & set(item) for item in ends):
                stopping.add(name, place)
    table = []
    ordered = sorted(waiting, key=lambda name: (-len(settles.get(name, ())), -len(waiting[name]), name))
    for name in ordered[:_MOST_ROWS]:
        all_, settled, stop = (_mask_of(found.get(name, ()), rows.count) for found in (waiting, settles, towards))
        whole, (settle, _) = cells.parted(all_, [settled, all_ & ~settled])
        _, (toward, _) = cells.parted(settled, [stop, settled & ~stop])
        possible = _mask_of(stopping.get(name, ()), rows.count)
        _, (open_, _) = cells.parted(all_, [possible, all_ & ~possible])
        table.append(Row(_fact_words(name, words[name]), (whole, settle, toward, open_, name)))
    return Figure(
        "missing", "What is missing, and what it would settle",
        "Counted from what each result alone would leave possible in each patient. It settles a patient if every result leaves one "
        "outcome; towards stopping, if one of these opens the way to a stop. Facts that settle only together with others settle nobody "
        "here, and a patient may wait for several facts, so that rows overlap.",
        ("fact", "wait for it", "it alone settles", "of them, some result opens the way to a stop", "some result leaves a stop possible", "place"),
        tuple(table), (1,),
    )  # fmt: skip


def _fact_words(place: str, words: Counter[str]) -> str:
    """What a missing fact is called; of a fact of an entry that is on record its place in words, since each is called by its date."""
    return place.replace("[].", ": ").replace("_", " ") if "[]" in place else _common(words)[0][0]


class _Places(dict[str, set[int]]):
    def add(self, name: str, place: int) -> None:
        self.setdefault(name, set()).add(place)


def _mask_of(places: Iterable[int], count: int) -> Any:
    found = needed("numpy").zeros(count, dtype=bool)
    found[list(places)] = True
    return found


def protocols(rows: AnswerRows, cells: Cells) -> Figure:
    """Patients by study: matched, perhaps matched."""
    matched, open_ = rows.values("protocols"), rows.values("protocols_open")
    all_, table = everybody(rows), []
    for name, title in rows.about["protocols"].items():
        met, maybe = (_mask(name in found for found in values) for values in (matched, open_))
        _, counts = cells.parted(all_, [met, maybe, all_ & ~met & ~maybe])
        table.append(Row(title, (*counts, name)))
    return Figure(
        "protocols", "Studies that took patients like these", "Met: all published criteria, and no known difference that speaks against it.",
        ("study", "matched", "perhaps (unknown)", "not matched", "id"), tuple(table), (0, 1),
    )  # fmt: skip


def overlap(rows: AnswerRows, cells: Cells) -> Figure:
    """Patients by the exact set of studies they match."""
    found = [tuple(sorted(value)) for value in rows.values("protocols")]
    sets = [name for name, _ in _common(found)]
    masks = [_mask(item == name for item in found) for name in sets]
    _, counts = cells.parted(everybody(rows), masks)
    table = [Row(" + ".join(name) or "none", (count,)) for name, count in zip(sets, counts, strict=True)]
    return Figure(
        "overlap", "Studies matched together", "Each patient once, by exactly the studies that are matched for certain.",
        ("studies", "patients"), tuple(table), (0,),
    )  # fmt: skip


def groups(rows: AnswerRows, cells: Cells) -> Iterator[Figure]:
    """Answers by risk, line, drugs, and the year of diagnosis."""
    schemes = list(rows.about["schemes"].items())
    for name, title in schemes[:1]:
        yield _group(rows, cells, "risk", title, rows.values(f"{RISK}{name}"), str)
    yield _group(rows, cells, "line", "Line of therapy", rows.values("line"), str)
    yield _group(
        rows, cells, "drugs", "Drugs of maintenance", rows.values("drugs"), lambda drugs: ", ".join(drugs) or "none"
    )
    yield _group(rows, cells, "year", "Year of diagnosis", rows.values("diagnosed"), str)


def _group(
    rows: AnswerRows, cells: Cells, name: str, title: str, values: Sequence[Any], words: Callable[[Any], str]
) -> Figure:
    labels = ["not recorded" if value is None else words(value) for value in values]
    by_kind = kinds(rows)
    ordered = sorted(dict.fromkeys(labels), key=lambda label: (label == "not recorded", label))
    masks = [_mask(label == item for item in labels) for label in ordered]
    cells.parted(everybody(rows), masks)
    for kind in by_kind:
        cells.parted(kind, [kind & mask for mask in masks])
    table = []
    for label, mask in zip(ordered, masks, strict=True):
        whole, counts = cells.parted(mask, [kind & mask for kind in by_kind])
        table.append(Row(label, (whole, *counts)))
    head = (
        "patients",
        "stopping may be discussed",
        "open, a stop is possible",
        "open, no stop is possible",
        "another answer",
    )
    return Figure(
        f"by-{name}",
        f"By {name}: {title}",
        "The last four columns add up to the first.",
        (name, *head),
        tuple(table),
        (1, 2, 3, 4),
    )


def kinds(rows: AnswerRows) -> tuple[Any, Any, Any, Any]:
    """Answers in four kinds: stopping may be discussed; open, with and without a stop possible; another answer."""
    stops, settled = set(rows.stopping), _mask(rows.values("settled"))
    stop = _mask(outcome in stops for outcome in rows.values("outcome"))
    possible = _mask(rows.values("stop_possible"))
    return settled & stop, ~settled & possible, ~settled & ~possible, settled & ~stop


def tie(rows: AnswerRows, cells: Cells) -> None:
    """Tell what sums there are between figures, so that none gives away what another one hides."""
    outcome, settled = rows.values("outcome"), _mask(rows.values("settled"))
    sets = [tuple(value) for value in rows.values("possible_outcomes")]
    by_kind = kinds(rows)
    cells.parted(everybody(rows), by_kind)
    cells.parted(~settled, by_kind[1:3])
    for kind, values in zip(by_kind, (outcome, sets, sets, outcome), strict=True):
        cells.parted(kind, [kind & _mask(value == name for value in values) for name in dict.fromkeys(values)])
    matched = [tuple(sorted(value)) for value in rows.values("protocols")]
    for study in rows.about["protocols"]:
        cells.parted(
            _mask(study in found for found in matched),
            [_mask(found == name for found in matched) for name in dict.fromkeys(matched) if study in name],
        )


def first_qualifying(rows: AnswerRows, cells: Cells) -> Figure | None:
    """When each patient first had an answer that opens the way to a stop; None where everybody was judged on one day."""
    if not rows.several_days:
        return None
    stops, every = set(rows.stopping), rows.every_day
    days: dict[str, list[tuple[Any, bool]]] = {}
    for patient, day, outcome in zip(
        *(every[name].to_pylist() for name in ("patient", "as_of", "outcome")), strict=True
    ):
        days.setdefault(patient, []).append((day, outcome in stops))
    years = []
    for patient in rows.values("patient"):
        judged = sorted(days[patient])
        first = next((day for day, qualifies in judged if qualifies), None)
        years.append(None if first is None else months_and_days(judged[0][0].toordinal(), first.toordinal())[0] // 12)
    ordered = [*sorted({year for year in years if year is not None}), None]
    masks = [_mask(year == item for year in years) for item in ordered]
    _, counts = cells.parted(everybody(rows), masks)
    labels = ["on none of the days judged" if year is None else f"in year {year + 1}" for year in ordered]
    return Figure(
        "first-qualifying", "When stopping could first be discussed",
        "Years from the first day judged to the first of the days judged with such an answer; it may have been earlier, between two days.",
        ("time", "patients"), tuple(Row(label, (count,)) for label, count in zip(labels, counts, strict=True)), (0,),
    )  # fmt: skip


def windows(rows: AnswerRows, cells: Cells) -> Figure | None:
    """Tests on record that stop counting soon; None where the run did not look for windows."""
    days = min(WINDOW_DAYS, rows.about["windows_days"])
    if not days:
        return None
    ends = [day + timedelta(days) for day in rows.values("as_of")]
    closing = [
        {" and ".join(item["repeat"]) for item in value or () if item["last_day"] <= end}
        for value, end in zip(rows.each("windows"), ends, strict=True)
    ]
    all_, stop = everybody(rows), kinds(rows)[0]
    table = []
    for name in sorted(set().union(*closing)):
        mask = _mask(name in found for found in closing)
        cells.parted(all_, [mask, all_ & ~mask])
        count, (now, _) = cells.parted(mask, [mask & stop, mask & ~stop])
        cells.parted(stop, [mask & stop, stop & ~mask])
        table.append(Row(name, (count, now)))
    return Figure(
        "windows", f"Tests that stop counting within {days} days", "Patients for whom some criterion stops being met then unless the test is repeated.",
        ("test to repeat", "patients", "of them, stopping may be discussed now"), tuple(table), (0,),
    )  # fmt: skip


def not_asked(rows: AnswerRows) -> list[str]:
    """What the rows cannot tell, since the run did not ask for it, and how to ask."""
    found = []
    if not rows.several_days:
        found.append(
            "When stopping could first be discussed is not told: everybody was judged on one day (`cohort run --as-of-column`)."
        )
    if rows.about["windows_days"] < WINDOW_DAYS:
        within = f" beyond {rows.about['windows_days']} days" if rows.about["windows_days"] else ""
        found.append(
            f"Which tests stop counting soon was not looked for{within} (`cohort run --windows {WINDOW_DAYS}`)."
        )
    return found
