"""Blanking out any one recorded fact of a patient who may stop never opens the way further.

Every fact of every example that is `cessation-supported` is blanked in every way a profile allows: left out, null, not
tested, failed, indeterminate, a whole entry or a whole list gone. The answer stays or becomes less permissive; where
the fact matters it becomes `insufficient-data` and names what is missing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

import mrdguide
from mrdguide.document import Path_, dotted, read_file
from mrdguide.errors import PatientError
from mrdguide.examples import Example, examples

from .judging import most_permissive, shipped

SUPPORTED = [example for example in examples() if example.expected.outcome == "cessation-supported"]

# Facts without which nobody can say that the patient lies inside the envelope, each with what is then asked for.
MATTER = {
    "baseline.labs.beta2_microglobulin.unit": "baseline.labs.beta2_microglobulin",
    "therapy[1].phase": "therapy[1].phase",
    "therapy[2].phase": "therapy[2].phase",
    "birth_year": "birth_year",
    "baseline.labs.beta2_microglobulin": "baseline.labs.beta2_microglobulin",
    "baseline.labs.ldh": "baseline.labs.ldh",
    "baseline.labs.ldh.upper_limit": "baseline.labs.ldh.upper_limit",
    "baseline.cytogenetics": "baseline.cytogenetics.del_17p",
    "baseline.cytogenetics.del_17p": "baseline.cytogenetics.del_17p",
    "baseline.cytogenetics.tp53_mutation": "baseline.cytogenetics.tp53_mutation",
    "baseline.cytogenetics.t_4_14": "baseline.cytogenetics.t_4_14",
    "baseline.cytogenetics.t_14_16": "baseline.cytogenetics.t_14_16",
    "baseline.cytogenetics.gain_1q": "baseline.cytogenetics.gain_1q",
    "baseline.cytogenetics.del_1p32": "baseline.cytogenetics.del_1p32",
    "baseline.extramedullary_disease": "baseline.extramedullary_disease",
    "baseline.circulating_plasma_cells_percent": "baseline.circulating_plasma_cells_percent",
    "baseline.fdg_avid": "baseline.fdg_avid",
    "responses": "responses",
    "mrd": "mrd",
    "imaging": "imaging",
    "therapy": "therapy",
    "therapy[1].kind": "therapy[1].kind",
    "therapy[2].line": "therapy[2].line",
    "therapy[2].start": "therapy[2].start",
    "surveillance": "surveillance.feasible",
    "surveillance.feasible": "surveillance.feasible",
}


def paths(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Every place of a profile, parents before what they hold."""
    if path:
        yield path
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield from paths(value, (*path, key))


def blanked(profile: dict[str, Any], path: Path_) -> Iterator[tuple[str, dict[str, Any]]]:
    """The profile with one fact blanked, in every way there is."""

    def parent(changed: dict[str, Any]) -> Any:
        here: Any = changed
        for part in path[:-1]:
            here = here[part]
        return here

    def without() -> dict[str, Any]:
        changed = copy.deepcopy(profile)
        del parent(changed)[path[-1]]
        return changed

    def with_value(value: Any) -> dict[str, Any]:
        changed = copy.deepcopy(profile)
        parent(changed)[path[-1]] = value
        return changed

    yield "left out", without()
    # For an end of therapy null is an answer: it says that therapy goes on. A list holds no null entries.
    if path[-1] != "end" and isinstance(path[-1], str):
        yield "null", with_value(None)
    if "cytogenetics" in path[:-1] or path[-1] in ("extramedullary_disease", "status"):
        yield "not tested", with_value("not-tested")
        yield "failed", with_value("failed")
    if path[0] == "mrd" and path[-1] == "result":
        yield "failed", with_value("failed")
        yield "indeterminate", with_value("indeterminate")
    if path[0] == "imaging" and path[-1] == "conclusion":
        yield "indeterminate", with_value("indeterminate")


def cases() -> Iterator[Any]:
    for example in SUPPORTED:
        profile = read_file(example.path).data
        for path in paths(profile):
            for way, changed in blanked(profile, path):
                yield pytest.param(example, changed, id=f"{example.file}-{dotted(path)}-{way}")


@pytest.mark.parametrize(("example", "changed"), list(cases()))
def test_the_answer_never_becomes_more_permissive(example: Example, changed: dict[str, Any]) -> None:
    before = mrdguide.evaluate(example.path, shipped(), example.as_of)
    if "id" not in changed or not (changed.get("diagnosis") or {}).get("disease") or changed["id"] is None:
        # What every profile must have cannot be left out.
        with pytest.raises(PatientError):
            mrdguide.evaluate(changed, shipped(), example.as_of)
        return
    after = mrdguide.evaluate(changed, shipped(), example.as_of)
    assert after.permissiveness <= before.permissiveness
    assert most_permissive(after) <= most_permissive(before)
    assert after.settled or after.missing


@pytest.mark.parametrize(("path", "asked"), MATTER.items(), ids=MATTER)
@pytest.mark.parametrize("example", SUPPORTED, ids=lambda example: example.file)
def test_a_fact_that_matters_is_asked_for(example: Example, path: str, asked: str) -> None:
    profile = read_file(example.path).data
    place = next(place for place in paths(profile) if dotted(place) == path)
    for way, changed in blanked(profile, place):
        found = mrdguide.evaluate(changed, shipped(), example.as_of)
        assert found.outcome == "insufficient-data", way
        assert asked in [item.path for item in found.missing], way


def test_an_end_of_maintenance_left_out_is_asked_for() -> None:
    for example in SUPPORTED:
        profile = read_file(example.path).data
        place = next(i for i, entry in enumerate(profile["therapy"]) if entry["phase"] == "maintenance")
        del profile["therapy"][place]["end"]
        found = mrdguide.evaluate(profile, shipped(), example.as_of)
        assert found.outcome == "insufficient-data"
        assert [item.path for item in found.missing] == [f"therapy[{place}].end"]


def test_there_is_an_example_to_start_from() -> None:
    assert SUPPORTED
