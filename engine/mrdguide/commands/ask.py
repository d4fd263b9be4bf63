"""`mrdguide ask`: an interview, one line an answer, that stops as soon as the answer is settled."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import PatientError, UsageError
from .arguments import add_as_of, add_output, add_rules
from .files import OK, say, write

if TYPE_CHECKING:
    from ..interview import Field, Question

_INTERRUPTED = 130
_ONE_BY_ONE = "  Not taken: what belongs to an entry is asked for one by one; press Enter to begin"
_NOT_KNOWN, _GONE, _LOOKED = "?", "gone", "looked"
_HELP = {
    "not-known": f"{_NOT_KNOWN} do not know",
    "cannot-be-had": f"{_GONE} cannot be had any more",
    "absent": f"{_LOOKED} looked, absent",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="a partial profile to go on from; it is written back there"
    )
    add_as_of(parser)
    add_rules(parser)
    add_output(parser, "write the record to this file (default: FILE, or patient.yaml)")


def run(parsed: argparse.Namespace) -> int:
    """Ask, write the record, and print the answer in short. What was typed is kept when it is interrupted."""
    from .. import interview
    from ..rulebook.book import load_rules

    path = parsed.output or parsed.file or "patient.yaml"
    if not parsed.file and not parsed.output and Path(path).exists():
        raise UsageError(f"{path} is there already; go on from it with: mrdguide ask {path}")
    record = _so_far(parsed.file)
    rules = load_rules(*(parsed.rules or []))
    status = OK
    try:
        while (question := interview.next(record, rules=rules, as_of=parsed.as_of)) is not None:
            record = _asked_until_read(record, question, parsed.as_of)
    except (KeyboardInterrupt, EOFError):
        say("\nInterrupted; what was answered is kept.")
        status = _INTERRUPTED
    except OSError:
        # Nothing can be asked any more: the terminal is gone, or its other end.
        if record:
            _write(record, path)
        raise
    return _finished(record, path, status, rules, parsed.as_of)


def _so_far(name: str | None) -> dict[str, Any]:
    """The partial record of a file; one that is not there yet is empty."""
    from ..reading.document import read_file

    if name is None or not Path(name).exists():
        return {}
    document = read_file(Path(name))
    if document.problems:
        raise PatientError(document.problems)
    if document.data is not None and not isinstance(document.data, Mapping):
        raise UsageError(f"{name} is no profile: a mapping with diagnosis, therapy and so on")
    return dict(document.data or {})


def _asked_until_read(record: dict[str, Any], question: Question, as_of: str | None) -> dict[str, Any]:
    """The record with the answer; a wrong one is asked again with the reason."""
    from ..interview import answered

    say(f"\n{question.text}\n  Why: {question.why}")
    say(f"  Besides: {', '.join(_HELP[said] for said in question.besides)}")
    while True:
        answer = _answer(record, question, as_of)
        try:
            return answered(record, question, answer, as_of=as_of)
        except PatientError as error:
            for problem in error.problems:
                say(f"  Not taken: {problem}")


def _answer(record: dict[str, Any], question: Question, as_of: str | None) -> Any:
    if question.kind == "entries":
        return _entries(record, question, as_of)
    if question.kind == "report":
        said = _line("answer field by field (Enter), or one of the words above")
        return _report(record, question, as_of) if said == "" else _besides(question, said)
    while True:
        said = _line(_choices(question.fields[0]))
        if said:
            return _besides(question, said)


def _report(record: dict[str, Any], question: Question, as_of: str | None) -> dict[str, Any]:
    """The facts of a report, one by one; those that were typed are kept when it is interrupted."""
    found: dict[str, Any] = {}
    try:
        _fields(question, as_of, found)
    except (KeyboardInterrupt, EOFError):
        if found:
            _keep(record, question, found, as_of)
        raise
    return found


def _entries(record: dict[str, Any], question: Question, as_of: str | None) -> Any:
    """Entries until there are no more; each is tried as soon as it is whole, so that a mistake costs that one alone."""
    entries: list[dict[str, Any]] = []
    begun: dict[str, Any] = {}
    try:
        return _entries_typed(record, question, as_of, entries, begun)
    except (KeyboardInterrupt, EOFError):
        name = question.path.removesuffix("[+]")
        if (begun and _keep(record, question, [*entries, begun], as_of)) or (
            entries and _keep(record, question, entries, as_of)
        ):
            record["incomplete"] = list(dict.fromkeys([*(record.get("incomplete") or ()), name]))
        raise


def _keep(record: dict[str, Any], question: Question, answer: Any, as_of: str | None) -> bool:
    """Put what was typed so far in the record, if it can be read without the rest."""
    from ..interview import answered

    try:
        record.update(answered(record, question, answer, as_of=as_of))
    except PatientError:
        return False
    return True


def _entries_typed(
    record: dict[str, Any],
    question: Question,
    as_of: str | None,
    entries: list[dict[str, Any]],
    begun: dict[str, Any],
) -> Any:
    """`begun` holds the entry that is being typed."""
    from ..interview import answered

    while True:
        said = _line(
            "Enter to add one, 'none' when there are no more" if not entries else "Enter for another, 'none' when done"
        )
        if said.lower() in ("none", "no", "done"):
            return entries
        if said and not entries:
            given = _besides(question, said)
            if not isinstance(given, str):
                return given
            say(_ONE_BY_ONE)
            continue
        _fields(question, as_of, begun)
        try:
            answered(record, question, [*entries, begun], as_of=as_of)
            entries.append(dict(begun))
        except PatientError as error:
            say(f"  Not taken, enter it again: {error.problems[0]}")
        begun.clear()


def _fields(question: Question, as_of: str | None, found: dict[str, Any]) -> None:
    """The fields one by one into `found`; an empty line leaves one out."""
    from datetime import date

    from ..interview.answering import typed
    from ..recommend.evaluation import day_of

    today = day_of(as_of) if as_of else date.today().toordinal()
    for field in question.fields:
        if field.only_if and found.get(field.only_if_of, field.only_if[0]).lower() not in field.only_if:
            continue
        while said := _line(f"{field.label}{_in_brackets(field)}, Enter if not known"):
            if said == _NOT_KNOWN:
                break
            try:
                typed(field, said, field.path, today)
            except PatientError as error:
                say(f"  Not taken: {error.problems[0]}")
                continue
            found[field.path] = said
            break


def _besides(question: Question, said: str) -> Any:
    """What was said in the place of a value, or the value."""
    from ..interview import NOT_KNOWN, Absent, CannotBeHad

    if said in (_NOT_KNOWN, "do not know"):
        return NOT_KNOWN
    if said == _GONE and "cannot-be-had" in question.besides:
        return CannotBeHad(
            _needed("why can it not be had"), _needed("who says so (a role)"), _line("said on which day")
        )
    if said == _LOOKED and "absent" in question.besides:
        return Absent(
            _needed("who has looked (a role)"), _needed("which day was looked at"), _line("said on which day")
        )
    return said


def _choices(field: Field) -> str:
    return f"{field.label}{_in_brackets(field)}"


def _in_brackets(field: Field) -> str:
    words = [*field.choices, *([field.nothing] if field.nothing else [])]
    if field.kind == "flag":
        words = ["yes", "no"]
    elif field.kind == "date":
        words = ["YYYY-MM-DD, YYYY-MM or YYYY", *words]
    elif field.kind == "quantity":
        words = [f"number and unit: {', '.join(field.units)}"]
    elif field.kind == "words":
        words = ["separated by commas"]
    return f" ({', '.join(words)})" if words else ""


def _needed(what: str) -> str:
    while not (said := _line(what)):
        say("  This has to be said.")
    return said


def _line(prompt: str) -> str:
    """One line from the terminal or from a pipe. At the end of a pipe the interview is over."""
    say(f"  {prompt}: ", end="", flush=True)
    said = sys.stdin.readline()
    if not said:
        raise EOFError
    return said.strip()


def _finished(record: dict[str, Any], path: str, status: int, rules: Any, as_of: str | None) -> int:
    from ..interview.asking import with_what_was_not_asked
    from ..recommend.evaluation import evaluate
    from ..report.pages.lines import titles

    if not record:
        say("Nothing was answered, nothing is written.")
        return status
    _write(record, path)
    say(f"\nWritten to {path}.")
    if not (record.get("diagnosis") or {}).get("disease"):
        say("Without a diagnosis nothing can be said yet.")
        return status
    found = evaluate(with_what_was_not_asked(record), rules=rules, as_of=as_of)
    say(f"Answer: {found.title} ({found.outcome})")
    if len(found.possible_outcomes) > 1:
        say(f"Still possible: {'; '.join(titles(rules, found.possible_outcomes))}")
    say(f"The whole answer: mrdguide evaluate {path}")
    return status


def _write(record: dict[str, Any], path: str) -> None:
    from ..interview.writing import as_yaml

    write(as_yaml(record, "Written by an interview (mrdguide ask). What is left out is unknown, never negative."), path)
