"""A cohort that was opened: its figures, whom each count counts, and where the profiles are."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import UsageError

if TYPE_CHECKING:
    from ...cohort.figures.cell import Cell
    from ...cohort.figures.figure import Figure, Row, Value
    from ...cohort.figures.report import Report
    from ...cohort.one_patient import FoundPatient
    from ...report.blocks import Block, Page
    from ...rulebook.book import RuleBook
    from .page_state import CountPlace
    from .sweep import Sweep


@dataclass(frozen=True, slots=True)
class Listed:
    """A patient of a list. `place` is the row of the cohort, `answer` is the id of the outcome, `outcome` and `possible` are titles."""

    place: int
    patient: str
    day: date
    answer: str
    outcome: str
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownCount:
    """A cell of a table. `column` is set where its patients can be listed."""

    text: str
    column: int | None = None


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure: what stands above its table, the head of the table, and its rows with their labels."""

    id: str
    title: str
    above: tuple[Block, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[ShownCount, ...]], ...]


@dataclass(frozen=True)
class OpenedCohort:
    """The report of what `cohort run` has written. `inputs` are what it was read from; without any no profile can be opened.

    `key` is what a page has to show, since others who have accounts on this machine reach the workbench too.
    """

    report: Report
    inputs: tuple[Path, ...] = ()
    as_of_column: str | None = None
    sweep: Sweep | None = None
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)

    def is_shown_to(self, key: str) -> bool:
        """Whether a page with this key may see the cohort."""
        return secrets.compare_digest(key.encode("utf-8"), self.key.encode("utf-8"))

    @property
    def may_be_listed(self) -> bool:
        """Whether lists of patients may be opened: not where counts are hidden."""
        return not self.report.least

    def report_page(self) -> Page:
        """The report as a page."""
        from ...cohort.figures.report import page_of

        return page_of(self.report)

    def figures(self) -> Iterator[ShownFigure]:
        """The figures of the report, with tables whose counts open."""
        from ...cohort.figures.report import section_of

        for figure in self.report.figures:
            blocks = section_of(figure, self.report.hidden).blocks
            above = blocks[:-1] if figure.rows else blocks  # without the table that a report has
            columns = figure.on_pages
            rows = tuple((row.label, tuple(self._counts(row.values[:columns]))) for row in figure.rows)
            yield ShownFigure(figure.id, figure.title, above, figure.head[: columns + 1], rows)

    def _counts(self, values: Sequence[Value]) -> Iterator[ShownCount]:
        from ...cohort.figures.cell import Cell
        from ...cohort.figures.figure import shown

        for column, value in enumerate(values):
            text = shown(value, self.report.hidden)
            if not isinstance(text, int):
                yield ShownCount(text)
            else:
                opens = isinstance(value, Cell) and value.count > 0 and self.may_be_listed
                yield ShownCount(f"{text:,}", column if opens else None)

    def counted(self, place: CountPlace) -> tuple[Figure, Row, Cell]:
        """The count that stands somewhere in the report, with its figure and row.

        Raises:
            UsageError: there is none.
        """
        from ...cohort.figures.cell import Cell

        figure = next((item for item in self.report.figures if item.id == place.figure), None)
        row = figure.rows[place.row] if figure is not None and place.row < len(figure.rows) else None
        value = row.values[place.column] if row is not None and place.column < len(row.values) else None
        if figure is None or row is None or not isinstance(value, Cell):
            raise UsageError("there is no such count in this report; reload the page")
        return figure, row, value

    def patients(self, cell: Cell) -> tuple[int, ...]:
        """The places of those who are counted.

        Raises:
            UsageError: counts are hidden in this report, so that nobody is listed.
        """
        whom = self.report.whom(cell)
        if whom is None:
            raise UsageError("counts are hidden in this report (--min-cell), so that no list of patients is opened")
        return whom

    def listed(self, places: tuple[int, ...]) -> Iterator[Listed]:
        """The patients at these places of the rows, as the file names them."""
        rows = self.report.rows
        columns = ("patient", "as_of", "outcome", "possible_outcomes")
        found: list[dict[str, Any]] = rows.table.select(columns).take(list(places)).to_pylist()
        for place, item in zip(places, found, strict=True):
            possible = tuple(rows.title(f"outcome:{name}") for name in item["possible_outcomes"])
            yield Listed(
                place,
                item["patient"],
                item["as_of"],
                item["outcome"],
                rows.title(f"outcome:{item['outcome']}"),
                possible,
            )

    def profile(self, place: int) -> tuple[Listed, FoundPatient]:
        """The profile of the patient at a place of the rows.

        Raises:
            UsageError: there is no such row, nobody may be listed, the inputs were not given, or they do not hold the patient.
        """
        from ...cohort.one_patient import find_patient

        if not self.may_be_listed or not 0 <= place < self.report.rows.count:
            raise UsageError("there is no such patient in this report; reload the page")
        (row,) = self.listed((place,))
        if not self.inputs:
            raise UsageError("the profiles were not given: start `mrdguide workbench` with --patients INPUT as well")
        found = find_patient(self.inputs, row.patient, row.day, self.as_of_column)
        if found is None:
            raise UsageError(f"{row.patient} is not in what --patients names, or cannot be read there any more")
        return row, found

    def judged_by_others(self, rules: RuleBook) -> str:
        """The rules by which the cohort was judged, where they are not those of this workbench; otherwise empty."""
        about = self.report.rows.about
        return "" if about["rules_hash"] == rules.hash else f"{about['rules']}, {about['rules_hash'][:12]}"


def open_cohort(
    rows: Path,
    inputs: tuple[Path, ...] = (),
    as_of_column: str | None = None,
    least: int = 0,
    sweep: Path | None = None,
) -> OpenedCohort:
    """The report of what `cohort run` has written; with `least` counts are hidden, and nobody is listed.

    Raises:
        UsageError: the rows or the sweep cannot be read, an input is not there, a sweep is to be shown where counts are hidden, or the extra `cohort` is not installed.
    """
    from ...cohort.figures.answer_rows import read_answers
    from ...cohort.figures.report import report_of
    from ...cohort.sources.found import sources_of
    from .sweep import read_sweep

    if inputs:
        sources_of(inputs, as_of_column)  # a slip in a name is told now, and not when a patient is opened
    if sweep is not None and least:
        raise UsageError("--sweep shows counts as they are; leave out --min-cell, or --sweep")
    report = report_of(read_answers(rows), (), least, whom=True)
    return OpenedCohort(report, inputs, as_of_column, read_sweep(sweep) if sweep is not None else None)
