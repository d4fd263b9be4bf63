"""What a test can have been: a set of readings, held in bits.

A result that is complete has one reading. Where something is not recorded, every reading it leaves open is in the set,
so that "unknown" is never quietly one of them. From worst to best: positive, not evaluable, negative.
"""

from __future__ import annotations

POSITIVE, NOT_EVALUABLE, NEGATIVE = 1, 2, 4
ANY = POSITIVE | NOT_EVALUABLE | NEGATIVE
CERTAIN = (POSITIVE, NOT_EVALUABLE, NEGATIVE)
EVALUABLE = (POSITIVE, NEGATIVE, POSITIVE | NEGATIVE)
