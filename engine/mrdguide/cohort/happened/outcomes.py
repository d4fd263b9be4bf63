"""What happened after stopping, by what the rules had said: the figures, and the page around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import UsageError
from ...reading.validation import closest
from ...report.blocks import Banner, Block, Item, Items, Page, Picture, line
from ...report.charts.curves import Curve, Point, curves
from ...rulebook.book import RuleBook
from ...rulebook.fingerprint import evidence_hash
from ..figures.answer_rows import AnswerRows
from ..figures.cells import Cells
from ..figures.counting import everybody
from ..figures.figure import Estimate, Figure, Row, Value, shown
from ..figures.report import Report, section_of
from ..figures.suppression import NoWay
from .end_points import EndPoint, every_end_point
from .estimates import Share
from .groups import APART, Member, mask, members_of, words_of
from .life_tables import (
    LifeTable,
    Shares,
    Timed,
    every_step,
    grid_of,
    life_table,
    shares_of,
    tie_nested,
)
from .published import Study, studies_of
from .table import HappenedTable

_FOOT = (
    "Nothing here says what stopping does, or that it is better or worse than going on: who stopped was chosen, and nobody was "
    "compared. It is no recommendation for a patient.",
    "Published figures stand beside those observed as they were published; patients, time and care differ, and nothing is tested.",
)
_METHOD = (
    "The clock starts on the day on which maintenance stopped. Whoever is followed had the answer by then: no time before the criterion was met "
    "is counted, and who stopped before it was met, or whose answer came later, is counted and shown apart.",
    "Alive without the event: Kaplan-Meier. Share with the event: Aalen-Johansen, where death without it is a competing event and not a "
    "loss of contact. Intervals are 95 %, log(-log); where nobody has had an event yet, the lower end is the exact binomial one.",
    "MRD returns on the day of the test that found it; it may have returned since the test before. 'Last seen' is taken to say nothing of what "
    "came after, which fails where those who do badly are lost from sight.",
)
_BY_INTERVAL = (
    "Counts below {least}, and counts from which they would follow, are not shown (*). The shares are worked out from the counts of each "
    "table alone (by interval, who was last seen in one counting for half of it), and only where none of these is hidden; lines are "
    "drawn through them. Apart from this page (another one of the same patients, the rows themselves) that does not hold."
)


@dataclass(frozen=True, slots=True)
class Series:
    """Patients who are followed together. `inside` is the series that they are part of."""

    id: str
    title: str
    text: str
    chosen: tuple[bool, ...]
    inside: str = ""
    study: Study | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    series: Series
    table: LifeTable


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: how many days before stopping the answer may be given (0: any time), below which number counts are hidden
    (0: none are), and the end points (none named: all that the table records)."""

    within: int = 0
    least: int = 0
    end_points: tuple[str, ...] = ()


def outcomes_of(rows: AnswerRows, happened: HappenedTable, rules: RuleBook, wanted: Wanted) -> Report:
    """The figures of what happened. `rules` are those that made the rows.

    Where counts are hidden there is one end point: counts of several tell of each other, and nearly all would be hidden.

    Raises:
        UsageError: the rows were made by other rules or with other evidence, or an end point is not recorded; small counts cannot be hidden.
    """
    _same_book(rows, rules)
    within, least = wanted.within, wanted.least
    members = members_of(rows, happened, within)
    end_points = _end_points(happened, wanted)
    cells = Cells()
    groups, ages = _groups(members, within, cells), _ages(members, cells)
    series = list(_series(members, rows, rules, end_points, by_answer=not least))
    counted = _counted(members, series, end_points, cells, coarse=bool(least))
    try:
        hidden = cells.hidden(least) if least else frozenset[str]()
    except NoWay:
        raise UsageError(
            f"so few patients are followed that counts below {least} cannot be hidden; choose a smaller --min-cell, or leave it out"
        ) from None
    by_interval = bool(least)
    figures = [groups, *([ages] if ages.rows else []), *_beside_published(counted, hidden, by_interval=by_interval)]
    figures += [_figure(item, hidden, by_interval=by_interval) for item in counted]
    return Report(rows, tuple(figures), hidden, least, cells.of(everybody(rows)), cells)


def _end_points(happened: HappenedTable, wanted: Wanted) -> list[EndPoint]:
    known = {item.id: item for item in every_end_point()}
    for name in wanted.end_points:
        if name not in known:
            raise UsageError(
                f"there is no end point '{name}'; {closest(name, known) or 'there are ' + ', '.join(known)}"
            )
        if not set(known[name].event) <= happened.recorded:
            columns = ", ".join(known[name].event)
            raise UsageError(f"the end point '{name}' needs the columns {columns} in the table of what happened")
    if wanted.least and len(wanted.end_points) != 1:
        raise UsageError(
            "where counts are hidden, name one end point (--end-point): those of several would give each other away"
        )
    recorded = [item for item in known.values() if set(item.event) <= happened.recorded]
    return [item for item in recorded if not wanted.end_points or item.id in wanted.end_points]


