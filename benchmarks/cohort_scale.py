"""Cohorts at scale: Parquet to Parquet over four sizes, in memory, one patient at a time, and a decision written in SQL.

python benchmarks/cohort_scale.py                       100,000, 300,000, a million and three million patients; ten minutes
python benchmarks/cohort_scale.py --patients 20000      from 2,000 to 60,000
python benchmarks/cohort_scale.py --profiles FILE       with profiles that `mrdguide cohort synthesize` has written

The patients are invented: so many different ones (`--different`), again and again under other ids. Rates are per second of
processor time, of all processes together, so that other work on the machine does not count; what passed by the clock
stands beside them. SQL needs duckdb, which the extra `benchmark` brings; without it that part is left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from measuring import Row, machine, show

import mrdguide
from mrdguide.cohort.invented.writing import write_cohort
from mrdguide.cohort.profile_columns import profile_of

_TODAY = date(2026, 11, 21)
_WORKERS = 2
_SHARES = (0.1, 0.3, 1.0, 3.0)
# What every run begins with weighs more in the smaller ones: each is run so often, and the best time counts.
_RUNS = (3, 2, 1, 1)
# Of how many patients the one-patient engine is timed.
_BESIDE = 2_000
_ROWS = 20_000
# Of how many the first run is timed, which compiles.
_FIRST = 1_000
_SQL = Path(__file__).with_name("cohort_decision.sql")
_MEGABYTE, _MOST_MEMORY = 2**20, 4 * 2**30
_STOP = ("cessation-supported", "cessation-conditional")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way of judging so many patients cost: seconds of processor time, by the clock, and the most memory in bytes."""

    patients: int
    worked: float
    taken: float
    memory: int = 0

    @property
    def rate(self) -> float:
        """Patients for each second of processor time."""
        return self.patients / self.worked

    def row(self, what: str) -> Row:
        return Row(what, f"{self.rate:,.0f}/core-s", f"{self.patients / self.taken:,.0f}/s")


def between(smaller: Cost, larger: Cost) -> float:
    """Patients for each second of processor time, without what every run begins with."""
    return (larger.patients - smaller.patients) / (larger.worked - smaller.worked)


