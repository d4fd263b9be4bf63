"""One decision, compiled: a vector of verdicts in, the outcome and everything that follows from it out.

The answer depends on the verdicts alone, so equal vectors share one answer (a bounded cache).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

from ..errors import InconsistentVerdicts, InferenceDisagreement, SafetyInvariantViolated
from ..logic.operator import Operator
from ..logic.operators.reference import references
from ..logic.truth import MET, NOT_MET, UNKNOWN
from ..reading.forkable import ForkableLock
from ..reading.frozen import frozen
from ..rulefiles.model import Decision, Implication, Invariant, Scheme
from . import forward_chaining as chain
from .diagram import FALSE, Diagrams, KeptNodes
from .implications import Implications
from .kleene import deciding, derive_by, select
from .nodes import Nodes, order_of_appearance
from .remainder import IMPOSSIBLE, Remainder

_CACHED_DECISIONS = 1024
_CACHED_SETS = 8192
_CACHED_LOCAL = 16_384
_REMEMBERED = 512


@frozen
class SchemeResult:
    """A risk scheme's answer; `value` is None when several are possible."""

    value: str | float | None
    possible: tuple[str | float, ...]
    points: float | None = None


@frozen
class Decided:
    """What follows from one vector of verdicts. `verdicts` holds the criteria first, as judged, then every combination.

    `faults` says which verdicts contradict each other: then the answer is that not enough is known.
    """

    verdicts: tuple[int, ...]
    outcome: str
    possible: tuple[str, ...]
    settled: bool
    cross_checked: bool
    faults: tuple[str, ...] = ()


@frozen
class KeptDiagrams:
    """The diagrams of a decision as they were built once: criteria in their order, and the node of everything by name.

    `schemes` holds for each the node of its classes and that of its points, or None; `tested` which variables a diagram
    tests, by its node.
    """

    space: KeptNodes
    order: list[str]
    nodes: dict[str, int]
    answer: int
    schemes: dict[str, tuple[int, int | None]]
    tested: list[tuple[int, list[int]]]


