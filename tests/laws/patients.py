"""Invented patients as plain profiles: realistic courses of myeloma with gaps, imprecise dates and odd tests.

Most are a complete patient inside the envelope of the cessation studies, changed in a few places: there one more fact
can tip the balance. The others may be anything a profile can hold.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Profile = dict[str, Any]

AS_OF = date(2026, 11, 21)
LISTS = ("therapy", "responses", "mrd", "imaging", "markers", "events", "toxicities")
CYTOGENETICS = ("del_17p", "tp53_mutation", "t_4_14", "t_14_16", "t_14_20", "gain_1q", "del_1p32")
EVENTS = (
    "progression", "clinical-relapse", "mrd-resurgence", "second-primary-malignancy",
    "therapy-related-myeloid-neoplasm", "unexplained-cytopenia", "extramedullary-disease",
)  # fmt: skip
DISEASES = (
    "multiple-myeloma", "smoldering-myeloma", "mgus", "plasma-cell-leukemia", "al-amyloidosis",
    "solitary-plasmacytoma", "other",
)  # fmt: skip
METHODS = ("NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry")
LEVELS = (5e-8, 1e-7, 4e-7, 9.9e-7, 1e-6, 3e-6, 1e-5, 2e-5, 1e-4, 3e-3)
LIMITS = (1e-7, 1e-6, 2e-6, 1e-5, 5e-5, 1e-4)
DRUGS = ("lenalidomide", "daratumumab", "bortezomib", "pomalidomide", "ixazomib", "dexamethasone")
LEFT_OUT = object()


def mostly(usual: Any, *others: Any, times: int = 4) -> st.SearchStrategy[Any]:
    """One value most of the time."""
    return st.sampled_from([*[usual] * times, *others])


def _unsaid(*values: Any) -> st.SearchStrategy[Any]:
    """What most records do not say."""
    return mostly(LEFT_OUT, *values, times=3 * len(values))


@st.composite
def record(draw: st.DrawFn, /, **fields: st.SearchStrategy[Any]) -> Profile:
    """A mapping whose fields may be left out (`LEFT_OUT`)."""
    drawn = {name: draw(values) for name, values in fields.items()}
    return {name: value for name, value in drawn.items() if value is not LEFT_OUT}


def days(first: date, last: date, *, vague: bool = True) -> st.SearchStrategy[str]:
    """A day as it stands in a profile, sometimes known to the month or the year only."""
    exact = st.integers(0, (last - first).days).map(lambda number: (first + timedelta(number)).isoformat())
    if not vague:
        return exact
    return st.tuples(exact, mostly(10, 7, 4, times=8)).map(lambda drawn: drawn[0][: drawn[1]])


def within(first: str, last: str) -> st.SearchStrategy[Any]:
    """A date between two days, sometimes vague, now and then left out."""
    return st.one_of(*[days(date.fromisoformat(first), date.fromisoformat(last))] * 8, st.just(LEFT_OUT), st.just(None))


def lab(low: float, high: float, unit: str, *, limit: bool = False) -> st.SearchStrategy[Any]:
    """A laboratory value in its usual unit."""
    value = st.floats(low, high).map(lambda number: round(number, 1))
    limits = mostly(250.0, LEFT_OUT, None) if limit else st.just(LEFT_OUT)
    return record(value=value, unit=st.just(unit), upper_limit=limits)


STATUS = st.sampled_from(["absent", "present", "not-tested", "failed", None, LEFT_OUT])


def abnormalities(name: str) -> st.SearchStrategy[Any]:
    """A cytogenetic result: a bare word, or found with details."""
    fraction = [0.05, 0.19, 0.2, 0.21, 0.6, None]
    details: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "del_17p": {
            "fraction": st.sampled_from(fraction),
            "cd138_sorted": st.sampled_from([True, False, None, LEFT_OUT]),
            "zygosity": _unsaid("monoallelic", "biallelic"),
        },
        "del_1p32": {"zygosity": st.sampled_from(["monoallelic", "biallelic", None, LEFT_OUT])},
        "gain_1q": {"copies": st.sampled_from([3, 4, None, LEFT_OUT])},
    }
    usual = {
        "fraction": _unsaid(*fraction), "cd138_sorted": _unsaid(True, False), "copies": _unsaid(2, 3),
        "zygosity": _unsaid("monoallelic", "biallelic"),
    }  # fmt: skip
    status = mostly("present", "absent", "not-tested", "failed", None, times=8)
    found = record(status=status, **{**usual, **details.get(name, {})}).map(_possible_abnormality)
    return st.one_of(STATUS, STATUS, found)


def _possible_abnormality(found: Profile) -> Profile:
    """What was not found has no details but the share of cells."""
    left_out = {"absent": ("zygosity", "cd138_sorted", "copies"), "not-tested": tuple(found), "failed": tuple(found)}
    return {
        key: value for key, value in found.items() if key == "status" or key not in left_out.get(found["status"], ())
    }


LABS: dict[str, st.SearchStrategy[Any]] = {
    "beta2_microglobulin": lab(1, 12, "mg/L"),
    "albumin": lab(20, 50, "g/L"),
    "ldh": lab(100, 500, "U/L", limit=True),
    "creatinine": lab(0.5, 4, "mg/dL"),
}
CIRCULATING = st.sampled_from([0, 1.5, 4.9, 5.0, 30, None])
FLAG = st.sampled_from([True, False, None])
ATTRIBUTIONS = ("myeloma", "benign", "unknown", None)
ATTESTED = ("serum-quiet", "no-second-malignancy", "surveillance-arranged", "no-extramedullary-at-diagnosis", "no-plasma-cell-leukemia")  # fmt: skip
UNOBTAINABLE = (
    "baseline.cytogenetics.tp53_mutation", "baseline.cytogenetics.del_1p32", "baseline.cytogenetics.t_14_20",
    "baseline.cytogenetics.gain_1q", "baseline.labs.ldh", "baseline.labs.beta2_microglobulin", "baseline.extramedullary_disease",
)  # fmt: skip


def mrd_tests() -> st.SearchStrategy[Profile]:
    """Any MRD test: every method, result and sample quality."""
    flag = st.sampled_from([True, False, None, LEFT_OUT])
    good = st.just({"first_pull": True, "hemodiluted": False, "trackable_clone": True})
    return record(
        date=within("2018-01-01", "2027-02-01"),
        specimen=mostly("marrow", "blood", None, LEFT_OUT, times=8),
        method=st.one_of(mostly("NGS", "NGF"), st.sampled_from([*METHODS, None, LEFT_OUT])),
        limit_of_detection=st.one_of(st.sampled_from(LIMITS), st.sampled_from([*LIMITS, None, LEFT_OUT])),
        result=mostly("not-detected", "detected", "detected", "indeterminate", "failed", None, LEFT_OUT, times=5),
        level=st.sampled_from([*LEVELS, None, LEFT_OUT]),
        quality=st.one_of(
            good, good, record(first_pull=flag, hemodiluted=flag, trackable_clone=flag, cells=_unsaid(1e7, 2e6, 1e5, None)),
            st.just(LEFT_OUT),
        ),
    ).map(_possible_test)  # fmt: skip


def _possible_test(test: Profile) -> Profile:
    if test.get("result") in ("not-detected", "failed"):
        test.pop("level", None)
    return test


def images() -> st.SearchStrategy[Profile]:
    """Any functional imaging study."""
    score = st.sampled_from([1, 2, 3, 4, 5, None, LEFT_OUT])
    conclusion = mostly("negative", "positive", "indeterminate", None, LEFT_OUT)
    new_lesion = mostly(False, True, None, LEFT_OUT)
    when = within("2018-01-01", "2027-02-01")
    attribution = _unsaid(*ATTRIBUTIONS)
    pet = record(
        date=when, modality=st.just("PET-CT"), deauville_focal=score, deauville_marrow=score, new_lesion=new_lesion,
        conclusion=conclusion, attribution=attribution,
    )  # fmt: skip
    mri = record(
        date=when, modality=st.just("WB-DWI-MRI"), rac=score, new_lesion=new_lesion, conclusion=conclusion,
        attribution=attribution,
    )  # fmt: skip
    other = record(
        date=when, modality=st.sampled_from([None, LEFT_OUT]), conclusion=conclusion, attribution=attribution
    )
    return st.one_of(pet, pet, mri, other)


def therapies() -> st.SearchStrategy[Profile]:
    """Any phase of therapy."""
    line = mostly(1, 2, 3, None, LEFT_OUT)
    end = st.one_of(st.none(), st.just(LEFT_OUT), within("2022-01-01", "2027-06-01"))
    drugs = st.one_of(st.lists(st.sampled_from(DRUGS), max_size=3, unique=True), st.sampled_from([None, LEFT_OUT]))
    treatment = record(
        phase=mostly(
            "maintenance", "induction", "consolidation", "continuous", "radiotherapy", "relapse", None, LEFT_OUT, times=4
        ),
        line=line, drugs=drugs, regimen=_unsaid("VRd", "lenalidomide", "D-Rd", None), start=within("2018-01-01", "2026-12-01"), end=end,
        start_reason=_unsaid("planned", "resurgence", "relapse", "toxicity", "access", "choice", "after-interruption", None),
        stop_reason=_unsaid("progression", "MRD relapse", "toxicity", "hip replacement", None),
    )  # fmt: skip
    transplant = record(
        phase=st.just("transplant"), line=line, date=within("2018-01-01", "2026-06-01"),
        kind=mostly("autologous", "tandem-autologous", "allogeneic", None, LEFT_OUT),
    )  # fmt: skip
    return st.one_of(treatment, treatment, transplant).map(_with_possible_dates)


def _with_possible_dates(entry: Profile) -> Profile:
    if entry.get("start") and entry.get("end") and entry["end"][:4] <= entry["start"][:4]:
        entry["end"] = None
    return entry


def responses() -> st.SearchStrategy[Profile]:
    category = st.sampled_from(["sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", None])
    return record(date=within("2019-06-01", "2026-11-01"), category=category, confirmed=mostly(LEFT_OUT, True, False))


def _quantity(unit: str, *values: float) -> st.SearchStrategy[Any]:
    measured = st.sampled_from(values).map(lambda value: {"value": value, "unit": unit})
    return st.one_of(st.just(LEFT_OUT), measured)


def marker_panels() -> st.SearchStrategy[Profile]:
    immunofixation = mostly("negative", "positive", "indeterminate", LEFT_OUT)
    return record(
        date=within("2019-06-01", "2026-11-20"), serum_immunofixation=immunofixation, urine_immunofixation=immunofixation,
        serum_m_protein=_quantity("g/L", 0, 0, 4.9, 5, 31), urine_m_protein=_quantity("mg/(24.h)", 0, 0, 199, 200),
        kappa=_quantity("mg/L", 11, 11, 115, 220), **{"lambda": _quantity("mg/L", 10, 90)},
        involved_light_chain=mostly(LEFT_OUT, "kappa", "lambda"), original_isotype=mostly(LEFT_OUT, True, False),
        marrow_plasma_cells_percent=mostly(LEFT_OUT, 1, 5, 12), circulating_plasma_cells_percent=mostly(LEFT_OUT, 0, 5),
        calcium=_quantity("mmol/L", 2.3, 2.8), haemoglobin=_quantity("g/L", 135, 110), creatinine=_quantity("mg/dL", 0.9, 3.1),
        isotype=_unsaid("IgG kappa", "IgA lambda"), therapeutic_antibody_excluded=_unsaid(True, False), new_soft_tissue_disease=_unsaid(True, False),
        new_bone_lesion=mostly(LEFT_OUT, False, True), attribution=mostly(LEFT_OUT, "myeloma", "benign", "unknown"),
    )  # fmt: skip


def events() -> st.SearchStrategy[Profile]:
    """Any event, with what became of it and what it was found to be due to."""
    return record(
        date=within("2017-01-01", "2027-02-01"), kind=mostly(*EVENTS, None, times=1), status=_unsaid("active", "resolved", None),
        end=st.one_of(*[st.just(LEFT_OUT)] * 4, within("2021-01-01", "2027-06-01")), attribution=_unsaid(*ATTRIBUTIONS),
        confirmed=_unsaid(True, False, None), term=_unsaid("basal cell carcinoma", "melanoma", None),
        note=_unsaid("basal cell carcinoma", "seen by a dermatologist"),
    ).map(_over_after_it_began)  # fmt: skip


def _over_after_it_began(event: Profile) -> Profile:
    if event.get("end") and (event.get("status") == "active" or (event.get("date") or "")[:4] >= event["end"][:4]):
        del event["end"]
    return event


def toxicities() -> st.SearchStrategy[Profile]:
    return record(
        date=within("2020-01-01", "2026-11-01"), term=st.just("neutropenia"), grade=st.sampled_from([1, 2, 3, 4, None]),
        status=st.sampled_from(["ongoing", "resolved", None]), unacceptable=FLAG,
        attributed_to=_unsaid("lenalidomide", "influenza"),
    )  # fmt: skip


def functional_high_risk() -> st.SearchStrategy[Profile]:
    """An early relapse or its absence, by one of the definitions in use."""
    return record(
        status=mostly("absent", "present", "not-tested"), definition=_unsaid("within 24 months"),
        anchor=_unsaid("start of therapy", "transplant"),
    )  # fmt: skip


def attestations() -> st.SearchStrategy[Profile]:
    """What a board says it has looked for; a yes needs a role, and the day that was looked at ages."""
    return record(
        what=st.sampled_from(ATTESTED), value=mostly(True, False), of=within("2024-01-01", "2027-01-01"),
        by=mostly("tumor board", LEFT_OUT), date=st.just("2026-11-20"),
    )  # fmt: skip


def cannot_be_had() -> st.SearchStrategy[Profile]:
    """What of the time of diagnosis cannot be found out any more."""
    return record(what=st.sampled_from(UNOBTAINABLE), why=st.just("no sample is left"), by=st.just("tumor board"))


def _unsaid_list(entry: st.SearchStrategy[Profile]) -> st.SearchStrategy[Any]:
    some = st.lists(entry, min_size=1, max_size=2, unique_by=lambda item: item["what"])
    return st.one_of(*[st.just(LEFT_OUT)] * 3, some)


ENTRIES: dict[str, st.SearchStrategy[Profile]] = {
    "therapy": therapies(),
    "responses": responses(),
    "mrd": mrd_tests(),
    "imaging": images(),
    "markers": marker_panels(),
    "events": events(),
    "toxicities": toxicities(),
}


_ON_MAINTENANCE = {"phase": "maintenance", "line": 1, "start": "2020-06-20", "end": None}


@st.composite
def _anyone(draw: st.DrawFn) -> Profile:
    """Anything a profile can hold."""
    several = {name: st.lists(entry, max_size={"mrd": 6, "therapy": 4}.get(name, 2)) for name, entry in ENTRIES.items()}
    baseline = record(
        labs=record(**{name: st.one_of(value, st.just(LEFT_OUT)) for name, value in LABS.items()}),
        cytogenetics=record(**{name: abnormalities(name) for name in CYTOGENETICS}),
        extramedullary_disease=STATUS,
        circulating_plasma_cells_percent=CIRCULATING,
        fdg_avid=FLAG,
    )
    if draw(mostly(True, False, times=3)):
        several["therapy"] = st.lists(ENTRIES["therapy"], max_size=3).map(lambda some: [*some, _ON_MAINTENANCE])
    return draw(
        record(
            id=st.just("anyone"),
            birth_year=mostly(1961, None, 2008, LEFT_OUT),
            diagnosis=record(
                disease=mostly("multiple-myeloma", *DISEASES, times=30), date=mostly("2018-11", "2018", LEFT_OUT)
            ),
            baseline=baseline,
            therapy_complete=mostly(LEFT_OUT, True, False, times=6),
            clonal_hematopoiesis=record(tp53=STATUS),
            functional_high_risk=st.one_of(STATUS, functional_high_risk()),
            preference=_unsaid({"stop": True}, {"stop": False}),
            surveillance=record(feasible=FLAG),
            incomplete=_unsaid(["mrd"], ["events", "responses"], ["therapy"], ["imaging", "markers"], ["cytogenetics"]),
            recorded=_unsaid("2026-11-21", "2026-12-15", "2025-06-01", "2027"),
            attested=_unsaid_list(attestations()),
            unobtainable=_unsaid_list(cannot_be_had()),
            **several,
        )
    )


_CLEAN = {"specimen": "marrow", "result": "not-detected"}
_QUALITY = {"first_pull": True, "hemodiluted": False, "trackable_clone": True}
_FLOW_QUALITY = {"first_pull": True, "hemodiluted": False}


def inside_the_envelope() -> Profile:
    """A complete patient for whom cessation may be discussed."""
    return {
        "id": "inside", "birth_year": 1961, "sex": "female", "ecog": 1,
        "diagnosis": {"disease": "multiple-myeloma", "date": "2019-09-02"},
        "baseline": {
            "labs": {
                "beta2_microglobulin": {"value": 3.1, "unit": "mg/L"}, "albumin": {"value": 41, "unit": "g/L"},
                "ldh": {"value": 180, "unit": "U/L", "upper_limit": 250}, "creatinine": {"value": 0.9, "unit": "mg/dL"},
            },
            "cytogenetics": dict.fromkeys(CYTOGENETICS, "absent"),
            "extramedullary_disease": "absent", "circulating_plasma_cells_percent": 0.2, "fdg_avid": True,
        },
        "therapy": [
            {"phase": "induction", "line": 1, "drugs": ["bortezomib", "lenalidomide"], "start": "2019-09-20", "end": "2020-02-10"},
            {"phase": "transplant", "line": 1, "kind": "autologous", "date": "2020-03-15"},
            {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2020-06-20", "end": None},
        ],
        "responses": [{"date": "2020-06-10", "category": "VGPR"}, {"date": "2021-01-10", "category": "CR"}],
        "mrd": [
            {**_CLEAN, "date": "2025-03-12", "method": "NGS", "limit_of_detection": 1e-6, "quality": _QUALITY},
            {**_CLEAN, "date": "2026-09-10", "method": "NGS", "limit_of_detection": 1e-6, "quality": _QUALITY},
            {**_CLEAN, "date": "2026-09-10", "method": "NGF", "limit_of_detection": 2e-6, "quality": _FLOW_QUALITY},
        ],
        "imaging": [
            {"date": "2026-09-20", "modality": "PET-CT", "deauville_focal": 2, "deauville_marrow": 2, "new_lesion": False}
        ],
        "markers": [{"date": "2026-09-21", "serum_immunofixation": "negative", "urine_immunofixation": "negative"}],
        "surveillance": {"feasible": True},
    }  # fmt: skip


# Changes to a complete patient: a path and what to put there. `LEFT_OUT` takes it away.
_CHANGES: list[st.SearchStrategy[tuple[tuple[Any, ...], Any]]] = [
    *[st.tuples(st.just(("baseline", "cytogenetics", name)), abnormalities(name)) for name in CYTOGENETICS],
    *[st.tuples(st.just(("baseline", "labs", name)), st.one_of(value, st.just(LEFT_OUT))) for name, value in LABS.items()],
    st.tuples(st.just(("baseline", "extramedullary_disease")), STATUS),
    st.tuples(st.just(("baseline", "circulating_plasma_cells_percent")), CIRCULATING),
    st.tuples(st.just(("baseline", "fdg_avid")), FLAG),
    st.tuples(st.just(("birth_year",)), st.sampled_from([None, 2007, 2008, 2009])),
    st.tuples(st.just(("diagnosis",)), record(disease=st.sampled_from(DISEASES), date=st.sampled_from(["2018", LEFT_OUT]))),
    st.tuples(st.just(("surveillance", "feasible")), FLAG),
    st.tuples(st.just(("clonal_hematopoiesis",)), record(tp53=STATUS)),
    st.tuples(st.just(("functional_high_risk",)), st.one_of(STATUS, functional_high_risk())),
    st.tuples(st.just(("therapy_complete",)), FLAG),
    st.tuples(st.just(("attested",)), st.lists(attestations(), min_size=1, max_size=2, unique_by=lambda item: item["what"])),
    st.tuples(st.just(("unobtainable",)), st.lists(cannot_be_had(), min_size=1, max_size=2, unique_by=lambda item: item["what"])),
    st.tuples(st.just(("incomplete",)), st.sampled_from([["mrd"], ["events"], ["therapy"], ["responses"], ["imaging"], ["markers"]])),
    st.tuples(st.just(("recorded",)), st.sampled_from(["2026-11-21", "2026-12-15", "2025-06-01"])),
    st.tuples(st.just(("therapy", 2, "start_reason")), st.sampled_from(["planned", "relapse", "toxicity", "after-interruption"])),
    st.tuples(st.just(("therapy", 2, "stop_reason")), st.sampled_from(["progression", "choice", "MRD relapse"])),
    *[st.tuples(st.just((name, "more")), entry) for name, entry in ENTRIES.items()],
    *[st.tuples(st.just((name, "more")), entry) for name, entry in ENTRIES.items() if name in ("mrd", "imaging")],
    *[st.tuples(st.tuples(st.just(name), st.sampled_from([0, 1])), ENTRIES[name]) for name in ("mrd", "responses")],
    st.tuples(st.just(("imaging", 0)), images()),
    st.tuples(st.sampled_from([("mrd", 0), ("mrd", 1), ("imaging", 0), ("therapy", 1), ("responses", 1)]), st.just(LEFT_OUT)),
    st.tuples(st.just(("therapy", 2, "end")), st.one_of(st.just(LEFT_OUT), within("2023-01-01", "2027-01-01"))),
    st.tuples(st.just(("therapy", 2, "start")), within("2020-05-01", "2024-11-30")),
    st.tuples(st.just(("therapy", 2, "drugs")), mostly(["daratumumab", "lenalidomide"], None, ["carfilzomib"], times=1)),
    st.tuples(st.sampled_from([("therapy", 1, "line"), ("therapy", 2, "line")]), st.sampled_from([None, 2])),
    st.tuples(st.just(("therapy", 1, "kind")), st.sampled_from([None, "tandem-autologous", "allogeneic"])),
    st.tuples(st.tuples(st.just("mrd"), st.sampled_from([0, 1]), st.just("date")), within("2022-01-01", "2026-11-21")),
    st.tuples(st.just(("imaging", 0, "date")), within("2024-01-01", "2026-11-21")),
]  # fmt: skip


@st.composite
def _nearly_inside(draw: st.DrawFn) -> Profile:
    profile = inside_the_envelope()
    if draw(mostly(False, True)):
        profile["therapy"][2]["end"] = "2025-12-01"
    for path, value in draw(st.lists(st.one_of(_CHANGES), max_size=5)):
        _put(profile, path, value)
    for name in LISTS:
        profile[name] = [entry for entry in profile.get(name, []) if entry is not LEFT_OUT]
    for entry in profile["therapy"]:
        _with_possible_dates(entry)
    return profile


def _put(profile: Profile, path: tuple[Any, ...], value: Any) -> None:
    if path[-1] == "more":
        profile.setdefault(path[0], []).append(value)
        return
    here: Any = profile
    for part in path[:-1]:
        here = here[part]
        if here is LEFT_OUT:
            return
    if value is LEFT_OUT and isinstance(here, dict):
        here.pop(path[-1], None)
    else:
        here[path[-1]] = value


def profiles() -> st.SearchStrategy[Profile]:
    """One patient."""
    near, anyone = _nearly_inside(), _anyone()
    return st.integers(1, 5).flatmap(lambda number: anyone if number == 5 else near).map(_born_before_diagnosis)


def _born_before_diagnosis(profile: Profile) -> Profile:
    birth, diagnosed = profile.get("birth_year"), profile["diagnosis"].get("date")
    if birth is not None and diagnosed and int(diagnosed[:4]) < birth:
        del profile["diagnosis"]["date"]
    return profile
