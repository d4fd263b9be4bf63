"""What a reader asks after the sheet: why, why not another answer, until when, which studies, what risk, which sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...answer.criteria import CriterionResult
from ...explain.why import Group, Obstacle, WhyNot
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Foldout, Item, Items, Line, Paragraph, Part, Section, Table, line
from ..languages.language import ENGLISH
from ..languages.words import Words
from .background import background_notes
from .basis import basis
from .both_sides import both_sides
from .lines import bullets, cell, few, judged, paragraph, plain_items, sections
from .patient_line import risk_is_told
from .reasoning import beyond_today, tree_items, window_blocks
from .studies import study
from .why_grouped import grouped_reasons

_LISTED, _IN_A_WINDOW = 12, 3


def asked_next(recommendation: Recommendation, words: Words) -> tuple[Section, ...]:
    """The details that stand behind the sheet by default; the full trace has every criterion and source."""
    explanation = recommendation.explanation
    others = [
        Section(words.translated(item.title), (_in_the_way(item, words),))
        for item in explanation.worth_asking
        if item.reachable
    ]
    parts: tuple[tuple[str, Sequence[Block]], ...] = (
        ("carries", grouped_reasons(recommendation, words)),
        ("side_by_side", _side_by_side(recommendation, words)),
        ("first", _first_questions(recommendation, words)),
        ("in_the_way", others),
        ("windows", _windows(recommendation, words)),
        ("cautions", _judged(recommendation, words)),
        ("studies", _studies(recommendation, words)),
        ("risk", _risk(recommendation, words)),
        ("sources", _sources(recommendation, words)),
        ("evidence", [_background(recommendation, words)]),
        ("limits", _limits(recommendation, words)),
    )
    return sections(*((words.text(f"board.asked_next.{name}"), blocks) for name, blocks in parts))


def _side_by_side(recommendation: Recommendation, words: Words) -> list[Block]:
    """Wherever stopping is, or may still become, a question, and where therapy was stopped already."""
    decision = recommendation.rules.decision
    asked = decision.stop_possible(recommendation.possible_outcomes) or bool(recommendation.sides)
    return both_sides(recommendation.rules.evidence, words, recommendation) if asked else []


def _first_questions(recommendation: Recommendation, words: Words) -> list[Block]:
    items = tree_items(recommendation.explanation.short_tree, words, recommendation.rules)
    return [Items(items), *beyond_today(recommendation.explanation, words)] if items else []


def _windows(recommendation: Recommendation, words: Words) -> list[Block]:
    return window_blocks(recommendation.explanation.when, recommendation.rules, words, _IN_A_WINDOW)


def _in_the_way(found: WhyNot, words: Words) -> Items:
    order = (Group.UNKNOWN, Group.CHANGEABLE, Group.DECISION, Group.NOT_CHANGEABLE)
    shown = [_obstacle(item, words) for group in order for item in found.of(group)]
    more = plain_items([words.text("board.and_more", count=len(shown) - _LISTED)]) if len(shown) > _LISTED else ()
    return Items((*shown[:_LISTED], *more))


def _obstacle(item: Obstacle, words: Words) -> Item:
    told = [] if item.needed is Verdict.UNKNOWN else [words.text(f"board.asked_next.has_to_be_{item.needed.value}")]
    told += _observed(item.criterion, words)
    after = words.joined([": ", words.joined(told, style="quiet")], "", "quiet") if told else line()
    title = words.joined([" ", words.translated(item.criterion.title)], "")
    return Item(line(judged(words, item.criterion.verdict), title, after))


def _observed(item: CriterionResult, words: Words) -> list[str]:
    """The first of the patient's own data behind a verdict; nothing where there are none."""
    observed = "; ".join(few(item.observed, 2))
    return [words.as_it_is("observation", observed)] if observed else []


