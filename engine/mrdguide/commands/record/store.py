"""The record that an action works on, and how one of its entries is named on the command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...record import DecisionStore


def add_store(parser: argparse.ArgumentParser) -> None:
    """STORE."""
    parser.add_argument("store", metavar="STORE", help="a SQLite file, or the URL of a database")


def opened(parsed: argparse.Namespace) -> DecisionStore:
    """The record, which must be there: none is made by looking at it."""
    from ...record import DecisionStore

    return DecisionStore(parsed.store, create=False)


def entry_key(number: int | str) -> int | str:
    """An entry by its number, or by its hash."""
    return int(number) if isinstance(number, str) and number.isdecimal() and len(number) < 20 else number
