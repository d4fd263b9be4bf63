"""`mrdguide rules list`: every rule of the shipped book."""

from __future__ import annotations

import argparse

from ..arguments import add_rules
from ..files import OK, say


def arguments(parser: argparse.ArgumentParser) -> None:
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each rule."""
    from ...report.pages.book import rule_list
    from ...rulebook.book import load_rules

    say(rule_list(load_rules(*(parsed.rules or []))))
    return OK
