"""The page for patients: a companion to a talk with the care team, never a decision.

It tells what the program looked at and found in plain language. All clinical wording is data (`wording/`); nothing of
the rule book's own wording, which is made for clinicians, is shown here.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import UsageError
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Banner, Block, Item, Items, Line, Page, Paragraph, Part, Section, Table, line
from ..formats.frame import frame
from ..languages.language import ENGLISH, Language
from .choice import about_sections, choice_sections, is_open
from .figures import Figure, cited_by, figure_sections, figures_for, without_figures
from .plain_language import MissingWording, OutcomeWording, PageWording, Wording, explained, medicines_in, wording
from .plain_record import day_in_words, listed, record_sections

_INSUFFICIENT = "insufficient-data"
_MOST_MISSING = 8


def companion(recommendation: Recommendation, *, numbers: bool = False, language: Language = ENGLISH) -> Page:
    """The plain-language page for the patient of a recommendation; with `numbers`, with the figures that fit this patient.

    Raises:
        UsageError: the words of this page cannot be read; or the language is not English and the rules are not the shipped
            ones alone, whose own sentences no catalogue has.
    """
    _only_translated_rules(recommendation, language)
    words = _with_layers(wording(language), recommendation)
    found, titles = _outcome(recommendation, words), words.page.titles
    front: tuple[Block, ...] = (
        _banner(found, words),
        Section(titles.about, (_items(words.page.about),)),
        *_reasons(recommendation, words),
        Section(titles.next, (_items(_next(recommendation, found, words)),)),
        Section(titles.questions, (_items((*found.questions, *words.page.questions)),)),
    )
    figures = figures_for(recommendation, language) if is_open(recommendation) else ()
    details = (
        *_choice(recommendation, figures, numbers, language),
        Section(titles.looked_at, record_sections(recommendation, words, language)),
        Section(titles.not_known, (_not_known(recommendation, words),)),
        Section(titles.studies, (_items(words.page.studies),)),
    )
    return Page(
        title=words.page.title,
        subtitle=_subtitle(recommendation, words, language),
        front=front,
        details=(
            *details,
            _words_explained(words.page, (*front, *details), language),
            *about_sections(recommendation, cited_by(figures), language),
        ),
        foot=(*words.page.foot, *recommendation.said_of_the_rules),
        frame=frame(language),
    )


def _only_translated_rules(recommendation: Recommendation, language: Language) -> None:
    if language.texts and recommendation.said_of_the_rules:
        raise UsageError(
            f"the page in '{language.tag}' is made with the shipped rules alone: layers and other rule books have sentences of "
            "their own that no catalogue translates, and a page in two languages is not given; leave --words or --rules out"
        )


def _choice(
    recommendation: Recommendation, figures: tuple[Figure, ...], numbers: bool, language: Language
) -> tuple[Section, ...]:
    if is_open(recommendation):
        return choice_sections(recommendation, figure_sections(figures, language) if numbers else (), language)
    return without_figures(language) if numbers else ()


def _with_layers(words: Wording, recommendation: Recommendation) -> Wording:
    """The words with those that layers add for what is their own."""
    added = recommendation.rules.words
    if not added.reasons and not added.missing:
        return words
    missing = {path: MissingWording(what=item.what, next=item.next) for path, item in added.missing.items()}
    return words.model_copy(
        update={"reasons": {**added.reasons, **words.reasons}, "missing": {**missing, **words.missing}}
    )


def _outcome(recommendation: Recommendation, words: Wording) -> OutcomeWording:
    """The words of the outcome; neutral ones for an outcome of a rule book of the user's own."""
    name = recommendation.outcome if recommendation.settled else _INSUFFICIENT
    return words.outcomes.get(name, words.other_outcome)


def _subtitle(recommendation: Recommendation, words: Wording, language: Language) -> str:
    # The id is the reader's only anchor; it is shown as one line of printable text, whatever the profile holds.
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in recommendation.patient_id).split())
    whom = words.page.for_whom.format(name=name, day=day_in_words(recommendation.as_of, language))
    return f"{words.page.subtitle}. {whom}"


def _banner(found: OutcomeWording, words: Wording) -> Banner:
    lines = [line(text) for text in found.short]
    return Banner(words.page.short_title, (*lines, line(Part(words.page.not_alone, "strong"))), "neutral")


def _reasons(recommendation: Recommendation, words: Wording) -> tuple[Section, ...]:
    """The points behind the answer, and what may be talked about beside it."""
    ids = [result.id.removeprefix("core:") for result in recommendation.because]
    if not recommendation.settled:
        ids += [item.id for item in recommendation.cautions if item.verdict == Verdict.MET]
    points = [words.reasons[name] for name in dict.fromkeys(ids) if name in words.reasons]
    beside = [text for item in recommendation.secondary for text in _beside(item.id, recommendation, words)]
    sections = ((words.page.titles.reasons, points), (words.page.titles.beside, beside))
    return tuple(Section(title, (_items(texts),)) for title, texts in sections if texts)


def _beside(name: str, recommendation: Recommendation, words: Wording) -> list[str]:
    """An answer beside the main one; where it could be an answer by itself, with the points behind it."""
    if name not in words.also:
        return []
    outcome = next((item for item in recommendation.rules.decision.outcomes if item.id == name), None)
    points = [
        words.reasons[point]
        for point in (outcome.because if outcome is not None else ())
        if point in words.reasons and recommendation.criteria[point].verdict == Verdict.MET
    ]
    return [words.also[name], *points]


def _missing(recommendation: Recommendation, words: Wording) -> list[MissingWording]:
    found = [words.missing_at(item.path) for item in recommendation.missing]
    return list({item.what: item for item in found}.values())


def _next(recommendation: Recommendation, found: OutcomeWording, words: Wording) -> list[str]:
    steps = dict.fromkeys(item.next for item in _missing(recommendation, words)[:_MOST_MISSING])
    return [*steps, *found.next, *words.page.always_next]


def _not_known(recommendation: Recommendation, words: Wording) -> Items | Paragraph:
    missing = _missing(recommendation, words)
    if recommendation.settled:
        return Paragraph(line(words.nothing_missing))
    return _items(item.what for item in missing) if missing else Paragraph(line(words.missing_other.what))


def _items(texts: Iterable[str]) -> Items:
    return Items(tuple(Item(line(text)) for text in texts))


def _words_explained(words: PageWording, blocks: Iterable[Block], language: Language) -> Section:
    text = "\n".join([words.title, *(piece for block in blocks for piece in prose(block))])
    entries = []
    for term in explained(text, language):
        named = medicines_in(term, text)
        here = f" {words.here.format(names=listed(named, language))}" if named else ""
        entries.append(Item(line(Part(term.term, "strong"), f"{here}: {term.plain}")))
    return Section(words.titles.words, (Items(tuple(entries)),))


def prose(block: Block) -> list[str]:
    """Every line of a block of this page as plain text, titles first."""
    if isinstance(block, Section):
        return [block.title, *(piece for inner in block.blocks for piece in prose(inner))]
    if isinstance(block, Banner):
        return [block.title, *("".join(part.text for part in one) for one in block.lines)]
    if isinstance(block, Paragraph):
        return _lines(block.line)
    if isinstance(block, Items):
        return [text for item in block.items for text in _lines(item.line)]
    if isinstance(block, Table):
        cells = [text for row in block.rows for cell in row for text in _lines(cell)]
        return [block.caption, *block.head, *cells]
    return []


def _lines(texts: Line) -> list[str]:
    """A line as plain text; a cell of a table may hold several."""
    return "".join("\n" if part.style == "break" else part.text for part in texts).split("\n")
