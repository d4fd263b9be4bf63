"""What the calls of a decision record are given, checked before anything is opened or written."""

from __future__ import annotations

import os
from datetime import datetime

from ..errors import UsageError
from ..reading.arguments import flag, shown, wrong_argument

_LONGEST_SOURCE = 100
_LONGEST_WAIT = 3_600


def check_opening(url: object, keep_input: object, create: object, clock: object, wait: object) -> None:
    """See that a store can be opened with these.

    Raises:
        UsageError: one of them is not what it should be.
    """
    # Never shown: a URL may hold a password.
    if not isinstance(url, str | os.PathLike) or not isinstance(os.fspath(url), str):
        raise UsageError("url: give the path of a SQLite file, or the URL of a database such as sqlite:///records.db")
    flag("keep_input", keep_input)
    flag("create", create)
    if not callable(clock):
        raise wrong_argument("clock", clock, "a function that returns the time with its time zone")
    if not isinstance(wait, int | float) or isinstance(wait, bool) or not 0 <= wait <= _LONGEST_WAIT:
        raise wrong_argument("wait", wait, f"seconds from 0 to {_LONGEST_WAIT}")


def check_number(name: str, found: object) -> None:
    """See that it is the number of an entry, or None.

    Raises:
        UsageError: it is something else.
    """
    if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
        raise wrong_argument(name, found, "the number of an entry, or None")


def check_entry(found: object) -> None:
    """See that it can name an entry.

    Raises:
        UsageError: it is neither a number nor a text.
    """
    if not isinstance(found, int | str) or isinstance(found, bool):
        raise wrong_argument("entry", found, "the number of an entry or its hash")


def checked_source(source: object) -> str:
    """The word for where a question came from.

    Raises:
        UsageError: it is not a short line of text.
    """
    if not isinstance(source, str) or not 0 < len(source) <= _LONGEST_SOURCE or not source.isprintable():
        raise UsageError(f"the source of an entry is a short text of 1 to {_LONGEST_SOURCE} signs")
    return source


def with_zone(now: object) -> datetime:
    """The time that a caller's clock gives; without its zone nobody could say when it was.

    Raises:
        UsageError: it is not a time, or has no zone.
    """
    if not isinstance(now, datetime) or now.tzinfo is None:
        raise UsageError(f"clock: returned {shown(now)}; it must return a datetime with its time zone")
    return now
