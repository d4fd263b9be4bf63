"""Every example as the prefetch of a call: the same answer as from its profile, and gaps never make it bolder."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

import mrdguide
from mrdguide import cds
from mrdguide.cds.services import PREFETCH
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import Example, examples

from ..intake.fhir.bundles import resources
from .calls import INSTANCE, bundle
from .response_schema import RESPONSE

# What FHIR cannot tell: which protein a band is.
TOLD = [example for example in examples() if example.file != "benign-band.yaml"]
every_example = pytest.mark.parametrize("example", TOLD, ids=lambda example: str(example.file))


def _call(example: Example) -> dict[str, Any]:
    """Each resource under the key that asks for its type."""
    given = json.loads(json.dumps(resources(read_file(example.path).data)))
    [patient] = [item for item in given if item["resourceType"] == "Patient"]
    searched = {name: text.partition("?")[0] for name, text in PREFETCH.items() if "?" in text}
    prefetch: dict[str, Any] = {
        name: bundle(*(item for item in given if item["resourceType"] == kind)) for name, kind in searched.items()
    }
    context = {"userId": "Practitioner/9", "patientId": patient["id"]}
    prefetch["patient"] = patient
    return {"hook": "patient-view", "hookInstance": INSTANCE, "context": context, "prefetch": prefetch}


def _outcome(card: dict[str, Any]) -> str:
    """The id of the outcome, from the first line of the detail."""
    found = re.match(r"# .+\(([a-z-]+)\)\n", card["detail"])
    assert found is not None
    return found[1]


@every_example
def test_the_card_gives_the_answer_of_the_profile(example: Example, shipped_rules: mrdguide.RuleBook) -> None:
    answer = cds.handle(_call(example), rules=shipped_rules, as_of=example.as_of)
    jsonschema.validate(answer, RESPONSE)
    found = mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of)
    silent = found.criteria["scope.disease"].verdict == "not_met"
    assert [_outcome(card) for card in answer["cards"]] == ([] if silent else [example.expected.outcome])


@every_example
@pytest.mark.parametrize("how", ["paged", "failed", "left out"])
def test_no_gap_makes_an_answer_more_permissive(example: Example, how: str, shipped_rules: mrdguide.RuleBook) -> None:
    before = mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of)
    known = {item.id: item.permissiveness for item in shipped_rules.decision.outcomes}
    allowed = max(known[name] for name in before.possible_outcomes)
    for key in ("observations", "reports", "requests", "administrations", "procedures"):
        call = _call(example)
        if how == "paged":
            call["prefetch"][key] = bundle(link=[{"relation": "next", "url": "https://ehr.example/2"}])
        elif how == "failed":
            call["prefetch"][key] = {"resourceType": "OperationOutcome", "issue": []}
        else:
            del call["prefetch"][key]
        for card in cds.handle(call, rules=shipped_rules, as_of=example.as_of)["cards"]:
            assert card["indicator"] == "warning"
            assert f"{key} " in card["detail"]
            outcome = _outcome(card)
            assert outcome == "insufficient-data" or known[outcome] <= allowed, key
