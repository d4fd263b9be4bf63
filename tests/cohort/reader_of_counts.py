"""A reader who wants to know what a report hides: takes all that is shown, writes down every sum that holds between the counts, and
works out the lowest and the highest number that each hidden count can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

import numpy as np

from mrdguide.cohort.figures.answer_rows import AnswerRows
from mrdguide.cohort.figures.figure import HIDDEN

Name = tuple[str, str, int]
_ALMOST = 1e-7


@dataclass
class Reader:
    """What the reader knows: the counts shown, those hidden with the limits of each, and sums (with their signs) that come to nothing."""

    shown: dict[Name, int] = field(default_factory=dict)
    limits: dict[Name, tuple[int, float]] = field(default_factory=dict)
    sums: list[dict[Name, int]] = field(default_factory=list)

    def adds_up(self, whole: Name, parts: Iterable[Name]) -> None:
        self.sums.append({whole: 1, **dict.fromkeys(parts, -1)})

    def rest(self, *about: str) -> Name:
        """A count that the report does not have."""
        name = (" ".join(about), "rest", len(self.limits))
        self.limits[name] = (0, np.inf)
        return name

    def possible(self) -> dict[Name, tuple[int, int]]:
        """The lowest and the highest whole number for each count that the report hides."""
        names = list(self.limits)
        rows, ends = [], []
        for sum_ in self.sums:
            rows.append([float(sum_.get(name, 0)) for name in names])
            ends.append(-float(sum(sign * self.shown[name] for name, sign in sum_.items() if name in self.shown)))
        found = ranges(np.array(rows), np.array(ends), [self.limits[name] for name in names])
        return {
            name: (ceil(low - _ALMOST), floor(high + _ALMOST))
            for name, (low, high) in zip(names, found, strict=True) if name[1] != "rest"
        }  # fmt: skip


def reader_of(plain: Mapping[str, Any], true: Mapping[str, Any], rows: AnswerRows, least: int) -> Reader:
    """What a reader of the report takes from it. The reader even knows which of the hidden counts are small (`true` is the report
    with nothing hidden): this one is told more than anybody can see."""
    reader = Reader()
    figures = {item["id"]: item for item in plain["figures"] if not item["left_out"]}
    truth = {
        (item["id"], row[0], place): value
        for item in true["figures"] for row in item["rows"] for place, value in enumerate(row[1:])
    }  # fmt: skip
    for id_, item in figures.items():
        for row in item["rows"]:
            for place, value in enumerate(row[1:]):
                _note(reader, (id_, row[0], place), value, truth, least)
    everybody: Name = ("all", "patients", 0)
    _note(reader, everybody, plain["patients"], {everybody: true["patients"]}, least)
    totals = figures["totals"]
    reader.adds_up(everybody, _column(totals))
    if {"outcomes", "possible"} <= set(figures):
        _answers(reader, figures, rows, everybody)
    if "attrition" in figures:
        _steps(reader, figures["attrition"], everybody)
    for id_, item in figures.items():
        if id_.startswith("by-"):
            _group(reader, id_, item, totals, everybody)
    if {"outcomes", "missing"} <= set(figures):
        _missing(reader, figures)
    if {"overlap", "protocols"} <= set(figures):
        _studies(reader, figures, everybody)
    return reader


def _note(reader: Reader, name: Name, value: Any, truth: Mapping[Name, Any], least: int) -> None:
    if isinstance(value, int):
        reader.shown[name] = value
    elif value == HIDDEN:
        count = truth[name]
        small_row = 0 < truth.get((name[0], name[1], 0), least) < least
        reader.limits[name] = (least, np.inf) if count >= least else (0 if small_row or not count else 1, least - 1)


def _column(item: Mapping[str, Any], place: int = 0) -> list[Name]:
    return [(item["id"], row[0], place) for row in item["rows"]]


def _answers(reader: Reader, figures: Mapping[str, Any], rows: AnswerRows, everybody: Name) -> None:
    stop, open_stop, open_none, other = _column(figures["totals"])
    ids = {row[-1]: ("outcomes", row[0], 0) for row in figures["outcomes"]["rows"]}
    open_ = ids.pop(rows.about["open"]["id"])
    reader.adds_up(everybody, [*ids.values(), open_])
    reader.adds_up(open_, [open_stop, open_none])
    reader.adds_up(stop, [name for id_, name in ids.items() if id_ in rows.stopping])
    reader.adds_up(other, [name for id_, name in ids.items() if id_ not in rows.stopping])
    sets = {("possible", row[0], 0): set(row[-1].split()) for row in figures["possible"]["rows"]}
    if sets:
        reader.adds_up(open_, sets)
        with_stop, without = (
            [name for name, ids in sets.items() if ids and bool(ids & set(rows.stopping)) is some]
            for some in (True, False)
        )
        mixed = [name for name, ids in sets.items() if not ids]
        parts = [reader.rest("possible", "with a stop"), reader.rest("possible", "without")]
        for name in mixed:
            reader.adds_up(name, parts)
        reader.adds_up(open_stop, [*with_stop, *parts[: bool(mixed)]])
        reader.adds_up(open_none, [*without, *parts[bool(mixed) : 2 * bool(mixed)]])


def _steps(reader: Reader, item: Mapping[str, Any], everybody: Name) -> None:
    come: Name = everybody
    ends: list[Name] = []
    for row in item["rows"]:
        whole, *parts = [("attrition", row[0], place) for place in range(4)]
        reader.adds_up(come, [whole])
        reader.adds_up(whole, parts)
        come, ends = parts[0], [*ends, *parts[1:]]
    reader.adds_up(everybody, [*ends, come])


def _group(reader: Reader, id_: str, item: Mapping[str, Any], totals: Mapping[str, Any], everybody: Name) -> None:
    reader.adds_up(everybody, _column(item))
    for place, total in enumerate(_column(totals), 1):
        reader.adds_up(total, _column(item, place))
    for row in item["rows"]:
        reader.adds_up((id_, row[0], 0), [(id_, row[0], place) for place in range(1, 5)])


def _missing(reader: Reader, figures: Mapping[str, Any]) -> None:
    open_ = _column(figures["outcomes"])[-1]
    for row in figures["missing"]["rows"]:
        wait, settles, stop, other, leaves = [("missing", row[0], place) for place in range(5)]
        reader.adds_up(settles, [stop, other])
        only = reader.rest("missing", row[0])
        reader.adds_up(leaves, [stop, only])
        reader.adds_up(wait, [settles, only, reader.rest("missing", row[0])])
        reader.adds_up(open_, [wait, reader.rest("missing", row[0])])


def _studies(reader: Reader, figures: Mapping[str, Any], everybody: Name) -> None:
    sets = {("overlap", row[0], 0): (row[0], set(row[-1].split())) for row in figures["overlap"]["rows"]}
    reader.adds_up(everybody, sets)
    for row in figures["protocols"]["rows"]:
        reader.adds_up(everybody, [("protocols", row[0], place) for place in range(3)])
        with_it = [name for name, (_, ids) in sets.items() if row[-1] in ids]
        for name, (label, ids) in sets.items():
            if not ids and label != "none":
                part = reader.rest("overlap", row[0])
                reader.adds_up(name, [part, reader.rest("overlap", row[0])])
                with_it.append(part)
        reader.adds_up(("protocols", row[0], 0), with_it)


def ranges(rows: Any, ends: Any, limits: list[tuple[int, float]]) -> Iterator[tuple[float, float]]:
    """The lowest and highest value of each unknown where the rows come to their ends and each is within its limits (simplex method)."""
    low = np.array([item[0] for item in limits], dtype=float)
    bounded = [place for place, item in enumerate(limits) if np.isfinite(item[1])]
    tops = np.zeros((len(bounded), len(limits)))
    tops[range(len(bounded)), bounded] = 1
    whole = np.block([[rows, np.zeros((len(rows), len(bounded)))], [tops, np.eye(len(bounded))]])
    right = np.concatenate([ends - rows @ low, [limits[place][1] - low[place] for place in bounded]])
    whole[right < 0] *= -1
    right = abs(right)
    count = len(right)
    table = np.hstack([whole, np.eye(count), right[:, None]])
    basis = list(range(whole.shape[1], whole.shape[1] + count))
    cost = np.concatenate([np.zeros(whole.shape[1]), np.ones(count)])
    _minimise(table, basis, cost, table.shape[1] - 1)
    assert cost[basis] @ table[:, -1] < _ALMOST, "what is shown contradicts itself"
    for row, place in enumerate(basis):
        if place >= whole.shape[1]:
            full = np.flatnonzero(abs(table[row, : whole.shape[1]]) > _ALMOST)
            if full.size:
                _pivot(table, basis, row, int(full[0]))
    kept = [row for row, place in enumerate(basis) if place < whole.shape[1]]
    table, basis = np.hstack([table[kept][:, : whole.shape[1]], table[kept][:, -1:]]), [basis[row] for row in kept]
    for place in range(len(limits)):
        found = []
        for sign in (1.0, -1.0):
            cost = np.zeros(whole.shape[1])
            cost[place] = sign
            ended = _minimise(table, basis, cost, whole.shape[1])
            found.append(low[place] + sign * (cost[basis] @ table[:, -1]) if ended else sign * -np.inf)
        yield found[0], min(found[1], 1e9)


def _minimise(table: Any, basis: list[int], cost: Any, columns: int) -> bool:
    """Make the cost as low as possible; False where it has no end."""
    while True:
        falling = np.flatnonzero(cost[:columns] - cost[basis] @ table[:, :columns] < -_ALMOST)
        if not falling.size:
            return True
        column = int(falling[0])
        rising = table[:, column] > _ALMOST
        if not rising.any():
            return False
        ratios = np.where(rising, table[:, -1] / np.where(rising, table[:, column], 1), np.inf)
        first = np.flatnonzero(ratios <= ratios.min() + _ALMOST)
        _pivot(table, basis, int(min(first, key=lambda row: basis[row])), column)


def _pivot(table: Any, basis: list[int], row: int, column: int) -> None:
    table[row] /= table[row, column]
    others = np.arange(len(table)) != row
    table[others] -= np.outer(table[others, column], table[row])
    basis[row] = column
