"""What the service says of itself: `GET {base}/cds-services`."""

from __future__ import annotations

from typing import Any

from ..fhir.searches import PREFETCH as PREFETCH
from .wording import wording

SERVICE_ID = "mrdguide-cessation"
HOOK = "patient-view"

# Many servers have no such resources; whoever leaves these two out has not left a gap.
_OPTIONAL = ("statements", "specimens")
REQUIRED = tuple(name for name in PREFETCH if name not in _OPTIONAL)


def discovery() -> dict[str, Any]:
    """The discovery document of CDS Hooks 2.0, with one service. Raises nothing."""
    words = wording().service
    service = {
        "hook": HOOK,
        "id": SERVICE_ID,
        "title": words.title,
        "description": words.description,
        "usageRequirements": words.usage,
        "prefetch": dict(PREFETCH),
    }
    return {"services": [service]}
