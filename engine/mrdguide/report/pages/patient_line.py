"""The patient in a line, as one would be presented to a board: age, disease and risk, therapy, depth and how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ...answer.entries import TherapyPhase
from ...answer.interpreted_tests import InterpretedMrdTest
from ...dates import parse_date
from ...patient.therapy import TherapyEntry
from ...reading.numbers import scientific
from ...recommend.recommendation import Recommendation
from ..blocks import Line, line
from ..languages.words import Value, Words
from .lines import shortened

# How many phases of therapy are named, the latest.
_PHASES = 2
_LONGEST_DRUGS = 60
_LONGEST_REASON = 60


def patient_line(recommendation: Recommendation, words: Words) -> Line:
    """What is recorded, in a sentence; what is not recorded is left out."""
    parts: list[Value] = [
        *_person(recommendation, words), *_disease(recommendation, words), *_therapy(recommendation, words),
        *_depth(recommendation, words),
    ]  # fmt: skip
    return words.joined([words.joined(parts), "."], "")


def _person(recommendation: Recommendation, words: Words) -> Iterator[Line]:
    profile = recommendation.profile
    if profile.birth_year is not None:
        yield words.line("board.patient.born", year=str(profile.birth_year))
    if profile.ecog is not None:
        yield words.line("board.patient.ecog", grade=profile.ecog)


def _disease(recommendation: Recommendation, words: Words) -> Iterator[Line]:
    diagnosis = recommendation.profile.diagnosis
    disease = words.named("disease", diagnosis.disease)
    if diagnosis.date is not None:
        yield words.line("board.patient.diagnosed", disease=disease, day=words.date(diagnosis.date))
    else:
        yield line(disease)
    scheme = next(iter(recommendation.risk.values()), None)
    if scheme is not None and risk_is_told(recommendation):
        yield words.line("board.patient.risk", risk=words.named("risk", str(scheme.value)))


def risk_is_told(recommendation: Recommendation) -> bool:
    """Where the question does not arise, a class of risk made for it says nothing: a stage of myeloma is none of another disease."""
    layers = recommendation.rules.decision.layers
    return layers is None or recommendation.outcome not in layers.core_stays


def _therapy(recommendation: Recommendation, words: Words) -> Iterator[Line]:
    phases = recommendation.entries.therapy
    lines = [item.entry.line for item in phases if item.entry.line is not None]
    if lines:
        yield words.line("board.patient.line", number=max(lines))
    if len(phases) > _PHASES:
        yield words.line("board.patient.earlier", count=len(phases) - _PHASES)
    yield from (_phase(recommendation, item, words) for item in phases[-_PHASES:])


def _phase(recommendation: Recommendation, phase: TherapyPhase, words: Words) -> Line:
    entry = phase.entry
    kind = [words.named("kind", entry.kind)] if entry.kind else []
    named = words.joined(
        [*kind, words.named("phase", entry.phase) if entry.phase else words.text("board.patient.therapy")], " "
    )
    drugs = words.all_of(entry.drugs) if entry.drugs else entry.regimen
    given = named
    if drugs:
        given = words.line("board.patient.with", phase=named, drugs=shortened(drugs, _LONGEST_DRUGS))
    return _when(given, entry, phase.ongoing, recommendation.as_of.toordinal(), words)


def _when(phase: Line, entry: TherapyEntry, ongoing: bool | None, as_of: int, words: Words) -> Line:
    begins = entry.begins
    if begins is None:
        return words.line("board.patient.begun_unknown", phase=phase)
    begin = words.date(begins)
    if ongoing and begins.exact and begins.earliest <= as_of:
        return words.line("board.patient.since_for", phase=phase, day=begin, time=words.span(begins.earliest, as_of))
    if ongoing:
        return words.line("board.patient.since", phase=phase, day=begin)
    if entry.date is not None:
        return words.line("board.patient.on", phase=phase, day=begin)
    if entry.end is not None:
        given = words.line("board.patient.from_to", phase=phase, begin=begin, end=words.date(entry.end))
        # Why it ended speaks in every talk about beginning again.
        why = entry.stop_reason and shortened(entry.stop_reason, _LONGEST_REASON)
        return words.line("board.patient.ended_for", phase=given, why=why) if why else given
    return words.line("board.patient.from", phase=phase, begin=begin)


def _depth(recommendation: Recommendation, words: Words) -> Iterator[Line]:
    """The run of negatives that counts today at its deepest; after it the last test that found disease, and the last of all."""
    tests = recommendation.tests
    deepest = next((run for run in reversed(tests.runs) if run.tests and run.threshold is not None), None)
    if deepest is not None and deepest.threshold is not None and deepest.first is not None and deepest.last is not None:
        members = [item for item in tests.mrd if item.path in deepest.members]
        depth, last = scientific(deepest.threshold), _of(members[-1:], deepest.last, words)
        if deepest.tests > 1:
            first = _of(members[:1], deepest.first, words)
            yield words.line("board.patient.negative_on_days", depth=depth, count=deepest.tests, first=first, last=last)
        else:
            yield words.line("board.patient.negative_on", depth=depth, day=last)
        later = [item for item in _outside(tests.mrd, deepest.last) if item not in members]
    else:
        later = [item for item in tests.mrd if item.kind != "not-supplied"]
        if not later:
            lacking = "mrd" in recommendation.profile.incomplete
            yield words.line("board.patient.no_test_read" if lacking else "board.patient.no_test")
    newest = _newest(later)
    disease = _gravest([item for item in later if item.result == "detected"])
    if disease is not None and disease is not newest:
        yield words.line("board.patient.found_by", test=words.as_it_is("test", _read(disease)))
    if newest is not None:
        yield words.line("board.patient.last_test", test=words.as_it_is("test", _read(newest)))


def _of(test: Sequence[InterpretedMrdTest], day: date, words: Words) -> Value:
    """The date of a test as it is recorded: of a year alone no day is known. `day` is the one of a run whose test is not named."""
    recorded = parse_date(test[0].date) if test and test[0].date is not None else None
    return words.date(recorded) if recorded is not None and not recorded.exact else words.day(day.toordinal())


def _read(test: InterpretedMrdTest) -> str:
    """A test as it is recorded; one that found nothing and is no negative says why it is not."""
    highest = test.at[0]
    if test.result != "not-detected" or highest.reading == "negative":
        return test.description
    return f"{test.description}, not a negative ({highest.why_not_evaluable or highest.reason or 'unclear'})"


def _newest(tests: Sequence[InterpretedMrdTest]) -> InterpretedMrdTest | None:
    """The newest test; of several of one day one that found disease, so that a negative never hides it."""
    last = max((item.latest for item in tests), default=None)
    return _gravest([item for item in tests if item.latest == last])


def _outside(tests: Sequence[InterpretedMrdTest], last: date) -> list[InterpretedMrdTest]:
    """The tests after the last of a run, and those of its day that are no negative."""
    later = [item for item in tests if item.kind == "test" and item.latest >= last]
    return [item for item in later if item.latest > last or item.result != "not-detected"]


def _gravest(tests: Sequence[InterpretedMrdTest]) -> InterpretedMrdTest | None:
    """The last that found disease; where none did the last of all, of those of its day the deepest."""
    found = [item for item in tests if item.result == "detected"]
    if found or not tests:
        return next(reversed(found), None)
    last = max(item.latest for item in tests)
    return min((item for item in tests if item.latest == last), key=lambda item: (_limit(item), -tests.index(item)))


def _limit(test: InterpretedMrdTest) -> float:
    """The limit of detection of a marrow test; one of another specimen, or without it, comes behind."""
    return test.limit_of_detection if test.specimen == "marrow" and test.limit_of_detection is not None else 1.0
