"""`mrdguide rules list`: every rule of the shipped book."""

from __future__ import annotations

import argparse

from ..files import OK


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(_parsed: argparse.Namespace) -> int:
    """Print a line for each rule."""
    from ...report.pages.book import rule_list
    from ...rulebook.book import load_rules

    print(rule_list(load_rules()))
    return OK
