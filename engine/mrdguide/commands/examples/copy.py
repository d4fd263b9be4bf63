"""`mrdguide examples copy`: the cases in a folder of one's own, to run and change."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import UsageError
from ..files import OK, say, write_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a folder that does not exist yet")


def run(parsed: argparse.Namespace) -> int:
    """Copy the folder."""
    from ...reading.shipped import folder

    target = Path(parsed.folder)
    if target.exists():
        raise UsageError(f"{target} exists already; name a folder that does not")
    shipped = folder("examples")
    write_folder(
        target, {str(path.relative_to(shipped)): path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    )
    say(f"copied to {target}; try: mrdguide evaluate {target / 'cessation-supported.yaml'} --as-of 2026-11-21")
    return OK
