"""What happened after stopping: who is followed and from when, what is told of them, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from mrdguide.cli import main
from mrdguide.cohort.answer_columns import answer_schema, batch_of, described
from mrdguide.cohort.figures.answer_rows import FIXED, AnswerRows, read_answers
from mrdguide.cohort.figures.cells import Cells
from mrdguide.cohort.figures.figure import Estimate, Figure
from mrdguide.cohort.figures.report import Report, plain_of, tables_of
from mrdguide.cohort.happened.end_points import every_end_point
from mrdguide.cohort.happened.groups import COLUMNS, Member, members_of
from mrdguide.cohort.happened.life_tables import LifeTable, grid_of, life_table, shares_of, tie_nested
from mrdguide.cohort.happened.outcomes import Wanted, outcomes_of, page_of_outcomes
from mrdguide.cohort.happened.published import studies_of
from mrdguide.cohort.happened.table import Happened, HappenedTable, read_happened
from mrdguide.errors import MrdguideError, UsageError
from mrdguide.evidence.model import EvidenceEntry
from mrdguide.report.charts.evidence_plot import after_stopping
from mrdguide.report.formats.html import to_html

from ..examples import shipped
from .happenings import (  # fmt: skip
    CONDITIONAL,
    CONTINUE,
    HEADERS,
    OPEN,
    STOPPED,
    SUPPORTED,
    after,
    answer,
    happened,
    write_happened,
    write_rows,
)


def rows_of(folder: Path, rows: Sequence[dict[str, Any]]) -> AnswerRows:
    return read_answers(write_rows(folder / "answers.parquet", rows), COLUMNS)


def in_memory(rows: Sequence[dict[str, Any]]) -> AnswerRows:
    schema = answer_schema(shipped())
    return AnswerRows(pa.Table.from_batches([batch_of(rows, schema)], schema).select([*FIXED, *COLUMNS]), described(shipped()))  # fmt: skip


def table_of(folder: Path, rows: Sequence[dict[str, Any]], known: AnswerRows, **more: Any) -> HappenedTable:
    diagnosed = dict(zip(known.values("patient"), known.values("diagnosed"), strict=True))
    return read_happened(write_happened(folder / "happened.csv", rows, **more), diagnosed)


def report_of(
    folder: Path, answers: Sequence[dict[str, Any]], table: Sequence[dict[str, Any]], **wanted: Any
) -> Report:
    rows = rows_of(folder, answers)
    return outcomes_of(rows, table_of(folder, table, rows), shipped(), Wanted(**wanted))


def figure(report: Report, name: str) -> Figure:
    return next(item for item in report.figures if item.id == name)


def plain(report: Report, name: str) -> list[list[Any]]:
    return next(item["rows"] for item in plain_of(report)["figures"] if item["id"] == name)


def groups(report: Report) -> dict[str, int]:
    return {row[2]: row[1] for row in plain(report, "groups") if row[1]}


# Who is followed


def test_only_who_had_the_answer_when_stopping_is_followed(tmp_path: Path) -> None:
    answers = [
        answer("on-the-day"),
        answer("long-before", day=after(-400)),
        answer("conditional", CONDITIONAL),
        answer("later", CONTINUE, after(-30)), answer("later", SUPPORTED, after(1)),
        answer("no-more", SUPPORTED, after(-400)), answer("no-more", CONTINUE, after(-10)),
        answer("open", OPEN),
        answer("judged-after", SUPPORTED, after(1)),
        answer("same-day"),
        answer("went-on"), answer("never", CONTINUE), answer("unheard-of"),
    ]  # fmt: skip
    names = dict.fromkeys(row["patient"] for row in answers)
    table = [happened(name, 365) for name in names if name not in ("same-day", "went-on", "never", "unheard-of")]
    table += [happened("same-day", 0), happened("went-on", 365, ""), happened("never", 365, "")]
    found = groups(report_of(tmp_path, answers, table))
    assert found == {
        "entered": 3, "other": 2, "possible": 1, "unjudged": 1, "no-time": 1, "not-stopped-answered": 1, "not-stopped": 1,
        "not-in-table": 1,
    }  # fmt: skip
    recent = groups(report_of(tmp_path, answers, table, within=90))
    assert (recent["entered"], recent["too-old"]) == (2, 1)


qualifying = some.lists(some.tuples(some.integers(-60, 60), some.sampled_from((SUPPORTED, CONTINUE, OPEN))), min_size=1, max_size=5, unique_by=lambda item: item[0])  # fmt: skip


@settings(max_examples=50)
@given(qualifying, some.integers(1, 60))
def test_no_answer_after_stopping_lets_anyone_in(days: list[tuple[int, str]], last: int) -> None:
    table = HappenedTable({"p": Happened("p", STOPPED.toordinal(), {}, after(last).toordinal())}, frozenset())

    def member(given: list[tuple[int, str]]) -> Member:
        return members_of(in_memory([answer("p", outcome, after(day)) for day, outcome in given]), table, 0)[0]

    before = [item for item in days if item[0] <= 0]
    found = member(days)
    assert (found.group == "entered") == bool(before and max(before)[1] == SUPPORTED)
    if before:
        assert replace(member(before), happened=found.happened) == found


def test_what_is_counted_and_estimated(tmp_path: Path) -> None:
    """Four are followed: progression at 100 days; MRD again at 200 and progression at 400; death at 300; nothing in 500."""
    table = [happened("a", 450, progression=100), happened("b", 450, resurgence=200, progression=400),
             happened("c", 300, death=300), happened("d", 500), happened("e", 20, death=20)]  # fmt: skip
    answers = [answer("a"), answer("b"), answer("c"), answer("d"), answer("e", CONTINUE)]
    report = report_of(tmp_path, answers, table)
    progression = [[*row[:6], row[8]] for row in plain(report, "entered-progression")]
    # Months, still followed, progressed, died without, last seen, alive without in percent, progressed in percent.
    assert progression == [["0", 4, 0, 0, 0, 100.0, 0.0], ["6", 3, 1, 0, 0, 75.0, 25.0], ["12", 2, 0, 1, 0, 50.0, 25.0],
                           ["18", 0, 1, 0, 1, None, None]]  # fmt: skip
    assert [row[1:5] for row in plain(report, "entered-return")] == [
        [4, 0, 0, 0],
        [3, 1, 0, 0],
        [1, 1, 1, 0],
        [0, 0, 0, 1],
    ]
    assert [row[1:4] for row in plain(report, "entered-death")] == [[4, 0, 0], [4, 0, 0], [3, 1, 0], [0, 0, 3]]
    # Who stopped without the answer is nowhere among those: the death at 20 days stands apart.
    assert [row[1:3] for row in plain(report, "apart-death")][:2] == [[1, 0], [0, 1]]


def test_a_column_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [answer("a")])
    table = table_of(tmp_path, [happened("a", 365)], rows, headers=("patient", "stopped_on", "death_on", "last_seen"))
    report = outcomes_of(rows, table, shipped(), Wanted())
    assert [item.id for item in report.figures] == ["groups", "answer-age", "entered-death"]
    with pytest.raises(UsageError, match="there is no end point 'deaths'; did you mean 'death'"):
        outcomes_of(rows, table, shipped(), Wanted(end_points=("deaths",)))
    with pytest.raises(UsageError, match="the end point 'return' needs the columns resurgence_on, progression_on"):
        outcomes_of(rows, table, shipped(), Wanted(end_points=("return",)))


# Beside what was published


def test_published_figures_stand_beside_patients_whom_the_study_would_have_taken(tmp_path: Path) -> None:
    answers = [answer(f"p{number}", protocols=["mrd2stop"] if number < 8 else []) for number in range(20)]
    # Another one is like those of the Greek study, but stopped without the answer.
    answers.append(answer("other", CONTINUE, protocols=["terpos2025"]))
    table = [
        happened(f"p{number}", 1200, **({"progression": 700} if number in (0, 1, 15) else {})) for number in range(20)
    ]
    report = report_of(tmp_path, answers, [*table, happened("other", 1200)])
    found = {row[3]: row for row in plain(report, "beside-published")}
    assert {row[0] for row in found.values()} == {"MRD2STOP"}
    months, patients, observed, text = (found["alive without progression"][place] for place in (1, 2, 4, 7))
    assert (months, patients, observed) == ("36", 8, 75.0)  # six of its eight, not seventeen of twenty
    assert "progression-free survival at 3 years (from stopping maintenance)" in text
    assert "85% (news text, read" in text


def test_every_published_finding_is_verified_of_a_study_that_is_matched_and_runs_from_stopping() -> None:
    studies = {study.entry.id: study for study in studies_of(shipped())}
    named = [(end, entry, finding) for end in every_end_point() for by_entry in end.published.values()
             for entry, findings in by_entry.items() for finding in findings]  # fmt: skip
    assert named
    for end_point, entry, name in named:
        finding = next(item for item in studies[entry].entry.findings if item.id == name)
        assert finding.verified
        assert after_stopping(finding.clock)
        assert finding.arms
        assert all(arm.unit == "%" for arm in finding.arms)
        assert len(studies[entry].findings(end_point)) >= 1


def test_a_finding_that_is_not_verified_or_was_retracted_is_not_shown() -> None:
    study = next(item for item in studies_of(shipped()) if item.protocol == "mrd2stop")
    progression = next(item for item in every_end_point() if item.id == "progression")
    assert study.findings(progression)
    for change in ({"retracted": {"date": "2026-01-01", "why": "An example.", "source": "news"}}, {"findings": _unverified(study.entry)}):  # fmt: skip
        entry = EvidenceEntry.model_validate({**study.entry.model_dump(), **change})
        assert replace(study, entry=entry).findings(progression) == ()


def _unverified(entry: EvidenceEntry) -> list[dict[str, Any]]:
    return [{**finding.model_dump(), "verified": False} for finding in entry.findings]


def test_rows_of_other_rules_are_refused(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [answer("a")])
    rows.about["evidence_hash"] = "another"
    with pytest.raises(UsageError, match="or their evidence is another; name the same with --rules"):
        outcomes_of(rows, table_of(tmp_path, [], rows), shipped(), Wanted())


# Small counts


def every_story(last: int) -> list[tuple[str, bool, int, str]]:
    """Every way in which a patient may be followed over so many years: the series, whether a study would have taken the patient, in
    which year it ended and how."""
    ends = [(year, how) for year in range(1, last + 1) for how in ("event", "competing", "last seen")]
    return [(series, study, *end) for series, study in (("entered", True), ("entered", False), ("apart", False)) for end in ends]  # fmt: skip


STORIES = every_story(3)


def counted(stories: Sequence[tuple[str, bool, int, str]]) -> tuple[Cells, dict[str, LifeTable]]:
    """The life tables of patients of these stories, as a report makes them."""
    end_point = next(item for item in every_end_point() if item.id == "progression")
    columns = {"event": "progression_on", "competing": "death_on"}
    members = []
    for number, (series, study, year, how) in enumerate(stories):
        day = STOPPED.toordinal() + 365 * year - 100
        events = {columns[how]: day} if how in columns else {}
        found = Happened(str(number), STOPPED.toordinal(), events, day)
        members.append(Member(str(number), "entered" if series == "entered" else "other", found, studies=frozenset("s" if study else "")))  # fmt: skip
    cells = Cells()
    grid = grid_of(365 * 3, (), coarse=True)
    chosen = {
        "entered": [item.group == "entered" for item in members],
        "study": [bool(item.studies) for item in members],
        "apart": [item.group != "entered" for item in members],
    }
    tables = {name: life_table(members, which, end_point, grid, cells) for name, which in chosen.items()}
    tie_nested(tables["entered"], tables["study"], cells)
    everybody = np.ones(len(members), dtype=bool)
    cells.parted(everybody, [np.array(chosen["entered"]), np.array(chosen["apart"])])
    return cells, tables


def of_story(story: tuple[str, bool, int, str], name: str, place: int, column: int) -> bool:
    """Whether a patient of this story is counted in a cell: column 0 is who is still followed after the row's year."""
    series, study, year, how = story
    if name != series and not (name == "study" and study):
        return False
    return year > place if column == 0 else year == place and how == ("event", "competing", "last seen")[column - 1]


