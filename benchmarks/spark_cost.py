"""What a registry costs on a cluster: the rate of the function that Spark calls, measured here, and what follows for so many patient-days.

python benchmarks/spark_cost.py                                     some minutes
python benchmarks/spark_cost.py --patient-days 100000000 --cores 64

No Spark is started: what it adds (reading, shuffling, Java to Python) is not in the numbers, and differs from cluster to cluster.
"""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
from measuring import Row, keep, machine, pin_to_one_core, show

import mrdguide
from mrdguide.cohort.batches import Task
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.cohort.rows import Asked, Missing
from mrdguide.cohort.spark import judge_batches

_TODAY = date(2026, 11, 21)
_DAYS = "on"
_VISITS = 4
_WAYS: tuple[tuple[Missing, str], ...] = (
    ("none", "answers and verdicts"),
    ("paths", "with what is missing"),
    ("leads", "with what is missing and where each result leads"),
)


def _table(patients: int) -> pa.Table:
    return pa.Table.from_pylist([row_of(invented(1, number)) for number in range(1, patients + 1)], profile_schema())


def _with_visits(table: pa.Table) -> pa.Table:
    """Each patient on days of their own, as visits are."""
    days = [
        [_TODAY - timedelta(91 * visit + number % 91) for visit in range(_VISITS)] for number in range(table.num_rows)
    ]
    return table.append_column(_DAYS, pa.array(days, pa.list_(pa.date32())))


def _seconds(table: pa.Table, task: Task) -> float:
    """Processor time for one patient-day."""
    list(judge_batches(table.slice(0, 1000).to_batches(), task))  # compiled, rules loaded
    started = time.process_time()
    rows = sum(batch.num_rows for batch in judge_batches(table.to_batches(), task))
    return (time.process_time() - started) / float(rows)


def measured(patients: int) -> list[tuple[str, float]]:
    """Seconds of one core for a patient-day, by what is asked."""
    rules, table = mrdguide.load_rules(), _table(patients)
    found = [
        (f"one day for all: {words}", _seconds(table, Task(rules, _TODAY, asked=Asked(missing))))
        for missing, words in _WAYS
    ]
    visits = _with_visits(table)
    found.append(
        (
            f"{_VISITS} visits on own days: {_WAYS[0][1]}",
            _seconds(visits, Task(rules, None, _DAYS, asked=Asked("none"))),
        )
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=2_000, help="how many are measured (default: 2,000)")
    parser.add_argument(
        "--patient-days", type=float, default=1e8, help="how many are to be paid for (default: 100 million)"
    )
    parser.add_argument("--cores", type=int, default=64, help="of the cluster (default: 64)")
    parser.add_argument("--keep", metavar="FILE", type=Path, help="write the figures for the page on Spark")
    given = parser.parse_args()
    core = pin_to_one_core()
    found = measured(given.patients)
    rates = [Row(words, f"{1 / seconds:,.0f}/s") for words, seconds in found]
    hours = [(words, seconds * given.patient_days / 3600) for words, seconds in found]
    cost = [Row(words, f"{needed:,.0f} core-hours", f"{needed / given.cores:,.1f} h") for words, needed in hours]
    sections = {
        f"Patient-days a second on one core ({given.patients:,} invented patients)": rates,
        f"{given.patient_days:,.0f} patient-days (best: hours on {given.cores} cores)": cost,
    }
    footer = [machine(core), "Without what Spark adds: reading, writing, Java to Python, tasks that are repeated."]
    show(sections, footer)
    if given.keep:
        keep(given.keep, f"python benchmarks/spark_cost.py --patients {given.patients}", sections, footer)


if __name__ == "__main__":
    main()
