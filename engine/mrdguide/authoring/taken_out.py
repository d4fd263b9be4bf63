"""What stands in the place of an entry of a layer once it is taken out: of each verdict that changes that of the core, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..logic.operators.reference import Reference
from ..rulebook.book import RuleBook
from ..rulebook.layered import CORE
from ..rulebook.used_parameters import users_of
from ..rulefiles.model import Rule

# A verdict of the book, and which stands in its place; None: not met.
Instead = dict[str, str | None]

_JOIN = ("blocks", "cautions")  # what a layer adds to these joins a list by its section alone


def without_rule(book: RuleBook, section: str, name: str, kind: object, former: str | None) -> Instead | None:
    """Without a rule that has taken the place of `former` below it, or is new (None). None where it changes nothing by itself:
    a new one that joins no list."""
    if former is not None:
        return {name: f"{CORE}{former}"} if f"{CORE}{former}" in book.rules else {}
    return {name: None} if name in book.rules and (kind or section in _JOIN) else None


def without_number(book: RuleBook, name: str) -> Instead:
    """Without a layer's value of a number that rules share."""
    return _cores(book, users_of(book, name))


def without_readings(book: RuleBook) -> Instead:
    """Without a layer's readings of tests."""
    return _cores(book, (item.rule.id for item in book.compiled_criteria if item.paths & {"mrd", "imaging"}))


def without_switching_off(book: RuleBook, switched_off: str, below: Mapping[str, Rule]) -> Instead:
    """With an entry of the lists below that a layer has switched off."""
    return _cores(
        book, (name for name, rule in below.items() if Reference(id=switched_off) in getattr(rule.when, "of", ()))
    )


def _cores(book: RuleBook, names: Iterable[str]) -> Instead:
    return {name: f"{CORE}{name}" for name in names if f"{CORE}{name}" in book.rules}