@settings(max_examples=60)
@given(some.lists(some.tuples(some.integers(0, 26), some.integers(1, 9)), min_size=1, max_size=14))
def test_no_hidden_count_of_life_tables_can_be_computed_from_the_others(chosen: list[tuple[int, int]]) -> None:
    """Every count is a sum of patients by story. What is shown is known, and so is that a shown zero has no patients; a hidden count
    that is a combination of shown ones could be computed. No other relation is used here than what the counts count."""
    stories = list(chain.from_iterable([STORIES[number]] * count for number, count in chosen))
    cells, tables = counted(stories)
    hidden = cells.hidden(5)
    places = [(name, place, column) for name in tables for place in range(4) for column in range(4)]
    cell = {(name, place, column): (tables[name].rows[place].left, *tables[name].rows[place].ends)[column]
            for name, place, column in places}  # fmt: skip
    assert all(cell[place].key in hidden for place in places if 0 < cell[place].count < 5)
    empty = [place for place in places if not cell[place].count]
    possible = [story for story in STORIES if not any(of_story(story, *place) for place in empty)]
    vectors = {place: [float(of_story(story, *place)) for story in possible] for place in places if cell[place].count}
    shown = [vector for place, vector in vectors.items() if cell[place].key not in hidden]
    if cells.of(np.ones(len(stories), dtype=bool)).key not in hidden:
        shown.append([1.0] * len(possible))
    rank = np.linalg.matrix_rank(np.array(shown))
    for place, vector in vectors.items():
        if cell[place].key in hidden:
            assert np.linalg.matrix_rank(np.array([*shown, vector])) > rank, (place, cell[place].count)


