"""The evidence behind the rule book as a whole: its background notes, and the reference of every entry that it cites."""

from __future__ import annotations

from ...evidence.citation import vancouver
from ...rulebook.book import RuleBook
from ..blocks import Block, Item, Items, Part, line
from ..languages.words import Words
from .lines import plain_items


def background_notes(rules: RuleBook, words: Words) -> list[Block]:
    """Each note with the names of the entries that it rests on.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    items = tuple(
        Item(
            words.joined(
                [
                    words.translated(note.text),
                    " ",
                    Part(words.as_it_is("reference", _names(rules, note.cites)), "quiet"),
                ],
                "",
            )
        )
        for note in rules.background
    )
    return [Items(items)] if items else []


def _names(rules: RuleBook, cites: tuple[str, ...]) -> str:
    return f"({'; '.join(rules.evidence.entry(cited.partition('#')[0]).called for cited in cites)})"


def references(rules: RuleBook, shown: frozenset[str]) -> list[Block]:
    """The reference of every entry that is not among those `shown`, each with what a reader must know before using it.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    items = tuple(
        Item(
            line(Part(f"{entry.called}. ", "strong"), f"{vancouver(entry.citation)} ", Part(entry.id, "code")),
            plain_items(rules.evidence.shown(entry.id).warnings),
        )
        for entry in rules.evidence
        if entry.id not in shown
    )
    return [Items(items)] if items else []
