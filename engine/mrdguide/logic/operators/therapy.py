"""`therapy_duration`: how long a phase has lasted; `therapy_now`: whether it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from pydantic import BeforeValidator, Field

from ...dates import add_months, counted, span_text
from ...patient.drugs import listed, meant
from ...patient.therapy import Phase
from ..entries import entry_need
from ..operator import CompiledOperator, Context, DataRequirement, Margin, Modifiability, Operator
from ..parameters import Months, interpretation_of, one_or_several
from ..truth import MET, NOT_MET, UNKNOWN, of_bool
from ..where import tighter
from .recorded import Recorded

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...case.course import Stretch
    from ...case.interpretation_rules import InterpretationRules
    from ...patient.therapy import TherapyEntry


class TherapyDuration(Operator):
    """At least so many calendar months of a phase (inclusive), gaps between its episodes taken out.

    With `pause` only the current (last) course counts: episodes that lie at most so many calendar months apart are one
    course if the pause has a reason other than disease (`stop_reason` before it, `start_reason` after it) or nothing in it
    showed disease; a longer gap begins a new course, and so does induction or a transplant. Without it all episodes count together. Met when even the shortest
    reading of the dates reaches it; not met when even the longest does not and the therapy list is whole
    (`therapy_complete` is not false); else unknown.
    """

    keyword: ClassVar[str] = "therapy_duration"
    phase: Annotated[
        tuple[Phase, ...],
        BeforeValidator(one_or_several, json_schema_input_type=Phase | tuple[Phase, ...]),
        Field(min_length=1),
    ]
    months: Annotated[int, Field(strict=True, ge=1, le=600)]
    pause: Months | None = None

    @property
    def named(self) -> str:
        """The phases in words."""
        return " or ".join(self.phase)

    def paths(self) -> tuple[str, ...]:
        # Whether a short pause without a reason belongs to the course depends on whether disease was seen in it.
        from ...case import imaging

        seen = ("mrd", "responses", "events", "markers", *imaging.READS) if self.pause is not None else ()
        return ("therapy", *seen)

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TIME if met else Modifiability.FIXED

    def implies(self, other: Operator) -> bool:
        return isinstance(other, TherapyDuration) and self.same_but(other, "months") and self.months >= other.months

    def turning_days(self, case: Case) -> Iterable[int]:
        from ...case.course import since_treatment
        from ...case.therapy import episodes, longest, shortest

        found = episodes(case, self.phase)
        if self.pause is not None:
            found = since_treatment(case, found)
        # Wherever the current course begins, the days of its pauses are taken out.
        for place in range(len(found) if self.pause is not None else min(len(found), 1)):
            for stretch in (shortest(found[place:]), longest(found[place:])):
                if stretch is not None:
                    yield add_months(stretch[0], self.months)

    def _stretches(self, case: Case, rules: InterpretationRules | None) -> tuple[Stretch | None, Stretch | None]:
        """The time that counts, at its shortest and at its longest."""
        from ...case.course import current, since_treatment
        from ...case.therapy import episodes, longest, shortest

        found = episodes(case, self.phase)
        if self.pause is None or rules is None:
            return shortest(found), longest(found)
        pause = self.pause
        return case.once(
            ("course", self.phase, pause), lambda: current(case, since_treatment(case, found), pause, rules)
        )

    def compile(self, context: Context) -> CompiledOperator:
        from ...case.case import once_per_case
        from ...case.therapy import episodes, reaches

        phase, months, named = self.phase, self.months, self.named
        rules = interpretation_of(context) if self.pause is not None else None

        def judged(case: Case) -> int:
            if not episodes(case, phase):
                return context.absent if case.therapy_is_whole() else UNKNOWN
            shortest, longest = self._stretches(case, rules)
            if reaches(shortest, months):
                return MET
            # Where the list has gaps, there may have been more of the phase than it shows.
            if not case.therapy_is_whole() or reaches(longest, months):
                return UNKNOWN
            # Where no entry says that it is of the phase, there may have been none of it.
            sure = any(item.timed.entry.phase is not None for item in episodes(case, phase))
            return NOT_MET if sure else context.absent

        # Without a pause nothing that happened in one is looked at.
        has_pauses = once_per_case(lambda case: rules is not None and len(episodes(case, phase)) > 1, ("therapy",))
        by_therapy_alone = once_per_case(judged, ("therapy", "therapy_complete", "incomplete"))

        def verdict(case: Case) -> int:
            return judged(case) if has_pauses(case) else by_therapy_alone(case)

        def observe(case: Case) -> list[str]:
            found = episodes(case, phase)
            if not found:
                return [f"no {named} on record"]
            stretch, longest = self._stretches(case, rules)
            shown = [_describe(item.timed) for item in found]
            if stretch is None:
                return [*shown, f"{named}: length not known"]
            vague = stretch != longest
            text = f"{named}: {'at least ' if vague else ''}{span_text(*stretch)}"
            wanted = add_months(stretch[0], months)
            if wanted > stretch[1]:
                short = f"{counted(wanted - stretch[1], 'day')} short of {months} months"
                text += f", {'up to ' if vague else ''}{short}"
            if len(found) > 1:
                text += " in the current course" if self.pause is not None else " in all, gaps taken out"
            return [*shown, text]

        def needs(case: Case) -> list[DataRequirement]:
            found = episodes(case, phase)
            missing = [
                DataRequirement(f"therapy[{item.timed.place}].{name}", f"{name} of {named} ({item.timed.when})")
                for item in found
                for name, known in (
                    ("phase", item.timed.entry.phase is not None),
                    ("start", item.earliest_start == item.latest_start),
                    ("end", item.earliest_end == item.latest_end),
                )
                if not known
            ]
            if not missing and rules is not None and case.therapy_is_whole():
                missing = self._why_taken_up_again(case, rules)
            if found and not case.therapy_is_whole():
                missing.append(
                    DataRequirement("therapy", f"the rest of the {named} therapy: the list is marked as having gaps")
                )
            return missing or [DataRequirement("therapy", f"{named} therapy with its dates")]

        def margins(case: Case) -> list[Margin]:
            stretch = self._stretches(case, rules)[0]
            if stretch is None:
                return []
            days = abs(add_months(stretch[0], months) - stretch[1])
            what = f"{named} in the current course" if self.pause is not None else f"{named} in all"
            return [Margin(what, span_text(*stretch), f"{months} months or more", days, "day")]

        return CompiledOperator(verdict, observe, needs, margins)

    def _why_taken_up_again(self, case: Case, rules: InterpretationRules) -> list[DataRequirement]:
        from ...case.course import restarts

        places = restarts(case, self.phase, self.pause or 1, rules)
        return [
            entry_need("therapy", timed, "start_reason")
            for timed in case.therapy
            if timed.place in places and timed.entry.start_reason is None
        ]

    def wording(self) -> str:
        course = (
            f" in the current course (pauses of at most {self.pause} months)" if self.pause is not None else " in all"
        )
        return f"at least {self.months} months of {self.named}{course}"


class TherapyNow(Operator):
    """Met while an entry of the phase goes on, with all the `drugs` named; not met when all have ended.

    Drugs of entries that go on together count together.

    An entry without `end` is unknown: `end: null` says that it goes on.
    """

    keyword: ClassVar[str] = "therapy_now"
    phase: Phase
    drugs: tuple[str, ...] = ()
    only_one_of: tuple[str, ...] = Field((), description="exactly one drug, and it is one of these")
    regimens: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = Field(
        (), description="exactly the drugs of one of these lists; more drugs, or others, are another regimen"
    )
    line: Annotated[int, Field(strict=True, ge=1)] | None = None

    def paths(self) -> tuple[str, ...]:
        return ("therapy",)

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.DECISION

    def implies(self, other: Operator) -> bool:
        if isinstance(other, Recorded):
            narrowed = other.not_followed_by_line or other.drugs_named or other.unless_drugs or other.regimen_says
            given = other.in_ == "therapy" and not narrowed
            return given and tighter({"phase": self.phase}, other.where)
        return (
            isinstance(other, TherapyNow)
            and self.same_but(other, "drugs", "only_one_of", "regimens", "line")
            and self._implies_drugs(other)
            and other.line in (None, self.line)
        )

    def _implies_drugs(self, other: TherapyNow) -> bool:
        """Whether every set of drugs that fits this one fits the other."""
        wanted = {meant(regimen) for regimen in other.regimens}
        allowed = meant(other.only_one_of)
        # What this one allows, where it lists whole regimens or single drugs; otherwise any set with its drugs.
        allowing = [meant(regimen) for regimen in self.regimens] or [meant((drug,)) for drug in self.only_one_of]
        least = allowing or [meant(self.drugs)]
        return (
            all(meant(other.drugs) <= regimen | meant(self.drugs) for regimen in least)
            and (not wanted or (bool(allowing) and all(regimen in wanted for regimen in allowing)))
            and (not allowed or (bool(allowing) and all(len(item) == 1 and item <= allowed for item in allowing)))
        )

    def compile(self, context: Context) -> CompiledOperator:
        from ...case.therapy import ongoing

        phase, line = self.phase, self.line
        going_on = _going_on(phase, line)
        drugs, single = meant(self.drugs), meant(self.only_one_of)
        regimens = [meant(regimen) for regimen in self.regimens]
        asks_drugs = bool(drugs or single or regimens)

        def by_drugs(found: _GoingOn) -> int:
            (sure, all_known), (perhaps, all_known_perhaps) = found.sure, found.perhaps
            result = MET
            if drugs and not drugs <= sure:
                result = UNKNOWN if drugs <= perhaps or not all_known_perhaps else NOT_MET
            if single:
                settled = sure == perhaps and all_known and all_known_perhaps
                one = UNKNOWN if not settled else of_bool(len(sure) == 1 and sure <= single)
                if len(sure) > 1 or (sure and not sure <= single):
                    one = NOT_MET
                result = min(result, one)
            if regimens:
                settled = sure == perhaps and all_known and all_known_perhaps
                if not any(sure <= regimen for regimen in regimens):
                    fits = NOT_MET
                else:
                    fits = of_bool(sure in regimens) if settled else UNKNOWN
                result = min(result, fits)
            return result

        def verdict(case: Case) -> int:
            given = going_on(case)
            if not given.entries:
                return context.absent if case.therapy_is_whole() else UNKNOWN
            if case.may_lack("therapy"):
                found = min(max(given.best, UNKNOWN), UNKNOWN if asks_drugs else MET)
            else:
                found = min(given.best, by_drugs(given))
            # Where no entry is of the phase for certain, one that is not on record may be.
            return found if given.named or case.therapy_is_whole() else max(found, UNKNOWN)

        def observe(case: Case) -> list[str]:
            found = [_describe(timed) for timed in case.therapy if timed.entry.phase == phase]
            return found or [f"no {phase} therapy on record"]

        def needs(case: Case) -> list[DataRequirement]:
            found = []
            for timed, now in going_on(case).entries:
                for name, known in (
                    ("phase", timed.entry.phase is not None),
                    ("end", ongoing(timed, case.as_of) is not None),
                    ("drugs", now == NOT_MET or not asks_drugs or _drugs_known(timed.entry)),
                    ("line", line is None or timed.entry.line is not None),
                ):
                    if not known and name == "drugs" and listed(timed.entry).unread:
                        found.append(entry_need("therapy", timed, name))
                    elif not known:
                        hint = " (null if it goes on)" if name == "end" else ""
                        found.append(
                            DataRequirement(f"therapy[{timed.place}].{name}", f"{name} of {phase} ({timed.when}){hint}")
                        )
            return found or [DataRequirement("therapy", f"{phase} therapy with its dates")]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        text = f"on {self.phase}"
        if self.drugs:
            text += f" with {' and '.join(self.drugs)}"
        if self.only_one_of:
            text += f" with a single drug ({' or '.join(self.only_one_of)})"
        if self.regimens:
            text += f" with {' or '.join(' + '.join(regimen) for regimen in self.regimens)} and nothing else"
        return text + (f" in line {self.line}" if self.line else "")


class _GoingOn(NamedTuple):
    """Entries of a phase and line, each with whether it goes on, and the best of these verdicts; whether one of them names
    its phase; the drugs of those that go on for sure, and of those that may, each with whether all of them are recorded."""

    entries: list[tuple[Timed[TherapyEntry], int]]
    best: int
    named: bool
    sure: tuple[frozenset[str], bool]
    perhaps: tuple[frozenset[str], bool]


@lru_cache(maxsize=256)
def _going_on(phase: str, line: int | None) -> Callable[[Case], _GoingOn]:
    """What goes on of a phase and line; criteria that ask for different drugs of it share what was found."""
    from ...case.case import once_per_case
    from ...case.therapy import ongoing

    def make(case: Case) -> _GoingOn:
        found = []
        for timed in case.therapy:
            if timed.entry.phase in (phase, None):
                now = of_bool(ongoing(timed, case.as_of))
                if timed.entry.phase is None:
                    now = min(now, UNKNOWN)
                if line is not None:
                    now = min(now, UNKNOWN if timed.entry.line is None else of_bool(timed.entry.line == line))
                found.append((timed, now))
        best = max([now for _, now in found], default=NOT_MET)
        named = any(timed.entry.phase is not None for timed, _ in found)
        return _GoingOn(found, best, named, _given(found, MET), _given(found, UNKNOWN))

    return once_per_case(make, ("therapy",))


def _given(entries: list[tuple[Timed[TherapyEntry], int]], least: int) -> tuple[frozenset[str], bool]:
    """The drugs of entries that go on (for sure, or perhaps), and whether all of them are recorded and known by their names.
    Entries that go on together are one regimen: two drugs may be written as two entries."""
    drugs = [listed(timed.entry) for timed, now in entries if now >= least]
    names = frozenset(drug for found in drugs for drug in found.names)
    # An empty list names no drug either: whoever is on maintenance takes something.
    return names, all(found.names and not found.unread for found in drugs)


def _drugs_known(entry: TherapyEntry) -> bool:
    found = listed(entry)
    return bool(found.names) and not found.unread


def _describe(timed: Timed[TherapyEntry]) -> str:
    entry = timed.entry
    drugs = " + ".join(entry.drugs) if entry.drugs else entry.regimen or "drugs not recorded"
    given = f"{entry.phase or 'phase not recorded,'} with {drugs}"
    begun = str(entry.begins) if entry.begins is not None else ""
    if entry.end is not None:
        return f"{given}: {begun or 'start not recorded'} to {entry.end}"
    since = f"{given} since {begun}" if begun else f"{given}, start not recorded"
    return f"{since} (ongoing)" if entry.end_recorded else f"{since}, end not recorded"
