"""Marker panels that could come back: nothing there, the original protein again, another band; and marrow counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ..patient.markers import MarkerPanel
from ..patient.profile import Patient

# The same few panels are tried for every patient.
_KEPT = 1024

MARROW_CELLS = "markers.marrow_plasma_cells_percent"

_NORMAL_LIGHT_CHAINS = {"kappa": {"value": 12.0, "unit": "mg/L"}, "lambda": {"value": 11.0, "unit": "mg/L"}}
_NO_PEAK = {"serum_m_protein": {"value": 0.0, "unit": "g/L"}, "urine_m_protein": {"value": 0.0, "unit": "mg/(24.h)"}}


@lru_cache(maxsize=_KEPT)
def quiet_panel(day: int) -> MarkerPanel:
    """A panel of serum and urine in which nothing is found."""
    return _panel(
        day, serum_immunofixation="negative", urine_immunofixation="negative", **_NO_PEAK, **_NORMAL_LIGHT_CHAINS
    )


def marker_panels(patient: Patient, as_of: int) -> Iterator[tuple[str, Patient]]:
    """A look at serum and urine on the as-of day; that the disease is back shows in two samples."""
    yield "quiet", _with(patient, quiet_panel(as_of))
    newest = _newest_values(patient)
    back = [
        _panel(day, serum_immunofixation="positive", urine_immunofixation="negative", original_isotype=True, **newest)
        for day in (as_of - 1, as_of)
    ]
    yield "the original protein or light chain is back, in two samples", _with(patient, *back)
    yield "another band (new and benign, or a therapeutic antibody)", _with(patient, _other_band(as_of))


def marrow_counts(patient: Patient, as_of: int, thresholds: tuple[float, ...]) -> Iterator[tuple[str, Patient]]:
    """A marrow count on the as-of day, one for every stretch that the thresholds divide the values into."""
    if not thresholds:
        return
    stretches = [(f"below {thresholds[0]:g} %", thresholds[0] / 5)]
    stretches += [(f"{low:g} to under {high:g} %", (low + high) / 2) for low, high in pairwise(thresholds)]
    stretches.append((f"{thresholds[-1]:g} % or more", min(thresholds[-1] * 3, 100.0)))
    for label, percent in stretches:
        yield label, _with(patient, _marrow_count(as_of, percent))


@lru_cache(maxsize=_KEPT)
def _other_band(day: int) -> MarkerPanel:
    other = {"serum_immunofixation": "positive", "urine_immunofixation": "negative", "original_isotype": False}
    return _panel(day, **other, **_NO_PEAK, **_NORMAL_LIGHT_CHAINS)


@lru_cache(maxsize=_KEPT)
def _marrow_count(day: int, percent: float) -> MarkerPanel:
    return _panel(day, marrow_plasma_cells_percent=percent)


def _newest_values(patient: Patient) -> dict[str, Any]:
    """What was measured last of M-protein and light chains: found again, a rise is confirmed."""
    found: dict[str, Any] = {}
    for panel in sorted(patient.markers, key=lambda item: item.date.latest if item.date is not None else 0):
        for name in ("serum_m_protein", "urine_m_protein", "kappa", "lambda_"):
            value = getattr(panel, name)
            if value is not None:
                found[name.rstrip("_")] = value
        if panel.involved_light_chain is not None:
            found["involved_light_chain"] = panel.involved_light_chain
    return found


def _panel(day: int, **found: Any) -> MarkerPanel:
    return MarkerPanel.model_validate({"date": date.fromordinal(day).isoformat(), **found})


def _with(patient: Patient, *panels: MarkerPanel) -> Patient:
    return patient.model_copy(update={"markers": (*patient.markers, *panels)})
