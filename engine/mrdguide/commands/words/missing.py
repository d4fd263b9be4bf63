"""`mrdguide words missing`: what is not translated."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..files import OK, legible, say, write

if TYPE_CHECKING:
    from ...report.languages.messages import Message


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        metavar="CATALOGUE",
        help="a gettext file (.po); without it, every text there is to translate",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(parsed: argparse.Namespace) -> int:
    """The ids with their English, and how many of how many."""
    from ...report.languages.catalogue import read_catalogue
    from ...report.pages.every_text import every_text

    texts = every_text()
    missing = texts if parsed.file is None else read_catalogue(parsed.file, texts).missing
    if parsed.format == "json":
        write(legible(_as_json(missing, len(texts))), None)
        return OK
    page = ""
    for message in missing:
        if message.page != page:
            page = message.page
            say(f"{page}:")
        say(f"{message.id}\n    {message.english}")
    say(f"{len(missing)} of {len(texts)} texts are not translated")
    return OK


def _as_json(missing: Sequence[Message], whole: int) -> str:
    entries = [
        {"id": one.id, "english": one.english, "page": one.page, "placeholders": list(one.placeholders)}
        for one in missing
    ]
    return json.dumps({"of": whole, "missing": entries}, indent=2, ensure_ascii=False)
