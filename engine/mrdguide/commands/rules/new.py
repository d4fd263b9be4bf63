"""`mrdguide rules new`: a commented file with a layer, rule, study or case, to be changed by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import UsageError
from ..files import OK, write

KINDS = ("layer", "criterion", "caution", "block", "protocol", "risk", "study", "fact", "case")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--id", metavar="ID", help="its id, or the name of a layer or a case")
    parser.add_argument("--output", metavar="FILE", help="write it there; without it, to standard output")


def run(parsed: argparse.Namespace) -> int:
    """Write the file; nothing is overwritten."""
    from ...authoring.templates import template

    text = template(parsed.kind, parsed.id)
    if parsed.output is not None and Path(parsed.output).exists():
        raise UsageError(f"{parsed.output} is there already; name another file")
    write(text, parsed.output)
    return OK
