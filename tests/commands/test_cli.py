"""The command line as a whole: its help, its version, and what it does with words that are not commands."""

from __future__ import annotations

import pytest

from mrdguide.cli import COMMANDS

from . import Run


@pytest.mark.parametrize(
    "arguments",
    [(), ("evaluate",), ("evaluate", "x", "--format", "yaml"), ("advise",), ("rules",), ("schema", "drug")],
)
def test_what_is_not_a_command_shows_how_to_use_it(run: Run, arguments: tuple[str, ...]) -> None:
    found = run(*arguments)
    assert found.status == 2
    assert found.err.startswith("usage: mrdguide")


def test_the_help_names_every_command_with_what_it_does(run: Run) -> None:
    found = run("--help")
    assert (found.status, found.err) == (0, "")
    flat = " ".join(found.out.split())
    for name, line in COMMANDS.items():
        assert f" {name} {line}" in flat


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    found = run(name, "--help")
    assert (found.status, found.err) == (0, "")
    assert found.out.startswith(f"usage: mrdguide {name} ")


def test_version(run: Run) -> None:
    found = run("--version")
    assert (found.status, found.err) == (0, "")
    assert found.out.startswith("mrdguide ")
