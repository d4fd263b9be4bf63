"""The choice between going on with maintenance and ending it, as a decision aid sets it out (IPDAS, version 4).

Shown to patients to whom ending maintenance is open, or may become open when something is known that is missing now. Both
ways have the same rows with as many points; nothing here says which of them suits anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...evidence.citation import vancouver
from ...recommend.recommendation import Recommendation
from ...rulefiles.model import PlanItem
from ..blocks import Block, Item, Items, Line, Paragraph, Part, Section, Table, line
from ..languages.language import ENGLISH, Language
from .choice_wording import CheckUps, ChoiceWording, choice_wording
from .plain_record import day_in_words, listed

# Room to write in: a cell is never empty, or a screen reader would skip it.
_TO_FILL_IN = line("\N{NO-BREAK SPACE}")


def is_open(recommendation: Recommendation) -> bool:
    """Whether the choice is this patient's, or may become so by what is missing now."""
    return recommendation.stop_possible


def choice_sections(
    recommendation: Recommendation, figures: tuple[Section, ...] = (), language: Language = ENGLISH
) -> tuple[Section, ...]:
    """The choice with both ways, check-ups, the figures given, what matters to the patient, and four questions.

    Raises:
        UsageError: the words of the choice cannot be read.
    """
    words = choice_wording(language)
    title = words.title if recommendation.settled else words.title_not_yet
    return (
        Section(title, (*_told(recommendation, words), _both_ways(words))),
        Section(words.check_ups.title, (_list(_check_ups(recommendation, words.check_ups, language)),)),
        *figures,
        _what_matters(recommendation, words),
        _ready(words),
    )


def about_sections(
    recommendation: Recommendation, cited: Iterable[str], language: Language = ENGLISH
) -> tuple[Section, ...]:
    """The sources (ids of evidence entries) that stand behind the page, who made it, and until when it holds.

    Raises:
        UsageError: the words of the choice cannot be read.
        EvidenceError: an entry cannot be read.
    """
    words = choice_wording(language)
    entries = [recommendation.rules.evidence.entry(name) for name in dict.fromkeys(cited)]
    references = tuple(Item(line(f"{entry.called}. {vancouver(entry.citation)}")) for entry in entries)
    about = Section(words.about_page.title, (_list(_about(recommendation, words, language)),))
    if not references:
        return (about,)
    # Papers are cited as they were published, in English.
    cited_in = ENGLISH.tag if language is not ENGLISH else ""
    sources = (Paragraph(line(words.sources.about)), Items(references, ordered=True, language=cited_in))
    return (Section(words.sources.title, sources), about)


def _told(recommendation: Recommendation, words: ChoiceWording) -> Iterator[Block]:
    yield _list(words.illness)
    yield Paragraph(line(Part(words.decision, "strong")))
    yield _list(words.open if recommendation.settled else words.not_yet)


def _both_ways(words: ChoiceWording) -> Table:
    heads = words.table
    rows = tuple((line(row.title), _points(row.continue_), _points(row.stop)) for row in words.rows)
    return Table(heads.caption, (heads.first, heads.continue_, heads.stop), rows, (18, 41, 41))


def _points(texts: tuple[str, ...]) -> Line:
    """Several points of one cell, each on a line of its own."""
    parts: list[Part] = []
    for number, text in enumerate(texts):
        parts += [Part("", "break")] * (number > 0) + [Part(text)]
    return tuple(parts)


def _check_ups(recommendation: Recommendation, words: CheckUps, language: Language) -> Iterator[str]:
    yield from words.what
    for plan in recommendation.rules.plans:
        for item in plan.items:
            if item.every and recommendation.outcome in plan.with_outcomes:
                yield _schedule(item, words, language)
    yield words.differ


def _schedule(item: PlanItem, words: CheckUps, language: Language) -> str:
    tests = [
        _counted("each", words.each, test.months, language).format(
            what=words.names.get(test.what, test.what), months=test.months
        )
        for test in item.every
    ]
    whole = _counted("how_often", words.how_often, item.for_months, language)
    return whole.format(tests=listed(tests, language), months=item.for_months)


def _counted(name: str, english: str, months: int, language: Language) -> str:
    return language.counted(f"choice.check_ups.{name}", english, months)


def _what_matters(recommendation: Recommendation, words: ChoiceWording) -> Section:
    given = recommendation.profile.preference.values
    rows = tuple(
        (line(text), line(str(given[name])) if name in given else _TO_FILL_IN)
        for name, text in words.values.statements.items()
    )
    heads = words.values.table
    table = Table(heads.caption, (heads.first, heads.number), rows, (75, 25))
    return Section(words.values.title, (_list(words.values.about), table))


def _ready(words: ChoiceWording) -> Section:
    heads = words.ready.table
    rows = tuple((line(question), _TO_FILL_IN, _TO_FILL_IN) for question in words.ready.questions)
    table = Table(heads.caption, (heads.first, heads.yes, heads.no), rows, (70, 15, 15))
    return Section(words.ready.title, (Paragraph(line(words.ready.about)), table))


def _about(recommendation: Recommendation, words: ChoiceWording, language: Language) -> Iterator[str]:
    page, rules = words.about_page, recommendation.provenance
    name = f"{rules.rules_name} {rules.rules_version}"
    yield page.made.format(reviewed=day_in_words(words.reviewed, language), rules=name)
    late = recommendation.as_of > words.review_by
    yield (page.overdue if late else page.next_review).format(review_by=day_in_words(words.review_by, language))
    yield page.who
    yield page.limits


def _list(texts: Iterable[str]) -> Items:
    return Items(tuple(Item(line(text)) for text in texts))
