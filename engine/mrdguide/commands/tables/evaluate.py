"""`mrdguide tables evaluate`: every patient of a folder of tables, one record each."""

from __future__ import annotations

import argparse
import csv
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

from ...errors import MrdguideError, UsageError
from ..arguments import add_as_of, add_format, add_output, add_rules
from ..files import BAD_INPUT, OK, as_json, say, write

if TYPE_CHECKING:
    from ...recommend.recommendation import Recommendation

_COLUMNS = ("id", "as_of", "outcome", "possible_outcomes", "headline", "missing", "rules")
_BETWEEN = "; "


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="the tables, as `mrdguide tables template` makes them")
    add_as_of(parser)
    add_rules(parser)
    add_format(parser, ("csv", "json"))
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Evaluate every patient of a folder of tables: one record each, or none at all when one cannot be answered."""
    from ...intake.tables import read_tables
    from ...recommend.evaluation import evaluate
    from ...rulebook.book import load_rules

    rules = load_rules(*(parsed.rules or []))
    records: list[dict[str, Any]] = []
    failures: list[str] = []
    for patient in read_tables(parsed.folder):
        try:
            records.append(_record(evaluate(patient, rules=rules, as_of=parsed.as_of)))
        except UsageError:
            raise
        except MrdguideError as error:
            failures.append(f"{patient.id}: {error}")
    for failure in failures:
        say(f"mrdguide: {failure}", file=sys.stderr)
    if failures:
        return BAD_INPUT
    write(as_json(records) if parsed.format == "json" else _as_csv(records), parsed.output)
    return OK


def _record(found: Recommendation) -> dict[str, Any]:
    """One patient in short. Day and rules stand in every record, since records are copied out of their lists."""
    made = found.provenance
    return {
        "id": found.patient_id,
        "as_of": made.as_of,
        "outcome": found.outcome,
        "possible_outcomes": list(found.possible_outcomes),
        "headline": found.headline,
        "missing": [item.what for item in found.missing],
        "rules": f"{made.rules_name} {made.rules_version} {made.rules_hash[:12]}",
    }


def _as_csv(records: list[dict[str, Any]]) -> str:
    from ...report.legible import spreadsheet_cell

    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for record in records:
        values = (record[name] for name in _COLUMNS)
        writer.writerow(
            spreadsheet_cell(_BETWEEN.join(value) if isinstance(value, list) else value) for value in values
        )
    return buffer.getvalue()
