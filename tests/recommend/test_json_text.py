"""The JSON form as text: the bytes that the standard library writes of the same form, whatever is encoded beforehand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrdguide
from mrdguide.answer.json_layout import HOLE, Encoded, Layout, filled

from ..examples import NAMES, evaluated, shipped
from ..laws.effort import law
from ..laws.patients import AS_OF, Profile, profiles

LAYOUTS = (None, 0, 2, 7)
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def _written(value: object, indent: int | None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False)


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_are_those_of_the_standard_library(name: str) -> None:
    found = evaluated(name)
    for indent in LAYOUTS:
        assert found.to_json(indent) == _written(found.to_dict(), indent)
        assert found.to_json(indent, "short") == _written(found.to_dict("short"), indent)


@law(50)
@given(profiles())
def test_so_they_are_of_any_patient(profile: Profile) -> None:
    found = mrdguide.evaluate(profile, rules=shipped(), as_of=AS_OF)
    assert found.to_json() == _written(found.to_dict(), 2)


def test_unverified_findings_are_written_as_such() -> None:
    # Of one rule book, so that text encoded for an answer without them must not stand in one with them.
    for include in (False, True, False):
        found = mrdguide.evaluate(
            evaluated("cessation-supported").profile, rules=shipped(), as_of="2026-11-21", include_unverified=include
        )
        assert found.to_json() == _written(found.to_dict(), 2)


@law(100)
@given(_PLAIN, st.sampled_from(LAYOUTS))
def test_any_value_is_laid_out_like_that(value: Any, indent: int | None) -> None:
    assert Layout(indent).text(value) == _written(value, indent)


@law(100)
@given(st.lists(st.text()), st.text(), st.sampled_from(LAYOUTS))
def test_a_hole_is_filled_with_what_belongs_there(items: list[str], text: str, indent: int | None) -> None:
    layout = Layout(indent)
    form = {"\0": text, "items": HOLE, "": ["\0", "100 %"]}
    assert "".join(filled(layout.pieces(form, 0), [layout.strings(items, 1)])) == _written(
        {**form, "items": items}, indent
    )


@law(100)
@given(st.dictionaries(st.text(), _PLAIN), st.sampled_from(LAYOUTS))
def test_a_whole_object_is_laid_out_like_that(form: dict[str, Any], indent: int | None) -> None:
    layout = Layout(indent)
    encoded = {name: Encoded(tuple(layout.text(value, 1))) for name, value in form.items()}
    assert layout.whole(form) == layout.whole(encoded) == _written(form, indent)


def test_every_hole_is_filled() -> None:
    pieces = Layout(2).pieces([HOLE, HOLE], 0)
    for values in (["1"], ["1", "2", "3"]):
        with pytest.raises(ValueError, match="extended slice"):
            filled(pieces, values)


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError):
        Layout(2).text({"a": object()})
