"""The folder of evidence that an action writes to, and the day on which something was read."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import UsageError


def add_target(parser: argparse.ArgumentParser) -> None:
    """--evidence and --rules: whose folder is written to."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--evidence", type=Path, metavar="DIR", help="the evidence folder to write to (default: the shipped one)"
    )
    group.add_argument("--rules", type=Path, metavar="DIR", help="a layer, whose evidence/ is written to")


def target(parsed: argparse.Namespace) -> Path:
    """The folder of evidence that is written to."""
    from ...reading.shipped import folder

    if parsed.rules is not None:
        found: Path = parsed.rules / "evidence"
        if not found.is_dir():
            raise UsageError(f"{parsed.rules} has no folder 'evidence'; make it, with one YAML file per entry")
        return found
    return parsed.evidence if parsed.evidence is not None else folder("evidence")


def day_read(text: str | None) -> str:
    """The day that --date names, today by default, as YYYY-MM-DD. Nothing was read on a day to come."""
    from ...dates import iso
    from ...recommend.evaluation import day_of

    day, today = day_of(text, "--date"), day_of(None)
    if day > today:
        raise UsageError(f"--date {text} is after today, {iso(today)}")
    return iso(day)
