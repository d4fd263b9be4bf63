"""Column meanings, one file for the operators of one file of `logic/operators`; found by themselves.

A file states `MEANINGS`: a meaning for each keyword. An operator without one is judged patient by patient.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from ..meaning import Meaning


@cache
def meanings() -> Mapping[str, Meaning]:
    """Every column meaning by the keyword of its operator."""
    found: dict[str, Meaning] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= importlib.import_module(f"{__name__}.{module.name}").MEANINGS
    return found
