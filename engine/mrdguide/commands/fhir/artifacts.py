"""`mrdguide fhir artifacts`: the code table, the profile of an MRD result and the operation as FHIR resources."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import UsageError
from ..arguments import add_site
from ..files import OK, as_json, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where to write one file for each resource")
    add_site(parser, "a site file whose codes come in as well")


def run(parsed: argparse.Namespace) -> int:
    """Write one file for each resource."""
    from ...fhir.artifacts import artifacts

    made = artifacts(parsed.site)
    try:
        parsed.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {parsed.folder}: {error.strerror}") from None
    for resource in made:
        write(as_json(resource), parsed.folder / f"{resource['resourceType']}-{resource['id']}.json")
    print(f"{len(made)} resources in {parsed.folder}")
    return OK
