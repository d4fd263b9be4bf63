"""The rules over columns: what `mrdguide.evaluate` finds of each patient, found for many at once and identical to it.

Needs the extra `cohort` (numpy, numba). A patient of whom something unusual is recorded goes through the one-patient engine
(`ordinary`), the others are laid out as arrays (`lists`), their criteria judged by column (`criteria`, `operators`), and what
follows from them worked out over whole columns (`conclusions`, `possible`, `second_engine`).
"""

from .judging import ByEngine, Judged, judge, judge_profiles

__all__ = ["ByEngine", "Judged", "judge", "judge_profiles"]
