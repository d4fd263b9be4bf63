"""`--error-format`: what goes wrong, for people or as one JSON document on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO

from ..errors import MrdguideError

FORMATS = ("human", "json")


def add_option(parser: argparse.ArgumentParser) -> None:
    """Show the option in the help; it is accepted before and after the name of the command."""
    parser.add_argument(
        "--error-format", choices=FORMATS, default="human", help="errors as text or JSON (default: human)"
    )


def taken_out(arguments: Sequence[str]) -> tuple[list[str], str]:
    """The arguments with the option in front, wherever it was given, and the format (the last one given)."""
    options: list[str] = []
    others = list(arguments)
    end = others.index("--") if "--" in others else len(others)
    index = 0
    while index < end:
        if others[index] == "--error-format" and index + 1 < end:
            options, others, end = others[index : index + 2], others[:index] + others[index + 2 :], end - 2
        elif others[index].startswith("--error-format="):
            options, others, end = [others[index]], others[:index] + others[index + 1 :], end - 1
        else:
            index += 1
    return [*options, *others], options[-1].rpartition("=")[2] if options else "human"


def parse(parser: argparse.ArgumentParser, given: Sequence[str], form: str) -> argparse.Namespace:
    """The parsed arguments; a mistake in the arguments is told in the format of errors too."""
    if form != "json":
        return parser.parse_args(given)
    usage = StringIO()
    try:
        with redirect_stderr(usage):
            return parser.parse_args(given)
    except SystemExit as end:
        if end.code:
            lines = usage.getvalue().strip().splitlines()
            tell(MrdguideError(lines[-1].partition("error: ")[2] if lines else "the arguments cannot be read"), form)
        raise


def tell_each(errors: Sequence[MrdguideError], form: str) -> None:
    """Write the errors of several files; as JSON they are one document."""
    if form == "json" and len(errors) > 1:
        whole = MrdguideError("\n\n".join(str(error) for error in errors))
        whole.problems = tuple(problem for error in errors for problem in error.problems)
        errors = [whole]
    for error in errors:
        tell(error, form)


def tell(error: MrdguideError, form: str) -> None:
    """Write an error on standard error."""
    from ..report.legible import legible_json, legible_lines

    # What stands in a file may be anything; on a screen it is to do nothing.
    if form == "json":
        text = legible_json(json.dumps(error.to_dict(), indent=2, ensure_ascii=False))
    else:
        text = legible_lines(f"mrdguide: {error}")
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        return  # nobody can be told; the exit status says it
