"""One cohort by several rule books: whose answer changes, from what to what, and by which rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import UsageError
from ..logic.truth import Verdict
from ..report.blocks import Banner, Block, Page, Paragraph, Section, Table, line
from ..report.rejected import besides
from ..rulebook.book import RuleBook
from ..rulebook.compare import Comparison
from ..rulebook.layered import CORE, WATCH
from .figures.answer_rows import AnswerRows, read_answers
from .figures.cells import Cells
from .figures.counting import kinds
from .figures.figure import Figure, Row
from .figures.report import section_of
from .running import Run, Watcher, run
from .swept_books import Setting, Sweep

# What follows from other verdicts, or is the core's own in a book with layers, is no reason of its own.
_FOLLOWS = ("outcome:", "secondary:", "answer:", CORE, WATCH)
_FOOT = ("What rules say of records, by one book and by another; not what happened to anybody.",)


@dataclass(frozen=True, slots=True)
class Change:
    """One patient (on one day) whose answer is another one; `rules` are those whose verdict differs, the ones that read the patient first."""

    patient: str
    as_of: Any
    before: str
    after: str
    possible_before: tuple[str, ...]
    possible_after: tuple[str, ...]
    rules: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """A row of the table of changes."""
        return {name: getattr(self, name) for name in self.__slots__}


def judged_by(wanted: Run, books: Sequence[RuleBook], watcher: Watcher) -> Iterator[AnswerRows]:
    """The rows of the same patients by each book in turn.

    Raises:
        MrdguideError: see `running.run`.
    """
    with TemporaryDirectory(prefix="mrdguide-compare-") as made:
        for number, book in enumerate(books):
            output = Path(made) / f"{number}.parquet"
            run(replace(wanted, output=output, task=replace(wanted.task, rules=book)), watcher)
            yield read_answers(output, None)


def changes(before: AnswerRows, after: AnswerRows) -> list[Change]:
    """Whose outcome differs, or the set of possible outcomes: books may name these in another order.

    Raises:
        UsageError: the rows are not of the same patients and days.
    """
    one, two = before.every_day, after.every_day
    if any(one[name].to_pylist() != two[name].to_pylist() for name in ("patient", "as_of")):
        raise UsageError("the two books answer other patients: one of them rejects some; see the rejects of each")
    fixed = ("patient", "as_of", "outcome", "possible_outcomes")
    found = []
    for place, (was, now) in enumerate(zip(one.select(fixed).to_pylist(), two.select(fixed).to_pylist(), strict=True)):
        if was["outcome"] != now["outcome"] or set(was["possible_outcomes"]) != set(now["possible_outcomes"]):
            rules = tuple(_differing(before, after, place))
            found.append(
                Change(was["patient"], was["as_of"], was["outcome"], now["outcome"], tuple(was["possible_outcomes"]),
                       tuple(now["possible_outcomes"]), rules)
            )  # fmt: skip
    return found


def _differing(before: AnswerRows, after: AnswerRows, place: int) -> Iterator[str]:
    names = [name for name in dict.fromkeys([*before.verdicts, *after.verdicts]) if not name.startswith(_FOLLOWS)]
    for name in names:
        was, now = (rows.every_day[name][place].as_py() if name in rows.verdicts else None for rows in (before, after))
        # A rule that only one of the books has is a reason where it is met.
        if was != now and (None not in (was, now) or Verdict.MET in (was, now)):
            yield name


def comparison_page(
    first: RuleBook, second: RuleBook, before: AnswerRows, after: AnswerRows, found: Sequence[Change]
) -> Page:
    """What changes in the cohort, with what the books differ in for every patient there can be."""
    comparison = Comparison(first, second)
    size = before.every_day.num_rows
    told = line(
        f"Of {size:,} answers {len(found):,} change{besides(before.rejected)}. For all patients there can be, the second book is "
        f"{comparison.in_words}."
    )
    moved = Counter((item.before, item.after) for item in found)
    rules = Counter(name for item in found for name in item.rules)
    blocks: list[Block] = [Banner("Two rule books, one cohort", (told,))]
    rows = [
        (before.title(was), _now(before, was, after, now), f"{count:,}")
        for (was, now), count in sorted(moved.items(), key=lambda item: (-item[1], item[0]))
    ]
    blocks.append(_table("From what to what", ("before", "after", "answers"), rows))
    named = sorted(rules.items(), key=lambda item: (-item[1], item[0]))
    blocks.append(
        _table(
            "Rules whose verdict differs in them",
            ("rule", "answers", "id"),
            [
                ((after if name in after.about["titles"] else before).title(name), f"{count:,}", name)
                for name, count in named
            ],
        )
    )
    return Page("A cohort by two rule books", " and ".join(names_apart(first, second)), tuple(blocks), (), _FOOT)


def names_apart(first: RuleBook, second: RuleBook) -> tuple[str, str]:
    """What two books are called, so that they can be told apart: with the beginning of their hash where the names are the same."""
    if first.name != second.name or first.hash == second.hash:
        return first.name, second.name
    return f"{first.name} ({first.hash[:12]})", f"{second.name} ({second.hash[:12]})"


def _now(before: AnswerRows, was: str, after: AnswerRows, now: str) -> str:
    """What an answer has become; one that is open in both is open between other outcomes."""
    return "the same, with other outcomes possible" if was == now == before.about["open"]["id"] else after.title(now)


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Section:
    if not rows:
        return Section(title, (Paragraph(line("None.")),))
    return Section(title, (Table(title, head, tuple(tuple(line(value) for value in row) for row in rows)),))


def sweep_figure(settings: Sequence[Setting], found: Sequence[tuple[AnswerRows, int]]) -> Figure:
    """A row for each setting: the four kinds of answer, and how many answers are others than with the book as it is."""
    table = []
    for setting, (rows, changed) in zip(settings, found, strict=True):
        cells = Cells()
        table.append(Row(setting.label, (*(cells.of(kind) for kind in kinds(rows)), f"{changed:,}")))
    head = (
        "stopping may be discussed",
        "open, a stop is possible",
        "open, no stop is possible",
        "another answer",
        "answers that change",
    )
    return Figure(
        "sweep", "What changes if numbers move", "Each row is the whole cohort with the numbers named; every other rule is as it was.",
        ("numbers", *head), tuple(table), (0, 1, 2, 3),
    )  # fmt: skip


def sweep_page(settings: Sequence[Setting], sweeps: Sequence[Sweep], figure: Figure, rows: AnswerRows) -> Page:
    """The sweep as a page; `rows` are those of the first setting."""
    base = settings[0].book
    told = line(
        f"{rows.count:,} patients by {base.name}{besides(rows.rejected)}. Numbers other than the book's are for asking, not for answers."
    )
    moved = (line(sweep.in_words) for sweep in sweeps)
    blocks = (Banner("A cohort with other thresholds", (told, *moved)), section_of(figure, frozenset()))
    return Page("A cohort with other thresholds", base.name, blocks, (), _FOOT)
