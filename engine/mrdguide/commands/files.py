"""Where profiles come from and where output goes."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from ..patient import Patient

OK, BAD_INPUT = 0, 2
_WIDTH_OF_A_FILE = 100


def profile(name: str) -> Patient:
    """The profile of a file, or of standard input when the name is `-`."""
    from ..patient.reader import read_patient, read_patient_text

    if name == "-":
        try:
            # Read as bytes: what the terminal's own encoding would make of them is not what was sent.
            stream = getattr(sys.stdin, "buffer", None)
            text = stream.read().decode("utf-8") if stream is not None else sys.stdin.read()
        except UnicodeDecodeError:
            raise UsageError("standard input is not UTF-8 text") from None
        return read_patient_text(text, "standard input")
    return read_patient(name)


def write(content: str | bytes, path: str | Path | None) -> None:
    """Write to a file, or to standard output."""
    if path is None:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content)
        return
    try:
        Path(path).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def terminal_text(parts: Sequence[RenderableType], *, to_file: bool) -> str:
    """Text for a terminal: printed at once where there is one, else returned, plain and 100 columns wide."""
    from rich.console import Console

    if not to_file and sys.stdout.isatty():
        console = Console(highlight=False)
        for part in parts:
            console.print(part)
        return ""
    buffer = StringIO()
    width = None if os.environ.get("COLUMNS") else _WIDTH_OF_A_FILE
    with redirect_stdout(buffer):
        console = Console(file=buffer, highlight=False, width=width)
        for part in parts:
            console.print(part)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n" if parts else ""
