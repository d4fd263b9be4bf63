"""What each step costs as a multiple of one JSON round trip of the profile, over invented patients with distinct verdicts.

    python benchmarks/ratios.py                      2,000 patients
    python benchmarks/ratios.py --patients 200       fewer, rougher numbers

Machines differ by a factor of four, ratios hardly. Every step meets its patients with a rule book that has decided
nothing of them yet, in small turns beside the round trip, so that a slow moment of the machine hits both alike. In the row
"first meeting" the rule book has decided nothing at all before, and its second engine is built on the way.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import median

import shipped_pack
from measuring import Row

import mrdguide
from mrdguide import interview
from mrdguide.rulebook.book import RuleBook

_TURN = 50
_FIRST = 100

Step = Callable[[shipped_pack.Profile], object]


@dataclass(slots=True)
class _Taken:
    """Processor time of a step and of the round trips beside it, turn by turn."""

    step: list[float] = field(default_factory=list)
    unit: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return median(step / unit for step, unit in zip(self.step, self.unit, strict=True))

    @property
    def best(self) -> float:
        return min(step / unit for step, unit in zip(self.step, self.unit, strict=True))


def ratios(patients: int) -> dict[str, _Taken]:
    """The cost of each step, by its name."""
    profiles = shipped_pack.NewVectors(patients).profiles
    steps = _steps()
    found = {name: _Taken() for name in steps}
    for start in range(0, len(profiles), _TURN):
        some = profiles[start : start + _TURN]
        for name, step in steps.items():
            found[name].unit.append(_seconds(_round_trip, some))
            found[name].step.append(_seconds(step, some))
    found["recommendation, first meeting of a rule book with any patient"] = _first_meetings(profiles[:_FIRST])
    return found


def _first_meetings(profiles: list[shipped_pack.Profile]) -> _Taken:
    """Each by a rule book that was just loaded, one patient a turn."""
    taken = _Taken()
    for profile in profiles:
        rules = mrdguide.load_rules()
        taken.unit.append(_seconds(_round_trip, [profile] * _TURN) / _TURN)
        taken.step.append(_seconds(partial(_outcome, rules=rules), [profile]))
    return taken


def rows(patients: int) -> list[Row]:
    """The same as lines of the table."""
    return [_row(name, taken) for name, taken in ratios(patients).items()]


_AT_MOST = {
    "recommendation": 6.0, "recommendation and its whole JSON text": 14.0, "recommendation and its short JSON text": 8.0,
    "next question of an interview": 50.0, "recommendation, first meeting of a rule book with any patient": 30.0,
}  # fmt: skip


def _row(name: str, taken: _Taken) -> Row:
    most = _AT_MOST.get(name)
    return Row(
        name, f"{taken.ratio:.1f}", f"{taken.best:.1f}", f"at most {most:g}" if most else "",
        taken.ratio <= most if most else None,
    )  # fmt: skip


def _steps() -> dict[str, Step]:
    """Each with a rule book of its own, whose second engine is built before the clock starts."""
    book, whole, short, asking = _book(), _book(), _book(), _book()
    return {
        "reading a profile": mrdguide.read_patient,
        "recommendation": lambda profile: _evaluated(profile, book).outcome,
        "recommendation and its whole JSON text": lambda profile: _evaluated(profile, whole).to_json(),
        "recommendation and its short JSON text": lambda profile: _evaluated(profile, short).to_json(detail="short"),
        "next question of an interview": lambda profile: interview.next(
            profile, rules=asking, as_of=shipped_pack.AS_OF
        ),
    }


def _book() -> RuleBook:
    rules = mrdguide.load_rules()
    first = {"id": "first", "diagnosis": {"disease": "mgus"}}
    for detail in ("full", "short"):
        mrdguide.evaluate(first, rules=rules, as_of=shipped_pack.AS_OF).to_json(detail=detail)
    interview.next(first, rules=rules, as_of=shipped_pack.AS_OF)
    return rules


def _evaluated(profile: shipped_pack.Profile, rules: RuleBook) -> mrdguide.Recommendation:
    return mrdguide.evaluate(profile, rules=rules, as_of=shipped_pack.AS_OF)


def _outcome(profile: shipped_pack.Profile, rules: RuleBook) -> str | None:
    return _evaluated(profile, rules).outcome


def _round_trip(profile: shipped_pack.Profile) -> object:
    return json.loads(json.dumps(profile))


def _seconds(step: Step, profiles: list[shipped_pack.Profile]) -> float:
    started = time.process_time()
    for profile in profiles:
        step(profile)
    return time.process_time() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description="Measure what each step costs, one JSON round trip of the profile = 1."
    )
    parser.add_argument("--patients", type=int, default=2_000, help="how many invented patients (default: 2000)")
    for row in rows(max(1, parser.parse_args().patients)):
        print(f"{row.what}: {row.value} (best {row.best}) {row.target}")
