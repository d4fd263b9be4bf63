"""The whole JSON form as text. What does not depend on the patient (titles, citations, findings, sources, places of rules)
is encoded once for a rule book; the bytes are those of the JSON form written by the standard library.

Every text is made of the `to_dict` of what it writes, with holes where the patient's own data belong, so that the form is
described in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    from .interpreted_tests import InterpretedMrdTest, InterpretedTests, ThresholdReading
    from .risk import RiskResult
    from .studies import PatternCriterion, StudyPattern

Pieces = tuple[str, ...]
Parts = Iterable[str]

_KEPT = 4096

# By the number of a verdict.
_VERDICTS = tuple(f'"{verdict.value}"' for verdict in VERDICTS)
_WORDS = dict(zip(VERDICTS, _VERDICTS, strict=True))


class EncodedParts:
    """The parts of an answer as text, for one rule book and one layout. Grows by what answers show, which the rules bound."""

    def __init__(self, rules: RuleBook, layout: Layout) -> None:
        self._rules, self._layout = rules, layout
        self._criteria: dict[tuple[str, str, int], Pieces] = {}
        self._every: list[tuple[str, int, str, str, str]] = []
        self._entries: dict[str, Pieces] = {}
        self._findings: dict[tuple[str, str], Pieces] = {}
        self._studies: dict[str, Pieces] = {}
        self._patterns: dict[tuple[str, str], Pieces] = {}
        # A test reads at one threshold as so many others do, but for its numbers; so only the last are kept.
        self._reading = lru_cache(maxsize=_KEPT)(self._written_reading)

    def criteria(self, found: Criteria) -> Encoded:
        """Every criterion, conclusion, block, caution and remark by id."""
        # The most there is of an answer: one pass with as little as can be for each of them.
        if not self._every:
            self._every = self._every_criterion(found)
        strings, observed, verdicts = self._layout.strings, found.observed, found.verdicts
        texts: dict[tuple[str, ...], str] = {}
        written = Encoded()
        for name, slot, before, between, after in self._every:
            seen = observed(name)
            text = texts.get(seen)
            if text is None:
                text = texts[seen] = strings(seen, 3)
            written += (before, _VERDICTS[verdicts[slot]], between, text, after)
        return written

    def _every_criterion(self, found: Criteria) -> list[tuple[str, int, str, str, str]]:
        """Of every rule its id, the place of its verdict, and what stands before that, between it and what was observed,
        and after, all of them together in one object."""
        names = list(self._rules.rules)
        holes = {name: Encoded([HOLE[0]]) for name in names}
        around = self._layout.object_of(holes.items(), 1)
        begins = "".join(around).split(HOLE[0])
        rows = []
        for name, begin in zip(names, begins, strict=False):
            before, between, after = self._pieces(found, name, self._rules.rules[name].title, 2)
            rows.append((name, self._rules.decider.index_of[name], begin + before, between, after))
        *_, (name, slot, before, between, after) = rows
        rows[-1] = (name, slot, before, between, after + begins[-1])
        return rows

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

    def tests(self, found: InterpretedTests) -> Encoded:
        """The tests as the rules read them."""
        mrd = self._layout.list_of([self._test(item) for item in found.mrd], 2)
        return self._layout.parts({**replace(found, mrd=()).to_dict(), "mrd": mrd}, 1)

    def _test(self, item: InterpretedMrdTest) -> Parts:
        at = self._layout.list_of([self._reading(reading) for reading in item.at], 4)
        return self._layout.parts({**replace(item, at=()).to_dict(), "at": at}, 3)

    def _written_reading(self, item: ThresholdReading) -> Pieces:
        return self._layout.pieces(item.to_dict(), 5)

    def _by_id(self, items: Iterable[tuple[str, Parts]]) -> Encoded:
        return self._layout.object_of(items, 1)

    def _listed(self, items: Iterable[Parts]) -> Encoded:
        return self._layout.list_of(items, 1)

    def _criterion(self, found: Criteria, name: str, title: str, depth: int) -> Parts:
        seen = self._layout.strings(found.observed(name), depth + 1)
        verdict = _VERDICTS[found.verdicts[self._rules.decider.index_of[name]]]
        before, between, after = self._pieces(found, name, title, depth)
        return before, verdict, between, seen, after

    def _pieces(self, found: Criteria, name: str, title: str, depth: int) -> Pieces:
        """What stands before the verdict of a rule, between it and what was observed, and after."""
        pieces = self._criteria.get((name, title, depth))
        if pieces is None:
            form = _with_holes(replace(found[name], title=title).to_dict(), ("verdict", "observed"))
            pieces = self._criteria[name, title, depth] = self._layout.pieces(form, depth)
        return pieces

    def _scheme(self, found: Criteria, item: RiskResult) -> Parts:
        criteria = ((name, self._criterion(found, name, result.title, 4)) for name, result in item.criteria.items())
        text = self._layout.object_of(criteria, 3)
        return self._layout.parts({**replace(item, criteria={}).to_dict(), "criteria": text}, 2)

    def _study(self, item: StudyPattern) -> Parts:
        pieces = self._studies.get(item.id)
        if pieces is None:
            varying = ("verdict", "match", "criteria", "differs")
            pieces = self._studies[item.id] = self._layout.pieces(_with_holes(item.to_dict(), varying), 2)
        criteria = ((name, self._pattern(item.id, name, part)) for name, part in item.criteria.items())
        return _filled(
            pieces,
            [_WORDS[item.verdict]], [_WORDS[item.match]], self._layout.object_of(criteria, 3),
            [self._layout.strings(item.differs, 3)],
        )  # fmt: skip

    def _pattern(self, study: str, name: str, item: PatternCriterion) -> Parts:
        pieces = self._patterns.get((study, name))
        if pieces is None:
            form = _with_holes(item.to_dict(), ("verdict", "observed"))
            pieces = self._patterns[study, name] = self._layout.pieces(form, 4)
        return _filled(pieces, [_WORDS[item.verdict]], [self._layout.strings(item.observed, 5)])

    def _entry(self, item: CitedEntry) -> Parts:
        pieces = self._entries.get(item.id)
        if pieces is None:
            varying = ("findings", "supports", "fits", "differs")
            pieces = self._entries[item.id] = self._layout.pieces(_with_holes(item.to_dict(), varying), 2)
        findings = self._layout.list_of([self._finding(item.id, finding) for finding in item.findings], 3)
        return _filled(
            pieces,
            findings, [self._layout.strings(item.supports, 3)],
            [_WORDS[item.fits] if item.fits is not None else "null"], [self._layout.strings(item.differs, 3)],
        )  # fmt: skip

    def _finding(self, entry: str, finding: ShownFinding) -> Parts:
        known = self._findings.get((entry, finding.id))
        if known is None:
            known = self._findings[entry, finding.id] = self._layout.pieces(finding.to_dict(), 4)
        return known


# A rule book is written in one layout or two: as people read it, and on one line as the record hashes it.
@lru_cache(maxsize=16)
def encoded_parts(rules: RuleBook, layout: Layout) -> EncodedParts:
    """The parts of the answers of a rule book in a layout; what was encoded of them is kept."""
    return EncodedParts(rules, layout)


def _with_holes(form: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**form, **dict.fromkeys(names, HOLE)}


def _filled(pieces: Pieces, *values: Parts) -> Iterator[str]:
    """The pieces with a value in every hole, in the order of the form."""
    yield pieces[0]
    for value, piece in zip(values, pieces[1:], strict=True):
        yield from value
        yield piece
