"""`mrdguide due`: whose windows close when, for every profile of a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import MrdguideError, UsageError
from .arguments import add_as_of, add_rules
from .error_format import tell_each
from .files import BAD_INPUT, OK, read_profile_argument, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder with profiles in YAML or JSON")
    add_as_of(parser)
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """A line for each window: its last day, the patient, what to repeat. What cannot be read is said; the rest is listed."""
    from ..cohort.sources.folder_of_files import SUFFIXES, not_read, patient_files
    from ..dates import iso
    from ..explain.agenda import windows
    from ..recommend.evaluation import evaluate
    from ..rulebook.book import load_rules

    if not parsed.folder.is_dir():
        raise UsageError(f"{parsed.folder} is not a folder; give the folder that holds the profiles")
    files, endings = patient_files(parsed.folder), ", ".join(SUFFIXES)
    if not files:
        raise UsageError(f"{parsed.folder} holds no profiles (files that end in {endings})")
    rules = load_rules(*(parsed.rules or []))
    failures: list[MrdguideError] = [
        UsageError(f"{path} is not read, and may hold patients whose windows close; profiles end in {endings}")
        for path in not_read(parsed.folder, files)
    ]
    lines: list[tuple[int, str, str]] = []
    without: list[str] = []
    for path in files:
        try:
            found = evaluate(read_profile_argument(str(path)), rules=rules, as_of=parsed.as_of)
        except MrdguideError as error:
            failures.append(error)
            continue
        closing = [(item.day, found.patient_id, item.what) for item in windows(found.explanation.when, rules)]
        lines += closing
        without += [] if closing else [found.patient_id]
    tell_each(failures, parsed.error_format)
    texts = [f"{iso(day)}  {patient}  {what}" for day, patient, what in sorted(lines)]
    texts += [f"no window closes: {', '.join(sorted(without))}"] * bool(without)
    for text in texts:
        say(text)
    return BAD_INPUT if failures else OK
