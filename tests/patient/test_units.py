"""Laboratory units: converted exactly, or refused."""

from __future__ import annotations

import pytest

from mrdguide.patient.units import UNITS, convert

SAME = [
    ("beta2_microglobulin", 0.55, "mg/dL", 5.5),
    ("beta2_microglobulin", 5500, "ug/L", 5.5),
    ("beta2_microglobulin", 5.5, "µg/mL", 5.5),  # micro sign
    ("beta2_microglobulin", 5.5, "μg/mL", 5.5),  # Greek mu
    ("albumin", 3.5, "g/dL", 35.0),
    ("albumin", 3500, "mg/dL", 35.0),
    ("creatinine", 106.08, "umol/L", 1.2),
    ("creatinine", 106.08, "µmol/L", 1.2),
    ("creatinine", 106.08, "μmol/L", 1.2),
    ("creatinine", 0.10608, "mmol/L", 1.2),
    ("creatinine", 12, "mg/L", 1.2),
    ("ldh", 4.2, "ukat/L", 252.0),
    ("ldh", 4.2, "µkat/L", 252.0),
]


@pytest.mark.parametrize(("quantity", "value", "unit", "canonical"), SAME)
def test_a_value_on_a_cut_stays_on_it(quantity: str, value: float, unit: str, canonical: float) -> None:
    """Decimal arithmetic: 106.08 umol/L of creatinine is 1.2 mg/dL, not 1.2000000000000002."""
    assert convert(quantity, value, unit) == canonical


@pytest.mark.parametrize("quantity", list(UNITS))
def test_the_canonical_unit_changes_nothing(quantity: str) -> None:
    canonical, known, _ = UNITS[quantity]
    assert known[canonical] == "1"
    assert convert(quantity, 1.1, canonical) == 1.1


@pytest.mark.parametrize(
    ("quantity", "unit", "hint"),
    [
        ("creatinine", "mg/dl", "did you mean 'mg/dL'"),
        ("creatinine", "umol", "did you mean 'umol/L'"),
        ("beta2_microglobulin", "nmol/L", "expected one of mg/L, ug/mL, mg/dL, ug/L"),
        ("ldh", "IU", "expected one of U/L, ukat/L"),
        ("albumin", "", "expected one of g/L, g/dL, mg/dL"),
        ("albumin", "%", "expected one of g/L"),
    ],
)
def test_a_unit_not_on_the_list_is_refused_and_never_guessed(quantity: str, unit: str, hint: str) -> None:
    with pytest.raises(ValueError, match="is not known for") as caught:
        convert(quantity, 1.0, unit)
    assert hint in str(caught.value)
