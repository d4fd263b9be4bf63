"""Serial disease markers: blood, urine and marrow findings of one day. What is left out was not measured."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..dates import CalendarDate
from .events import Attribution
from .fields import Flag, Percent, Text
from .units import Quantities, Quantity

Immunofixation = Literal["negative", "positive", "indeterminate"]


class MarkerPanel(Quantities):
    """One day. Serum M-protein in g/L, urine in mg/(24.h), light chains in mg/L, calcium in mmol/L, haemoglobin in g/L."""

    date: CalendarDate | None = None
    serum_m_protein: Quantity | None = Field(None, title="serum M-protein")
    urine_m_protein: Quantity | None = Field(None, title="urine M-protein")
    kappa: Quantity | None = Field(None, title="free kappa light chains")
    lambda_: Quantity | None = Field(None, alias="lambda", title="free lambda light chains")
    involved_light_chain: Literal["kappa", "lambda"] | None = None
    serum_immunofixation: Immunofixation | None = None
    urine_immunofixation: Immunofixation | None = None
    isotype: Text | None = Field(None, description="of the band found, for example IgG-kappa")
    original_isotype: Flag | None = Field(None, description="whether the band found is the protein of the diagnosis")
    therapeutic_antibody_excluded: Flag | None = Field(
        None, description="whether it was shown that the band is not a therapeutic antibody"
    )
    marrow_plasma_cells_percent: Percent | None = Field(None, description="of nucleated marrow cells, by morphology")
    circulating_plasma_cells_percent: Percent | None = Field(None, description="of leucocytes, on a smear")
    calcium: Quantity | None = Field(None, title="calcium, corrected for albumin")
    haemoglobin: Quantity | None = Field(None, title="haemoglobin")
    creatinine: Quantity | None = Field(None, title="creatinine")
    new_bone_lesion: Flag | None = Field(None, description="whether a bone lesion due to myeloma is new")
    new_soft_tissue_disease: Flag | None = Field(None, description="whether disease outside bone is new")
    attribution: Attribution | None = Field(
        None, description="what an abnormal calcium, haemoglobin or creatinine was found to be due to"
    )