def _same_book(rows: AnswerRows, rules: RuleBook) -> None:
    about = rows.about
    if (about["rules_hash"], about["evidence_hash"]) != (rules.hash, evidence_hash(rules.evidence)):
        raise UsageError(
            f"the rows were made by {about['rules']} (rules {about['rules_hash'][:12]}), and the rules here are {rules.name} "
            f"({rules.hash[:12]}), or their evidence is another; name the same with --rules, or make the rows again with `mrdguide cohort run`"
        )


def _groups(members: Sequence[Member], within: int, cells: Cells) -> Figure:
    words = {name: text for name, text in words_of(within).items() if within or name != "too-old"}
    masks = [mask(members, [item.group == name for item in members]) for name in words]
    _, counts = cells.parted(mask(members, [True] * len(members)), masks)
    stopped = [found for name, found in zip(words, masks, strict=True) if name in ("entered", *APART, "no-time")]
    cells.parted(sum(stopped[1:], stopped[0]), stopped)
    return Figure(
        "groups", "Who is followed from stopping on, and who is counted apart", "Every patient of the cohort is in one row.",
        ("patients who", "patients", "id"),
        tuple(Row(text, (count, name)) for (name, text), count in zip(words.items(), counts, strict=True)), (0,),
    )  # fmt: skip


_AGES = ((0, "on the day of stopping"), (30, "1 to 30 days before"), (90, "31 to 90 days before"),
         (180, "91 to 180 days before"), (None, "more than 180 days before"))  # fmt: skip


def _ages(members: Sequence[Member], cells: Cells) -> Figure:
    """How old the answer was on the day of stopping, of those who are followed."""
    entered = mask(members, [item.group == "entered" for item in members])
    masks, begins = [], -1
    for most, _ in _AGES:
        masks.append(entered & mask(members, [_is_within(item.answer_age, begins, most) for item in members]))
        begins = most if most is not None else begins
    _, counts = cells.parted(entered, masks)
    table = [Row(words, (count,)) for (_, words), count in zip(_AGES, counts, strict=True)]
    return Figure(
        "answer-age", "When the answer was given", "Of those who are followed: the last day judged up to stopping. What came to light between the two days is not in the answer.",
        ("last answer", "patients"), tuple(table) if entered.any() else (), (0,),
    )  # fmt: skip


def _is_within(age: int | None, begins: int, most: int | None) -> bool:
    return age is not None and age > begins and (most is None or age <= most)


def _series(
    members: Sequence[Member], rows: AnswerRows, rules: RuleBook, end_points: Sequence[EndPoint], *, by_answer: bool
) -> Iterator[Series]:
    """Those who entered; of them those with each answer, and those whom a study would have taken; and those apart."""
    entered = tuple(item.group == "entered" for item in members)
    if any(entered):
        text = "Stopped after an answer that opens the way to stopping."
        yield Series("entered", "Stopped with the answer", text, entered)
    answers = sorted({item.answer for item in members if item.group == "entered"})
    for name in answers if len(answers) > 1 and by_answer else ():
        chosen = tuple(here and item.answer == name for here, item in zip(entered, members, strict=True))
        yield Series(
            name, rows.title(f"outcome:{name}"), "Of those above, the ones with this answer.", chosen, "entered"
        )
    for study in studies_of(rules):
        chosen = tuple(here and study.protocol in item.studies for here, item in zip(entered, members, strict=True))
        if any(chosen) and any(study.findings(item) for item in end_points):
            name = study.entry.called
            text = f"Of those above, the ones whom {name} would have taken, as far as its published criteria say."
            yield Series(f"study-{study.protocol}", f"Like those of {name}", text, chosen, "entered", study)
    apart = tuple(item.group in APART for item in members)
    if any(apart):
        text = (
            "Stopped without such an answer by then: shown for completeness. They differ from those above in more than the answer, so that "
            "the difference says nothing of what the rules or stopping do."
        )
        yield Series("apart", "Stopped without the answer, apart", text, apart)


def _counted(
    members: Sequence[Member], series: Sequence[Series], end_points: Sequence[EndPoint], cells: Cells, *, coarse: bool
) -> list[_Counted]:
    """The life tables, with all that ties their counts together."""
    published = [item.month for one in series if one.study for end in end_points for item in one.study.findings(end)]
    followed = [item.happened for item in members if item.group in ("entered", *APART)]
    longest = max((end.end(item)[0] for item in followed if item is not None for end in end_points), default=0)
    grid = grid_of(longest, published, coarse=coarse)
    found: list[_Counted] = []
    for one in series:
        shown_here = [item for item in end_points if one.study is None or one.study.findings(item)]
        tables = [life_table(members, one.chosen, item, grid, cells) for item in shown_here]
        for table in tables:
            outer = next((item.table for item in found if item.series.id == one.inside and item.table.end_point == table.end_point), None)  # fmt: skip
            if outer is not None:
                tie_nested(outer, table, cells)
        found += [_Counted(one, table) for table in tables]
    return found


