"""Files in a folder of patients that nothing reads and that may hold news of them (`other_files.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Collection
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from ...reading.data_file import read_as
from ...reading.validation import StrictModel
from .columns import BY_FILE

_FIRST_WORD = re.compile(r"[a-z]+")


class OtherFiles(StrictModel):
    """What `other_files.yaml` says; each key is explained there."""

    holding_data: tuple[str, ...]
    passed_over: tuple[str, ...]


def may_hold_data(path: Path) -> bool:
    """Whether a file that is not read may hold what is known of patients, by its name."""
    name = path.name.casefold()
    if any(fnmatchcase(name, pattern) for pattern in _known().passed_over):
        return False
    return not set(_known().holding_data).isdisjoint(name.split(".")[1:])


def tables_not_read(folder: Path, read: Collection[str]) -> list[str]:
    """What lies in a folder of tables and may hold rows of them: other data, a table under another ending, and tables in a folder
    beneath. `read` are the names of what is read.

    Raises:
        OSError: the folder cannot be read.
    """
    found: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name in read or any(fnmatchcase(path.name.casefold(), pattern) for pattern in _known().passed_over):
            continue
        if path.is_dir():
            found += [f"{path.name}/{name}" for name in _tables_in(path)]
        elif may_hold_data(path) or _is_named_as_a_table(path):
            found.append(path.name)
    return found


def _is_named_as_a_table(path: Path) -> bool:
    first = _FIRST_WORD.match(path.name.casefold())
    return first is not None and f"{first[0]}.csv" in BY_FILE


def _tables_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_file() and _is_named_as_a_table(path))
    except OSError:
        return []


@cache
def _known() -> OtherFiles:
    return read_as(Path(__file__).with_name("other_files.yaml"), OtherFiles)
