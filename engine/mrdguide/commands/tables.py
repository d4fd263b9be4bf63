"""`mrdguide tables`: template, evaluate."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MrdguideError, UsageError
from .files import BAD_INPUT, OK, write

if TYPE_CHECKING:
    from ..recommend.recommendation import Recommendation

_BETWEEN = "; "


def template(parsed: argparse.Namespace) -> int:
    """Write empty tables with their headers and a README; nothing that is there already is overwritten."""
    from ..intake.tables.template import template_files

    target, files = Path(parsed.folder), template_files()
    there = [name for name in files if (target / name).exists()]
    if there:
        raise UsageError(f"{target / there[0]} exists already; name a folder without tables")
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {target}: {error.strerror}") from None
    for name, text in files.items():
        write(text, target / name)
    print(f"written to {target}; {target / 'README.txt'} says what each column holds")
    return OK


def evaluate_tables(parsed: argparse.Namespace) -> int:
    """Evaluate every patient of a folder of tables: one record each, or none at all when one cannot be answered."""
    from ..intake.tables import read_tables
    from ..recommend.evaluation import evaluate
    from ..rulebook.book import load_rules

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
        print(f"mrdguide: {failure}", file=sys.stderr)
    if failures:
        return BAD_INPUT
    write(_as_json(records) if parsed.format == "json" else _as_csv(records), parsed.output)
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


_COLUMNS = ("id", "as_of", "outcome", "possible_outcomes", "headline", "missing", "rules")


def _as_json(records: list[dict[str, Any]]) -> str:
    return json.dumps(records, indent=2, ensure_ascii=False) + "\n"


def _as_csv(records: list[dict[str, Any]]) -> str:
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for record in records:
        values = (record[name] for name in _COLUMNS)
        writer.writerow([_BETWEEN.join(value) if isinstance(value, list) else value for value in values])
    return buffer.getvalue()
