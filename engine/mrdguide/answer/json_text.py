"""The whole JSON form as text. What does not depend on the patient (titles, citations, findings, sources, places of rules)
is encoded once for a rule book; the bytes are those of the JSON form written by the standard library.

Every text is made of the `to_dict` of what it writes, with holes where the patient's own data belong, so that the form is
described in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..logic.truth import VERDICTS
from .criteria import CriterionResult
from .json_layout import HOLE, Encoded, Layout

if TYPE_CHECKING:
    from ..evidence.shown import ShownFinding
    from ..rulebook.book import RuleBook
    from .criteria import Criteria
    from .evidence import CitedEntry
    from .risk import RiskResult
    from .studies import PatternCriterion, StudyPattern

Pieces = tuple[str, ...]

# By the number of a verdict.
_VERDICTS = tuple(f'"{verdict.value}"' for verdict in VERDICTS)
_WORDS = dict(zip(VERDICTS, _VERDICTS, strict=True))


class EncodedParts:
    """The parts of an answer as text, for one rule book and one layout. Grows by what answers show, which the rules bound."""

    def __init__(self, rules: RuleBook, layout: Layout) -> None:
        self._rules, self._layout = rules, layout
        self._criteria: dict[tuple[str, str, int], Pieces] = {}
        self._entries: dict[str, Pieces] = {}
        self._findings: dict[tuple[str, str], str] = {}
        self._studies: dict[str, Pieces] = {}
        self._patterns: dict[tuple[str, str], Pieces] = {}

    def criteria(self, found: Criteria) -> Encoded:
        """Every criterion, conclusion, block, caution and remark by id."""
        # The most there is of an answer: one pass with as little as can be for each of them.
        layout, index_of, verdicts = self._layout, self._rules.decider.index_of, found.verdicts
        texts: dict[tuple[str, ...], str] = {}
        parts = []
        for name, rule in self._rules.rules.items():
            before, between, after = self._pieces(found, name, rule.title, 2)
            seen = found.observed(name)
            text = texts.get(seen)
            if text is None:
                text = texts[seen] = layout.strings(seen, 3)
            parts.append((name, f"{before}{_VERDICTS[verdicts[index_of[name]]]}{between}{text}{after}"))
        return self._by_id(parts)

    def results(self, found: Criteria, results: Iterable[CriterionResult]) -> Encoded:
        """A list of some of them, with the titles that they have there."""
        return self._listed(self._criterion(found, item.id, item.title, 2) for item in results)

    def risk(self, found: Criteria, results: Mapping[str, RiskResult]) -> Encoded:
        """Every risk scheme by id."""
        return self._by_id((name, self._scheme(found, item)) for name, item in results.items())

    def studies(self, patterns: Mapping[str, StudyPattern]) -> Encoded:
        """Every study's entry pattern by id."""
        return self._by_id((name, self._study(item)) for name, item in patterns.items())

    def evidence(self, entries: Iterable[CitedEntry]) -> Encoded:
        """The cited entries."""
        return self._listed(self._entry(item) for item in entries)

    def _by_id(self, items: Iterable[tuple[str, str]]) -> Encoded:
        return Encoded(self._layout.object_of(items, 1))

    def _listed(self, items: Iterable[str]) -> Encoded:
        return Encoded(self._layout.list_of(items, 1))

    def _criterion(self, found: Criteria, name: str, title: str, depth: int) -> str:
        seen = self._layout.strings(found.observed(name), depth + 1)
        verdict = _VERDICTS[found.verdicts[self._rules.decider.index_of[name]]]
        return _filled(self._pieces(found, name, title, depth), verdict, seen)

    def _pieces(self, found: Criteria, name: str, title: str, depth: int) -> Pieces:
        """What stands before the verdict of a rule, between it and what was observed, and after."""
        pieces = self._criteria.get((name, title, depth))
        if pieces is None:
            form = _with_holes(replace(found[name], title=title).to_dict(), ("verdict", "observed"))
            pieces = self._criteria[name, title, depth] = self._layout.pieces(form, depth)
        return pieces

    def _scheme(self, found: Criteria, item: RiskResult) -> str:
        criteria = ((name, self._criterion(found, name, result.title, 4)) for name, result in item.criteria.items())
        text = Encoded(self._layout.object_of(criteria, 3))
        return self._layout.text({**replace(item, criteria={}).to_dict(), "criteria": text}, 2)

    def _study(self, item: StudyPattern) -> str:
        pieces = self._studies.get(item.id)
        if pieces is None:
            varying = ("verdict", "match", "criteria", "differs")
            pieces = self._studies[item.id] = self._layout.pieces(_with_holes(item.to_dict(), varying), 2)
        criteria = ((name, self._pattern(item.id, name, part)) for name, part in item.criteria.items())
        return _filled(
            pieces,
            _WORDS[item.verdict], _WORDS[item.match], self._layout.object_of(criteria, 3),
            self._layout.strings(item.differs, 3),
        )  # fmt: skip

    def _pattern(self, study: str, name: str, item: PatternCriterion) -> str:
        pieces = self._patterns.get((study, name))
        if pieces is None:
            form = _with_holes(item.to_dict(), ("verdict", "observed"))
            pieces = self._patterns[study, name] = self._layout.pieces(form, 4)
        return _filled(pieces, _WORDS[item.verdict], self._layout.strings(item.observed, 5))

    def _entry(self, item: CitedEntry) -> str:
        pieces = self._entries.get(item.id)
        if pieces is None:
            varying = ("findings", "supports", "fits", "differs")
            pieces = self._entries[item.id] = self._layout.pieces(_with_holes(item.to_dict(), varying), 2)
        findings = self._layout.list_of([self._finding(item.id, finding) for finding in item.findings], 3)
        return _filled(
            pieces,
            findings, self._layout.strings(item.supports, 3), _WORDS[item.fits] if item.fits is not None else "null",
            self._layout.strings(item.differs, 3),
        )  # fmt: skip

    def _finding(self, entry: str, finding: ShownFinding) -> str:
        known = self._findings.get((entry, finding.id))
        if known is None:
            known = self._findings[entry, finding.id] = self._layout.text(finding.to_dict(), 4)
        return known


# A rule book is written in one layout or two: as people read it, and on one line as the record hashes it.
@lru_cache(maxsize=16)
def encoded_parts(rules: RuleBook, layout: Layout) -> EncodedParts:
    """The parts of the answers of a rule book in a layout; what was encoded of them is kept."""
    return EncodedParts(rules, layout)


def _with_holes(form: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**form, **dict.fromkeys(names, HOLE)}


def _filled(pieces: Pieces, *texts: str) -> str:
    """The pieces with a text in every hole, in the order of the form."""
    filled = [""] * (2 * len(pieces) - 1)
    filled[::2], filled[1::2] = pieces, texts
    return "".join(filled)
