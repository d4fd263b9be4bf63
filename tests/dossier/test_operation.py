"""What `docs/security/operation.md` says of headers, files and settings is what the service does."""

from __future__ import annotations

import re

from mrdguide.cli import COMMANDS
from mrdguide.service.replies import HEADERS, REPORT_HEADERS
from mrdguide.service.settings import PREFIX, Settings

from .data import ROOT, SECURITY

TEXT = (SECURITY / "operation.md").read_text(encoding="utf-8")


def test_the_headers_are_those_that_are_sent() -> None:
    assert all(f"`{name}: {value}`" in TEXT for name, value in HEADERS.items())
    assert all(name in TEXT for name in REPORT_HEADERS)
    assert f"`X-Robots-Tag: {REPORT_HEADERS['X-Robots-Tag']}`" in TEXT


def test_the_settings_that_are_named_exist() -> None:
    assert set(re.findall(rf"`{PREFIX}([A-Z_]+)`", TEXT)) <= {name.upper() for name in Settings.model_fields}
    named = set(re.findall(r"`(\w+)(?:\[\]\.\w+)?`", TEXT))
    assert {"base_url", "hosts", "issuers", "record"} <= named & set(Settings.model_fields)


def test_what_is_run_exists() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z]+)`", TEXT)) <= set(targets)
    assert set(re.findall(r"`(record|fhir|rules) [a-z]+", TEXT)) <= set(COMMANDS)
    assert re.findall(r"USER (\d+)", (ROOT / "Containerfile").read_text(encoding="utf-8"))[0] in TEXT
