"""`mrdguide rules test`: cases with the answers that are wanted, and which rules they show."""

from __future__ import annotations

import argparse

from ..arguments import add_cases_folder, add_rules
from ..files import OK, as_json, say, write

CASES_FAILED = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    add_cases_folder(parser)
    add_rules(parser)
    parser.add_argument("--coverage", action="store_true", help="show which verdicts each rule has taken")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(parsed: argparse.Namespace) -> int:
    """Run every case; status 1 when one gets another answer than it says."""
    from ...authoring.results import as_plain, results_text
    from ...authoring.running import cases_in, run_cases
    from ...rulebook.book import load_rules
    from ...rulefiles.source import is_layer

    # A layer is tested as it lies on the shipped rules.
    own = [parsed.folder] if parsed.folder is not None and is_layer(parsed.folder) else []
    rules = load_rules(*(parsed.rules or own))
    found = run_cases(cases_in(parsed.folder, rules), rules)
    if parsed.format == "json":
        write(as_json(as_plain(found)), None)
    else:
        say(results_text(found, rules, every_rule=parsed.coverage))
    return CASES_FAILED if found.failed else OK