@settings(max_examples=60)
@given(some.lists(some.tuples(some.integers(0, 26), some.integers(1, 9)), min_size=1, max_size=14))
def test_shares_rest_on_shown_counts_alone(chosen: list[tuple[int, int]]) -> None:
    """Whoever knows the shown counts alone works out the same shares; with a hidden one among them there is none."""
    stories = list(chain.from_iterable([STORIES[number]] * count for number, count in chosen))
    assume(any(story[0] == "entered" for story in stories))
    cells, tables = counted(stories)
    hidden = cells.hidden(5)
    for table in tables.values():
        free, gone = 1.0, False
        for before, row, found in zip(table.rows, table.rows[1:], shares_of(table, hidden, by_interval=True)[1:], strict=False):  # fmt: skip
            left, last_seen = row.left, row.ends[2]
            gone = gone or any(item.count and item.key in hidden for item in (before.left, left, last_seen))
            if gone or not left.count:
                assert found.free is None
                assert found.event is None
                continue
            at_risk = before.left.count - last_seen.count / 2
            free *= 1 - (before.left.count - left.count - last_seen.count) / at_risk
            assert found.free is not None
            assert found.free.value == pytest.approx(free)


def test_with_small_counts_hidden_no_form_shows_one(tmp_path: Path) -> None:
    answers = [answer(f"p{number}", protocols=["mrd2stop"] if number % 2 else []) for number in range(60)]
    answers += [answer(f"q{number}", CONTINUE) for number in range(8)]
    table = [
        happened(f"p{number}", 900, **({"progression": 20 * number} if 8 < number < 30 else {})) for number in range(60)
    ]
    table += [happened(f"q{number}", 900, **({"progression": 30} if number < 2 else {})) for number in range(8)]
    report = report_of(tmp_path, answers, table, least=5, end_points=("progression",))
    values = [value for item in plain_of(report)["figures"] for row in item["rows"] for value in row[1:]]
    assert "*" in values
    assert not [value for value in values if isinstance(value, int) and 0 < value < 5]
    html = to_html(page_of_outcomes(report))
    drawn = re.findall(r'class="followed"[^>]*>([^<]+)<', html)
    assert drawn
    assert not [text for text in drawn if text.isdigit() and 0 < int(text) < 5]
    parquet = tables_of(report, "parquet")["entered-progression.parquet"]
    left = pq.read_table(pa.BufferReader(parquet))["still followed"].to_pylist()
    assert not [count for count in left if count is not None and 0 < count < 5]
    with pytest.raises(UsageError, match="name one end point"):
        report_of(tmp_path, answers, table, least=5)


