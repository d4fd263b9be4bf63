"""A patient on a later day, under stated assumptions: therapy goes on, tests turn out negative at the same depth as before,
nothing else changes.

Entries dated after today are set aside, as they are for today's answer, and so are planned ends of therapy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Flag, auto

from ..case.case import Case
from ..dates import CalendarDate, iso
from ..patient.imaging import ImagingStudy
from ..patient.mrd import MrdTest
from ..patient.profile import Patient
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
    """A day (proleptic Gregorian ordinal) and the tests done on it, all negative."""

    day: int
    tests: Workup


class Future:
    """What the patient's profile would be on later days."""

    def __init__(self, rules: RuleBook, case: Case) -> None:
        self._patient = as_it_goes_on(case)
        self._assays = _assays(rules, case)
        self._rules = rules
        self.today = case.as_of

    def case(self, day: int, visits: Sequence[Visit] = ()) -> Case:
        """The case on a day, with the visits up to it."""
        done = [visit for visit in visits if visit.day <= day]
        marrow = tuple(
            test.model_copy(update={"date": _date(visit.day)})
            for visit in done
            if visit.tests & Workup.MARROW
            for test in self._assays
        )
        images = tuple(self._image(visit.day) for visit in done if visit.tests & Workup.IMAGING)
        panels = tuple(quiet_panel(visit.day) for visit in done if visit.tests)
        patient = self._patient
        if panels:
            patient = patient.model_copy(
                update={
                    "mrd": (*patient.mrd, *marrow), "imaging": (*patient.imaging, *images),
                    "markers": (*patient.markers, *panels),
                }
            )  # fmt: skip
        return Case(patient, day)

    def _image(self, day: int) -> ImagingStudy:
        return new_image(self._patient, day, "negative")

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


def as_it_goes_on(case: Case) -> Patient:
    """The profile without entries dated after today, and without planned ends of therapy."""
    patient = case.patient
    kept = {
        name: tuple(timed.entry for timed in sorted(case.timed(name), key=lambda timed: timed.place))
        for name in ("mrd", "imaging", "responses", "markers", "events", "toxicities", "therapy")
    }
    kept["therapy"] = tuple(
        entry.model_copy(update={"end": None}) if entry.end is not None and entry.end.earliest > case.as_of else entry
        for entry in kept["therapy"]
    )
    return patient.model_copy(update=kept)


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
