"""The application with the shipped rules, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import mrdguide
from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings

from .client import BASE, Client, client_of


@pytest.fixture(autouse=True)
def _rules_are_read_once(monkeypatch: pytest.MonkeyPatch, shipped_rules: mrdguide.RuleBook) -> None:
    monkeypatch.setattr("mrdguide.service.wiring.load_rules", lambda *_: shipped_rules)


@pytest.fixture
def client() -> Iterator[Client]:
    with client_of(create_app(Settings(base_url=BASE, record=""))) as found:
        yield found


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of an application with the settings that the test is parametrised with."""
    options: dict[str, Any] = request.param
    with client_of(create_app(Settings(base_url=BASE, record="", **options))) as found:
        yield found
