"""A second opinion on every decision, slow and naive on purpose: nothing here is shared with the engine.

Expressions are the plain values that stand in a rule file: an id, or one operator with its parameters in a dict.
A verdict is True (met), False (not met) or None (unknown). What is still possible is found by trying every filling-in
of what is unknown, one after the other, and throwing away those that a declared implication rules out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

Expression = Any
Truth = bool | None
Verdicts = Mapping[str, Truth]
# (if, then, whether "then" is met): whenever the first is met, the second is met (or is not met).
Rule = tuple[str, str, bool]


@dataclass(frozen=True)
class Book:
    """A small rule book as plain data. `conclusions` may name criteria and conclusions before them."""

    criteria: Sequence[str]
    conclusions: Mapping[str, Expression]
    outcomes: Mapping[str, Expression]
    implications: Sequence[Rule] = ()
    points: Sequence[tuple[Expression, float]] = ()
    bands: Sequence[tuple[str, float | None, float | None]] = ()
    classes: Sequence[tuple[str, Expression]] = ()
    invariants: Mapping[str, tuple[frozenset[str], Expression, bool]] = field(default_factory=dict)


def truth(expression: Expression, verdicts: Verdicts) -> Truth:
    """Strong Kleene logic, read off the definition of each connective."""
    if isinstance(expression, str):
        return verdicts[expression]
    [(keyword, inside)] = expression.items()
    if keyword == "not":
        inner = truth(inside, verdicts)
        return None if inner is None else not inner
    parts = [truth(part, verdicts) for part in (inside["of"] if keyword == "at_least" else inside)]
    needed = {"all": len(parts), "any": 1}.get(keyword) or inside["count"]
    if sum(part is True for part in parts) >= needed:
        return True
    if sum(part is not False for part in parts) < needed:
        return False
    return None


def with_conclusions(book: Book, verdicts: Verdicts) -> dict[str, Truth]:
    """The verdicts of the criteria and of every conclusion."""
    known = dict(verdicts)
    for name, expression in book.conclusions.items():
        known[name] = truth(expression, known)
    return known


def still_open(book: Book, verdicts: Verdicts) -> list[str]:
    """Ordered three-valued selection: an outcome is out when it does not hold, or when an earlier one surely does."""
    known = with_conclusions(book, verdicts)
    found = []
    for name, condition in book.outcomes.items():
        verdict = truth(condition, known)
        if verdict is not False:
            found.append(name)
        if verdict is True:
            break
    return found


def breaks(rule: Rule, filled: Verdicts) -> bool:
    """Whether complete verdicts contradict an implication."""
    first, then, met = rule
    return filled[first] is True and filled[then] is not met


def fillings(book: Book, verdicts: Verdicts) -> Iterator[dict[str, bool]]:
    """Every way of filling in the unknown verdicts that the implications allow."""
    choices = [[True, False] if verdicts[name] is None else [bool(verdicts[name])] for name in book.criteria]
    for values in product(*choices):
        filled = dict(zip(book.criteria, values, strict=True))
        if not any(breaks(rule, filled) for rule in book.implications):
            yield filled


def answer(book: Book, filled: Verdicts) -> str | None:
    """The first outcome that holds when everything is known."""
    known = with_conclusions(book, filled)
    return next((name for name, condition in book.outcomes.items() if truth(condition, known)), None)


def possible(book: Book, verdicts: Verdicts) -> set[str | None]:
    """The exact set of answers that some filling-in gives; empty when the verdicts contradict an implication."""
    return {answer(book, filled) for filled in fillings(book, verdicts)}


def sums(book: Book, verdicts: Verdicts) -> set[float]:
    """Every sum of points that some filling-in gives."""
    found = set()
    for filled in fillings(book, verdicts):
        known = with_conclusions(book, filled)
        found.add(sum(points for condition, points in book.points if truth(condition, known)))
    return found


def band(book: Book, total: float) -> str:
    """The class that a sum of points falls into."""
    return next(
        name for name, low, high in book.bands if (low is None or total >= low) and (high is None or total <= high)
    )


def classes(book: Book, verdicts: Verdicts) -> set[str]:
    """Every class that some filling-in gives: the first that holds, the last stands for everything else."""
    found = set()
    for filled in fillings(book, verdicts):
        known = with_conclusions(book, filled)
        held = (name for name, condition in book.classes[:-1] if truth(condition, known))
        found.add(next(held, book.classes[-1][0]))
    return found


def follows(book: Book, verdicts: Verdicts) -> dict[str, Truth]:
    """The verdicts with everything added that the implications force: what every filling-in agrees on."""
    ways = list(fillings(book, verdicts))
    return {name: ways[0][name] if all(way[name] == ways[0][name] for way in ways) else None for name in book.criteria}


def violated(book: Book, verdicts: Verdicts, outcome: str) -> set[str]:
    """The invariants that forbid giving this outcome on these verdicts; unknown forbids too where it is said to."""
    known = with_conclusions(book, verdicts)
    found = set()
    for name, (never, condition, or_unknown) in book.invariants.items():
        verdict = truth(condition, known)
        if outcome in never and (verdict is True or (verdict is None and or_unknown)):
            found.add(name)
    return found
