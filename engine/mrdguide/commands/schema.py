"""`mrdguide schema`: the JSON Schema of what people write and of an answer, for editors and integrators."""

from __future__ import annotations

import argparse

from .arguments import add_rules
from .files import OK, as_json, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=("patient", "rules", "evidence", "answer"))
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print the schema; that of a patient with the facts that layers add."""
    from ..answer.schema import answer_schema
    from ..rulebook.book import load_rules
    from ..rulebook.schema import schema

    facts = load_rules(*parsed.rules).local_facts.values() if parsed.rules else ()
    write(as_json(answer_schema() if parsed.name == "answer" else schema(parsed.name, facts)), None)
    return OK
