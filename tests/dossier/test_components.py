"""The list of components names everything that the project requires for use, with the licence that each states."""

from __future__ import annotations

import tomllib

from packaging.utils import canonicalize_name

from .components import NOT_FOR_USE, Component, components, required
from .data import ROOT


def test_every_dependency_that_the_project_names_is_in_the_list() -> None:
    named = {canonicalize_name(item.name) for item in required()}
    assert {"pydantic", "jinja2", "durable-rules", "sqlalchemy", "psycopg"} <= named
    assert named <= {item.name for item in components()}


def test_what_they_require_in_turn_is_there_too() -> None:
    assert {"pydantic-core", "markupsafe"} <= {item.name for item in components()}


def test_what_is_installed_states_a_version_and_a_licence() -> None:
    assert [item for item in components() if item.version and not item.licence] == []
    found = {item.name: item for item in components()}
    assert found["pydantic"].licence == "MIT"
    assert Component("no-such-distribution").version == ""


def test_what_is_left_out_is_an_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(NOT_FOR_USE) <= set(project["optional-dependencies"])
