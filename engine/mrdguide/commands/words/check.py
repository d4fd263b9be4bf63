"""`mrdguide words check`: whether pages can be made of a catalogue."""

from __future__ import annotations

import argparse

from ..files import BAD_INPUT, OK, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="CATALOGUE", help="a gettext file (.po)")


def run(parsed: argparse.Namespace) -> int:
    """What is wrong with its file and line, then what is missing; exit status 2 unless pages can be made of it."""
    from ...report.languages.catalogue import read_catalogue
    from ...report.pages.every_text import every_text

    found = read_catalogue(parsed.file, every_text())
    problems, missing = found.problems(), len(found.missing)
    for problem in problems:
        say(problem)
    say(f"{found.tag}: {missing} of {len(found.messages)} texts are not translated")
    say(
        f"checked by {found.reviewed_by}"
        if found.reviewed_by
        else "nobody has checked it: catalogue.reviewed_by is empty"
    )
    return BAD_INPUT if problems or missing or not found.reviewed_by else OK
