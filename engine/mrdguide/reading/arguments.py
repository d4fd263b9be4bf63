"""What a caller gave for an argument, checked: the message says what was found and what to give instead."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..errors import UsageError

Wanted = TypeVar("Wanted")
_LONGEST = 60
_LARGEST = 10**20


def wrong_argument(name: str, found: object, give: str) -> UsageError:
    """The error for an argument of the wrong kind: `rules: found 3; give a folder`."""
    return UsageError(f"{name}: found {shown(found)}; give {give}")


def shown(value: object) -> str:
    """A value in a message: itself where it is short and plain, else only its type, since it may be a whole record."""
    if isinstance(value, str):
        return repr(value) if len(value) <= _LONGEST else f"{value[: _LONGEST - 3]!r}..."
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "a very large number"
    # Not compared: a frame or an array makes of `==` what it likes.
    if value is None or isinstance(value, bool | int | float) or (isinstance(value, list | tuple | dict) and not value):
        return repr(value)
    return f"an object of type {type(value).__name__}"


def instance_of(kind: type[Wanted], name: str, found: object, give: str) -> Wanted:
    """The argument, which must be of this class.

    Raises:
        UsageError: it is of another one.
    """
    if not isinstance(found, kind):
        raise wrong_argument(name, found, give)
    return found


def flag(name: str, found: object) -> bool:
    """The argument, which must be True or False: the text 'no' would count as true.

    Raises:
        UsageError: it is something else.
    """
    return instance_of(bool, name, found, "True or False")


def whole_number(name: str, found: object, least: int, most: int) -> int:
    """The argument, which must be a whole number from `least` to `most`.

    Raises:
        UsageError: it is something else.
    """
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise wrong_argument(name, found, f"a whole number from {least} to {most}")
    return found


def path(name: str, found: object, what: str) -> Path:
    """The argument, which must be the path of `what` ("a folder with rule files"), not empty.

    Raises:
        UsageError: it is something else, or the system refuses to look there. Nothing need be there.
    """
    text = os.fspath(found) if isinstance(found, str | os.PathLike) else None
    # An empty path would mean the working folder, and nobody means that.
    if not isinstance(text, str) or not text:
        raise wrong_argument(name, found, f"the path of {what}")
    try:
        Path(text).exists()
    except OSError as error:
        raise UsageError(
            f"{name}: {shown(text)} cannot be opened ({error.strerror}); give the path of {what}"
        ) from None
    return Path(text)


def entries(name: str, found: object, give: str) -> Sequence[Any]:
    """The argument, which must be a list or tuple; a single text would be taken letter by letter.

    Raises:
        UsageError: it is something else.
    """
    if isinstance(found, str | bytes) or not isinstance(found, Sequence):
        raise wrong_argument(name, found, give)
    return found
