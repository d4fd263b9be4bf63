"""What of a layer makes an answer another one: its own entries, each tried without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...authoring import taken_out
from ...reading.document import Document
from ...recommend.recommendation import Recommendation
from ...rulebook.book import RuleBook
from ...rulefiles.source import read_folder

_KINDS = {"criteria": "criterion", "conclusions": "conclusion", "blocks": "block", "cautions": "caution"}

Instead = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry of a layer and its line; `instead` names the verdicts that stand in its place once it is taken out (None: not met)."""

    what: str
    line: int
    instead: Instead


@lru_cache(maxsize=8)
def own_entries(rules: RuleBook, book: RuleBook) -> tuple[OwnEntry, ...]:
    """The entries of the layer that lies last on a book and can change answers by themselves; `rules` is the book without it."""
    return tuple(
        OwnEntry(what, line, tuple(instead.items()))
        for document in read_folder(book.folders[-1]).documents
        if isinstance(document.data, dict)
        for what, line, instead in _in_file(rules, book, document)
        if instead
    )


def decisive(entries: Sequence[OwnEntry], answer: Recommendation) -> tuple[OwnEntry, ...]:
    """The entries without which the answer would be another one; where none is that by itself, those that say otherwise here."""
    book = answer.rules  # as it is in force on the day
    decider = book.decider
    here = [(item, there) for item in entries if (there := _known(item.instead, decider.index_of))]
    judged, _ = decider.implications.reconciled(answer.decided.verdicts[: len(book.compiled_criteria)])
    possible = set(answer.possible_outcomes)
    found = [item for item, instead in here if set(decider.possible_instead(instead, judged)) != possible]
    return tuple(found or [item for item, instead in here if _says_otherwise(instead, answer)])


def _known(instead: Instead, index_of: Mapping[str, int]) -> Instead:
    return tuple((name, other) for name, other in instead if name in index_of and (other is None or other in index_of))


def _says_otherwise(instead: Instead, answer: Recommendation) -> bool:
    verdicts, index_of = answer.decided.verdicts, answer.rules.decider.index_of
    return any(
        verdicts[index_of[name]] != (0 if other is None else verdicts[index_of[other]]) for name, other in instead
    )


def _in_file(rules: RuleBook, book: RuleBook, document: Document) -> Iterator[tuple[str, int, taken_out.Instead]]:
    data = document.data
    for section, kind in _KINDS.items():
        for index, entry in enumerate(data.get(section) or ()):
            name = entry["id"]
            former = next((item for item in (name, *entry.get("aliases", ())) if item in rules.rules), None)
            instead = taken_out.without_rule(book, section, name, entry.get("kind"), former)
            yield f"{kind} {name}", document.line((section, index)), instead or {}
    numbers = data.get("parameters") or ()
    for key, name in (
        enumerate(item["id"] for item in numbers) if isinstance(numbers, list) else zip(numbers, numbers, strict=True)
    ):
        yield f"number {name}", document.line(("parameters", key)), taken_out.without_number(book, name)
    if data.get("readings"):
        yield "readings", document.line(("readings",)), taken_out.without_readings(book)
    for index, entry in enumerate(data.get("off") or ()):
        switched_on = taken_out.without_switching_off(book, entry["id"], rules.rules)
        yield f"switching off {entry['id']}", document.line(("off", index)), switched_on
