"""Laboratory quantities in UCUM units, by allow-list.

A unit that is not on the list is refused, never guessed. Source of the codes: https://ucum.org/ucum. The molar factors
are physics: creatinine C4H7N3O has 113.12 g/mol, so 1 mg/dL is 88.4 umol/L.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, ValidationError, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..reading.validation import Mistake, StrictModel, closest, relocated, shown_value

# quantity -> (canonical unit, {unit: factor to the canonical unit}, highest believable value); the two units that laboratories
# mostly use stand first.
UNITS: dict[str, tuple[str, dict[str, str], float]] = {
    "beta2_microglobulin": ("mg/L", {"mg/L": "1", "ug/mL": "1", "mg/dL": "10", "ug/L": "0.001"}, 200),
    "albumin": ("g/L", {"g/L": "1", "g/dL": "10", "mg/dL": "0.01"}, 100),
    "ldh": ("U/L", {"U/L": "1", "ukat/L": "60"}, 20_000),
    "creatinine": ("mg/dL", {"mg/dL": "1", "umol/L": "1/88.4", "mmol/L": "1000/88.4", "mg/L": "0.1"}, 40),
    "serum_m_protein": ("g/L", {"g/L": "1", "g/dL": "10", "mg/dL": "0.01"}, 150),
    "urine_m_protein": (
        "mg/(24.h)",
        {"mg/(24.h)": "1", "mg/24.h": "1", "mg/d": "1", "g/(24.h)": "1000", "g/d": "1000"},
        100_000,
    ),
    "kappa": ("mg/L", {"mg/L": "1", "mg/dL": "10", "g/L": "1000"}, 200_000),
    "lambda": ("mg/L", {"mg/L": "1", "mg/dL": "10", "g/L": "1000"}, 200_000),
    # Calcium 40.08 g/mol: 1 mmol/L is 4.008 mg/dL.
    "calcium": ("mmol/L", {"mmol/L": "1", "mg/dL": "1/4.008"}, 10),
    # Haemoglobin is also given per monomer, 16.114 g/mmol.
    "haemoglobin": ("g/L", {"g/L": "1", "g/dL": "10", "mmol/L": "16.114"}, 300),
}
_NUMBER_AND_UNIT = re.compile(r"(\d+(?:\.\d+)?)\s*(\S*)")
_SPELLINGS = str.maketrans({"µ": "u", "μ": "u"})  # both micro signs in use; UCUM writes u


class Quantity(StrictModel):
    """A measured value, held in the canonical unit of its quantity; `text` keeps what was recorded."""

    value: float
    unit: str
    upper_limit: float | None = Field(None, description="upper limit of the laboratory's reference range, same unit")
    text: SkipJsonSchema[str] = Field("", exclude=True)


class _Recorded(StrictModel):
    """A laboratory value as recorded; without its value or its unit it is as good as unknown."""

    value: Annotated[float, Field(strict=True, ge=0)] | None = None
    unit: str | None = None
    upper_limit: Annotated[float, Field(strict=True, gt=0)] | None = None


def factor(quantity: str, unit: str) -> Decimal | None:
    """The factor from a unit to the canonical one, or None for a unit not on the list."""
    text = UNITS[quantity][1].get(unit.translate(_SPELLINGS))
    if text is None:
        return None
    numerator, _, denominator = text.partition("/")
    return Decimal(numerator) / Decimal(denominator or "1")


def convert(quantity: str, value: float, unit: str) -> float:
    """A value in the canonical unit of its quantity. Exact in decimals, so 1.2 mg/dL stays 1.2.

    Raises:
        ValueError: the unit is not on the list.
    """
    canonical, known, _ = UNITS[quantity]
    found = factor(quantity, unit)
    if found is None:
        hint = closest(unit, known)
        raise ValueError(
            f"unit '{unit}' is not known for {quantity}; expected one of {', '.join(known)}"
            + (f" ({hint})" if hint else "")
        )
    if unit == canonical:
        return value
    return float(Decimal(repr(float(value))) * found)


class Quantities(StrictModel):
    """The base of everything that holds laboratory values: each is converted to its canonical unit when it is read."""

    _incomplete: dict[str, _Recorded] = PrivateAttr(default_factory=dict)

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Names, as they are in data, of values recorded without a number or without a unit; they are as good as unknown."""
        return tuple(self._incomplete)

    def as_written(self, name: str) -> dict[str, Any]:
        """What is recorded of an incomplete value."""
        return self._incomplete[name].model_dump(exclude_none=True)

    @model_validator(mode="wrap")
    @classmethod
    def _to_canonical_units(cls, data: Any, handler: Any) -> Any:
        if not isinstance(data, dict):
            return handler(data)
        converted: dict[str, Any] = dict(data)
        errors: list[InitErrorDetails] = []
        for name, recorded in data.items():
            if name not in UNITS or recorded is None or isinstance(recorded, Quantity):
                continue
            if not isinstance(recorded, Mapping):
                mistake = _without_its_parts(name, recorded)
                errors.append(InitErrorDetails(type=mistake.error(), loc=(name,), input=recorded))
                continue
            try:
                converted[name] = _canonical(name, _Recorded.model_validate(recorded))
            except ValidationError as error:
                errors.extend(relocated(error, (name,)))
            except ValueError as error:
                problem = PydanticCustomError("value_error", "{found}", {"found": str(error)})
                errors.append(InitErrorDetails(type=problem, loc=(name, "unit"), input=recorded))
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        labs = handler(converted)
        labs._incomplete = {
            name: _Recorded.model_validate(data[name])
            for name, value in converted.items()
            if value is None and data[name] is not None and name in UNITS
        }
        return labs


class Labs(Quantities):
    """Values at diagnosis, before therapy."""

    beta2_microglobulin: Quantity | None = Field(None, title="beta-2 microglobulin")
    albumin: Quantity | None = Field(None, title="albumin")
    ldh: Quantity | None = Field(None, title="LDH")
    creatinine: Quantity | None = Field(None, title="creatinine")


def _without_its_parts(name: str, recorded: Any) -> Mistake:
    """A value that stands alone, as a number or a text, says how it is written."""
    canonical, known, _ = UNITS[name]
    written = _NUMBER_AND_UNIT.fullmatch(recorded.strip() if isinstance(recorded, str) else str(recorded))
    number, unit = written.groups() if written is not None else ("...", "")
    hint = f"write {{value: {number}, unit: {unit or canonical}}}"
    if factor(name, unit) is None:
        hint += f" with the unit that it was measured in: {', '.join(known)}"
    return Mistake("", f"found {shown_value(recorded)}", "a value with its unit", "bad-value", hint)


def _canonical(name: str, recorded: _Recorded) -> Quantity | None:
    if recorded.value is None or recorded.unit is None:
        if recorded.unit is not None:
            convert(name, 0, recorded.unit)
        return None
    canonical, _, highest = UNITS[name]
    value = convert(name, recorded.value, recorded.unit)
    if value > highest:
        raise ValueError(
            f"{recorded.value:g} {recorded.unit} is not a believable {name} (above {highest:g} {canonical}); check the unit"
        )
    limit = convert(name, recorded.upper_limit, recorded.unit) if recorded.upper_limit is not None else None
    text = f"{recorded.value:g} {recorded.unit}"
    return Quantity(value=value, unit=canonical, upper_limit=limit, text=text)
