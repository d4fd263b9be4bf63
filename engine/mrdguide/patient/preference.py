"""What the patient wishes, and what matters to the patient."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..reading.validation import StrictModel
from .fields import Flag

ValueName = Literal[
    "long-life", "myeloma-away", "feeling-well", "less-medicine", "fewer-visits", "fewer-tests", "second-cancer",
    "medicine-for-later", "peace-of-mind", "cost",
]  # fmt: skip

Importance = Annotated[int, Field(strict=True, ge=0, le=10)]


class Preference(StrictModel):
    """`values` are the patient's own numbers, for the talk: no rule can name them, so they change no answer."""

    stop: Flag | None = Field(None, title="patient's wish to stop")
    values: dict[ValueName, Importance] = Field(
        {}, description="how much each matters to the patient, 0 (not at all) to 10; read by no rule"
    )
