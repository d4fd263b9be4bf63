"""Wrong: a misspelt attribute of a result."""

from __future__ import annotations

import mrdguide


def found(result: mrdguide.Recommendation) -> object:
    return result.outcom  # wrong
