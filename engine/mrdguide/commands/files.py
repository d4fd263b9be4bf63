"""Where the input of commands comes from and where their output goes."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

from ..errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from ..patient import Patient
    from ..report.blocks import Page

OK, BAD_INPUT = 0, 2
_WIDTH_OF_A_FILE = 100


def not_over_inputs(inputs: Sequence[str | Path], *outputs: str | Path | None) -> None:
    """Nothing may be written over what is read, or twice under one name.

    Raises:
        UsageError: an output is an input, lies in one as a file that is there, or is named twice.
    """
    read = [Path(name).resolve() for name in inputs if str(name) != "-"]
    written: list[Path] = []
    for name in outputs:
        if name is None or str(name) == "-":
            continue
        path = Path(name).resolve()
        if path in read or (path.exists() and any(folder in path.parents for folder in read)):
            raise UsageError(f"{name} is an input, which would be written over; name another file for the output")
        if path in written:
            raise UsageError(f"{name} is named for two outputs; name another file for one of them")
        written.append(path)


def read_profile_argument(name: str) -> Patient:
    """The profile of a file, or of standard input when the name is `-`."""
    from ..patient.reader import read_patient, read_patient_text
    from ..reading.bounded import read_stream

    if name == "-":
        try:
            # Read as bytes: what the terminal's own encoding would make of them is not what was sent.
            stream = getattr(sys.stdin, "buffer", None)
            text = read_stream(stream).decode("utf-8") if stream is not None else sys.stdin.read()
        except OSError as error:
            raise UsageError(f"standard input cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError("standard input is not UTF-8 text") from None
        return read_patient_text(text, "standard input")
    return read_patient(name)


def read_json_argument(name: str) -> Any:
    """The JSON of a file, plain or gzip, or of standard input when the name is `-`; the lines of `.ndjson` as a list.

    Raises:
        UsageError: it cannot be read or is not JSON.
    """
    from ..reading.bounded import MOST_RECORD, read_bytes, read_stream, unpacked
    from ..reading.json_text import loads

    try:
        packed = read_stream(sys.stdin.buffer, MOST_RECORD) if name == "-" else read_bytes(name, MOST_RECORD)
        text = unpacked(packed).decode("utf-8-sig")
        lines = text.split("\n") if name.removesuffix(".gz").endswith(".ndjson") else None
        return loads(text) if lines is None else [loads(item) for item in lines if item.strip()]
    except OSError as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name} cannot be read: {reason}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is not JSON: {str(error).splitlines()[0]}") from None


def read_texts_read(name: str | None) -> list[Any]:
    """The statements of `--texts-read`, a list of them or a profile with such a list; none where it was not given."""
    found = read_json_argument(name) if name is not None else []
    return (found.get("attested") or []) if isinstance(found, dict) else found


def write(content: str | bytes, path: str | Path | None) -> None:
    """Write data to a file, or to standard output: as UTF-8, whatever the terminal's encoding is."""
    content = content.encode("utf-8") if isinstance(content, str) else content
    if path is None:
        out = standard_output()
        out.write(content)
        out.flush()
        return
    try:
        write_whole(Path(path), content)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def standard_output() -> IO[bytes]:
    """Standard output for data."""
    sys.stdout.flush()
    return sys.stdout.buffer


def say(text: object, *, end: str = "\n", file: TextIO | None = None, flush: bool = False) -> None:
    """Print text for people, on standard output or on `file`. What stands in a file may be anything; on a screen it is
    to do nothing."""
    from ..report.legible import legible_lines

    print(legible_lines(str(text)), end=end, file=file, flush=flush)


def write_text(content: str, path: str | Path | None) -> None:
    """Write text for people to a file (UTF-8), or to standard output in the encoding of the terminal."""
    if path is None:
        sys.stdout.write(content)
    else:
        write(content, path)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that under its name there is ever the old one or the whole new one.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    with beside(path) as out:
        out.write(content)


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to that gets its name once it is whole: until then, and where that fails, the old one stays.

    Raises:
        OSError: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open("wb") as out:
            yield out  # a terminal, a pipe, /dev/null
        return
    partial = target.with_name(_partial_name(target))
    try:
        with partial.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _put_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the files of a folder, by their paths in it: all of them, or none. A folder that is not there is made, and is
    there only once it is whole; in one that is there, files get their names once all of them are written.

    Raises:
        UsageError: they cannot be written.
    """
    is_there = folder.is_dir()
    partial = folder / _partial_name(folder) if is_there else folder.with_name(_partial_name(folder))
    try:
        partial.mkdir(parents=True)
        for name, content in files.items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(partial / name, content.encode("utf-8") if isinstance(content, str) else content)
        if not is_there:
            partial.rename(folder)
            return
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _put_in_place(partial / name, Path(os.path.realpath(folder / name)))
    except OSError as error:
        raise UsageError(f"cannot write the folder {folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _partial_name(target: Path) -> str:
    return f".{target.name[:80]}.{os.getpid()}.part"


def _put_in_place(partial: Path, target: Path) -> None:
    """Give a whole file its name, with the permissions of the one that it replaces."""
    if target.exists():
        partial.chmod(target.stat().st_mode & 0o7777)
    partial.replace(target)


def as_json(content: Any) -> str:
    """JSON to read: indented, with every letter as itself."""
    return legible(json.dumps(content, indent=2, ensure_ascii=False))


def legible(text: str) -> str:
    """JSON text for people to read: what cannot be seen is written as an escape."""
    from ..report.legible import legible_json

    return legible_json(text) + "\n"


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

        write_text(terminal_text([to_text(page)], to_file=parsed.output is not None), parsed.output)


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
