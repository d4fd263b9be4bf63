"""`mrdguide record export`: every entry as a line of JSON, with what was kept of the input."""

from __future__ import annotations

import argparse
import sys
from io import TextIOWrapper
from pathlib import Path

from ...errors import UsageError
from ..arguments import add_output
from ..files import OK, beside
from .store import add_store, opened


def arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Write the entries one by one, as they are read: a record may be long."""
    with opened(parsed) as store:
        if parsed.output is None:
            store.export(sys.stdout)
            return OK
        target = Path(parsed.output)
        if target.exists() and target.samefile(store.name):
            raise UsageError(f"--output {target} is the record itself")
        try:
            with beside(target) as out:
                stream = TextIOWrapper(out, encoding="utf-8", newline="\n", write_through=True)
                store.export(stream)
                stream.detach()
        except OSError as error:
            raise UsageError(f"cannot write {target}: {error.strerror}") from None
    return OK
