"""`mrdguide examples copy`: the cases in a folder of one's own, to run and change."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from ...errors import UsageError
from ..files import OK, say, write_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a folder that does not exist yet")


def run(parsed: argparse.Namespace) -> int:
    """Copy the folder; where all of it is there already, as in a checkout, say so."""
    from ...reading.shipped import folder

    target, shipped = Path(parsed.folder), folder("examples")
    files = {str(path.relative_to(shipped)): path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    done = "copied to"
    if not target.exists():
        write_folder(target, files)
    elif _holds(target, files):
        done = "they are there already, unchanged, in"
    else:
        raise UsageError(
            f"{target} exists already, and is not the cases as they are shipped; name a folder that does not"
        )
    say(f"{done} {target}; try: mrdguide evaluate {target / 'cessation-supported.yaml'} --as-of 2026-11-21")
    return OK


def _holds(target: Path, files: Mapping[str, bytes]) -> bool:
    return all((target / name).is_file() and (target / name).read_bytes() == content for name, content in files.items())
