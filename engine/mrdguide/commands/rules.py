"""`mrdguide rules`: check, list, show, coverage."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import UsageError
from .error_format import tell
from .files import OK, profile

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook


def check(parsed: argparse.Namespace) -> int:
    from ..errors import ProblemsError, RuleBookError
    from ..rulebook.audit import check_citations
    from ..rulebook.book import load_rules

    rules = load_rules(*parsed.folders)
    _, problems = check_citations(rules)
    if problems:
        raise RuleBookError(problems)
    if rules.warnings:
        tell(ProblemsError(rules.warnings), parsed.error_format)
    print(_summary(rules))
    return OK


def _summary(rules: RuleBook) -> str:
    counts = ", ".join(f"{len(ids)} {section}" for section, ids in rules.sections.items())
    return (
        f"{rules.pack.name} {rules.version}: no {'errors' if rules.warnings else 'problems'}. {counts}, {len(rules.schemes)} risk schemes, "
        f"{len(rules.protocols)} protocols, {len(rules.decision.outcomes) + 1} outcomes; every outcome is reached, every "
        f"patient gets one, no safety invariant can be broken. ({rules.hash[:12]})"
    )


def list_all(_parsed: argparse.Namespace) -> int:
    from ..report.pages.book import rule_list
    from ..rulebook.book import load_rules

    print(rule_list(load_rules()))
    return OK


def show(parsed: argparse.Namespace) -> int:
    from ..reading.validation import closest
    from ..report.pages.book import rule_text
    from ..rulebook.book import load_rules

    rules = load_rules()
    text = rule_text(rules, parsed.id)
    if text is None:
        known = [*rules.rules, *(item.id for item in rules.decision.outcomes), *(item.id for item in rules.protocols)]
        raise UsageError(f"there is no rule '{parsed.id}'; {closest(parsed.id, known) or 'see mrdguide rules list'}")
    print(text)
    return OK


def covered(parsed: argparse.Namespace) -> int:
    from ..answer.coverage import coverage
    from ..recommend.evaluation import evaluate
    from ..rulebook.book import load_rules
    from ..teach.examples import examples

    rules = load_rules()
    if parsed.files:
        results = [evaluate(profile(name), rules, parsed.as_of) for name in parsed.files]
    else:
        results = [evaluate(example.path, rules, parsed.as_of or example.as_of) for example in examples()]
    print(coverage(rules, results).summary())
    return OK
