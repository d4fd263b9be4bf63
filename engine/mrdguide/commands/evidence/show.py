"""`mrdguide evidence show`: an entry with its figures, or as a citation."""

from __future__ import annotations

import argparse
import json

from ..arguments import add_format, add_rules
from ..files import OK, say, write
from .entries import opened, see_that_they_are_there


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="as `mrdguide evidence list` shows it")
    add_rules(parser)
    add_format(parser, ("text", "vancouver", "bibtex", "csl-json"))
    parser.add_argument("--include-unverified", action="store_true", help="show unverified figures too, marked")


def run(parsed: argparse.Namespace) -> int:
    """Print the entry."""
    from ...evidence.citation import bibtex, csl, vancouver
    from ...report.pages.book import entry_text

    library = opened(parsed)
    see_that_they_are_there(library, [parsed.id])
    entry = library.entry(parsed.id)
    texts = {
        "text": lambda: entry_text(entry, library, include_unverified=parsed.include_unverified),
        "vancouver": lambda: vancouver(entry.citation),
        "bibtex": lambda: bibtex(entry.id, entry.citation),
        "csl-json": lambda: json.dumps(csl(entry.id, entry.citation), indent=2, ensure_ascii=False),
    }
    if parsed.format in ("bibtex", "csl-json"):
        write(texts[parsed.format]() + "\n", None)
    else:
        say(texts[parsed.format]())
    return OK
