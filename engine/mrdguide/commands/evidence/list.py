"""`mrdguide evidence list`: every study, guideline and definition."""

from __future__ import annotations

import argparse

from ..files import OK


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(_parsed: argparse.Namespace) -> int:
    """Print a line for each entry."""
    from ...evidence import load_library
    from ...reading.shipped import folder
    from ...report.pages.book import entry_list

    print(entry_list(load_library(folder("evidence"))))
    return OK
