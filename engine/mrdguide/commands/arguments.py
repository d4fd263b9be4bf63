"""The arguments that several commands take, so that they have one name and one wording everywhere."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable

PAGE_FORMATS = ("text", "json", "markdown", "html")


def add_profile(parser: ArgumentParser) -> None:
    """FILE: one patient."""
    parser.add_argument("file", metavar="FILE", help="a profile in YAML or JSON; - reads standard input")


def add_bundle(parser: ArgumentParser) -> None:
    """BUNDLE and --site: FHIR data, and what a site says about its codes."""
    parser.add_argument(
        "file",
        metavar="BUNDLE",
        help="FHIR R4 JSON, or NDJSON of one patient (.ndjson), plain or gzip; - reads standard input",
    )
    add_site(parser, "a site file with local codes and conventions")
    add_texts_read(parser)


def add_texts_read(parser: ArgumentParser) -> None:
    """--texts-read: what people say of texts in FHIR data that they have read."""
    parser.add_argument(
        "--texts-read", metavar="FILE",
        help="a JSON list of statements on texts that were read (by, date, texts, nothing_found), or an imported profile with them (JSON)",
    )  # fmt: skip


def add_site(parser: ArgumentParser, text: str) -> None:
    """--site."""
    parser.add_argument("--site", metavar="FILE", help=text)


def add_as_of(parser: ArgumentParser, default: str = "today") -> None:
    """--as-of: the day to evaluate on; `default` says which it is when the option is left out."""
    parser.add_argument("--as-of", metavar="DATE", help=f"the day to evaluate on, YYYY-MM-DD (default: {default})")


def add_rules(parser: ArgumentParser) -> None:
    """--rules, once for each folder."""
    parser.add_argument(
        "--rules", action="append", metavar="DIR",
        help="a layer on top of the shipped rules, or a rule book of its own; repeat for several, each on top of the one before",
    )  # fmt: skip


def add_cases_folder(parser: ArgumentParser) -> None:
    """FOLDER, where cases of a rule author are."""
    from pathlib import Path

    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER",
        help="a layer, or a folder or a file with cases (default: the shipped examples)",
    )  # fmt: skip


def add_format(parser: ArgumentParser, choices: tuple[str, ...]) -> None:
    """--format; the first of the choices is the default."""
    parser.add_argument("--format", choices=choices, default=choices[0], help=f"default: {choices[0]}")


def add_output(parser: ArgumentParser, text: str = "write to this file instead of standard output") -> None:
    """--output."""
    parser.add_argument("--output", metavar="PATH", help=text)


def whole_number(lowest: int, highest: int, what: str) -> Callable[[str], int]:
    """The type of an argument that is a whole number between two others (both inclusive); `what` names it in the message."""

    def read(text: str) -> int:
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise ArgumentTypeError(f"{text!r} is not a {what} from {lowest} to {highest}")
        return int(text)

    return read
