"""`mrdguide rules compare`: what another rule book changes, in which direction, and in which patients."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..arguments import PAGE_FORMATS, add_format, add_output
from ..files import OK, write, write_page


def arguments(parser: argparse.ArgumentParser) -> None:
    book = "a rule folder, folders joined by +, or core for the shipped book; a folder without outcomes lies on the shipped book"
    parser.add_argument("first", metavar="A", help=book)
    parser.add_argument("second", metavar="B", help="the same for the book to compare with it")
    parser.add_argument(
        "--on", type=Path, metavar="FOLDER", help="profiles whose answers to compare (default: the examples)"
    )
    parser.add_argument(
        "--except", dest="left_out", action="append", default=[], metavar="ID",
        help="take this entry as A has it; repeat for several",
    )  # fmt: skip
    parser.add_argument(
        "--as-of", metavar="DATE", help="the day on which entries with dates are taken as in force (default: today)"
    )
    parser.add_argument("--sign", action="store_true", help="a page for a committee, with room to sign")
    parser.add_argument("--cases", metavar="FILE", help="write the patients found as cases for rules test")
    add_format(parser, PAGE_FORMATS)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Compare, look for patients, and show."""
    from ...authoring.comparing import book_of, compare_books, with_entries_of
    from ...authoring.comparison_page import as_plain, committee_page, comparison_page, witness_case
    from ...recommend.evaluation import day_of

    first, second = book_of(parsed.first), book_of(parsed.second)
    if parsed.left_out:
        second = with_entries_of(first, second, parsed.left_out)
    found = compare_books(first, second, parsed.on, day=day_of(parsed.as_of))
    write_page(committee_page(found) if parsed.sign else comparison_page(found), as_plain(found), parsed)
    if parsed.cases:
        texts = [witness_case(search.witness) for search in found.searches if search.witness is not None]
        entries = "".join(text.removeprefix("cases:\n") for text in texts)
        write(f"cases:\n{entries}" if entries else "cases: []\n", parsed.cases)
    return OK
