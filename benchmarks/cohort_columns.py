"""A cohort by column beside the one-patient engine: the same invented patients, in one run, answers compared.

python benchmarks/cohort_columns.py                     20,000 patients, some minutes
python benchmarks/cohort_columns.py --patients 100000
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from random import Random
from typing import TypeVar

import numpy as np
from measuring import Row, machine, pin_to_one_core, show
from shipped_pack import AS_OF, Profile, invented_profile

import mrdguide
from mrdguide import Patient, RuleBook

_TODAY = date.fromisoformat(AS_OF)
# Of how many patients the one-patient engine is timed, and what it finds compared.
_BESIDE, _ROUNDS = 2_000, 3
_SHARES = (0.1, 0.3, 1.0)

Found = TypeVar("Found")


def timed(work: Callable[[], Found]) -> tuple[float, Found]:
    """Processor time in seconds, and what was found."""
    started = time.process_time()
    found = work()
    return time.process_time() - started, found


def rows(patients: int) -> list[Row]:
    """What a cohort of so many patients costs, compiled before and after."""
    from mrdguide.cohort.columns import judge

    rules, rng = mrdguide.load_rules(), Random(20261127)
    read, cohort = timed(lambda: [mrdguide.read_patient(invented_profile(rng, place)) for place in range(patients)])
    beside = cohort[: min(_BESIDE, patients)]
    first, _ = timed(lambda: judge(beside[:10], _TODAY, rules))
    warm, _ = timed(lambda: judge(beside[:10], _TODAY, rules))
    before = _memory()
    sizes = [round(patients * share) for share in _SHARES]
    by_size = {size: timed(partial(judge, cohort[:size], _TODAY, rules))[0] for size in sizes}
    grown = _memory() - before
    one_by_one, by_column = [], []
    for _ in range(_ROUNDS):
        one_by_one.append(timed(lambda: _one_by_one(beside, rules))[0] / len(beside))
        by_column.append(timed(lambda: judge(cohort, _TODAY, rules))[0] / patients)
    found = judge(cohort, _TODAY, rules)
    engine, columns = min(one_by_one), min(by_column)
    judging = min(_once_laid_out(cohort, rules) for _ in range(_ROUNDS)) / patients
    differing = sum(
        found.outcomes[found.outcome[place]] != outcome for place, outcome in enumerate(_one_by_one(beside, rules))
    )
    return [
        Row("first cohort of a machine: compiling", f"{first - warm:.0f} s", "", "under 60 s", first - warm < 60),
        Row(f"one-patient engine, {len(beside):,} patients already read", f"{1 / engine:,.0f} patients/s"),
        Row(f"by column, {patients:,} patients already read", f"{1 / columns:,.0f} patients/s"),
        Row("by column against the one-patient engine", f"{engine / columns:.1f} x"),
        Row("by column, of lists laid out already", f"{1 / judging:,.0f} patients/s"),
        Row("of lists laid out already against the one-patient engine", f"{engine / judging:.1f} x"),
        Row("the same, everybody with four marker panels", f"{_of_panels(rules, rng):.1f} x"),
        Row("reading the same profiles", f"{patients / read:,.0f} patients/s"),
        *(Row(f"by column, {size:,} patients", f"{size / by_size[size]:,.0f} patients/s") for size in sizes),
        Row("memory for each patient beside the profiles", f"{grown / patients / 1024:.1f} KiB"),
        Row("patients through the one-patient engine", f"{found.by_engine.places.size:,}"),
        Row("verdicts of operators patient by patient", f"{sum(found.by_operator.values()):,}"),
        Row("different inputs inferred by durable-rules", f"{found.inferred:,}"),
        Row("outcomes that differ", f"{differing}", "", "0", differing == 0),
    ]  # fmt: skip


def _with_panels(profile: Profile, rng: Random) -> Profile:
    """The patient with four quiet marker panels, which are read patient by patient."""
    nothing = {"serum_immunofixation": "negative", "urine_immunofixation": "negative"}
    panels = [
        {**nothing, "date": f"{year}-0{rng.randint(1, 9)}-15", "serum_m_protein": {"value": 0, "unit": "g/L"}}
        for year in range(2022, 2026)
    ]
    return {**profile, "markers": panels}


def _of_panels(rules: RuleBook, rng: Random) -> float:
    """How many times as fast columns are where every patient has marker panels."""
    from mrdguide.cohort.columns import judge

    drawn = [_with_panels(invented_profile(rng, place), rng) for place in range(_BESIDE)]
    patients = [mrdguide.read_patient(profile) for profile in drawn]
    by_column = min(timed(lambda: judge(patients, _TODAY, rules))[0] for _ in range(_ROUNDS))
    return min(timed(lambda: _one_by_one(patients, rules))[0] for _ in range(_ROUNDS)) / by_column


def _once_laid_out(patients: Sequence[Patient], rules: RuleBook) -> float:
    """Seconds for judging a cohort whose lists stand as columns already: what is left beside reading the profiles."""
    from mrdguide.cohort.columns import courses, happenings, images, marrow
    from mrdguide.cohort.columns.cohort import Cohort
    from mrdguide.cohort.columns.conclusions import conclude, outcomes_of
    from mrdguide.cohort.columns.criteria import judge_criteria
    from mrdguide.cohort.columns.of_patients import Patients
    from mrdguide.cohort.columns.possible import Diagram
    from mrdguide.cohort.columns.second_engine import disagreeing

    day = _TODAY.toordinal()
    cohort, diagram = Cohort(Patients(patients, day), day), Diagram.of(rules.decider, outcomes_of(rules)[:-1])
    for lay_out in (marrow.tests, images.studies, images.diagnosed, courses.courses, happenings.happenings):
        lay_out(cohort)
    verdicts = np.empty((len(rules.decider.index_of), len(patients)), dtype=np.uint8)

    def judged() -> None:
        judge_criteria(rules, cohort, verdicts)
        disagreeing(rules.decider, diagram, verdicts, conclude(rules, diagram, verdicts))

    return timed(judged)[0]


def _one_by_one(patients: Sequence[Patient], rules: RuleBook) -> list[str]:
    return [mrdguide.evaluate(patient, rules=rules, as_of=AS_OF).outcome for patient in patients]


def _memory() -> int:
    """The most memory this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=20_000)
    patients = parser.parse_args().patients
    core = pin_to_one_core()
    with tempfile.TemporaryDirectory() as empty:
        # Nothing compiled before is found here.
        os.environ["NUMBA_CACHE_DIR"] = empty
        found = rows(patients)
    show({"Cohorts by column": found}, [machine(core)])


if __name__ == "__main__":
    main()
