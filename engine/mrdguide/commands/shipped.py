"""`mrdguide schema` and `mrdguide examples`."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from ..errors import UsageError
from .files import OK


def print_schema(parsed: argparse.Namespace) -> int:
    from ..answer.schema import answer_schema
    from ..rulebook.schema import schema

    found = answer_schema() if parsed.name == "answer" else schema(parsed.name)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return OK


def list_examples(_parsed: argparse.Namespace) -> int:
    from ..teach.examples import examples

    for example in examples():
        print(f"{example.file}\n    {example.title}\n    {example.point}")
    return OK


def copy_examples(parsed: argparse.Namespace) -> int:
    from ..reading.shipped import folder

    target = Path(parsed.folder)
    if target.exists():
        raise UsageError(f"{target} exists already; name a folder that does not")
    try:
        shutil.copytree(folder("examples"), target)
    except OSError as error:
        raise UsageError(f"cannot copy to {target}: {error.strerror}") from None
    print(f"copied to {target}; try: mrdguide evaluate {target / 'cessation-supported.yaml'} --as-of 2026-11-21")
    return OK
