"""A report counts what the rows say, and with --min-cell shows no small count and none from which one would follow."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from mrdguide.cli import main
from mrdguide.cohort.figures import answer_rows
from mrdguide.cohort.figures.answer_rows import AnswerRows, read_answers
from mrdguide.cohort.figures.cell import Cell
from mrdguide.cohort.figures.cells import Cells
from mrdguide.cohort.figures.figure import HIDDEN, Figure, Value, shown
from mrdguide.cohort.figures.report import Report, page_of, plain_of, report_of, tables_of
from mrdguide.cohort.invented.writing import write_cohort
from mrdguide.cohort.rows import Asked
from mrdguide.errors import UsageError
from mrdguide.report.formats.html import to_html

from .conftest import Judge
from .happenings import CONTINUE, SUPPORTED, after, answer, write_rows
from .reader_of_counts import reader_of


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from mrdguide.cohort.batches import Task
    from mrdguide.cohort.running import Run, run

    from ..examples import shipped
    from .conftest import AS_OF, Silent

    folder = tmp_path_factory.mktemp("report")
    write_cohort(folder / "cohort.ndjson", 120, 5)
    run(
        Run(
            (folder / "cohort.ndjson",), folder / "answers.parquet", Task(shipped(), AS_OF, asked=Asked("leads")), 1, 40
        ),
        Silent(),
    )
    return folder / "answers.parquet"


@pytest.fixture(scope="module")
def rows(answers: Path) -> AnswerRows:
    return read_answers(answers)


def figure(report: Report, name: str) -> Figure:
    return next(item for item in report.figures if item.id == name)


def counts(found: Figure, column: int = 0) -> dict[str, int]:
    return {row.label: number(row.values[column]) for row in found.rows}


def number(value: Value) -> int:
    assert isinstance(value, Cell)
    return value.count


def test_answers_and_groups_add_up(rows: AnswerRows) -> None:
    report = report_of(rows)
    wanted = Counter(rows.title(f"outcome:{name}") for name in rows.values("outcome"))
    assert {label: count for label, count in counts(figure(report, "outcomes")).items() if count} == wanted
    assert sum(counts(figure(report, "possible")).values()) == rows.values("settled").count(False)
    assert sum(counts(figure(report, "overlap")).values()) == rows.count
    for name in ("by-risk", "by-line", "by-drugs", "by-year"):
        table = figure(report, name)
        assert sum(counts(table).values()) == rows.count
        for row in table.rows:
            whole, *parts = [number(value) for value in row.values]
            assert whole == sum(parts)


def test_steps_are_met_not_met_or_unknown_and_can_be_put_in_another_order(rows: AnswerRows) -> None:
    steps = ["therapy.on-maintenance", "not:block.any", "imaging.negative-now"]
    table = figure(report_of(rows, steps), "attrition")
    left = list(range(rows.count))
    for step, row in zip(steps, table.rows, strict=True):
        values = rows.values(step.removeprefix("not:"))
        good, bad = ("not_met", "met") if step.startswith("not:") else ("met", "not_met")
        found = [number(value) for value in row.values[:4]]
        assert found == [len(left), *(sum(values[place] == word for place in left) for word in (good, bad, "unknown"))]
        left = [place for place in left if values[place] == good]
    with pytest.raises(UsageError, match="is named twice"):
        report_of(rows, [*steps, "not:block.any"])
    other = figure(report_of(rows, steps[::-1]), "attrition")
    assert other.rows[-1].values[1] == table.rows[-1].values[1]  # who passes all steps does not depend on their order
    with pytest.raises(UsageError, match=r"no verdict 'therapy\.on-maintenanc'.*did you mean"):
        report_of(rows, ["therapy.on-maintenanc"])


def test_the_missing_facts_are_counted_from_what_each_leads_to(rows: AnswerRows) -> None:
    table = figure(report_of(rows), "missing")
    images = [
        [lead["outcomes"] for lead in fact["leads_to"]]
        for facts in rows.values("missing") for fact in facts if fact["path"] == "imaging"
    ]  # fmt: skip
    row = next(row for row in table.rows if row.values[-1] == "imaging")
    assert row.label == "PET-CT (or whole-body DW-MRI)"
    # Of an entry on record the place is told in words: its own words hold its date.
    assert not [
        row.label for row in table.rows if any(sign.isdigit() for sign in row.label) and "[]" in str(row.values[-1])
    ]
    settled = [ends for ends in images if ends and all(len(item) == 1 for item in ends)]
    stop = [ends for ends in settled if any(item[0].startswith("cessation-") for item in ends)]
    opened = [ends for ends in images if any(set(item) & set(rows.stopping) for item in ends)]
    wanted = [len(images), len(settled), len(stop), len(settled) - len(stop), len(opened)]
    assert [number(value) for value in row.values[:5]] == wanted


def test_first_qualifying_and_windows(judge: Judge, tmp_path: Path) -> None:
    from mrdguide.reading.document import read_file

    from ..examples import EXAMPLES

    example = next(item for item in EXAMPLES if item.path.stem == "cessation-supported")
    profile = json.loads(json.dumps(read_file(example.path).data, default=str))
    path = tmp_path / "visits.ndjson"
    path.write_text(json.dumps({**profile, "on": ["2021-01-01", "2026-11-21"]}) + "\n", encoding="utf-8")
    judge(path, as_of=None, column="on", asked=Asked("none", windows=400))
    report = report_of(read_answers(tmp_path / "answers.parquet"))
    assert counts(figure(report, "first-qualifying")) == {"in year 6": 1, "on none of the days judged": 0}
    assert figure(report, "windows").rows == ()  # none of them closes within 90 days


def test_a_report_of_several_days_in_pieces_is_that_of_all_at_once(
    profiles: list[dict[str, Any]], judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [["2024-03-01"], ["2023-01-01", "2026-11-21", "2025-05-05"], ["2022-02-02", "2026-01-01"]]
    path = tmp_path / "visits.ndjson"
    lines = [json.dumps({**profile, "on": days[number % 3]}) for number, profile in enumerate(profiles)]
    path.write_text("\n".join(lines), encoding="utf-8")
    judge(path, as_of=None, column="on", asked=Asked("leads"), group=3)
    whole = read_answers(tmp_path / "answers.parquet", None)
    last = {row["patient"]: row for row in sorted(whole.every_day.to_pylist(), key=lambda row: row["as_of"])}
    monkeypatch.setattr(answer_rows, "_PIECE", 2)
    pieces = read_answers(tmp_path / "answers.parquet")
    for name in ("missing", "protocols", "line", "therapy.on-maintenance"):
        assert (
            pieces.values(name) == [last[patient][name] for patient in pieces.values("patient")] == whole.values(name)
        )
    assert plain_of(report_of(pieces, least=3)) == plain_of(report_of(whole, least=3))
    assert "on 2022-02-02 to 2026-11-21" in to_html(page_of(report_of(pieces)))  # not only the last day of each


def test_windows_that_close_within_90_days_and_what_was_not_looked_for(tmp_path: Path) -> None:
    def closing(days: int) -> dict[str, Any]:
        return {"last_day": after(days), "repeat": ["marrow MRD"], "criteria": ["mrd.recent"]}

    answers = [answer("a", windows=[closing(90)]), answer("b", CONTINUE, windows=[closing(30)]), answer("c", windows=[closing(91)]),
               answer("d", windows=[])]  # fmt: skip

    def report(asked: int) -> Report:
        return report_of(read_answers(write_rows(tmp_path / "answers.parquet", answers, windows=asked)))

    assert [[number(value) for value in row.values] for row in figure(report(120), "windows").rows] == [[2, 1]]
    assert "soon was not looked for" not in to_html(page_of(report(90)))
    assert figure(report(30), "windows").title == "Tests that stop counting within 30 days"
    assert "soon was not looked for beyond 30 days" in to_html(page_of(report(30)))
    assert "windows" not in [item.id for item in report(0).figures]
    assert "soon was not looked for (" in to_html(page_of(report(0)))
    assert "everybody was judged on one day" in to_html(page_of(report(0)))


# --min-cell


EVERY_GRID = np.stack([axis.ravel() for axis in np.indices((9,) * 6, dtype=np.int8)])


def fitting(number: list[int], hidden: set[int]) -> Any:
    """Every grid of two rows and three columns (counts up to 8) that fits what is shown: cells, sums of rows, of columns, of all."""
    first, second = EVERY_GRID[:3], EVERY_GRID[3:]
    sums = [first.sum(0), second.sum(0), *(first + second), EVERY_GRID.sum(0)]
    fits = np.ones(EVERY_GRID.shape[1], dtype=bool)
    for place, values in enumerate([*EVERY_GRID, *sums]):
        if place not in hidden:
            fits &= values == number[place]
    return EVERY_GRID[:, fits]


def mask(size: int, places: Iterable[int]) -> Any:
    found = np.zeros(size, dtype=bool)
    found[list(places)] = True
    return found


@pytest.mark.parametrize("seed", range(40))
def test_no_hidden_count_follows_from_a_table_with_its_sums(seed: int) -> None:
    """Two rows and three columns with all their sums: whoever tries every table that fits finds two values for each."""
    chance = random.Random(seed)
    grid = [[chance.choice((0, 1, 2, 3, 6, 7)) for _ in range(3)] for _ in range(2)]
    size = sum(map(sum, grid)) or 1
    masks, start = [], 0
    for row in grid:
        masks.append([mask(size, range(start := start, start := start + count)) for count in row])
    cells = Cells()
    lines = [np.logical_or.reduce(row) for row in masks]
    columns = [masks[0][place] | masks[1][place] for place in range(3)]
    cells.parted(mask(size, range(start)), lines)
    cells.parted(mask(size, range(start)), columns)
    for line, row in zip(lines, masks, strict=True):
        cells.parted(line, row)
    for place, column in enumerate(columns):
        cells.parted(column, [masks[0][place], masks[1][place]])
    every = [*masks[0], *masks[1], *lines, *columns, mask(size, range(start))]
    keys = [cells.of(item).key for item in every]
    number = [int(item.sum()) for item in every]
    hidden = cells.hidden(5)
    assert {key for key, count in zip(keys, number, strict=True) if 0 < count < 5} <= hidden
    places = {place for place, key in enumerate(keys) if key in hidden}
    possible = fitting(number, places)
    for place in places & set(range(6)):
        assert len(set(possible[place])) > 1, (grid, place)


def test_a_report_hides_small_counts_in_all_its_forms(rows: AnswerRows) -> None:
    report = report_of(rows, least=5)
    values = [value for item in plain_of(report)["figures"] for row in item["rows"] for value in row[1:]]
    assert HIDDEN in values
    assert not [value for value in values if isinstance(value, int) and 0 < value < 5]
    for name, content in tables_of(report, "csv").items():
        for row in list(csv.reader(StringIO(content.decode())))[1:]:
            assert not [value for value in row[1:] if value.isdigit() and 0 < int(value) < 5], name
    assert "are not shown (*)" in to_html(page_of(report))
    # No sum of a table gives a hidden part away: where one is hidden, so is another of the same sum.
    for item in plain_of(report)["figures"]:
        if item["id"].startswith("by-"):
            assert all([*row[2:]].count(HIDDEN) != 1 or row[1] == HIDDEN for row in item["rows"])
    outcomes = next(item for item in plain_of(report)["figures"] if item["id"] == "outcomes")
    assert [row[1] for row in outcomes["rows"]].count(HIDDEN) != 1


def whole_rows(answers: Path, places: list[int] | None = None) -> AnswerRows:
    """The rows, or some of them, as a cohort of their own."""
    rows = read_answers(answers, None)
    return rows if places is None else AnswerRows(rows.table.take(places), rows.about)


@pytest.mark.parametrize(
    ("least", "kept", "steps"),
    [(3, 120, ()), (5, 120, ()), (10, 120, ()), (5, 60, ()), (4, 90, ("therapy.on-maintenance", "not:block.any", "imaging.negative-now"))],
)  # fmt: skip
def test_no_reader_finds_out_a_hidden_count_from_all_that_a_report_shows(
    answers: Path, least: int, kept: int, steps: tuple[str, ...]
) -> None:
    """With every sum between all the figures, and told even which of the hidden counts are small."""
    rows = whole_rows(answers, random.Random(least).sample(range(120), kept))
    report = report_of(rows, steps, least)
    whole = replace(report, hidden=frozenset())
    reader = reader_of(plain_of(report), plain_of(whole), rows, least)
    assert len(reader.possible()) > 10
    for name, (low, high) in reader.possible().items():
        assert low < high, name


def test_that_reader_finds_out_what_is_hidden_by_its_size_alone(answers: Path) -> None:
    rows = whole_rows(answers)
    report = report_of(rows, (), 5)
    small = frozenset(
        value.key
        for item in report.figures for row in item.rows for value in row.values
        if isinstance(value, Cell) and 0 < value.count < 5
    )  # fmt: skip
    whole = replace(report, hidden=frozenset())
    found = reader_of(plain_of(replace(report, hidden=small)), plain_of(whole), rows, 5).possible()
    assert any(low == high for low, high in found.values())


def test_the_order_of_rows_does_not_tell_a_hidden_count(rows: AnswerRows) -> None:
    """Rows of which the count is hidden stand where rows of nobody would, by their words."""
    report = report_of(rows, least=5)
    ordered = [item for item in report.figures if item.by_size]
    assert {item.id for item in ordered} == {"possible", "overlap", "missing"}
    hidden = 0
    for item in ordered:
        shown_as = [[shown(row.values[place], report.hidden) for place in item.by_size] for row in item.rows]
        order = [
            (*(-value if isinstance(value, int) else 0 for value in sizes), row.label)
            for sizes, row in zip(shown_as, item.rows, strict=True)
        ]
        assert order == sorted(order), item.id
        hidden += sum(HIDDEN in sizes for sizes in shown_as)
    assert hidden


def test_a_row_of_few_patients_says_nothing_of_how_they_are_made_up() -> None:
    """Not even that there are none of a kind, unless the other sums say so."""
    cells = Cells()
    everybody = mask(40, range(40))
    kinds = [mask(40, range(20)), mask(40, range(20, 40))]
    groups = [
        mask(40, (*range(9), *range(20, 32))),
        mask(40, (*range(9, 20), *range(32, 37))),
        mask(40, range(37, 40)),
    ]
    totals = cells.parted(everybody, kinds)[1]
    wholes = cells.parted(everybody, groups)[1]
    table = [
        cells.row(whole, [group & kind for kind in kinds], "by kind")
        for whole, group in zip(wholes, groups, strict=True)
    ]
    for place, total in enumerate(totals):
        cells.tie(total, [row[place] for row in table])
    assert [cell.count for cell in table[2]] == [0, 3]
    assert {wholes[2].key, *(cell.key for cell in table[2])} <= cells.hidden(5)


def test_a_cohort_smaller_than_the_limit_gives_no_report(answers: Path) -> None:
    with pytest.raises(UsageError, match="fewer than 5 patients"):
        report_of(whole_rows(answers, [0, 1, 2, 3]), (), 5)


def test_a_table_that_would_give_counts_away_is_left_out_and_says_so(tmp_path: Path) -> None:
    """Of two who may stop, each has other drugs: that each is one would follow, whatever is hidden."""
    answers = [
        answer(f"{drug}{number}", CONTINUE if number else SUPPORTED, drugs=[drug])
        for drug in ("lenalidomide", "bortezomib") for number in range(6)
    ]  # fmt: skip
    report = report_of(read_answers(write_rows(tmp_path / "answers.parquet", answers)), (), 3)
    left_out = figure(report, "by-drugs")
    assert left_out.left_out
    assert left_out.rows == ()
    assert "this table would give small counts away" in to_html(page_of(report))
    assert tables_of(report, "csv")["by-drugs.csv"].count(b"\n") == 1
    assert figure(report, "totals").rows


def test_a_limit_at_which_a_star_would_say_one_is_refused(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["cohort", "report", str(answers), "--min-cell", "2"])
    assert "from 3 to 1000" in capsys.readouterr().err.replace(",", "")


# What the head and the steps say


def test_the_head_says_of_how_many_stopping_may_be_discussed(rows: AnswerRows) -> None:
    report = report_of(rows)
    totals = counts(figure(report, "totals"))
    stop = sum(name in rows.stopping for name in rows.values("outcome"))
    assert totals["stopping may be discussed"] == stop
    assert sum(totals.values()) == rows.count
    assert f"Stopping may be discussed: {stop}; open, a stop is possible: " in to_html(page_of(report))


def test_the_last_step_of_the_decision_is_who_may_stop(rows: AnswerRows) -> None:
    report = report_of(rows)
    steps = figure(report, "attrition")
    assert steps.rows[-1].label == "Kept: stopping may be discussed"
    assert number(steps.rows[-1].values[1]) == counts(figure(report, "totals"))["stopping may be discussed"]
    assert all(row.label.startswith(("Taken out: ", "Kept: ")) for row in steps.rows)
    assert "the number above is larger where an answer is settled" in steps.text


def test_a_page_has_words_where_tables_have_ids(rows: AnswerRows) -> None:
    report = report_of(rows)
    html = to_html(page_of(report))
    for raw in ("outcome:continue", "baseline.", "limit_of_detection", "cessation-supported", "msk_korde"):
        assert raw not in html, raw
    tables = tables_of(report, "csv")
    assert b"not:outcome:continue" in tables["attrition.csv"]
    assert b",imaging\n" in tables["missing.csv"]


# The command


def test_the_command_writes_every_form(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "report", str(answers), "--steps", "therapy.on-maintenance,not:block.any"]) == 0
    assert "Who is left after each step" in capsys.readouterr().out
    page = tmp_path / "report.html"
    assert main(["cohort", "report", str(answers), "--format", "html", "--output", str(page), "--tables", str(tmp_path / "tables"),
                 "--tables-as", "parquet", "--min-cell", "5"]) == 0  # fmt: skip
    html = page.read_text("utf-8")
    assert html.count('role="img"') >= 6
    assert "<script" not in html
    table = pq.read_table(tmp_path / "tables" / "outcomes.parquet")
    assert table.column_names == ["answer", "patients", "id"]
    assert None in table["patients"].to_pylist()
    assert main(["cohort", "report", str(answers), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["patients"] == 120


def test_another_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cohort(tmp_path / "cohort.parquet", 2, 1)
    assert main(["cohort", "report", str(tmp_path / "cohort.parquet")]) == 2
    assert "was not written by 'mrdguide cohort run'" in capsys.readouterr().err
    (tmp_path / "text.parquet").write_text("text")
    assert main(["cohort", "report", str(tmp_path / "text.parquet")]) == 2
    assert "cannot be read as Parquet" in capsys.readouterr().err
