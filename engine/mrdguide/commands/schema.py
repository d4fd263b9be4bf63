"""`mrdguide schema`: the JSON Schema of what people write and of an answer, for editors and integrators."""

from __future__ import annotations

import argparse

from .files import OK, as_json, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=("patient", "rules", "evidence", "answer"))


def run(parsed: argparse.Namespace) -> int:
    """Print the schema."""
    from ..answer.schema import answer_schema
    from ..rulebook.schema import schema

    write(as_json(answer_schema() if parsed.name == "answer" else schema(parsed.name)), None)
    return OK
