"""`mrdguide rules coverage`: which verdicts each rule takes over some patients."""

from __future__ import annotations

import argparse

from ..arguments import add_as_of, add_rules
from ..files import OK, read_profile_argument, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="profiles (default: the shipped examples)")
    add_rules(parser)
    add_as_of(parser, "today; for the shipped examples the day of each")


def run(parsed: argparse.Namespace) -> int:
    """Evaluate every patient and print what was seen."""
    from ...answer.coverage import coverage
    from ...recommend.evaluation import evaluate
    from ...rulebook.book import load_rules
    from ...teach.examples import examples

    rules = load_rules(*(parsed.rules or []))
    if parsed.files:
        asked = [(read_profile_argument(name), parsed.as_of) for name in parsed.files]
        results = [evaluate(patient, rules=rules, as_of=day) for patient, day in asked]
    else:
        results = [evaluate(item.path, rules=rules, as_of=parsed.as_of or item.as_of) for item in examples()]
    say(coverage(rules, results).summary())
    return OK
