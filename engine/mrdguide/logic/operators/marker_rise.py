"""`marker_rise`, `light_chain_rise`, `light_chain_ratio`: M-protein and free light chains against their lowest value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from ...case.marker_series import (
    MAY,
    NO,
    YES,
    Change,
    Confirmation,
    Flagged,
    Measured,
    Stretch,
    confirmation,
    series,
    stretches,
)
from ...patient.markers import MarkerPanel
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..panel_operator import PanelOperator
from ..parameters import Positive
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case

Reads = Literal["confirmed", "refuted"]
_BOTH = ("kappa", "lambda")
_NAMES = {"serum_m_protein": ("serum M-protein", "g/L"), "urine_m_protein": ("urine M-protein", "mg/24 h")}


class _Rise(PanelOperator):
    """A rise from the lowest value since therapy, or since the last later line, began.

    `confirmed`: met when two assessments in a row show it; unknown while one does. `refuted`: met when one did that the
    next did not confirm; unknown while days that are not known leave open which came next.
    """

    percent: Positive
    reads: Reads = "confirmed"

    def _named(self) -> tuple[str, str]:
        """The marker and its unit in words."""
        raise NotImplementedError

    def _confirmations(self, case: Case) -> Iterator[Confirmation]:
        raise NotImplementedError

    def _values(self, case: Case) -> list[tuple[Change, int]]:
        """The values of all stretches, each with whether it fulfils the criterion."""
        raise NotImplementedError

    def _how(self) -> str:
        how = "confirmed by a second value" if self.reads == "confirmed" else "not confirmed by the next value"
        return f"{self.where_in_the_course()}, {how}"

    def compile(self, context: Context) -> CompiledOperator:
        name, unit = self._named()

        def verdict(case: Case) -> int:
            found = list(self._confirmations(case))
            if self.reads == "refuted":
                unconfirmed = [item for item in found if not item.confirmed]
                if any(item.refuted and not item.open_ for item in unconfirmed):
                    return MET
                return UNKNOWN if any(item.refutable for item in unconfirmed) else NOT_MET
            if any(item.confirmed for item in found):
                return MET
            return UNKNOWN if any(item.open_ for item in found) or case.may_lack("markers") else NOT_MET

        def observe(case: Case) -> list[str]:
            values = self._values(case)
            shown = [(change, flag) for change, flag in values if flag != NO] or values[-1:]
            words = dict.fromkeys(_words(name, unit, change, flag) for change, flag in shown)
            return list(words) or [f"{name} not on record"]

        def needs(case: Case) -> list[DataRequirement]:
            risen = [change.measured.timed for change, flag in self._values(case) if flag != NO]
            undated = [timed for timed in risen if timed.entry.date is None]
            if undated:
                return [DataRequirement(f"markers[{undated[0].place}].date", f"date of the panel with {name}")]
            if not risen:
                return [DataRequirement("markers", f"{name} over the whole course")]
            return [DataRequirement("markers", f"{name} again: is the rise confirmed?")]

        return CompiledOperator(verdict, observe, needs)


class MarkerRise(_Rise):
    """M-protein up by `percent` and by `at_least`, both inclusive; from a lowest value of `high_from` on, by
    `high_at_least` alone. In g/L (serum) or mg per 24 hours (urine)."""

    keyword: ClassVar[str] = "marker_rise"
    marker: Literal["serum_m_protein", "urine_m_protein"]
    at_least: Positive
    high_from: Positive | None = None
    high_at_least: Positive | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> MarkerRise:
        if (self.high_from is None) != (self.high_at_least is None):
            raise ValueError("'high_from' and 'high_at_least' go together")
        return self

    def _named(self) -> tuple[str, str]:
        return _NAMES[self.marker]

    def _rises(self, value: float, lowest: float) -> bool:
        rise = round(value - lowest, 9)
        if self.high_from is not None and self.high_at_least is not None and lowest >= self.high_from:
            return rise >= self.high_at_least
        return rise >= self.at_least and round(value - lowest * (1 + self.percent / 100), 9) >= 0

    def _of(self, case: Case, stretch: Stretch) -> list[tuple[Change, int]]:
        def value(panel: MarkerPanel) -> float | None:
            found = getattr(panel, self.marker)
            return None if found is None else float(found.value)

        return [(item, self._flag(item)) for item in series(case, self.marker, value, stretch)]

    def _flag(self, item: Change) -> int:
        found = item.measured
        # A lower lowest value is not always a greater rise: from `high_from` on another rule holds.
        rises = [lowest is not None and self._rises(found.value, lowest) for lowest in (item.certain, item.possible)]
        if all(rises) and found.inside:
            return YES
        return MAY if any(rises) else NO

    def _values(self, case: Case) -> list[tuple[Change, int]]:
        return [pair for stretch in stretches(case, self.course) for pair in self._of(case, stretch)]

    def _confirmations(self, case: Case) -> Iterator[Confirmation]:
        for stretch in stretches(case, self.course):
            yield confirmation([_flagged(item.measured, flag) for item, flag in self._of(case, stretch)])

    def wording(self) -> str:
        name, unit = self._named()
        text = f"{name} up by {self.percent:g} % or more and {self.at_least:g} {unit} or more from its lowest value"
        if self.high_from is not None:
            text += f" ({self.high_at_least:g} {unit} where that was {self.high_from:g} {unit} or more)"
        return text + self._how()


class LightChainRise(_Rise):
    """The involved minus the uninvolved free light chain up by `percent` (inclusive) and by more than `more_than` mg/L,
    with a ratio outside the reference range; a rise of exactly `more_than` leaves it open, and so does a first value of more.

    Where kidney function is reduced (creatinine from `renal_creatinine` mg/dL on in the same panel) the wider range is
    used. `light_chain_disease_only`: only where serum and urine M-protein were never measurable, by a panel of the time
    before therapy; else the rise speaks of a light-chain escape, which this criterion of progression does not cover.
    """

    keyword: ClassVar[str] = "light_chain_rise"
    more_than: Positive
    lower: Positive
    upper: Positive
    renal_creatinine: Positive
    renal_lower: Positive
    renal_upper: Positive
    light_chain_disease_only: bool = False
    measurable_serum: Positive
    measurable_urine: Positive

    def _named(self) -> tuple[str, str]:
        return "difference of free light chains", "mg/L"

    def _values(self, case: Case) -> list[tuple[Change, int]]:
        if self.light_chain_disease_only and not self._never_measurable(case):
            return []
        return [
            pair
            for stretch in stretches(case, self.course)
            for chain in self._chains(case)
            for pair in self._of(case, stretch, chain)
        ]

    def _confirmations(self, case: Case) -> Iterator[Confirmation]:
        if self.light_chain_disease_only and not self._never_measurable(case):
            return
        for stretch in stretches(case, self.course):
            for chain in self._chains(case):
                yield confirmation([_flagged(item.measured, flag) for item, flag in self._of(case, stretch, chain)])

    def _of(self, case: Case, stretch: Stretch, chain: str) -> list[tuple[Change, int]]:
        def difference(panel: MarkerPanel) -> float | None:
            return _difference(panel, chain)

        # Which chain is involved is written down somewhere, or else either may be.
        named = len(self._chains(case)) == 1
        return [
            (item, self._flag(item, chain, named)) for item in series(case, f"involved {chain}", difference, stretch)
        ]

    def _flag(self, item: Change, chain: str, named: bool) -> int:
        found = item.measured
        if not self._abnormal(found.timed.entry, chain):
            return NO
        if item.certain is None and found.value > self.more_than and self.reads == "confirmed":
            # It may be the first of its stretch, and nothing tells then what it rose from; a next value that lacks it refutes none.
            return MAY
        rise = [
            None if lowest is None else self._rises(found.value, lowest) for lowest in (item.certain, item.possible)
        ]
        if rise[0] == YES and found.inside and named:
            return YES
        return MAY if any(rise) else NO

    def _chains(self, case: Case) -> tuple[str, ...]:
        """The involved light chain, or both where no panel says which it is, more than one does, or a panel shows the other."""
        found = _named_chains(case)
        if found == _BOTH:
            return found
        [other] = [chain for chain in _BOTH if chain not in found]
        key = ("contradicted chain", self.more_than, self.lower, self.upper, self.renal_lower, self.renal_upper)
        shown = case.once(key, lambda: any(self._shows(timed.entry, other) for timed in case.timed("markers")))
        return _BOTH if shown else found

    def _shows(self, panel: MarkerPanel, chain: str) -> bool:
        difference = _difference(panel, chain)
        return difference is not None and difference > self.more_than and self._abnormal(panel, chain)

    def _rises(self, value: float, lowest: float) -> int:
        rise = round(value - lowest, 9)
        if round(value - lowest - abs(lowest) * self.percent / 100, 9) < 0 or rise < self.more_than:
            return NO
        return YES if rise > self.more_than else MAY

    def _abnormal(self, panel: MarkerPanel, chain: str) -> bool:
        renal = panel.creatinine is not None and panel.creatinine.value >= self.renal_creatinine
        lower, upper = (self.renal_lower, self.renal_upper) if renal else (self.lower, self.upper)
        ratio = _ratio(panel)
        return ratio is not None and (ratio > upper if chain == "kappa" else ratio < lower)

    def _never_measurable(self, case: Case) -> bool:
        first = stretches(case, "earlier")[:1] or stretches(case, "current")
        shown = False
        for timed in case.timed("markers"):
            serum, urine = timed.entry.serum_m_protein, timed.entry.urine_m_protein
            if (serum and serum.value >= self.measurable_serum) or (urine and urine.value >= self.measurable_urine):
                return False
            shown = shown or (serum is not None and urine is not None and timed.latest <= first[0].begins[0])
        return shown

    def wording(self) -> str:
        text = f"involved minus uninvolved free light chain up by {self.percent:g} % or more and more than {self.more_than:g} mg/L"
        only = " (M-protein never measurable)" if self.light_chain_disease_only else ""
        return f"{text} from its lowest value, with an abnormal ratio{only}{self._how()}"


class LightChainRatio(Operator):
    """Met when the newest ratio of kappa to lambda lies outside the reference range."""

    keyword: ClassVar[str] = "light_chain_ratio"
    lower: Positive
    upper: Positive

    def paths(self) -> tuple[str, ...]:
        return ("markers",)

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def compile(self, context: Context) -> CompiledOperator:
        def newest(case: Case) -> list[tuple[str, float]]:
            found = [(timed, ratio) for timed in case.timed("markers") if (ratio := _ratio(timed.entry)) is not None]
            last = max((timed.earliest for timed, _ in found), default=0)
            return [(timed.when, ratio) for timed, ratio in found if timed.latest >= last]

        def verdict(case: Case) -> int:
            outside = {not self.lower <= ratio <= self.upper for _, ratio in newest(case)}
            return of_bool(outside.pop()) if len(outside) == 1 else UNKNOWN

        def observe(case: Case) -> list[str]:
            return [f"kappa to lambda {ratio:.3g}, {when}" for when, ratio in newest(case)] or ["no ratio on record"]

        return CompiledOperator(verdict, observe, lambda case: [DataRequirement("markers", "free light chains")])

    def wording(self) -> str:
        return f"newest ratio of kappa to lambda outside {self.lower:g} to {self.upper:g}"


def _named_chains(case: Case) -> tuple[str, ...]:
    """The involved light chain, or both where no panel (or more than one answer) says which it is."""

    def make() -> tuple[str, ...]:
        found = {timed.entry.involved_light_chain for timed in case.timed("markers")} - {None}
        return (str(found.pop()),) if len(found) == 1 else _BOTH

    return case.once("involved light chain", make)


def _difference(panel: MarkerPanel, chain: str) -> float | None:
    if panel.kappa is None or panel.lambda_ is None:
        return None
    difference = panel.kappa.value - panel.lambda_.value
    return difference if chain == "kappa" else -difference


def _ratio(panel: MarkerPanel) -> float | None:
    if panel.kappa is None or panel.lambda_ is None:
        return None
    if panel.lambda_.value == 0:
        return None if panel.kappa.value == 0 else float("inf")
    return panel.kappa.value / panel.lambda_.value


def _flagged(item: Measured, flag: int) -> Flagged:
    return Flagged(item.earliest, item.latest, flag)


def _words(name: str, unit: str, item: Change, flag: int) -> str:
    lowest = item.certain if item.certain is not None else item.possible
    # A value without a day may lie before itself, as far as days tell.
    against = (
        f", lowest before {lowest:g}" if lowest is not None and lowest != item.measured.value and flag != NO else ""
    )
    return f"{name} {item.measured.value:g} {unit}, {item.measured.timed.when}{against}"
