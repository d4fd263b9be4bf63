"""Every command against six faults of its surroundings: one line, the documented status, nothing half under a name.

The commands come from the list of commands: a new one has to say here how it is called.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mrdguide.cli import COMMANDS

ROOT = Path(__file__).parents[2]

_CASE = str(ROOT / "examples" / "cessation-supported.yaml")
# How each command (and action) is called so that it writes something; {} is a folder of its own.
CALLS: dict[str, tuple[str, ...]] = {
    "evaluate": (_CASE, "--as-of", "2026-11-21"),
    "explain": (_CASE, "--as-of", "2026-11-21"),
    "what-if": (_CASE, "--as-of", "2026-11-21", "--set", "ecog=2"),
    "new": (),
    "teach": ("1",),
    "rules list": (),
    "rules show": ("continue",),
    "evidence list": (),
    "evidence show": ("derman2024",),
    "schema": ("patient",),
    "examples list": (),
}
# What needs a record, a server or a person; their faults are tried where they are tested.
ELSEWHERE = {"ask", "fhir", "tables", "record", "serve"}
HELP = {"--help": (), "--version": ()}
FULL_DISK, INTERRUPTED = 74, 130


def run(name: str, arguments: tuple[str, ...], **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "mrdguide", *name.split(), *arguments]
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(command, stderr=subprocess.PIPE, timeout=120, check=False, **options)


def one_line(done: subprocess.CompletedProcess[bytes]) -> bool:
    return b"Traceback" not in done.stderr and done.stderr.startswith(b"mrdguide: ") and done.stderr.count(b"\n") == 1


def test_every_command_is_called_here() -> None:
    called = {name.partition(" ")[0] for name in CALLS}
    assert called | ELSEWHERE == set(COMMANDS)
    for folder in ("rules", "evidence", "examples"):
        actions = import_module(f"mrdguide.commands.{folder}").ACTIONS
        assert {name.partition(" ")[2] for name in CALLS if name.startswith(f"{folder} ")} <= set(actions)


@pytest.mark.parametrize("name", [*CALLS, *HELP])
def test_standard_output_on_a_full_disk(name: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(name, CALLS.get(name, ()), stdout=full)
    assert (done.returncode, one_line(done)) == (FULL_DISK, True), done.stderr


@pytest.mark.parametrize("name", [*CALLS, *HELP])
def test_standard_output_closed(name: str) -> None:
    done = run(name, CALLS.get(name, ()), stdout=None, preexec_fn=_closes(1))
    assert (done.returncode, one_line(done)) == (FULL_DISK, True), done.stderr


@pytest.mark.parametrize("name", ["evaluate", "--help", "schema"])
def test_standard_input_and_error_closed(name: str) -> None:
    done = run(name, CALLS.get(name, ()), stdin=None, preexec_fn=_closes(0, 2))
    assert done.returncode == 0
    assert done.stdout


def test_a_profile_from_a_closed_standard_input_is_bad_input() -> None:
    done = run("evaluate", ("-",), stdin=None, preexec_fn=_closes(0))
    assert (done.returncode, one_line(done)) == (2, True), done.stderr


@pytest.mark.parametrize("name", ["evaluate", "schema", "rules list", "--help"])
def test_a_broken_pipe_is_no_fault(name: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        done = run(name, CALLS.get(name, ()), stdout=gone)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.4])
def test_interrupted(seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mrdguide", "explain", _CASE], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    # Before our first line Python itself may still be starting.
    assert b"mrdguide/commands" not in told
    assert process.returncode in (0, INTERRUPTED, 1, -signal.SIGINT)


@pytest.mark.parametrize("form", ["json", "html", "markdown"])
def test_data_are_utf_8_whatever_the_terminal_is(form: str) -> None:
    arguments = (*CALLS["evaluate"], "--format", form)
    there = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    shown = [run("evaluate", arguments, env={**there, "PYTHONIOENCODING": name}).stdout for name in ("cp1252", "utf-8")]
    assert shown[0] == shown[1]
    assert shown[0].decode("utf-8")


@pytest.mark.parametrize(("name", "form"), [("evaluate", "html"), ("explain", "html"), ("what-if", "html")])
def test_a_full_disk_leaves_the_old_file(name: str, form: str, tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_text("the old page", encoding="utf-8")
    done = run(name, (*CALLS[name], "--format", form, "--output", str(page)), preexec_fn=_small_files)
    assert (done.returncode, one_line(done)) == (2, True), done.stderr
    assert page.read_text(encoding="utf-8") == "the old page"
    assert os.listdir(tmp_path) == ["page"]


def test_examples_are_copied_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    assert run("examples copy", (str(target),), preexec_fn=_small_files).returncode == 2
    assert os.listdir(tmp_path) == []
    assert run("examples copy", (str(target),)).returncode == 0
    assert (target / "cases.yaml").is_file()


def _closes(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
