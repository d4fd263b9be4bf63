"""What operators say follows from what: no patient may meet the first and not the second."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import mrdguide
from mrdguide.case.case import Case
from mrdguide.dates import parse_date
from mrdguide.logic.implied import implies
from mrdguide.logic.operator import Context, Operator
from mrdguide.logic.operators.reference import Reference
from mrdguide.logic.truth import MET, NOT_MET

from .effort import law
from .patients import AS_OF, ENTRIES, Profile, profiles

THERAPY = {"phase": "induction", "line": 1, "start": "2020-01-10", "end": "2020-06-01"}
MAINTENANCE = {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2020-08-01", "end": None}
DAY = parse_date(AS_OF).earliest


def _choices(annotation: Any) -> Iterator[Any]:
    """The words that a parameter may be."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    for inner in get_args(annotation):
        yield from _choices(inner)


def _other_values(value: Any, annotation: Any) -> Iterator[Any]:
    if isinstance(value, bool) or value is None:
        yield from (True, False)
    elif isinstance(value, int | float):
        yield from (value * 2, value / 2, value + 1, value - 1)
    elif isinstance(value, tuple | list):
        yield from (tuple(item for item in value if item != left_out) for left_out in value)
        yield ()
        yield from ((*value, word) for word in _choices(annotation) if word not in value)
    yield from _choices(annotation)
    yield None


def _variants(operator: Operator) -> Iterator[Operator]:
    """The operator with each of its parameters changed once."""
    values = {name: getattr(operator, name) for name in type(operator).model_fields}
    for name, field in type(operator).model_fields.items():
        for other in _other_values(values[name], field.annotation):
            try:
                yield type(operator).model_validate({**values, name: other})
            except (ValidationError, ValueError, TypeError):
                continue


@cache
def _pairs() -> list[tuple[Operator, Operator]]:
    """Every pair of expressions of the shipped rules, or of such a one and one with a parameter changed, of which the
    first is said to imply the second."""
    rules = mrdguide.load_rules()
    leaves = {
        repr(leaf): leaf
        for judged in rules.compiled_criteria
        if judged.rule.when is not None
        for leaf in judged.rule.when.walk()
        if not list(leaf.children()) and not isinstance(leaf, Reference)
    }
    found: dict[tuple[str, str], tuple[Operator, Operator]] = {}
    for leaf in leaves.values():
        near = {repr(item): item for item in (leaf, *_variants(leaf))}.values()
        for first, second in [*product([leaf], near), *product(near, [leaf])]:
            if first != second and implies(first, second):
                found[repr(first), repr(second)] = first, second
    for first, second in product(leaves.values(), repeat=2):
        if first != second and implies(first, second):
            found[repr(first), repr(second)] = first, second
    return list(found.values())


@cache
def _compiled() -> list[tuple[Operator, Operator, Any, Any]]:
    reading = mrdguide.load_rules().interpretation
    made = []
    for absent in (True, False):
        context = Context(absence_is_not_met=absent, interpretation=reading)
        made += [
            (first, second, first.compile(context).verdict, second.compile(context).verdict)
            for first, second in _pairs()
            if not absent or (first.absence_may_be_not_met() and second.absence_may_be_not_met())
        ]
    return made


def test_many_pairs_are_looked_at() -> None:
    kinds = {type(first).__name__ for first, _ in _pairs()}
    assert len(_pairs()) > 200
    assert len(kinds) >= 12, kinds


def _holds(profile: Profile) -> None:
    case = Case(mrdguide.read_patient(profile), DAY)
    for first, second, judge_first, judge_second in _compiled():
        if judge_first(case) == MET:
            assert judge_second(case) != NOT_MET, (first, second)


@law(60)
@given(profiles())
def test_nobody_meets_the_first_and_not_the_second(profile: Profile) -> None:
    _holds(profile)


@pytest.mark.parametrize("name", ENTRIES)
@law(60)
@given(data=st.data())
def test_nobody_of_whom_little_is_known_does(name: str, data: st.DataObject) -> None:
    """With a few entries of one list, each way in which two parameters differ comes to count."""
    therapy = [] if name == "therapy" else data.draw(st.sampled_from([[], [THERAPY], [THERAPY, MAINTENANCE]]))
    entries = data.draw(st.lists(ENTRIES[name], min_size=1, max_size=3))
    _holds({"id": "little", "diagnosis": {"disease": "multiple-myeloma"}, "therapy": therapy, name: entries})
