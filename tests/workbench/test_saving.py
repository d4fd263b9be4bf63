"""The patient of a page as a file: it opens to the same answer, and no file is made of what must not be signed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

import mrdguide
from mrdguide.reading.document import read_text
from mrdguide.workbench import Bench
from mrdguide.workbench.opening import started
from mrdguide.workbench.patient.pasted import open_text
from mrdguide.workbench.state import State

from ..examples import EXAMPLES, NAMES, shipped
from .pages import AS_OF, done, opened, tags, text_of


def link(html: str) -> dict[str, str]:
    return next(values for name, values in tags(html) if name == "a" and "download" in values)


def content(html: str) -> str:
    head, _, body = link(html)["href"].partition(",")
    assert head == "data:application/yaml;base64"
    return base64.b64decode(body).decode("utf-8")


def plain(text: str) -> Any:
    return json.loads(json.dumps(read_text(text, "saved").data))


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_saved_as_it_is(bench: Bench, name: str) -> None:
    as_of = next(item.as_of for item in EXAMPLES if item.file == f"{name}.yaml")
    state = opened(name).model_copy(update={"as_of": as_of})
    text = content(done(bench, state, "patient/saved").html)
    assert plain(text) == state.profile
    assert open_text(text).profile == state.profile
    before = mrdguide.evaluate(state.profile, rules=shipped(), as_of=as_of)
    assert mrdguide.evaluate(plain(text), rules=shipped(), as_of=as_of).to_json() == before.to_json()


def test_what_is_typed_and_not_posted_yet_is_in_the_file(bench: Bench) -> None:
    state = opened("cessation-supported")
    found = done(bench, state, "patient/saved", {"p.mrd[0].result": "detected", "as_of": "2026-10-01"})
    assert plain(content(found.html))["mrd"][0]["result"] == "detected"
    assert "--as-of 2026-10-01" in content(found.html)
    assert found.state == state


def test_a_patient_typed_from_nothing_can_be_evaluated(bench: Bench) -> None:
    fields = {"p.diagnosis.disease": "multiple-myeloma", "p.diagnosis.date": "2020-05"}
    state = done(bench, started(AS_OF), "patient/set", fields).state
    text = content(done(bench, state, "patient/saved").html)
    here = mrdguide.evaluate(plain(text), rules=shipped(), as_of=AS_OF)
    assert here.outcome == "insufficient-data"


@pytest.mark.parametrize(
    ("fields", "changed", "words"),
    [
        ({"p.mrd[0].date": "2026-13"}, {}, "cannot be read"),
        ({}, {"tried": ("PET-CT",)}, "from no report"),
        ({}, {"imported": {"told": "t", "whole": False, "open": ["an Observation"]}}, "not read or are in doubt"),
    ],
)
def test_what_the_file_could_not_say_is_not_saved(
    bench: Bench, fields: dict[str, str], changed: dict[str, Any], words: str
) -> None:
    state = State.model_validate({**opened("cessation-supported").model_dump(), **changed})
    found = done(bench, state, "patient/saved", fields).html
    assert "Not saved yet" in text_of(found)
    assert words in text_of(found)
    assert "href" not in found


@pytest.mark.parametrize("name", ['../../"><script>', "", "a\nb", "ä" * 200, ".."])
def test_whatever_the_id_the_name_of_the_file_is_plain(bench: Bench, name: str) -> None:
    state = opened("cessation-supported")
    state = state.model_copy(update={"profile": {**state.profile, "id": name}})
    assert link(done(bench, state, "patient/saved").html)["download"].replace("-", "").removesuffix(".yaml").isalnum()
