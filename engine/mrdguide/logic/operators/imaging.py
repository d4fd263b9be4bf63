"""Functional imaging: `imaging_now`, `imaging_ever`. How one study is read stands in `case.imaging`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from ...case import imaging
from ...case.case import NOT_HANDED_OVER
from ...case.possible import NEGATIVE, NOT_EVALUABLE, POSITIVE
from ...dates import add_months, counted, iso
from ..new_lines import NEWER_THAN_LINE, begun_since_texts, open_new_lines, since_new_line
from ..operator import CompiledOperator, Context, DataRequirement, Margin, Modifiability, Operator, UniqueList
from ..parameters import Months, SinceNewLine, interpretation_of, marrow_rules
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case
    from ...case.imaging import ImageInterpretation


class ImagingNow(Operator):
    """Negative on the newest readable study.

    Met when it is negative, at most `within` calendar months old, and not older than the last marrow MRD test by more
    than `near_mrd` months; not met when the newest readable study is positive, however old, unless it may be one of the time
    of diagnosis, which shows only what was there then; else unknown. A study that its reader could not call takes no earlier
    positive away. With `since_new_line` a negative from before the newest line of therapy, or of the day it was begun,
    leaves it unknown.
    """

    keyword: ClassVar[str] = "imaging_now"
    within: Months
    near_mrd: Months | None = None
    since_new_line: SinceNewLine = False

    def paths(self) -> tuple[str, ...]:
        return (*imaging.READS, "therapy", *(("mrd",) if self.near_mrd else ()))

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, ImagingNow)
            and self.same_but(other, "within", "since_new_line")
            and self.within <= other.within
            and self.since_new_line >= other.since_new_line
        )

    def spans(self) -> tuple[int, ...]:
        return tuple({self.within, self.near_mrd or self.within})

    def compile(self, context: Context) -> CompiledOperator:
        rules = interpretation_of(context).imaging
        marrow = marrow_rules(context)

        def last_marrow(case: Case) -> int | None:
            """The last day of a marrow test that gave a result by a method that counts."""
            return max(
                (
                    item.latest
                    for item in case.mrd
                    if item.entry.specimen in (None, *marrow.specimens)
                    and item.entry.method in (None, *marrow.methods)
                    and item.entry.result != "failed"
                ),
                default=None,
            )

        def newest_negative(found: list[ImageInterpretation]) -> ImageInterpretation | None:
            """The newest certain negative when no later study can be positive."""
            after = max((item.timed.latest for item in found if item.possible & POSITIVE), default=-1)
            negative = [item for item in found if item.possible == NEGATIVE and item.timed.earliest > after]
            return max(negative, key=lambda item: item.timed.earliest, default=None)

        def verdict(case: Case) -> int:
            found = imaging.interpret(case, rules)
            newest = newest_negative(found)
            if newest is not None:
                day = newest.timed.earliest
                fresh = self._stale(case.as_of, day, last_marrow(case)) is None
                return MET if fresh and (not self.since_new_line or since_new_line(case, day)) else UNKNOWN
            positive = [
                item.timed.earliest
                for item in found
                if item.possible == POSITIVE and not imaging.may_be_of_the_diagnosis(case, item.timed, rules)
            ]
            overtaken = any(item.may_clear and positive and item.timed.latest > max(positive) for item in found)
            return NOT_MET if positive and not overtaken else UNKNOWN

        def observe(case: Case) -> list[str]:
            found = imaging.interpret(case, rules)
            if not found:
                return ["no functional imaging on record"]
            texts = [_shown(found[-1])]
            if len(found) > 1 and found[-1].possible != POSITIVE and not found[-1].may_clear:
                texts.append(_shown(found[-2]))
            newest = newest_negative(found)
            if newest is not None:
                certain, perhaps = (
                    self._stale(case.as_of, day, last_marrow(case))
                    for day in (newest.timed.latest, newest.timed.earliest)
                )
                if certain is not None:
                    texts.append(certain)
                elif perhaps is not None:
                    texts.append(f"its exact date decides: it may be {perhaps}")
                if self.since_new_line:
                    texts += begun_since_texts(case, newest.timed.earliest)
            return texts

        def needs(case: Case) -> list[DataRequirement]:
            found = imaging.interpret(case, rules)
            newest = newest_negative(found)
            since = [item for item in found if newest is None or item.timed.latest >= newest.timed.latest]
            if _missing(since):
                return _missing(since)
            if newest is None:
                return _dates_asked(found) or [DataRequirement("imaging", rules.ask_for)]
            if self.since_new_line and self._stale(case.as_of, newest.timed.earliest, last_marrow(case)) is None:
                return open_new_lines(case, newest.timed.earliest) or [DataRequirement("imaging", rules.ask_for)]
            if self._stale(case.as_of, newest.timed.latest, last_marrow(case)) is None:
                what = f"exact date of {imaging.describe(newest.timed)}"
                return [DataRequirement(f"imaging[{newest.timed.place}].date", what)]
            return [DataRequirement("imaging", rules.ask_for)]

        def margins(case: Case) -> list[Margin]:
            newest = newest_negative(imaging.interpret(case, rules))
            if newest is None:
                return []
            day, marrow = newest.timed.earliest, last_marrow(case)
            found = [self._age(day, self.within, case.as_of, f"at most {self.within} months old")]
            if self.near_mrd is not None and marrow is not None:
                asked = f"at most {self.near_mrd} months before the last marrow MRD"
                found.append(self._age(day, self.near_mrd, marrow, asked))
            return found

        return CompiledOperator(verdict, observe, needs, margins)

    def _age(self, day: int, months: int, until: int, asked: str) -> Margin:
        return Margin(
            "the last negative imaging", iso(day), asked, abs(add_months(day, months) - until), "day", ages=True
        )

    def _stale(self, as_of: int, day: int, last_marrow: int | None) -> str | None:
        """Why a study of that day is too old, or None."""
        until = add_months(day, self.within)
        if until < as_of:
            return f"older than {self.within} months by {counted(as_of - until, 'day')}"
        if self.near_mrd is None or last_marrow is None or add_months(day, self.near_mrd) >= last_marrow:
            return None
        return f"older than the last marrow MRD by more than {self.near_mrd} months"

    def wording(self) -> str:
        text = f"newest functional imaging is negative and at most {self.within} months old"
        return (
            text
            + (f", not older than the last marrow MRD by more than {self.near_mrd} months" if self.near_mrd else "")
            + (NEWER_THAN_LINE if self.since_new_line else "")
        )


class ImagingEver(Operator):
    """Whether a negative (or positive) study is on record. None of the kind on record is as `absence` says."""

    keyword: ClassVar[str] = "imaging_ever"
    reads: Literal["negative", "positive"]

    def paths(self) -> tuple[str, ...]:
        return imaging.READS

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST if met else Modifiability.FIXED

    def compile(self, context: Context) -> CompiledOperator:
        rules = interpretation_of(context).imaging
        wanted = NEGATIVE if self.reads == "negative" else POSITIVE

        def verdict(case: Case) -> int:
            found = imaging.interpret(case, rules)
            if any(item.possible == wanted for item in found):
                return MET
            return UNKNOWN if any(item.possible & wanted for item in found) else context.absent

        def observe(case: Case) -> list[str]:
            found = [_shown(item) for item in imaging.interpret(case, rules) if item.possible & wanted]
            return found or [f"no {self.reads} imaging on record"]

        def needs(case: Case) -> list[DataRequirement]:
            return _missing(imaging.interpret(case, rules)) or [DataRequirement("imaging", rules.ask_for)]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        return f"{self.reads} functional imaging is on record"


def _dates_asked(found: list[ImageInterpretation]) -> list[DataRequirement]:
    """The exact dates of positive studies of which it is not known whether a negative one came after them."""
    last_negative = max((item.timed.latest for item in found if item.possible & NEGATIVE), default=-1)
    vague = [item.timed for item in found if item.possible & POSITIVE and item.timed.earliest < item.timed.latest]
    return [
        DataRequirement(f"imaging[{timed.place}].date", f"exact date of {imaging.describe(timed)}")
        for timed in vague
        if timed.place != NOT_HANDED_OVER and timed.earliest < last_negative
    ]


def _missing(found: list[ImageInterpretation]) -> list[DataRequirement]:
    """What is not recorded of studies that leave their reading open."""
    listing = UniqueList()
    for item in found:
        for name in item.missing:
            if "." in name:
                listing.add([DataRequirement(name, "whether the disease was FDG-avid at diagnosis")])
            else:
                what = f"{name.replace('_', ' ')} of {imaging.describe(item.timed)}"
                listing.add([DataRequirement(f"imaging[{item.timed.place}].{name}", what)])
    return listing.items


def _shown(item: ImageInterpretation) -> str:
    text = imaging.describe(item.timed)
    if item.possible == NOT_EVALUABLE:
        return f"{text}: not readable ({item.reason})"
    names = [
        word
        for bit, word in ((POSITIVE, "positive"), (NOT_EVALUABLE, "not readable"), (NEGATIVE, "negative"))
        if item.possible & bit
    ]
    return f"{text}: reads as {' or '.join(names)}"
