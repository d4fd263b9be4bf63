"""MRD tests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .fields import Flag, Section

Level = Annotated[float, Field(strict=True, gt=0, le=1)]


class SampleQuality(StrictModel):
    first_pull: Flag | None = None
    hemodiluted: Flag | None = None
    trackable_clone: Flag | None = None
    cells: Annotated[float, Field(strict=True, gt=0, le=1e10)] | None = Field(
        None, description="nucleated cells analysed"
    )


class MrdTest(StrictModel):
    """One MRD test. Level and limit of detection are fractions of nucleated cells."""

    date: CalendarDate | None = None
    specimen: Literal["marrow", "blood"] | None = None
    method: Literal["NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry"] | None = None
    limit_of_detection: Level | None = None
    result: Literal["not-detected", "detected", "indeterminate", "failed"] | None = None
    level: Level | None = None
    quality: Section[SampleQuality] = SampleQuality.model_construct()

    @model_validator(mode="after")
    def _possible(self) -> MrdTest:
        if self.level is not None and self.result in ("not-detected", "failed"):
            raise ValueError(f"result is {self.result} but a level is given; correct one of the two")
        return self
