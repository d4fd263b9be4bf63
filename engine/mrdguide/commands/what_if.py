"""`mrdguide what-if`: the same patient with something changed, and what differs in the answer."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import UsageError
from .arguments import PAGE_FORMATS, add_as_of, add_format, add_output, add_profile, add_rules
from .files import OK, read_profile_argument, write_page


def arguments(parser: argparse.ArgumentParser) -> None:
    add_profile(parser)
    add_as_of(parser)
    add_rules(parser)
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE",
        help="for example 'mrd[-1].result=detected', 'imaging[+]={date: 2026-11-20, modality: PET-CT, conclusion: negative}'",
    )  # fmt: skip
    parser.add_argument("--unset", action="append", default=[], metavar="PATH", help="remove what is recorded there")
    add_format(parser, PAGE_FORMATS)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Compare the answers before and after the changes."""
    from ..recommend.evaluation import evaluate
    from ..recommend.what_if import what_if
    from ..report.pages.explained import difference_page
    from ..rulebook.book import load_rules

    if not parsed.set and not parsed.unset:
        raise UsageError("nothing is changed; give --set PATH=VALUE or --unset PATH")
    assignments = _assignments(parsed.set)
    rules = load_rules(*(parsed.rules or []))
    found = evaluate(read_profile_argument(parsed.file), rules=rules, as_of=parsed.as_of)
    difference = what_if(found, assignments, remove=parsed.unset)
    write_page(difference_page(difference), difference.to_dict(), parsed)
    return OK


def _assignments(texts: list[str]) -> dict[str, Any]:
    """Paths and values, as they were given with --set."""
    from ..patient.change import parsed_value

    assignments: dict[str, Any] = {}
    for text in texts:
        path, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--set {text}: a path and a value, for example --set 'mrd[-1].result=detected'")
        path = path.strip()
        if path in assignments:
            raise UsageError(f"--set {path} is given twice, the second would replace the first; give it once")
        assignments[path] = parsed_value(value.strip())
    return assignments
