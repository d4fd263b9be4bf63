"""How fast mrdguide is, side by side with the engines it could have been built on.

    make benchmark                                   everything, some minutes
    python benchmarks/speed.py --quick               fewer rounds, rougher numbers

Whether a target is met is shown and never fails the run: speed depends on the machine. What does fail it is an engine
that answers differently, because the speeds of different answers must not be compared.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from statistics import median

import fhir_reading
import layered
import long_records
import ratios
import service_memory
import shipped_pack
import startup
from measuring import Rate, Row, Share, keep, machine, per_second, pin_to_one_core, race, seconds, show
from twelve_criteria import Twelve

import mrdguide

FASTER_THAN_OTHERS = 3.0
RECOMMENDATIONS = 2_000
NEW_VECTORS = 200
FHIR_SECONDS = 0.5
FHIR_TIMES_PARSING = 4.0
_NEVER_MADE = "mrdguide, the same, no decision cached (each cross-checked by durable-rules)"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how fast mrdguide is.")
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds; the median counts (default: 9)")
    parser.add_argument(
        "--patients", type=int, default=1_000, help="patients of the twelve-criteria decision (default: 1000)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="3 rounds, fewer patients with new verdicts, no long records"
    )
    parser.add_argument("--keep", metavar="FILE", type=Path, help="write the figures for the page of costs")
    chosen = parser.parse_args()
    rounds = 3 if chosen.quick else max(1, chosen.rounds)
    core = pin_to_one_core()
    sections: dict[str, list[Row]] = {}
    footer = [machine(core)]
    share = Share()
    parts = [
        _twelve(rounds, max(1, chosen.patients), share),
        _shipped(rounds, 100 if chosen.quick else 400, share),
        _ratios(200 if chosen.quick else 2_000),
        _layered(rounds),
        _explained(rounds),
        _read_from_fhir(rounds),
        _startup(rounds),
        ("Service", service_memory.rows(), []),
        *([] if chosen.quick else [("Long records", long_records.rows(("dated",)), [])]),
    ]
    for title, rows, notes in parts:
        sections[title] = rows
        footer += notes
    show(sections, [*footer, str(share)])
    if chosen.keep:
        keep(
            chosen.keep,
            f"python benchmarks/speed.py{' --quick' if chosen.quick else ''}",
            sections,
            [*footer, str(share)],
        )
    return 0


def _twelve(rounds: int, patients: int, share: Share) -> tuple[str, list[Row], list[str]]:
    twelve = Twelve(patients)
    outcomes = twelve.check_agreement()
    rates = race(
        {**{asked.name: asked.contestant for asked in twelve.all}, _NEVER_MADE: twelve.never_made}, rounds, share
    )
    rows = [per_second(name, rate) for name, rate in rates.items()]
    counted = {asked.name: rates[asked.name] for asked in twelve.rivals if asked.counts}
    notes = [
        *twelve.unavailable,
        f"Twelve criteria: {patients} invented patients with complete data; every way of asking gives the same outcome for each "
        f"({', '.join(f'{name} {number}' for name, number in sorted(outcomes.items()))}). mrdguide has seen their "
        f"{len(twelve.one_of_each)} distinct verdict vectors before; durable-rules checked each of them once.",
    ]
    if any(name.startswith("zen-engine") for name in counted):
        rows += _factors("decisions seen before", rates[twelve.ours.name], counted)
        rows += _factors("every decision new and cross-checked", rates[_NEVER_MADE], counted, FASTER_THAN_OTHERS)
    else:
        notes.append("Without zen-engine there is no comparison to hold against the target.")
    return f"One decision, twelve criteria ({patients} patients, decisions per second)", rows, notes


def _factors(how: str, ours: Rate, others: dict[str, Rate], wanted: float | None = None) -> list[Row]:
    """How many times as fast: as the fastest of all, and as the fastest that does the same work."""
    found = []
    same_work = {name: rate for name, rate in others.items() if "verdicts + outcome" in name}
    for label, among, target in (
        (f"mrdguide, {how}, against the fastest of the others", others, wanted),
        (f"mrdguide, {how}, against the fastest that returns verdicts too", same_work, None),
    ):
        fastest = max(among, key=lambda name: among[name].median)
        factor, best = ours.median / among[fastest].median, ours.best / among[fastest].best
        found.append(
            Row(
                f"{label} ({fastest})", f"{factor:.2f} x", f"{best:.2f} x",
                f"at least {target:g} x" if target is not None else "", factor >= target if target is not None else None,
            )
        )  # fmt: skip
    return found


def _shipped(rounds: int, how_many_new: int, share: Share) -> tuple[str, list[Row], list[str]]:
    rules = mrdguide.load_rules()
    given = shipped_pack.example_profiles()
    times = max(1, 400 // len(given))
    new = shipped_pack.NewVectors(how_many_new)
    for item in given:
        mrdguide.evaluate(item.profile, rules=rules, as_of=item.as_of).to_dict()
    object_only = shipped_pack.repeated(given, times, rules, lambda result: result.outcome)
    to_dict = shipped_pack.repeated(given, max(1, times // 4), rules, lambda result: result.to_dict())
    rates = race({"object": lambda: object_only, "to_dict": lambda: to_dict, "new": new.contestant}, rounds, share)
    rows = [
        per_second("dict in, recommendation out", rates["object"], RECOMMENDATIONS),
        per_second("dict in, recommendation out, whole JSON form (to_dict)", rates["to_dict"]),
        per_second("dict in, recommendation out, verdicts never seen before", rates["new"], NEW_VECTORS),
    ]
    checked = (
        "all of them cross-checked by durable-rules" if not new.not_cross_checked else "not all of them cross-checked"
    )
    notes = [
        f"Shipped pack: {len(given)} example profiles, decisions already cached; then {how_many_new} invented patients with as many "
        f"distinct verdict vectors, {checked}, {new.unsettled} unsettled so that what is missing had to be found too."
    ]
    return f"Shipped rule book ({rules.pack.name} {rules.version}, recommendations per second)", rows, notes


def _ratios(patients: int) -> tuple[str, list[Row], list[str]]:
    return (
        f"One JSON round trip of the profile = 1 ({patients} patients, verdicts never seen before)",
        ratios.rows(patients),
        [],
    )


def _layered(rounds: int) -> tuple[str, list[Row], list[str]]:
    rows = layered.ratios(shipped_pack.example_profiles(), rounds)
    return "Layers on the shipped rules, against the shipped rules alone (best: smallest)", rows, []


def _explained(rounds: int) -> tuple[str, list[Row], list[str]]:
    import explaining  # charts and templates stay out of what is measured before

    return (
        "Explanations of the examples, one JSON round trip of the profile = 1",
        explaining.rows(max(2, rounds // 2)),
        [],
    )


def _read_from_fhir(rounds: int) -> tuple[str, list[Row], list[str]]:
    text = fhir_reading.chart()
    parsing, reading = fhir_reading.parsing_and_reading(text, rounds)
    times, best = median(reading) / median(parsing), min(reading) / min(parsing)
    size = f"{len(text) / 1_000_000:.1f} MB"
    rows = [
        seconds(f"a Bundle of {size} parsed (json.loads)", parsing),
        seconds("the same read (fhir.read)", reading, FHIR_SECONDS),
        Row(
            "reading against parsing", f"{times:.2f} x", f"{best:.2f} x", f"at most {FHIR_TIMES_PARSING:g} x",
            times <= FHIR_TIMES_PARSING,
        ),
    ]  # fmt: skip
    return "A large chart from FHIR (processor time)", rows, []


def _startup(rounds: int) -> tuple[str, list[Row], list[str]]:
    rows = [*startup.rows(rounds), seconds("load_rules(), warm", startup.warm_loads(rounds))]
    return "Start of a process (python -c pass = 1; best: shortest against shortest)", rows, []


if __name__ == "__main__":
    # A child started by the benchmark must find the package where this process found it.
    package_root = os.path.dirname(os.path.dirname(os.path.abspath(mrdguide.__file__)))
    os.environ["PYTHONPATH"] = os.pathsep.join([package_root, *filter(None, [os.environ.get("PYTHONPATH")])])
    sys.exit(main())
