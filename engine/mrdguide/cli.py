"""The command line. Exit status 0 when everything was done, 2 for bad input, with one clear message on standard error."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import MrdguideError, UsageError

if TYPE_CHECKING:
    from .patient import Patient
    from .recommendation import Recommendation
    from .rulebook.book import RuleBook

_OK, _BAD_INPUT = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parsed = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mrdguide",
        description="May maintenance therapy in multiple myeloma be stopped, guided by MRD? Decision support for clinicians.",
    )
    parser.add_argument("--version", action="version", version=f"mrdguide {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    evaluate = commands.add_parser(
        "evaluate", help="evaluate patient profiles", description="Evaluate patient profiles."
    )
    evaluate.add_argument("files", nargs="+", metavar="FILE", help="a profile in YAML or JSON; - reads standard input")
    evaluate.add_argument("--as-of", metavar="DATE", help="the day to judge on, YYYY-MM-DD (default: today)")
    evaluate.add_argument(
        "--rules", action="append", metavar="DIR", help="a rule book instead of the shipped one; several are layered"
    )
    evaluate.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    evaluate.add_argument("--include-unverified", action="store_true", help="show unverified figures too, marked")
    evaluate.add_argument("--output", metavar="PATH", help="write there instead of standard output")
    evaluate.set_defaults(command=_evaluate)

    rules = commands.add_parser("rules", help="work on rule books").add_subparsers(required=True, metavar="ACTION")
    check = rules.add_parser("check", help="find every mistake in a rule book")
    check.add_argument("folders", nargs="*", metavar="DIR", help="default: the shipped rule book")
    check.set_defaults(command=_check_rules)

    rules.add_parser("list", help="list every rule").set_defaults(command=_list_rules)
    show = rules.add_parser("show", help="a rule, outcome or protocol in readable English, with what it rests on")
    show.add_argument("id", metavar="ID")
    show.set_defaults(command=_show_rule)
    covered = rules.add_parser("coverage", help="which rules some patients show met, not met and unknown")
    covered.add_argument("files", nargs="*", metavar="FILE", help="profiles (default: the shipped examples)")
    covered.add_argument("--as-of", metavar="DATE", help="the day to judge on (default: today)")
    covered.set_defaults(command=_coverage)

    evidence = commands.add_parser("evidence", help="the evidence base").add_subparsers(required=True, metavar="ACTION")
    evidence.add_parser("list", help="list every entry").set_defaults(command=_list_evidence)
    entry = evidence.add_parser("show", help="an entry with its figures and where each was read")
    entry.add_argument("id", metavar="ID")
    entry.add_argument("--format", choices=("text", "vancouver", "bibtex", "csl-json"), default="text")
    entry.add_argument("--include-unverified", action="store_true", help="show unverified figures too, marked")
    entry.set_defaults(command=_show_evidence)
    evidence.add_parser("check", help="prove that evidence and citations keep their promises").set_defaults(
        command=_check_evidence
    )

    schema = commands.add_parser("schema", help="print a JSON Schema")
    schema.add_argument("name", choices=("patient", "rules", "evidence"))
    schema.set_defaults(command=_schema)

    examples = commands.add_parser("examples", help="the example cases").add_subparsers(required=True, metavar="ACTION")
    examples.add_parser("list", help="list them, each with its point").set_defaults(command=_list_examples)
    copy = examples.add_parser("copy", help="copy them to a folder to run and change")
    copy.add_argument("folder", metavar="DIR")
    copy.set_defaults(command=_copy_examples)
    return parser


def _evaluate(parsed: argparse.Namespace) -> int:
    from .evaluation import evaluate
    from .rulebook.book import load_rules

    rules = load_rules(*(parsed.rules or []))
    results: list[Recommendation] = []
    failures: list[str] = []
    for name in parsed.files:
        try:
            results.append(evaluate(_profile(name), rules, parsed.as_of, include_unverified=parsed.include_unverified))
        except UsageError:
            raise
        except MrdguideError as error:
            failures.append(str(error))
    for failure in failures:
        print(f"mrdguide: {failure}", file=sys.stderr)
    if parsed.format == "json" and failures:
        # A list that lacks some of the patients asked for would look whole.
        return _BAD_INPUT
    text = _as_json(results) if parsed.format == "json" else _as_text(results, to_file=parsed.output is not None)
    _write(text, parsed.output)
    return _BAD_INPUT if failures else _OK


def _profile(name: str) -> Patient:
    from .patient.reader import read_patient, read_patient_text

    if name == "-":
        try:
            # Read as bytes: what the terminal's own encoding would make of them is not what was sent.
            stream = getattr(sys.stdin, "buffer", None)
            text = stream.read().decode("utf-8") if stream is not None else sys.stdin.read()
        except UnicodeDecodeError:
            raise UsageError("standard input is not UTF-8 text") from None
        return read_patient_text(text, "standard input")
    return read_patient(name)


def _as_json(results: list[Recommendation]) -> str:
    plain = [result.to_dict() for result in results]
    return json.dumps(plain[0] if len(plain) == 1 else plain, indent=2, ensure_ascii=False) + "\n"


def _as_text(results: list[Recommendation], *, to_file: bool) -> str:
    from rich.console import Console

    from .report.terminal import print_recommendation

    if not to_file and sys.stdout.isatty():
        console = Console(highlight=False)
        for result in results:
            print_recommendation(result, console)
        return ""
    buffer = StringIO()
    width = None if os.environ.get("COLUMNS") else 100
    with redirect_stdout(buffer):
        console = Console(file=buffer, highlight=False, width=width)
        for result in results:
            print_recommendation(result, console)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n" if results else ""


def _write(text: str, path: str | None) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def _check_rules(parsed: argparse.Namespace) -> int:
    from .errors import RuleBookError
    from .evidence.audit import check_citations
    from .rulebook.book import load_rules

    rules = load_rules(*parsed.folders)
    _, problems = check_citations(rules)
    if problems:
        raise RuleBookError(problems)
    print(_summary(rules))
    return _OK


def _summary(rules: RuleBook) -> str:
    counts = ", ".join(f"{len(ids)} {section}" for section, ids in rules.sections.items())
    return (
        f"{rules.pack.name} {rules.version}: no problems. {counts}, {len(rules.schemes)} risk schemes, "
        f"{len(rules.protocols)} protocols, {len(rules.decision.outcomes) + 1} outcomes; every outcome is reached, every "
        f"patient gets one, no safety invariant can be broken. ({rules.hash[:12]})"
    )


def _list_rules(_parsed: argparse.Namespace) -> int:
    from .report.book import rule_list
    from .rulebook.book import load_rules

    print(rule_list(load_rules()))
    return _OK


def _show_rule(parsed: argparse.Namespace) -> int:
    from .report.book import rule_text
    from .rulebook.book import load_rules
    from .validation import closest

    rules = load_rules()
    text = rule_text(rules, parsed.id)
    if text is None:
        known = [*rules.rules, *(item.id for item in rules.decision.outcomes), *(item.id for item in rules.protocols)]
        raise UsageError(f"there is no rule '{parsed.id}'; {closest(parsed.id, known) or 'see mrdguide rules list'}")
    print(text)
    return _OK


def _coverage(parsed: argparse.Namespace) -> int:
    from .coverage import coverage
    from .evaluation import evaluate
    from .examples import examples
    from .rulebook.book import load_rules

    rules = load_rules()
    if parsed.files:
        results = [evaluate(_profile(name), rules, parsed.as_of) for name in parsed.files]
    else:
        results = [evaluate(example.path, rules, parsed.as_of or example.as_of) for example in examples()]
    print(coverage(rules, results).summary())
    return _OK


def _list_evidence(_parsed: argparse.Namespace) -> int:
    from .evidence import load_library
    from .report.book import entry_list
    from .shipped import folder

    print(entry_list(load_library(folder("evidence"))))
    return _OK


def _show_evidence(parsed: argparse.Namespace) -> int:
    from .evidence import load_library
    from .evidence.citation import bibtex, csl, vancouver
    from .report.book import entry_text
    from .shipped import folder
    from .validation import closest

    library = load_library(folder("evidence"))
    known = [*library.ids, *library.aliases]
    if parsed.id not in known:
        raise UsageError(
            f"there is no evidence entry '{parsed.id}'; {closest(parsed.id, known) or 'see mrdguide evidence list'}"
        )
    entry = library.entry(parsed.id)
    texts = {
        "text": lambda: entry_text(entry, include_unverified=parsed.include_unverified),
        "vancouver": lambda: vancouver(entry.citation),
        "bibtex": lambda: bibtex(entry.id, entry.citation),
        "csl-json": lambda: json.dumps(csl(entry.id, entry.citation), indent=2, ensure_ascii=False),
    }
    print(texts[parsed.format]())
    return _OK


def _check_evidence(_parsed: argparse.Namespace) -> int:
    from .errors import EvidenceError
    from .evidence.audit import audit
    from .rulebook.book import load_rules

    rules = load_rules()
    problems = audit(rules)
    if problems:
        raise EvidenceError(problems)
    verified = sum(fact.verified for entry in rules.evidence for _, fact in entry.facts())
    total = sum(1 for entry in rules.evidence for _ in entry.facts())
    print(
        f"{len(rules.evidence.ids)} entries, no problems: all 45 references are there and reached, no rule rests on an "
        f"unverified entry, every shown figure has its source, every interval contains its estimate. "
        f"{verified} of {total} facts are verified; the others are hidden."
    )
    return _OK


def _schema(parsed: argparse.Namespace) -> int:
    from .schema import schema

    print(json.dumps(schema(parsed.name), indent=2, ensure_ascii=False))
    return _OK


def _list_examples(_parsed: argparse.Namespace) -> int:
    from .examples import examples

    for example in examples():
        print(f"{example.file}\n    {example.title}\n    {example.point}")
    return _OK


def _copy_examples(parsed: argparse.Namespace) -> int:
    from .shipped import folder

    target = Path(parsed.folder)
    if target.exists():
        raise UsageError(f"{target} exists already; name a folder that does not")
    try:
        shutil.copytree(folder("examples"), target)
    except OSError as error:
        raise UsageError(f"cannot copy to {target}: {error.strerror}") from None
    print(f"copied to {target}; try: mrdguide evaluate {target / 'cessation-supported.yaml'} --as-of 2026-11-21")
    return _OK


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mrdguide")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
