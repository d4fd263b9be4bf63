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

from ..examples import shipped
from ..intake.fhir.bundles import resources
from .calls import INSTANCE, bundle
from .response_schema import RESPONSE

# What FHIR cannot tell: which protein a band is, and what people say in the place of a record.
TOLD = [example for example in examples() if example.file not in ("benign-band.yaml", "community-panel.yaml")]
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
    """The id of the outcome, from its title in the first line of the detail."""
    decision = shipped().decision
    titles = {item.id: item.title for item in decision.outcomes}
    titles[decision.insufficient.id] = decision.insufficient.title
    [found] = [name for name, title in titles.items() if card["detail"].startswith(f"# {title}\n")]
    return found


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


def _with(call: dict[str, Any], key: str, *resources_: dict[str, Any]) -> dict[str, Any]:
    told = {"subject": {"reference": f"Patient/{call['context']['patientId']}"}}
    call["prefetch"][key]["entry"] += [{"resource": {**told, **item}} for item in resources_]
    return call


def _card(call: dict[str, Any], rules: mrdguide.RuleBook) -> dict[str, Any]:
    [card] = cds.handle(call, rules=rules, as_of="2026-11-21")["cards"]
    return dict(card)


def _of(name: str) -> Example:
    return next(example for example in TOLD if example.file == name)


_TEXT = {
    "resourceType": "Observation", "id": "text", "status": "final", "effectiveDateTime": "2026-10-04",
    "code": {"text": "Marrow MRD"}, "valueString": "MRD negative",
}  # fmt: skip


def test_a_card_counts_what_was_not_read_and_names_it(shipped_rules: mrdguide.RuleBook) -> None:
    two = [{**_TEXT, "id": f"text-{number}"} for number in range(2)]
    card = _card(_with(_call(_of("cessation-supported.yaml")), "observations", *two), shipped_rules)
    assert "2 resources were not read, among them Observation/text-0 (mrd)" in card["detail"].replace("\\", "")
    assert card["indicator"] == "warning"
    one = _card(_with(_call(_of("cessation-supported.yaml")), "observations", _TEXT), shipped_rules)
    assert "1 resource was not read" in one["detail"]
    assert "not read" not in _card(_call(_of("cessation-supported.yaml")), shipped_rules)["detail"]


def test_one_statement_in_the_call_closes_the_texts_of_the_card(shipped_rules: mrdguide.RuleBook) -> None:
    call = _with(_call(_of("cessation-supported.yaml")), "observations", _TEXT)
    asked = _card(call, shipped_rules)["detail"].replace("\\", "")
    found = re.search(r"To be read by a person: (\S+) of 2026-10-04", asked)
    assert found is not None
    assert asked.count("These texts were read") == 1
    assert "Has a person read this text, and does it not report disease?" in asked
    assert "none reports disease \N{RIGHTWARDS ARROW} inside the envelope of cessation studies" in asked
    assert "toxicity" not in asked.partition("What to ask first")[2].partition("##")[0]
    said = {"by": "tumor board", "date": "2026-11-20", "texts": [found[1]], "nothing_found": True}
    call["extension"] = {"org.mrdguide.attested": [said]}
    assert _outcome(_card(call, shipped_rules)) == "cessation-supported"
    call["extension"] = {"org.mrdguide.attested": [{**said, "by": 4}]}
    with pytest.raises(cds.MalformedRequest, match=r"extension\.org\.mrdguide\.attested"):
        _card(call, shipped_rules)


@pytest.mark.parametrize("server", ["https://here.example/r4", "https://elsewhere.example/r4"])
def test_the_server_of_the_call_tells_whose_data_they_are(server: str, shipped_rules: mrdguide.RuleBook) -> None:
    """The same id on another server is another patient, however many resources name it."""
    call = _call(_of("cessation-supported.yaml"))
    for part in call["prefetch"].values():
        for entry in part.get("entry", ()):
            subject = entry["resource"].get("subject")
            if subject:
                subject["reference"] = f"https://here.example/r4/{subject['reference']}"
    call["fhirServer"] = server
    if server.startswith("https://here"):
        assert _outcome(_card(call, shipped_rules)) == "cessation-supported"
    else:
        with pytest.raises(cds.NoUsableData):
            _card(call, shipped_rules)


@pytest.mark.parametrize("name", ["resurgence-off-therapy.yaml", "lost-response.yaml", "stop-for-harm.yaml"])
def test_an_alarm_is_shown_beside_what_is_not_known(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    before = _outcome(_card(_call(_of(name)), shipped_rules))
    call = _call(_of(name))
    call["prefetch"]["administrations"] = {"resourceType": "OperationOutcome", "issue": []}
    card = _card(call, shipped_rules)
    assert _outcome(card) == "insufficient-data"
    assert "What was read shows an alarm" in card["detail"]
    title = next(item.title for item in shipped().decision.outcomes if item.id == before)
    assert f"By what was read alone the answer would be: {title}." in card["detail"]
    assert "by what was read" in card["summary"]


def test_no_alarm_is_shown_where_what_was_read_is_none(shipped_rules: mrdguide.RuleBook) -> None:
    call = _with(_call(_of("cessation-supported.yaml")), "observations", _TEXT)
    assert "alarm" not in _card(call, shipped_rules)["detail"]
