"""`mrdguide rules mutate`: changes of the rules that no case notices."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..arguments import add_cases_folder, add_rules, whole_number
from ..files import OK, say

SURVIVORS = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    add_cases_folder(parser)
    add_rules(parser)
    parser.add_argument("--only", default="", metavar="TEXT", help="changes whose file or rule contains it")
    parser.add_argument(
        "--jobs", type=whole_number(1, 64, "number of processes"), default=1, metavar="N", help="processes at a time",
    )  # fmt: skip


def run(parsed: argparse.Namespace) -> int:
    """Change the last rule folder once in every place; status 1 when a change is not noticed."""
    from ...authoring.mutation import tried
    from ...reading.shipped import folder
    from ...rulefiles.source import is_layer

    own = [parsed.folder] if parsed.folder is not None and is_layer(parsed.folder) else [folder("rules")]
    folders = [Path(name) for name in parsed.rules or own]
    count = survivors = 0
    for item in tried(folders, parsed.folder, parsed.only, parsed.jobs):
        count += 1
        if item.noticed_by is None:
            survivors += 1
            say(f"{item.where}: no case notices: {item.mutant.name}", flush=True)
    say(f"{count} changes: {count - survivors} noticed, {survivors} not")
    return SURVIVORS if survivors else OK
