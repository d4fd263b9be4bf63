"""`mrdguide cohort run`: every patient of a cohort, one row each, to a Parquet file."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from ...errors import UsageError
from ..arguments import add_rules, add_site, whole_number
from ..files import BAD_INPUT, OK, not_over_inputs, say
from .progress import Progress
from .standard_input import named

_ABOUT = """\
INPUT is NDJSON (a profile in every line, or the files of a FHIR bulk export), a folder of profiles (YAML, JSON) or FHIR bundles, a
folder of CSV tables (or of the same tables as Parquet, one file each), a folder of OMOP tables (person, condition_occurrence, concept
and others, .csv), Parquet, or an Arrow file or stream; several may be named. OMOP shows who is no candidate and who may be one, never
who is. Columns are named and nested as in the
profile: id, diagnosis and the lists therapy, responses, mrd, imaging, events and toxicities must be there (an empty list: nothing
is recorded; null: not known). In therapy an empty `end` is unknown, 'ongoing' says that it goes on.

OUT has a row for each patient and day: patient, as_of, outcome, settled, stop_possible, possible_outcomes, protocols (studies
matched) and protocols_open (perhaps matched), missing (each fact with where each of its results alone leads), windows, line,
drugs, diagnosed, risk.SCHEME, and a column for every verdict: met, not_met, unknown. Nothing unknown is ever counted as not met.

Patients that cannot be read stand in OUT.rejects.ndjson, each with the reason; every patient is in one of the two files.
Killed and started again with the same arguments, a run goes on from the last finished group (in OUT.work) and gives the same
bytes. Where only one day is given for a whole course, findings after it count as of unknown date if adverse; a profile's
`recorded` says until when one looks back.

The first run of a large cohort after an installation compiles what judges by column, which takes about a minute; later ones do not.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{parser.description}\n\n{_ABOUT}"
    parser.add_argument(
        "inputs", nargs="+", type=Path, metavar="INPUT", help="files and folders with patients; - reads standard input"
    )
    days = parser.add_mutually_exclusive_group(required=True)
    days.add_argument("--as-of", metavar="DATE", help="the day to evaluate on, YYYY-MM-DD")
    days.add_argument(
        "--as-of-column",
        metavar="NAME",
        help="the key or column that says the day to evaluate a patient on, or a list of days",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="OUT.parquet", help="the file to write")
    add_rules(parser)
    add_site(parser, "a site file with local codes and conventions, for FHIR")
    parser.add_argument(
        "--missing", choices=("leads", "paths", "none"), default="leads",
        help="of open answers the missing facts with where each result leads (the default), without (faster), or nothing",
    )  # fmt: skip
    parser.add_argument(
        "--windows", type=whole_number(1, 730, "number of days"), default=0, metavar="N",
        help="also the windows of tests that close within N days (slow: some 10 ms for each patient)",
    )  # fmt: skip
    parser.add_argument(
        "--check", type=whole_number(1, 10**9, "number of patients"), default=0, metavar="N",
        help="evaluate about N patients again one by one and compare; a difference ends the run",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole_number(0, 2**31, "number"), default=1, help="which patients --check takes (default: 1)"
    )
    parser.add_argument(
        "--workers", type=whole_number(1, 1024, "number of processes"), default=None, metavar="N",
        help="processes that judge (default: as many as there are cores)",
    )  # fmt: skip
    parser.add_argument(
        "--group", type=whole_number(1, 1_000_000, "number of patients"), default=20_000, metavar="N",
        help="patients in a row group, which bounds the memory and is what a killed run loses at most (default: 20000)",
    )  # fmt: skip


def run(parsed: argparse.Namespace) -> int:
    """Judge the cohort, and say what became of everybody."""
    from ...cohort.arrow import needed
    from ...cohort.batches import Task
    from ...cohort.rows import Asked
    from ...cohort.running import Run
    from ...cohort.running import run as run_cohort
    from ...recommend.evaluation import day_of
    from ...rulebook.book import load_rules

    needed("pyarrow")
    if parsed.output.is_dir() or not parsed.output.absolute().parent.is_dir():
        raise UsageError(f"cannot write {parsed.output}: give the name of a file in a folder that is there")
    not_over_inputs(parsed.inputs, parsed.output)
    as_of = date.fromordinal(day_of(parsed.as_of)) if parsed.as_of is not None else None
    asked = Asked(parsed.missing, parsed.windows)
    task = Task(load_rules(*(parsed.rules or [])), as_of, parsed.as_of_column, parsed.site, asked, seed=parsed.seed)
    workers = parsed.workers or os.cpu_count() or 1
    progress = Progress()
    try:
        with named(parsed.inputs) as inputs:
            counts = run_cohort(Run(inputs, parsed.output, task, workers, parsed.group, parsed.check), progress)
    finally:
        progress.ends()
    if counts.resumed:
        say(f"{counts.resumed:,} patients were finished before", file=sys.stderr)
    if parsed.check:
        say(f"{counts.checked:,} patients evaluated again one by one: all the same", file=sys.stderr)
    for line in counts.tally.lines():
        say(line, file=sys.stderr)
    for remark in counts.remarks:
        say(f"unknown: {remark}", file=sys.stderr)
    where = f" (reasons in {counts.rejects_file})" if counts.rejects_file is not None else ""
    say(
        f"{counts.read:,} patients read: {counts.answered:,} answered in {counts.rows:,} rows, {counts.rejected:,} rejected{where}",
        file=sys.stderr,
    )
    return OK if counts.answered or not counts.read else BAD_INPUT
