"""`mrdguide rules facts`: what a profile can hold, searched by words."""

from __future__ import annotations

import argparse

from ...errors import UsageError
from ..arguments import add_rules
from ..files import OK, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="WORD", help="only facts in which every word appears")
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each fact."""
    from ...authoring.profile_facts import added_facts, profile_facts
    from ...rulebook.book import load_rules

    added = added_facts(load_rules(*parsed.rules)) if parsed.rules else ()
    found = [fact.line for fact in (*profile_facts(), *added) if fact.fits(parsed.words)]
    if not found:
        raise UsageError(f"a profile holds nothing about '{' '.join(parsed.words)}'; try one word, or no word for all")
    say("\n".join(found))
    return OK
