"""Marker values that cannot be read and may be bad news: recorded without a unit, in one in which they cannot be, or without
the other value that they are compared with.

Such a number is read in each of the two units in which laboratories mostly give it; where one of these readings can be and
is bad news, the value may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from ..patient.bad_news import registry
from ..patient.markers import MarkerPanel
from ..patient.units import UNITS, Quantity, convert
from .doubts import plausible

_UNITS_IN_USE = 2
_CHAINS = ("kappa", "lambda")


class Unreadable(NamedTuple):
    """A value by its name in data, as it is written, and the number that is written; or one that was not measured, beside what
    was."""

    name: str
    text: str
    number: float
    is_measured: bool = True


def unreadable_markers(panel: MarkerPanel) -> list[Unreadable]:
    """The values of a panel that cannot be read and may be bad news."""
    return [item for item in _not_read(panel) if _may_be_adverse(item)]


def chain_alone(panel: MarkerPanel, above: float) -> Unreadable | None:
    """The free light chain that was not measured beside one that is higher (mg/L); without it there is no difference and no
    ratio."""
    for name, other, missing in (("kappa", panel.kappa, "lambda"), ("lambda", panel.lambda_, "kappa")):
        lacks = (panel.lambda_ if name == "kappa" else panel.kappa) is None and missing not in panel.incomplete
        if other is not None and lacks and other.value > above:
            return Unreadable(missing, f"beside {name} {other.value:g} mg/L", other.value, is_measured=False)
    return None


def in_balance(panel: MarkerPanel, found: Unreadable, low: float, high: float) -> bool:
    """Whether a light chain that cannot be read is in balance with the other one, whatever its unit is (inclusive).

    Where neither has a unit both have the same: one laboratory gives them together.
    """
    if found.name not in _CHAINS:
        return False
    not_read = {item.name: item for item in _not_read(panel)}
    if all(name in not_read for name in _CHAINS):
        pairs = [tuple(not_read[name].number for name in _CHAINS)]
    else:
        pairs = list(product(*(_readings(panel, name, not_read.get(name)) for name in _CHAINS)))
    return bool(pairs) and all(low * pair[1] <= pair[0] <= high * pair[1] for pair in pairs)


def _not_read(panel: MarkerPanel) -> Iterator[Unreadable]:
    for name in panel.incomplete:
        number = panel.as_written(name).get("value")
        if number is not None:
            yield Unreadable(name, f"{number:g}, without a unit", number)
    for field in panel.model_fields_set:
        quantity, name = getattr(panel, field), field.rstrip("_")
        if isinstance(quantity, Quantity) and not _can_be(name, quantity.value):
            text = quantity.text or f"{quantity.value:g} {quantity.unit}"
            yield Unreadable(name, text, float(text.partition(" ")[0]))


def _may_be_adverse(item: Unreadable) -> bool:
    news = registry().field(f"markers.{item.name}")
    return news is not None and any(news.of(value) in ("adverse", "possibly") for value in _in_use(item))


def _in_use(item: Unreadable) -> list[float]:
    """What the number can be in its canonical unit."""
    units = list(UNITS[item.name][1])[:_UNITS_IN_USE]
    values = (convert(item.name, item.number, unit) for unit in units)
    return [value for value in values if _can_be(item.name, value)]


def _readings(panel: MarkerPanel, name: str, not_read: Unreadable | None) -> list[float]:
    if not_read is not None:
        return _in_use(not_read)
    quantity = panel.kappa if name == "kappa" else panel.lambda_
    return [] if quantity is None else [quantity.value]


def _can_be(name: str, value: float) -> bool:
    allowed = plausible().labs.get(name)
    return allowed is None or allowed.low <= value <= allowed.high
