"""`mrdguide rules facts`: what a profile can hold, searched by words."""

from __future__ import annotations

import argparse

from ...errors import UsageError
from ..files import OK


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="WORD", help="only facts in which every word appears")


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each fact."""
    from ...authoring.profile_facts import profile_facts

    found = [fact.line for fact in profile_facts() if fact.fits(parsed.words)]
    if not found:
        raise UsageError(f"a profile holds nothing about '{' '.join(parsed.words)}'; try one word, or no word for all")
    print("\n".join(found))
    return OK
