"""`mrdguide examples copy`: the cases in a folder of one's own, to run and change."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from ...errors import UsageError
from ..files import OK


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a folder that does not exist yet")


def run(parsed: argparse.Namespace) -> int:
    """Copy the folder."""
    from ...reading.shipped import folder

    target = Path(parsed.folder)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    if target.exists():
        raise UsageError(f"{target} exists already; name a folder that does not")
    try:
        # Under its own name only when it is whole.
        shutil.copytree(folder("examples"), partial)
        partial.rename(target)
    except (OSError, shutil.Error) as error:
        reason = getattr(error, "strerror", None) or error.args[0][0][2]
        raise UsageError(f"cannot copy to {target}: {reason}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    print(f"copied to {target}; try: mrdguide evaluate {target / 'cessation-supported.yaml'} --as-of 2026-11-21")
    return OK