def grown(source: Path, patients: int, target: Path) -> None:
    """The profiles again and again, each time under other ids, until there are so many."""
    table = pq.read_table(source)
    with pq.ParquetWriter(target, table.schema, compression="zstd") as writer:
        for round_ in range(-(-patients // table.num_rows)):
            some = table.slice(0, min(table.num_rows, patients - round_ * table.num_rows))
            ids = pc.binary_join_element_wise(some["id"], str(round_), "-")
            writer.write_table(some.set_column(some.schema.get_field_index("id"), "id", ids), row_group_size=_ROWS)


class _Memory:
    """The most memory that the processes of a group held together, looked at several times a second."""

    def __init__(self, group: int) -> None:
        self.most, self._group, self._over = 0, group, Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self.most

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            self.most = max(self.most, sum(map(self._held, Path("/proc").glob("[0-9]*"))))

    def _held(self, process: Path) -> int:
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") if int(fields[2]) == self._group else 0
        except (OSError, ValueError):
            return 0  # it has ended


def of_command(patients: int, *arguments: str, **environment: str) -> Cost:
    """What a command costs, with all its processes."""
    before, started = os.times(), time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, *arguments],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    memory = _Memory(running.pid)
    if running.wait():
        sys.exit(f"{' '.join(arguments)} ended with status {running.returncode}")
    taken, after = time.perf_counter() - started, os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(patients, worked, taken, memory.stop())


def parquet_to_parquet(profiles: Path, patients: int, output: Path, missing: str, **environment: str) -> Cost:
    return of_command(
        patients, "-m", "mrdguide", "cohort", "run", str(profiles), "--as-of", str(_TODAY), "--output", str(output),
        "--missing", missing, "--workers", str(_WORKERS), **environment,
    )  # fmt: skip


def in_memory(profiles: Path, patients: int) -> Cost:
    """The same from and to tables in memory."""
    return of_command(patients, __file__, "--in-memory", str(profiles))


def _judge_in_memory(profiles: Path) -> None:
    mrdguide.cohort.run(pq.read_table(profiles), as_of=_TODAY, missing="none", workers=_WORKERS)


_BOOKS: list[mrdguide.RuleBook] = []


def _load() -> None:
    _BOOKS[:] = [mrdguide.load_rules()]
    mrdguide.evaluate({"id": "first", "diagnosis": {"disease": "multiple-myeloma"}}, rules=_BOOKS[0], as_of=_TODAY)


def _one_by_one(rows: list[dict[str, Any]]) -> tuple[float, list[tuple[str, str]]]:
    started = time.process_time()
    found = [mrdguide.evaluate(profile_of(row), rules=_BOOKS[0], as_of=_TODAY) for row in rows]
    return time.process_time() - started, [(row["id"], item.outcome) for row, item in zip(rows, found, strict=True)]


def one_patient_engine(profiles: Path) -> tuple[Cost, dict[str, str]]:
    """The one-patient engine in as many processes, over the first patients of a file, with their outcomes."""
    table = next(pq.ParquetFile(profiles).iter_batches(_BESIDE))
    pieces = [table.slice(place, 100).to_pylist() for place in range(0, table.num_rows, 100)]
    with ProcessPoolExecutor(_WORKERS, get_context("spawn"), _load) as pool:
        list(pool.map(_one_by_one, [pieces[0][:1]] * _WORKERS))
        started = time.perf_counter()
        found = list(pool.map(_one_by_one, pieces))
        taken = time.perf_counter() - started
    worked = sum(seconds for seconds, _ in found)
    return Cost(table.num_rows, worked, taken), dict(pair for _, pairs in found for pair in pairs)


def in_sql(profiles: Path, patients: int, output: Path) -> Cost | None:
    """The decision in SQL, Parquet to Parquet; None without duckdb."""
    try:
        import duckdb
    except ModuleNotFoundError:
        return None
    with duckdb.connect(config={"threads": _WORKERS}) as connection:
        worked, taken = time.process_time(), time.perf_counter()
        query = _SQL.read_text("utf-8").replace("$profiles", f"'{profiles}'")
        connection.execute(f"COPY ({query}) TO '{output}' (FORMAT parquet)")
        return Cost(patients, time.process_time() - worked, time.perf_counter() - taken)


def unlike(ours: Path, sql: Path) -> Counter[str]:
    """How many answers of SQL are others than ours, and in how many of them ours is open."""
    table = pq.read_table(ours, columns=["patient", "outcome", "settled"])
    said = dict(zip(*(column.to_pylist() for column in pq.read_table(sql).columns), strict=True))
    found: Counter[str] = Counter()
    for patient, outcome, settled in zip(*(column.to_pylist() for column in table.columns), strict=True):
        other = said[patient]
        found["same"] += other == outcome
        found["open"] += not settled
        found["other"] += bool(settled) and other != outcome
        found["stop while open"] += not settled and other in _STOP
        found["stop while refused"] += bool(settled) and other in _STOP and outcome not in _STOP
    return found


def measured(profiles: Path, patients: int, folder: Path) -> dict[str, list[Row]]:
    """All parts, by title."""
    sizes = [round(patients * share) for share in _SHARES]
    files = {size: folder / f"{size}.parquet" for size in sizes}
    for size, path in files.items():
        grown(profiles, size, path)
    small, first = sizes[0], files[sizes[0]]
    grown(profiles, _FIRST, folder / "few.parquet")
    compiling = parquet_to_parquet(
        folder / "few.parquet", _FIRST, folder / "few-answers.parquet", "none", NUMBA_CACHE_DIR=str(folder / "compiled")
    )
    parquet_to_parquet(first, small, folder / "warm.parquet", "none")  # compiled
    costs = [
        min(
            (parquet_to_parquet(files[size], size, folder / f"answers-{size}.parquet", "none") for _ in range(runs)),
            key=attrgetter("worked"),
        )
        for size, runs in zip(sizes, _RUNS, strict=True)
    ]
    whole, each = costs[_SHARES.index(1.0)], [between(*pair) for pair in pairwise(costs)]
    memory = max(cost.memory for cost in costs)
    different = pq.ParquetFile(profiles).metadata.num_rows
    with_missing = parquet_to_parquet(profiles, different, folder / "missing.parquet", "leads")
    held = in_memory(first, small)
    engine, outcomes = one_patient_engine(first)
    answers = pq.read_table(folder / "warm.parquet", columns=["patient", "outcome"]).to_pylist()
    differing = sum(outcomes.get(row["patient"], row["outcome"]) != row["outcome"] for row in answers)
    sections = {
        "Parquet to Parquet, answers and verdicts": [
            *(cost.row(f"{cost.patients:,} patients") for cost in costs),
            *(
                Row(f"between {before.patients:,} and {after.patients:,}", f"{rate:,.0f}/core-s")
                for (before, after), rate in zip(pairwise(costs), each, strict=True)
            ),
            Row("time linear: the last of these rates against the first", f"{each[-1] / each[0]:.2f}", "", "at least 0.8", each[-1] >= 0.8 * each[0]),
            Row("most memory, all processes", f"{memory / _MEGABYTE:,.0f} MiB", "", "under 4096 MiB", memory < _MOST_MEMORY),
            Row(
                f"the first run after an installation, which compiles, {_FIRST:,} patients",
                f"{compiling.worked:.0f} core-s", f"{compiling.taken:.0f} s", "under 60 s", compiling.taken < 60,
            ),
            with_missing.row(f"with where each missing result leads, {different:,} patients"),
        ],
        "Beside the others": [
            held.row(f"from and to tables in memory, {small:,} patients"),
            Row("Parquet against memory", f"{costs[0].rate / held.rate:.2f}", "", "at least 0.5", costs[0].rate >= held.rate / 2),
            engine.row(f"one-patient engine in {_WORKERS} processes, {engine.patients:,} patients"),
            Row(f"{whole.patients:,} patients against it", f"{whole.rate / engine.rate:.0f} x", "", "at least 50 x", whole.rate >= 50 * engine.rate),
            Row("outcomes that differ from it", f"{differing}", "", "0", differing == 0),
        ],
    }  # fmt: skip
    sql = in_sql(files[whole.patients], whole.patients, folder / "sql.parquet")
    if sql is not None:
        counts = unlike(folder / f"answers-{whole.patients}.parquet", folder / "sql.parquet")
        slower = sql.rate / whole.rate
        sections["The decision in SQL (duckdb), as far as SQL can say it"] = [
            sql.row(f"{whole.patients:,} patients"),
            Row("how many times faster", f"{slower:.1f} x", "", "at most 10 x", slower <= 10),
            Row("the same answer", f"{counts['same']:,}"),
            Row("a definite answer where NULL fell through and ours is open", f"{counts['open']:,}"),
            Row("of these: may stop", f"{counts['stop while open']:,}"),
            Row("another answer, since SQL leaves out rules", f"{counts['other']:,}"),
            Row("of these: may stop, where ours is against it", f"{counts['stop while refused']:,}"),
        ]
    return sections


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=1_000_000, help="of the cohort compared (default: 1,000,000)")
    parser.add_argument("--different", type=int, default=20_000, help="how many are different (default: 20,000)")
    parser.add_argument("--profiles", type=Path, help="take these profiles (Parquet) instead of inventing some")
    parser.add_argument("--in-memory", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.in_memory:
        _judge_in_memory(given.in_memory)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profiles = given.profiles or folder / "profiles.parquet"
        if not given.profiles:
            write_cohort(profiles, given.different, 1)
        found = measured(profiles, given.patients, folder)
    show(found, [machine(None), "Rates: for each second of processor time of all processes; beside them by the clock."])


if __name__ == "__main__":
    main()
