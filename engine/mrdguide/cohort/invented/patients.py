"""Invented patients: one profile for a seed and a number. They are for tests, teaching and measuring, and show nothing of any disease.

A course is drawn first (risk, therapy, when MRD goes and comes back), then what a centre of some diligence has recorded of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ...dates import add_months
from .drawing_lots import Lots
from .parameters import Centre, Parameters, RiskGroup, parameters

Profile = dict[str, Any]
_DAYS_OF_A_YEAR, _DAYS_OF_TENFOLD = 365.25, 300


@dataclass(frozen=True, slots=True)
class _Course:
    """What happened, whether or not it is recorded. `back` is the day on which MRD came back, `worse` that of progression."""

    diagnosed: date
    age: int
    risk: RiskGroup
    transplant: date | None
    maintenance: date | None
    stopped: date | None
    negative: bool
    back: date | None
    worse: date | None
    end: date


def invented(seed: int, number: int) -> Profile:
    """The profile of the patient with this number; the same for the same seed, whoever else is invented."""
    numbers, lots = parameters(), Lots(seed, number)
    centre = numbers.centre[lots.weighed({name: item.share for name, item in numbers.centre.items()})]
    course = _course(numbers, lots)
    record = _Record(numbers, lots, centre, course)
    profile: Profile = {"id": f"invented-{seed}-{number}", **record.front(), "therapy": record.therapy()}
    profile.update(responses=record.responses(), mrd=record.marrow(), imaging=record.imaging(), markers=record.panels())
    profile.update(events=record.events(), toxicities=record.toxicities(), **record.back())
    if lots.happens(numbers.implausible):
        _make_implausible(profile, lots, course)
    return profile


def _course(numbers: Parameters, lots: Lots) -> _Course:
    end = date.fromisoformat(numbers.recorded)
    first, last = date.fromisoformat(numbers.first_diagnosis), date.fromisoformat(numbers.last_diagnosis)
    diagnosed = first + timedelta(lots.between(0, (last - first).days))
    age = round(lots.spread(numbers.age_at_diagnosis))
    risk = numbers.risk[lots.weighed({name: item.share for name, item in numbers.risk.items()})]
    transplanted = age <= numbers.transplant.up_to_age and lots.happens(numbers.transplant.share)
    transplant = _later(diagnosed, lots.between(5, 8), lots) if transplanted else None
    kept_up = lots.happens(numbers.maintenance.share)
    maintenance = _later(transplant or diagnosed, 3 if transplanted else lots.between(7, 12), lots) if kept_up else None
    begun = maintenance or transplant or _later(diagnosed, 8, lots)
    negative = lots.happens(risk.negative)
    back = _after(begun, lots.years_until(risk.back_a_year), end) if negative else begun
    if negative:
        worse = _after(back, lots.spread(numbers.after_conversion_months) / 12, end) if back is not None else None
    else:
        worse = _after(begun, lots.years_until(risk.worse_a_year), end)
    stopped = _after(begun, lots.years_until(numbers.maintenance.stopped_a_year), worse or end) if kept_up else None
    return _Course(diagnosed, age, risk, transplant, maintenance, stopped, negative, back, worse, end)


def _later(day: date, months: int, lots: Lots) -> date:
    return date.fromordinal(add_months(day.toordinal(), months) + lots.between(-12, 12))


def _after(day: date, years: float, end: date) -> date | None:
    """A day some years later; None where that is after the record ends."""
    if not math.isfinite(years):
        return None
    found = day.toordinal() + round(years * _DAYS_OF_A_YEAR)
    return date.fromordinal(found) if found < end.toordinal() else None


class _Record:
    """What a centre has recorded of a course."""

    def __init__(self, numbers: Parameters, lots: Lots, centre: Centre, course: _Course) -> None:
        self._numbers, self._lots, self._centre, self._course = numbers, lots, centre, course

    def front(self) -> Profile:
        """Who it is, the diagnosis, and the values at diagnosis."""
        lots, course = self._lots, self._course
        found: Profile = {"birth_year": course.diagnosed.year - course.age, "sex": lots.one_of(("female", "male"))}
        if self._recorded():
            found["ecog"] = lots.one_of((0, 0, 1, 1, 1, 2))
        found["recorded"] = self._numbers.recorded
        found["diagnosis"] = {"disease": lots.weighed(self._numbers.disease), "date": self._date(course.diagnosed)}
        found["baseline"] = self._baseline()
        return found

    def _baseline(self) -> Profile:
        lots, risk = self._lots, self._course.risk
        labs: Profile = {}
        if self._recorded():
            labs["beta2_microglobulin"] = {"value": lots.between(15, 90) / 10, "unit": "mg/L"}
        if self._recorded():
            labs["albumin"] = {"value": lots.between(26, 46), "unit": "g/L"}
        if self._recorded():
            value = lots.between(260, 520) if lots.happens(risk.ldh_high) else lots.between(110, 245)
            labs["ldh"] = {"value": value, "unit": "U/L", "upper_limit": 250}
        if self._recorded():
            labs["creatinine"] = {"value": lots.between(50, 140), "unit": "umol/L"}
        found: Profile = {
            "labs": labs,
            "cytogenetics": {name: word for name in self._numbers.lesions if (word := self._lesion())},
        }
        if self._recorded():
            found["extramedullary_disease"] = "present" if lots.happens(risk.extramedullary) else "absent"
        if self._recorded():
            found["circulating_plasma_cells_percent"] = 0 if lots.happens(0.9) else lots.between(1, 8)
        if self._recorded():
            found["fdg_avid"] = lots.happens(0.85)
        return found

    def _lesion(self) -> str:
        if not self._recorded():
            return self._lots.one_of(("", "not-tested", "failed"))
        return "present" if self._lots.happens(self._course.risk.lesions) else "absent"

    def therapy(self) -> list[Profile]:
        """Induction, transplant, maintenance, and a second line after progression."""
        lots, course = self._lots, self._course
        ends = course.transplant or course.maintenance or _later(course.diagnosed, 8, lots)
        found = [self._phase("induction", 1, course.diagnosed + timedelta(lots.between(3, 25)), ends - timedelta(30))]
        found[0]["regimen"] = lots.weighed(self._numbers.regimen)
        if course.transplant is not None:
            found.append(
                {"phase": "transplant", "line": 1, "kind": "autologous", "date": self._date(course.transplant)}
            )
        if course.maintenance is not None and course.maintenance < (course.worse or course.end):
            found.append(self._maintenance(course.maintenance))
        if course.worse is not None:
            start = course.worse + timedelta(lots.between(5, 40))
            found.append({"phase": "relapse", "line": 2, "regimen": "KRd", "start": self._date(start),
                          "end": None, "start_reason": "relapse"})  # fmt: skip
        return found

    def _maintenance(self, start: date) -> Profile:
        course, drugs = self._course, self._lots.weighed(self._numbers.maintenance.drugs).split(", ")
        ends = min((day for day in (course.stopped, course.worse) if day is not None), default=None)
        found = self._phase("maintenance", 1, start, ends)
        if self._recorded():
            found["drugs"] = drugs
        if self._lots.happens(self._numbers.maintenance.end_not_recorded):
            del found["end"]
        return found

    def _phase(self, phase: str, line: int, start: date, end: date | None) -> Profile:
        ends = self._date(end) if end is not None and end > start else None
        begins = self._date(start)
        # Vague dates of a short phase can contradict each other; a centre that knows only the year would say so of both.
        if ends is not None and ends < begins[: len(ends)]:
            ends = end.isoformat() if end is not None else None
        return {"phase": phase, "line": line, "start": begins, "end": ends}

    def responses(self) -> list[Profile]:
        """A response after induction, a complete one where MRD went, and progression."""
        course, lots = self._course, self._lots
        found: list[Profile] = []
        begun = course.maintenance or course.transplant or _later(course.diagnosed, 8, lots)
        if self._recorded() and begun < course.end:
            found.append({"date": self._date(begun), "category": lots.one_of(("VGPR", "CR", "PR"))})
        if course.negative and self._recorded():
            found += self._entry_by(_later(begun, 6, lots), {"category": lots.one_of(("CR", "sCR")), "confirmed": True})
        if course.worse is not None and self._recorded():
            found.append({"date": self._date(course.worse), "category": "PD", "confirmed": lots.happens(0.8)})
        return found

    def _entry_by(self, day: date, entry: Profile) -> list[Profile]:
        return [{"date": self._date(day), **entry}] if day < (self._course.worse or self._course.end) else []

    def marrow(self) -> list[Profile]:
        """MRD tests, about as often as planned, as deep as the method of the centre."""
        method = self._lots.weighed(self._numbers.tests.methods)
        return [self._test(day, method) for day in self._days("marrow")]

    def _test(self, day: date, method: str) -> Profile:
        lots, tests = self._lots, self._numbers.tests
        limit = float(lots.one_of(tests.limits[method]))
        found: Profile = {"date": self._date(day), "specimen": "blood" if lots.happens(tests.other_specimen) else "marrow",
                          "method": method}  # fmt: skip
        if self._recorded():
            found["limit_of_detection"] = limit
        level = self._level(day)
        if lots.happens(tests.failed):
            found["result"] = lots.one_of(("failed", "indeterminate"))
        elif level is not None and level >= limit:
            found.update(result="detected", level=float(f"{level:.1e}"))
        else:
            found["result"] = "not-detected"
        quality: Profile = {"hemodiluted": lots.happens(tests.hemodiluted)} if self._recorded() else {}
        quality |= {"first_pull": True} if self._recorded() else {}
        if method == "NGS" and self._recorded():
            quality["trackable_clone"] = lots.happens(0.96)
        return found | ({"quality": quality} if quality else {})

    def _level(self, day: date) -> float | None:
        """The fraction of cells that are of the disease; it grows once it is back."""
        back = self._course.back
        if back is None or day < back:
            return None
        if not self._course.negative:
            return 2e-4
        return min(0.3, 2e-6 * 10 ** ((day - back).days / _DAYS_OF_TENFOLD))

    def imaging(self) -> list[Profile]:
        """PET-CT, or whole-body MRI now and then."""
        lots, course, found = self._lots, self._course, list[Profile]()
        for day in self._days("imaging"):
            positive = (course.worse is not None and day >= course.worse - timedelta(90)) or lots.happens(
                self._numbers.tests.imaging_positive_when_quiet
            )
            entry: Profile = {"date": self._date(day), "conclusion": "positive" if positive else "negative"}
            if lots.happens(0.9):
                score = 5 if positive else lots.one_of((1, 2, 2, 3))
                entry.update(
                    modality="PET-CT", deauville_focal=score, deauville_marrow=min(score, 3), new_lesion=positive
                )
            else:
                entry.update(modality="WB-DWI-MRI", rac=5 if positive else lots.one_of((1, 2)))
            found.append(entry)
        return found

    def panels(self) -> list[Profile]:
        """Serum and urine, the last few."""
        lots, course, found = self._lots, self._course, list[Profile]()
        for day in self._days("panel")[-self._numbers.tests.panels_kept :]:
            sick = course.worse is not None and day >= course.worse - timedelta(30)
            entry: Profile = {
                "date": self._date(day),
                "serum_m_protein": {"value": lots.between(6, 30) if sick else 0, "unit": "g/L"},
            }
            if self._recorded():
                entry["urine_m_protein"] = {"value": 0, "unit": "mg/(24.h)"}
            if self._recorded():
                entry["kappa"] = {"value": lots.between(60, 190) / 10, "unit": "mg/L"}
                entry["lambda"] = {"value": lots.between(70, 200) / 10, "unit": "mg/L"}
            if self._recorded():
                entry["serum_immunofixation"] = "positive" if sick else "negative"
                entry["urine_immunofixation"] = "negative"
            found.append(entry)
        return found

    def events(self) -> list[Profile]:
        """Progression, and now and then a second cancer."""
        course, lots, found = self._course, self._lots, list[Profile]()
        if course.worse is not None and self._recorded():
            found.append(
                {"date": self._date(course.worse), "kind": "progression", "status": lots.one_of(("active", "resolved"))}
            )
        second = _after(course.diagnosed, lots.years_until(self._numbers.second_cancer_a_year), course.end)
        if second is not None:
            found.append({"date": self._date(second), "kind": "second-primary-malignancy", "status": "active"})
        return found

    def toxicities(self) -> list[Profile]:
        """A side effect of maintenance in some."""
        numbers, lots, course = self._numbers.toxicity, self._lots, self._course
        if course.maintenance is None or not lots.happens(numbers.share):
            return []
        entry = {"term": lots.one_of(("neutropenia", "diarrhoea", "rash", "neuropathy")), "grade": lots.between(1, 3),
                 "status": lots.one_of(("ongoing", "resolved")), "unacceptable": lots.happens(numbers.unacceptable)}  # fmt: skip
        return self._entry_by(course.maintenance + timedelta(lots.between(30, 900)), entry)

    def back(self) -> Profile:
        """What is agreed and wished, and which lists may lack entries."""
        lots, found = self._lots, Profile()
        if self._recorded():
            found["surveillance"] = {"feasible": lots.happens(self._numbers.surveillance_feasible)}
        if self._recorded():
            found["preference"] = {"stop": lots.happens(self._numbers.wishes_to_stop)}
        lists = ("therapy", "responses", "mrd", "imaging", "events", "toxicities")
        open_ = [name for name in lists if lots.happens(self._centre.incomplete_list)]
        return found | ({"incomplete": open_} if open_ else {})

    def _days(self, kind: str) -> list[date]:
        """The days of tests of a kind: from the begin of maintenance on, some of them skipped."""
        course, found = self._course, list[date]()
        months = self._numbers.tests.months_apart[kind]  # type: ignore[index]
        day = course.maintenance or course.transplant or _later(course.diagnosed, 8, self._lots)
        last = min(course.end, (course.worse or course.end) + timedelta(60))
        while day < last:
            if not self._lots.happens(self._centre.test_skipped):
                found.append(day)
            day = date.fromordinal(add_months(day.toordinal(), months) + self._lots.between(-40, 55))
        return found

    def _recorded(self) -> bool:
        return not self._lots.happens(self._centre.not_recorded)

    def _date(self, day: date) -> str:
        """A day as the centre knows it."""
        if self._lots.happens(self._centre.vague_year):
            return day.isoformat()[:4]
        return day.isoformat()[:7] if self._lots.happens(self._centre.vague_month) else day.isoformat()


def _make_implausible(profile: Profile, lots: Lots, course: _Course) -> None:
    """One entry that cannot be."""
    kind = lots.one_of(("unit", "before the diagnosis", "cells"))
    if kind == "unit":
        profile["baseline"]["labs"]["beta2_microglobulin"] = {"value": lots.between(1500, 6000) / 1000, "unit": "ug/L"}
    elif kind == "before the diagnosis" and profile["mrd"]:
        profile["mrd"][0]["date"] = (course.diagnosed - timedelta(lots.between(200, 900))).isoformat()
    elif profile["mrd"]:
        profile["mrd"][-1].update(limit_of_detection=1e-7)
        profile["mrd"][-1].setdefault("quality", {})["cells"] = 200_000
