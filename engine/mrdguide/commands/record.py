"""`mrdguide record`: verify, show, export, replay."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from .files import BAD_INPUT, OK, profile

if TYPE_CHECKING:
    from ..patient import Patient
    from ..record import DecisionStore, RecordEntry


def verify(parsed: argparse.Namespace) -> int:
    """Say that the record is whole, with its head to note down; or everything that shows that it is not."""
    with _opened(parsed) as store:
        problems = store.verify(_head(parsed))
        if not problems:
            count = sum(1 for _ in store.entries())
            print(
                f"{store.name}: {count} {'entry' if count == 1 else 'entries'}, the chain is whole\nhead: {store.head}"
            )
            return OK
    for problem in problems:
        print(f"mrdguide: {problem}", file=sys.stderr)
    return BAD_INPUT


def show(parsed: argparse.Namespace) -> int:
    """One entry with everything but a kept input; without a number a line for each."""
    with _opened(parsed) as store:
        if parsed.number is None:
            for entry in store.entries():
                print(_line(entry))
            return OK
        for line in _lines(store, store.entry(_which(parsed.number))):
            print(line)
    return OK


def export(parsed: argparse.Namespace) -> int:
    """Every entry as a line of JSON, with what was kept of the input."""
    with _opened(parsed) as store:
        if parsed.output is None:
            store.export(sys.stdout)
            return OK
        target = Path(parsed.output)
        if target.exists() and target.samefile(store.name):
            raise UsageError(f"--output {target} is the record itself")
        try:
            with target.open("w", encoding="utf-8", newline="\n") as stream:
                store.export(stream)
        except OSError as error:
            raise UsageError(f"cannot write {target}: {error.strerror}") from None
    return OK


def replay(parsed: argparse.Namespace) -> int:
    """Work an answer out again; status 2 where it is not the same to the byte."""
    from ..rulebook.book import load_rules

    patient = _given(parsed) if parsed.file is not None else None
    with _opened(parsed) as store:
        found = store.replay(_which(parsed.number), patient, load_rules(*(parsed.rules or [])))
    if found.same:
        print(found)
        return OK
    print(f"mrdguide: {found}", file=sys.stderr)
    return BAD_INPUT


def _given(parsed: argparse.Namespace) -> Patient:
    """The patient of a profile; with `--fhir`, of a bundle or of a whole call of the hook."""
    if not parsed.fhir:
        return profile(parsed.file)
    from ..cds.services import REQUIRED
    from ..fhir import read
    from .fhir import bundle_of

    given = bundle_of(parsed.file)
    expected = REQUIRED if isinstance(given, dict) and "hook" in given else ()
    return read(given, site=parsed.site, expected=expected)[0]


def _opened(parsed: argparse.Namespace) -> DecisionStore:
    from ..record import DecisionStore

    return DecisionStore(parsed.store, create=False)


def _head(parsed: argparse.Namespace) -> str | None:
    text: str | None = parsed.head
    if text is None:
        return None
    head = text.strip().lower()
    if len(head) != 64 or set(head) - set("0123456789abcdef"):
        raise UsageError("--head: the whole hash that an earlier `mrdguide record verify` has shown")
    return head


def _which(number: int | str) -> int | str:
    """An entry by its number, or by its hash."""
    return int(number) if isinstance(number, str) and number.isdecimal() and len(number) < 20 else number


def _line(entry: RecordEntry) -> str:
    what = entry.outcome if entry.about is None else f"on entry {entry.about}"
    return f"{entry.number:>6}  {entry.recorded}  {entry.kind:<10}  {what}  ({entry.source})"


def _lines(store: DecisionStore, entry: RecordEntry) -> Iterator[str]:
    """What an entry holds, label by label; what it does not hold is left out."""
    shown = entry.to_dict()
    shown["possible_outcomes"] = ", ".join(entry.possible_outcomes)
    if entry.input is not None:
        # A profile belongs on a screen only when somebody asks for it.
        shown["input"] = "kept (mrdguide record export writes it)"
    for name, value in shown.items():
        if value not in (None, ""):
            yield f"{name.replace('_', ' ') + ':':<21}{_word(value)}"
    for feedback in store.feedback_on(entry.number):
        yield f"{'feedback:':<21}entry {feedback.number} of {feedback.recorded}"
    if not entry.intact:
        yield "WARNING: the content was changed after it was recorded; see mrdguide record verify"


def _word(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
