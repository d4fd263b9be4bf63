"""`mrdguide examples list`: each case with its point."""

from __future__ import annotations

import argparse

from ..files import OK, say


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(_parsed: argparse.Namespace) -> int:
    """Print three lines for each case."""
    from ...teach.examples import examples

    for example in examples():
        say(f"{example.file}\n    {example.title}\n    {example.point}")
    return OK
