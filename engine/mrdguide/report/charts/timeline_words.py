"""The timeline in words, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator

from ...recommend.recommendation import Recommendation
from ..languages.words import Words
from . import svg
from .timeline_lanes import read_image
from .timeline_tests import Kind, MrdPicture, no_run_words
from .timeline_therapy import given, phase_words, placeable, when

LONGEST = 600
_MOST_NAMED = 3
_LONGEST_NAME = 60
_KINDS: tuple[Kind, ...] = ("detected", "not-detected", "no-level", "unclear", "not-evaluable")


def described(recommendation: Recommendation, shown: MrdPicture, words: Words) -> str:
    """What the timeline shows, in at most 600 characters: tests, run, last test, imaging, therapy."""
    parts = [
        words.text("board.timeline.alt.up_to", day=words.day(recommendation.as_of.toordinal())), *_tests(shown, words),
        _imaging(recommendation, words), _therapy(recommendation, words),
    ]  # fmt: skip
    said = svg.plain(" ".join(parts))
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"


def _tests(shown: MrdPicture, words: Words) -> Iterator[str]:
    if not shown.tests:
        yield words.text("board.timeline.alt.no_test")
        return
    counts = [(sum(test.kind == kind for test in shown.tests), _kind(kind, words)) for kind in _KINDS]
    listed = ", ".join(f"{count} {said}" for count, said in counts if count)
    yield f"{words.text('board.timeline.alt.tests', count=len(shown.tests))}: {listed}."
    found = [*(run.words for run in shown.runs), no_run_words(shown, words)]
    yield f"{words.text('board.timeline.alt.run')} {'; '.join(said for said in found if said)}."
    last = shown.tests[-1]
    # How it reads at each threshold is said by the operators of rules, in English alone.
    read = (
        last.words if words.is_english else f"{last.method or ''} {words.day(last.latest)}: {_kind(last.kind, words)}"
    )
    yield f"{words.text('board.timeline.alt.last_test')} {read.strip()}."


def _kind(kind: Kind, words: Words) -> str:
    return words.text(f"board.timeline.alt.kind.{kind}")


def _imaging(recommendation: Recommendation, words: Words) -> str:
    found = [item for item in recommendation.tests.imaging if item.date is not None]
    if not found:
        return words.text("board.timeline.alt.no_imaging")
    last = found[-1]
    test = f"{last.modality or words.text('board.timeline.not_recorded.modality')} {last.date}"
    answer = words.text(f"board.timeline.alt.image.{read_image(last)}")
    return words.text("board.timeline.alt.imaging", count=len(found), test=test, answer=answer)


def _therapy(recommendation: Recommendation, words: Words) -> str:
    found = [item for item in recommendation.entries.therapy if placeable(item)]
    if not found:
        return words.text("board.timeline.alt.no_therapy")
    named = []
    for item in found[-_MOST_NAMED:]:
        what = given(item.entry, words)
        what = what if len(what) <= _LONGEST_NAME else f"{what[: _LONGEST_NAME - 1].rstrip()}…"
        named.append(f"{phase_words(item.entry, words)}{f' {what}' if what else ''} ({when(item, words)})")
    name = "therapy_last" if len(found) > _MOST_NAMED else "therapy"
    return f"{words.text(f'board.timeline.alt.{name}', count=len(found))}: {'; '.join(named)}."
