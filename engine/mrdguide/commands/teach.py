"""`mrdguide teach`: list the teaching cases, go through one or all of them, or print them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from .arguments import add_as_of, add_rules
from .files import OK, as_json, terminal_text, write, write_text

if TYPE_CHECKING:
    from ..report.blocks import Page
    from ..teach.cases import Lesson
    from ..teach.lessons import Course


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="a case; lists them all when omitted")
    parser.add_argument("--answer", metavar="ID", help="your answer, instead of being asked")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="cases of your own: profiles, and cases.yaml that lists them"
    )
    parser.add_argument("--all", action="store_true", help="go through every case")
    parser.add_argument(
        "--shuffle",
        nargs="?",
        const=-1,
        type=int,
        metavar="SEED",
        help="with --all: in another order; SEED repeats one",
    )
    parser.add_argument("--results", metavar="FILE", help="write what was answered as JSON")
    parser.add_argument("--handout", metavar="FILE", help="write the cases without solutions as HTML")
    parser.add_argument("--key", metavar="FILE", help="write the solutions for the teacher as HTML")
    add_rules(parser)
    add_as_of(parser, "the day of the case")


def run(parsed: argparse.Namespace) -> int:
    """Ask and show on this terminal, or write what is asked for."""
    from ..rulebook.book import load_rules
    from ..teach.lessons import Course, run_all
    from ..teach.lessons import run as teach

    course = Course(parsed.folder, load_rules(*parsed.rules) if parsed.rules else None)
    if parsed.shuffle is not None and not parsed.all:
        raise UsageError("--shuffle needs --all: one case has no order")
    if parsed.all and (parsed.number is not None or parsed.answer is not None):
        raise UsageError("--all goes through every case and asks for each; leave the number and --answer out")
    if parsed.handout or parsed.key:
        return _printed(parsed, course)
    given = (
        run_all(_order(parsed, course), input, _show, course)
        if parsed.all
        else teach(parsed.number, parsed.answer, parsed.as_of, input, _show, course)
    )
    if parsed.results:
        right = sum(item.right for item in given)
        content = {"answered": len(given), "right": right, "cases": [item.to_dict() for item in given]}
        write(as_json(content), parsed.results)
    return OK


def _order(parsed: argparse.Namespace, course: Course) -> list[Lesson]:
    from ..teach.lessons import shuffled

    known = list(course.lessons())
    if parsed.shuffle is None:
        return known
    return shuffled(known, None if parsed.shuffle == -1 else parsed.shuffle)


def _printed(parsed: argparse.Namespace, course: Course) -> int:
    from ..report.formats.html import to_html
    from ..teach.cases import lesson

    chosen = [lesson(parsed.number, course.folder)] if parsed.number is not None else list(_order(parsed, course))
    if parsed.handout:
        write(to_html(course.handout(chosen)), parsed.handout)
    if parsed.key:
        write(to_html(course.key(chosen)), parsed.key)
    return OK


def _show(page: Page) -> None:
    from ..report.formats.terminal import to_text

    write_text(terminal_text([to_text(page)], to_file=False), None)
