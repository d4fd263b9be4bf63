"""`mrdguide evidence show`: an entry with its figures, or as a citation."""

from __future__ import annotations

import argparse
import json

from ...errors import UsageError
from ..arguments import add_format, add_rules
from ..files import OK, say, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="as `mrdguide evidence list` shows it")
    add_rules(parser)
    add_format(parser, ("text", "vancouver", "bibtex", "csl-json"))
    parser.add_argument("--include-unverified", action="store_true", help="show unverified figures too, marked")


def run(parsed: argparse.Namespace) -> int:
    """Print the entry."""
    from ...evidence import load_library
    from ...evidence.citation import bibtex, csl, vancouver
    from ...reading.shipped import folder
    from ...reading.validation import closest
    from ...report.pages.book import entry_text
    from ...rulebook.book import load_rules

    library = load_rules(*parsed.rules).evidence if parsed.rules else load_library(folder("evidence"))
    known = [*library.ids, *library.aliases]
    if parsed.id not in known:
        raise UsageError(
            f"there is no evidence entry '{parsed.id}'; {closest(parsed.id, known) or 'see mrdguide evidence list'}"
        )
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
