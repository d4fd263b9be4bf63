"""Wrong: the day given by position, where it could be taken for a rule book."""

from __future__ import annotations

import mrdguide


def found(profile: str) -> str:
    return mrdguide.evaluate(profile, "2026-11-21").outcome  # wrong
