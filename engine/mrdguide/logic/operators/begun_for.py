"""`begun_for`: whether therapy was begun because disease had come back, by its own record or by what it implies."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ...case import imaging
from ...case.added_drugs import GOES_ON, drugs_added
from ...case.case import once_per_case
from ...case.course import restarts
from ...case.lines import EXPLAINED, begun_after, begun_anew, speaks_of_disease
from ...case.therapy import episodes, ongoing
from ...patient.drugs import listed
from ..entries import entry_need, entry_text
from ..operator import CompiledOperator, Context, DataRequirement, UniqueList, WrittenDown
from ..parameters import Months, interpretation_of
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.therapy import TherapyEntry

# The sections of the profile that say which therapy was given, as far as a record goes.
_THERAPY = ("therapy", "therapy_complete", "incomplete")
# What can be given because of disease and go on; maintenance after it is history of it.
TREATS = ("induction", "consolidation", "continuous", "relapse", None)


class BegunFor(WrittenDown):
    """Met when therapy is on record that was begun for relapse (or for resurgence).

    Its `start_reason` says so. A new line, or induction, continuous therapy or a transplant begun after maintenance (the
    first two also after a transplant), implies relapse where no reason is recorded; with the reasons toxicity, access,
    choice and after-interruption it does not; a regimen whose name speaks of relapse, or radiotherapy of what is called a
    plasmacytoma, is unknown whatever the reason; `planned` contradicts a second line and leaves it unknown. Maintenance taken
    up again after more than `pause` calendar months, or after a shorter pause without a reason in which there was any
    sign of disease, is unknown until its reason is recorded; so is maintenance or continuous therapy with a drug that it
    had not within `together` calendar months of its start. `going_on` asks that this therapy (not maintenance after it) goes on.
    """

    keyword: ClassVar[str] = "begun_for"
    reason: Literal["relapse", "resurgence"]
    pause: Months
    together: Months | None = Field(None, description="how long after its start a drug still belongs to maintenance")
    going_on: bool = False

    def paths(self) -> tuple[str, ...]:
        return ("therapy", "mrd", "responses", "events", "markers", *imaging.READS)

    def spans(self) -> tuple[int, ...]:
        return (self.pause, *(() if self.together is None else (self.together,)))

    def compile(self, context: Context) -> CompiledOperator:
        interpretation = interpretation_of(context)

        def unexplained(case: Case) -> frozenset[int]:
            """The places of maintenance taken up again, or given with another drug, for a reason that is not known."""
            again = case.once(
                ("restarts", self.pause), lambda: restarts(case, "maintenance", self.pause, interpretation)
            )
            return again | with_another_drug(case).keys()

        def with_another_drug(case: Case) -> dict[int, frozenset[str]]:
            months = self.together
            if months is None:
                return {}
            return case.once(("drugs-added", months), lambda: drugs_added(case, GOES_ON, months), _THERAPY)

        def fits(case: Case, timed: Timed[TherapyEntry], places: frozenset[int]) -> int:
            found = self._begun_for(case, timed)
            if timed.place in places and timed.entry.start_reason is None:
                found = max(found, UNKNOWN)
            if self.going_on and found != NOT_MET:
                goes_on = of_bool(ongoing(timed, case.as_of)) if timed.entry.phase in TREATS else NOT_MET
                found = min(found, goes_on if timed.entry.phase is not None else min(goes_on, UNKNOWN))
            return found

        def by(case: Case, places: frozenset[int]) -> int:
            best = max([fits(case, timed, places) for timed in case.therapy], default=NOT_MET)
            if best == NOT_MET:
                return context.absent if case.therapy_is_whole() else UNKNOWN
            return best

        # Of one course alone nothing was taken up again, whatever else has happened.
        has_pauses = once_per_case(lambda case: len(episodes(case, GOES_ON)) > 1, _THERAPY)
        by_therapy_alone = once_per_case(lambda case: by(case, frozenset()), _THERAPY)

        def verdict(case: Case) -> int:
            places = unexplained(case) if has_pauses(case) else None
            return by(case, places) if places else by_therapy_alone(case)

        def observe(case: Case) -> list[str]:
            places = unexplained(case)
            found = [_shown(timed) for timed in case.therapy if fits(case, timed, places) != NOT_MET]
            return found or [f"no therapy on record that was begun for {self.reason}"]

        def needs(case: Case) -> list[DataRequirement]:
            listing, places = UniqueList(), unexplained(case)
            for timed in case.therapy:
                if fits(case, timed, places) == UNKNOWN:
                    listing.add(self._needs(case, timed, places, with_another_drug(case)))
            return listing.items or [DataRequirement("therapy", "therapy history, with why each phase was begun")]

        return CompiledOperator(verdict, observe, needs)

    def _begun_for(self, case: Case, timed: Timed[TherapyEntry]) -> int:
        entry = timed.entry
        if entry.start_reason in ("relapse", "resurgence"):
            return of_bool(entry.start_reason == self.reason)
        told = UNKNOWN if self.reason == "relapse" and speaks_of_disease(case, timed) else NOT_MET
        return max(told, self._by_what_it_implies(case, timed))

    def _by_what_it_implies(self, case: Case, timed: Timed[TherapyEntry]) -> int:
        entry, anew = timed.entry, begun_anew(case, timed)
        if entry.start_reason == "planned":
            # A later line that was planned from the start contradicts itself.
            return UNKNOWN if anew is not False and (entry.line is None or entry.line >= 2) else NOT_MET
        if self.reason == "resurgence" or entry.start_reason in EXPLAINED:
            return NOT_MET
        return of_bool(anew)

    def _needs(
        self, case: Case, timed: Timed[TherapyEntry], unexplained: frozenset[int], added: dict[int, frozenset[str]]
    ) -> list[DataRequirement]:
        entry, anew = timed.entry, begun_anew(case, timed)
        field = "start_reason"
        if entry.phase is None:
            field = "phase"
        elif self.going_on and self._begun_for(case, timed) == MET:
            field = "end"
        elif self.reason == "relapse" and entry.start_reason is not None and speaks_of_disease(case, timed):
            field = "regimen" if entry.regimen is not None else "site"
        elif entry.line is None and anew is None:
            field = "line"
        elif entry.start_reason is None and timed.place not in unexplained:
            # Whether it came after maintenance, if a date leaves that open; its reason, if it did.
            return undated(case, timed) or [entry_need("therapy", timed, field)]
        elif timed.place in added and not listed(entry).names:
            field = "drugs"
        elif added.get(timed.place):
            *others, last = sorted(added[timed.place])
            begun = f"{', '.join(others)} and {last} were begun" if others else f"{last} was begun"
            text = f"why {begun}: {entry_text('therapy', timed)}"
            return [DataRequirement(f"therapy[{timed.place}].start_reason", text)]
        return [entry_need("therapy", timed, field)]

    def wording(self) -> str:
        text = f"therapy begun for {self.reason}"
        if self.reason == "relapse":
            text += ", or a new line (or treatment after maintenance or transplant) begun for no reason on record"
        text += f"; maintenance taken up again after more than {self.pause} months asks for its reason"
        if self.together is not None:
            text += f", and so does a drug added more than {self.together} months after its start"
        return text + ("; it goes on" if self.going_on else "")


def undated(case: Case, timed: Timed[TherapyEntry]) -> list[DataRequirement]:
    """The dates without which it is open whether an entry came after maintenance."""
    if begun_after(case, timed) is not None:
        return []
    if timed.earliest != timed.latest:
        return [entry_need("therapy", timed, "date" if timed.entry.phase == "transplant" else "start")]
    return [
        entry_need("therapy", other, "start")
        for other in case.therapy
        if other.entry.phase in ("maintenance", None) and other.earliest < timed.latest <= other.latest
    ]


def _shown(timed: Timed[TherapyEntry]) -> str:
    reason = timed.entry.start_reason
    stopped = f", ended for {timed.entry.stop_reason}" if timed.entry.stop_reason else ""
    return (
        f"{entry_text('therapy', timed)}, begun {f'for {reason}' if reason else 'for a reason not recorded'}{stopped}"
    )
