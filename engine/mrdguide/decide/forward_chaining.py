"""The second engine: the same decision by forward chaining in durable-rules. Nothing else imports durable-rules.

What it is told of a rule is in `rules_as_symbols`. Only symbols enter, each as a property of its own (`{"p17": 1}`), which
durable-rules finds fastest: scientific notation, booleans and null are not safe inside durable-rules 2.0.28.

`Ruleset` is used directly (`Host` starts threads and is not safe with many of them), behind one lock, with a session
of its own for every run that is deleted afterwards. Deleting a session in which no action ever ran is a segmentation
fault in 2.0.28, so every session begins with a fact that always fires a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import count, product
from time import monotonic
from typing import Any, NamedTuple

from ..errors import MrdguideError
from ..logic.operator import Operator
from ..logic.truth import MET, NOT_MET, UNKNOWN, VERDICTS
from ..reading.computed import computed
from ..reading.forkable import ForkableLock
from ..reading.frozen import frozen
from .rules_as_symbols import OUT, PART, Conclusion, Form, parts_of, selecting

# The verdicts that a conclusion reads; one alone stands without a tuple.
Inputs = tuple[int, ...] | int

_NAMES = count()
_START = "start"
_REMEMBERED = 65_536
# To compile the way through all parts takes as long as to walk it so many times.
_WALKED_FIRST = 4
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
        self._out = tuple([f"{OUT}{place}" for place in range(len(selection))])
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
        return {**self._derived_rules, **selecting(self._choice)}

    def _make(self) -> None:
        conclusions = [part for name, rule in self._rules.items() for part in parts_of(name, rule)]
        concluded = dict.fromkeys(part.name for part in conclusions)
        read = dict.fromkeys(name for part in conclusions for name in part.reads)
        self.given = tuple(name for name in read if name not in concluded)
        forms: dict[Form, _Remembering] = {}
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

    def _conclusion(self, name: str) -> Conclusion:
        """The conclusion of this name, a rule or a part of one."""
        rule = name.partition(PART)[0]
        return next(part for part in parts_of(rule, self._rules[rule]) if part.name == name)

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

    def _inferred(self, conclusion: Conclusion, inputs: Inputs) -> set[str]:
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

    def _ruleset(self, conclusion: Conclusion) -> Any:
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

    def _action(self, conclusion: Conclusion, result: str) -> Callable[[Any], None]:
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

    def __init__(self, conclusion: Callable[[], Conclusion], before: str = "") -> None:
        self._conclusion = conclusion
        self.before = before
        self.remembered: dict[Inputs, Any] = {}

    @computed
    def of(self) -> Conclusion:
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


def _itself(conclusion: Conclusion) -> Conclusion:
    return conclusion


def _still_open(out: Sequence[int]) -> tuple[int, ...]:
    return tuple([place for place, verdict in enumerate(out) if verdict != MET])
