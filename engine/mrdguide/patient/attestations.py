"""What a named role says that it has looked for. A recorded finding to the contrary always wins."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from ..dates import CalendarDate
from ..reading.validation import StrictModel
from .fields import Text

TEXTS_READ = "texts-read"
"""What is attested of texts in a FHIR record: they were read, and tell nothing of the disease. The import acts on it."""


class Attestation(StrictModel):
    """`of` is the day that was looked at, from which it ages; `date` the day on which it was said."""

    what: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="what was looked for, for example serum-quiet; the rules name what may be attested"
    )
    value: StrictBool
    of: CalendarDate | None = None
    by: Text | None = Field(None, description="who says so, as a role: tumor board, treating haematologist")
    date: CalendarDate | None = None
    note: Text | None = None
