"""An invented letter about the patient of the example `cessation-supported`, the profile, and what each fact was read from."""

from __future__ import annotations

from typing import Any

from mrdguide.reading.document import read_file

from ..examples import EXAMPLES

NAME = "letter.txt"
LETTER = """\
Clinic of Nowhere, 20 November 2026

Dear colleague,
We saw Mrs Example, born 1961, female, ECOG 1, with multiple myeloma diagnosed on 2 September 2019.
At diagnosis: beta-2 microglobulin 3.1 mg/L, albumin 41 g/L, LDH 180 U/L (upper limit 250), creatinine 80 umol/L.
FISH on sorted cells: del(17p) absent. A TP53 mutation was not found. No t(4;14). No t(14;16). No t(14;20). No 1q gain. No del(1p32).
There was no extramedullary disease; circulating plasma cells 0 percent; lesions were FDG-avid.
Induction, line 1, with D-VRd (daratumumab, bortezomib, lenalidomide, dexamethasone) from 20 September 2019 to 10 February 2020.
Autologous transplant, line 1, on 15 March 2020.
Maintenance, line 1, with lenalidomide since 20 June 2020, ongoing.
Response: VGPR on 10 June 2020. Response: CR on 10 January 2021.
Markers of 21 September 2026: serum M-protein 0 g/L, urine M-protein 0 mg/(24.h), kappa 11.8 mg/L, lambda 10.9 mg/L.
Serum immunofixation negative, urine immunofixation negative, 21 September 2026.
Marrow of 28 August 2023: MRD by NGS not detected, limit of detection 1e-6, first pull, not hemodiluted, trackable clone.
Marrow of 2 September 2024: MRD by NGS not detected, limit of detection 1e-6, first pull, not hemodiluted, trackable clone.
Marrow of 8 September 2025: MRD by NGS not detected, limit of detection 1e-6, first pull, not hemodiluted, trackable clone.
Marrow of 10 September 2026: MRD by NGS not detected, limit of detection 1e-6, first pull, not hemodiluted, trackable clone.
Marrow of 10 September 2026: MRD by NGF not detected, limit of detection 2e-6, first pull, not hemodiluted.
PET-CT of 5 September 2023: negative, Deauville 2 focal and 2 marrow, no new lesion.
PET-CT of 20 September 2026: negative, Deauville 2 focal and 2 marrow, no new lesion.
Surveillance with marrow and imaging is feasible and agreed. She wishes to stop maintenance.
A skin cancer of her mother is known.
"""

# The beginning of each line that facts were read from, and the facts.
_READ = {
    "We saw": ("birth_year", "sex", "ecog", "diagnosis"),
    "At diagnosis": ("baseline.labs",),
    "FISH": ("baseline.cytogenetics",),
    "There was": ("baseline.extramedullary_disease", "baseline.circulating_plasma_cells_percent", "baseline.fdg_avid"),
    "Induction": ("therapy[0]",),
    "Autologous": ("therapy[1]",),
    "Maintenance": ("therapy[2]",),
    "Response": ("responses",),
    "Markers": ("markers[0]",),
    "Serum immunofixation": ("markers[0].serum_immunofixation", "markers[0].urine_immunofixation"),
    "Marrow of 28 August 2023": ("mrd[0]",),
    "Marrow of 2 September": ("mrd[1]",),
    "Marrow of 8 September": ("mrd[2]",),
    "Marrow of 10 September 2026: MRD by NGS": ("mrd[3]",),
    "Marrow of 10 September 2026: MRD by NGF": ("mrd[4]",),
    "PET-CT of 5 September": ("imaging[0]",),
    "PET-CT of 20 September": ("imaging[1]",),
    "Surveillance": ("surveillance", "preference"),
}

Plain = dict[str, Any]


def profile() -> Plain:
    """The profile of the example, anew each time; dates are text, as in JSON."""
    path = next(item.path for item in EXAMPLES if item.file == "cessation-supported.yaml")
    found: Plain = read_file(path).data
    return found


def read_from() -> list[Plain]:
    """What each fact of the profile was read from."""
    lines = LETTER.splitlines()
    return [
        {
            "paths": list(paths),
            "document": NAME,
            "words": next(line for line in lines if line.startswith(begin)).rstrip("."),
        }
        for begin, paths in _READ.items()
    ]


def little(words: str = "MRD by NGS not detected", **fact: Any) -> tuple[Plain, list[Plain]]:
    """A profile of a diagnosis and one more fact, `mrd` unless another is given, and the words that it is read from."""
    small: Plain = {
        "id": "x",
        "diagnosis": {"disease": "multiple-myeloma"},
        **(fact or {"mrd": [{"result": "not-detected"}]}),
    }
    name = next(key for key in small if key not in ("id", "diagnosis"))
    return small, [
        {"paths": ["diagnosis.disease"], "document": "d", "words": "multiple myeloma"},
        {"paths": [name], "document": "d", "words": words},
    ]
