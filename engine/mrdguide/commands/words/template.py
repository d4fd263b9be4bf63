"""`mrdguide words template`: a catalogue to fill in."""

from __future__ import annotations

import argparse

from ..arguments import add_output
from ..files import OK, say, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", required=True, metavar="TAG", help="the language, such as de, es or pt-BR")
    add_output(parser, "write to this file")


def run(parsed: argparse.Namespace) -> int:
    """Every text with its id, the page it stands on, and what its placeholders are."""
    from ...report.languages.catalogue import template
    from ...report.pages.every_text import every_text

    write(template(parsed.language, every_text()), parsed.output)
    if parsed.output is not None:
        say(
            f"{len(every_text())} texts to translate in {parsed.output}; what it lacks: mrdguide words missing {parsed.output}"
        )
    return OK
