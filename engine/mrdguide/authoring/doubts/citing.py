"""Cautions and blocks without reason or source, and studies cited for the opposite of what they say."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import Problem
from ...rulebook.book import RuleBook
from ...rulefiles.source import Place, RuleSource

# What an entry of the evidence says of the question, by its own word for it.
_FOR, _AGAINST = "supports-stopping", "supports-continuing"


def doubts_on_citations(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """Why and what for: of cautions and blocks, and of outcomes that open the way to stopping.

    A study that supports stopping under conditions is what a caution rests on, so only blocks are asked about it.
    """
    for section in ("cautions", "blocks"):
        for name, (entry, place) in source.entries[section].items():
            for key, what in (("why", "say in a sentence why it matters"), ("cites", "name what it rests on")):
                if not getattr(entry, key):
                    text = f"'{name}' has no '{key}'"
                    yield place.problem(text, "id", code="no-reason", hint=what, severity="warning")
            if section == "blocks":
                yield from _otherwise(rules, place, ("cites",), entry.cites, _FOR, "supports stopping")
    decision, place = source.single["decision"]
    for index, outcome in enumerate(decision.outcomes):
        if outcome.permissiveness >= decision.stop_from:
            path = ("outcomes", index, "cites")
            yield from _otherwise(rules, place, path, outcome.cites, _AGAINST, "supports continuing")


def _otherwise(
    rules: RuleBook, place: Place, path: tuple[str | int, ...], cites: tuple[str, ...], direction: str, words: str
) -> Iterator[Problem]:
    """A warning where every study cited speaks in one direction, the other one."""
    named = [item for item in dict.fromkeys(cited.partition("#")[0] for cited in cites) if item in rules.evidence]
    directions = [[item.direction for item in rules.evidence.entry(name).informs] for name in named]
    if named and all(found and all(item.startswith(direction) for item in found) for found in directions):
        yield place.problem(
            f"all that is cited here {words}: {', '.join(named)}", *path, code="speaks-otherwise", severity="warning",
            hint="cite what carries this, or say in 'why' how it follows",
        )  # fmt: skip
