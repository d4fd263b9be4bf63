"""What a board looks at though no rule decides on it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..reading.validation import StrictModel
from .fields import ClinicalFinding, Finding, Text


class Considered(StrictModel):
    """Kept in the profile and shown beside the answer. Comorbidities and wishes that tell of myeloma, MDS or AML are asked about (`said_of`)."""

    frailty: Literal["fit", "intermediate-fit", "frail"] | None = Field(None, title="frailty")
    comorbidities: tuple[Text, ...] = ()
    t_11_14: Finding[ClinicalFinding] = Field(ClinicalFinding.model_construct(), title="t(11;14)")
    therapy_wish: Text | None = Field(None, description="what the patient wishes, in words")

    @property
    def in_words(self) -> str:
        """`frail; comorbidities: atrial fibrillation; t(11;14) present; wish: fewer visits`; empty when nothing is said."""
        parts = [self.frailty.replace("-", " ") if self.frailty else ""]
        parts.append(f"comorbidities: {', '.join(self.comorbidities)}" if self.comorbidities else "")
        parts.append(f"t(11;14) {self.t_11_14.status.replace('-', ' ')}" if self.t_11_14.status else "")
        parts.append(f"wish: {self.therapy_wish}" if self.therapy_wish else "")
        return "; ".join(part for part in parts if part)
