"""The commands. Most are run in this process (the fixture `run`); a few as people do, in a process of their own (`command`)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

from mrdguide import commands
from mrdguide.cli import COMMANDS

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "cessation-supported.yaml"
NEAR_MISS, RISK = EXAMPLES / "continue-near-miss.yaml", EXAMPLES / "insufficient-risk-unknown.yaml"
DAY = ("--as-of", "2026-11-21")
RULE_FILES = Path(__file__).parents[1] / "rulefiles"


class Ran(NamedTuple):
    """The exit status, and what was written to standard output and standard error."""

    status: int
    out: str
    err: str


class Run(Protocol):
    """Runs one command in this process."""

    def __call__(self, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> Ran: ...


def command(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Ran:
    """Run one command as people do, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "mrdguide", *map(str, arguments)],
        input=stdin, capture_output=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def refused(found: Ran, *words: str) -> None:
    """Status 2, a message that names the matter on standard error, nothing on standard output, no traceback."""
    assert found.status == 2
    assert found.out == ""
    assert found.err.startswith("mrdguide: ")
    assert "Traceback" not in found.err
    for word in words:
        assert word in found.err


def _module(package: ModuleType, name: str) -> ModuleType:
    return import_module(f"{package.__name__}.{name.replace('-', '_')}")


def _files() -> Iterator[tuple[str, ModuleType]]:
    for name in COMMANDS:
        module = _module(commands, name)
        if not hasattr(module, "ACTIONS"):
            yield name, module
        for action in getattr(module, "ACTIONS", ()):
            yield f"{name} {action}", _module(module, action)


# Every command and action with its file: `evaluate`, `rules check`; and the folders of those with actions.
FILES = dict(_files())
GROUPS = [module for module in (_module(commands, name) for name in COMMANDS) if hasattr(module, "ACTIONS")]
