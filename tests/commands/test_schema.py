"""`mrdguide schema`."""

from __future__ import annotations

import json

import pytest

from mrdguide.rulebook.schema import NAMES

from . import Run


@pytest.mark.parametrize("name", [*NAMES, "answer"])
def test_schema(run: Run, name: str) -> None:
    found = run("schema", name)
    assert found.status == 0
    assert json.loads(found.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
