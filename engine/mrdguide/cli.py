"""The command line. Exit status 0 when everything was done, 2 for bad input, with one clear message on standard error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any

from .errors import MrdguideError

_OK, _BAD_INPUT = 0, 2
_FORMATS = ("text", "json", "markdown", "html", "pdf")
_EXPLAINED = ("text", "json", "markdown", "html")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parsed = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that cannot show a sign shows another in its place, rather than nothing at all.
        sys.stdout.reconfigure(errors="replace")
    try:
        status: int = parsed.command(parsed)
        sys.stdout.flush()
    except MrdguideError as error:
        print(f"mrdguide: {error}", file=sys.stderr)
        return _BAD_INPUT
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing is wrong with the input.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OK
    except KeyboardInterrupt:
        return 130
    return status


def _runs(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """A command of `commands/`, loaded when it is run."""

    def run(parsed: argparse.Namespace) -> int:
        status: int = getattr(import_module(f".commands.{module}", __package__), name)(parsed)
        return status

    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mrdguide",
        description="May maintenance therapy in multiple myeloma be stopped, guided by MRD? Decision support for clinicians.",
    )
    parser.add_argument("--version", action="version", version=f"mrdguide {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _evaluate(commands)
    _explain(commands)
    _what_if(commands)
    _teach(commands)
    _rules(commands)
    _evidence(commands)
    _fhir(commands)
    _tables(commands)
    _record(commands)
    _serve(commands)
    _shipped(commands)
    return parser


def _evaluate(commands: Any) -> None:
    evaluate = commands.add_parser(
        "evaluate", help="evaluate patient profiles", description="Evaluate patient profiles."
    )
    evaluate.add_argument("files", nargs="+", metavar="FILE", help="a profile in YAML or JSON; - reads standard input")
    _judged_by(evaluate)
    evaluate.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    evaluate.add_argument(
        "--audience", choices=("clinician", "patient"), default="clinician",
        help="patient: a companion in plain language, to read together with the team (default: clinician)",
    )  # fmt: skip
    evaluate.add_argument("--details", action="store_true", help="the whole report as text, not its front alone")
    evaluate.add_argument("--include-unverified", action="store_true", help="show unverified figures too, marked")
    evaluate.add_argument("--output", metavar="PATH", help="write there; a folder for several patients as html or pdf")
    evaluate.set_defaults(command=_runs("evaluate", "evaluate_files"))


def _judged_by(command: argparse.ArgumentParser) -> None:
    command.add_argument("--as-of", metavar="DATE", help="the day to judge on, YYYY-MM-DD (default: today)")
    command.add_argument(
        "--rules", action="append", metavar="DIR", help="a rule book instead of the shipped one; several are layered"
    )


def _explain(commands: Any) -> None:
    explain = commands.add_parser(
        "explain", help="why, why not, what would settle it, when, how firm",
        description="Explain the answer for one patient.",
    )  # fmt: skip
    explain.add_argument("file", metavar="FILE", help="a profile in YAML or JSON; - reads standard input")
    _judged_by(explain)
    explain.add_argument("--why-not", metavar="ID", help="only what stands in the way of this outcome or study")
    explain.add_argument(
        "--marrow-on", action="append", default=[], metavar="DATE", help="a day of the next marrow test (repeatable)"
    )
    explain.add_argument(
        "--imaging-on", action="append", default=[], metavar="DATE", help="a day of the next imaging (repeatable)"
    )
    explain.add_argument(
        "--months",
        type=_whole_number(1, 240, "number of months"),
        default=60,
        metavar="N",
        help="how far to look ahead (1 to 240, default: 60 months)",
    )
    _given_as(explain)
    explain.set_defaults(command=_runs("explain", "explain"))


def _whole_number(lowest: int, highest: int, what: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise argparse.ArgumentTypeError(f"{text!r} is not a {what} from {lowest} to {highest}")
        return int(text)

    return read


def _given_as(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=_EXPLAINED, default="text", help="default: text")
    command.add_argument("--output", metavar="PATH", help="write there instead of standard output")


def _what_if(commands: Any) -> None:
    what_if = commands.add_parser(
        "what-if", help="change something and see what it changes in the answer",
        description="Change facts of a profile and see what that changes in the answer.",
    )  # fmt: skip
    what_if.add_argument("file", metavar="FILE", help="a profile in YAML or JSON; - reads standard input")
    _judged_by(what_if)
    what_if.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE",
        help="for example 'mrd[-1].result=detected', 'imaging[+]={date: 2026-11-20, modality: PET-CT, conclusion: negative}'",
    )  # fmt: skip
    what_if.add_argument("--unset", action="append", default=[], metavar="PATH", help="take out what stands there")
    _given_as(what_if)
    what_if.set_defaults(command=_runs("explain", "what_if"))


def _teach(commands: Any) -> None:
    teach = commands.add_parser("teach", help="teaching cases: your answer first, then the reasoning and the point")
    teach.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="a case; without it they are listed")
    teach.add_argument("--answer", metavar="ID", help="your answer, instead of being asked")
    teach.add_argument("--as-of", metavar="DATE", help="the day to judge on (default: the day of the case)")
    teach.set_defaults(command=_runs("explain", "teach"))


def _rules(commands: Any) -> None:
    rules = commands.add_parser("rules", help="work on rule books").add_subparsers(required=True, metavar="ACTION")
    check = rules.add_parser("check", help="find every mistake in a rule book")
    check.add_argument("folders", nargs="*", metavar="DIR", help="default: the shipped rule book")
    check.set_defaults(command=_runs("rules", "check"))
    rules.add_parser("list", help="list every rule").set_defaults(command=_runs("rules", "list_all"))
    show = rules.add_parser("show", help="a rule, outcome or protocol in readable English, with what it rests on")
    show.add_argument("id", metavar="ID")
    show.set_defaults(command=_runs("rules", "show"))
    covered = rules.add_parser("coverage", help="which rules some patients show met, not met and unknown")
    covered.add_argument("files", nargs="*", metavar="FILE", help="profiles (default: the shipped examples)")
    covered.add_argument("--as-of", metavar="DATE", help="the day to judge on (default: today)")
    covered.set_defaults(command=_runs("rules", "covered"))


def _evidence(commands: Any) -> None:
    evidence = commands.add_parser("evidence", help="the evidence base").add_subparsers(required=True, metavar="ACTION")
    evidence.add_parser("list", help="list every entry").set_defaults(command=_runs("evidence", "list_all"))
    entry = evidence.add_parser("show", help="an entry with its figures and where each was read")
    entry.add_argument("id", metavar="ID")
    entry.add_argument("--format", choices=("text", "vancouver", "bibtex", "csl-json"), default="text")
    entry.add_argument("--include-unverified", action="store_true", help="show unverified figures too, marked")
    entry.set_defaults(command=_runs("evidence", "show"))
    check = evidence.add_parser("check", help="prove that evidence and citations keep their promises")
    check.set_defaults(command=_runs("evidence", "check"))


def _fhir(commands: Any) -> None:
    fhir = commands.add_parser("fhir", help="FHIR R4 records").add_subparsers(required=True, metavar="ACTION")
    for name, text in (
        ("check", "what was taken from a bundle, what was left and why, what a site file could say"),
        ("profile", "the profile that a bundle becomes"),
        ("respond", "the answer as a GuidanceResponse"),
    ):
        command = fhir.add_parser(name, help=text)
        command.add_argument("file", metavar="BUNDLE", help="FHIR R4 JSON, plain or gzip; - reads standard input")
        command.add_argument("--site", metavar="FILE", help="a site file with local codes and conventions")
        command.add_argument("--output", metavar="PATH", help="write there instead of standard output")
        if name == "check":
            command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
        if name == "respond":
            _judged_by(command)
        command.set_defaults(command=_runs("fhir", name))


def _tables(commands: Any) -> None:
    tables = commands.add_parser("tables", help="patients from CSV tables").add_subparsers(
        required=True, metavar="ACTION"
    )
    empty = tables.add_parser("template", help="write empty tables with their headers, and a README")
    empty.add_argument("folder", metavar="DIR")
    empty.set_defaults(command=_runs("tables", "template"))
    evaluated = tables.add_parser("evaluate", help="evaluate every patient of a folder of tables, one record each")
    evaluated.add_argument("folder", metavar="DIR")
    _judged_by(evaluated)
    evaluated.add_argument("--format", choices=("csv", "json"), default="csv", help="default: csv")
    evaluated.add_argument("--output", metavar="PATH", help="write there instead of standard output")
    evaluated.set_defaults(command=_runs("tables", "evaluate_tables"))


def _record(commands: Any) -> None:
    record = commands.add_parser("record", help="the record of what was answered").add_subparsers(
        required=True, metavar="ACTION"
    )
    for name, text in (
        ("verify", "whether the record is still what was recorded"),
        ("show", "an entry; without a number a line for each"),
        ("export", "every entry as a line of JSON"),
        ("replay", "work an answer out again: the same bytes, or what has changed since"),
    ):
        command = record.add_parser(name, help=text)
        command.add_argument("store", metavar="STORE", help="a SQLite file, or the URL of a database")
        command.set_defaults(command=_runs("record", name))
        if name == "verify":
            command.add_argument("--head", metavar="HASH", help="the head that an earlier verify has shown")
        elif name == "export":
            command.add_argument("--output", metavar="PATH", help="write there instead of standard output")
        elif name == "show":
            command.add_argument("number", nargs="?", metavar="NUMBER", help="the number of an entry, or its hash")
        else:
            command.add_argument("number", metavar="NUMBER", help="the number of an entry, or its hash")
            command.add_argument("file", nargs="?", metavar="FILE", help="the profile, where it was not kept")
            command.add_argument("--fhir", action="store_true", help="FILE is FHIR R4, or a call of CDS Hooks, as JSON")
            command.add_argument("--site", metavar="FILE", help="the site file that the FHIR data were read with")
            command.add_argument(
                "--rules", action="append", metavar="DIR", help="a rule book instead of the shipped one"
            )


def _serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="the HTTP service: CDS Hooks, and evaluations by POST")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1")
    serve.add_argument(
        "--port", type=_whole_number(1, 65_535, "port"), default=8000, metavar="PORT", help="default: 8000"
    )
    serve.add_argument("--config", metavar="FILE", help="settings in YAML; without them who calls is not checked")
    serve.set_defaults(command=_runs("serve", "serve"))


def _shipped(commands: Any) -> None:
    schema = commands.add_parser("schema", help="print a JSON Schema")
    schema.add_argument("name", choices=("patient", "rules", "evidence", "answer"))
    schema.set_defaults(command=_runs("shipped", "print_schema"))
    examples = commands.add_parser("examples", help="the example cases").add_subparsers(required=True, metavar="ACTION")
    listed = examples.add_parser("list", help="list them, each with its point")
    listed.set_defaults(command=_runs("shipped", "list_examples"))
    copy = examples.add_parser("copy", help="copy them to a folder to run and change")
    copy.add_argument("folder", metavar="DIR")
    copy.set_defaults(command=_runs("shipped", "copy_examples"))


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mrdguide")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
