"""Both sides of the scale in a table: what continuing and stopping mean for each thing that matters, in published figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from ...evidence import EvidenceEntry, Library, StudyFinding
from ...evidence.model import Axis, Option
from ...evidence.shown import finding_text, visible_findings
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Line, Part, Picture, Table, line
from ..charts.icon_array import icon_array, shares
from ..languages.language import ENGLISH
from ..languages.words import Value, Words
from ..of_whom import unlike
from .board_words import board_words
from .lines import cell, quiet


def both_sides(library: Library, words: Words, of: Recommendation | None = None) -> list[Block]:
    """The table, with a word on how to read it, and a hundred signs for each share on a clock. No cell is empty.

    `of` is the answer for the patient whose page it is: beside a figure of other patients, or of a study that would not have
    taken the patient, that is said.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    cells: dict[tuple[Axis, Option], list[Line]] = {}
    bearing = list(_bearing(library))
    for entry, finding in bearing:
        assert finding.bears_on is not None
        cells.setdefault((finding.bears_on.axis, finding.bears_on.option), []).append(
            _figure(entry, finding, words, of)
        )
    rows = tuple(
        (
            cell(words.text(f"board.sides.axis.{axis}")),
            *(_joined(cells.get((axis, option), []), words) for option in get_args(Option)),
        )
        for axis in get_args(Axis)
    )
    pictures = [_picture(entry, finding, words, of) for entry, finding in bearing if shares(finding)]
    head = tuple(words.text(f"board.sides.{name}") for name in ("matters", "continuing", "stopping"))
    return [
        Table(words.text("board.sides.caption"), head, rows, (14, 43, 43)),
        quiet(words.text("board.sides.read_with_care")),
        *([quiet(words.text("board.sides.each_sign"))] if pictures else []),
        *pictures,
    ]


def _bearing(library: Library) -> Iterator[tuple[EvidenceEntry, StudyFinding]]:
    """Findings that bear on the decision; what was not verified, or would mislead, is left out."""
    for entry_id in library.bearing:
        entry = library.entry(entry_id)
        for finding in visible_findings(entry):
            if finding.bears_on is not None:
                yield entry, finding


def outside_of(recommendation: Recommendation) -> frozenset[str]:
    """The evidence entries of studies none of whose entry patterns the patient meets, by what is known."""
    patterns = recommendation.protocols.values()
    near = {item.study for item in patterns if item.match != Verdict.NOT_MET}
    return frozenset(item.study for item in patterns if item.study not in near)


def _not_of(entry: EvidenceEntry, finding: StudyFinding, words: Words, of: Recommendation | None) -> list[Value]:
    """That a figure is not of patients like this one, or may not be."""
    if of is None:
        return []
    told: list[Value] = [words.text("board.sides.outside")] if entry.id in outside_of(of) else []
    other = unlike(of, f"{entry.id}#{finding.id}", words)
    return [*told, *([other] if other is not None else [])]


def _figure(entry: EvidenceEntry, finding: StudyFinding, words: Words, of: Recommendation | None) -> Line:
    figure = words.as_it_is("figure", finding_text(finding))
    told: list[Value] = [words.as_it_is("figure", str(finding.directness)), *_not_of(entry, finding, words, of)]
    return line(
        Part(words.as_it_is("reference", entry.name), "strong"),
        words.joined([" ", _size(entry, finding, words), ": ", figure, " "], ""),
        words.joined(["(", words.joined(told), ")"], "", "quiet"),
    )


def _picture(entry: EvidenceEntry, finding: StudyFinding, words: Words, of: Recommendation | None) -> Picture:
    # What was published is in English on every page, and so is all that stands with it.
    english = board_words()
    told = _not_of(entry, finding, english, of)
    note = f" ({''.join(part.text for part in english.joined(told))})" if told else ""
    text = f"{entry.name} {_size(entry, finding, english)}: {finding_text(finding)}{note}"
    title = f"{entry.name}: {finding_text(finding).partition(': ')[0]}{note}"
    drawn = icon_array(shares(finding), title, text)
    return replace(drawn, label=words.frame.figure, language="" if words.is_english else ENGLISH.tag)


def _size(entry: EvidenceEntry, finding: StudyFinding, words: Words) -> str:
    """How many: of each group where the finding says it, else of the study where that was verified."""
    groups = [arm.n for arm in finding.arms if arm.n is not None]
    if groups:
        return words.text("board.sides.groups", numbers=words.all_of([str(number) for number in groups]))
    population = entry.population
    if population is None or not population.verified or population.n is None:
        return words.text("board.sides.no_size")
    return words.text("board.sides.study_of", number=population.n)


def _joined(figures: list[Line], words: Words) -> Line:
    """Several figures of one cell, each on a line of its own."""
    if not figures:
        return line(Part(words.text("board.sides.not_measured"), "quiet"))
    joined: list[Part] = []
    for number, figure in enumerate(figures):
        joined += [Part("", "break")] * (number > 0) + list(figure)
    return tuple(joined)
