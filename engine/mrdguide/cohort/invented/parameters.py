"""The numbers behind invented cohorts, as `parameters.yaml` states them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ...reading.data_file import read_as
from ...reading.validation import StrictModel

Share = Annotated[float, Field(ge=0, le=1)]


class Spread(StrictModel):
    """A triangular distribution."""

    least: float
    mode: float
    most: float


class RiskGroup(StrictModel):
    """Shares of patients; `back_a_year` is the share in whom MRD comes back in a year, `worse_a_year`
    that in whom the disease progresses in a year where MRD never went."""

    share: Share
    lesions: Share
    ldh_high: Share
    extramedullary: Share
    negative: Share
    back_a_year: Share
    worse_a_year: Share


class Centre(StrictModel):
    """How often a centre does not record a fact, skips a test, knows only the month or year, or lacks part of a list."""

    share: Share
    not_recorded: Share
    test_skipped: Share
    vague_month: Share
    vague_year: Share
    incomplete_list: Share


class Transplant(StrictModel):
    up_to_age: int
    share: Share


class Maintenance(StrictModel):
    share: Share
    drugs: dict[str, Share]
    stopped_a_year: Share
    end_not_recorded: Share


class Tests(StrictModel):
    """How tests are done; months between them by kind."""

    methods: dict[str, Share]
    limits: dict[str, tuple[str, ...]]
    hemodiluted: Share
    failed: Share
    other_specimen: Share
    months_apart: dict[Literal["marrow", "imaging", "panel"], int]
    imaging_positive_when_quiet: Share
    panels_kept: int


class Toxicity(StrictModel):
    share: Share
    unacceptable: Share


class Parameters(StrictModel):
    """All numbers. They are invented, and of no study."""

    first_diagnosis: str
    last_diagnosis: str
    recorded: str
    age_at_diagnosis: Spread
    risk: dict[str, RiskGroup]
    lesions: tuple[str, ...]
    centre: dict[str, Centre]
    disease: dict[str, Share]
    regimen: dict[str, Share]
    transplant: Transplant
    maintenance: Maintenance
    tests: Tests
    after_conversion_months: Spread
    second_cancer_a_year: Share
    toxicity: Toxicity
    surveillance_feasible: Share
    wishes_to_stop: Share
    implausible: Share


@cache
def parameters() -> Parameters:
    """The parameters that are shipped.

    Raises:
        UsageError: they cannot be read.
    """
    return read_as(Path(__file__).with_name("parameters.yaml"), Parameters)
