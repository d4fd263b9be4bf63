"""Which drugs the name of a regimen stands for, with what stands beside it."""

from __future__ import annotations

import pytest

from mrdguide.patient.regimens import drugs_of

VRD = ("bortezomib", "lenalidomide", "dexamethasone")


@pytest.mark.parametrize("text", ["VRd", "VRd x 4", "4x VRd", "VRd (4 cycles)", "VRd, 6 Zyklen", "VRd induction"])
def test_how_often_it_was_given_is_no_part_of_a_name(text: str) -> None:
    assert drugs_of(text) == VRD


@pytest.mark.parametrize("text", ["Lenalidomide 10 mg d1-21", "lenalidomide maintenance", "lenalidomide 5mg daily"])
def test_a_dose_is_no_part_of_a_name(text: str) -> None:
    assert drugs_of(text) == ("lenalidomide",)


@pytest.mark.parametrize(
    "text", ["VRd, then KRd", "VRd/KRd", "VRd + dara", "KRd2 Rd", "lenalidomide, relapse", "Rd until progression", "4 cycles", ""]
)  # fmt: skip
def test_anything_else_beside_it_leaves_the_drugs_open(text: str) -> None:
    assert drugs_of(text) is None
