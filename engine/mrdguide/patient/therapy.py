"""Phases of therapy."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .fields import Text
from .regimens import drugs_of

Phase = Literal["induction", "transplant", "consolidation", "maintenance", "continuous", "radiotherapy", "relapse"]
StartReason = Literal["planned", "resurgence", "relapse", "toxicity", "access", "choice", "after-interruption"]


class TherapyEntry(StrictModel):
    """One phase of therapy. `end: null` says it is going on; an `end` left out is unknown."""

    phase: Phase | None = None
    line: Annotated[int, Field(strict=True, ge=1, le=30)] | None = None
    regimen: Text | None = None
    drugs: tuple[Text, ...] | None = None
    kind: Literal["autologous", "tandem-autologous", "allogeneic"] | None = Field(
        None, description="of a transplant only"
    )
    date: CalendarDate | None = Field(None, description="of a transplant")
    start: CalendarDate | None = None
    end: CalendarDate | None = Field(None, description="null: going on; left out: unknown")
    stop_reason: Text | None = None
    start_reason: StartReason | None = Field(None, description="why this phase was begun")
    site: Text | None = Field(None, description="of radiotherapy only")

    @model_validator(mode="before")
    @classmethod
    def _drugs_of_the_regimen(cls, data: Any) -> Any:
        """A regimen whose name says its drugs has them on record; drugs that are listed are never added to."""
        if not isinstance(data, dict) or data.get("drugs") is not None or not isinstance(data.get("regimen"), str):
            return data
        drugs = drugs_of(data["regimen"])
        return data if drugs is None else {**data, "drugs": drugs}

    @model_validator(mode="after")
    def _possible(self) -> TherapyEntry:
        if self.start is not None and self.end is not None and self.end.latest < self.start.earliest:
            raise ValueError(f"ends {self.end} before it starts {self.start}; correct one of the two dates")
        if self.kind is not None and self.phase not in (None, "transplant"):
            raise ValueError(f"'kind' is for a transplant, not for {self.phase}; remove it")
        if self.site is not None and self.phase not in (None, "radiotherapy"):
            raise ValueError(f"'site' is for radiotherapy, not for {self.phase}; remove it")
        return self

    @property
    def begins(self) -> CalendarDate | None:
        return self.start or self.date

    @property
    def end_recorded(self) -> bool:
        """Whether the profile says when it ended, or that it has not."""
        return "end" in self.model_fields_set
