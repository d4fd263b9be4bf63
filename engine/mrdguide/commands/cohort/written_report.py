"""What the commands that count a cohort have in common: in which form the page is written, and its tables beside it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..arguments import PAGE_FORMATS, add_format, add_output
from ..files import write_folder, write_page

if TYPE_CHECKING:
    from ...cohort.figures.report import Report
    from ...report.blocks import Page


def add_page_and_tables(parser: argparse.ArgumentParser) -> None:
    """`--format`, `--output`, `--tables` and `--tables-as`."""
    add_format(parser, PAGE_FORMATS)
    add_output(parser)
    parser.add_argument("--tables", type=Path, metavar="DIR", help="also write every table to this folder")
    parser.add_argument("--tables-as", choices=("csv", "parquet"), default="csv", help="default: csv")


def write_page_and_tables(page: Page, report: Report, parsed: argparse.Namespace) -> None:
    """Write the tables, if they are asked for, and then the page."""
    from ...cohort.figures.report import plain_of, tables_of

    if parsed.tables is not None:
        write_folder(parsed.tables, tables_of(report, parsed.tables_as))
    write_page(page, plain_of(report), parsed)
