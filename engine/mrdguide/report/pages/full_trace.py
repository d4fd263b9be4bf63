"""The full trace behind an answer: every criterion, study, source and input, with their places in the rules."""

from __future__ import annotations

from ...recommend.recommendation import Recommendation
from ..blocks import Block, Item, Items, Part, Section, Table, line
from ..charts.evidence_plot import evidence_plot
from .background import background_notes, references
from .basis import basis_sections
from .board_words import board_words
from .both_sides import both_sides
from .lines import cell, either, few, plain_items, result_item, sections, verdict
from .reasoning import explanation_sections
from .studies import evidence_blocks, matrix, patterns, study_sections
from .why_grouped import grouped_reasons

_STANDING = {
    "done-in-study": "done in the study",
    "being-tested": "being tested",
    "reported": "reported",
    "observed": "observed",
}


def full_trace(recommendation: Recommendation) -> tuple[Section, ...]:
    """Every verdict with the patient's own data and its place in the rules, every study and every source."""
    when, words = recommendation.explanation.when, board_words()
    plot = evidence_plot(recommendation)
    return sections(
        ("What carries the answer", grouped_reasons(recommendation, words)),
        ("Why this answer", explanation_sections(recommendation.explanation, when)),
        ("Blocks, cautions and remarks", _judged(recommendation)),
        (
            "Study patterns, criterion by criterion",
            [*matrix(recommendation), patterns(recommendation), *study_sections(recommendation)],
        ),
        ("Risk at diagnosis", _risk(recommendation)),
        (
            "Going on and stopping, side by side",
            both_sides(recommendation.rules.evidence, words, recommendation),
        ),
        ("Evidence", evidence_blocks(recommendation, plot)),
        ("What studies did next", _plans(recommendation)),
        ("Evidence behind the rules as a whole", background_notes(recommendation.rules, words)),
        (
            "References of every other entry",
            references(recommendation.rules, frozenset(item.id for item in recommendation.evidence)),
        ),
        ("Every criterion", [_criteria(recommendation)]),
        ("Basis", basis_sections(recommendation)),
    )


def _judged(recommendation: Recommendation) -> list[Block]:
    results = [*recommendation.blocks, *recommendation.remarks]
    cautions = [
        Item(
            line(verdict(item.verdict), " ", Part(item.title, "strong"), " ", Part(item.rule, "code")),
            plain_items([*few(item.observed, 3), item.why]),
        )
        for item in recommendation.cautions
    ]
    items = (*(result_item(item) for item in results), *cautions)
    return [Items(items)] if items else []


def _risk(recommendation: Recommendation) -> list[Block]:
    rows = []
    for scheme in recommendation.risk.values():
        value = str(scheme.value)
        points = f"{scheme.points} points" if scheme.points is not None else ""
        possible = (
            ""
            if value != "unknown"
            else either([f"{item:g}" if isinstance(item, float) else str(item) for item in scheme.possible])
        )
        rows.append(
            (
                cell(scheme.title),
                line(Part(value, "strong")),
                cell(points),
                cell(possible),
                line(Part(scheme.rule, "code")),
            )
        )
    head = ("Scheme", "Class or count", "Points", "Possible", "Rule")
    return (
        [Table("Risk schemes; none is converted into another", head, tuple(rows), (35, 15, 10, 20, 20))] if rows else []
    )


def _plans(recommendation: Recommendation) -> list[Block]:
    blocks: list[Block] = []
    for plan in recommendation.followup_in_studies:
        items = tuple(
            Item(line(f"{item.what} ", Part(f"[{item.source}, {_STANDING[item.standing]}]", "quiet")))
            for item in plan.items
        )
        blocks.append(Section(plan.title, (Items(items),)))
    return blocks


def _criteria(recommendation: Recommendation) -> Table:
    rows = tuple(
        (
            line(f"{item.title} ", Part(item.rule, "code")),
            line(verdict(item.verdict)),
            cell("; ".join(few(item.observed, 3))),
            cell(", ".join(dict.fromkeys(name.partition("#")[0] for name in item.cites))),
        )
        for item in recommendation.criteria.values()
    )
    return Table(
        "Every criterion, conclusion, block, caution and remark",
        ("Rule", "Verdict", "From the profile", "Cites"),
        rows,
        (35, 15, 35, 15),
    )
