"""Those who could not be read, said beside how many were."""

from __future__ import annotations


def besides(rejected: int, least: int = 0) -> str:
    """Who could not be read, to follow what is said of the others; empty where there are none. Fewer than `least` are not counted."""
    if not rejected:
        return ""
    counted = f"{rejected:,}" if rejected >= least else f"fewer than {least}"
    return f"; besides these, {counted} of the input could not be read and have no answer"
