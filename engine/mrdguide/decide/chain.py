"""The second engine: the same decision by forward chaining in durable-rules. Nothing else imports durable-rules.

Two rails: `x+` says that x is met, `x-` that it is not met; unknown is the absence of both. Strong Kleene logic is then
plain forward chaining, no rule needs the absence of a fact, and the order of the facts cannot matter. Only symbols
enter: scientific notation, booleans and null are not safe inside durable-rules 2.0.28.

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
from ..logic.operators.reference import Criterion
from ..logic.truth import MET, NOT_MET, UNKNOWN

_NAMES = count()
_START = "start"
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


class Chain:
    """A rule book's combinations as forward-chaining rules."""

    def __init__(self, combinations_: Mapping[str, Operator], selection: Sequence[str]) -> None:
        """`combinations_` in any order; `selection` names the outcomes' conditions in the order they are tried."""
        from durable.engine import Ruleset

        self._selection = list(selection)
        self._rules: list[tuple[tuple[str, ...], str]] = []
        self._gates = count()
        for name, expression in combinations_.items():
            self._gate(name, expression)
        for place, name in enumerate(self._selection):
            self._select(place, name)
        self._rules.append(((_START,), "started"))
        self._mentioned = {symbol for needed, _ in self._rules for symbol in needed}
        self._lock = Lock()
        self._sessions = count(1)
        self._derived: set[str] = set()
        definition = {
            f"r{number}": {
                "all": [{f"m{index}": {"s": symbol}} for index, symbol in enumerate(needed)],
                "run": self._action(result),
            }
            for number, (needed, result) in enumerate(self._rules)
        }
        self._ruleset = Ruleset(f"mrdguide-{next(_NAMES)}", None, definition)

    def run(self, verdicts: Mapping[str, int]) -> tuple[dict[str, int], list[int]]:
        """Chain from the verdicts of the criteria.

        Returns the verdict of every combination that is not unknown, and the places of the outcomes still possible.

        Raises:
            MrdguideError: durable-rules reported a failure; no answer of it can be used.
        """
        facts = [name + ("+" if verdict == MET else "-") for name, verdict in verdicts.items() if verdict != UNKNOWN]
        with self._lock:
            derived = self._infer([_START, *(fact for fact in facts if fact in self._mentioned)])
        derived.discard("started")
        if any(symbol.translate(_MIRRORED) in derived for symbol in derived):
            raise MrdguideError("durable-rules derived both a conclusion and its opposite")
        concluded = {
            symbol[:-1]: MET if symbol[-1] == "+" else NOT_MET
            for symbol in derived
            if not symbol.startswith(("g:", "answer:"))
        }
        possible = [place for place, name in enumerate(self._selection) if f"answer:{place}:{name}-" not in derived]
        return concluded, possible

    def _infer(self, facts: list[str]) -> set[str]:
        session = str(next(self._sessions))
        self._derived = set()
        failures: list[object] = []

        def done(error: object, _state: object) -> None:
            if error is not None:
                failures.append(error)

        handle = 0
        try:
            for fact in facts:
                handle = self._ruleset.assert_fact({"sid": session, "s": fact})
            self._ruleset.do_actions(handle, done)
            state = self._ruleset.get_state(session)
            if "exception" in state:
                failures.append(state["exception"])
        finally:
            self._ruleset.delete_state(session)
        if failures:
            raise MrdguideError(f"durable-rules failed: {failures[0]}")
        return self._derived

    def _action(self, result: str) -> Callable[[Any], None]:
        def run(closure: Any) -> None:
            if result in self._derived:
                return
            self._derived.add(result)
            if result in self._mentioned:
                closure.assert_fact({"s": result})

        return run

    def _gate(self, name: str, expression: Operator) -> None:
        """Rules that derive both rails of `name` from an expression."""
        if isinstance(expression, Not):
            inner = self._symbol(expression.of)
            self._rule([inner + "-"], name + "+")
            self._rule([inner + "+"], name + "-")
            return
        if isinstance(expression, Criterion):
            self._rule([expression.id + "+"], name + "+")
            self._rule([expression.id + "-"], name + "-")
            return
        parts = [self._symbol(child) for child in expression.children()]
        if isinstance(expression, All):
            needed = len(parts)
        elif isinstance(expression, AnyOf):
            needed = 1
        elif isinstance(expression, AtLeast):
            needed = expression.count
        else:
            raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")
        for chosen in combinations(parts, needed):
            self._rule([part + "+" for part in chosen], name + "+")
        for chosen in combinations(parts, len(parts) - needed + 1):
            self._rule([part + "-" for part in chosen], name + "-")

    def _symbol(self, expression: Operator) -> str:
        if isinstance(expression, Criterion):
            return expression.id
        name = f"g:{next(self._gates)}"
        self._gate(name, expression)
        return name

    def _select(self, place: int, name: str) -> None:
        """An outcome is out when its condition is not met, or the condition of an earlier one is met."""
        self._rule([name + "-"], f"answer:{place}:{name}-")
        for earlier in self._selection[:place]:
            self._rule([earlier + "+"], f"answer:{place}:{name}-")

    def _rule(self, needed: list[str], result: str) -> None:
        # The same symbol twice in one rule would make durable-rules wait for two facts.
        self._rules.append((tuple(dict.fromkeys(needed)), result))
