"""`mrdguide cohort synthesize`: an invented cohort."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..arguments import whole_number
from ..files import OK, say

_ABOUT = """\
Every patient is invented: for tests, teaching and measuring. Risk, depth of MRD, time, gaps in the record, vague dates and entries
that cannot be hang together as engine/mrdguide/cohort/invented/parameters.yaml says; no number there is of a study, and nothing
may be concluded from such a cohort. The same -n and --seed give the same bytes.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{parser.description}\n\n{_ABOUT}"
    parser.add_argument(
        "-n", dest="count", type=whole_number(1, 100_000_000, "number of patients"), required=True, metavar="N", help="how many patients"
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole_number(0, 2**31, "number"), default=1, help="another seed, other patients (default: 1)"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="a file .ndjson or .parquet")


def run(parsed: argparse.Namespace) -> int:
    """Write the cohort."""
    from ...cohort.invented.writing import write_cohort

    write_cohort(parsed.output, parsed.count, parsed.seed)
    say(f"{parsed.count:,} invented patients written to {parsed.output}", file=sys.stderr)
    return OK
