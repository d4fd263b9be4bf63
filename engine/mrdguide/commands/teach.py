"""`mrdguide teach`: list the teaching cases, or go through one of them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .arguments import add_as_of
from .files import terminal_text, write_text

if TYPE_CHECKING:
    from ..report.blocks import Page


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="a case; lists them all when omitted")
    parser.add_argument("--answer", metavar="ID", help="your answer, instead of being asked")
    add_as_of(parser, "the day of the case")


def run(parsed: argparse.Namespace) -> int:
    """Ask and show on this terminal."""
    from ..teach.lessons import run as teach

    return teach(parsed.number, parsed.answer, parsed.as_of, input, _show)


def _show(page: Page) -> None:
    from ..report.formats.terminal import to_text

    write_text(terminal_text([to_text(page)], to_file=False), None)
