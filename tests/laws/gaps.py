"""What a profile leaves unknown, and the values it could turn out to have.

Left aside on purpose: what is written down only when it is found or happens (events, toxicities, further therapy,
functional high risk, TP53 clonal haematopoiesis, a count of circulating plasma cells), where absent means not; a new dated test, which is a new event, and
likewise what a panel of markers did not measure; that a mild toxicity is unacceptable, which somebody has to say; the
quality of a sample, which counts as good until something else is recorded and is flagged; and a result that the
laboratory itself called indeterminate, which is an answer; and what somebody says cannot be had any more.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

import mrdguide
from mrdguide.case.case import Case
from mrdguide.case.imaging import fdg_avid
from mrdguide.case.lines import opened_the_course

from .judging import shipped
from .patients import AS_OF, CYTOGENETICS, DRUGS, LABS, LEVELS, LIMITS, METHODS, Profile, days, therapies

Path = tuple[str | int, ...]
Gap = tuple[Path, st.SearchStrategy[Any]]

_YES_NO = st.booleans()
_SCORES = st.integers(1, 5)
_UNTESTED = (None, "not-tested", "failed")


def gaps(profile: Profile) -> list[Gap]:
    """Everything unknown: where it would be recorded, and what could stand there."""
    found = [*_single_facts(profile), *_cytogenetics(profile), *_entries(profile), *_whole_lists(profile)]
    given_up = {item["what"] for item in profile.get("unobtainable") or ()}
    return [(path, values) for path, values in found if not _belongs_to(path, given_up)]


def _belongs_to(path: Path, facts: set[str]) -> bool:
    """Whether a place belongs to a fact that somebody says cannot be had any more."""
    place = ".".join(map(str, path))
    return any(place == fact or place.startswith(f"{fact}.") for fact in facts)


def filled(profile: Profile, path: Path, value: Any) -> Profile:
    """A copy with one thing filled in; a bare status becomes a mapping where a detail is added to it."""
    copy = deepcopy(profile)
    here: Any = copy
    for part in path[:-1]:
        if isinstance(here, dict) and here.get(part) is None:
            here[part] = {}
        elif isinstance(here, dict) and isinstance(here[part], str):
            here[part] = {"status": here[part]}
        here = here[part]
    here[path[-1]] = value
    return copy


def at(profile: Profile, path: Path) -> Any:
    """What stands at a path; None where nothing does. A bare word is a status."""
    here: Any = profile
    for part in path:
        if isinstance(here, str):
            return here if part == "status" else None
        here = here.get(part) if isinstance(here, dict) else here[int(part)]
        if here is None:
            return None
    return here


def _single_facts(profile: Profile) -> Iterator[Gap]:
    possible: dict[Path, st.SearchStrategy[Any]] = {
        ("birth_year",): st.sampled_from([1935, 1961, 2007, 2008, 2009]),
        ("sex",): st.sampled_from(["female", "male"]),
        ("ecog",): st.integers(0, 4),
        ("baseline", "fdg_avid"): st.just(True) if _shown_to_be_avid(profile) else _YES_NO,
        ("baseline", "labs", "ldh", "upper_limit"): st.sampled_from([50.0, 250.0, 900.0]),
        ("surveillance", "feasible"): _YES_NO,
        ("preference", "stop"): _YES_NO,
        **{("baseline", "labs", name): values for name, values in LABS.items()},
    }
    for path, values in possible.items():
        if at(profile, path) is None and (path[-1] != "upper_limit" or at(profile, path[:-1]) is not None):
            yield path, values
    yield from _date(profile, ("diagnosis", "date"))
    emd = ("baseline", "extramedullary_disease", "status")
    if at(profile, emd) in _UNTESTED:
        yield emd, st.sampled_from(["absent", "present"])


def _shown_to_be_avid(profile: Profile) -> bool:
    """Whether a PET-CT of the time of diagnosis says already what is not written down."""
    case = Case(mrdguide.read_patient(profile), AS_OF.toordinal())
    return fdg_avid(case, shipped().interpretation.imaging) is True


def _cytogenetics(profile: Profile) -> Iterator[Gap]:
    details: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "del_17p": {"fraction": st.sampled_from([0.05, 0.2, 0.21, 0.9]), "cd138_sorted": _YES_NO},
        "gain_1q": {"copies": st.sampled_from([3, 4])},
        "del_1p32": {"zygosity": st.sampled_from(["monoallelic", "biallelic"])},
    }
    for name in CYTOGENETICS:
        path: Path = ("baseline", "cytogenetics", name)
        status = at(profile, (*path, "status"))
        if status in _UNTESTED:
            yield (*path, "status"), st.sampled_from(["absent", "present"])
        for detail, values in details.get(name, {}).items() if status == "present" else []:
            if at(profile, (*path, detail)) is None:
                yield (*path, detail), values


def _entries(profile: Profile) -> Iterator[Gap]:
    for index, test in enumerate(profile["mrd"]):
        yield from _date(profile, ("mrd", index, "date"))
        values = {
            "specimen": st.sampled_from(["marrow", "blood"]),
            "method": st.sampled_from(METHODS),
            "limit_of_detection": st.sampled_from(
                [limit for limit in LIMITS if limit <= (test.get("level") or 1)] or [1e-9]
            ),
            "result": st.sampled_from(["not-detected", "detected", "failed"]),
        }
        if test.get("result") in ("detected", None):
            # An assay that finds disease finds it at its limit of detection or above.
            least = test.get("limit_of_detection") or 0
            values["level"] = st.sampled_from([level for level in LEVELS if level >= least])
        yield from _missing(profile, ("mrd", index), values)
    for index, _ in enumerate(profile["imaging"]):
        yield from _date(profile, ("imaging", index, "date"))
        yield from _missing(profile, ("imaging", index), {
            "modality": st.sampled_from(["PET-CT", "WB-DWI-MRI"]), "deauville_focal": _SCORES,
            "deauville_marrow": _SCORES, "rac": _SCORES, "new_lesion": _YES_NO,
            "conclusion": st.sampled_from(["negative", "positive", "indeterminate"]),
        })  # fmt: skip
    for index, entry in enumerate(profile["therapy"]):
        phase = entry.get("phase")
        yield from _start(profile, index, "date" if phase == "transplant" else "start")
        if phase != "transplant":
            yield from _end(profile, index)
        values = {"line": st.integers(1, 3)}
        if not entry.get("regimen"):  # a regimen may name its drugs
            values["drugs"] = st.lists(st.sampled_from(DRUGS), max_size=2, unique=True)
        if phase == "transplant":
            values["kind"] = st.sampled_from(["autologous", "tandem-autologous", "allogeneic"])
        if phase is None:
            values["phase"] = st.sampled_from(
                ["induction", "consolidation", "maintenance", "continuous", "radiotherapy", "relapse"]
            )
        yield from _missing(profile, ("therapy", index), values)
    for index, _ in enumerate(profile["responses"]):
        yield from _date(profile, ("responses", index, "date"))
        yield from _missing(profile, ("responses", index), {"category": st.sampled_from(["sCR", "CR", "VGPR", "PD"])})
    for index, _ in enumerate(profile["events"]):
        yield from _date(profile, ("events", index, "date"))
    for index, _ in enumerate(profile["toxicities"]):
        yield from _date(profile, ("toxicities", index, "date"))
        values = {"status": st.sampled_from(["ongoing", "resolved"]), "grade": st.integers(1, 4)}
        grade = profile["toxicities"][index].get("grade")
        if grade is None or grade >= 3:
            values["unacceptable"] = _YES_NO
        yield from _missing(profile, ("toxicities", index), values)
    for index, panel in enumerate(profile["markers"]):
        yield from _date(profile, ("markers", index, "date"))
        values = {
            "involved_light_chain": st.sampled_from(["kappa", "lambda"]),
            "attribution": st.sampled_from(["myeloma", "benign"]),
        }
        if "positive" in (panel.get("serum_immunofixation"), panel.get("urine_immunofixation")):
            values["original_isotype"] = _YES_NO
            values["therapeutic_antibody_excluded"] = _YES_NO
        yield from _missing(profile, ("markers", index), values)


def _whole_lists(profile: Profile) -> Iterator[Gap]:
    """An empty therapy list says nothing about therapy, and no response on record leaves the response open."""
    if not profile["therapy"]:
        # A later line answers a relapse on record; like the relapse it is written down when it begins.
        first_line = therapies().map(lambda item: {**item, "line": 1})
        yield ("therapy",), st.lists(first_line, min_size=1, max_size=3)
    if not profile["responses"]:
        # Progressive disease is left aside: it is an event too, written down when it happens.
        category = st.sampled_from(["sCR", "CR", "VGPR", "PR", "SD"])
        yield ("responses",), category.map(lambda word: [{"date": "2026-10-01", "category": word}])


def _missing(profile: Profile, path: Path, values: dict[str, st.SearchStrategy[Any]]) -> Iterator[Gap]:
    for name, strategy in values.items():
        if at(profile, (*path, name)) is None:
            yield (*path, name), strategy


def _date(profile: Profile, path: Path) -> Iterator[Gap]:
    """A day for a date that is left out or vague; what is on record has happened while the record went on."""
    text = at(profile, path)
    recorded = profile.get("recorded")
    until = AS_OF if recorded is None else min(AS_OF, _span(recorded)[1])
    if text is None:
        yield path, days(date(2015, 1, 1), until)
    elif len(text) < 10:
        first, last = _span(text)
        yield path, days(first, min(last, until) if first <= until else last, vague=False)


def _start(profile: Profile, index: int, name: str) -> Iterator[Gap]:
    before = _before_maintenance(profile, index)
    path: Path = ("therapy", index, name)
    if before is None:
        yield from _date(profile, path)
    else:
        yield path, days(date(2010, 1, 1), before)


def _before_maintenance(profile: Profile, index: int) -> date | None:
    """The last day before maintenance for the only induction of the first line, undated, which came before it."""
    case = Case(mrdguide.read_patient(profile), AS_OF.toordinal())
    timed = next((item for item in case.therapy if item.place == index), None)
    if timed is None or not opened_the_course(case, timed):
        return None
    starts = [item["start"] for item in profile["therapy"] if item.get("phase") == "maintenance" and item.get("start")]
    return min(_span(start)[0] for start in starts) - timedelta(1)


def _end(profile: Profile, index: int) -> Iterator[Gap]:
    path: Path = ("therapy", index, "end")
    before = _before_maintenance(profile, index)
    if before is not None and "end" not in profile["therapy"][index]:
        yield path, days(date(2010, 1, 1), before)
    elif "end" not in profile["therapy"][index]:
        yield path, st.one_of(st.none(), days(date(2018, 1, 1), date(2027, 12, 31)))
    elif (text := at(profile, path)) is not None and len(text) < 10:
        yield path, days(*_span(text), vague=False)


def _span(text: str) -> tuple[date, date]:
    year, month = int(text[:4]), int(text[5:7] or 0)
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    if len(text) == 10:
        return date.fromisoformat(text), date.fromisoformat(text)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def contradicts_itself(study: Profile) -> bool:
    """Whether parts of an image's report exclude each other: something to be corrected, not a gap.

    A conclusion against the scores, a new lesion with a response category under 4, scores of PET and MRI in one study.
    A response category of 2 or 3 is neither negative nor positive whatever the conclusion says.
    """
    scores = [study.get("deauville_focal"), study.get("deauville_marrow")]
    rac, conclusion, new_lesion = study.get("rac"), study.get("conclusion"), study.get("new_lesion")
    shows_disease = bool(new_lesion) or any((score or 0) >= 4 for score in scores) or (rac or 0) >= 4
    shows_none = not shows_disease and (rac == 1 or (all(scores) and new_lesion is False))
    return (
        (shows_disease and conclusion == "negative")
        or (shows_none and conclusion in ("positive", "indeterminate"))
        or (rac is not None and any(scores))
        or (rac in (1, 2, 3) and bool(new_lesion))
        or (rac in (2, 3) and conclusion in ("negative", "positive"))
    )
