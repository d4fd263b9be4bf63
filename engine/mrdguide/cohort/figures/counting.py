"""Counts by outcome and by what is possible, by group, by study, by what is missing, by time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from ...dates import months_and_days
from ..answer_columns import RISK
from ..arrow import needed
from .answer_rows import AnswerRows
from .cell import Cell
from .cells import Cells
from .fact_words import called
from .figure import Figure, Row, shown

_MOST_ROWS = 30
_INDEX = re.compile(r"\[[^\]]*\]")
WINDOW_DAYS = 90
_STUDIES, _FIRST = "studies", "first"
KINDS = ("stopping may be discussed", "open, a stop is possible", "open, no stop is possible", "another answer")


def _mask(values: Iterable[bool]) -> Any:
    return needed("numpy").fromiter(values, dtype=bool)


def everybody(rows: AnswerRows) -> Any:
    """All patients, as a mask."""
    return needed("numpy").ones(rows.count, dtype=bool)


def totals(rows: AnswerRows, cells: Cells) -> Figure:
    """The cohort in four numbers, each with the answers that it counts."""
    _, counts = cells.parted(everybody(rows), kinds(rows))
    ids = set(rows.stopping)
    stop, other = (
        "; ".join(item["title"] for item in rows.about["outcomes"] if (item["id"] in ids) is wanted)
        for wanted in (True, False)
    )
    told = (stop, f"{rows.about['open']['title']}; stopping may be discussed among what is possible",
            f"{rows.about['open']['title']}; stopping is not among what is possible", other)  # fmt: skip
    table = [Row(label, (count, words)) for label, count, words in zip(KINDS, counts, told, strict=True)]
    return Figure(
        "totals", "In short", "Every patient with an answer is in one row; the rows add up to all of them. The next table has each answer by itself.",
        ("patients of whom", "patients", "answers counted here"), tuple(table), (0,),
    )  # fmt: skip


def in_words(figure: Figure, hidden: frozenset[str]) -> str:
    """The totals in a sentence."""
    told = "; ".join(f"{label}: {shown(row.values[0], hidden)}" for label, row in zip(KINDS, figure.rows, strict=True))
    return f"{told[0].upper()}{told[1:]}."


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
        ("answer", "patients", "id"), tuple(table), (0,), ids=True,
    )  # fmt: skip


def possible_sets(rows: AnswerRows, cells: Cells) -> Figure:
    """Open patients by the outcomes still possible."""
    by_class = answer_classes(rows, cells.least)
    names = dict(zip(by_class, map(tuple, rows.values("possible_outcomes")), strict=True))
    settled = rows.values("settled")
    sets = list(dict.fromkeys(item for item, is_settled in zip(by_class, settled, strict=True) if not is_settled))
    masks = [_mask(item == name for item in by_class) for name in sets]
    _, counts = cells.parted(_mask(not item for item in settled), masks)
    table = [
        Row(name, (count, "" if name == small_together(cells.least) else " ".join(names[name])))
        for name, count in zip(sets, counts, strict=True)
    ]
    return Figure(
        "possible", "What is still possible where the answer is open", "The exact set of outcomes that what is unknown leaves possible.",
        ("possible outcomes", "patients", "ids"), tuple(table), (0,), by_size=(0,), ids=True,
    )  # fmt: skip


def answer_classes(rows: AnswerRows, least: int) -> list[str]:
    """What each patient's answer is: the outcome where it is settled, otherwise the outcomes possible (rare ones together)."""
    titles = ["; ".join(rows.title(f"outcome:{name}") for name in names) for names in rows.values("possible_outcomes")]
    settled = rows.values("settled")
    open_ = joined_where_rare([title if not done else None for title, done in zip(titles, settled, strict=True)], least)
    outcomes_ = rows.values("outcome")
    return [outcome if label is None else label for outcome, label in zip(outcomes_, open_, strict=True)]


def answer_masks(rows: AnswerRows, least: int) -> list[Any]:
    """The patients of each of these classes."""
    found = answer_classes(rows, least)
    return [_mask(item == name for item in found) for name in dict.fromkeys(found)]


def small_together(least: int) -> str:
    """What the row is called that has all those together of whom there are few."""
    return f"all others (each fewer than {least} patients)"


Label = TypeVar("Label", str, str | None)


def joined_where_rare(labels: Sequence[Label], least: int) -> list[Label]:
    """The labels, where fewer than `least` patients share one the common one instead; None stays None."""
    found = Counter(labels)
    rare = {label for label, count in found.items() if count < least and label is not None}
    return [small_together(least) if label in rare else label for label in labels]


