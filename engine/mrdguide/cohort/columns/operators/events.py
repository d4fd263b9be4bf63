"""Operators that read events or toxicities: nothing to judge of those without any; the others are judged patient by patient."""

from __future__ import annotations

from ....logic.operator import Operator
from ..cohort import Verdicts
from ..meaning import Asked, Meaning


def _without_events(operator: Operator, asked: Asked) -> Verdicts:
    return asked.without(operator, "events")


def _without_toxicities(operator: Operator, asked: Asked) -> Verdicts:
    return asked.without(operator, "toxicities")


MEANINGS: dict[str, Meaning] = {
    "event": _without_events,
    "extramedullary": _without_events,
    "toxicity": _without_toxicities,
}
