"""`mrdguide evidence check`: whether evidence and citations keep their promises, and what is past its review date."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ...errors import UsageError
from ..arguments import add_format, add_rules
from ..files import OK, as_json, say, write

if TYPE_CHECKING:
    from ...rulebook.book import RuleBook

REVIEWS_DUE = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    add_rules(parser)
    parser.add_argument(
        "--stale", action="store_true",
        help=f"list entries past their review date, and those without one; exit status {REVIEWS_DUE} when there are any",
    )  # fmt: skip
    parser.add_argument("--as-of", metavar="DATE", help="the day to compare with, YYYY-MM-DD (default: today)")
    add_format(parser, ("text", "json"))


def run(parsed: argparse.Namespace) -> int:
    """Audit the evidence behind the shipped rules, or those that are named; with `--stale` list what is to be reviewed."""
    from ...rulebook.book import load_rules

    if not parsed.stale and (parsed.as_of is not None or parsed.format != "text"):
        raise UsageError("--as-of and --format json go with --stale")
    rules = load_rules(*(parsed.rules or []))
    return _stale(rules, parsed) if parsed.stale else _audit(rules)


def _audit(rules: RuleBook) -> int:
    from ...errors import EvidenceError
    from ...rulebook.audit import audit

    problems = audit(rules)
    if problems:
        raise EvidenceError(problems)
    verified = sum(fact.verified for entry in rules.evidence for _, fact in entry.facts())
    total = sum(1 for entry in rules.evidence for _ in entry.facts())
    say(
        f"{len(rules.evidence.ids)} entries, no problems: all 45 references are there and reached, no rule rests on an "
        f"unverified entry or a retracted one, every shown figure has its source, every interval contains its estimate. "
        f"Of {total} statements (figures, and what is said of design, patients, criteria, citation) {verified} are verified; the others are "
        "hidden, and `mrdguide evidence list --unverified` names them."
    )
    return OK


def _stale(rules: RuleBook, parsed: argparse.Namespace) -> int:
    from ...dates import iso
    from ...evidence.upkeep import reviews_due
    from ...recommend.evaluation import day_of

    as_of = day_of(parsed.as_of, "--as-of")
    due = reviews_due(rules.evidence, as_of)
    if parsed.format == "json":
        write(as_json({"as_of": iso(as_of), "due": [item.to_dict() for item in due]}), None)
    else:
        say(f"{len(due)} of {len(rules.evidence.ids)} entries are to be reviewed on {iso(as_of)}.")
        for item in due:
            say(item)
    return REVIEWS_DUE if due else OK
