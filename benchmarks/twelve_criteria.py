"""One decision of twelve criteria, asked of mrdguide, zen-engine and durable-rules on the same invented patients.

What each engine is given: the flat facts below (mrdguide: the same facts as a profile). What each returns: mrdguide the
twelve verdicts, the outcome, the outcomes still possible, and once per distinct verdict judged_verdicts the cross-check by its
second engine; zen-engine the verdicts and the outcome, or the outcome alone; durable-rules the outcome alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from mrdguide import Patient, RuleBook, load_rules, read_patient
from mrdguide.case.case import Case
from mrdguide.logic.truth import MET, UNKNOWN

HERE = Path(__file__).resolve().parent / "twelve"
AS_OF = date(2026, 11, 21).toordinal()

Facts = dict[str, Any]
Ask = Callable[[Any], str]


_TURN = 0.1  # seconds that each contestant works for in a round


@dataclass(frozen=True)
class Asked:
    """One way of asking: what it is called, what it is handed, and the question that gives an outcome."""

    name: str
    inputs: Sequence[Any]
    ask: Ask
    counts: bool = True  # whether it is a rival of mrdguide's first row

    def contestant(self) -> Callable[[], int]:
        ask, inputs = self.ask, self.inputs

        def passes() -> int:
            # Long enough to be steady: the first pass of each turn finds the processor's caches full of the others' data.
            done, until = 0, perf_counter() + _TURN
            while perf_counter() < until:
                for item in inputs:
                    ask(item)
                done += len(inputs)
            return done

        return passes


def invented_facts(how_many: int, seed: int = 20261121) -> list[Facts]:
    """Complete flat facts of invented patients; abnormalities about as frequent as in newly diagnosed myeloma."""
    rng = Random(seed)

    def finding(frequency: float) -> str:
        return "present" if rng.random() < frequency else "absent"

    def one() -> Facts:
        del_17p = finding(0.1)
        return {
            "disease": rng.choices(("multiple-myeloma", "plasma-cell-leukemia", "mgus"), (90, 4, 6))[0],
            "ecog": rng.choices(range(5), (40, 35, 15, 7, 3))[0],
            "tp53_clone": finding(0.05),
            "tp53_mutation": finding(0.06),
            "del_17p": del_17p,
            "del_17p_fraction": round(rng.uniform(0.01, 1), 2) if del_17p == "present" else 0.0,
            "t_4_14": finding(0.12),
            "t_14_16": finding(0.04),
            "t_14_20": finding(0.01),
            "gain_1q": finding(0.3),
            "circulating_plasma_cells_percent": round(rng.random() ** 8 * 20, 1),
            "extramedullary_disease": finding(0.05),
            "beta2_microglobulin": round(1.5 + rng.random() ** 2 * 8, 1),
            "creatinine": round(rng.uniform(0.6, 1.6), 2),
            "ldh": round(120 + rng.random() ** 2 * 250, 1),
            "ldh_upper_limit": 250,
            "surveillance_feasible": rng.random() < 0.85,
            "wishes_to_stop": rng.random() < 0.7,
        }

    return [one() for _ in range(how_many)]


def profile(name: str, facts: Facts) -> dict[str, Any]:
    """The same facts as a patient profile."""
    return {
        "id": name,
        "ecog": facts["ecog"],
        "diagnosis": {"disease": facts["disease"]},
        "baseline": {
            "labs": {
                "beta2_microglobulin": {"value": facts["beta2_microglobulin"], "unit": "mg/L"},
                "creatinine": {"value": facts["creatinine"], "unit": "mg/dL"},
                "ldh": {"value": facts["ldh"], "unit": "U/L", "upper_limit": facts["ldh_upper_limit"]},
            },
            "cytogenetics": {
                "del_17p": {"status": facts["del_17p"], "fraction": facts["del_17p_fraction"]},
                **{name: facts[name] for name in ("tp53_mutation", "t_4_14", "t_14_16", "t_14_20", "gain_1q")},
            },
            "extramedullary_disease": facts["extramedullary_disease"],
            "circulating_plasma_cells_percent": facts["circulating_plasma_cells_percent"],
        },
        "clonal_hematopoiesis": {"tp53": facts["tp53_clone"]},
        "surveillance": {"feasible": facts["surveillance_feasible"]},
        "preference": {"stop": facts["wishes_to_stop"]},
    }


class Twelve:
    """Every way of asking, ready to be timed."""

    def __init__(self, how_many: int) -> None:
        self.facts = invented_facts(how_many)
        self.profiles = [profile(f"p{number}", facts) for number, facts in enumerate(self.facts)]
        self.patients = [read_patient(item) for item in self.profiles]
        self.rules: RuleBook = load_rules(HERE)
        self.unavailable: list[str] = []
        self._zen_verdicts: Callable[[Facts], Mapping[str, Any]] | None = None
        self.ours = Asked("mrdguide, verdicts + outcome, patient already read", self.patients, self._ask_mrdguide)
        self.rivals = [*self._zen(), *self._durable_rules()]
        self.from_dict = Asked(
            "mrdguide, the same from a dict (validation included)",
            self.profiles,
            lambda item: self._ask_mrdguide(read_patient(item)),
        )

    @property
    def all(self) -> list[Asked]:
        return [self.ours, self.from_dict, *self.rivals]

    @cached_property
    def one_of_each(self) -> list[Patient]:
        """One patient for every distinct verdict judged_verdicts."""
        return list({self.rules.judge_all(Case(patient, AS_OF)): patient for patient in self.patients}.values())

    def never_made(self) -> Callable[[], int]:
        """A fresh rule book, its second engine built, and a pass in which every decision is its first of the kind."""
        rules, patients = load_rules(HERE), self.one_of_each
        rules.decider.decide((UNKNOWN,) * len(rules.compiled_criteria))

        def one_pass() -> int:
            for patient in patients:
                rules.decider.decide(rules.judge_all(Case(patient, AS_OF)))
            return len(patients)

        return one_pass

    def check_agreement(self) -> Counter[str]:
        """How often each outcome is given, the same by every engine for every patient.

        Raises:
            SystemExit: two ways of asking differ, so that their speeds must not be compared.
        """
        outcomes = [self.ours.ask(patient) for patient in self.patients]
        for asked in self.all:
            for number, (item, mine) in enumerate(zip(asked.inputs, outcomes, strict=True)):
                theirs = asked.ask(item)
                if theirs != mine:
                    raise SystemExit(f"{asked.name} answers {theirs}, mrdguide {mine}, for {self.facts[number]}")
        self._check_verdicts()
        return Counter(outcomes)

    def _ask_mrdguide(self, patient: Patient) -> str:
        rules = self.rules
        return rules.decider.decide(rules.judge_all(Case(patient, AS_OF))).outcome

    def _check_verdicts(self) -> None:
        """zen-engine's first model returns verdicts too: they must be ours."""
        if self._zen_verdicts is None:
            return
        names = [judged.rule.id.replace("-", "_") for judged in self.rules.compiled_criteria]
        for facts, patient in zip(self.facts, self.patients, strict=True):
            mine = [verdict == MET for verdict in self.rules.judge_all(Case(patient, AS_OF))]
            result = self._zen_verdicts(facts)
            if [result[name] for name in names] != mine:
                raise SystemExit(f"zen-engine's verdicts {result} differ from mrdguide's {mine} for {facts}")

    def _zen(self) -> Iterator[Asked]:
        try:
            import zen
        except ImportError:
            self.unavailable.append(
                "zen-engine is not installed, so its rows are left out: pip install 'mrdguide[benchmark]' (or zen-engine)"
            )
            return
        models = {
            name: (HERE.parent / "jdm" / f"{name}.jdm.json").read_text(encoding="utf-8")
            for name in ("verdicts-and-outcome", "outcome")
        }
        # Handed to the loader, a model is compiled once; a decision made by `create_decision` is ten times slower.
        engine = zen.ZenEngine(
            {"loader": {"type": "static", "content": {name: json.loads(text) for name, text in models.items()}}}
        )
        evaluate: Callable[[str, Any], Mapping[str, Any]] = engine.evaluate
        self._zen_verdicts = lambda facts: evaluate("verdicts-and-outcome", facts)["result"]
        texts = [json.dumps(facts) for facts in self.facts]
        words = {"verdicts-and-outcome": "verdicts + outcome", "outcome": "outcome only"}
        for model, what in words.items():

            def ask(item: Any, model: str = model) -> str:
                return evaluate(model, item)["result"]["outcome"]  # type: ignore[no-any-return]

            yield Asked(f"zen-engine, {what}, from a dict", self.facts, ask)
            yield Asked(f"zen-engine, {what}, from JSON text", texts, ask)
        created = zen.ZenEngine().create_decision(models["verdicts-and-outcome"])
        yield Asked(
            "zen-engine, verdicts + outcome, decision from create_decision()",
            self.facts,
            lambda facts: created.evaluate(facts)["result"]["outcome"],
        )
        expression = zen.compile_expression(_as_one_expression(json.loads(models["outcome"])))
        yield Asked(
            "zen-engine, outcome as one bare expression, no decision model (not counted)",
            self.facts,
            lambda facts: str(expression.evaluate(facts)),
            counts=False,
        )

    def _durable_rules(self) -> Iterator[Asked]:
        try:
            from durable.engine import Ruleset
        except ImportError:
            self.unavailable.append("durable-rules cannot be imported (Python 3.13 and later), so its row is left out")
            return
        reached: list[str] = []

        def action(outcome: str) -> Callable[[object], None]:
            # One parameter exactly: durable-rules takes a second one for a callback.
            return lambda _closure: reached.append(outcome)

        definition = {
            outcome: {"pri": place, "all": [{"m": condition}], "run": action(outcome)}
            for place, (outcome, condition) in enumerate(_durable_conditions().items(), start=1)
        }
        ruleset = Ruleset("twelve", None, definition)
        sessions = count(1)

        def completed(error: object, _state: object) -> None:
            if error is not None:
                raise RuntimeError(f"durable-rules failed: {error}")

        def ask(facts: Facts) -> str:
            session = str(next(sessions))
            reached.clear()
            try:
                ruleset.do_actions(ruleset.assert_event({**facts, "sid": session}), completed)
            finally:
                ruleset.delete_state(session)
            return reached[0]

        yield Asked("durable-rules, outcome only, one wide event", self.facts, ask)


