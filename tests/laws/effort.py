"""How hard the laws are tried: the same examples on every run, so that a red build is red for everybody.

`MRDGUIDE_LAWS=20 pytest tests/laws` looks twenty times as far, at other examples on every run.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_TIMES = int(os.environ.get("MRDGUIDE_LAWS", "0"))


def law(examples: int) -> settings:
    """The settings of a law that is tried on about so many examples."""
    return settings(
        max_examples=examples * max(_TIMES, 1),
        derandomize=_TIMES == 0,
        database=None,
        deadline=None,
        # Whole patients and whole rule books are large examples by nature.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
