"""The shipped rule book, end to end: a profile as a dict in, a recommendation out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import mrdguide
from mrdguide.case.case import Case
from mrdguide.reading.document import read_file
from mrdguide.reading.shipped import folder
from mrdguide.teach.examples import INDEX, examples

AS_OF = "2026-11-21"
_TODAY = date.fromisoformat(AS_OF)

Profile = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """A profile and the day it is judged on."""

    name: str
    profile: Profile
    as_of: str


def example_profiles() -> list[Given]:
    """Every profile among the shipped examples, each on the day its index gives."""
    days = {example.file: example.as_of for example in examples()} if (folder("examples") / INDEX).is_file() else {}
    found = []
    for path in sorted(folder("examples").glob("*.yaml")):
        if path.name != INDEX:
            found.append(Given(path.name, read_file(path).data, days.get(path.name, AS_OF)))
    return found


class NewVectors:
    """Invented patients no two of which have the same verdicts, so that none shares a cached decision."""

    def __init__(self, how_many: int, seed: int = 20261121) -> None:
        rules = mrdguide.load_rules()
        rng = Random(seed)
        seen: set[tuple[int, ...]] = set()
        self.profiles: list[Profile] = []
        while len(self.profiles) < how_many:
            profile = invented_profile(rng, len(self.profiles))
            judged_verdicts = rules.judge_all(Case(mrdguide.read_patient(profile), _TODAY.toordinal()))
            if judged_verdicts not in seen:
                seen.add(judged_verdicts)
                self.profiles.append(profile)
        self.unsettled = 0
        self.not_cross_checked = 0

    def contestant(self) -> Callable[[], int]:
        """A rule book that has decided nothing of these yet, and the pass over all of them.

        The second engine is built before the clock starts: that happens once per rule book, not once per patient.
        """
        rules = mrdguide.load_rules()
        mrdguide.evaluate({"id": "first", "diagnosis": {"disease": "mgus"}}, rules=rules, as_of=AS_OF)
        known = rules.decider.decide.cache_info().misses

        def one_pass() -> int:
            results = [mrdguide.evaluate(profile, rules=rules, as_of=AS_OF) for profile in self.profiles]
            fresh = rules.decider.decide.cache_info().misses - known
            if fresh != len(results):
                raise SystemExit(
                    f"only {fresh} of {len(results)} verdict vectors were new: the speed would be that of the cache"
                )
            self.unsettled = sum(not result.settled for result in results)
            self.not_cross_checked = sum(not result.provenance.cross_checked for result in results)
            return len(results)

        return one_pass


def repeated(
    given: list[Given], times: int, rules: mrdguide.RuleBook, look: Callable[[mrdguide.Recommendation], object]
) -> Callable[[], int]:
    """A pass that evaluates every profile so many times and looks at each result."""

    def one_pass() -> int:
        for _ in range(times):
            for item in given:
                look(mrdguide.evaluate(item.profile, rules=rules, as_of=item.as_of))
        return times * len(given)

    return one_pass


def invented_profile(rng: Random, number: int) -> Profile:
    """A patient on or after maintenance with a random course; about one fact in ten is not recorded."""

    def perhaps(value: Any) -> Any:
        return value if rng.random() < 0.9 else None

    def day(earliest_months: int, latest_months: int) -> str:
        """A day between so many months before the as-of day."""
        return (_TODAY - timedelta(days=rng.randint(latest_months * 30, earliest_months * 30))).isoformat()

    def status(present: float) -> str:
        return rng.choices(("present", "absent", "not-tested"), (present, 0.9 - present, 0.1))[0]

    def mrd_test() -> Mapping[str, Any]:
        limit = rng.choice((1e-5, 2e-6, 1e-6, 1e-6, 6.2e-7))
        detected = rng.random() < 0.12
        return {
            "date": day(40, 0), "specimen": "marrow", "method": rng.choice(("NGS", "NGS", "NGF", "MFC")),
            "limit_of_detection": perhaps(limit), "result": "detected" if detected else perhaps("not-detected"),
            "level": perhaps(10 ** rng.uniform(-6.5, -3.5)) if detected else None,
            "quality": {"first_pull": perhaps(True), "hemodiluted": rng.random() < 0.05, "trackable_clone": perhaps(True)},
        }  # fmt: skip

    def image() -> Mapping[str, Any]:
        score = rng.choice((1, 2, 2, 3, 4))
        return {
            "date": day(40, 0), "modality": "PET-CT", "deauville_focal": perhaps(score), "deauville_marrow": perhaps(min(score, 3)),
            "new_lesion": False, "conclusion": perhaps("positive" if score > 3 else "negative"),
        }  # fmt: skip

    del_17p, del_1p32 = status(0.1), status(0.08)
    maintenance: dict[str, Any] = {
        "phase": "maintenance", "line": 1, "start": day(60, 8), "end": None,
        "drugs": rng.choice((["lenalidomide"], ["daratumumab", "lenalidomide"], ["bortezomib"])),
    }  # fmt: skip
    if rng.random() < 0.15:
        maintenance["end"] = day(7, 1)
    therapy: list[Mapping[str, Any]] = [{"phase": "induction", "line": 1, "start": day(76, 70), "end": day(69, 66)}]
    if rng.random() < 0.85:
        therapy.append({"phase": "transplant", "line": perhaps(1), "kind": perhaps("autologous"), "date": day(65, 62)})
    kinds = (
        "progression",
        "second-primary-malignancy",
        "unexplained-cytopenia",
        "mrd-resurgence",
        "extramedullary-disease",
    )
    return {
        "id": f"invented-{number}",
        "birth_year": perhaps(rng.randint(1940, 1985)),
        "ecog": perhaps(rng.randint(0, 3)),
        "diagnosis": {"disease": rng.choices(("multiple-myeloma", "plasma-cell-leukemia"), (96, 4))[0], "date": day(80, 77)},
        "baseline": {
            "labs": {
                "beta2_microglobulin": perhaps({"value": round(rng.uniform(1.5, 7.5), 1), "unit": "mg/L"}),
                "albumin": perhaps({"value": rng.randint(28, 48), "unit": "g/L"}),
                "ldh": perhaps({"value": rng.randint(120, 330), "unit": "U/L", "upper_limit": perhaps(250)}),
                "creatinine": perhaps({"value": round(rng.uniform(0.6, 1.8), 1), "unit": "mg/dL"}),
            },
            "cytogenetics": {
                "del_17p": {"status": del_17p, "fraction": perhaps(round(rng.uniform(0.05, 0.9), 2)) if del_17p == "present" else None},
                "tp53_mutation": status(0.05), "t_4_14": status(0.1), "t_14_16": status(0.04), "t_14_20": status(0.02),
                "gain_1q": status(0.25),
                "del_1p32": {
                    "status": del_1p32,
                    "zygosity": perhaps(rng.choice(("monoallelic", "biallelic"))) if del_1p32 == "present" else None,
                },
            },
            "extramedullary_disease": status(0.05),
            "circulating_plasma_cells_percent": perhaps(round(rng.random() ** 8 * 20, 1)),
            "fdg_avid": perhaps(True),
        },
        "therapy": [*therapy, maintenance],
        "responses": [{"date": day(60, 1), "category": rng.choice(("sCR", "CR", "CR", "VGPR", "PR"))} for _ in range(rng.randint(0, 3))],
        "mrd": [mrd_test() for _ in range(rng.randint(0, 5))],
        "imaging": [image() for _ in range(rng.randint(0, 3))],
        "events": [{"date": day(30, 0), "kind": rng.choice(kinds)}] if rng.random() < 0.2 else [],
        "toxicities": [{"date": day(20, 0), "grade": 3, "status": "ongoing", "unacceptable": perhaps(True)}] if rng.random() < 0.1 else [],
        "clonal_hematopoiesis": {"tp53": status(0.05)},
        "functional_high_risk": status(0.05),
        "surveillance": {"feasible": perhaps(rng.random() < 0.9)},
        "preference": {"stop": perhaps(True)},
    }  # fmt: skip
