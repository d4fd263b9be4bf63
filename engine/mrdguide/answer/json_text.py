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
from .json_layout import HOLE, Encoded, Layout, Pieces, filled

if TYPE_CHECKING:
    from ..evidence.shown import ShownFinding
    from ..rulebook.book import RuleBook
    from .criteria import Criteria
    from .evidence import CitedEntry
    from .interpreted_tests import InterpretedMrdTest, InterpretedTests, ThresholdReading
    from .risk import RiskResult
    from .studies import StudyPattern

_KEPT = 4096

# By the number of a verdict.
_VERDICTS = tuple(f'"{verdict.value}"' for verdict in VERDICTS)
_WORDS = dict(zip(VERDICTS, _VERDICTS, strict=True))

_OF_A_CRITERION = ("verdict", "observed")
_OF_A_SCHEME = ("class", "points", "count", "possible")
_OF_A_STUDY = ("verdict", "match", "differs")
_OF_AN_ENTRY = ("findings", "supports", "fits", "differs")


class EncodedParts:
    """The parts of an answer as text, for one rule book and one layout. Grows by what answers show, which the rules bound."""

    def __init__(self, rules: RuleBook, layout: Layout) -> None:
        self._rules, self._layout = rules, layout
        self._every: Pieces = ()
        self._studies: Pieces = ()
        self._slots = [(name, rules.decider.index_of[name]) for name in rules.rules]
        self._criteria: dict[tuple[str, str], Pieces] = {}
        self._schemes: dict[str, Pieces] = {}
        self._entries: dict[str, Pieces] = {}
        self._findings: dict[tuple[str, ...], str] = {}
        # A test reads at one threshold as so many others do, but for its numbers; so only the last are kept.
        self._reading = lru_cache(maxsize=_KEPT)(self._written_reading)

    def criteria(self, found: Criteria) -> Encoded:
        """Every criterion, conclusion, block, caution and remark by id."""
        if not self._every:
            forms = {name: _with_holes(item.to_dict(), _OF_A_CRITERION) for name, item in found.items()}
            self._every = self._layout.pieces(forms, 1)
        # The most there is of an answer: one pass with as little as can be for each of them.
        strings, observed, verdicts = self._layout.strings, found.observed, found.verdicts
        texts: dict[tuple[str, ...], str] = {}
        values: list[str] = []
        for name, slot in self._slots:
            seen = observed(name)
            text = texts.get(seen)
            if text is None:
                text = texts[seen] = strings(seen, 3)
            values += (_VERDICTS[verdicts[slot]], text)
        return Encoded(filled(self._every, values))

    def results(self, found: Criteria, results: Iterable[CriterionResult]) -> Encoded:
        """A list of some of them, with the titles that they have there."""
        return self._listed(self._criterion(found, item) for item in results)

    def _criterion(self, found: Criteria, item: CriterionResult) -> str:
        pieces = self._criteria.get((item.id, item.title))
        if pieces is None:
            form = _with_holes(replace(found[item.id], title=item.title).to_dict(), _OF_A_CRITERION)
            pieces = self._criteria[item.id, item.title] = self._layout.pieces(form, 2)
        return "".join(filled(pieces, (_WORDS[item.verdict], self._layout.strings(item.observed, 3))))

    def risk(self, results: Mapping[str, RiskResult]) -> Encoded:
        """Every risk scheme by id."""
        texts = [(name, self._scheme(item)) for name, item in results.items()]
        return Encoded((self._layout.object_of(texts, 1),))

    def _scheme(self, item: RiskResult) -> str:
        form = replace(item, criteria={}).to_dict()
        varying = [name for name in _OF_A_SCHEME if name in form]
        pieces = self._schemes.get(item.id)
        if pieces is None:
            criteria = {name: _with_holes(one.to_dict(), _OF_A_CRITERION) for name, one in item.criteria.items()}
            whole = {**_with_holes(form, varying), "criteria": criteria}
            pieces = self._schemes[item.id] = self._layout.pieces(whole, 2)
        values = [self._layout.text(form[name], 3) for name in varying]
        for one in item.criteria.values():
            values += (_WORDS[one.verdict], self._layout.strings(one.observed, 5))
        return "".join(filled(pieces, values))

    def studies(self, patterns: Mapping[str, StudyPattern]) -> Encoded:
        """Every study's entry pattern by id."""
        if not self._studies:
            self._studies = self._layout.pieces({name: _holed(item) for name, item in patterns.items()}, 1)
        strings = self._layout.strings
        values: list[str] = []
        for item in patterns.values():
            values += (_WORDS[item.verdict], _WORDS[item.match])
            for one in item.criteria.values():
                values += (_WORDS[one.verdict], strings(one.observed, 5))
            values.append(strings(item.differs, 3))
        return Encoded(filled(self._studies, values))

    def evidence(self, entries: Iterable[CitedEntry]) -> Encoded:
        """The cited entries."""
        return self._listed(self._entry(item) for item in entries)

    def _entry(self, item: CitedEntry) -> str:
        pieces = self._entries.get(item.id)
        if pieces is None:
            pieces = self._entries[item.id] = self._layout.pieces(_with_holes(item.to_dict(), _OF_AN_ENTRY), 2)
        supports, differs = self._layout.strings(item.supports, 3), self._layout.strings(item.differs, 3)
        fits = _WORDS[item.fits] if item.fits is not None else "null"
        return "".join(filled(pieces, (self._found_by(item.id, item.findings), supports, fits, differs)))

    def _found_by(self, entry: str, findings: tuple[ShownFinding, ...]) -> str:
        """The findings of an entry, in the order in which an answer cites them."""
        key = (entry, *[finding.id for finding in findings])
        text = self._findings.get(key)
        if text is None:
            text = self._findings[key] = self._layout.text([finding.to_dict() for finding in findings], 3)
        return text

    def tests(self, found: InterpretedTests) -> Encoded:
        """The tests as the rules read them."""
        mrd = self._layout.list_of([self._test(item) for item in found.mrd], 2)
        return Encoded((self._layout.text({**replace(found, mrd=()).to_dict(), "mrd": Encoded((mrd,))}, 1),))

    def _test(self, item: InterpretedMrdTest) -> str:
        at = self._layout.list_of([self._reading(reading) for reading in item.at], 4)
        return self._layout.text({**replace(item, at=()).to_dict(), "at": Encoded((at,))}, 3)

    def _written_reading(self, item: ThresholdReading) -> str:
        return self._layout.text(item.to_dict(), 5)

    def _listed(self, texts: Iterable[str]) -> Encoded:
        return Encoded((self._layout.list_of(list(texts), 1),))


# A rule book is written in one layout or two: as people read it, and on one line as the record hashes it.
@lru_cache(maxsize=16)
def encoded_parts(rules: RuleBook, layout: Layout) -> EncodedParts:
    """The parts of the answers of a rule book in a layout; what was encoded of them is kept."""
    return EncodedParts(rules, layout)


def _with_holes(form: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**form, **dict.fromkeys(names, HOLE)}


def _holed(item: StudyPattern) -> dict[str, Any]:
    """The form of a study's pattern with holes in it and in its criteria."""
    criteria = {name: _with_holes(one.to_dict(), _OF_A_CRITERION) for name, one in item.criteria.items()}
    return {**_with_holes(item.to_dict(), _OF_A_STUDY), "criteria": criteria}
