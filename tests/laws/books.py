"""Small random rule books, as plain data for the oracle and as the engine's own decider."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hypothesis import strategies as st

from mrdguide.decide.decision import Decider
from mrdguide.logic.operator import Operator, parse_expression
from mrdguide.logic.truth import MET, NOT_MET, UNKNOWN
from mrdguide.rulefiles.model import Decision, Implication, Invariant, Scheme

from . import oracle

VERDICT = {True: MET, False: NOT_MET, None: UNKNOWN}
TRUTH: dict[int, oracle.Truth] = {MET: True, NOT_MET: False, UNKNOWN: None}
INSUFFICIENT = "insufficient"


def expressions(names: list[str]) -> st.SearchStrategy[oracle.Expression]:
    """Expressions over some names: a name, or connectives of up to four parts inside each other."""
    leaves = st.sampled_from(names)

    def inside(parts: st.SearchStrategy[oracle.Expression]) -> st.SearchStrategy[oracle.Expression]:
        several = st.lists(parts, min_size=1, max_size=4)
        some = several.flatmap(
            lambda of: st.integers(1, len(of)).map(lambda count: {"at_least": {"count": count, "of": of}})
        )
        return st.one_of(
            several.map(lambda of: {"all": of}), several.map(lambda of: {"any": of}), parts.map(lambda of: {"not": of}), some
        )  # fmt: skip

    return st.recursive(leaves, inside, max_leaves=5)


@st.composite
def books(draw: st.DrawFn) -> oracle.Book:
    """A rule book: up to eight criteria, six nested conclusions, five outcomes of which the last catches everything."""
    criteria = [f"c{number}" for number in range(draw(st.integers(2, 8)))]
    names = list(criteria)
    conclusions: dict[str, oracle.Expression] = {}
    for number in range(draw(st.integers(0, 6))):
        conclusions[f"n{number}"] = draw(expressions(names))
        names.append(f"n{number}")
    outcomes = {f"o{number}": draw(expressions(names)) for number in range(draw(st.integers(2, 4)))}
    critical = draw(st.sampled_from(names))
    outcomes["rest"] = {"any": [critical, {"not": critical}]}
    points = draw(
        st.lists(st.tuples(expressions(names), st.sampled_from([0.5, 1.0, 1.5, 2.0])), min_size=1, max_size=5)
    )
    first, second = sorted(draw(st.lists(st.integers(0, 8), min_size=2, max_size=2, unique=True)))
    return oracle.Book(
        criteria=criteria,
        conclusions=conclusions,
        outcomes=outcomes,
        implications=draw(implications(criteria)),
        points=points,
        # Points are halves, so half a point more is the next sum there can be.
        bands=[("low", None, first / 2), ("middle", (first + 1) / 2, second / 2), ("high", (second + 1) / 2, None)],
        classes=[*((f"k{n}", draw(expressions(names))) for n in range(draw(st.integers(1, 3)))), ("other", None)],
        invariants={
            f"never-{number}": (frozenset(draw(st.sets(st.sampled_from(list(outcomes)), min_size=1))), draw(expressions(names)), draw(st.booleans()))
            for number in range(draw(st.sampled_from([0, 0, 0, 1, 2])))
        },
    )  # fmt: skip


@st.composite
def implications(draw: st.DrawFn, criteria: list[str]) -> list[oracle.Rule]:
    """Declared implications that leave every criterion free to be met and not to be met."""
    pairs = st.tuples(st.sampled_from(criteria), st.sampled_from(criteria), st.sampled_from([True, True, False]))
    kept: list[oracle.Rule] = []
    for rule in draw(st.lists(pairs.filter(lambda rule: rule[0] != rule[1]), max_size=6)):
        if _all_free(criteria, [*kept, rule]):
            kept.append(rule)
    return kept


def _all_free(criteria: list[str], rules: list[oracle.Rule]) -> bool:
    seen: set[tuple[str, bool]] = set()
    for values in product([True, False], repeat=len(criteria)):
        filled = dict(zip(criteria, values, strict=True))
        if not any(oracle.breaks(rule, filled) for rule in rules):
            seen.update(filled.items())
    return len(seen) == 2 * len(criteria)


def verdicts(book: oracle.Book) -> st.SearchStrategy[dict[str, oracle.Truth]]:
    """A verdict for every criterion; about half of them unknown, and sometimes against an implication."""
    return st.fixed_dictionaries({name: st.sampled_from([None, None, True, False]) for name in book.criteria})


def judged_verdicts(book: oracle.Book, known: oracle.Verdicts) -> tuple[int, ...]:
    """Verdicts as the engine takes them."""
    return tuple(VERDICT[known[name]] for name in book.criteria)


def combinations(book: oracle.Book) -> dict[str, Operator]:
    """Everything the engine derives from the criteria, under the names it gives them."""
    plain = dict(book.conclusions)
    plain.update({f"outcome:{name}": condition for name, condition in book.outcomes.items()})
    plain.update({f"invariant:{name}": condition for name, (_, condition, _) in book.invariants.items()})
    plain.update({f"scheme:points:points:{index}": condition for index, (condition, _) in enumerate(book.points)})
    plain.update({f"scheme:count:points:{index}": condition for index, (condition, _) in enumerate(book.points)})
    plain.update({f"scheme:first:{index}": condition for index, (_, condition) in enumerate(book.classes[:-1])})
    return {name: parse_expression(expression) for name, expression in plain.items()}


def chained(book: oracle.Book) -> dict[str, Operator]:
    """What the second engine derives too: conclusions and outcomes."""
    return {
        name: expression
        for name, expression in combinations(book).items()
        if not name.startswith(("scheme:", "invariant:"))
    }


def decider(book: oracle.Book) -> Decider:
    """The engine's decider for a book, without any file and without the proofs of loading."""
    return Decider(
        book.criteria,
        combinations(book),
        Decision.model_validate({"outcomes": _outcomes(book.outcomes), "insufficient": _named(INSUFFICIENT)}),
        [Scheme.model_validate(scheme) for scheme in _schemes(book)],
        [
            Implication.model_validate({"if": first, "then" if met else "then_not": then})
            for first, then, met in book.implications
        ],
        [
            Invariant.model_validate(
                {"id": name, "title": "made up", "never": sorted(never), "when": condition, "or_unknown": or_unknown}
            )
            for name, (never, condition, or_unknown) in book.invariants.items()
        ],
        list(chained(book)),
    )


def _named(name: str) -> dict[str, object]:
    return {"id": name, "title": "made up", "headline": "made up", "permissiveness": 0}


def _outcomes(conditions: Mapping[str, oracle.Expression]) -> list[dict[str, object]]:
    return [
        {**_named(name), "when": condition, "because": [], "certainty": "low"} for name, condition in conditions.items()
    ]


def _schemes(book: oracle.Book) -> list[dict[str, object]]:
    points = [{"when": condition, "points": number} for condition, number in book.points]
    bands = [{"class": name, "from_points": low, "to_points": high} for name, low, high in book.bands]
    listed = [{"class": name, "when": condition} for name, condition in book.classes]
    return [
        {"id": "points", "title": "points in bands", "points": points, "classes": bands},
        {"id": "count", "title": "a bare count", "points": points, "list": "made up"},
        {"id": "first", "title": "the first that holds", "classes": listed},
    ]
