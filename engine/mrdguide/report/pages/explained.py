"""Pages of their own for an explanation, for one question why not, and for a difference."""

from __future__ import annotations

from ...explain.when import Projection
from ...explain.why import WhyNot
from ...recommend.recommendation import Recommendation
from ...recommend.what_if import Difference
from ..blocks import Banner, Block, Item, Items, Line, Page, Part, Table, Tone, line
from .board_words import board_words
from .lines import cell, either, paragraph, plain_items, quiet, sections, titles, verdict
from .reasoning import explanation_sections, why_not_blocks
from .why_grouped import reasons_in_short


def explanation_page(recommendation: Recommendation, projection: Projection) -> Page:
    """Everything that can be said about an answer."""
    return Page(
        f"{recommendation.patient_id}: why {recommendation.outcome}?",
        f"Judged on {recommendation.provenance.as_of}",
        (
            _answer(recommendation),
            *sections(("What carries the answer", reasons_in_short(recommendation, board_words()))),
            *explanation_sections(recommendation.explanation, projection),
        ),
        (),
        (*recommendation.said_of_the_rules, recommendation.statement),
    )


def why_not_page(recommendation: Recommendation, found: WhyNot) -> Page:
    """What stands in the way of one other answer."""
    return Page(
        f"{recommendation.patient_id}: why not {found.id}?",
        f"{found.title} ({found.rule}); judged on {recommendation.provenance.as_of}",
        (_answer(recommendation), *why_not_blocks(found)),
        (),
        (*recommendation.said_of_the_rules, recommendation.statement),
    )


def difference_page(difference: Difference) -> Page:
    """What a change makes of an answer."""
    before, after = difference.before, difference.after
    told = "The answer stays the same." if difference.same_answer else "The answer is another one."
    tone: Tone = "neutral" if difference.same_answer else "open"
    blocks: tuple[Block, ...] = (
        Banner(told, (_one("Before", before, after), _one("After", after, before)), tone),
        *sections(
            ("Changed", [Items(plain_items(difference.changes))] if difference.changes else []),
            ("Verdicts that change", _flips(difference)),
            ("Reasons", _came_and_went(difference.reasons_removed, difference.reasons_added)),
            ("Missing", _came_and_went(difference.missing_removed, difference.missing_added)),
        ),
    )
    return Page(
        f"{before.patient_id}: what if?",
        f"Judged on {after.provenance.as_of}",
        blocks,
        (),
        (*after.said_of_the_rules, before.statement),
    )


def _answer(recommendation: Recommendation) -> Banner:
    lines: list[Line] = [line(recommendation.headline)]
    if not recommendation.settled:
        lines.append(line(Part("Still possible: ", "strong"), either(_possible(recommendation))))
    tone: Tone = "neutral" if recommendation.settled else "open"
    return Banner(f"{recommendation.title} ({recommendation.outcome})", tuple(lines), tone)


def _possible(recommendation: Recommendation) -> list[str]:
    return titles(recommendation.rules, recommendation.possible_outcomes)


def _one(word: str, recommendation: Recommendation, other: Recommendation) -> Line:
    possible = "" if recommendation.settled else f" (still possible: {either(_possible(recommendation))})"
    day = recommendation.provenance.as_of
    judged = f" (judged on {day})" if day != other.provenance.as_of else ""
    return line(Part(f"{word}{judged}: ", "strong"), f"{recommendation.title}{possible}")


def _flips(difference: Difference) -> list[Block]:
    """The changes of verdicts that the answer looks at, and how many others there are."""
    if not difference.verdict_changes:
        return [paragraph("No verdict changes.")]
    rules = difference.before.rules
    asked = {rules.compiled_criteria[slot].rule.id for slot in rules.decider.asked}
    shown = [
        change
        for change in difference.verdict_changes
        if change.id in asked or change.kind in ("block", "caution", "protocol")
    ]
    rows = tuple(
        (cell(change.title), cell(change.kind), line(verdict(change.before)), line(verdict(change.after)), line(Part(change.rule, "code")))
        for change in shown
    )  # fmt: skip
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                "Rules whose verdict is another one",
                ("Rule", "Kind", "Before", "After", "Where"),
                rows,
                (35, 15, 15, 15, 20),
            )
        )
    rest = len(difference.verdict_changes) - len(shown)
    if rest:
        blocks.append(
            quiet(f"{'And ' if rows else ''}{rest} that the answer does not look at directly (all of them in JSON).")
        )
    return blocks


def _came_and_went(gone: tuple[str, ...], come: tuple[str, ...]) -> list[Block]:
    items = [Item(line(Part("gone: ", "strong"), text)) for text in gone]
    items += [Item(line(Part("new: ", "strong"), text)) for text in come]
    return [Items(tuple(items))] if items else []
