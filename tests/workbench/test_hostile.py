"""Hostile text in every field stays text: no element, no attribute of its own, in no view."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.workbench import Bench, State, page
from mrdguide.workbench.opening import started
from mrdguide.workbench.state import Round, Supposed
from mrdguide.workbench.views import VIEWS

from .pages import AS_OF, done, opened, tags

HOSTILE = "\"'><script id=own>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>{{7*7}}"
_KNOWN = {"button", "input", "select"}


def _everywhere(value: Any) -> Any:
    """The profile with every free text, and whatever else takes one, made hostile."""
    free = {
        "id",
        "regimen",
        "drugs",
        "note",
        "term",
        "stop_reason",
        "isotype",
        "attributed_to",
        "site",
        "reference_standard",
    }
    if isinstance(value, dict):
        return {
            name: ([HOSTILE] if name == "drugs" else HOSTILE) if name in free else _everywhere(item)
            for name, item in value.items()
        }
    return [_everywhere(item) for item in value] if isinstance(value, list) else value


def hostile_state() -> State:
    profile = _everywhere(opened("insufficient-no-imaging").profile)
    profile["events"] = [{"kind": "progression", "date": "2020", "term": HOSTILE, "note": HOSTILE}]
    profile["toxicities"] = [{"term": HOSTILE, "grade": 1, "attributed_to": HOSTILE}]
    profile["considered"] = {"therapy_wish": HOSTILE[:400], "comorbidities": [HOSTILE]}
    return State(profile=profile, as_of=AS_OF)


def check(html: str) -> None:
    """Nothing acts that the workbench did not write itself."""
    for name, attributes in tags(html):
        assert not [item for item in attributes if item.startswith("on")], attributes
        assert "style" not in attributes, f"{name}: the content policy lets no style attribute act"
        assert name not in ("img", "iframe", "object", "embed", "style", "base"), name
        assert attributes.get("id") != "own"
        if name == "script":
            assert attributes["src"].startswith("static/")
        for link in ("href", "xlink:href"):
            if name == "a" and link in attributes:
                assert not attributes[link].lower().startswith(("javascript", "data", "//"))


@pytest.mark.parametrize("pane", ["sheet", "when", "why"])
def test_in_a_profile(bench: Bench, pane: str) -> None:
    state = hostile_state().model_copy(update={"pane": pane})
    shown = done(bench, state, "patient/show").html
    assert "&lt;script id=own&gt;" in shown
    check(shown)
    check(page(bench, state))


@pytest.mark.parametrize("part", ["first", "later", "missing", "projection"])
def test_in_a_part(bench: Bench, part: str) -> None:
    check(done(bench, hostile_state(), f"patient/{part}").html)


def test_in_every_field_of_the_form(bench: Bench) -> None:
    state = opened("insufficient-no-imaging")
    shown = done(bench, state, "patient/show").html
    fields = {
        given["name"]: HOSTILE
        for name, given in tags(shown)
        if name in _KNOWN and given.get("name", "state") != "state"
    }
    assert len(fields) > 80
    after = done(bench, state, "patient/set", fields)
    assert after.state == state, "nothing of it can be read"
    check(after.html)
    for one in fields:
        check(done(bench, started(AS_OF), "patient/set", {one: HOSTILE}).html)


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("patient/open", ("pasted",)),
        ("patient/ask", ("question", "said", "q.")),
        ("teach/answer", ("reasons",)),
        ("rules/search", ("query", "layer")),
    ],
)
def test_in_what_is_posted_besides(bench: Bench, address: str, names: tuple[str, ...]) -> None:
    state = started(AS_OF).model_copy(update={"teaching": Round(case=1)})
    fields = {"choice": "cessation-supported", "question": "diagnosis.disease", **dict.fromkeys(names, HOSTILE)}
    check(done(bench, state, address, fields).html)


def test_in_the_state_itself(bench: Bench) -> None:
    state = hostile_state().model_copy(update={
        "supposed": Supposed(path=HOSTILE, answer=HOSTILE), "tried": (HOSTILE,), "invented": HOSTILE,
        "teaching": Round(case=1, answers={"1": "continue"}, reasons={"1": HOSTILE}),
    })  # fmt: skip
    for view in VIEWS:
        check(done(bench, state, f"{view}/show").html)