def _figure(counted: _Counted, hidden: frozenset[str], *, by_interval: bool) -> Figure:
    series, table = counted.series, counted.table
    end_point = table.end_point
    shares = shares_of(table, hidden, by_interval=by_interval)
    competes = bool(end_point.words.competing)
    name = f"{series.id}-{end_point.id}"
    title = f"{series.title}: {end_point.title}"
    words = end_point.words
    head = ["months after stopping", "still followed", words.event]
    head += [words.competing] if competes else []
    head += ["last seen without it", f"{words.free}, %"]
    head += [f"{words.event}, %"] if competes else []
    picture = _picture(f"cohort-{name}", title, table, shares, hidden, by_interval=by_interval)
    rows = tuple(_rows(table, shares, competes=competes))
    text = f"{series.text} Each row counts what happened since the row before."
    if series.study is not None and series.study.entry.warnings:
        text += f" Of the study: {' '.join(series.study.entry.warnings)}"
    return Figure(name, title, text, tuple(head), rows, (), picture)


def _rows(table: LifeTable, shares: Sequence[Shares], *, competes: bool) -> Iterator[Row]:
    for row, found in zip(table.rows, shares, strict=True):
        event, competing, last_seen = row.ends
        values: list[Value] = [row.left, event, *([competing] if competes else []), last_seen, _estimate(found.free)]
        values += [_estimate(found.event)] if competes else []
        yield Row(str(row.month), tuple(values))


def _beside_published(counted: Sequence[_Counted], hidden: frozenset[str], *, by_interval: bool) -> Iterator[Figure]:
    """What studies published, and what was observed in those whom they would have taken; nothing where there are none."""
    table = []
    for item in counted:
        study, end_point = item.series.study, item.table.end_point
        if study is None:
            continue
        shares = {found.month: found for found in shares_of(item.table, hidden, by_interval=by_interval)}
        for finding in study.findings(end_point):
            here = shares[finding.month]
            words = getattr(end_point.words, finding.side)
            observed = _estimate(getattr(here, finding.side))
            values = (str(finding.month), item.table.rows[0].left, words, observed, finding.text)
            table.append(Row(study.entry.called, values))
    if table:
        yield Figure(
            "beside-published", "Observed beside published",
            "For each study that would have taken some of those who are followed: what it published on the same clock, and what was observed in "
            "them. Each has its own patients, tests and length of follow-up; they are not compared, and nothing is pooled. - is where nobody "
            "is followed so long, or where it may not be shown.",
            ("study", "months after stopping", "patients here", "of whom", "observed, %", "published, and where it was read"), tuple(table),
        )  # fmt: skip


def _estimate(share: Share | None) -> Estimate:
    return Estimate() if share is None else Estimate(_percent(share.value), _percent(share.low), _percent(share.high))


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * min(max(share, 0.0), 1.0), 1)


def _picture(
    prefix: str, title: str, table: LifeTable, shares: Sequence[Shares], hidden: frozenset[str], *, by_interval: bool
) -> Picture | None:
    free, event = _at_rows(shares) if by_interval else every_step(table)
    words = table.end_point.words
    whole, dashed = Curve(words.free, _points(free)), Curve(words.event, _points(event))
    followed = [(row.month, _number(row.left, hidden)) for row in table.rows]
    caption = f"{title}. The band is the 95 % interval of the whole line; all numbers are in the table below."
    return curves(prefix, title, whole, dashed if words.competing else None, followed, steps=not by_interval, caption=caption)  # fmt: skip


def _at_rows(shares: Sequence[Shares]) -> tuple[list[Timed], list[Timed]]:
    free = [(float(item.month), item.free) for item in shares if item.free is not None]
    return free, [(float(item.month), item.event) for item in shares if item.event is not None]


def _points(timed: Sequence[Timed]) -> tuple[Point, ...]:
    return tuple(Point(month, share.value, share.low, share.high) for month, share in timed)


def _number(value: Value, hidden: frozenset[str]) -> int | None:
    found = shown(value, hidden)
    return found if isinstance(found, int) else None


def page_of_outcomes(report: Report) -> Page:
    """The figures as a page."""
    about = report.rows.about
    lines = [line(f"{report.patients}, judged by {about['rules']}.")]
    if report.least:
        lines.append(line(_BY_INTERVAL.format(least=report.least)))
    front: list[Block] = [Banner("What happened after stopping, beside the answers", tuple(lines))]
    front.append(Items(tuple(Item(line(text)) for text in (*_FOOT, *_METHOD))))
    front += [section_of(figure, report.hidden) for figure in report.figures]
    return Page("After stopping", f"{about['rules']}, rules {about['rules_hash'][:12]}", tuple(front), (), _FOOT)
