"""Checks beyond syntax: what can be read, and is hardly meant. All but a book without invariants are warnings."""

from __future__ import annotations

from ...errors import Problem
from ...rulebook.book import RuleBook
from ...rulefiles.layers import source_of
from .citing import doubts_on_citations
from .effects import doubts_on_effects
from .local_facts import doubts_on_local_facts
from .numbers import doubts_on_numbers
from .texts import doubts_on_texts
from .verdicts import doubts_on_verdicts


def doubts(rules: RuleBook) -> list[Problem]:
    """Every doubt about a rule book that can be loaded, in the order of its files."""
    source = source_of(rules.folders, rules.folders[0])
    found = [
        *doubts_on_verdicts(rules, source),
        *doubts_on_citations(rules, source),
        *doubts_on_numbers(rules, source),
        *doubts_on_texts(source),
        *doubts_on_effects(rules, source),
        *doubts_on_local_facts(rules, source),
    ]
    return source.in_order(found)
