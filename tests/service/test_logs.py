"""Law: whatever stands in a record and whatever is wrong with it, no log tells anything of the patient."""

from __future__ import annotations

import copy
import json
import logging
import random
from typing import Any

import pytest

from mrdguide import cds

from ..cds.test_from_fhir import _call, _of
from ..intake.fhir.test_mutated import SEED, places
from ..laws.effort import tries
from .client import Client

HOOK = f"/cds-services/{cds.SERVICE_ID}"
SECRET = "Ms-Nobody-of-Elsewhere-1949-05-17"
KEPT = ("resourceType", "hook", "hookInstance")


def marked(value: Any, name: str = "") -> Any:
    """The same with the secret in every element that tells of one patient; references still fit."""
    if isinstance(value, dict):
        return {key: marked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item, name) for item in value]
    if name in ("id", "patientId", "reference") and isinstance(value, str):
        return f"{value}-{SECRET}"
    return f"{value} {SECRET}" if name in ("display", "text") else value


@pytest.mark.parametrize("path", [HOOK, "/evaluate", "/$evaluate"])
def test_law_no_log_tells_anything_of_a_patient(
    path: str, client: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    chance = random.Random(SEED)
    whole = marked(_call(_of("cessation-supported.yaml")))
    found = [place for place in places([whole]) if place[1][0] not in KEPT]
    answered = set()
    for _ in range(tries(40)):
        call = copy.deepcopy(whole)
        here: Any = call
        _, (*above, last) = chance.choice(found)
        for name in above:
            here = here[name]
        here[last] = chance.choice([SECRET, {"other": SECRET}, [SECRET], None, 194905171949])
        parts = call["prefetch"].values() if isinstance(call.get("prefetch"), dict) else ()
        entries = [{"resource": part} for part in parts]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        answer = client.post(path, json=call if path == HOOK else bundle)
        answered.add(answer.status_code)
    written = [record for record in caplog.records if record.name != "httpx"]
    assert len([record for record in written if record.name == "mrdguide.service"]) == tries(40)
    assert 200 in answered
    out, err = capfd.readouterr()
    texts = [*(record.getMessage() + str(record.exc_text or "") for record in written), out, err]
    for hidden in (SECRET, "Nobody", "194905171949", "cessation-supported", json.dumps(SECRET)):
        assert not [text for text in texts if hidden in text]
