"""`mrdguide rules check`: every mistake of a rule book, or that there is none."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..error_format import tell
from ..files import OK, say

if TYPE_CHECKING:
    from ...rulebook.book import RuleBook


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders", nargs="*", metavar="DIR",
        help="rule folders, each on top of the one before (default: the shipped rule book)",
    )  # fmt: skip


def run(parsed: argparse.Namespace) -> int:
    """Load and prove the book, check what it cites, and tell what is hardly meant."""
    from ...authoring.doubts import doubts
    from ...errors import ProblemsError, RuleBookError
    from ...rulebook.audit import check_citations
    from ...rulebook.book import load_rules

    rules = load_rules(*parsed.folders)
    _, problems = check_citations(rules)
    found = doubts(rules)
    problems += [problem for problem in found if problem.severity == "error"]
    if problems:
        raise RuleBookError([*problems, *(problem for problem in found if problem.severity != "error")])
    warnings = [*rules.warnings, *found]
    if warnings:
        tell(ProblemsError(warnings), parsed.error_format)
    say(_summary(rules, len(warnings)))
    return OK


def _summary(rules: RuleBook, warnings: int) -> str:
    counts = ", ".join(f"{len(ids)} {section}" for section, ids in rules.sections.items())
    found = f"no errors, {warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else "no problems"
    invariants = len(rules.decider.invariants)
    return (
        f"{rules.pack.name} {rules.version}: {found}. {counts}, "
        f"{len(rules.schemes)} risk schemes, "
        f"{len(rules.protocols)} protocols, {len(rules.decision.outcomes) + 1} outcomes; every outcome is reached, every "
        f"patient gets one, none of the {invariants} safety invariants can be broken. ({rules.hash[:12]})"
    )
