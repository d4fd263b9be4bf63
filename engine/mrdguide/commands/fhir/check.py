"""`mrdguide fhir check`: what was imported from a bundle, what was skipped and why, what a site file could map."""

from __future__ import annotations

import argparse

from ..arguments import add_bundle, add_format, add_output
from ..files import OK, read_json_argument, read_texts_read, write_page


def arguments(parser: argparse.ArgumentParser) -> None:
    add_bundle(parser)
    add_format(parser, ("text", "json"))
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Read the bundle and show the report on it."""
    from ...fhir import read
    from ...report.pages.imported import import_page

    patient, report = read(
        read_json_argument(parsed.file), site=parsed.site, attested=read_texts_read(parsed.texts_read)
    )
    write_page(import_page(patient, report), report.to_dict(), parsed)
    return OK
