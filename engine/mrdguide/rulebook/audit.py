"""Proving that the evidence base and the rules that cite it keep their promises."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..evidence.library import Library
from ..evidence.upkeep import successions
from ..reading.shipped import folder
from ..reading.validation import closest
from ..rulefiles.citations import citations, resting_on_retracted, unsupported
from ..rulefiles.layers import source_of
from .book import RuleBook

REFERENCES = 45


def audit(rules: RuleBook) -> list[Problem]:
    """Every broken promise of a rule book's evidence; empty when all hold.

    Entries are valid (intervals contain their estimates, identifiers are well-formed, verified facts name a source that
    can verify); all references of the review are there once; every one is reached from a rule or a background note; no
    rule rests on an entry without a verified fact, on one that was retracted or on a finding that is not shown; what
    supersedes an entry exists, and nothing supersedes itself.
    """
    cited, problems = check_citations(rules)
    return list(
        dict.fromkeys(
            [
                *rules.evidence.check(),
                *problems,
                *successions(rules.evidence),
                *_library_as_a_whole(rules.evidence, cited),
            ]
        )
    )


def check_citations(rules: RuleBook) -> tuple[set[str], list[Problem]]:
    """The entries that a rule book cites, and every citation that cannot carry what rests on it."""
    source = source_of(rules.folders, folder("rules"))
    cited = {citation.partition("#")[0] for _, _, citation in citations(source)}
    return cited, source.in_order([*unsupported(source, rules.evidence), *resting_on_retracted(source, rules.evidence)])


def _library_as_a_whole(library: Library, cited: set[str]) -> Iterator[Problem]:
    """What holds between entries; an entry that cannot be read counts as there and is not told a second time."""
    numbers: dict[int, list[str]] = {}
    names: dict[str, str] = {entry_id: entry_id for entry_id in library.ids}
    whole = True
    for entry_id in library.ids:
        entry, _ = library.read(entry_id)
        if entry is None:
            whole = False
            continue
        if entry.reference is not None:
            numbers.setdefault(entry.reference, []).append(entry.id)
        for alias in entry.aliases:
            if names.setdefault(alias, entry.id) != entry.id:
                text = f"alias '{alias}' is also a name of '{names[alias]}'"
                yield Problem(text, str(library.path(entry.id)), "aliases", code="alias-taken")
        for other in entry.related:
            if other not in library and other not in library.aliases:
                hint = closest(other, library.ids)
                text = f"there is no entry '{other}'"
                yield Problem(text, str(library.path(entry.id)), "related", hint=hint, code="unknown-id")
        if entry.id not in cited:
            yield Problem(
                "reached from no rule and no background note", str(library.path(entry.id)),
                hint="cite it where it bears on a rule, or in rules/background.yaml", code="not-cited",
            )  # fmt: skip
    for number in range(1, REFERENCES + 1):
        found = numbers.get(number, [])
        # While an entry cannot be read, its number may be the one that is missing.
        if len(found) > 1 or (whole and not found):
            text = f"reference {number} has {len(found)} entries: {', '.join(found) or 'none'}"
            yield Problem(text, str(library.folder), code="reference-count")
