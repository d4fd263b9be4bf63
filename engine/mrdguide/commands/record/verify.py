"""`mrdguide record verify`: whether the record is still what was recorded."""

from __future__ import annotations

import argparse
import sys

from ...errors import UsageError
from ..files import BAD_INPUT, OK, say
from .store import add_store, opened


def arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("--head", metavar="HASH", help="the head that an earlier verify has shown")


def run(parsed: argparse.Namespace) -> int:
    """Say that the record is whole, with its head to note down; or everything that shows that it is not."""
    from ...record.checking import same_version_other_files

    with opened(parsed) as store:
        problems = store.verify(_head(parsed.head))
        if not problems:
            count = sum(1 for _ in store.entries())
            say(f"{store.name}: {count} {'entry' if count == 1 else 'entries'}, the chain is whole\nhead: {store.head}")
            for sentence in same_version_other_files(store.entries()):
                say(f"note: {sentence}")
            return OK
    for problem in problems:
        say(f"mrdguide: {problem}", file=sys.stderr)
    return BAD_INPUT


def _head(text: str | None) -> str | None:
    if text is None:
        return None
    head = text.strip().lower()
    if len(head) != 64 or set(head) - set("0123456789abcdef"):
        raise UsageError("--head: the whole hash that an earlier `mrdguide record verify` has shown")
    return head
