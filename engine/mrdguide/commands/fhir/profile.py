"""`mrdguide fhir profile`: the profile that a bundle becomes, to be looked at, completed and evaluated."""

from __future__ import annotations

import argparse

from ..arguments import add_bundle, add_output
from ..files import OK, as_json, read_json_argument, read_texts_read, write


def arguments(parser: argparse.ArgumentParser) -> None:
    add_bundle(parser)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Read the bundle and print the profile as JSON."""
    from ...fhir import read
    from ...patient.canonical import plain_profile

    patient, _ = read(read_json_argument(parsed.file), site=parsed.site, attested=read_texts_read(parsed.texts_read))
    write(as_json(plain_profile(patient)), parsed.output)
    return OK
