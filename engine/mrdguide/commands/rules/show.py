"""`mrdguide rules show`: a rule in readable English, with its citations and what it rests on."""

from __future__ import annotations

import argparse

from ...errors import UsageError
from ..arguments import add_rules
from ..files import OK, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="as `mrdguide rules list` shows it, or the id of a parameter")
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print the rule."""
    from ...reading.validation import closest
    from ...report.pages.book import rule_text
    from ...rulebook.book import load_rules

    rules = load_rules(*(parsed.rules or []))
    text = rule_text(rules, parsed.id)
    if text is None:
        known = [*rules.rules, *(item.id for item in rules.decision.outcomes), *(item.id for item in rules.protocols)]
        known += [item.id for item in rules.parameters]
        raise UsageError(f"there is no rule '{parsed.id}'; {closest(parsed.id, known) or 'see mrdguide rules list'}")
    say(text)
    return OK
