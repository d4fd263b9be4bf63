"""How hard the laws are tried: the same examples on every run, so that a red build is red for everybody.

The quick suite tries a law on some of the examples that it names. `make laws` looks twenty times as far as it names, at other
examples on every run (`MRDGUIDE_LAWS=5 pytest tests/laws` five times, `MRDGUIDE_LAWS=1` as far as it names).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_TIMES = float(os.environ.get("MRDGUIDE_LAWS", "0"))
QUICK = not _TIMES
_PART = 0.4


def tries(examples: int) -> int:
    """How many examples are tried of a law that names this many."""
    return max(2, round(examples * (_TIMES or _PART)))


def law(examples: int) -> settings:
    """The settings of a law that names this many examples."""
    return settings(
        max_examples=tries(examples),
        derandomize=QUICK,
        database=None,
        deadline=None,
        # Whole patients and whole rule books are large examples by nature.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
