"""A command run in this process, a small profile, and the record's fixtures."""

from __future__ import annotations

import os
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

import mrdguide
from mrdguide.cli import main
from mrdguide.rulebook import book

from ..record.conftest import five, found, path, store
from . import Ran, Run

__all__ = ["five", "found", "path", "profile", "run", "store"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shipped_rules: mrdguide.RuleBook) -> Run:
    """Run one command in this process. The shipped rules are loaded once for all, other books as they are asked for."""
    load = book.load_rules

    def loaded(*folders: str | os.PathLike[str]) -> mrdguide.RuleBook:
        return load(*folders) if folders else shipped_rules

    monkeypatch.setattr(book, "load_rules", loaded)

    def call(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Ran:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", TextIOWrapper(BytesIO(stdin), encoding="utf-8"))
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                status = main([str(argument) for argument in arguments])
            except SystemExit as exit_:  # argparse leaves this way
                status = int(exit_.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "profile.yaml"
    path.write_text("id: small\ndiagnosis: {disease: mgus}\n", encoding="utf-8")
    return path
