"""The kinds of field a profile is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, GetCoreSchemaHandler, StrictBool, model_validator
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function

from ..reading.frozen import frozen
from ..reading.validation import StrictModel

Number = Annotated[float, Field(strict=True)]
Flag = StrictBool
Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
Text = Annotated[str, Field(max_length=500)]

# Marks a finding that is written down when it is found; only of such may a rule say that absence means not met.
RECORDED = "recorded_when_found"

FindingStatus = Literal["absent", "present", "not-tested", "failed"]


class ClinicalFinding(StrictModel):
    """Something a test looks for. A bare word in the profile is its status; left out is unknown."""

    status: FindingStatus | None = None


class Abnormality(ClinicalFinding):
    """A cytogenetic abnormality at diagnosis."""

    fraction: Fraction | None = Field(None, description="fraction of the cells examined that carry it, 0 to 1")
    cd138_sorted: Flag | None = Field(None, description="whether CD138-sorted plasma cells were examined")
    copies: Annotated[int, Field(strict=True, ge=0, le=50)] | None = None
    zygosity: Literal["monoallelic", "biallelic"] | None = None

    @model_validator(mode="after")
    def _details_fit_the_status(self) -> Abnormality:
        detail = next((name for name in ("fraction", "copies", "zygosity") if getattr(self, name) is not None), None)
        if detail is not None and self.status in ("not-tested", "failed"):
            raise ValueError(f"status is {self.status} but {detail} is given; correct one of the two")
        if self.status == "absent" and self.zygosity is not None:
            raise ValueError("status is absent but zygosity is given; correct one of the two")
        if self.status == "present" and self.fraction == 0:
            raise ValueError("status is present but the fraction is 0; correct one of the two")
        return self


Model = TypeVar("Model", bound=StrictModel)
ClinicalFindingModel = TypeVar("ClinicalFindingModel", bound=ClinicalFinding)


@frozen
class _ReadFirst:
    """Rewrites what is recorded before it is validated; the JSON Schema says what may be written besides the type."""

    rewrite: Callable[[Any], Any]
    besides: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(
            self.rewrite, handler(source), json_schema_input_schema=handler.generate_schema(source | self.besides)
        )


def bare_status(value: Any) -> Any:
    """`absent` is short for `{status: absent}`; null is the same as left out."""
    if isinstance(value, str):
        return {"status": value}
    return {} if value is None else value


def null_is_empty_mapping(value: Any) -> Any:
    return {} if value is None else value


def null_is_empty_list(value: Any) -> Any:
    return () if value is None else value


# Generic aliases and not functions, so that type checkers see what a field holds.
Finding = Annotated[ClinicalFindingModel, _ReadFirst(bare_status, FindingStatus | None)]
"""A field holding a `ClinicalFinding` (or a subclass), never None."""

Section = Annotated[Model, _ReadFirst(null_is_empty_mapping, None)]
"""A field holding a nested mapping, never None."""

# How many entries a list of the profile may have: far more than any patient, and few enough to answer for. Therapy, and
# what people answer for, is weighed entry against entry.
MOST_ENTRIES, MOST_COURSES = 10_000, 1_000

Entries = Annotated[tuple[Model, ...], Field(max_length=MOST_ENTRIES), _ReadFirst(null_is_empty_list, None)]
"""A field holding a list of dated entries, never None."""

Courses = Annotated[tuple[Model, ...], Field(max_length=MOST_COURSES), _ReadFirst(null_is_empty_list, None)]
"""A field holding a shorter list of entries, never None."""
