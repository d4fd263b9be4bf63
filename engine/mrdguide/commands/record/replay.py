"""`mrdguide record replay`: a recorded case evaluated again, the same to the byte or with what has changed since."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from ...errors import UsageError
from ..arguments import add_rules, add_site, add_texts_read
from ..files import BAD_INPUT, OK, read_json_argument, read_profile_argument, read_texts_read, say
from .store import add_store, entry_key, opened

if TYPE_CHECKING:
    from ...patient import Patient


def arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("number", metavar="NUMBER", help="the number of an entry, or its hash")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the profile, where it was not kept")
    parser.add_argument(
        "--fhir", nargs="?", const="", metavar="BUNDLE",
        help="a FHIR R4 bundle or a CDS Hooks request (JSON) in the place of the profile; without a value FILE is one",
    )  # fmt: skip
    add_site(parser, "the site file that the FHIR data were read with")
    add_texts_read(parser)
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Evaluate again; status 2 where the answer is not the same to the byte."""
    from ...rulebook.book import load_rules

    patient = _given(parsed)
    with opened(parsed) as store:
        found = store.replay(entry_key(parsed.number), patient, load_rules(*(parsed.rules or [])))
    if found.same:
        say(found)
        return OK
    say(f"mrdguide: {found}", file=sys.stderr)
    return BAD_INPUT


def _given(parsed: argparse.Namespace) -> Patient | None:
    """The patient of a profile; with `--fhir`, of a bundle or of a whole call of the hook; None where neither is given."""
    if not isinstance(parsed.fhir, str):
        return read_profile_argument(parsed.file) if parsed.file is not None else None
    if bool(parsed.fhir) == (parsed.file is not None):
        raise UsageError("--fhir needs one bundle: `--fhir BUNDLE`, or `BUNDLE --fhir`")
    from ...cds.request import ATTESTED
    from ...cds.services import REQUIRED
    from ...fhir import read

    given = read_json_argument(parsed.fhir or parsed.file)
    attested = read_texts_read(parsed.texts_read)
    if not (isinstance(given, dict) and "hook" in given):
        return read(given, site=parsed.site, attested=attested)[0]
    extension = given.get("extension")
    said = extension.get(ATTESTED) or [] if isinstance(extension, dict) else []
    server = str(given.get("fhirServer") or "")
    return read(given, site=parsed.site, expected=REQUIRED, server=server, attested=[*said, *attested])[0]