def _judged(recommendation: Recommendation, words: Words) -> list[Block]:
    """Cautions and blocks that are met or unknown, each with why it counts."""
    shown = [
        Item(
            line(judged(words, item.verdict), " ", Part(words.translated(item.title), "strong")),
            plain_items([text for text in (*_observed(item, words), words.translated(item.why)) if text]),
        )
        for item in (*recommendation.blocks, *recommendation.cautions)
        if item.verdict != Verdict.NOT_MET
    ]
    remarks = [Item(words.joined([words.translated(item.title), "."], "")) for item in recommendation.remarks]
    return [Items((*shown, *remarks))] if shown or remarks else []


def _studies(recommendation: Recommendation, words: Words) -> list[Block]:
    rows = []
    for name, protocol in recommendation.protocols.items():
        open_or_not_met = [item for item in protocol.criteria.values() if item.verdict != Verdict.MET]
        parts: list[str | Part | Line] = []
        for item in open_or_not_met[:3]:
            parts += ["; "] * bool(parts) + [judged(words, item.verdict, words.translated(item.title))]
        rest = len(open_or_not_met) - 3
        parts += [words.text("board.and_the_rest", count=rest)] * (rest > 0)
        if not parts:
            parts.append(words.joined([words.translated(text) for text in protocol.differs], " "))
        named = words.as_it_is("reference", study(recommendation, name))
        rows.append((cell(named), line(judged(words, protocol.verdict)), line(*parts)))
    if not rows:
        return []
    head = tuple(words.text(f"board.asked_next.{name}") for name in ("study", "pattern", "obstacle"))
    return [Table(words.text("board.asked_next.patterns"), head, tuple(rows), (35, 15, 50))]


def _risk(recommendation: Recommendation, words: Words) -> list[Block]:
    rows = []
    for scheme in recommendation.risk.values() if risk_is_told(recommendation) else ():
        value = str(scheme.value)
        possible = [f"{item:g}" if isinstance(item, float) else str(item) for item in scheme.possible]
        if value == "unknown":
            either = words.either([words.named("risk", one) for one in possible], "strong")
            shown = words.line("board.asked_next.unknown", "strong", possible=either)
        else:
            shown = line(Part(words.named("risk", value), "strong"))
        rows.append((cell(words.translated(scheme.title)), shown))
    if not rows:
        return []
    head = tuple(words.text(f"board.asked_next.{name}") for name in ("scheme", "class"))
    return [Table(words.text("board.asked_next.schemes"), head, tuple(rows), (60, 40))]


def _sources(recommendation: Recommendation, words: Words) -> list[Block]:
    """Each cited entry in a line: its reference, and what a reader must know before using it."""
    items = tuple(
        Item(line(Part(f"{entry.name}. ", "strong"), entry.citation), plain_items(entry.warnings))
        for entry in recommendation.evidence
    )
    return [Items(items, language="" if words.is_english else ENGLISH.tag)] if items else []


def _background(recommendation: Recommendation, words: Words) -> Foldout:
    told = words.text("board.asked_next.background")
    return Foldout(line(told), tuple(background_notes(recommendation.rules, words)))


def _limits(recommendation: Recommendation, words: Words) -> list[Block]:
    wording, checked = basis(), recommendation.provenance.cross_checked
    decided = words.text(f"board.limits.{'two_engines' if checked else 'one_engine'}")
    return [
        paragraph(words.translated(wording.intended_use)),
        paragraph(Part(words.text("board.limits.not_for"), "strong")),
        _translated(wording.not_for, words),
        paragraph(Part(words.text("board.limits.limits"), "strong")),
        _translated((*recommendation.limits, *wording.limits), words),
        paragraph(words.label("board.limits.validation"), words.translated(wording.validation)),
        *set_aside(recommendation, words),
        Paragraph(words.joined([decided, words.text("board.limits.rest")], " ", "quiet")),
    ]


def _translated(texts: Iterable[str], words: Words) -> Items:
    return bullets(words.translated(text) for text in texts)


def set_aside(recommendation: Recommendation, words: Words) -> list[Block]:
    """What of the record was not used."""
    entries = recommendation.ignored_entries
    return [bullets(words.as_it_is("set-aside", text) for text in entries)] if entries else []
