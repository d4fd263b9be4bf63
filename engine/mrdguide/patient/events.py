"""Responses, events and toxicities: things written down when they happen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .fields import Flag, Text

Attribution = Literal["myeloma", "benign", "unknown"]


EventKind = Literal[
    "progression", "clinical-relapse", "mrd-resurgence", "second-primary-malignancy",
    "therapy-related-myeloid-neoplasm", "unexplained-cytopenia", "extramedullary-disease",
]  # fmt: skip


class ResponseAssessment(StrictModel):
    """IMWG response category."""

    date: CalendarDate | None = None
    category: Literal["sCR", "CR", "VGPR", "PR", "MR", "SD", "PD"] | None = None
    confirmed: Flag | None = Field(None, description="whether a second assessment agreed")


class Event(StrictModel):
    """Something that happened. Absent means it did not happen."""

    date: CalendarDate | None = None
    kind: EventKind | None = None
    status: Literal["active", "resolved"] | None = None
    end: CalendarDate | None = Field(None, description="when it was over")
    attribution: Attribution | None = Field(None, description="what it was found to be due to")
    confirmed: Flag | None = Field(None, description="whether a second assessment or a biopsy agreed")
    term: Text | None = Field(None, description="what it was, in the field's words: basal cell carcinoma, melanoma")
    note: Text | None = None


class Toxicity(StrictModel):
    """An adverse effect; `grade` by CTCAE, 1 to 5."""

    date: CalendarDate | None = None
    term: Text | None = None
    grade: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    attributed_to: Text | None = None
    status: Literal["ongoing", "resolved"] | None = None
    unacceptable: Flag | None = None
