"""`mrdguide fhir artifacts`: the code table, the profile of an MRD result and the operation as FHIR resources."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..arguments import add_site
from ..files import OK, as_json, say, write_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where to write one file for each resource")
    add_site(parser, "a site file whose codes come in as well")


def run(parsed: argparse.Namespace) -> int:
    """Write one file for each resource."""
    from ...fhir.artifacts import artifacts

    made = artifacts(parsed.site)
    write_folder(
        parsed.folder,
        {f"{resource['resourceType']}-{resource['id']}.json": as_json(resource) for resource in made},
    )
    say(f"{len(made)} resources in {parsed.folder}")
    return OK
