"""What a named role says cannot be found out any more: a test of the time of diagnosis of which no sample is left."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .fields import Text


class Unobtainable(StrictModel):
    """A fact that cannot be had any more. Never a result; a recorded value always wins."""

    what: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="the place of the fact in the profile, for example baseline.cytogenetics.tp53_mutation"
    )
    why: Text = Field(description="why it cannot be had, for example no sample of the time of diagnosis is left")
    by: Text = Field(description="who says so, as a role: tumor board, treating haematologist")
    date: CalendarDate | None = Field(None, description="the day on which it was said")
