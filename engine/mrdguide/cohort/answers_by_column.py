"""The rows of patients who were judged by column, made column by column too; the same as `rows.row_of` makes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from ..case.case import Case
from ..errors import InconsistentVerdicts
from ..logic.operators.reference import Reference
from ..logic.truth import MET, UNKNOWN, VERDICTS
from ..patient.therapy import TherapyEntry
from ..rulebook.book import RuleBook
from .answer_columns import RISK, verdict_columns
from .arrow import needed
from .columns import Judged, judge_profiles
from .columns.arrow_doubts import without_doubts, year_of
from .columns.arrow_fields import DAYS_BEFORE_1970
from .columns.conclusions import known_of
from .columns.kernel import Column
from .columns.listed import codes_of
from .columns.of_arrow import ArrowEntries, ArrowProfiles
from .columns.plain_rows import plain
from .columns.second_engine import by_input
from .missing_by_column import missing_of
from .rows import KEPT_UP, Asked, Open, class_of, explained

_ARROW_VERDICTS = [verdict.value for verdict in VERDICTS]


def answered(batch: Any, days: Column, book: RuleBook, asked: Asked, schema: Any) -> tuple[Column, Judged, Any]:
    """Judge the rows of an Arrow batch that are plain, each on its day; `book` as it is in force on all these days. Returns
    their places, what was judged and the rows for them; a patient whose answer cannot be given is left out, as are all who
    are not plain."""
    profiles = ArrowProfiles(batch)
    places = np.arange(len(profiles))
    wanted = plain(profiles)
    while True:
        profiles, places = _some(profiles, wanted), places[wanted]
        doubted = without_doubts(profiles, days[places])
        if doubted.undecided.any():
            wanted = ~doubted.undecided
            continue
        found = judge_profiles(doubted.profiles, days[places], book)
        if not found.refused:
            return places, found, answers_of(profiles, found, days[places], book, asked, schema)
        wanted = np.ones(len(profiles), dtype=np.bool_)
        wanted[list(found.refused)] = False


def _some(profiles: ArrowProfiles, wanted: Column) -> ArrowProfiles:
    """Some of the profiles; what is laid out of all is kept where these are all."""
    return profiles if wanted.all() else ArrowProfiles(profiles.batch.filter(needed("pyarrow").array(wanted)))


def answers_of(profiles: ArrowProfiles, found: Judged, days: Column, book: RuleBook, asked: Asked, schema: Any) -> Any:
    """The rows as an Arrow batch. All patients have an answer."""
    arrow, decision = needed("pyarrow"), book.decision
    outcome = np.asarray(found.outcome, dtype=np.int64)
    masks, which = np.unique(found.possible, return_inverse=True)
    possible = [found.named(int(mask)) for mask in masks]
    columns: dict[str, Any] = {
        "patient": profiles.ids(), "as_of": arrow.array((days - DAYS_BEFORE_1970).astype(np.int32)).cast(arrow.date32()),
        "outcome": arrow.array(found.outcomes).take(arrow.array(outcome)),
        "settled": outcome != found.outcomes.index(decision.insufficient.id),
        "stop_possible": np.array([decision.stop_possible(names) for names in possible], dtype=np.bool_)[which],
        "possible_outcomes": _picked(possible, which),
        "protocols": _protocols(found, MET), "protocols_open": _protocols(found, UNKNOWN),
        **_therapy(profiles, days), "diagnosed": _years(profiles), **_risk(found, book),
    }  # fmt: skip
    columns["missing"] = arrow.repeat(arrow.scalar([], schema.field("missing").type), len(profiles))
    columns.update(_explained(profiles, found, columns["settled"], days, book, asked))
    words = arrow.array(_ARROW_VERDICTS)
    place = {name: number for number, name in enumerate(found.names)}
    for name in verdict_columns(book):
        if name in place:
            # A verdict is a small number in either type, so that its row is the column as it stands.
            indices = arrow.array(found.verdicts[place[name]].view(np.int8))
            columns[name] = arrow.DictionaryArray.from_arrays(indices, words, safe=False)
    return arrow.RecordBatch.from_arrays(
        [_as(columns.get(field.name), field, len(profiles)) for field in schema], schema=schema
    )


def _as(values: Any, field: Any, size: int) -> Any:
    arrow = needed("pyarrow")
    if values is None:
        return arrow.nulls(size, field.type)
    return values if isinstance(values, arrow.Array) else arrow.array(values, field.type)


def _picked(values: Sequence[Any], which: Column) -> Any:
    """Lists of texts, of which each row has one."""
    arrow = needed("pyarrow")
    return arrow.array(values, arrow.list_(arrow.string())).take(arrow.array(which))


def _protocols(found: Judged, verdict: int) -> Any:
    """The protocols that have a verdict in each patient."""
    rows = [found.verdicts[found.names.index(f"match:{name}")] == verdict for name in found.protocol_ids]
    sets: list[list[str]] = []

    def collected(has: tuple[int, ...]) -> int:
        sets.append([name for name, there in zip(found.protocol_ids, has, strict=True) if there])
        return len(sets) - 1

    if not rows:
        return _picked([[]], np.zeros(found.outcome.size, dtype=np.int64))
    which, _ = by_input([row.astype(np.uint8) for row in rows], collected)
    return _picked(sets, which.astype(np.int64))


def _therapy(profiles: ArrowProfiles, days: Column) -> dict[str, Any]:
    """The latest line of therapy that has begun, and the drugs of maintenance that goes on, as of each patient."""
    entries, size = profiles.entries("therapy"), len(profiles)
    as_of = days[entries.owner]
    start, other, end = entries.dates("start"), entries.dates("date"), entries.dates("end")
    latest = np.where(start.known, start.latest, other.latest)
    begun = (start.known | other.known) & (latest <= as_of)
    numbers = np.nan_to_num(entries.numbers("line")).astype(np.int64)
    line = np.zeros(size, dtype=np.int64)
    np.maximum.at(line, entries.owner[begun], numbers[begun])
    phases = entries.words("phase", codes_of(TherapyEntry, "phase"))
    kept_up = np.isin(phases, [codes_of(TherapyEntry, "phase")[name] for name in KEPT_UP])
    going_on = np.flatnonzero(begun & kept_up & ~(end.known & (end.latest <= as_of)))
    arrow = needed("pyarrow")
    return {"line": arrow.array(line, arrow.int32(), mask=line == 0), "drugs": _drugs(entries, going_on, size)}


def _drugs(entries: ArrowEntries, places: Column, size: int) -> Any:
    """The drugs of some entries of each patient together: nothing where there are none, null where some are not recorded."""
    codes, kinds = entries.alike(("drugs",))
    named = [None if kind.drugs is None else sorted({drug.lower() for drug in kind.drugs}) for kind in kinds]
    together: list[list[str] | None] = [[], *named]
    which, owner = np.zeros(size, dtype=np.int64), entries.owner[places]
    which[owner] = codes[places] + 1
    several: dict[int, list[int]] = {}
    for place in np.flatnonzero(np.bincount(owner, minlength=size)[owner] > 1).tolist():
        several.setdefault(int(owner[place]), []).append(int(codes[places[place]]))
    for patient, found in several.items():
        drugs = [drug for code in found for drug in named[code] or ()]
        which[patient] = len(together)
        together.append(None if any(named[code] is None for code in found) else sorted(set(drugs)))
    return _picked(together, which)


def _years(profiles: ArrowProfiles) -> Any:
    """The year of diagnosis."""
    arrow, diagnosed = needed("pyarrow"), profiles.dates("diagnosis.date")
    return arrow.array(year_of(diagnosed.earliest).astype(np.int32), mask=~diagnosed.known)


def _risk(found: Judged, book: RuleBook) -> dict[str, Any]:
    """The class of each scheme, worked out once for each of the different inputs that it has; null where verdicts contradict
    each other, which the answer says."""
    arrow = needed("pyarrow")
    known, contradicting = known_of(book, found.verdicts[: found.criteria])
    columns: dict[str, Any] = {}
    for name, reads, classify in _classes(book):
        classes: list[str] = []
        which, _ = by_input([known[place] for place in reads], partial(_added, classes, classify))
        columns[f"{RISK}{name}"] = arrow.DictionaryArray.from_arrays(
            arrow.array(which.astype(np.int32), mask=contradicting), arrow.array(classes, arrow.string())
        ).dictionary_decode()
    return columns


def _added(classes: list[str], classify: Callable[[tuple[int, ...]], str], inputs: tuple[int, ...]) -> int:
    """Note the class of an input; returns its place."""
    classes.append(classify(inputs))
    return len(classes) - 1


@lru_cache(maxsize=8)
def _classes(book: RuleBook) -> list[tuple[str, list[int], Callable[[tuple[int, ...]], str]]]:
    """Of each scheme its id, the criteria that it hangs on, and the class that verdicts of these give."""
    found: list[tuple[str, list[int], Callable[[tuple[int, ...]], str]]] = []
    for scheme in book.schemes:
        names = [name for name in book.decider.index_of if name.startswith(f"scheme:{scheme.id}:")]
        reads = sorted({place for name in names for place in _criteria_of(book, name)})
        found.append((scheme.id, reads, lru_cache(maxsize=20_000)(partial(_class, book, scheme.id, reads))))
    return found


def _class(book: RuleBook, scheme: str, reads: Sequence[int], inputs: tuple[int, ...]) -> str:
    verdicts = [UNKNOWN] * len(book.compiled_criteria)
    for place, verdict in zip(reads, inputs, strict=True):
        verdicts[place] = verdict
    try:
        return class_of(book.decider.schemes(verdicts)[scheme])
    except InconsistentVerdicts:
        return ""  # of those who are left out


def _criteria_of(book: RuleBook, name: str) -> Iterator[int]:
    """The places of the criteria that a combination refers to."""
    decider = book.decider
    if decider.index_of[name] < len(book.compiled_criteria):
        yield decider.index_of[name]
        return
    waiting = [decider.derived_rules[name]]
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, Reference):
            yield from _criteria_of(book, expression.id)
        waiting += expression.children()


def _explained(
    profiles: ArrowProfiles, found: Judged, settled: Column, days: Column, book: RuleBook, asked: Asked
) -> dict[str, list[Any]]:
    """What is missing in those whose answer is open, and windows that close."""
    if asked.missing == "none" and not asked.windows:
        return {}
    columns: dict[str, list[Any]] = {"missing": [[] for _ in range(len(profiles))]}
    if asked.windows:
        columns["windows"] = [None] * len(profiles)
    places = np.flatnonzero(~settled | bool(asked.windows)).tolist()
    of_criteria, reconciled = found.verdicts[: found.criteria].T[places].tolist(), book.decider.implications.reconciled
    patients = zip(places, profiles.patients(places), of_criteria, strict=True)
    told = {place: Open(Case(patient, int(days[place])), reconciled(of)[0]) for place, patient, of in patients}
    if asked.missing == "leads":
        waiting = [place for place in places if not settled[place]]
        for place, facts in zip(waiting, missing_of([told[place] for place in waiting], book), strict=True):
            columns["missing"][place] = facts
        asked = replace(asked, missing="none")
    for place, of in told.items():
        for name, value in explained(of, bool(settled[place]), book, asked).items():
            columns[name][place] = value
    return columns
