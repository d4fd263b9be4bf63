"""`response_stands`, `response_course`, `response_looked_at`: the IMWG category that stands, and whether it has held."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ...case.case import LONG_AGO
from ...case.protein import NO_ANTIBODIES, Antibodies, Protein, read_protein
from ...case.response_course import RANK, CourseRules, Standing, Step, standings, steps, walked
from ...dates import add_months, iso
from ...patient.drugs import meant
from ..new_lines import NEWER_THAN_LINE, begun_since_texts, open_new_lines, since_new_line
from ..operator import CompiledOperator, Context, DataRequirement, Margin, Modifiability, Operator
from ..parameters import Days, Months, SinceNewLine
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case

REPEAT = (
    "serum and urine immunofixation again, with the isotype of a band: is it the original protein, a therapeutic antibody "
    "or a new benign band?"
)
PANEL = "serum and urine panel (M-protein and immunofixation)"
# Of how many vague dates it is tried whether the day decides; a course with more needs a new look in any case.
_MOST_TURNED = 4
_CATEGORY = {rank: name for name, rank in RANK.items()}

Judged = Callable[[Standing], int]


class _Course(Operator):
    """What the operators share that read the course of response.

    A lower category, or the original protein in a complete response, counts once a second assessment on another day
    agrees (or `confirmed: true`). Until then the answer is unknown, as it is where dates leave the order open.
    """

    near_days: Days = Field(description="a panel so near a lower category explains it when its band is another one")
    same_days: Days = Field(description="a panel and a category so near rest on one sample: neither confirms the other")
    antibodies: Annotated[tuple[str, ...], Field(min_length=1, description="drugs that show in immunofixation")]
    washout: Months = Field(description="for so long after the last dose a therapeutic antibody may show")

    def paths(self) -> tuple[str, ...]:
        return ("responses", "markers", "therapy")

    def spans(self) -> tuple[int, ...]:
        return (self.washout,)

    def turning_days(self, case: Case) -> Iterable[int]:
        """Also the days from which a panel is of another sample, or of another time, than an assessment on record."""
        yield from super().turning_days(case)
        found = [(timed.earliest, timed.latest) for timed in case.responses]
        found += [(timed.earliest, timed.latest) for timed in case.markers]
        for days in (self.near_days, self.same_days):
            yield from (day + days + 1 for first_and_last in found for day in first_and_last)

    @property
    def rules(self) -> CourseRules:
        return CourseRules(self.near_days, self.same_days, Antibodies(meant(self.antibodies), self.washout))

    def _compiled(self, judged: Judged, *, lists_whole: bool) -> CompiledOperator:
        """`lists_whole`: whether entries that a list may lack leave a verdict other than met unknown."""
        rules = self.rules

        def verdict(case: Case) -> int:
            found = _agreed(judged, standings(case, rules))
            lacking = case.may_lack("responses") or case.may_lack("markers")
            return UNKNOWN if lists_whole and lacking and found != MET else found

        def needs(case: Case) -> list[DataRequirement]:
            return _needs(case, steps(case, rules), rules.same_days, judged)

        return CompiledOperator(verdict, lambda case: _shown(case, rules), needs)


class ResponseStands(_Course):
    """Met when the category that stands is at least this one and nothing unconfirmed speaks against it."""

    keyword: ClassVar[str] = "response_stands"
    at_least: Literal["CR", "VGPR", "PR", "MR", "SD"]

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, ResponseStands)
            and self.same_but(other, "at_least")
            and RANK[self.at_least] >= RANK[other.at_least]
        )

    def compile(self, context: Context) -> CompiledOperator:
        wanted = RANK[self.at_least]

        def judged(state: Standing) -> int:
            if state.rank < 0 and state.unconfirmed < wanted:
                return UNKNOWN
            if state.rank < wanted:
                return UNKNOWN if state.unconfirmed >= wanted else NOT_MET
            return UNKNOWN if state.doubt is not None and state.doubt[0] < wanted else MET

        course = self._compiled(judged, lists_whole=True)

        def verdict(case: Case) -> int:
            # What a list lacks may be a loss, so that here it is the favourable verdict that waits.
            lacking = case.may_lack("responses") or case.may_lack("markers")
            return UNKNOWN if lacking else course.verdict(case)

        return CompiledOperator(verdict, course.observe, course.needs)

    def wording(self) -> str:
        return f"the response that stands is {self.at_least} or better"


class ResponseCourse(_Course):
    """`lost`: a confirmed loss of the best category, not made good. `ever_lost`: a confirmed loss, made good again or not.
    `doubted`: a lower assessment that the next one did not confirm."""

    keyword: ClassVar[str] = "response_course"
    reads: Literal["lost", "ever_lost", "doubted"]

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        if self.reads == "lost":
            return Modifiability.EVENT if met else Modifiability.TEST
        return Modifiability.EVENT if met else Modifiability.FIXED

    def compile(self, context: Context) -> CompiledOperator:
        judged: dict[str, Judged] = {
            "lost": _lost,
            "ever_lost": lambda state: _at_some_time(state, state.was_lost),
            "doubted": lambda state: _at_some_time(state, state.doubted),
        }
        return self._compiled(judged[self.reads], lists_whole=self.reads == "lost")

    def wording(self) -> str:
        return {
            "lost": "the response is lost, confirmed by a second assessment, and not regained",
            "ever_lost": "the response was lost, confirmed by a second assessment, and regained or not",
            "doubted": "a lower response was not confirmed by the next assessment",
        }[self.reads]


class ResponseLookedAt(_Course):
    """Met when serum and urine, or the response, were looked at in the last `within` calendar months and the response is not
    lost; not met when it is lost, confirmed; unknown while that is open, and when nobody has looked: what nobody looked at
    may have been lost. With `since_new_line` a look from before the newest line of therapy, or of the day it was begun, leaves
    it unknown."""

    keyword: ClassVar[str] = "response_looked_at"
    within: Months
    since_new_line: SinceNewLine = False

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, ResponseLookedAt)
            and self.same_but(other, "since_new_line")
            and self.since_new_line >= other.since_new_line
        )

    def spans(self) -> tuple[int, ...]:
        return (self.within, self.washout)

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def compile(self, context: Context) -> CompiledOperator:
        within, rules = self.within, self.rules

        def verdict(case: Case) -> int:
            lost = _agreed(_lost, standings(case, rules))
            if lost != NOT_MET:
                return MET - lost
            last = _last_look(case)
            if last is None or add_months(last[0], within) < case.as_of:
                return UNKNOWN
            return MET if not self.since_new_line or since_new_line(case, last[0]) else UNKNOWN

        def observe(case: Case) -> list[str]:
            last = _last_look(case)
            if last is None:
                return ["no day on which serum and urine were looked at is on record"]
            since = begun_since_texts(case, last[0]) if self.since_new_line else []
            return [f"last looked at: {last[1]}", *since]

        def margins(case: Case) -> list[Margin]:
            last = _last_look(case)
            if last is None:
                return []
            days = abs(add_months(last[0], within) - case.as_of)
            return [
                Margin(
                    "the last look at serum and urine",
                    iso(last[0]),
                    f"at most {within} months old",
                    days,
                    "day",
                    ages=True,
                )
            ]

        def needs(case: Case) -> list[DataRequirement]:
            if _agreed(_lost, standings(case, rules)) == UNKNOWN:
                return _needs(case, steps(case, rules), rules.same_days, _lost)
            last = _last_look(case) if self.since_new_line else None
            fresh = last is not None and add_months(last[0], within) >= case.as_of
            asked = open_new_lines(case, last[0]) if last is not None and fresh else []
            return asked or [DataRequirement("markers", PANEL)]

        return CompiledOperator(verdict, observe, needs, margins)

    def wording(self) -> str:
        text = f"serum and urine, or the response, looked at within {self.within} months and not found lost"
        return text + (NEWER_THAN_LINE if self.since_new_line else "")


def _lost(state: Standing) -> int:
    if state.rank < 0:
        return UNKNOWN if state.band else NOT_MET
    if state.lost:
        return MET
    return NOT_MET if state.doubt is None else UNKNOWN


def _at_some_time(state: Standing, happened: bool) -> int:
    """A band can have spoken against a response that is not on record."""
    return UNKNOWN if state.rank < 0 and state.band and not happened else of_bool(happened)


def _agreed(judged: Judged, found: Iterable[Standing] | None) -> int:
    """The verdict that every possible order gives; unknown where they differ or could not be looked at."""
    verdicts = {judged(state) for state in found} if found is not None else {UNKNOWN}
    return verdicts.pop() if len(verdicts) == 1 else UNKNOWN


def _last_look(case: Case) -> tuple[int, str] | None:
    """The newest day that is certain on which serum and urine, or the response, were looked at, with what was looked at."""
    looks = [
        (timed.earliest, f"response {timed.entry.category} {timed.when}")
        for timed in case.timed("responses")
        if timed.entry.category is not None and timed.entry.date is not None
    ]
    looks += [
        (timed.earliest, f"serum and urine panel {timed.when}")
        for timed in case.timed("markers")
        if timed.entry.date is not None and read_protein(case, timed, NO_ANTIBODIES).whole
    ]
    return max(looks, default=None)


def _needs(case: Case, course: list[Step], same_days: int, judged: Judged) -> list[DataRequirement]:
    """The one thing to ask: what an entry leaves out where that decides, else a new look."""
    unnamed = [step for step in course if step.panel is None and step.rank is None]
    if unnamed:
        path = f"{unnamed[-1].path}.category"
        return [DataRequirement(path, f"response category of {_when(unnamed[-1])}")]
    if all(step.panel is not None for step in course) or case.may_lack("responses"):
        return [DataRequirement("responses", "response to treatment (IMWG category)")]
    vague = [(place, step) for place, step in enumerate(course) if step.earliest != step.latest]
    for place, step in vague[:_MOST_TURNED]:
        if _turns(case, course, place, same_days, judged):
            what = "response" if step.panel is None else "serum and urine panel"
            return [DataRequirement(f"{step.path}.date", f"exact date of the {what} ({_when(step)})")]
    return [DataRequirement("markers", REPEAT)]


def _turns(case: Case, course: list[Step], place: int, same_days: int, judged: Judged) -> bool:
    """Whether the day of one vague entry decides: its first and its last day give different verdicts."""
    step = course[place]
    found = set()
    for day in (step.earliest, step.latest):
        changed = [*course[:place], step._replace(earliest=day, latest=day), *course[place + 1 :]]
        changed.sort(key=lambda item: (item.earliest, item.latest, item.panel is None, item.place))
        found.add(_agreed(judged, walked(case, changed, same_days)))
    return len(found) > 1


def _when(step: Step) -> str:
    if step.earliest == step.latest:
        return iso(step.earliest)
    return f"{iso(step.earliest)} to {iso(step.latest)}" if step.earliest > LONG_AGO else "date not recorded"


def _shown(case: Case, rules: CourseRules) -> list[str]:
    """The responses and what panels say of the M-protein, in order of time, and where the course stands."""
    shown = []
    panels = {timed.place: timed for timed in case.timed("markers")}
    responses = {timed.place: timed for timed in case.timed("responses")}
    for step in steps(case, rules):
        if step.panel is None:
            entry = responses[step.place]
            said = entry.entry.confirmed
            words = "" if said is None else (", confirmed" if said else ", not confirmed")
            explained = ", the band explained as another one" if step.explained else ""
            shown.append(f"response {entry.entry.category or 'not recorded'} {entry.when}{words}{explained}")
        elif step.panel.protein is not Protein.QUIET or step.panel.excludes:
            shown.append(f"panel {panels[step.place].when}: {step.panel.protein}")
    return [*shown, *_standing_words(standings(case, rules))] or ["no response on record"]


def _standing_words(found: frozenset[Standing] | None) -> list[str]:
    if not found or len(found) != 1:
        return []
    [state] = found
    if state.lost:
        fell = _CATEGORY.get(state.rank, "")
        again = "; again as good, but not confirmed" if state.again is not None and state.again[0] else ""
        return [f"{_CATEGORY[state.best]} lost and confirmed as {fell}{again}"]
    if state.doubt is not None:
        return [
            f"{_CATEGORY[state.rank]} in doubt: the lower assessment of {iso(state.doubt[1][0].latest)} is not confirmed"
        ]
    return []
