"""`recorded`: whether an entry of a list is on record; `latest`: what the newest entry says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ...case.case import once_per_case
from ...case.lines import followed_by_line
from ...dates import add_months, span_text
from ...patient.drugs import fits_any, meant
from ...patient.said import Topic, says
from ...reading.validation import problem_at
from ..entries import entry_need, entry_text, open_lines
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator, WrittenDown
from ..parameters import Months
from ..truth import MET, NOT_MET, UNKNOWN, of_bool
from ..where import SINGULAR, Condition, ListName, check_where, fields_read, matcher, tighter, unrecorded, where_wording

if TYPE_CHECKING:
    from ...case.case import Case, Timed


class Recorded(WrittenDown):
    """Met when an entry that fits is on record, unknown when one may fit, else as `absence` says.

    An empty therapy list, or one marked `therapy_complete: false`, never proves that a phase was not given: it leaves
    the answer unknown. `drugs` fits by whatever name a drug is written, also in the name of the regimen; a name that is on no
    list may be any drug; with `drugs_named` only a drug that is named counts. An entry that names one of `unless_drugs` is none of
    those asked for. With `regimen_says` an entry is unknown at most: the name of its regimen says something that contradicts
    the rest of it, or may say it. With `not_followed_by_line`, an entry counts only if no therapy began on its day or later that is
    of at least that line and of a later line than any begun before it; nothing has answered an entry of the day judged yet.
    With `as_written` what an entry leaves out fits nothing.
    """

    keyword: ClassVar[str] = "recorded"
    in_: ListName = Field(alias="in")
    where: dict[str, Condition] = {}
    not_followed_by_line: Annotated[int, Field(strict=True, ge=1)] | None = None
    drugs_named: bool = Field(False, description="of therapy only: a name that is on no list is no drug asked for")
    unless_drugs: tuple[str, ...] = Field((), description="of therapy only")
    as_written: bool = Field(False, description="an entry that only may fit, for what it leaves out, is none")
    regimen_says: Topic | None = Field(None, description="of therapy only")

    @model_validator(mode="after")
    def _conditions_fit(self) -> Recorded:
        check_where(self.in_, self.where)
        if self.in_ != "therapy" and (self.drugs_named or self.unless_drugs or self.regimen_says):
            raise problem_at(
                "in", f"an entry of '{self.in_}' names no drugs and no regimen", "therapy", code="bad-value"
            )
        return self

    def fields(self) -> tuple[str, ...]:
        """The fields of an entry that are looked at."""
        words = ("drugs", "regimen") if self.unless_drugs or self.regimen_says else ()
        return tuple(dict.fromkeys((*fields_read(self.where), *words)))

    def fitting(self) -> Callable[[Any], int]:
        """Whether an entry fits, whatever therapy followed it."""
        match, unless = matcher(self.where), meant(self.unless_drugs)

        def fits(entry: Any) -> int:
            found = match(entry)
            if found == NOT_MET or (unless and fits_any(entry, unless)) or (self.as_written and found == UNKNOWN):
                return NOT_MET
            if self.regimen_says is not None:
                said = says(entry.regimen, self.regimen_says)
                return NOT_MET if said is False else UNKNOWN
            unnamed = self.drugs_named and found == UNKNOWN and "drugs" in unrecorded(self.where, entry)
            return NOT_MET if unnamed else found

        return fits

    def paths(self) -> tuple[str, ...]:
        return (self.in_, "therapy") if self.not_followed_by_line else (self.in_,)

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, Recorded)
            and self.same_but(other, "where", "not_followed_by_line")
            and tighter(self.where, other.where)
            and other.not_followed_by_line in (None, self.not_followed_by_line)
        )

    def compile(self, context: Context) -> CompiledOperator:
        match, name, absent = self.fitting(), self.in_, context.absent
        later_line = self.not_followed_by_line
        none = f"no {self._asked()}"

        def fits(case: Case, timed: Timed[Any]) -> int:
            found = match(timed.entry)
            if found == NOT_MET or later_line is None:
                return found
            return min(found, MET - of_bool(followed_by_line(case, timed, later_line)))

        fitting = once_per_case(lambda case: [(timed, fits(case, timed)) for timed in case.timed(name)], self.paths())

        def verdict(case: Case) -> int:
            best = max([found for _, found in fitting(case)], default=NOT_MET)
            if best == MET:
                return MET
            lacking = not case.therapy_is_whole() if name == "therapy" else case.may_lack(name)
            if best == NOT_MET and lacking:
                return UNKNOWN
            return best if best == UNKNOWN else absent

        def observe(case: Case) -> list[str]:
            return [entry_text(name, timed) for timed, fit in fitting(case) if fit != NOT_MET] or [none]

        def needs(case: Case) -> list[DataRequirement]:
            found = []
            for timed, fit in fitting(case):
                if fit != UNKNOWN:
                    continue
                found += [entry_need(name, timed, field) for field in unrecorded(self.where, timed.entry)]
                if self.regimen_says is not None:
                    found.append(entry_need(name, timed, "regimen"))
                if match(timed.entry) == MET and later_line is not None:
                    found += open_lines(case, timed)
            return found or [DataRequirement(name, f"{SINGULAR[name]} history{self._conditions()}")]

        return CompiledOperator(verdict, observe, needs)

    def _asked(self) -> str:
        speaks = f" whose regimen speaks of {self.regimen_says.replace('-', ' ')}" if self.regimen_says else ""
        return f"{SINGULAR[self.in_]} on record{speaks}{self._conditions()}"

    def _conditions(self) -> str:
        return f": {where_wording(self.where)}" if self.where else ""

    def wording(self) -> str:
        where = f" ({where_wording(self.where)})" if self.where or not self.regimen_says else ""
        text = f"{SINGULAR[self.in_]} on record{where}"
        if self.drugs_named:
            text += ", by a drug that it names"
        if self.unless_drugs:
            text += f", without {' or '.join(self.unless_drugs)}"
        if self.regimen_says:
            text += f", whose regimen speaks of {self.regimen_says.replace('-', ' ')} (unknown then)"
        return text + (
            f", with no therapy of line {self.not_followed_by_line} or later begun since"
            if self.not_followed_by_line
            else ""
        )


class Latest(Operator):
    """What the newest entry of a list says: met when it fits, not met when it does not, unknown when there is none.

    Entries that may be the newest (dates known to the month only) must agree. `within` asks that it lie so many
    calendar months before the as-of day; an older one is unknown.
    """

    keyword: ClassVar[str] = "latest"
    in_: ListName = Field(alias="in")
    where: Annotated[dict[str, Condition], Field(min_length=1)]
    within: Months | None = None

    @model_validator(mode="after")
    def _conditions_fit(self) -> Latest:
        check_where(self.in_, self.where)
        return self

    def paths(self) -> tuple[str, ...]:
        return (self.in_,)

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def spans(self) -> tuple[int, ...]:
        return (self.within,) if self.within is not None else ()

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, Latest)
            and self.same_but(other, "where", "within")
            and tighter(self.where, other.where)
            and (other.within is None or (self.within is not None and self.within <= other.within))
        )

    def compile(self, context: Context) -> CompiledOperator:
        match, name, within = matcher(self.where), self.in_, self.within

        def newest(case: Case) -> list[Timed[Any]]:
            timed = case.timed(name)
            last = max((item.earliest for item in timed), default=0)
            return [item for item in timed if item.latest >= last]

        def verdict(case: Case) -> int:
            found = {match(item.entry) for item in newest(case)}
            if len(found) != 1 or case.may_lack(name):
                return UNKNOWN
            result = found.pop()
            if result == MET and within is not None:
                last = max(item.earliest for item in newest(case))
                return MET if add_months(last, within) >= case.as_of else UNKNOWN
            return result

        def observe(case: Case) -> list[str]:
            texts = [f"{entry_text(name, item)}{_age(item, case.as_of)}" for item in newest(case)]
            return texts or [f"no {SINGULAR[name]} on record"]

        def needs(case: Case) -> list[DataRequirement]:
            found = [
                entry_need(name, item, field) for item in newest(case) for field in unrecorded(self.where, item.entry)
            ]
            fields = ", ".join(field.replace("_", " ") for field in self.where)
            if not found and len(newest(case)) > 1:
                found = [entry_need(name, item, "date") for item in newest(case) if item.earliest != item.latest]
            return found or [DataRequirement(name, f"latest {SINGULAR[name]} ({fields})")]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        text = f"latest {SINGULAR[self.in_]} is ({where_wording(self.where)})"
        return text + (f", within {self.within} months" if self.within else "")


def _age(timed: Timed[Any], as_of: int) -> str:
    """How old the newest entry is, so that an old one is seen to be old."""
    if timed.earliest != timed.latest or timed.latest == as_of:
        return ""
    return f" ({span_text(timed.latest, as_of)} before the day judged)"
