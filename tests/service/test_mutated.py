"""Whatever is sent, the answer is never a failure of the service: requests changed at random, and random JSON."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mrdguide
from mrdguide import cds
from mrdguide.reading.document import read_file
from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings
from mrdguide.teach.examples import examples

from ..cds.calls import bundle, call, condition, patient
from ..laws.effort import QUICK, law, tries
from .client import BASE, Client, client_of

HOOK = f"/cds-services/{cds.SERVICE_ID}"
_OBSERVATION = {
    "resourceType": "Observation", "id": "ldh", "status": "final", "subject": {"reference": "Patient/invented-1"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "2532-0"}]}, "effectiveDateTime": "2021-01-09",
    "valueQuantity": {"value": 210, "unit": "U/L", "system": "http://unitsofmeasure.org", "code": "U/L"},
    "referenceRange": [{"high": {"value": 250, "unit": "U/L"}}],
}  # fmt: skip
_REQUEST = {
    "resourceType": "MedicationRequest", "id": "len", "status": "active", "intent": "order",
    "subject": {"reference": "Patient/invented-1"}, "authoredOn": "2022-03-01",
    "medicationCodeableConcept": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "342369"}]},
}  # fmt: skip
_BUNDLE = bundle(patient(), condition(), _OBSERVATION, _REQUEST)
_FEEDBACK = {
    "feedback": [
        {
            "card": "0c9f6f0a-7a43-5d0e-8c83-0a2f4b1f8e11", "outcome": "overridden", "outcomeTimestamp": "2026-11-21T10:00:00Z",
            "overrideReason": {"reason": {"code": "data-wrong"}, "userComment": "x"},
        }
    ]
}  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, "", " ", "text", "\u0000", "\u202e", "9999-99-99", "2026-11-21", [], {}, [[]], {"a": None},
    [None], "Patient/invented-1", "x" * 3_000, 2**70, -0.0, {"resourceType": "Patient"},
)  # fmt: skip
_STARTS: dict[str, list[Any]] = {
    HOOK: [call(), call({"patient": patient(), "conditions": _BUNDLE, "observations": bundle(_OBSERVATION)})],
    "/evaluate": [
        {"bundle": _BUNDLE, "as_of": "2026-11-21"},
        *({"profile": read_file(item.path).data, "as_of": item.as_of} for item in examples()[:8]),
    ],
    f"{HOOK}/feedback": [_FEEDBACK],
}


@pytest.fixture(scope="module")
def served(shipped_rules: mrdguide.RuleBook) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mrdguide.service.wiring.load_rules", lambda *_: shipped_rules)
        app = create_app(Settings(base_url=BASE, record=""))
    with client_of(app) as found:
        yield found


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _mutated(start: Any, chance: random.Random) -> Any:
    """One to three values replaced, taken out, doubled or exchanged."""
    changed = copy.deepcopy(start)
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(list(_places(changed)))
        if not path:
            continue
        here = changed
        for key in path[:-1]:
            here = here[key]
        what = chance.randrange(4)
        if what == 0:
            del here[path[-1]]
        elif what == 1 and isinstance(here, list):
            here.append(copy.deepcopy(here[path[-1]]))
        else:
            here[path[-1]] = copy.deepcopy(chance.choice(_ODD))
    return changed


def _answered(served: Client, path: str, body: Any) -> None:
    answer = served.post(path, content=json.dumps(body).encode())
    assert answer.status_code in (200, 400, 404, 412), (answer.status_code, answer.text, body)
    if answer.status_code != 200:
        assert set(answer.json()["error"]) == {"status", "code", "message", "request_id"}


@pytest.mark.parametrize("path", sorted(_STARTS))
@pytest.mark.parametrize("seed", range(4))
def test_no_mutated_request_makes_the_service_fail(served: Client, path: str, seed: int) -> None:
    chance = random.Random(f"{path} {seed}" if QUICK else None)
    for _ in range(tries(60)):
        _answered(served, path, _mutated(chance.choice(_STARTS[path]), chance))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
_KEYS = st.sampled_from(
    ["hook", "context", "prefetch", "profile", "bundle", "as_of", "feedback", "resourceType", "entry", "patient", "mrd"]
)


@given(path=st.sampled_from(sorted(_STARTS)), body=_JSON | st.dictionaries(_KEYS, _JSON, max_size=5))
@settings(law(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_at_all_makes_the_service_fail(served: Client, path: str, body: Any) -> None:
    _answered(served, path, body)


@given(path=st.sampled_from(sorted(_STARTS)), body=st.binary(max_size=200))
@settings(law(80), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_at_all_make_the_service_fail(served: Client, path: str, body: bytes) -> None:
    assert served.post(path, content=body).status_code == 400
