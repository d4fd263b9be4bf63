"""`mrdguide rules editor`: settings for VS Code, so that its YAML extension completes and checks rule files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ...errors import UsageError
from ..arguments import add_rules
from ..files import OK, as_json, say, write_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="FOLDER",
        help="the folder that is opened in the editor (default: the working folder)",
    )  # fmt: skip
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Write the schemas and the settings; settings that are there already are kept."""
    from ...authoring.editor import files, merged
    from ...rulebook.book import load_rules

    if not parsed.folder.is_dir():
        raise UsageError(f"{parsed.folder} is not a folder")
    whole: dict[str, str] = {}
    for name, content in files(load_rules(*(parsed.rules or []))):
        path = parsed.folder / name
        if path.exists() and path.parent.name == ".vscode":
            try:
                content = as_json(merged(json.loads(path.read_text(encoding="utf-8")), json.loads(content)))
            except ValueError:
                raise UsageError(
                    f"{path} is not plain JSON; add to it what {name} would hold, or move it away"
                ) from None
        whole[name] = content
    write_folder(parsed.folder, whole)
    for name in whole:
        say(parsed.folder / name)
    return OK
