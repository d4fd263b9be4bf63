"""`mrdguide mcp confirm`: a person reads every fact beside its words and says yes, at a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ..arguments import add_as_of
from ..files import OK, say
from .folder import add_folder, opened

if TYPE_CHECKING:
    from ...patient.profile import PartName

_LONGEST_NAME = 200
_NOT_CONFIRMED = 1
_HANDED_OVER = "handed over by the language model: compare it with the document itself"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="its name, or the first characters of it (at least 8)")
    parser.add_argument("--by", metavar="NAME", required=True, help="who confirms it: name or role")
    add_as_of(parser)
    add_folder(parser)


def run(parsed: argparse.Namespace) -> int:
    """Show the proposal, ask, and keep what was confirmed. Exit status 1 where the answer is not yes.

    Raises:
        UsageError: there is no terminal to ask at, or no such proposal.
    """
    from ...dates import iso
    from ...mcp.confirmation import confirmed, signed
    from ...mcp.proposal import fingerprint
    from ...recommend.evaluation import day_of

    by = parsed.by.strip()
    if not 0 < len(by) <= _LONGEST_NAME:
        raise UsageError(f"--by: give a name or role of 1 to {_LONGEST_NAME} characters")
    day = iso(day_of(parsed.as_of))
    folder = opened(parsed)
    proposal = folder.proposal(parsed.proposal)
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageError(
            "a proposal is confirmed at a terminal, by a person who sees it; run this in one, without pipes"
        )
    for line in _shown(proposal):
        say(line)
    say(f"\nConfirmed, these facts are evaluated once, as of {day}, within 12 hours.")
    if _typed("Is every fact what its words say? Type yes to confirm: ") != "yes":
        say("Not confirmed.")
        return _NOT_CONFIRMED
    whole = _whole()
    name = fingerprint(proposal)
    folder.keep_confirmation(name, signed(confirmed(name, day, by, whole), folder.key()))
    say(f"Confirmed by {by} as of {day}; whole: {', '.join(whole) or 'nothing'}.")
    return OK


def _shown(proposal: Mapping[str, Any]) -> Iterator[str]:
    """Every fact with its words and the sentences around them, then what the words leave open."""
    documents = proposal["documents"]
    for number, fact in enumerate(proposal["facts"], start=1):
        mark = "  [speaks for stopping]" if fact["for_stopping"] else ""
        yield f"\n{number}. {fact['path']} = {_value(fact['value'])}{mark}"
        for item in fact["quotations"]:
            yield f'   "{item["words"]}"'
            yield f"   {item['document']}, page {item['page']}, line {item['line']}: {item['sentences']}"
        yield from (f"   LOOK: {why}" for why in fact["look_at"])
    yield "\nDocuments"
    yield from (
        f"   {name}" + (f" ({_HANDED_OVER})" if item["origin"] == "handed over" else "")
        for name, item in documents.items()
    )
    yield from _listed("Cannot be, and will count as unknown", proposal["doubts"])
    open_ = [
        f"{item['document']}, line {item['line']} ({', '.join(item['domains'])}): {item['words']}"
        for item in proposal["open_sentences"]
    ]
    yield from _listed("Sentences that no fact was read from", open_)


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"\n{title}"
        yield from (f"   {line}" for line in lines)


def _value(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _whole() -> tuple[PartName, ...]:
    """The lists of which the person says that nothing is missing."""
    from ...mcp.confirmed_profile import PARTS
    from ...reading.validation import closest

    say(
        f"\nWhat is not in these facts is unknown. Of which lists is nothing missing, whatever the documents say?\n   {', '.join(PARTS)}"
    )
    while True:
        names = _typed("Names with commas, or Enter for none: ").replace(",", " ").split()
        wrong = [name for name in names if name not in PARTS]
        if not wrong:
            return tuple(part for part in PARTS if part in names)
        say(f"There is no list '{wrong[0]}'. {closest(wrong[0], PARTS)}".rstrip())


def _typed(question: str) -> str:
    """Raises UsageError where the terminal is closed."""
    say(question, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise UsageError("the terminal was closed; nothing was confirmed")
    return line.strip()
