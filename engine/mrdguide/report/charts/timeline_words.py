"""The timeline in words, for those who do not see it."""

from __future__ import annotations

from ...dates import counted
from ...recommend.recommendation import Recommendation
from . import svg
from .timeline_lanes import read_image
from .timeline_tests import Kind, MrdPicture, no_run_words
from .timeline_therapy import given, phase_words, placeable

LONGEST = 600
_MOST_NAMED = 3
_LONGEST_NAME = 60
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("detected", "detected"),
    ("not-detected", "not detected"),
    ("no-level", "detected without a known level"),
    ("unclear", "unclear"),
    ("not-evaluable", "not evaluable"),
)


def described(recommendation: Recommendation, shown: MrdPicture) -> str:
    """What the timeline shows, in at most 600 characters: tests, run, last test, imaging, therapy."""
    parts = [f"Timeline up to {recommendation.as_of.isoformat()}.", _tests(shown), _run(shown)]
    if shown.tests:
        parts.append(f"Last test: {shown.tests[-1].words}.")
    parts += [_imaging(recommendation), _therapy(recommendation)]
    words = svg.plain(" ".join(part for part in parts if part))
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def _tests(shown: MrdPicture) -> str:
    if not shown.tests:
        return "No dated marrow MRD test."
    counts = [(sum(test.kind == kind for test in shown.tests), words) for kind, words in _KINDS]
    listed = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"{counted(len(shown.tests), 'MRD test')}: {listed}."


def _run(shown: MrdPicture) -> str:
    if not shown.tests:
        return ""
    found = [*(run.words for run in shown.runs), no_run_words(shown)]
    return f"Current run of negatives: {'; '.join(words for words in found if words)}."


def _imaging(recommendation: Recommendation) -> str:
    found = [item for item in recommendation.tests.imaging if item.date is not None]
    if not found:
        return "No dated imaging."
    last = found[-1]
    modality = last.modality or "modality not recorded"
    studies = "1 imaging study" if len(found) == 1 else f"{len(found)} imaging studies"
    return f"{studies}, the last {modality} {last.date}, {read_image(last)}."


def _therapy(recommendation: Recommendation) -> str:
    found = [item for item in recommendation.entries.therapy if placeable(item)]
    if not found:
        return "No dated therapy."
    named = []
    for item in found[-_MOST_NAMED:]:
        begins = str(item.entry.begins) if item.entry.begins is not None else "start not recorded"
        ends = {True: ", going on", None: ""}.get(item.ongoing, f" to {item.entry.end}")
        what = given(item.entry)
        what = what if len(what) <= _LONGEST_NAME else f"{what[: _LONGEST_NAME - 1].rstrip()}…"
        named.append(
            f"{phase_words(item.entry)}{f' {what}' if what else ''} ({begins}{ends})"
        )  # fmt: skip
    entries = "1 therapy phase" if len(found) == 1 else f"{len(found)} therapy phases"
    last = ", the last" if len(found) > _MOST_NAMED else ""
    return f"{entries}{last}: {'; '.join(named)}."
