"""A patient on a later day, under stated assumptions: therapy goes on, tests turn out negative at the same depth as before,
nothing else changes.

What is judged is the record of today: entries set aside for today's answer stay so, an adverse one dated later stays of
unknown date on every day to come, and planned ends of therapy are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Flag, auto
from operator import attrgetter
from typing import NamedTuple

from ..case.case import Case
from ..case.doubts import DATED
from ..dates import CalendarDate, iso, parse_date
from ..errors import UsageError
from ..patient.imaging import ImagingStudy
from ..patient.markers import MarkerPanel
from ..patient.mrd import MrdTest
from ..patient.profile import Patient
from ..reading.arguments import instance_of, whole_number
from ..reading.numbers import scientific
from ..rulebook.book import RuleBook
from ..rulebook.possible_panels import quiet_panel
from ..rulebook.possible_results import GOOD_SAMPLE, new_image


class Workup(Flag):
    """Which tests are done on a day (and are negative). With marrow or imaging serum and urine are looked at as well."""

    NONE = 0
    MARROW = auto()
    IMAGING = auto()
    BOTH = MARROW | IMAGING
    SERUM = auto()


@dataclass(frozen=True, slots=True)
class Visit:
    """A day (proleptic Gregorian ordinal) and the tests done on it, all negative. Make one with `Visit.on`.

    Raises:
        UsageError: `day` is not an ordinal, or `tests` is not a `Workup`.
    """

    day: int
    tests: Workup

    def __post_init__(self) -> None:
        whole_number("day", self.day, 1, date.max.toordinal())
        instance_of(Workup, "tests", self.tests, "mrdguide.Workup.MARROW, IMAGING or BOTH")

    @classmethod
    def on(cls, day: str | date, tests: Workup = Workup.BOTH) -> Visit:
        """Tests on a day given as YYYY-MM-DD or as a date.

        Raises:
            UsageError: it is not a single calendar day.
        """
        try:
            found = parse_date(day)
        except ValueError as error:
            raise UsageError(f"day: {error}") from None
        if not found.exact:
            raise UsageError(f"day: '{day}' is not a single day; give YYYY-MM-DD")
        return cls(found.earliest, tests)


class _Results(NamedTuple):
    """The entries of a visit, by the lists of the profile that they are added to."""

    mrd: tuple[MrdTest, ...]
    imaging: tuple[ImagingStudy, ...]
    markers: tuple[MarkerPanel, ...]


# The lists of the profile to which a visit adds.
VISITED = _Results._fields


class Future:
    """What the patient's profile would be on later days."""

    def __init__(self, rules: RuleBook, case: Case) -> None:
        self._patient, self._doubted = as_it_goes_on(case)
        self._assays = _assays(rules, case)
        self._rules = rules
        self.today = case.as_of
        # What nobody doubts today about facts without a date is doubted on no later day either.
        self._undoubted = None if Case(self._patient, self.today).doubts else self._patient
        self._results: dict[Visit, _Results] = {}

    def case(self, day: int, visits: Sequence[Visit] = ()) -> Case:
        """The case on a day, with the visits up to it."""
        done = [self._found(visit) for visit in visits if visit.day <= day and visit.tests]
        patient = self._patient
        if done:
            update = {
                name: (*getattr(patient, name), *(entry for results in done for entry in getattr(results, name)))
                for name in VISITED
            }
            patient = patient.model_copy(update=update)
        return Case(patient, day, undoubted=self._undoubted, doubted=self._doubted)

    def _found(self, visit: Visit) -> _Results:
        """The results of a visit; many days are asked about the same one."""
        found = self._results.get(visit)
        if found is None:
            marrow = self._assays if visit.tests & Workup.MARROW else ()
            found = self._results[visit] = _Results(
                tuple(test.model_copy(update={"date": _date(visit.day)}) for test in marrow),
                (self._image(visit.day),) if visit.tests & Workup.IMAGING else (),
                (quiet_panel(visit.day),),
            )
        return found

    def _image(self, day: int) -> ImagingStudy:
        return new_image(self._patient, day, "negative", self._rules.interpretation.imaging)

    @property
    def imaging_by(self) -> str:
        """The modality that can show this patient's disease: PET-CT only where it was FDG-avid."""
        return self._image(self.today).modality or "imaging"

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is assumed, in words."""
        assays = " and ".join(
            f"{test.method} (limit of detection {scientific(test.limit_of_detection or 1)})" for test in self._assays
        )
        return (
            "therapy that goes on today goes on unchanged",
            f"marrow is tested in a good sample by {assays or 'an assay that counts'}, and is negative",
            f"functional imaging is done ({self.imaging_by}) and is negative",
            "serum and urine are looked at with every test of marrow or imaging, and are quiet",
            "nothing else changes: no event, no new drug, no other result",
        )


class GoingOn(NamedTuple):
    """The profile of later days, and the entries whose date is doubted today, by list and place: it is taken out, and the doubt
    stays."""

    patient: Patient
    doubted: dict[tuple[str, int], str]


def as_it_goes_on(case: Case) -> GoingOn:
    """The profile without entries dated after today, and without planned ends of therapy."""
    timed = {name: sorted(case.timed(name), key=attrgetter("place")) for name in DATED}
    kept = {name: tuple(item.entry for item in items) for name, items in timed.items()}
    kept["therapy"] = tuple(
        entry.model_copy(update={"end": None}) if entry.end is not None and entry.end.earliest > case.as_of else entry
        for entry in kept["therapy"]
    )
    doubted = {
        (name, place): item.doubted for name, items in timed.items() for place, item in enumerate(items) if item.doubted
    }
    return GoingOn(case.patient.model_copy(update={**kept, "recorded": None}), doubted)


def _assays(rules: RuleBook, case: Case) -> tuple[MrdTest, ...]:
    """One marrow test by each method used so far that counts, as deep as it last was.

    Where none of them is deep enough for any threshold of the book (or there is none), the assay that the book asks for.
    """
    reading = rules.interpretation.marrow_mrd
    newest: dict[str, MrdTest] = {}
    for timed in case.mrd:
        test = timed.entry
        if (
            test.method in reading.methods
            and test.specimen in reading.specimens
            and test.limit_of_detection is not None
        ):
            newest[test.method] = test
    depths = {method: test.limit_of_detection or 1.0 for method, test in newest.items()}
    shallowest = max(rules.thresholds.by_path.get("mrd", (0.0,)))
    if reading.ask_limit_of_detection is not None and all(depth > shallowest for depth in depths.values()):
        depths = {reading.methods[0]: reading.ask_limit_of_detection}
    return tuple(
        MrdTest.model_validate(
            {
                "specimen": reading.specimens[0], "method": method, "limit_of_detection": depth,
                "result": "not-detected", "quality": GOOD_SAMPLE,
            }
        )
        for method, depth in depths.items()
    )  # fmt: skip


def _date(day: int) -> CalendarDate:
    return CalendarDate(day, day, iso(day))
