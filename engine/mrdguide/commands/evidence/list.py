"""`mrdguide evidence list`: every study, guideline and definition."""

from __future__ import annotations

import argparse

from ..arguments import add_rules
from ..files import OK, say


def arguments(parser: argparse.ArgumentParser) -> None:
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each entry."""
    from ...evidence import load_library
    from ...reading.shipped import folder
    from ...report.pages.book import entry_list
    from ...rulebook.book import load_rules

    say(entry_list(load_rules(*parsed.rules).evidence if parsed.rules else load_library(folder("evidence"))))
    return OK
