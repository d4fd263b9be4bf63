"""The libraries of the extra `cohort`, or one sentence that says what to install."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from ..errors import UsageError


def needed(name: str) -> Any:
    """A module of the extra `cohort`, or of the extra `spark` where it is of pyspark.

    Raises:
        UsageError: it is not installed.
    """
    try:
        # Asked for thousands of times in a cohort, for which importing anew would be slow even of what is there.
        return sys.modules.get(name) or import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        extra = "spark" if package == "pyspark" else "cohort"
        raise UsageError(f"cohorts need {package}, which is not installed; pip install 'mrdguide[{extra}]'") from None
