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

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import combinations, count, product
from time import monotonic
from typing import Any, NamedTuple

from ..errors import MrdguideError
from ..logic.operator import Operator
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference, references
from ..logic.truth import MET, NOT_MET, UNKNOWN, VERDICTS
from ..reading.computed import computed
from ..reading.forkable import ForkableLock
from ..reading.frozen import frozen

# The verdicts that a conclusion reads; one alone stands without a tuple.
Inputs = tuple[int, ...] | int

_NAMES = count()
_START = "start"
# Stands for the conclusion itself; no id of a rule begins like this.
_RESULT = "="
_REMEMBERED = 65_536
# The rules of a conclusion as symbols, those of what it reads (met, not met), and its own.
_Form = tuple[Hashable, ...]
# Conclusions of the selection by the place of an outcome: that it is out, that its condition or one before it holds.
_OUT, _HOLDS = "out:", "holds:"
# Between the name of a conclusion and the number of a part of it; no id of a rule holds it.
_PART = "/"
# So many names at most are read at once: of 3**4 different inputs nearly all come again, and with fewer there is more to
# look up for every patient.
_FEW = 4
# To compile the way through all parts takes as long as to walk it so many times.
_WALKED_FIRST = 4
# A rule of 2.0.28 joins at most 16 facts; a wider one fails or crashes.
_WIDEST = 8
# A conclusion that reads no more is inferred for all inputs there can be when the shipped rules are compiled (3**7 of them).
_INFERRED_BEFORE = 7


@cache
def available() -> bool:
    """Whether durable-rules can be imported: where it was not installed, or built without what newer Pythons need, it cannot."""
    try:
        import durable.engine  # noqa: F401
    except ImportError:
        return False
    return True


@cache
def _engine() -> Any:
    """durable-rules by a clock that cannot jump.

    It only ever takes differences of times. Its own clock follows the host's, and drops actions when that is set; and
    Python 3.12 and later warn of how it is read, so that a host that makes errors of warnings would get no answer.
    """
    from durable import engine

    engine._unix_now = monotonic
    return engine


@frozen
class KeptChaining:
    """The second engine of a rule book as it was made once, with what durable-rules inferred then.

    `parts` are the conclusions, each after all that it reads, with these names and the number of its form; `forms` hold for
    each the first conclusion that has it and the verdicts for all inputs in order, a digit each, or nothing.
    """

    given: list[str]
    parts: list[tuple[str, list[str], int]]
    forms: list[tuple[str, str]]


