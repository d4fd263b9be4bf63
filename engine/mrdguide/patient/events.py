"""Responses, events and toxicities: things written down when they happen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .fields import Flag, Text


class ResponseAssessment(StrictModel):
    """IMWG response category."""

    date: CalendarDate | None = None
    category: Literal["sCR", "CR", "VGPR", "PR", "MR", "SD", "PD"] | None = None


class Event(StrictModel):
    """Something that happened. Absent means it did not happen."""

    date: CalendarDate | None = None
    kind: (
        Literal[
            "progression", "clinical-relapse", "mrd-resurgence", "second-primary-malignancy",
            "therapy-related-myeloid-neoplasm", "unexplained-cytopenia", "extramedullary-disease",
        ]
        | None
    ) = None  # fmt: skip
    note: Text | None = None


class Toxicity(StrictModel):
    """An adverse effect; `grade` by CTCAE, 1 to 5."""

    date: CalendarDate | None = None
    term: Text | None = None
    grade: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    attributed_to: Text | None = None
    status: Literal["ongoing", "resolved"] | None = None
    unacceptable: Flag | None = None
