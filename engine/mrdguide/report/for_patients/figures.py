"""What studies found in numbers, for patients who ask for them: the figures of both sides that fit this patient.

The same findings as in the board's table (`bears_on`), each as it was published, with size, time, clock and source, in plain
words. A figure of people from whom this patient differs is left out; where that is not known, it is said. Nothing is
computed but the nearest whole number of a percentage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from ...evidence import EvidenceEntry, StudyFinding
from ...evidence.model import Arm, Axis, Option
from ...evidence.shown import in_unit, visible_findings
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Item, Items, Line, Paragraph, Part, Picture, Section, Table, line
from ..charts.icon_array import Share, icon_array, shares
from ..formats.frame import frame
from ..languages.language import ENGLISH, Language
from .figure_wording import FiguresWording, FigureWording, figures_wording
from .plain_record import listed


@dataclass(frozen=True, slots=True)
class Figure:
    """One finding that fits this patient; `sure` where it is known that it does."""

    entry: EvidenceEntry
    finding: StudyFinding
    words: FigureWording
    sure: bool


def figures_for(recommendation: Recommendation, language: Language = ENGLISH) -> tuple[Figure, ...]:
    """The verified findings that bear on the choice and fit this patient, in the order of the words.

    Raises:
        UsageError: the words cannot be read.
        EvidenceError: an entry cannot be read.
    """
    return tuple(_fitting(recommendation, figures_wording(language)))


def cited_by(figures: Sequence[Figure]) -> tuple[str, ...]:
    """The entries of figures, each once."""
    return tuple(dict.fromkeys(figure.entry.id for figure in figures))


def figure_sections(figures: Sequence[Figure], language: Language = ENGLISH) -> tuple[Section, ...]:
    """The table of both sides with no cell empty, and arrays of a hundred signs for risks on a clock."""
    words = figures_wording(language)
    numbers = {name: number for number, name in enumerate(cited_by(figures), start=1)}
    pictures = [_picture(figure, words, language) for figure in figures if shares(figure.finding)]
    blocks: list[Block] = [_about(words), _table(figures, words, numbers, language)]
    if pictures:
        blocks += [Paragraph(line(words.each_sign)), *pictures]
    return (Section(words.title, tuple(blocks)),)


def without_figures(language: Language = ENGLISH) -> tuple[Section, ...]:
    """What stands in their place for somebody who does not have this choice."""
    words = figures_wording(language)
    return (Section(words.title, (Paragraph(line(words.not_now)),)),)


def _fitting(recommendation: Recommendation, words: FiguresWording) -> Iterator[Figure]:
    library = recommendation.rules.evidence
    for item in words.figures:
        name, _, finding_id = item.finding.partition("#")
        if name not in library:
            continue
        entry = library.entry(name)
        found = next((finding for finding in visible_findings(entry) if finding.id == finding_id), None)
        fits = _fits(recommendation, item, entry)
        if found is not None and found.bears_on is not None and fits != Verdict.NOT_MET:
            yield Figure(entry, found, item, fits == Verdict.MET)


def _fits(recommendation: Recommendation, item: FigureWording, entry: EvidenceEntry) -> Verdict:
    """Whether the patient is like those in a study, as far as the rules tell: by criteria, and by its entry pattern."""
    verdicts = [_as_wanted(recommendation, name, Verdict(wanted)) for name, wanted in item.fits.items()]
    patterns = [pattern.match for pattern in recommendation.protocols.values() if pattern.study == entry.id]
    if patterns:
        verdicts.append(next((one for one in (Verdict.MET, Verdict.UNKNOWN) if one in patterns), Verdict.NOT_MET))
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.MET


def _as_wanted(recommendation: Recommendation, name: str, wanted: Verdict) -> Verdict:
    if name not in recommendation.criteria:
        return Verdict.UNKNOWN
    found = recommendation.criteria[name].verdict
    if found == Verdict.UNKNOWN:
        return found
    return Verdict.MET if found == wanted else Verdict.NOT_MET


def _about(words: FiguresWording) -> Items:
    return Items(tuple(Item(line(text)) for text in words.about))


def _table(figures: Sequence[Figure], words: FiguresWording, numbers: dict[str, int], language: Language) -> Table:
    heads = words.table
    rows = tuple(
        (line(title), *(_cell(_of(figures, axis, option), words, numbers, language) for option in get_args(Option)))
        for axis, title in words.axes.items()
    )
    return Table(heads.caption, (heads.first, heads.continue_, heads.stop), rows, (16, 42, 42))


def _of(figures: Sequence[Figure], axis: Axis, option: Option) -> list[Figure]:
    return [
        figure
        for figure in figures
        if figure.finding.bears_on is not None
        and (figure.finding.bears_on.axis, figure.finding.bears_on.option) == (axis, option)
    ]


def _cell(figures: Sequence[Figure], words: FiguresWording, numbers: dict[str, int], language: Language) -> Line:
    if not figures:
        return line(Part(words.not_measured, "quiet"))
    parts: list[Part] = []
    for figure in figures:
        parts += [Part("", "break")] * bool(parts) + list(_told(figure, words, numbers[figure.entry.id], language))
    return tuple(parts)


def _told(figure: Figure, words: FiguresWording, number: int, language: Language) -> Line:
    """A figure in sentences: what was counted, in whom, how many they were, from when on, how near it is, and its source."""
    sentences, finding = words.sentences, figure.finding
    further = [
        _size(figure, words, language),
        *([words.clocks[finding.clock]] if finding.arms and finding.clock else []),
    ]
    further += [figure.words.note, *([] if figure.sure else [sentences.not_known])]
    rest = Part(f" {' '.join(further)} [{number}]", "quiet")
    if figure.words.says is not None:
        return line(figure.words.says, rest)
    return line(f"{_head(figure, words, language)}. {_groups(figure, words, language)}.", rest)


def _head(figure: Figure, words: FiguresWording, language: Language) -> str:
    what, time = figure.words.what or "", figure.finding.time
    if time is None:
        return what
    span = in_unit(time.at, time.unit) if language.forms is None else language.forms.span(time.at, time.unit)
    return words.picture.format(what=what, time=words.sentences.time.format(time=span))


def _groups(figure: Figure, words: FiguresWording, language: Language) -> str:
    text = "; ".join(_arm(arm, figure.words.groups[arm.group], words, language) for arm in figure.finding.arms)
    return text[0].upper() + text[1:]


def _arm(arm: Arm, group: str, words: FiguresWording, language: Language) -> str:
    sentences, value = words.sentences, arm.value
    if value is None:
        raise ValueError(f"a figure without a value cannot be told: {arm.group}")
    if arm.unit == "count":
        return sentences.events.format(group=group, events=_number(value, language), n=_whole(arm.n, language))
    if arm.unit == "mo":
        return sentences.half.format(group=group, time=_months(value, language))
    if arm.unit != "%":
        return sentences.value.format(group=group, value=_number(value, language))
    share = Share(group, value)
    form = sentences.share if share.full == value else sentences.about_share
    text = form.format(group=group, share=share.full, exact=_number(value, language))
    if arm.interval is not None:
        low, high = _number(arm.interval.low, language), _number(arm.interval.high, language)
        text += sentences.range.format(low=low, high=high)
    return text


def _number(value: float, language: Language) -> str:
    return f"{value:g}" if language.forms is None else language.forms.number(value)


def _whole(number: int | None, language: Language) -> str:
    return str(number) if language.forms is None or number is None else language.forms.number(number)


def _months(value: float, language: Language) -> str:
    return in_unit(value, "mo") if language.forms is None else language.forms.span(value, "mo")


def _size(figure: Figure, words: FiguresWording, language: Language) -> str:
    """How many people: of the groups where the finding says it of each, else of the study where that was verified."""
    sizes = [arm.n for arm in figure.finding.arms if arm.n is not None]
    if sizes and len(sizes) == len(figure.finding.arms):
        return _people(sizes, words, language)
    population = figure.entry.population
    if population is None or not population.verified or population.n is None:
        return words.sentences.no_size
    return _people([population.n], words, language)


def _people(sizes: Sequence[int], words: FiguresWording, language: Language) -> str:
    form = language.counted("figures.sentences.size", words.sentences.size, sum(sizes))
    return form.format(n=listed([_whole(size, language) for size in sizes], language))


def _picture(figure: Figure, words: FiguresWording, language: Language) -> Picture:
    groups = [Share(figure.words.groups[share.group], share.percent) for share in shares(figure.finding)]
    title = _head(figure, words, language)
    twin = f"{title}. {_groups(figure, words, language)}. {words.clocks[figure.finding.clock]}"
    if language.forms is None:
        return icon_array(groups, title, twin)
    drawn = icon_array(groups, title, twin, percent=language.forms.percent)
    return replace(drawn, label=frame(language).figure)
