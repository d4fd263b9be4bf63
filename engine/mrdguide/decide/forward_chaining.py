"""The second engine: the same decision by forward chaining in durable-rules. Nothing else imports durable-rules.

Two rails: `x+` says that x is met, `x-` that it is not met; unknown is the absence of both. Strong Kleene logic is then
plain forward chaining, no rule needs the absence of a fact, and the order of the facts cannot matter. `not` is the other
rail and needs no rule. Only symbols enter, each as a property of its own (`{"p17": 1}`), which durable-rules finds
fastest: scientific notation, booleans and null are not safe inside durable-rules 2.0.28.

`Ruleset` is used directly (`Host` starts threads and is not safe with many of them), behind one lock, with a session
of its own for every run that is deleted afterwards. Deleting a session in which no action ever ran is a segmentation
fault in 2.0.28, so every session begins with a fact that always fires a rule.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, count
from threading import Lock
from typing import Any

from ..errors import MrdguideError
from ..logic.operator import Operator
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference
from ..logic.truth import MET, NOT_MET, UNKNOWN

_NAMES = count()
_START = "start"
# durable-rules 2.0.28 refuses facts (error 304) once a rule joins more than about sixteen.
_WIDEST = 8
_MIRRORED = str.maketrans("+-", "-+")


def available() -> bool:
    """Whether durable-rules can be imported; it cannot on Python 3.13 and later."""
    if sys.version_info >= (3, 13):
        return False
    try:
        import durable.engine  # noqa: F401
    except ImportError:
        return False
    return True


class ForwardChaining:
    """A rule book's combinations as forward-chaining rules."""

    def __init__(self, combinations_: Mapping[str, Operator], selection: Sequence[str]) -> None:
        """`combinations_` with each after all it refers to; `selection` names the outcomes' conditions in the order they are tried."""
        from durable.engine import Ruleset

        self._selection = list(selection)
        self._names = list(combinations_)
        self._rules: list[tuple[tuple[str, ...], str]] = []
        self._other_names: dict[str, tuple[str, bool]] = {}
        self._gates = count()
        for name, expression in combinations_.items():
            self._gate(name, expression)
        for place, name in enumerate(self._selection):
            self._select(place, name)
        self._rules.append(((_START,), "started"))
        mentioned = sorted({symbol for needed, _ in self._rules for symbol in needed})
        self._properties = {symbol: f"p{number}" for number, symbol in enumerate(mentioned)}
        self._lock = Lock()
        self._sessions = count(1)
        self._session = ""
        self._derived: set[str] = set()
        definition = {
            f"r{number}": {
                "all": [{f"m{index}": {self._properties[symbol]: 1}} for index, symbol in enumerate(needed)],
                "run": self._action(result),
            }
            for number, (needed, result) in enumerate(self._rules)
        }
        self._ruleset = Ruleset(f"mrdguide-{next(_NAMES)}", None, definition)

    def run(self, verdicts: Mapping[str, int]) -> tuple[dict[str, int], list[int]]:
        """Chain forward from the verdicts of the criteria.

        Returns the verdict of every combination that is not unknown, and the places of the outcomes still possible.

        Raises:
            MrdguideError: durable-rules reported a failure; no answer of it can be used.
        """
        facts = [name + ("+" if verdict == MET else "-") for name, verdict in verdicts.items() if verdict != UNKNOWN]
        with self._lock:
            derived = self._infer([_START, *(fact for fact in facts if fact in self._properties)])
        derived.discard("started")
        if any(symbol.translate(_MIRRORED) in derived for symbol in derived):
            raise MrdguideError("durable-rules derived both a conclusion and its opposite, no recommendation is given")
        found = dict(verdicts)
        found.update({symbol[:-1]: MET if symbol[-1] == "+" else NOT_MET for symbol in derived})
        for name, (target, swapped) in self._other_names.items():
            verdict = found.get(target, UNKNOWN)
            found[name] = MET - verdict if swapped else verdict
        concluded = {name: found[name] for name in self._names if found.get(name, UNKNOWN) != UNKNOWN}
        possible = [place for place, name in enumerate(self._selection) if f"answer:{place}:{name}-" not in derived]
        return concluded, possible

    def _infer(self, facts: list[str]) -> set[str]:
        self._session = str(next(self._sessions))
        self._derived = set()
        failures: list[object] = []
        finished: list[bool] = []

        def done(error: object, _state: object) -> None:
            finished.append(True)
            if error is not None:
                failures.append(error)

        handle = 0
        try:
            for fact in facts:
                handle = self._ruleset.assert_fact({"sid": self._session, self._properties[fact]: 1})
            self._ruleset.do_actions(handle, done)
            state = self._ruleset.get_state(self._session)
            if "exception" in state:
                failures.append(state["exception"])
        except Exception as error:  # whatever it is, no answer of the second engine can be used
            failures.append(f"{type(error).__name__}: {error}")
        finally:
            self._ruleset.delete_state(self._session)
        if not finished:
            failures.append("it did not come to an end (it drops actions when the clock jumps)")
        if failures:
            raise MrdguideError(f"durable-rules failed, no recommendation is given: {failures[0]}")
        return self._derived

    def _action(self, result: str) -> Callable[[Any], None]:
        name = self._properties.get(result)

        def run(_closure: Any) -> None:
            if result not in self._derived:
                self._derived.add(result)
                if name is not None:
                    self._ruleset.assert_fact({"sid": self._session, name: 1})

        return run

    def _gate(self, name: str, expression: Operator) -> None:
        """Rules that derive both rails of `name` from an expression; a bare `not` or reference is only another name."""
        if isinstance(expression, Not | Reference):
            self._other_names[name] = self._literal(expression)
            return
        parts = [self._literal(child) for child in expression.children()]
        if isinstance(expression, All | AnyOf) and len(parts) > _WIDEST:
            parts = self._grouped(parts, type(expression))
        if isinstance(expression, All):
            needed = len(parts)
        elif isinstance(expression, AnyOf):
            needed = 1
        elif isinstance(expression, AtLeast):
            needed = expression.count
        else:
            raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")
        for chosen in combinations(parts, needed):
            self._rule([_rail(part, met=True) for part in chosen], name + "+")
        for chosen in combinations(parts, len(parts) - needed + 1):
            self._rule([_rail(part, met=False) for part in chosen], name + "-")

    def _grouped(self, parts: list[tuple[str, bool]], kind: type[All | AnyOf]) -> list[tuple[str, bool]]:
        """The same parts through gates of their own, few enough for one rule each."""
        size = _WIDEST
        while len(parts) > _WIDEST:
            groups = [parts[start : start + size] for start in range(0, len(parts), size)]
            parts = []
            for group in groups:
                name = f"g:{next(self._gates)}"
                whole, single = ("+", "-") if kind is All else ("-", "+")
                self._rule([_rail(part, met=whole == "+") for part in group], name + whole)
                for part in group:
                    self._rule([_rail(part, met=single == "+")], name + single)
                parts.append((name, False))
        return parts

    def _literal(self, expression: Operator) -> tuple[str, bool]:
        """A name, and whether its rails are swapped."""
        if isinstance(expression, Reference):
            return self._other_names.get(expression.id, (expression.id, False))
        if isinstance(expression, Not):
            name, swapped = self._literal(expression.of)
            return name, not swapped
        name = f"g:{next(self._gates)}"
        self._gate(name, expression)
        return name, False

    def _select(self, place: int, name: str) -> None:
        """An outcome is out when its condition is not met, or the condition of an earlier one is met."""

        def literal(outcome: str) -> tuple[str, bool]:
            return self._other_names.get(outcome, (outcome, False))

        self._rule([_rail(literal(name), met=False)], f"answer:{place}:{name}-")
        for earlier in self._selection[:place]:
            self._rule([_rail(literal(earlier), met=True)], f"answer:{place}:{name}-")

    def _rule(self, needed: list[str], result: str) -> None:
        # The same symbol twice in one rule would make durable-rules wait for two facts.
        self._rules.append((tuple(dict.fromkeys(needed)), result))


def _rail(literal: tuple[str, bool], *, met: bool) -> str:
    name, swapped = literal
    return name + ("+" if met != swapped else "-")
