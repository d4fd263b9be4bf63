"""How tests are read: which assays count, what makes a sample unusable, which scores are positive. Data of the rule book."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..reading.validation import StrictModel

Score = Annotated[int, Field(strict=True, ge=1, le=5)]


class MarrowMrdRules(StrictModel):
    """Interpretation of an MRD test at a threshold (the order of the steps is in `case.mrd`)."""

    specimens: tuple[Literal["marrow", "blood"], ...]
    methods: tuple[Literal["NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry"], ...]
    trackable_clone_for: tuple[Literal["NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry"], ...] = ()
    first_pull: bool = Field(description="a sample recorded as not the first pull is not evaluable")
    not_hemodiluted: bool = Field(description="a sample recorded as haemodiluted is not evaluable")
    flag_gap_months: Annotated[int, Field(strict=True, ge=1)] = Field(
        description="a longer gap between two tests of a run is flagged"
    )
    ask_for: str = Field("marrow MRD", description="how a missing test is named")
    ask_limit_of_detection: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="the depth a new test is assumed to reach where results are played through"
    )
    cites: tuple[str, ...] = ()


class ImagingRules(StrictModel):
    """Interpretation of PET-CT by Deauville scores and of whole-body DW-MRI by response category (RAC)."""

    deauville_positive_from: Score = Field(description="inclusive: this score and above is positive, below is negative")
    rac_negative: tuple[Score, ...]
    rac_positive: tuple[Score, ...]
    pet_needs_avid_disease: bool = Field(description="a negative PET says nothing when disease was not FDG-avid")
    baseline_months: Annotated[int, Field(strict=True, ge=0, le=12)] = Field(
        0,
        description="a study this many calendar months (inclusive) around the diagnosis is one of that time",
    )
    ask_for: str = Field("functional imaging", description="how a missing study is named")
    cites: tuple[str, ...] = ()


class InterpretationRules(StrictModel):
    marrow_mrd: MarrowMrdRules
    imaging: ImagingRules
