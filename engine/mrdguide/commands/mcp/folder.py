"""The argument --folder, and the private folder that it names."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...mcp.private_folder import PrivateFolder


def add_folder(parser: argparse.ArgumentParser) -> None:
    """--folder."""
    parser.add_argument(
        "--folder", metavar="DIR", type=Path,
        help="the private folder of proposals and confirmations (default: mrdguide/mcp in $XDG_STATE_HOME or ~/.local/state)",
    )  # fmt: skip


def opened(parsed: argparse.Namespace) -> PrivateFolder:
    """The folder, made where it is not there.

    Raises:
        UsageError: it cannot be used, or others can read it.
    """
    from ...mcp.private_folder import PrivateFolder, default_folder

    return PrivateFolder(parsed.folder or default_folder())
