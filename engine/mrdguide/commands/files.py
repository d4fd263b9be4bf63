"""Where the input of commands comes from and where their output goes."""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from rich.console import RenderableType

    from ..patient import Patient
    from ..report.blocks import Page

OK, BAD_INPUT = 0, 2
_WIDTH_OF_A_FILE = 100


def read_profile_argument(name: str) -> Patient:
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


def read_json_argument(name: str) -> Any:
    """The JSON of a file, plain or gzip, or of standard input when the name is `-`; the lines of `.ndjson` as a list.

    Raises:
        UsageError: it cannot be read or is not JSON.
    """
    import gzip

    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        lines = raw.splitlines() if name.removesuffix(".gz").endswith(".ndjson") else None
        return json.loads(raw) if lines is None else [json.loads(item) for item in lines if item.strip()]
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name} cannot be read: {reason}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is not JSON: {str(error).splitlines()[0]}") from None


def read_texts_read(name: str | None) -> list[Any]:
    """The statements of `--texts-read`, a list of them or a profile with such a list; none where it was not given."""
    found = read_json_argument(name) if name is not None else []
    return (found.get("attested") or []) if isinstance(found, dict) else found


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


def as_json(content: Any) -> str:
    """JSON to read: indented, with every letter as itself."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def write_page(page: Page, plain: dict[str, Any], parsed: argparse.Namespace) -> None:
    """A page as `parsed.format` says (`plain` is its form as JSON), to `parsed.output` or standard output."""
    if parsed.format == "json":
        write(as_json(plain), parsed.output)
    elif parsed.format == "markdown":
        from ..report.formats.markdown import to_markdown

        write(to_markdown(page), parsed.output)
    elif parsed.format == "html":
        from ..report.formats.html import to_html

        write(to_html(page), parsed.output)
    else:
        from ..report.formats.terminal import to_text

        write(terminal_text([to_text(page)], to_file=parsed.output is not None), parsed.output)


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
