"""`mrdguide record sign`: what a board decided on a recorded answer, appended to the record."""

from __future__ import annotations

import argparse

from ..arguments import add_rules
from ..files import OK, say
from .store import add_store, entry_key, opened


def arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("number", metavar="NUMBER", help="the number of the entry with the answer, or its hash")
    parser.add_argument(
        "--decision",
        required=True,
        metavar="ID",
        help="continue, stop, ...: a decision that the rules name (decision.yaml)",
    )
    parser.add_argument("--by", required=True, metavar="NAME", help="who decided, as they sign")
    parser.add_argument("--date", required=True, metavar="DATE", help="the day on which it was decided, YYYY-MM-DD")
    parser.add_argument("--review-on", metavar="DATE", help="the day on which to look again, YYYY-MM-DD")
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Append the decision, and say how it is on record. What was signed before stays."""
    from ...record.decision import decision_in
    from ...rulebook.book import load_rules

    rules = load_rules(*(parsed.rules or []))
    with opened(parsed) as store:
        entry = store.append_decision(
            entry_key(parsed.number), parsed.decision, by=parsed.by, date=parsed.date, review_on=parsed.review_on,
            rules=rules,
        )  # fmt: skip
        say(
            f"{store.name}: entry {entry.number}, on entry {entry.about}: {decision_in(entry)}\nhead: {entry.entry_hash}"
        )
    return OK