def missing_facts(rows: AnswerRows, cells: Cells) -> Figure:
    """For each missing fact the open patients who wait for it, and whom it alone would settle, and towards what."""
    waiting, settles, opening = (_Places() for _ in range(3))
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
            if any(stops & set(item) for item in ends):
                opening.add(name, place)
    open_ = ~_mask(rows.values("settled"))
    table = []
    for name in waiting:
        whole, settled, stop = (_mask_of(found.get(name, ()), rows.count) for found in (waiting, settles, opening))
        if len(waiting[name]) >= cells.least:
            cells.parted(open_, [whole, open_ & ~whole], name, of=cells.of(open_))
            counts = _settled_by(whole, settled, stop, cells, name)
            table.append(Row(called(name, words[name]), (*counts, name)))
    few = f" Facts that fewer than {cells.least} patients wait for are left out." if cells.least else ""
    return Figure(
        "missing", "What is missing, and what it would settle",
        "Open patients, by the fact that they wait for. A fact alone settles a patient if each of its conclusive results leaves exactly one "
        "outcome, whatever the result; a result that is not conclusive settles nobody and is not among these, and a new marrow test is taken "
        "to be as deep as the rules ask for. In the two columns after it, some result of the fact opens the way to a stop, or none does; they add "
        "up to it. In the last, some result leaves a stop possible, perhaps beside other outcomes that only further facts rule out. Rows overlap, "
        f"since a patient may wait for several facts.{few}",
        ("fact", "wait for it", "it alone settles", "of these, some result opens the way to a stop", "of these, no result does",
         "a stop stays possible after some result", "place"),
        tuple(table), (2, 3), by_size=(1, 0), most=_MOST_ROWS, ids=True,
    )  # fmt: skip


def _settled_by(whole: Any, settled: Any, stop: Any, cells: Cells, fact: str) -> tuple[Cell, Cell, Cell, Cell, Cell]:
    """Who waits for a fact; whom it settles, with a way to a stop and without; for whom a stop stays possible."""
    all_, (both, neither, only_stop, _) = cells.parted(
        whole, [settled & stop, settled & ~stop, whole & ~settled & stop, whole & ~settled & ~stop], fact
    )
    _, (settles, _) = cells.parted(whole, [settled, whole & ~settled], fact)
    _, (leaves, _) = cells.parted(whole, [stop, whole & ~stop], fact)
    if settles.count and leaves.count:  # otherwise both are nobody, as is shown
        cells.tie(settles, [both, neither])
        cells.tie(leaves, [both, only_stop])
    return all_, settles, both, neither, leaves


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
        _, counts = cells.parted(all_, [met, maybe, all_ & ~met & ~maybe], _STUDIES, of=cells.of(all_))
        table.append(Row(title, (*counts, name)))
    return Figure(
        "protocols", "Studies that took patients like these", "Met: all published criteria, and no known difference that speaks against it.",
        ("study", "matched", "perhaps (unknown)", "not matched", "id"), tuple(table), (0, 1), ids=True,
    )  # fmt: skip


