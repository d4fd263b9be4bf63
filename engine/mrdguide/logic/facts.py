"""Looking up the fact that a rule names."""

from __future__ import annotations

from ..patient.facts import Fact, Kind, catalogue
from ..validation import closest


def checked_fact(path: str, kinds: tuple[Kind, ...]) -> Fact:
    """The fact at a path.

    Raises:
        ValueError: the profile has no such fact, or it is of another kind.
    """
    facts = catalogue()
    fact = facts.get(path)
    if fact is None:
        near = closest(path, facts)
        raise ValueError(f"a profile has no fact '{path}'" + (f"; {near}" if near else ""))
    if fact.kind not in kinds:
        raise ValueError(f"{path} is a {fact.kind}; this operator takes a {' or '.join(kinds)}")
    return fact
