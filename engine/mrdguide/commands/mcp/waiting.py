"""`mrdguide mcp waiting`: the proposals that wait, by name."""

from __future__ import annotations

import argparse

from ..files import OK, say
from .folder import add_folder, opened


def arguments(parser: argparse.ArgumentParser) -> None:
    add_folder(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each, without anything of the patient."""
    folder = opened(parsed)
    folder.forget_old()
    names = folder.waiting()
    for name in names:
        say(f"{name[:12]}  {'confirmed, not yet evaluated' if folder.confirmation(name) else 'not confirmed'}")
    if not names:
        say("No proposal waits.")
    return OK