def _as_one_expression(model: Mapping[str, Any]) -> str:
    """The rows of a first-hit table as one nested conditional."""
    table = next(node["content"] for node in model["nodes"] if node["type"] == "decisionTableNode")
    *rows, last = table["rules"]
    text = str(last["outcome"])
    for row in reversed(rows):
        text = f"(({row['condition']}) ? {row['outcome']} : {text})"
    return text


def _durable_conditions() -> dict[str, dict[str, Any]]:
    """The outcomes in order, each with its condition on one event; of an event only the first rule that fits runs.

    The last one fits every event: deleting a session in which no action ran is a segmentation fault in 2.0.28.
    """

    def found(name: str) -> dict[str, Any]:
        return {name: "present"}

    tp53 = {"$or": [found("tp53_mutation"), {"$and": [found("del_17p"), {"$gt": {"del_17p_fraction": 0.2}}]}]}
    translocation = {"$or": [found("t_4_14"), found("t_14_16"), found("t_14_20")]}
    gain_1q = found("gain_1q")
    b2m = {"$and": [{"$gte": {"beta2_microglobulin": 5.5}}, {"$lt": {"creatinine": 1.2}}]}
    ldh = {"$gt": {"ldh": {"$m": "ldh_upper_limit"}}}
    other_disease = {"$and": [{"$neq": {"disease": name}} for name in ("multiple-myeloma", "plasma-cell-leukemia")]}
    two = [{"$and": list(pair)} for pair in ((tp53, translocation), (tp53, gain_1q), (translocation, gain_1q))]
    plasma_cells = {"$gte": {"circulating_plasma_cells_percent": 5}}
    refused = [{"surveillance_feasible": False}, {"wishes_to_stop": False}]
    return {
        "out-of-scope": {"$or": [other_disease, {"$gt": {"ecog": 2}}]},
        "stop-for-harm": found("tp53_clone"),
        "continue": {"$or": [*two, plasma_cells, found("extramedullary_disease")]},
        "individualise": {"$or": [tp53, translocation, gain_1q, b2m, ldh, *refused]},
        "discuss-stopping": {"$ex": {"disease": 1}},
    }
