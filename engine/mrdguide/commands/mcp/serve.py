"""`mrdguide mcp serve`: the server that a host starts."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import UsageError
from ..arguments import add_rules
from ..files import OK
from .folder import add_folder, opened


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--documents", metavar="DIR", type=Path,
        help="read letters and reports (.txt, .md) from this folder alone; without it the language model hands texts over",
    )  # fmt: skip
    add_folder(parser)
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Serve until the host closes standard input.

    Raises:
        UsageError: the extra `mcp` is not installed, or a folder cannot be used.
    """
    try:
        from ...mcp.server import serve
    except ImportError:
        raise UsageError(
            "the SDK of the Model Context Protocol is not installed; pip install 'mrdguide[mcp]'"
        ) from None
    from ...mcp.desk import Desk, ShownExample
    from ...mcp.documents import letters_of
    from ...rulebook.book import load_rules
    from ...teach.examples import examples

    if parsed.documents is not None:
        letters_of(parsed.documents)
    shown = [ShownExample(item.path.stem, item.title, item.as_of, item.path) for item in examples()]
    serve(Desk(load_rules(*(parsed.rules or [])), opened(parsed), parsed.documents, shown))
    return OK
