"""Proving that the evidence base and the rules that cite it keep their promises."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..evidence.library import Library
from ..evidence.shown import visible_findings
from ..reading.validation import closest
from ..rulefiles.checks import citations
from ..rulefiles.source import read_source
from .book import RuleBook

REFERENCES = 45


def audit(rules: RuleBook) -> list[Problem]:
    """Every broken promise of a rule book's evidence; empty when all hold.

    Entries are valid (intervals contain their estimates, identifiers are well-formed, verified facts name a source that
    can verify); all references of the review are there once; every one is reached from a rule or a background note; no
    rule rests on an entry without a verified fact or on a finding that is not shown.
    """
    problems = rules.evidence.check()
    if problems:
        return problems
    cited, problems = check_citations(rules)
    return [*problems, *_library_as_a_whole(rules.evidence, cited)]


def check_citations(rules: RuleBook) -> tuple[set[str], list[Problem]]:
    """The entries that a rule book cites, and every citation that cannot carry what rests on it.

    Raises:
        EvidenceError: a cited entry's file is wrong.
    """
    cited: set[str] = set()
    problems = []
    for place, path, citation in citations(read_source(rules.folders)):
        entry_id, _, finding = citation.partition("#")
        entry = rules.evidence.entry(entry_id)
        cited.add(entry.id)
        background = place.path[0] == "background"
        pending = all(informs.direction in ("pending", "none") for informs in entry.informs)
        if not entry.supports and not background and not pending:
            text = f"rests on '{entry_id}', in which no fact is verified"
            problems.append(place.problem(text, *path, hint="move it to 'background'"))
        shown = [item.id for item in visible_findings(entry)]
        if finding and finding not in shown:
            text = f"'{entry_id}' shows no finding '{finding}'"
            problems.append(place.problem(text, *path, hint=closest(finding, shown)))
    return cited, problems


def _library_as_a_whole(library: Library, cited: set[str]) -> Iterator[Problem]:
    numbers: dict[int, list[str]] = {}
    names: dict[str, str] = {entry_id: entry_id for entry_id in library.ids}
    for entry in library:
        if entry.reference is not None:
            numbers.setdefault(entry.reference, []).append(entry.id)
        for alias in entry.aliases:
            if names.setdefault(alias, entry.id) != entry.id:
                yield Problem(
                    f"alias '{alias}' is also a name of '{names[alias]}'", str(library.path(entry.id)), "aliases"
                )
        for other in entry.related:
            if other not in library:
                yield Problem(f"there is no entry '{other}'", str(library.path(entry.id)), "related")
        if entry.id not in cited:
            yield Problem(
                "reached from no rule and no background note", str(library.path(entry.id)),
                hint="cite it where it bears on a rule, or in rules/background.yaml",
            )  # fmt: skip
    for number in range(1, REFERENCES + 1):
        found = numbers.get(number, [])
        if len(found) != 1:
            yield Problem(
                f"reference {number} has {len(found)} entries: {', '.join(found) or 'none'}", str(library.folder)
            )
