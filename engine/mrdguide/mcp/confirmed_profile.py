"""The profile that is evaluated: the facts as confirmed, and of every list whether a person says that it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from ..patient.attestations import TEXTS_READ
from ..patient.profile import PartName, Patient
from ..patient.reader import read_patient
from .confirmation import Confirmation

PARTS: tuple[PartName, ...] = get_args(PartName)
"""What may lack entries: what is not in it is unknown then, not absent."""


def confirmed_profile(profile: Mapping[str, Any], word: Confirmation) -> Patient:
    """The profile with what the person said of it. Documents that were read are never taken for the whole record.

    Raises:
        PatientError: it cannot be read.
    """
    said = {
        "what": TEXTS_READ, "value": True, "of": word.as_of, "by": word.by, "date": word.as_of,
        "note": f"facts read from documents by a language model and confirmed (proposal {word.proposal[:12]}); "
        f"whole: {', '.join(word.whole) or 'nothing'}",
    }  # fmt: skip
    open_ = [name for name in PARTS if name not in word.whole]
    return read_patient({**profile, "incomplete": open_, "recorded": word.as_of, "attested": [said]})