class ForwardChaining:
    """A rule book's derived rules as forward-chaining rules, conclusion by conclusion.

    Every conclusion is inferred in sessions of its own from the verdicts it refers to, in the order in which each stands
    after all it refers to; one that refers to many is inferred in parts, so that a session stays small and has few
    different inputs however large the rule book is. Parts whose rules are the same text of symbols ("met if both are met")
    are one program for durable-rules whatever they are called, so each such form is made once and equal inputs of it are
    inferred once and remembered; `inferred` counts how many different ones durable-rules was asked for.
    """

    def __init__(
        self, derived_rules: Mapping[str, Operator], selection: Sequence[str], kept: KeptChaining | None = None
    ) -> None:
        """`derived_rules` with each after all it refers to; `selection` names the outcomes' conditions in the order they are
        tried. `given` then names the criteria that all of it reads. `kept` is what was made of just these rules before."""
        self.names = tuple(derived_rules)
        self._derived_rules, self._choice = derived_rules, selection
        self._out = tuple([f"{_OUT}{place}" for place in range(len(selection))])
        if kept is None:
            self._make()
        else:
            self._take(kept)
        self._concluded = tuple(dict.fromkeys(part.name for part in self._parts))
        self._walk: Callable[[Sequence[int]], tuple[tuple[int, ...], tuple[int, ...]]] = self._step_by_step
        self._runs = count(1)
        self._lock = ForkableLock()
        self._sessions = count(1)
        self._session = ""
        self._derived: set[str] = set()
        self._rulesets: dict[str, Any] = {}
        self.inferred = 0

    @computed
    def _rules(self) -> Mapping[str, Operator]:
        """All that is concluded by its name, each after all that it reads."""
        return {**self._derived_rules, **_selecting(self._choice)}

    def _make(self) -> None:
        conclusions = [part for name, rule in self._rules.items() for part in _parts(name, rule)]
        concluded = dict.fromkeys(part.name for part in conclusions)
        read = dict.fromkeys(name for part in conclusions for name in part.reads)
        self.given = tuple(name for name in read if name not in concluded)
        forms: dict[_Form, _Remembering] = {}
        for part in conclusions:
            forms.setdefault(part.form, _Remembering(partial(_itself, part)))
        self._forms = tuple(forms.values())
        self._parts = [_Part(part.name, part.reads, forms[part.form]) for part in conclusions]

    def _take(self, kept: KeptChaining) -> None:
        self.given = tuple(kept.given)
        self._forms = tuple(_Remembering(partial(self._conclusion, name), verdicts) for name, verdicts in kept.forms)
        self._parts = [_Part(name, tuple(reads), self._forms[number]) for name, reads, number in kept.parts]

    def kept(self) -> KeptChaining:
        """The same for another time, with every verdict of durable-rules that a form of few names can have."""
        numbers = {id(form): number for number, form in enumerate(self._forms)}
        return KeptChaining(
            list(self.given),
            [(part.name, list(part.reads), numbers[id(part.form)]) for part in self._parts],
            [(form.of.name, self._all_verdicts(form)) for form in self._forms],
        )

    def _all_verdicts(self, form: _Remembering) -> str:
        names = len(form.of.reads)
        if names > _INFERRED_BEFORE:
            return ""
        every = product(range(len(VERDICTS)), repeat=names)
        return "".join([str(self._remembered(form, self._verdict, verdicts)) for verdicts in every])

    def _conclusion(self, name: str) -> _Conclusion:
        """The conclusion of this name, a rule or a part of one."""
        rule = name.partition(_PART)[0]
        return next(part for part in _parts(rule, self._rules[rule]) if part.name == name)

    def run(self, given: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Chain forward from verdicts of the criteria, in the order of `given`.

        Returns the verdict of every derived rule in the order of `names`, and the places of the outcomes still possible.

        Raises:
            MrdguideError: durable-rules reported a failure; no answer of it can be used.
        """
        if next(self._runs) == _WALKED_FIRST:
            self._walk = self._compiled(
                {name: f"v{number}" for number, name in enumerate((*self.given, *self._concluded))}
            )
        concluded, out = self._walk(given)
        return concluded, _still_open(out)

    def parts(self) -> Iterator[tuple[str, tuple[str, ...], Callable[[tuple[int, ...]], int]]]:
        """Every part with its name, what it reads, and its verdict for verdicts of these; each after all that it reads."""
        for name, reads, form in self._parts:
            yield name, reads, partial(self._remembered, form, self._verdict)

    def selection(self) -> tuple[tuple[str, ...], Callable[[Sequence[int]], tuple[int, ...]]]:
        """The conclusions that say which outcomes are out, and the places of those still possible for verdicts of these."""
        return self._out, _still_open

    @staticmethod
    def _remembered(form: _Remembering, infer: Callable[[_Remembering, Inputs], Any], verdicts: tuple[int, ...]) -> Any:
        inputs: Inputs = verdicts if len(verdicts) > 1 else verdicts[0]
        found = form.remembered.get(inputs)
        return infer(form, inputs) if found is None else found

    def _step_by_step(self, given: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What `_compiled` makes, for the first runs: a command that decides for one patient does not wait for it."""
        verdicts = dict(zip(self.given, given, strict=True))

        def inputs(reads: Sequence[str]) -> Inputs:
            return tuple([verdicts[name] for name in reads]) if len(reads) > 1 else verdicts[reads[0]]

        for name, reads, form in self._parts:
            read = inputs(reads)
            found = form.remembered.get(read)
            verdicts[name] = self._verdict(form, read) if found is None else found
        return tuple([verdicts[name] for name in self.names]), tuple([verdicts[name] for name in self._out])

    def _compiled(
        self, places: Mapping[str, str]
    ) -> Callable[[Sequence[int]], tuple[tuple[int, ...], tuple[int, ...]]]:
        """The way from the given verdicts through every part, each looked up among what was inferred of it before, to
        those of the rules and of which outcomes are out. One generated function: a loop would cost more than the look-ups.

        `places` are local names; nothing else enters the text but numbers.
        """

        def inputs(reads: Sequence[str]) -> str:
            names = ", ".join(places[name] for name in reads)
            return f"({names})" if len(reads) > 1 else names

        lines = [f" {', '.join(places[name] for name in self.given)}, = given"] if self.given else []
        known: dict[str, Any] = {"infer": self._verdict}
        numbers = {id(form): number for number, form in enumerate(self._forms)}
        for number, form in enumerate(self._forms):
            known[f"known{number}"], known[f"form{number}"] = form.remembered.get, form
        for name, reads, form in self._parts:
            number, read, place = numbers[id(form)], inputs(reads), places[name]
            lines.append(f" {place} = known{number}({read})")
            lines.append(f" if {place} is None: {place} = infer(form{number}, {read})")
        every, out = ("".join(f"{places[name]}, " for name in names) for names in (self.names, self._out))
        lines.append(f" return ({every}), ({out})")
        exec("\n".join(["def walk(given):", *lines]), known)
        walk: Callable[[Sequence[int]], tuple[tuple[int, ...], tuple[int, ...]]] = known["walk"]
        return walk

    def _verdict(self, form: _Remembering, inputs: Inputs) -> int:
        verdict = form.remembered[inputs] = form.inferred_before(inputs) if form.before else self._derive(form, inputs)
        return verdict

    def _derive(self, form: _Remembering, inputs: Inputs) -> int:
        derived = self._inferred(form.of, inputs)
        met, not_met = form.of.rail(met=True) in derived, form.of.rail(met=False) in derived
        if met and not_met:
            raise MrdguideError("durable-rules derived both a conclusion and its opposite, no recommendation is given")
        return MET if met else NOT_MET if not_met else UNKNOWN

    def _inferred(self, conclusion: _Conclusion, inputs: Inputs) -> set[str]:
        """What durable-rules derives from the verdicts that a conclusion reads."""
        if self.inferred % _REMEMBERED == _REMEMBERED - 1:
            for form in self._forms:
                form.remembered.clear()
        verdicts = inputs if isinstance(inputs, tuple) else (inputs,)
        facts = [
            conclusion.symbol(name + ("+" if verdict == MET else "-"))
            for name, verdict in zip(conclusion.reads, verdicts, strict=True)
            if verdict != UNKNOWN
        ]
        with self._lock:
            self.inferred += 1
            ruleset = self._ruleset(conclusion)
            return self._infer(ruleset, [_START, *(fact for fact in facts if fact in conclusion.asked)])

    def _ruleset(self, conclusion: _Conclusion) -> Any:
        """The rules of one conclusion, made when it is first inferred."""
        found = self._rulesets.get(conclusion.name)
        if found is None:
            engine = _engine()
            definition = {
                f"r{number}": {
                    "all": [{f"m{index}": {symbol: 1}} for index, symbol in enumerate(needed)],
                    "run": self._action(conclusion, result),
                }
                for number, (needed, result) in enumerate((*conclusion.rules, ((_START,), _START)))
            }
            found = self._rulesets[conclusion.name] = engine.Ruleset(f"mrdguide-{next(_NAMES)}", None, definition)
        return found

    def _infer(self, ruleset: Any, facts: list[str]) -> set[str]:
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
                handle = ruleset.assert_fact({"sid": self._session, fact: 1})
            ruleset.do_actions(handle, done)
            state = ruleset.get_state(self._session)
            if "exception" in state:
                failures.append(state["exception"])
        except Exception as error:  # whatever it is, no answer of the second engine can be used
            failures.append(f"{type(error).__name__}: {error}")
        finally:
            ruleset.delete_state(self._session)
        if not finished:
            failures.append("it did not come to an end (it drops actions after ten seconds)")
        if failures:
            raise MrdguideError(f"durable-rules failed, no recommendation is given: {failures[0]}")
        return self._derived

    def _action(self, conclusion: _Conclusion, result: str) -> Callable[[Any], None]:
        chained = result in conclusion.asked

        def run(_closure: Any) -> None:
            if result not in self._derived:
                self._derived.add(result)
                if chained:
                    self._rulesets[conclusion.name].assert_fact({"sid": self._session, result: 1})

        return run


class _Remembering:
    """A conclusion that stands for all of its form, and what was inferred for each of their inputs.

    `before` are the verdicts for all inputs in order, where durable-rules inferred them when the rules were compiled.
    """

    def __init__(self, conclusion: Callable[[], _Conclusion], before: str = "") -> None:
        self._conclusion = conclusion
        self.before = before
        self.remembered: dict[Inputs, Any] = {}

    @computed
    def of(self) -> _Conclusion:
        """Made when durable-rules is asked for the first time."""
        return self._conclusion()

    def inferred_before(self, inputs: Inputs) -> int:
        """The verdict for some inputs among those of before."""
        place = 0
        for verdict in inputs if isinstance(inputs, tuple) else (inputs,):
            place = len(VERDICTS) * place + verdict
        return int(self.before[place])


class _Part(NamedTuple):
    """A conclusion by what it is called, what it reads, and what it has in common with all others of its form."""

    name: str
    reads: tuple[str, ...]
    form: _Remembering


def _itself(conclusion: _Conclusion) -> _Conclusion:
    return conclusion


def _selecting(selection: Sequence[str]) -> dict[str, Operator]:
    """An outcome is out when its condition is not met, or the condition of an earlier one is met."""
    found: dict[str, Operator] = {}
    for place, name in enumerate(selection):
        condition = Reference.model_construct(id=name)
        earlier = [Reference.model_construct(id=f"{_HOLDS}{place - 1}")] if place else []
        found[f"{_OUT}{place}"] = AnyOf.model_construct(of=(*earlier, Not.model_construct(of=condition)))
        if place + 1 < len(selection):
            found[f"{_HOLDS}{place}"] = AnyOf.model_construct(of=(*earlier, condition))
    return found


def _still_open(out: Sequence[int]) -> tuple[int, ...]:
    return tuple([place for place, verdict in enumerate(out) if verdict != MET])


def _parts(name: str, rule: Operator) -> list[_Conclusion]:
    """A derived rule as one conclusion, or, when it refers to many, as conclusions for parts of it and one over them."""
    made: list[_Conclusion] = []
    numbers = count(1)

    def apart(expression: Operator) -> Operator:
        """A part of the rule by the name of a conclusion of its own, unless it needs none."""
        if isinstance(expression, Reference):
            return expression
        if isinstance(expression, Not):
            return Not.model_construct(of=apart(expression.of))
        named = f"{name}{_PART}{next(numbers)}"
        made.append(_Conclusion.of(named, narrowed(expression)))
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

    made.append(_Conclusion.of(name, narrowed(rule)))
    return made


class _Conclusion:
    """One derived rule as rules over symbols of its own: no symbol is shared with another conclusion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rules: list[tuple[tuple[str, ...], str]] = []
        self.reads: tuple[str, ...] = ()
        self._symbols: dict[str, str] = {}
        self._gates = count()

    @classmethod
    def of(cls, name: str, rule: Operator) -> _Conclusion:
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
    def form(self) -> _Form:
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
