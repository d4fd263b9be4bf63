"""`mrdguide record replay`: a recorded case evaluated again, the same to the byte or with what has changed since."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from ..arguments import add_rules, add_site
from ..files import BAD_INPUT, OK, read_json_argument, read_profile_argument
from .store import add_store, entry_key, opened

if TYPE_CHECKING:
    from ...patient import Patient


def arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("number", metavar="NUMBER", help="the number of an entry, or its hash")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the profile, where it was not kept")
    parser.add_argument("--fhir", action="store_true", help="FILE is a FHIR R4 bundle or a CDS Hooks request (JSON)")
    add_site(parser, "the site file that the FHIR data were read with")
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Evaluate again; status 2 where the answer is not the same to the byte."""
    from ...rulebook.book import load_rules

    patient = _given(parsed) if parsed.file is not None else None
    with opened(parsed) as store:
        found = store.replay(entry_key(parsed.number), patient, load_rules(*(parsed.rules or [])))
    if found.same:
        print(found)
        return OK
    print(f"mrdguide: {found}", file=sys.stderr)
    return BAD_INPUT


def _given(parsed: argparse.Namespace) -> Patient:
    """The patient of a profile; with `--fhir`, of a bundle or of a whole call of the hook."""
    if not parsed.fhir:
        return read_profile_argument(parsed.file)
    from ...cds.services import REQUIRED
    from ...fhir import read

    given = read_json_argument(parsed.file)
    expected = REQUIRED if isinstance(given, dict) and "hook" in given else ()
    return read(given, site=parsed.site, expected=expected)[0]
