"""The rule book that a caller means: one that is loaded, folders to load it from, or the shipped one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

from ..reading.arguments import wrong_argument
from .book import RuleBook, load_rules

Rules = RuleBook | str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None
"""What `rules=` takes: a rule book, a folder, folders in layers, or None for the shipped rule book."""


def rule_book(rules: Rules) -> RuleBook:
    """The rule book meant. Folders are read anew at every call; the shipped book is loaded once.

    Raises:
        UsageError: it is none of these.
        RuleBookError: the folders hold no rule book that can be used.
    """
    if isinstance(rules, RuleBook):
        return rules
    if rules is None:
        return _shipped()
    if isinstance(rules, str | os.PathLike):
        return load_rules(rules)
    # An empty list must not mean the shipped rules.
    if isinstance(rules, bytes) or not isinstance(rules, Sequence) or not rules:
        raise wrong_argument("rules", rules, "what mrdguide.load_rules returns, a folder, or a list of folders")
    return load_rules(*rules)


@lru_cache(maxsize=1)
def _shipped() -> RuleBook:
    return load_rules()
