"""Functional imaging: `imaging_now`, `imaging_ever`. How one study is read stands in `judge.imaging`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from ...dates import add_months
from ...judge import imaging, mrd
from ...judge.possible import NEGATIVE, NOT_EVALUABLE, POSITIVE
from ..operator import Context, Judge, Listing, Need, Operator
from ..parameters import Months, readings_of
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...judge.case import Case
    from ...judge.imaging import ImageReading


class ImagingNow(Operator):
    """Negative on the newest readable study.

    Met when it is negative, at most `within` calendar months old, and not older than the last marrow MRD test by more
    than `near_mrd` months; not met when the newest readable study is positive, however old; else unknown.
    """

    keyword: ClassVar[str] = "imaging_now"
    within: Months
    near_mrd: Months | None = None

    def paths(self) -> tuple[str, ...]:
        return ("imaging", "baseline.fdg_avid", *(("mrd",) if self.near_mrd else ()))

    def compile(self, context: Context) -> Judge:
        rules = readings_of(context).imaging

        def newest_negative(found: list[ImageReading]) -> int | None:
            """The day of the newest negative when no later study can be positive."""
            after = max((item.timed.latest for item in found if item.possible & POSITIVE), default=-1)
            return max(
                (item.timed.earliest for item in found if item.possible == NEGATIVE and item.timed.earliest > after),
                default=None,
            )

        def verdict(case: Case) -> int:
            found = imaging.readings(case, rules)
            day = newest_negative(found)
            if day is not None:
                return MET if self._fresh(case, day) else UNKNOWN
            positive = [item.timed.earliest for item in found if item.possible == POSITIVE]
            overtaken = any(
                item.possible & NEGATIVE and positive and item.timed.latest > max(positive) for item in found
            )
            return NOT_MET if positive and not overtaken else UNKNOWN

        def observe(case: Case) -> list[str]:
            found = imaging.readings(case, rules)
            if not found:
                return ["no functional imaging on record"]
            newest = found[-1]
            texts = [_shown(newest)]
            if newest.possible == NOT_EVALUABLE and len(found) > 1:
                texts.append(_shown(found[-2]))
            day = newest_negative(found)
            if day is not None:
                texts += self._staleness(case, day)
            return texts

        def needs(case: Case) -> list[Need]:
            listing = Listing()
            day = newest_negative(imaging.readings(case, rules))
            for item in imaging.readings(case, rules) if day is None else []:
                for name in item.missing:
                    path = name if "." in name else f"imaging[{item.timed.place}].{name}"
                    what = (
                        "whether the disease was FDG-avid at diagnosis"
                        if "." in name
                        else f"{name.replace('_', ' ')} of {imaging.describe(item.timed)}"
                    )
                    listing.add([Need(path, what)])
            return listing.items or [Need("imaging", rules.ask_for)]

        return Judge(verdict, observe, needs)

    def _fresh(self, case: Case, day: int) -> bool:
        if not mrd.recent(day, self.within, case.as_of):
            return False
        last_mrd = max((item.latest for item in case.mrd if item.entry.specimen in (None, "marrow")), default=None)
        return self.near_mrd is None or last_mrd is None or add_months(day, self.near_mrd) >= last_mrd

    def _staleness(self, case: Case, day: int) -> list[str]:
        until = add_months(day, self.within)
        if until < case.as_of:
            return [f"older than {self.within} months by {case.as_of - until} days"]
        return [] if self._fresh(case, day) else [f"older than the last marrow MRD by more than {self.near_mrd} months"]

    def wording(self) -> str:
        text = f"newest functional imaging is negative and at most {self.within} months old"
        return text + (
            f", not older than the last marrow MRD by more than {self.near_mrd} months" if self.near_mrd else ""
        )


class ImagingEver(Operator):
    """Whether a negative (or positive) study is on record. None of the kind on record is as `absence` says."""

    keyword: ClassVar[str] = "imaging_ever"
    reads: Literal["negative", "positive"]

    def paths(self) -> tuple[str, ...]:
        return ("imaging", "baseline.fdg_avid")

    def absence_may_be_not_met(self) -> bool:
        return True

    def compile(self, context: Context) -> Judge:
        rules = readings_of(context).imaging
        wanted = NEGATIVE if self.reads == "negative" else POSITIVE

        def verdict(case: Case) -> int:
            found = imaging.readings(case, rules)
            if any(item.possible == wanted for item in found):
                return MET
            return UNKNOWN if any(item.possible & wanted for item in found) else context.absent

        def observe(case: Case) -> list[str]:
            found = [_shown(item) for item in imaging.readings(case, rules) if item.possible & wanted]
            return found or [f"no {self.reads} imaging on record"]

        def needs(case: Case) -> list[Need]:
            listing = Listing()
            for item in imaging.readings(case, rules):
                for name in item.missing:
                    path = name if "." in name else f"imaging[{item.timed.place}].{name}"
                    listing.add(
                        [Need(path, f"{name.rpartition('.')[2].replace('_', ' ')} of {imaging.describe(item.timed)}")]
                    )
            return listing.items or [Need("imaging", rules.ask_for)]

        return Judge(verdict, observe, needs)

    def wording(self) -> str:
        return f"{self.reads} functional imaging is on record"


def _shown(item: ImageReading) -> str:
    text = imaging.describe(item.timed)
    if item.possible == NOT_EVALUABLE:
        return f"{text}: not readable ({item.reason})"
    names = [
        word
        for bit, word in ((POSITIVE, "positive"), (NOT_EVALUABLE, "not readable"), (NEGATIVE, "negative"))
        if item.possible & bit
    ]
    return f"{text}: reads as {' or '.join(names)}"
