"""The text of every table: from the files of a folder, or from a mapping of names to text."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ...errors import Problem
from ...reading.bounded import read_bytes
from ...reading.validation import closest
from .columns import BY_FILE
from .other_files import tables_not_read

_NEEDED = (
    "a table with only its headers says that nothing is recorded; 'mrdguide tables template DIR' writes such tables"
)
_NAMES = ", ".join(BY_FILE)
_TAKE_OUT = "put its rows into the tables, or take it out of the folder: what is not in the tables counts as not having happened"
_SAVE_AS = "in a spreadsheet: save as 'CSV UTF-8 (comma delimited)'"

Texts = dict[str, tuple[str, str]]


def texts_of(source: object) -> tuple[Texts, list[Problem]]:
    """The text and the shown name of every table that could be read, by file name, and what is wrong with the others."""
    if isinstance(source, Mapping):
        return _from_mapping(source)
    if isinstance(source, str | os.PathLike):
        return _from_folder(Path(source))
    expected = "a folder, or a mapping of names of tables to their text"
    return {}, [
        Problem(f"cannot read tables from {type(source).__name__}", "tables", expected=expected, code="bad-value")
    ]


def _from_mapping(source: Mapping[object, object]) -> tuple[Texts, list[Problem]]:
    texts: Texts = {}
    problems = []
    for name, text in source.items():
        file = f"{name}".removesuffix(".csv") + ".csv"
        if file not in BY_FILE:
            problems.append(_no_table(str(name), "tables"))
        elif file in texts:
            problems.append(Problem(f"the table '{file}' is given twice", "tables", code="duplicate-key"))
        elif not isinstance(text, str):
            problems.append(
                Problem(f"found {type(text).__name__}", file, expected="the text of the table", code="bad-value")
            )
        else:
            texts[file] = (text, file)
    given = {f"{name}".removesuffix(".csv") + ".csv" for name in source}
    return texts, problems + _not_there(given, "tables")


def _from_folder(folder: Path) -> tuple[Texts, list[Problem]]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except ValueError:
        return {}, [Problem("this is not a folder name", repr(str(folder)), code="not-found")]
    except OSError as error:
        expected = f"a folder with the tables {_NAMES}"
        return {}, [Problem(f"cannot be read: {error.strerror}", str(folder), expected=expected, code="not-found")]
    tables = [name for name in names if name.lower().endswith(".csv") and not name.startswith(".")]
    problems = [_no_table(name, str(folder)) for name in tables if name not in BY_FILE]
    texts: Texts = {}
    for name in tables:
        if name in BY_FILE:
            found = _decoded(folder / name)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                texts[name] = (found, str(folder / name))
    problems += [_not_read(folder / name) for name in tables_not_read(folder, tables)]
    return texts, problems + _not_there(set(tables), str(folder))


def _not_read(path: Path) -> Problem:
    """A file beside the tables that would be passed over, with whatever it says of a patient."""
    expected = f"tables of patients, the files {_NAMES}"
    return Problem("this file is not read", str(path), expected=expected, hint=_TAKE_OUT, code="unknown-key")


def _decoded(path: Path) -> str | Problem:
    try:
        data = read_bytes(path)
    except OSError as error:
        return Problem(f"cannot be read: {error.strerror}", str(path), code="not-found")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        return Problem(
            "the file is not UTF-8 text", str(path), "", line, column, expected="a table in UTF-8", hint=_SAVE_AS,
            code="not-readable",
        )  # fmt: skip


def _no_table(name: str, where: str) -> Problem:
    hint, message = closest(name.casefold(), BY_FILE), f"there is no table '{name}'"
    return Problem(message, where, expected=f"one of {_NAMES}", hint=hint, code="unknown-key")


def _not_there(given: set[str], where: str) -> list[Problem]:
    """A forgotten table would look like nothing having happened, so it has to be there.

    What the optional ones hold is unknown where it is not recorded, so that forgetting them says nothing.
    """
    missing = [file for file, table in BY_FILE.items() if file not in given and not table.optional]
    return [Problem(f"the table '{file}' is missing", where, hint=_NEEDED, code="not-found") for file in missing]
