"""`mrdguide evidence list`: every study, guideline and definition."""

from __future__ import annotations

import argparse

from ..arguments import add_rules
from ..files import OK, say
from .entries import opened


def arguments(parser: argparse.ArgumentParser) -> None:
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each entry."""
    from ...report.pages.book import entry_list

    say(entry_list(opened(parsed)))
    return OK
