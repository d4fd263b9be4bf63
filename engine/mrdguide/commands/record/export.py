"""`mrdguide record export`: every entry as a line of JSON, with what was kept of the input."""

from __future__ import annotations

import argparse
from codecs import getwriter
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO, cast

from ...errors import UsageError
from ..arguments import add_output
from ..files import OK, beside, standard_output
from .store import add_store, opened

if TYPE_CHECKING:
    from ...record import DecisionStore


def arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Write the entries one by one, as they are read: a record may be long."""
    with opened(parsed) as store:
        if parsed.output is None:
            _export(store, standard_output())
            return OK
        target = Path(parsed.output)
        if target.exists() and target.samefile(store.name):
            raise UsageError(f"--output {target} is the record itself")
        try:
            with beside(target) as out:
                _export(store, out)
        except OSError as error:
            raise UsageError(f"cannot write {target}: {error.strerror}") from None
    return OK


def _export(store: DecisionStore, out: IO[bytes]) -> None:
    store.export(cast("TextIO", getwriter("utf-8")(out)))