# What is refused


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"patient": "b"}, "happened.csv:2:1: patient: there is no patient 'b' in the rows"),
        ({"patient": ""}, "the cell is empty, but every row needs its patient"),
        ({"stopped_on": "2014-12-31"}, "maintenance stopped on 2014-12-31, before the diagnosis in 2015"),
        ({"progression_on": "2022-02-28"}, "2022-02-28 is before maintenance was stopped on 2022-03-01"),
        ({"death_on": "2022-02-28"}, "2022-02-28 is before maintenance was stopped on 2022-03-01"),
        ({"progression_on": "2022-09-01", "death_on": "2022-08-01"}, "2022-09-01 is after the death on 2022-08-01"),
        ({"resurgence_on": "2024-01-01"}, "2024-01-01 is after the patient was last seen on 2023-03-01"),
        ({"last_seen": "2126-03-01"}, "last_seen: 2126-03-01 is in the future"),
        ({"last_seen": ""}, "no death is given: until when nothing happened is not known"),
        ({"progression_on": "2022-09"}, "found '2022-09'"),
        ({"progression_on": "no"}, "found 'no'"),
    ],
)
def test_a_row_that_cannot_be_is_told_with_its_place(changed: dict[str, str], words: str, tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [answer("a")])
    with pytest.raises(MrdguideError) as caught:
        table_of(tmp_path, [{**happened("a", 365), **changed}], rows)
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1