class Decider:
    """The compiled decision of a rule book. Immutable but for its caches; safe to share between threads."""

    def __init__(
        self,
        criteria: Sequence[str],
        derived_rules: Mapping[str, Operator],
        decision: Decision,
        schemes: Sequence[Scheme],
        implications: Sequence[Implication],
        invariants: Sequence[Invariant],
        chained: Sequence[str],
        kept: KeptDiagrams | None = None,
        kept_chaining: chain.KeptChaining | None = None,
    ) -> None:
        """`derived_rules` come in an order in which each stands after all it refers to; `chained` names those that
        durable-rules derives too. `kept` are the diagrams of just these rules, built before, `kept_chaining` what
        durable-rules inferred of them then."""
        self.index_of = {name: slot for slot, name in enumerate([*criteria, *derived_rules])}
        self._criteria = list(criteria)
        self._derived_rules = derived_rules
        self._derive = derive_by(derived_rules, self.index_of)
        self._names = [outcome.id for outcome in decision.outcomes]
        self._conditions = [self.index_of[f"outcome:{name}"] for name in self._names]
        self._insufficient = decision.insufficient.id
        self._invariants = invariants
        self._implications = Implications(implications, self._criteria)
        self._chained = tuple(chained)
        self._verdicts_chained = _taking([self.index_of[name] for name in chained])
        self._chain_source = {name: derived_rules[name] for name in chained}
        self._chain: chain.ForwardChaining | None = None
        self._kept_chaining = kept_chaining
        self._given_to_second: Callable[[Sequence[int]], tuple[int, ...]] = tuple
        if kept is None:
            self._build_diagrams(derived_rules, schemes)
        else:
            self._take_diagrams(derived_rules, schemes, kept)
        self._note_what_is_tested(dict(kept.tested) if kept is not None else {})
        self.decide = lru_cache(maxsize=_CACHED_DECISIONS)(self._decide)
        self.possible = lru_cache(maxsize=_CACHED_SETS)(self._possible)
        self._reached = lru_cache(maxsize=_CACHED_SETS)(self._ends_of)
        self.verdicts = lru_cache(maxsize=_CACHED_SETS)(self._verdicts)
        # By what a combination reads and nothing else: of so few different inputs most come again.
        self._deciding = lru_cache(maxsize=_CACHED_LOCAL)(self._deciding_of)
        self._takes: dict[str, Callable[[Sequence[int]], tuple[int, ...]]] = {}
        self._hangs_on = lru_cache(maxsize=_CACHED_SETS)(self._depends_on)
        self._known_of = lru_cache(maxsize=_REMEMBERED)(self._propagated)
        self._scheme_of = lru_cache(maxsize=_CACHED_LOCAL)(self._scheme)
        self._after: dict[tuple[int, ...], tuple[str, ...]] = {}
        self._remainders: dict[tuple[int, ...], Remainder] = {}
        self._larger: dict[tuple[int, ...], Remainder | None] = {}
        self.root = lru_cache(maxsize=None)(self._root)
        self.simplified = lru_cache(maxsize=None)(self._simplified)
        self._alone = lru_cache(maxsize=None)(self._build_alone)
        self._answer_with = lru_cache(maxsize=None)(self._build_answer_with)
        self._instead = lru_cache(maxsize=None)(self._build_instead)
        # Diagrams grow when something is first asked about; two threads must not add nodes at the same time.
        self._building = ForkableLock()

    def _build_diagrams(self, derived_rules: Mapping[str, Operator], schemes: Sequence[Scheme]) -> None:
        self.diagrams = space = Diagrams()
        roots = [f"outcome:{name}" for name in self._names]
        order = order_of_appearance(derived_rules, roots, self._criteria, self._implications.related())
        self._variables = [self.index_of[name] for name in order]
        self._nodes = Nodes(space, derived_rules, {name: space.variable(number) for number, name in enumerate(order)})
        self.answer = self._first_that_holds(self._nodes)
        self._scheme_roots = {scheme.id: self._scheme_roots_of(scheme) for scheme in schemes}

    def _take_diagrams(
        self, derived_rules: Mapping[str, Operator], schemes: Sequence[Scheme], kept: KeptDiagrams
    ) -> None:
        self.diagrams = Diagrams.of_kept(kept.space)
        self._variables = [self.index_of[name] for name in kept.order]
        self._nodes = Nodes(self.diagrams, derived_rules, kept.nodes)
        self.answer = kept.answer
        self._scheme_roots = {scheme.id: (scheme, *kept.schemes[scheme.id]) for scheme in schemes}

    def _note_what_is_tested(self, known: Mapping[int, Sequence[int]]) -> None:
        """Which variables, and so which criteria, the choice of an outcome and the schemes look at."""

        def tested(root: int) -> tuple[int, ...]:
            return tuple(known[root] if root in known else sorted(self.diagrams.support(root)))

        self._numbers_asked = tested(self.answer)
        self._asked = tuple([self._variables[number] for number in self._numbers_asked])
        self.verdicts_asked = _taking(self._asked)
        self._scheme_inputs = {name: tested(root) for name, (_, root, _) in self._scheme_roots.items()}
        self._verdicts_for = {
            name: _taking([self._variables[number] for number in numbers])
            for name, numbers in self._scheme_inputs.items()
        }

    def kept(self) -> KeptDiagrams:
        """The diagrams as they were built, for the same rules another time."""
        schemes = {name: (root, total) for name, (_, root, total) in self._scheme_roots.items()}
        roots = [node for pair in schemes.values() for node in pair if node is not None]
        found = [*self._nodes.values(), self.answer, *roots]
        space, number = self.diagrams.kept(found)
        tested = [self.answer, *(root for root, _ in schemes.values())]
        return KeptDiagrams(
            space,
            [self._criteria[slot] for slot in self._variables],
            {name: number[node] for name, node in self._nodes.items()},
            number[self.answer],
            {name: (number[root], None if total is None else number[total]) for name, (root, total) in schemes.items()},
            [(number[root], sorted(self.diagrams.support(root))) for root in tested],
        )

    def _first_that_holds(self, nodes: Nodes) -> int:
        """The diagram whose ends are the outcomes, most cautious first."""
        space = self.diagrams
        answer = space.end(None)
        for name in reversed(self._names):
            answer = space.ite(nodes[f"outcome:{name}"], space.end(name), answer)
        return self._possible_only(answer)

    def possible_with(
        self, replaced: str, by: str | tuple[str, tuple[str, ...]], judged_verdicts: Sequence[int]
    ) -> tuple[str, ...]:
        """The possible outcomes if one criterion or combination had the verdict of another combination, or were met in
        some classes of a scheme (`by` is then its id with the classes)."""
        judged_verdicts = self._implications.propagate(judged_verdicts)
        ends = self.diagrams.reachable(
            self._answer_with(replaced, by), [judged_verdicts[slot] for slot in self._variables]
        )
        return tuple(name for name in self._names if name in ends)

    def possible_alone(self, conditions: tuple[tuple[str, str], ...], judged: tuple[int, ...]) -> tuple[str, ...]:
        """The possible outcomes if other combinations were their conditions: outcomes with the name of each, as tried."""
        judged_verdicts = self._implications.propagate(judged)
        ends = self.diagrams.reachable(self._alone(conditions), [judged_verdicts[slot] for slot in self._variables])
        return tuple(name for name, _ in conditions if name in ends)

    def possible_instead(self, instead: tuple[tuple[str, str | None], ...], judged: Sequence[int]) -> tuple[str, ...]:
        """The possible outcomes if each of these combinations had the verdict of another one, or were not met (None)."""
        judged_verdicts = self._implications.propagate(judged)
        ends = self.diagrams.reachable(self._instead(instead), [judged_verdicts[slot] for slot in self._variables])
        return tuple(name for name in self._names if name in ends)

    def differs_from(self, conditions: tuple[tuple[str, str], ...]) -> bool:
        """Whether some verdicts that can be give another outcome than if other combinations were the conditions."""
        other = self._alone(conditions)
        with self._building:
            return self._is_another(other)

    def takes_effect(self, instead: Mapping[str, str | None]) -> bool:
        """Whether some verdicts that can be give another outcome than if each of these combinations had the verdict of
        another one, or were not met (None)."""
        other = self._instead(tuple(instead.items()))
        with self._building:
            return self._is_another(other)

    def _is_another(self, answer: int) -> bool:
        space = self.diagrams
        return any(
            space.ite(space.where(answer, name.__eq__), space.where(self.answer, name.__ne__), FALSE) != FALSE
            for name in self._names
        )

    def _build_instead(self, instead: tuple[tuple[str, str | None], ...]) -> int:
        with self._building:
            nodes = {name: self._nodes[name] for name in self._criteria}
            nodes |= {name: FALSE if other is None else self._nodes[other] for name, other in instead}
            return self._first_that_holds(Nodes(self.diagrams, self._derived_rules, nodes))

    def _build_alone(self, conditions: tuple[tuple[str, str], ...]) -> int:
        with self._building:
            space, answer = self.diagrams, self.diagrams.end(None)
            for name, condition in reversed(conditions):
                answer = space.ite(self._nodes[condition], space.end(name), answer)
            return self._possible_only(answer)

    def _build_answer_with(self, replaced: str, by: str | tuple[str, tuple[str, ...]]) -> int:
        with self._building:
            if isinstance(by, str):
                node = self._nodes[by]
            else:
                scheme, root, _ = self._scheme_roots[by[0]]
                node = self.diagrams.where(root, lambda end: _class_named(scheme, end) in by[1])
            variables = {name: self._nodes[name] for name in self._criteria}
            return self._first_that_holds(Nodes(self.diagrams, self._derived_rules, {**variables, replaced: node}))

    def _possible_only(self, root: int) -> int:
        """The diagram with everything ruled out by implications among what it tests."""
        space = self.diagrams
        index_of = {self._variables[number]: number for number in space.support(root)}
        clauses = []
        for (first, first_met), (then, then_met) in self._implications.within(index_of):
            if first < then:
                ends = [space.variable(index_of[first]), space.variable(index_of[then])]
                condition = ends[0] if first_met else space.negation(ends[0])
                conclusion = ends[1] if then_met else space.negation(ends[1])
                clauses.append(space.disjunction([space.negation(condition), conclusion]))
        impossible = space.end(IMPOSSIBLE)
        for clause in clauses:
            root = space.ite(clause, root, impossible)
        return root

    def _scheme_roots_of(self, scheme: Scheme) -> tuple[Scheme, int, int | None]:
        """The diagram of a scheme's classes, and that of its points."""
        space, nodes = self.diagrams, self._nodes
        if scheme.points:
            terms = [
                (nodes[f"scheme:{scheme.id}:points:{index}"], item.points) for index, item in enumerate(scheme.points)
            ]
            total = self._possible_only(space.total(terms))
            return scheme, total, total
        root = space.end(None)
        for index in range(len(scheme.classes) - 1, -1, -1):
            item = scheme.classes[index]
            label = space.end(item.name)
            root = label if item.when is None else space.ite(nodes[f"scheme:{scheme.id}:{index}"], label, root)
        return scheme, self._possible_only(root), None

    def broken(self, invariant: Invariant) -> dict[str, dict[str, int]]:
        """The forbidden outcomes that some verdicts lead to while the invariant's condition holds, each with such verdicts."""
        space, condition = self.diagrams, self._nodes[f"invariant:{invariant.id}"]
        # Implications only take outcomes away, so most invariants need no look at them.
        if not space.meets(condition, self.answer, space.leading_to(self.answer, frozenset(invariant.never))):
            return {}
        held = space.ite(condition, self.answer, space.end(IMPOSSIBLE))
        root = self._possible_only(held)
        reached = space.reachable(root, [UNKNOWN] * len(self._variables))
        return {name: self.counterexample(root, name) for name in invariant.never if name in reached}

    def impossible(self) -> list[tuple[str, bool]]:
        """Criteria that the implications leave only one verdict, each with the verdict they rule out."""
        return self._implications.impossible()

    def unclassed_points(self, scheme_id: str) -> list[float]:
        """Sums of points that some verdicts give and no class of the scheme takes."""
        scheme, _, total = self._scheme_roots[scheme_id]
        if total is None or not scheme.classes:
            return []
        sums = self.diagrams.reachable(total, [UNKNOWN] * len(self._variables))
        return sorted(value for value in sums if isinstance(value, float) and _class_of(scheme, value) is None)

    def classes(self, scheme_id: str) -> set[object]:
        """The classes of a risk scheme that some verdicts lead to; all of one without classes or by points alone."""
        scheme, root, _ = self._scheme_roots[scheme_id]
        ends = self.diagrams.reachable(root, [UNKNOWN] * len(self._variables))
        return {_class_named(scheme, end) for end in ends}

    def ends(self) -> set[object]:
        """The outcomes that some verdicts lead to; None among them when some lead to no outcome."""
        return set(self.diagrams.reachable(self.answer, [UNKNOWN] * len(self._variables)))

    def deciding(self, name: str, verdicts: Sequence[int]) -> tuple[str, ...]:
        """The ids whose verdicts make a combination what it is."""
        take = self._takes.get(name)
        if take is None:
            take = self._takes[name] = _taking([self.index_of[item] for item in references(self._derived_rules[name])])
        return self._deciding(name, take(verdicts))

    def _deciding_of(self, name: str, inputs: tuple[int, ...]) -> tuple[str, ...]:
        rule = self._derived_rules[name]
        return tuple(deciding(rule, inputs, {item: place for place, item in enumerate(references(rule))}))

    @property
    def derived_rules(self) -> Mapping[str, Operator]:
        """Every combination by its name in `index_of`, each after all that it refers to."""
        return self._derived_rules

    @property
    def invariants(self) -> Sequence[Invariant]:
        """What must never be given, as the rule book says it."""
        return self._invariants

    @property
    def order(self) -> list[int]:
        """The criteria in the order in which the decision asks about them."""
        return self._variables

    def counterexample(self, root: int, end: object) -> dict[str, int]:
        """Verdicts of named criteria that lead a diagram to an end."""
        chosen = self.diagrams.example(root, [UNKNOWN] * len(self._variables), end) or {}
        return {self._criteria[self._variables[number]]: value for number, value in chosen.items()}

    @property
    def implications(self) -> Implications:
        """What follows from what among the criteria."""
        return self._implications

    @property
    def asked(self) -> tuple[int, ...]:
        """The criteria that the choice of an outcome looks at."""
        return self._asked

    def asked_by(self, name: str) -> tuple[int, ...]:
        """The criteria that a combination looks at."""
        return tuple(self._variables[number] for number in sorted(self.diagrams.support(self.root(name))))

    def depends_on(self, judged_verdicts: Sequence[int]) -> tuple[int, ...]:
        """The unknown criteria that the outcome still hangs on; empty when it is settled."""
        return self._hangs_on(self._of_the_asked(judged_verdicts))

    def _depends_on(self, known: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(self._variables[number] for number in self._left(known).tested))

    def possible_after(self, judged_verdicts: Sequence[int], before: Sequence[int]) -> tuple[str, ...]:
        """The same as `possible`, worked out from what was left of the decision before something was found out."""
        known = self._of_the_asked(judged_verdicts)
        found = self._after.get(known)
        if found is None:
            ordered, larger = self._ordered(known), self._left(self._of_the_asked(before))
            within = larger.covers(ordered)
            ends = larger.reachable(ordered) if within else self.diagrams.reachable(self.answer, ordered)
            found = self._after[known] = tuple(name for name in self._names if name in ends)
            self._larger[known] = larger if within else None
            self._forget()
        return found

    def _left(self, known: tuple[int, ...]) -> Remainder:
        """What is left of the decision: the last few are remembered, since each is the beginning of others."""
        found = self._remainders.get(known)
        if found is None:
            ordered, larger = self._ordered(known), self._larger.get(known)
            found = larger.narrowed(ordered) if larger is not None else self.diagrams.left(self.answer, ordered)
            self._remainders[known] = found
            self._forget()
        return found

    def _forget(self) -> None:
        """Forget the older half of what there is too much of."""
        if len(self._after) > _CACHED_SETS:
            self._after = dict(list(self._after.items())[_CACHED_SETS // 2 :])
        if len(self._larger) > _REMEMBERED:
            self._larger = dict(list(self._larger.items())[_REMEMBERED // 2 :])
        if len(self._remainders) > _REMEMBERED:
            self._remainders = dict(list(self._remainders.items())[_REMEMBERED // 2 :])

    def _of_the_asked(self, judged_verdicts: Sequence[int]) -> tuple[int, ...]:
        """What is known, or follows, of the criteria that the choice of an outcome looks at."""
        return self._known_of(tuple(judged_verdicts))

    def _propagated(self, judged_verdicts: tuple[int, ...]) -> tuple[int, ...]:
        known = self._implications.propagate(judged_verdicts)
        return self.verdicts_asked(known)

    def _root(self, name: str) -> int:
        """The diagram of a combination by itself, without what the implications rule out."""
        with self._building:
            return self._possible_only(self._nodes[name])

    def _simplified(self, root: int) -> int:
        with self._building:
            return self.diagrams.simplified(root)

    def schemes(self, judged_verdicts: Sequence[int]) -> dict[str, SchemeResult]:
        """What every risk scheme says, by its id.

        Raises:
            InconsistentVerdicts: two verdicts contradict each other.
        """
        known = self._implications.propagate(judged_verdicts)
        return {name: self._scheme_of(name, take(known)) for name, take in self._verdicts_for.items()}

    def _verdicts(self, judged: tuple[int, ...]) -> tuple[int, ...]:
        """The verdicts of the criteria as judged, then those of every combination."""
        return self._derive(judged)

    def _decide(self, judged: tuple[int, ...]) -> Decided:
        try:
            known = self._implications.propagate(judged)
        except InconsistentVerdicts:
            return self._at_fault(judged)
        verdicts = self._verdicts(judged)
        possible = self._reached(self.verdicts_asked(known))
        by_kleene = [self._names[place] for place in select([verdicts[slot] for slot in self._conditions])]
        if not set(possible) <= set(by_kleene):
            raise InferenceDisagreement({"possible": possible}, {"possible": tuple(by_kleene)})
        cross_checked = self._cross_check(known, verdicts, by_kleene, possible)
        settled = len(possible) == 1
        outcome = possible[0] if settled else self._insufficient
        self._check_invariants(outcome, verdicts if known == judged else self._verdicts(known))
        return Decided(verdicts, outcome, possible, settled, cross_checked)

    def _at_fault(self, judged: tuple[int, ...]) -> Decided:
        """No answer but that not enough is known: two verdicts contradict each other, so neither is relied on."""
        rest, faults = self._implications.reconciled(judged)
        return Decided(self._verdicts(judged), self._insufficient, self.possible(rest), False, False, faults)

    def _possible(self, judged_verdicts: tuple[int, ...]) -> tuple[str, ...]:
        """The exact set of outcomes that some filling-in of the unknown verdicts gives, in the order of the rule book."""
        return self._reached(self._of_the_asked(judged_verdicts))

    def _ends_of(self, known: tuple[int, ...]) -> tuple[str, ...]:
        ends = self.diagrams.reachable(self.answer, self._ordered(known))
        return tuple(name for name in self._names if name in ends)

    def _ordered(self, known: tuple[int, ...], looked_at: Sequence[int] | None = None) -> list[int]:
        """Verdicts in the order of the diagrams, of the criteria that the choice of an outcome looks at or of others, whose
        places in that order are given."""
        ordered = [UNKNOWN] * len(self._criteria)
        for number, verdict in zip(self._numbers_asked if looked_at is None else looked_at, known, strict=True):
            ordered[number] = verdict
        return ordered

    def _cross_check(
        self, known: tuple[int, ...], verdicts: tuple[int, ...], by_kleene: list[str], possible: tuple[str, ...]
    ) -> bool:
        """Decide again by durable-rules and compare every conclusion and the selection."""
        if not chain.available():
            return False
        second = self._second_engine()
        concluded, places = second.run(self._given_to_second(verdicts))
        mine = self._verdicts_chained(verdicts)
        names = [self._names[place] for place in places]
        if mine != concluded or by_kleene != names:
            raise InferenceDisagreement(
                {**self._named_known(mine), "possible outcomes": by_kleene},
                {**self._named_known(concluded), "possible outcomes": names},
            )
        if len(possible) == 1 and len(by_kleene) > 1:
            # Settled only by looking at every filling-in together: let the second engine decide one of them.
            _, places = second.run(self._given_to_second(self._completion(known, possible[0])))
            answer = [self._names[place] for place in places]
            if answer != list(possible):
                raise InferenceDisagreement({"possible outcomes": list(possible)}, {"possible outcomes": answer})
        return True

    def _named_known(self, verdicts: Sequence[int]) -> dict[str, object]:
        """The conclusions that are not unknown, by name."""
        return {name: verdict for name, verdict in zip(self._chained, verdicts, strict=True) if verdict != UNKNOWN}

    @property
    def second_engine(self) -> chain.ForwardChaining | None:
        """The same decision by durable-rules; None where that is not installed."""
        return self._second_engine() if chain.available() else None

    def _second_engine(self) -> chain.ForwardChaining:
        # Two threads may both build it the first time; either is as good as the other.
        if self._chain is None:
            outcomes = [f"outcome:{name}" for name in self._names]
            second = chain.ForwardChaining(self._chain_source, outcomes, self._kept_chaining)
            self._given_to_second = _taking([self.index_of[name] for name in second.given])
            self._chain = second
        return self._chain

    def _completion(self, judged_verdicts: tuple[int, ...], outcome: str) -> list[int]:
        filled = [NOT_MET if verdict == UNKNOWN else verdict for verdict in judged_verdicts]
        chosen = self.diagrams.example(self.answer, [judged_verdicts[slot] for slot in self._variables], outcome)
        for number, value in (chosen or {}).items():
            filled[self._variables[number]] = value
        return filled

    def _check_invariants(self, outcome: str, verdicts: Sequence[int]) -> None:
        for invariant in self._invariants:
            if outcome in invariant.never and self._holds(invariant, verdicts):
                raise SafetyInvariantViolated(invariant.id, invariant.title)

    def _holds(self, invariant: Invariant, verdicts: Sequence[int]) -> bool:
        found = verdicts[self.index_of[f"invariant:{invariant.id}"]]
        return found == MET or (found == UNKNOWN and invariant.or_unknown)

    def forbidden(self, judged_verdicts: Sequence[int]) -> dict[str, tuple[str, ...]]:
        """The outcomes that each invariant forbids, by its id, whatever the rules above it say."""
        verdicts = self._verdicts(self._implications.propagate(judged_verdicts))
        return {item.id: item.never if self._holds(item, verdicts) else () for item in self._invariants}

    def _scheme(self, name: str, known: tuple[int, ...]) -> SchemeResult:
        """What a scheme says by the verdicts that it looks at."""
        scheme, root, total = self._scheme_roots[name]
        ordered = self._ordered(known, self._scheme_inputs[name])
        if total is None:
            names = self.diagrams.reachable(root, ordered)
            possible = tuple(item.name for item in scheme.classes if item.name in names)
            return SchemeResult(possible[0] if len(possible) == 1 else None, possible)
        sums = sorted(
            float(value) for value in self.diagrams.reachable(total, ordered) if isinstance(value, int | float)
        )
        points = sums[0] if len(sums) == 1 else None
        if not scheme.classes:
            return SchemeResult(points, tuple(sums), points)
        found = (_class_of(scheme, value) for value in sums)
        classes = tuple(dict.fromkeys(item for item in found if item is not None))
        return SchemeResult(classes[0] if len(classes) == 1 else None, classes, points)


def _taking(slots: Sequence[int]) -> Callable[[Sequence[int]], tuple[int, ...]]:
    """What takes the values at some places, as a tuple whatever their number."""
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda values: tuple([values[slot] for slot in slots])


def _class_of(scheme: Scheme, points: float) -> str | None:
    for item in scheme.classes:
        if (item.from_points is None or points >= item.from_points) and (
            item.to_points is None or points <= item.to_points
        ):
            return item.name
    return None


def _class_named(scheme: Scheme, end: object) -> str | None:
    """The class that an end of a scheme's diagram stands for: its name, or a sum of points."""
    return _class_of(scheme, end) if isinstance(end, float) else str(end)
