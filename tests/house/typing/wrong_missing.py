"""Wrong: where a missing result leads is a tuple of outcomes, not one outcome."""

from __future__ import annotations

import mrdguide


def found(result: mrdguide.Recommendation) -> str:
    return result.missing[0].leads_to["negative"]  # wrong
