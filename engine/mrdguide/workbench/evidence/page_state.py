"""What the page holds of the evidence view."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...reading.validation import StrictModel


class EvidencePage(StrictModel):
    """What is searched for, and the entry that is shown."""

    query: Annotated[str, Field(max_length=200)] = ""
    chosen: Annotated[str, Field(max_length=200)] = ""
