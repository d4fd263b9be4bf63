"""Derived rules as rules over symbols, as the second engine reads them: in parts that read few names, on two rails.

Two rails: `x+` says that x is met, `x-` that it is not met; unknown is the absence of both. Strong Kleene logic is then
plain forward chaining, no rule needs the absence of a fact, and the order of the facts cannot matter. `not` is the other
rail and needs no rule.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations, count

from ..logic.operator import Operator
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference, references
from ..reading.computed import computed

# Stands for the conclusion itself; no id of a rule begins like this.
_RESULT = "="
# The rules of a conclusion as symbols, those of what it reads (met, not met), and its own.
Form = tuple[Hashable, ...]
# Conclusions of the selection by the place of an outcome: that it is out, that its condition or one before it holds.
OUT, _HOLDS = "out:", "holds:"
# Between the name of a conclusion and the number of a part of it; no id of a rule holds it.
PART = "/"
# So many names at most are read at once: of 3**4 different inputs nearly all come again, and with fewer there is more to
# look up for every patient.
_FEW = 4
# A rule of durable-rules 2.0.28 joins at most 16 facts; a wider one fails or crashes.
_WIDEST = 8


def selecting(selection: Sequence[str]) -> dict[str, Operator]:
    """An outcome is out when its condition is not met, or the condition of an earlier one is met."""
    found: dict[str, Operator] = {}
    for place, name in enumerate(selection):
        condition = Reference.model_construct(id=name)
        earlier = [Reference.model_construct(id=f"{_HOLDS}{place - 1}")] if place else []
        found[f"{OUT}{place}"] = AnyOf.model_construct(of=(*earlier, Not.model_construct(of=condition)))
        if place + 1 < len(selection):
            found[f"{_HOLDS}{place}"] = AnyOf.model_construct(of=(*earlier, condition))
    return found


def parts_of(name: str, rule: Operator) -> list[Conclusion]:
    """A derived rule as one conclusion, or, when it refers to many, as conclusions for parts of it and one over them."""
    made: list[Conclusion] = []
    numbers = count(1)

    def apart(expression: Operator) -> Operator:
        """A part of the rule by the name of a conclusion of its own, unless it needs none."""
        if isinstance(expression, Reference):
            return expression
        if isinstance(expression, Not):
            return Not.model_construct(of=apart(expression.of))
        named = f"{name}{PART}{next(numbers)}"
        made.append(Conclusion.of(named, narrowed(expression)))
        return Reference.model_construct(id=named)

    def narrowed(expression: Operator) -> Operator:
        """The same over so few names that equal inputs come again."""
        if len(references(expression)) <= _FEW or isinstance(expression, Reference | AtLeast):
            return expression
        if isinstance(expression, Not):
            return Not.model_construct(of=apart(expression.of))
        assert isinstance(expression, All | AnyOf)
        # Put together of parts that are valid, so nothing is validated again.
        kind = type(expression)
        parts = [apart(part) for part in expression.of]
        while len(parts) > _FEW:
            parts = [apart(kind.model_construct(of=tuple(parts[at : at + _FEW]))) for at in range(0, len(parts), _FEW)]
        return kind.model_construct(of=tuple(parts))

    made.append(Conclusion.of(name, narrowed(rule)))
    return made


class Conclusion:
    """One derived rule as rules over symbols of its own: no symbol is shared with another conclusion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rules: list[tuple[tuple[str, ...], str]] = []
        self.reads: tuple[str, ...] = ()
        self._symbols: dict[str, str] = {}
        self._gates = count()

    @classmethod
    def of(cls, name: str, rule: Operator) -> Conclusion:
        """Both rails of a derived rule."""
        made = cls(name)
        made.reads = references(rule)
        if isinstance(rule, Reference | Not):
            inner = made._literal(rule)
            for met in (True, False):
                made._rule([_rail(inner, met=met)], _rail((_RESULT, False), met=met))
        else:
            made._gate(_RESULT, rule)
        return made

    @computed
    def form(self) -> Form:
        """Everything that durable-rules is told of it: equal forms are one program, and read what they read alike."""
        read = tuple((self.symbol(name + "+"), self.symbol(name + "-")) for name in self.reads)
        return tuple(self.rules), read, self.rail(met=True), self.rail(met=False)

    @computed
    def asked(self) -> frozenset[str]:
        """Symbols that some rule waits for; no other fact may be asserted."""
        return frozenset(symbol for needed, _ in self.rules for symbol in needed)

    def symbol(self, text: str) -> str:
        """The property name that stands for a symbol of this conclusion."""
        return self._symbols.setdefault(text, f"p{len(self._symbols)}")

    def rail(self, *, met: bool) -> str:
        """The symbol of the conclusion itself, met or not met."""
        return self.symbol(_RESULT + ("+" if met else "-"))

    def _literal(self, expression: Operator) -> tuple[str, bool]:
        """A name, and whether its rails are swapped."""
        if isinstance(expression, Reference):
            return expression.id, False
        if isinstance(expression, Not):
            name, swapped = self._literal(expression.of)
            return name, not swapped
        name = f"{_RESULT}{next(self._gates)}"
        self._gate(name, expression)
        return name, False

    def _gate(self, name: str, expression: Operator) -> None:
        parts = [self._literal(child) for child in expression.children()]
        if isinstance(expression, All | AnyOf):
            every = isinstance(expression, All)
            while len(parts) > _WIDEST:
                parts = [self._joined(parts[at : at + _WIDEST], every=every) for at in range(0, len(parts), _WIDEST)]
            self._count(name, parts, len(parts) if every else 1)
        elif isinstance(expression, AtLeast):
            (self._count if len(parts) <= _WIDEST else self._counted_one_by_one)(name, parts, expression.count)
        else:
            raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")

    def _joined(self, parts: list[tuple[str, bool]], *, every: bool) -> tuple[str, bool]:
        """A gate of its own for some of the parts of a wide one."""
        name = f"{_RESULT}{next(self._gates)}"
        self._count(name, parts, len(parts) if every else 1)
        return name, False

    def _count(self, name: str, parts: list[tuple[str, bool]], needed: int) -> None:
        """Rules for "at least so many of the parts", on both rails."""
        for chosen in combinations(parts, needed):
            self._rule([_rail(part, met=True) for part in chosen], name + "+")
        for chosen in combinations(parts, len(parts) - needed + 1):
            self._rule([_rail(part, met=False) for part in chosen], name + "-")

    def _counted_one_by_one(self, name: str, parts: list[tuple[str, bool]], needed: int) -> None:
        """The same for many parts: gates for "at least so many of the first parts", so that no rule joins more than two facts."""
        before: dict[int, tuple[str, bool]] = {}
        for at, part in enumerate(parts, start=1):
            gates: dict[int, tuple[str, bool]] = {}
            for so_many in range(max(1, needed - (len(parts) - at)), min(at, needed) + 1):
                gate = name if at == len(parts) else f"{_RESULT}{next(self._gates)}"
                gates[so_many] = gate, False
                without, with_it = before.get(so_many), before.get(so_many - 1)
                if without is not None:
                    self._rule([_rail(without, met=True)], gate + "+")
                if with_it is not None:
                    self._rule([_rail(with_it, met=False)], gate + "-")
                self._rule([_rail(item, met=True) for item in (with_it, part) if item is not None], gate + "+")
                self._rule([_rail(item, met=False) for item in (without, part) if item is not None], gate + "-")
            before = gates

    def _rule(self, needed: list[str], result: str) -> None:
        # The same symbol twice in one rule would make durable-rules wait for two facts.
        self.rules.append((tuple(dict.fromkeys(self.symbol(text) for text in needed)), self.symbol(result)))


def _rail(literal: tuple[str, bool], *, met: bool) -> str:
    name, swapped = literal
    return name + ("+" if met != swapped else "-")
