"""`mrdguide evidence trials`: where registered trials stand now, from records of ClinicalTrials.gov that were downloaded."""

from __future__ import annotations

import argparse

from ..files import OK, read_json_argument, say, write
from .target import add_target, day_read, target


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="JSON of ClinicalTrials.gov (API v2): one study, a list, or an answer to a search",
    )
    add_target(parser)
    parser.add_argument("--date", metavar="DATE", help="the day of the download, YYYY-MM-DD (default: today)")
    parser.add_argument("--write", action="store_true", help="write what changes (default: show it)")


def run(parsed: argparse.Namespace) -> int:
    """Show for each trial what its record changes, and write it where that was asked for. All files are read first."""
    from ...authoring.trial_records import changes, read_records
    from ...evidence import load_library

    day, place = day_read(parsed.date), target(parsed)
    records = [item for name in parsed.files for item in read_records(read_json_argument(name), name)]
    library, to_write = load_library(place), 0
    for record in records:
        found = list(changes(library, record, day))
        if not found:
            say(f"{record.id}: no entry names this trial")
        for change in found:
            say(f"{record.id} ({change.entry}): {'' if change.lines else 'as recorded'}".rstrip())
            for line in change.lines:
                say(f"  {line}")
        files = {change.path: change.content for change in found if change.content is not None}
        to_write += len(files)
        if parsed.write and files:
            for path, content in files.items():
                write(content, path)
            library = load_library(place)  # the next record may be of a trial that the same entry names
    entries = "1 entry" if to_write == 1 else f"{to_write} entries"
    say(f"{entries} {'written' if parsed.write else 'to change; with --write it is written'}")
    return OK
