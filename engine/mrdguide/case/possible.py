"""What a test can have been: a set of readings, held in bits.

A result that is complete has one reading. Where something is not recorded, every reading it leaves open is in the set,
so that "unknown" is never quietly one of them. From worst to best: positive, not evaluable, negative. A marrow MRD test
has a fourth reading: disease was found, at a level below the threshold. That is neither positive nor negative there.
"""

from __future__ import annotations

POSITIVE, NOT_EVALUABLE, NEGATIVE, BELOW = 1, 2, 4, 8
ANY = POSITIVE | NOT_EVALUABLE | NEGATIVE
ANY_LEVEL = ANY | BELOW
CERTAIN = (POSITIVE, NOT_EVALUABLE, NEGATIVE, BELOW)
EVALUABLE = tuple(found for found in range(1, ANY_LEVEL + 1) if not found & NOT_EVALUABLE)
