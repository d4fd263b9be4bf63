"""CDS Hooks 2.0 without a web framework: what a service says of itself, answers with, and takes back.

    from mrdguide import cds
    cds.discovery()                # GET  {base}/cds-services
    cds.handle(request)            # POST {base}/cds-services/mrdguide-cessation
    cds.feedback(body)             # POST {base}/cds-services/mrdguide-cessation/feedback

Whoever serves these turns a `CdsError` into its `status` with its `message`.
"""

from __future__ import annotations

from .errors import CdsError, MalformedRequest, NotAuthorised, NoUsableData, UnknownCard, UnknownService
from .feedback import feedback
from .handler import handle
from .services import SERVICE_ID, discovery
from .store import Store

__all__ = [
    "SERVICE_ID", "CdsError", "MalformedRequest", "NoUsableData", "NotAuthorised", "Store", "UnknownCard", "UnknownService", "discovery",
    "feedback", "handle",
]  # fmt: skip
