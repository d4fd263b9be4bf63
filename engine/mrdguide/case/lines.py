"""Lines of therapy: the start of treatment, what was begun anew, whether a later line answered an event."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..dates import add_months
from ..patient.said import Topic, says
from ..patient.stop_reasons import read_stop_reason
from ..patient.therapy import TherapyEntry
from .case import LONG_AGO, Case, Timed, once_per_case
from .doubts import plausible

# Phases that are begun when disease has to be treated, and those that are also given for other reasons.
TREATMENT = ("induction", "continuous", "transplant")
LOCAL = ("consolidation", "radiotherapy")
# Why therapy is begun, or ended, when disease has come back.
FOR_DISEASE = ("relapse", "resurgence")
# Reasons that have nothing to do with it.
EXPLAINED = ("toxicity", "access", "choice", "after-interruption")
_DISEASE: tuple[Topic, ...] = ("plasma-cell-disease", "returning-disease", "relapse")


def begun(case: Case) -> tuple[int, int]:
    """The first and the last day on which therapy can have begun; not before diagnosis where no start is recorded."""
    return case.once("therapy-begun", lambda: _begun(case), ("therapy", "therapy_complete", "diagnosis", "incomplete"))


def _begun(case: Case) -> tuple[int, int]:
    diagnosed = case.patient.diagnosis.date
    floor = diagnosed.earliest if diagnosed is not None else LONG_AGO
    starts = [
        (max(item.earliest, floor) if item.entry.begins is None else item.earliest, item.latest)
        for item in case.therapy
    ]
    if not starts or not case.therapy_is_whole():
        starts.append((floor, case.as_of))
    return min(first for first, _ in starts), min(last for _, last in starts)


def begun_anew(case: Case, timed: Timed[TherapyEntry]) -> bool | None:
    """Whether an entry of a case's therapy begins a new line, or treatment anew after an earlier maintenance or transplant.

    None where its line, phase or date leaves that open, for consolidation or radiotherapy after maintenance began, and for
    treatment begun long after other treatment of its line: only its reason explains that.
    """
    return _all_begun_anew(case)[timed.place]


def _begun_anew(case: Case, timed: Timed[TherapyEntry]) -> bool | None:
    entry = timed.entry
    if entry.line is not None and entry.line >= 2:
        return _first_of_its_line(case, timed, entry.line)
    if entry.phase == "relapse":
        return True
    if entry.phase is None:
        return None
    after = begun_after(case, timed)
    if after is True:
        return True if entry.phase in TREATMENT and _first_of_any_line(case, timed) else None
    open_ = after is None or entry.line is None or long_after_treatment(case, timed)
    return None if open_ else False


_all_begun_anew = once_per_case(
    lambda case: {timed.place: _begun_anew(case, timed) for timed in case.therapy},
    ("therapy", "therapy_complete", "incomplete"),
)


class Turn(NamedTuple):
    """A change of therapy that speaks, or may speak, of disease that came back: that a line was begun (or treatment anew, or
    anything because of disease), or that therapy was ended for it."""

    timed: Timed[TherapyEntry]
    earliest: int
    latest: int
    certain: bool
    is_end: bool = False


def turns_since(case: Case, day: int) -> list[Turn]:
    """The turns of therapy that were, or may have been, on a day or since, in order of time.

    What was found before a turn, or on its day, says nothing of what there was after it.
    """
    return [turn for turn in _turns(case) if turn.latest >= day]


def _find_turns(case: Case) -> list[Turn]:
    found = []
    for timed in case.therapy:
        if timed.doubted:
            continue
        entry = timed.entry
        for_disease = entry.start_reason in FOR_DISEASE
        if for_disease or begun_anew(case, timed) is not False:
            found.append(Turn(timed, timed.earliest, timed.latest, for_disease or bool(begun_anew(case, timed))))
        if entry.stop_reason is not None and read_stop_reason(entry.stop_reason) in FOR_DISEASE:
            end = entry.end
            first, last = (
                (timed.earliest, case.as_of)
                if end is None
                else (min(end.earliest, case.as_of), min(end.latest, case.as_of))
            )
            found.append(Turn(timed, first, last, True, is_end=True))
    return sorted(found, key=lambda turn: (turn.earliest, turn.latest))


_turns = once_per_case(_find_turns, ("therapy", "therapy_complete", "incomplete"))


def _first_of_its_line(case: Case, timed: Timed[TherapyEntry], line: int | None) -> bool | None:
    """Whether a line began with an entry; where the order is not known, only a reason of another one leaves it open."""
    found: bool | None = True
    for other in case.therapy:
        if other.place == timed.place or other.entry.line not in (line, None):
            continue
        if other.latest < timed.earliest and other.entry.line is not None:
            return False
        if other.earliest < timed.latest and other.entry.start_reason is not None:
            found = None
    return found


def _first_of_any_line(case: Case, timed: Timed[TherapyEntry]) -> bool:
    """Whether its line began with an entry whichever line it belongs to; one of the first line begins treatment anew."""
    if timed.entry.line is not None:
        return True
    later = {other.entry.line for other in case.therapy if other.entry.line is None or other.entry.line >= 2}
    return all(_first_of_its_line(case, timed, line) for line in (*later, None))


def begun_after(case: Case, timed: Timed[TherapyEntry]) -> bool | None:
    """Whether it began after an earlier maintenance; induction and continuous therapy also after a transplant.

    The only induction of the first line belongs before the transplant, whatever the dates of the two are; and before the
    maintenance where nobody wrote down when it was begun. A date on record wins.
    """
    phase = timed.entry.phase
    if phase not in (*TREATMENT, *LOCAL):
        return False
    if opened_the_course(case, timed):
        return False
    earlier = ["maintenance", None]
    if phase in ("induction", "continuous") and (timed.entry.line is None or _another(case, timed)):
        earlier.append("transplant")
    found: bool | None = False
    for other in case.therapy:
        if other.entry.phase not in earlier or other.place == timed.place:
            continue
        if other.latest < timed.earliest and other.entry.phase is not None:
            return True
        if other.earliest < timed.latest:
            found = None
    return found


def long_after_treatment(case: Case, timed: Timed[TherapyEntry]) -> bool:
    """Whether an induction begins longer after other treatment had ended than treatment of one line lies apart; so a
    transplant after another one. A transplant may be kept for later, so that an induction long before it says nothing."""
    phase, months = timed.entry.phase, int(plausible().therapy.longest_treatment_gap_months.value)
    if phase not in TREATMENT or timed.entry.begins is None:
        return False
    earlier = ("transplant",) if phase == "transplant" else TREATMENT
    ends = [_end(other) for other in case.therapy if other.entry.phase in earlier and other.entry.begins is not None]
    return any(end is not None and add_months(end, months) < timed.earliest for end in ends)


def _end(timed: Timed[TherapyEntry]) -> int | None:
    """The last day on which it can have ended, its start where no end is recorded; None where it goes on."""
    if timed.entry.end is not None:
        return timed.entry.end.latest
    return None if timed.entry.end_recorded and timed.entry.phase != "transplant" else timed.latest


def speaks_of_disease(case: Case, timed: Timed[TherapyEntry]) -> bool:
    """Whether its own words leave open that it was begun for disease: the name of its regimen, or of what was irradiated
    where that was not part of the first treatment."""
    regimen, site = words_of_disease(timed.entry)
    return regimen or (site and begun_anew(case, timed) is not False)


def words_of_disease(entry: TherapyEntry) -> tuple[bool, bool]:
    """Whether the name of a regimen may speak of relapse, and the site of radiotherapy of myeloma or relapse."""
    site = any(says(entry.site, topic) is not False for topic in _DISEASE)
    return says(entry.regimen, "relapse") is not False, site


def opened_the_course(case: Case, timed: Timed[TherapyEntry]) -> bool:
    """Whether an entry is the one undated induction of the first line, over or not said to go on, of a course with dates.

    All other therapy must say its phase: an entry that does not may be the induction that came first.
    """
    entry = timed.entry
    others = [other for other in case.therapy if other.place != timed.place]
    followed = [other for other in others if other.entry.phase == "maintenance"]
    return (
        (entry.phase, entry.line, entry.begins) == ("induction", 1, None)
        and any(other.entry.begins is not None for other in followed)
        and not timed.doubted
        and case.therapy_is_whole()
        and not any(other.entry.phase in ("induction", "continuous", None) for other in others)
        and (entry.end is not None or not entry.end_recorded)
        and (entry.end is None or all(entry.end.latest <= other.earliest for other in followed))
    )


def _another(case: Case, timed: Timed[TherapyEntry]) -> bool:
    """Whether another entry of its phase is on record."""
    return any(other.entry.phase in (timed.entry.phase, None) and other.place != timed.place for other in case.therapy)


def followed_by_line(case: Case, timed: Timed[Any], line: int) -> bool | None:
    """Whether a later line of therapy, at least this one, began on the day of an entry or after it; later also than its own,
    where the entry is therapy itself.

    What is found on the day judged no line has answered yet, whatever was begun that day.
    """
    if timed.earliest >= case.as_of:
        return False
    before = [item.entry.line for item in case.therapy if item.latest < timed.earliest and item.entry.line is not None]
    if isinstance(timed.entry, TherapyEntry) and timed.entry.line is not None:
        before.append(timed.entry.line)
    needed = max(line, max(before, default=1) + 1)
    found: bool | None = False
    for therapy in case.therapy:
        if therapy.entry is timed.entry or (therapy.entry.line is not None and therapy.entry.line < needed):
            continue
        if therapy.doubted:
            continue  # a line that is yet to begin, or cannot have begun then, answers nothing
        if therapy.earliest >= timed.latest and timed.latest < case.as_of and therapy.entry.line is not None:
            return True
        if therapy.latest >= timed.earliest:
            found = None
    return found
