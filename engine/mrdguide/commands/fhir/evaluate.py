"""`mrdguide fhir evaluate`: the patients of a bulk-data export, one line of JSON for each."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import FhirError, PatientError, UsageError
from ..arguments import add_as_of, add_rules, add_site
from ..files import OK, beside, say, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="NDJSON of a bulk export, plain or gzip, of many patients"
    )
    add_as_of(parser)
    add_rules(parser)
    add_site(parser, "a site file with local codes and conventions")
    parser.add_argument("--output", metavar="PATH", help="write to a file instead of standard output")


def run(parsed: argparse.Namespace) -> int:
    """Evaluate patient after patient; what cannot be read is a line with its reason."""
    counted = Counter[str]()
    lines = _written(parsed, counted)
    if parsed.output is None:
        for line in lines:
            write(line, None)
    else:
        path = Path(parsed.output)
        try:
            with beside(path) as out:
                out.writelines(lines)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from None
    say(f"{counted['told']} patients, of them {counted['unread']} not evaluated", file=sys.stderr)
    return OK


def _written(parsed: argparse.Namespace, counted: Counter[str]) -> Iterator[bytes]:
    from ...report.legible import legible_json

    for line in _lines(parsed):
        counted.update(told=1, unread="error" in line)
        yield (legible_json(json.dumps(line, ensure_ascii=False)) + "\n").encode("utf-8")


def _lines(parsed: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from ...fhir import read
    from ...fhir.bulk import patients
    from ...recommend.evaluation import evaluate
    from ...rulebook.book import load_rules

    rules = load_rules(*(parsed.rules or []))
    for name, resources in patients(parsed.files):
        try:
            patient, report = read(resources, site=parsed.site)
            found = evaluate(patient, rules=rules, as_of=parsed.as_of)
        except (FhirError, PatientError) as error:
            yield {"patient": name, "error": str(error)}
            continue
        yield {
            "patient": name, "outcome": found.outcome, "stop_possible": found.stop_possible,
            "possible_outcomes": list(found.possible_outcomes), "missing": [item.path for item in found.missing],
            "record_whole": all(state.whole for state in report.completeness.values()),
            "as_of": found.provenance.as_of, "rules_hash": found.provenance.rules_hash,
        }  # fmt: skip
