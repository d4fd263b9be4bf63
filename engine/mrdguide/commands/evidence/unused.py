"""`mrdguide evidence unused`: entries that no answer about some patients rests on, each with where it serves instead."""

from __future__ import annotations

import argparse

from ..arguments import add_as_of, add_rules
from ..files import OK, read_profile_argument, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="profiles in YAML or JSON (default: the shipped examples)"
    )
    add_as_of(parser)
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Evaluate the patients and print the entries that none of their answers shows, one a line with the reason."""
    from ...authoring.unused_evidence import unused_evidence
    from ...recommend.evaluation import evaluate
    from ...rulebook.book import load_rules
    from ...teach.examples import examples

    rules = load_rules(*(parsed.rules or []))
    found = (
        [evaluate(read_profile_argument(name), rules=rules, as_of=parsed.as_of) for name in parsed.files]
        if parsed.files
        else [evaluate(case.path, rules=rules, as_of=parsed.as_of or case.as_of) for case in examples()]
    )
    unused = unused_evidence(rules, found)
    say(
        f"{len(rules.evidence.ids) - len(unused)} of {len(rules.evidence.ids)} entries are shown in an answer about "
        f"these {len(found)} patients or in the table of both sides. The full trace (--full) gives the reference of all."
    )
    for entry_id, why in unused.items():
        say(f"{entry_id}: {why}")
    return OK
