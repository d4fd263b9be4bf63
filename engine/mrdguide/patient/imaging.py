"""Functional imaging."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .events import Attribution
from .fields import Flag

Score = Annotated[int, Field(strict=True, ge=1, le=5)]


class ImagingStudy(StrictModel):
    """PET-CT with Deauville scores 1 to 5, or whole-body diffusion-weighted MRI with a response category (RAC) 1 to 5."""

    date: CalendarDate | None = None
    modality: Literal["PET-CT", "WB-DWI-MRI"] | None = None
    deauville_focal: Score | None = None
    deauville_marrow: Score | None = None
    new_lesion: Flag | None = None
    rac: Score | None = None
    conclusion: Literal["negative", "positive", "indeterminate"] | None = None
    attribution: Attribution | None = Field(None, description="what a positive finding was found to be due to")
    reference_standard: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="what uptake was compared with, for example liver or mediastinal blood pool"
    )

    @model_validator(mode="after")
    def _possible(self) -> ImagingStudy:
        if self.rac is not None and self.modality == "PET-CT":
            raise ValueError("'rac' belongs to WB-DWI-MRI, not to PET-CT; remove it or correct the modality")
        if (self.deauville_focal or self.deauville_marrow) is not None and self.modality == "WB-DWI-MRI":
            raise ValueError(
                "Deauville scores belong to PET-CT, not to WB-DWI-MRI; remove them or correct the modality"
            )
        return self