def test_a_patient_given_twice_is_told_with_both_places(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [answer("a")])
    with pytest.raises(MrdguideError) as caught:
        table_of(tmp_path, [happened("a", 365), happened("a", 30)], rows)
    (problem,) = caught.value.problems
    assert (problem.message, problem.line, problem.also[0].line) == ("the patient 'a' is given twice", 3, 2)


@pytest.mark.parametrize("column", ["patient", "stopped_on", "death_on", "last_seen"])
def test_a_column_that_is_needed_is_told_once(column: str, tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [answer("a")])
    headers = tuple(name for name in HEADERS if name != column)
    with pytest.raises(MrdguideError) as caught:
        table_of(tmp_path, [happened("a", 365)], rows, headers=headers)
    (problem,) = caught.value.problems
    assert problem.message == f"the column '{column}' is missing"


def test_a_misspelt_column_is_no_column_that_is_not_there(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [answer("a")])
    with pytest.raises(MrdguideError, match=r"unknown column 'progresion_on'[\s\S]*did you mean 'progression_on'"):
        table_of(tmp_path, [happened("a", 365)], rows, headers=("patient", "stopped_on", "progresion_on", "death_on", "last_seen"))  # fmt: skip


def test_parquet_is_read_as_csv_is_and_one_that_is_cut_off_is_told(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [answer("a"), answer("b")])
    table = [happened("a", 365, progression=100), happened("b", 200)]
    wanted = table_of(tmp_path, table, rows)
    columns = {name: [row.get(name) or None for row in table] for name in HEADERS}
    path = tmp_path / "happened.parquet"
    for kind in (pa.date32(), pa.timestamp("ns"), pa.string()):
        arrays = [pa.array(column).cast(pa.string() if name == "patient" else kind) for name, column in columns.items()]
        pq.write_table(pa.table(arrays, names=list(HEADERS)), path)
        assert read_happened(path, {"a": 2015, "b": None}) == wanted
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UsageError, match=r"happened\.parquet cannot be read"):
        read_happened(path, {"a": 2015, "b": None})


# The command


def test_the_command_writes_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = [answer(f"p{number}", (SUPPORTED, CONDITIONAL, CONTINUE)[number % 3]) for number in range(30)]
    table = [happened(f"p{number}", 600 + number, **({"progression": 50 * number} if 0 < number < 9 else {})) for number in range(30)]  # fmt: skip
    rows, told = write_rows(tmp_path / "rows.parquet", answers), write_happened(tmp_path / "happened.csv", table)
    command = ["cohort", "outcomes", str(rows), "--happened", str(told)]
    assert main(command) == 0
    text = capsys.readouterr().out
    assert "Stopped with the answer: Progression after stopping" in text
    assert "Nothing here says what stopping does" in text
    page = tmp_path / "page.html"
    assert main([*command, "--format", "html", "--output", str(page), "--tables", str(tmp_path / "tables")]) == 0
    html = page.read_text("utf-8")
    assert "<script" not in html
    # Three groups (all, two answers) and those apart, three end points each, beside two figures of bars.
    assert html.count('role="img"') == 4 * 3 + 2
    header = (tmp_path / "tables" / "entered-progression.csv").read_text("utf-8").splitlines()[0]
    assert header.startswith(
        "months after stopping,still followed,progressed,died without progression,last seen without it,"
    )
    assert main([*command, "--format", "json", "--end-point", "death"]) == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert [item["id"] for item in figures if item["id"].startswith("entered")] == ["entered-death"]


def test_the_command_says_what_is_wrong_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = write_rows(tmp_path / "rows.parquet", [answer("a")])
    command = ["cohort", "outcomes", str(rows), "--output", str(tmp_path / "there"), "--happened"]
    assert main([*command, str(tmp_path / "nowhere.csv")]) == 2
    assert "nowhere.csv cannot be read: No such file or directory" in capsys.readouterr().err
    (tmp_path / "latin.csv").write_bytes("patient\nMüller\n".encode("latin-1"))
    assert main([*command, str(tmp_path / "latin.csv")]) == 2
    assert "is not UTF-8 text" in capsys.readouterr().err
    assert not (tmp_path / "there").exists()


def test_an_estimate_stands_in_one_cell_and_three_columns() -> None:
    assert (str(Estimate(97.0, 92.8, 98.7)), str(Estimate(100.0)), str(Estimate())) == (
        "97.0 (92.8 to 98.7)",
        "100.0",
        "-",
    )
