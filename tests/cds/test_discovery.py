"""What the service says of itself."""

from __future__ import annotations

import re

import jsonschema

from mrdguide import cds

from .response_schema import DISCOVERY

# A read, or a search by type for equal tokens with _count and _sort: what every client has to support.
_READ = r"Patient/\{\{context\.patientId\}\}"
_SEARCH = (
    r"[A-Z][A-Za-z]+\?patient=\{\{context\.patientId\}\}(&(code|category|status)=[^&:]+|&_count=\d+|&_sort=-?date)*"
)


def test_discovery_is_what_cds_hooks_2_asks_for() -> None:
    jsonschema.validate(cds.discovery(), DISCOVERY)
    assert [service["id"] for service in cds.discovery()["services"]] == [cds.SERVICE_ID]


def test_prefetch_uses_only_what_every_client_supports() -> None:
    templates = cds.discovery()["services"][0]["prefetch"]
    odd = [text for text in templates.values() if not re.fullmatch(f"{_READ}|{_SEARCH}", text)]
    assert odd == []
    assert templates["patient"] == "Patient/{{context.patientId}}"


def test_a_caller_cannot_change_what_the_next_one_sees() -> None:
    cds.discovery()["services"][0]["prefetch"].clear()
    assert cds.discovery()["services"][0]["prefetch"]
