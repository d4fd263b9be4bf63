"""Wrong: a number in the place of a rule book."""

from __future__ import annotations

import mrdguide


def found(profile: str) -> str:
    return mrdguide.evaluate(profile, rules=3).outcome  # wrong
