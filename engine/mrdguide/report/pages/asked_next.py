"""What a reader asks after the sheet: why, why not another answer, until when, which studies, what risk, which sources."""

from __future__ import annotations

from ...explain.why import Group, Obstacle, WhyNot
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Foldout, Item, Items, Paragraph, Part, Section, Table, line
from .background import background_notes
from .basis import basis
from .both_sides import both_sides
from .lines import bullets, cell, either, few, paragraph, plain_items, quiet, sections, verdict
from .reasoning import NEEDED, beyond_today, tree_items, window_blocks
from .studies import study
from .why_grouped import grouped_reasons

_LISTED, _IN_A_WINDOW = 12, 3
# A page is one file that needs nothing else, and a patient's name is no part of a command: whoever has the profile fills it in.
_CALENDAR = "mrdguide calendar FILE"


def asked_next(recommendation: Recommendation) -> tuple[Section, ...]:
    """The details that stand behind the sheet by default; the full trace has every criterion and source."""
    explanation = recommendation.explanation
    others = [Section(item.title, (_in_the_way(item),)) for item in explanation.worth_asking if item.reachable]
    return sections(
        ("What carries the answer", grouped_reasons(recommendation)),
        ("Going on and stopping, side by side", _side_by_side(recommendation)),
        ("What to find out first, and where each answer leads", _first_questions(recommendation)),
        ("What stands in the way of stopping", others),
        ("How long the tests on record count", _windows(recommendation)),
        ("Cautions and what else was noted", _judged(recommendation)),
        ("Studies that stopped therapy, and this patient", _studies(recommendation)),
        ("Risk at diagnosis", _risk(recommendation)),
        ("Sources", _sources(recommendation)),
        ("Evidence behind the rules as a whole", [_background(recommendation)]),
        ("What this is for, and its limits", _limits(recommendation)),
    )


def _side_by_side(recommendation: Recommendation) -> list[Block]:
    """Wherever stopping is, or may still become, a question, and where therapy was stopped already."""
    decision = recommendation.rules.decision
    asked = decision.stop_possible(recommendation.possible_outcomes) or bool(recommendation.sides)
    return both_sides(recommendation.rules.evidence) if asked else []


def _first_questions(recommendation: Recommendation) -> list[Block]:
    items = tree_items(recommendation.explanation.short_tree, recommendation.rules)
    return [Items(items), *beyond_today(recommendation.explanation)] if items else []


def _windows(recommendation: Recommendation) -> list[Block]:
    when = recommendation.explanation.when
    blocks = window_blocks(when, recommendation.rules, _IN_A_WINDOW)
    as_calendar = line(Part("As a calendar file: ", "quiet"), Part(_CALENDAR, "code"))
    return [*blocks, Paragraph(as_calendar)] if when.expiries else blocks


def _in_the_way(found: WhyNot) -> Items:
    order = (Group.UNKNOWN, Group.CHANGEABLE, Group.DECISION, Group.NOT_CHANGEABLE)
    shown = [_obstacle(item) for group in order for item in found.of(group)]
    more = plain_items([f"and {len(shown) - _LISTED} more"]) if len(shown) > _LISTED else ()
    return Items((*shown[:_LISTED], *more))


def _obstacle(item: Obstacle) -> Item:
    needed = NEEDED[item.needed]
    observed = "; ".join(few(item.criterion.observed, 2))
    told = Part(f": {'; '.join(text for text in (needed, observed) if text)}" if needed or observed else "", "quiet")
    return Item(line(verdict(item.criterion.verdict), f" {item.criterion.title}", told))


def _judged(recommendation: Recommendation) -> list[Block]:
    """Cautions and blocks that are met or unknown, each with why it counts."""
    shown = [
        Item(
            line(verdict(item.verdict), " ", Part(item.title, "strong")),
            plain_items([text for text in ("; ".join(few(item.observed, 2)), item.why) if text]),
        )
        for item in (*recommendation.blocks, *recommendation.cautions)
        if item.verdict != Verdict.NOT_MET
    ]
    remarks = [Item(line(f"{item.title}.")) for item in recommendation.remarks]
    return [Items((*shown, *remarks))] if shown or remarks else []


def _studies(recommendation: Recommendation) -> list[Block]:
    rows = []
    for name, protocol in recommendation.protocols.items():
        open_or_not_met = [item for item in protocol.criteria.values() if item.verdict != Verdict.MET]
        parts: list[str | Part] = []
        for item in open_or_not_met[:3]:
            parts += ["; "] * bool(parts) + [verdict(item.verdict, item.title)]
        rest = len(open_or_not_met) - 3
        parts += [f"; and {rest} more"] * (rest > 0)
        parts += [" ".join(protocol.differs)] * (not parts and bool(protocol.differs))
        rows.append((cell(study(recommendation, name)), line(verdict(protocol.verdict)), line(*parts)))
    if not rows:
        return []
    head = ("Study", "Its entry pattern", "What is in the way")
    return [Table("Published entry patterns, as this patient meets them", head, tuple(rows), (35, 15, 50))]


def _risk(recommendation: Recommendation) -> list[Block]:
    rows = []
    for scheme in recommendation.risk.values():
        value = str(scheme.value)
        possible = [f"{item:g}" if isinstance(item, float) else str(item) for item in scheme.possible]
        shown = f"unknown: {either(possible)}" if value == "unknown" else value
        rows.append((cell(scheme.title), line(Part(shown, "strong"))))
    if not rows:
        return []
    return [Table("Risk schemes; none is converted into another", ("Scheme", "Class or count"), tuple(rows), (60, 40))]


def _sources(recommendation: Recommendation) -> list[Block]:
    """Each cited entry in a line: its reference, and what a reader must know before using it."""
    items = tuple(
        Item(line(Part(f"{entry.name}. ", "strong"), entry.citation), plain_items(entry.warnings))
        for entry in recommendation.evidence
    )
    return [Items(items)] if items else []


def _background(recommendation: Recommendation) -> Foldout:
    told = "Guidelines, maintenance trials and what else no single rule rests on, with the studies by name."
    return Foldout(line(told), tuple(background_notes(recommendation.rules)))


def _limits(recommendation: Recommendation) -> list[Block]:
    wording, made = basis(), recommendation.provenance
    checked = "by two engines that agree" if made.cross_checked else "by one engine only: NOT cross-checked"
    return [
        paragraph(wording.intended_use),
        paragraph(Part("Not for", "strong")),
        bullets(wording.not_for),
        paragraph(Part("Limits", "strong")),
        bullets((*recommendation.limits, *wording.limits)),
        paragraph(Part("Validation: ", "strong"), wording.validation),
        *([bullets(recommendation.ignored_entries)] if recommendation.ignored_entries else []),
        quiet(
            f"Decided {checked}. Every criterion, study, figure, input and source with its place: the full trace (--full)."
        ),
    ]
