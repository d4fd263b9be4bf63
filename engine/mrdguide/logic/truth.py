"""Strong Kleene logic (Kleene 1952, section 64): met, not met, unknown.

Verdicts are the integers 0, 1, 2 so that the truth tables are minimum, maximum and reflection:

    all (minimum)   n u m      any (maximum)   n u m      not
              n     n n n                n     n u m      n -> m
              u     n u u                u     u u m      u -> u
              m     n u m                m     m m m      m -> n
"""

from __future__ import annotations

from enum import StrEnum

NOT_MET, UNKNOWN, MET = 0, 1, 2


class Verdict(StrEnum):
    """A verdict as people and programs outside the engine see it."""

    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    MET = "met"


VERDICTS = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)


def of_bool(value: bool | None) -> int:
    """True is met, False is not met, None is unknown."""
    return UNKNOWN if value is None else (MET if value else NOT_MET)


def at_least(count: int, verdicts: list[int]) -> int:
    """Met when `count` are met, not met when too few can still be met, else unknown."""
    met = verdicts.count(MET)
    if met >= count:
        return MET
    return NOT_MET if met + verdicts.count(UNKNOWN) < count else UNKNOWN