def overlap(rows: AnswerRows, cells: Cells) -> Figure:
    """Patients by the exact set of studies they match."""
    matched = [tuple(sorted(value)) for value in rows.values("protocols")]
    titles = rows.about["protocols"]
    labels = joined_where_rare([" + ".join(titles[name] for name in found) or "none" for found in matched], cells.least)
    ids = {label: " ".join(found) for label, found in zip(labels, matched, strict=True)}
    ids[small_together(cells.least)] = ""
    masks = {label: _mask(item == label for item in labels) for label in dict.fromkeys(labels)}
    everyone = cells.of(everybody(rows))
    _, counts = cells.parted(everybody(rows), list(masks.values()), _STUDIES, of=everyone)
    for study in titles:
        whole = _mask(study in found for found in matched)
        cells.parted(whole, [whole & mask for mask in masks.values()], _STUDIES)
        for mask in masks.values():
            cells.parted(mask, [mask & whole, mask & ~whole], _STUDIES)
    some = _mask(bool(found) for found in matched)
    cells.parted(everybody(rows), [some, ~some], _STUDIES, of=everyone)
    cells.parted(some, [some & mask for mask in masks.values()], _STUDIES)
    table = [Row(label, (count, ids[label])) for label, count in zip(masks, counts, strict=True)]
    return Figure(
        "overlap", "Studies matched together", "Each patient once, by exactly the studies that are matched for certain.",
        ("studies", "patients", "ids"), tuple(table), (0,), by_size=(0,), ids=True,
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
    labels = joined_where_rare(["not recorded" if value is None else words(value) for value in values], cells.least)
    by_kind = kinds(rows)
    last = ("not recorded", small_together(cells.least))
    ordered = sorted(dict.fromkeys(labels), key=lambda label: (label in last, label))
    masks = [_mask(label == item for item in labels) for label in ordered]
    _, wholes = cells.parted(everybody(rows), masks, name, of=cells.of(everybody(rows)))
    counted = [
        (whole, cells.row(whole, [kind & mask for kind in by_kind], f"{name} by answer"))
        for whole, mask in zip(wholes, masks, strict=True)
    ]
    for place, kind in enumerate(by_kind):
        cells.tie(cells.of(kind), [counts[place] for _, counts in counted])
    table = [Row(label, (whole, *counts)) for label, (whole, counts) in zip(ordered, counted, strict=True)]
    return Figure(
        f"by-{name}", f"By {name}: {title}", "The last four columns add up to the first.", (name, "patients", *KINDS), tuple(table), (1, 2, 3, 4)
    )  # fmt: skip


def kinds(rows: AnswerRows) -> tuple[Any, Any, Any, Any]:
    """The patients of each of `KINDS`."""
    stops, settled = set(rows.stopping), _mask(rows.values("settled"))
    stop = _mask(outcome in stops for outcome in rows.values("outcome"))
    possible = _mask(rows.values("stop_possible"))
    return settled & stop, ~settled & possible, ~settled & ~possible, settled & ~stop


def tie(rows: AnswerRows, cells: Cells) -> None:
    """Tell what sums there are between figures, so that none gives away what another one hides."""
    classes = answer_masks(rows, cells.least)
    open_ = ~_mask(rows.values("settled"))
    by_kind = kinds(rows)
    cells.parted(open_, by_kind[1:3])
    for kind in by_kind:
        cells.parted(kind, [kind & item for item in classes])
    for item in classes:
        cells.parted(item, [item & kind for kind in by_kind])
    # A study that is matched is what the first of the answers that open the way to a stop rests on.
    some = _mask(bool(found) for found in rows.values("protocols"))
    cells.parted(some, [some & item for item in classes], _STUDIES)
    for item in classes:
        cells.parted(item, [item & some, item & ~some], _STUDIES, of=cells.of(item))


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
    _, counts = cells.parted(everybody(rows), masks, _FIRST, of=cells.of(everybody(rows)))
    stop = kinds(rows)[0]
    for mask in masks:
        cells.parted(mask, [mask & stop, mask & ~stop], _FIRST)
    cells.parted(stop, [stop & mask for mask in masks], _FIRST, of=cells.of(stop))
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
        if mask.sum() >= cells.least:
            cells.parted(all_, [mask, all_ & ~mask], name, of=cells.of(all_))
            count, (now, _) = cells.parted(mask, [mask & stop, mask & ~stop], name)
            cells.parted(stop, [mask & stop, stop & ~mask], name, of=cells.of(stop))
            table.append(Row(name, (count, now)))
    few = f" Tests of fewer than {cells.least} patients are left out." if cells.least else ""
    return Figure(
        "windows", f"Tests that stop counting within {days} days", f"Patients for whom some criterion stops being met then unless the test is repeated.{few}",
        ("test to repeat", "patients", "of them, stopping may be discussed now"), tuple(table), (0,),
    )  # fmt: skip


def judged_too_early(rows: AnswerRows, least: int) -> list[str]:
    """How many were judged on a day before anything of them can be known; fewer than `least` are passed over."""
    both = zip(rows.each("diagnosed"), rows.each("as_of"), strict=True)
    count = sum(diagnosed is not None and diagnosed > day.year for diagnosed, day in both)
    if count < max(1, least):
        return []
    return [f"{count:,} of them were judged in a year before that of their diagnosis: look whether the day is right."]


def not_asked(rows: AnswerRows) -> list[str]:
    """What the rows cannot tell, since the run did not ask for it, and how to ask."""
    found = []
    if not rows.several_days:
        found.append(
            "When stopping could first be discussed is not told: everybody was judged on one day (mrdguide cohort run --as-of-column)."
        )
    if rows.about["windows_days"] < WINDOW_DAYS:
        within = f" beyond {rows.about['windows_days']} days" if rows.about["windows_days"] else ""
        found.append(
            f"Which tests stop counting soon was not looked for{within} (mrdguide cohort run --windows {WINDOW_DAYS})."
        )
    return found
