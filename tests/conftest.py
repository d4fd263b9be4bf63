"""Shared by every test: the shipped rule book, loaded once."""

from __future__ import annotations

import pytest

import mrdguide


@pytest.fixture(scope="session")
def shipped_rules() -> mrdguide.RuleBook:
    """The shipped rule book. Immutable, so one copy serves all tests."""
    return mrdguide.load_rules()
