"""Stores to try on, and a record of five entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mrdguide
from mrdguide.record import DecisionStore

from . import answer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def store(path: Path) -> Iterator[DecisionStore]:
    with DecisionStore(path, keep_input=True) as opened:
        yield opened


@pytest.fixture(scope="package")
def found(shipped_rules: mrdguide.RuleBook) -> mrdguide.Recommendation:
    return answer(shipped_rules)


@pytest.fixture
def five(store: DecisionStore, found: mrdguide.Recommendation, path: Path) -> Path:
    """A record of five entries: evaluations, and feedback as number 3."""
    store.append(found, "test")
    store.append(found, "test")
    store.append_feedback(2, {"outcome": "overridden"})
    store.append(found, "test")
    store.append(found, "test")
    store.close()
    return path
