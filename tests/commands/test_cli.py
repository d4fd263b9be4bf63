"""The command line as a whole: its help, its version, and what it does with words that are not commands."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from importlib import import_module
from inspect import signature
from pkgutil import iter_modules

import pytest

from mrdguide import commands
from mrdguide.cli import COMMANDS, main

from . import FILES, GROUPS, Run, command


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


def test_the_version_and_an_error_in_a_process_of_its_own() -> None:
    found = command("--version")
    assert (found.status, found.err) == (0, "")
    assert found.out.startswith("mrdguide ")
    assert command("advise").status == 2


@pytest.mark.parametrize("name", FILES)
def test_the_file_of_a_command_has_arguments_and_a_body(name: str) -> None:
    module = FILES[name]
    taken = [item.annotation for item in signature(module.arguments).parameters.values()]
    assert taken == ["argparse.ArgumentParser"]
    assert signature(module.run).return_annotation == "int"
    assert (module.__doc__ or "").startswith(f"`mrdguide {name}`: ")


def test_every_file_with_a_body_is_called_by_a_command() -> None:
    found = []
    for package in (commands, *GROUPS):
        modules = [import_module(f"{package.__name__}.{info.name}") for info in iter_modules(package.__path__)]
        found += [module for module in modules if callable(getattr(module, "run", None))]
    assert {module.__name__ for module in found} == {module.__name__ for module in FILES.values()}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("rules check x", {"commands.files", "commands.rules", "commands.rules.check"}),
        ("schema patient", {"commands.arguments", "commands.files", "commands.schema"}),
        ("--help", set()),
        ("--version", set()),
    ],
)
def test_only_the_command_that_is_called_is_imported(given: str, wanted: set[str]) -> None:
    """So that one command does not wait for the others, nor asking for help for the engine."""
    code = f"import sys; from mrdguide.cli import command_parser; command_parser({given.split()}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = {name.removeprefix("mrdguide.") for name in done.stdout.split() if name.startswith("mrdguide.")}
    assert loaded == {"cli", "errors", "commands", "commands.error_format", "commands.streams", *wanted}


def test_an_interrupt_while_a_class_is_made_ends_in_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise RuntimeError("Error calling __set_name__") from error

    monkeypatch.setattr("mrdguide.cli._run", interrupted)
    monkeypatch.setattr("mrdguide.commands.streams.give_up_output", lambda: None)
    assert main(["about"]) == 130


def test_an_interrupt_that_nothing_can_raise_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf:
        def __del__(self) -> None:
            raise KeyboardInterrupt

    def interrupted(*_given: object) -> int:
        Deaf()
        for _ in range(500):
            time.sleep(0.01)
        return 0

    monkeypatch.setattr("mrdguide.cli._run", interrupted)
    monkeypatch.setattr("mrdguide.commands.streams.give_up_output", lambda: None)
    before = sys.unraisablehook
    # Whoever runs the tests in several processes has them ignore interrupts.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert main(["about"]) == 130
    finally:
        signal.signal(signal.SIGINT, handler)
    assert sys.unraisablehook is before
