"""The report for a tumor board: a sheet that answers, what is asked next, and on request everything behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ...answer.criteria import CriterionResult
from ...explain.when import Projection
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Banner, Block, Item, Items, Line, Page, Part, Table, Tone, line
from ..charts.timeline import Mark, Window, timeline
from .asked_next import asked_next
from .changes import change_blocks, first_due
from .full_trace import full_trace
from .lines import bullets, cell, either, plain_items, quiet, sections, shortened, titles, verdict
from .patient_line import patient_line
from .reasoning import beyond_today, question_blocks
from .studies import key_findings, leading, study

Extent = Literal["sheet", "asked", "full"]

_MISSING = "What is missing, and where each result leads"
_REASONS, _CAUTIONS, _FIGURES = 4, 5, 3
# What fits two lines of a column; the whole stands among the details.
_LONGEST = 110
_READ_WITH_CARE = "Incidence counts patients with an event, survival those without one; studies differ in patients, clock and end point."


def board(recommendation: Recommendation, extent: Extent = "asked") -> Page:
    """The report on one recommendation: the sheet to sign alone, with what a reader asks next, or with the full trace."""
    provenance = recommendation.provenance
    title = f"May maintenance be stopped? {recommendation.patient_id}"
    judged = f"Judged on {provenance.as_of} by {provenance.rules_name} {provenance.rules_version}"
    signed = (banner(recommendation), *front(recommendation), to_sign())
    if extent == "sheet":
        made = f"{judged} ({provenance.rules_hash[:12]}), input {provenance.input_hash[:12]}"
        return Page(title, made, signed, (), ())
    return Page(
        title,
        judged,
        signed,
        full_trace(recommendation) if extent == "full" else asked_next(recommendation),
        (
            recommendation.statement,
            f"Rules {provenance.rules_name} {provenance.rules_version} ({provenance.rules_hash[:12]}), engine "
            f"{provenance.engine_version}, input {provenance.input_hash[:12]}, judged on {provenance.as_of}.",
        ),
        _second_page(recommendation),
    )


def _second_page(recommendation: Recommendation) -> tuple[Block, ...]:
    when = recommendation.explanation.when
    picture = timeline(recommendation, _marks(when), _windows(recommendation, when))
    return (*overleaf(recommendation, when), *([picture] if picture is not None else []))


def to_sign() -> Table:
    """Room for what the board decides, to be filled in by hand."""
    empty = cell("\N{NO-BREAK SPACE}")
    return Table(
        "The board's decision",
        ("Decision", "By", "Date", "Review on"),
        ((empty, empty, empty, empty),),
        (55, 20, 10, 15),
    )


def banner(recommendation: Recommendation) -> Banner:
    """The answer in a box."""
    tone: Tone = "open" if not recommendation.settled else ("go" if recommendation.permissiveness >= 80 else "caution")
    lines = [line(patient_line(recommendation)), line(recommendation.headline)]
    if not recommendation.settled:
        lines.append(
            line(
                Part("Still possible: ", "strong"),
                either(titles(recommendation.rules, recommendation.possible_outcomes)),
            )
        )
    elif recommendation.cites:
        words = "Certainty of the evidence, as these rules judge it in the terms of GRADE: "
        lines.append(line(Part(words, "strong"), recommendation.certainty.replace("-", " ")))
    lines += [line(text) for text in recommendation.said_of_the_rules]
    lines.append(line(Part(recommendation.statement, "quiet")))
    return Banner(recommendation.answer, tuple(lines), tone)


def front(recommendation: Recommendation, *, asked: bool = True) -> tuple[Block, ...]:
    """What stands below the box on the first sheet: what the answer rests on, what is asked, both sides, and watching.

    Not `asked` leaves out what is missing, which takes longest where much is; `what_is_missing` is that part alone.
    """
    return sections(
        ("Options to discuss", [bullets(recommendation.options)] if recommendation.options else []),
        ("Why", _reasons(recommendation)),
        ("Blocks that are established as well", _blocks(recommendation)),
        (_MISSING, _missing(recommendation) if asked else []),
        ("Cautions", _cautions(recommendation)),
        ("Watching, and when to restart, agreed beforehand", _followup(recommendation)),
        *_figures(recommendation),
    )


def what_is_missing(recommendation: Recommendation) -> tuple[Block, ...]:
    """The part of the sheet that asks; empty where the answer is settled."""
    return sections((_MISSING, _missing(recommendation)))


def overleaf(recommendation: Recommendation, when: Projection) -> tuple[Block, ...]:
    """What follows where there is room: what else is said, what would change the answer, and the studies by name."""
    return sections(
        ("Also", _also(recommendation)),
        ("What would change the answer", change_blocks(recommendation, when)),
        ("Studies that stopped therapy", _patterns_in_short(recommendation)),
    )


def _figures(recommendation: Recommendation) -> Sequence[tuple[str, list[Block]]]:
    """Both sides of the scale, or where the answer names no stop what the studies behind it found."""
    sides = [
        Item(
            line(Part(f"{side.title}. ", "strong"), Part(side.note, "quiet")), key_findings(recommendation, side.cites)
        )
        for side in recommendation.sides
    ]
    if sides:
        return [("Both sides, in figures", [Items(tuple(sides)), quiet(_READ_WITH_CARE)])]
    figures = key_findings(recommendation, leading(recommendation))[:_FIGURES]
    return [("What studies found", [Items(figures), quiet(_READ_WITH_CARE)] if figures else [])]


def _followup(recommendation: Recommendation) -> list[Block]:
    """What studies did, the nearest to practice first; those that only test or observe stand among the details."""
    done = [
        Item(line(f"{item.what} ", Part(f"({study(recommendation, item.source)})", "quiet")))
        for plan in recommendation.followup_in_studies
        for item in plan.items
        if item.standing == "done-in-study"
    ]
    return [Items(tuple(done))] if done and recommendation.settled else []


def _blocks(recommendation: Recommendation) -> list[Block]:
    """Blocks that the answer does not name itself: off therapy they still speak against having stopped."""
    already = {item.id for item in recommendation.because}
    shown = tuple(Item(_reason(item)) for item in recommendation.blocks if item.id not in already)
    return [Items(shown)] if shown else []


def _missing(recommendation: Recommendation) -> list[Block]:
    asked = question_blocks(recommendation.explanation.questions, recommendation.rules)
    if not asked:
        return []
    unreached = [item.outcome for item in recommendation.explanation.settles if not item.sets and item.exhausted]
    blocks: list[Block] = [*asked, *beyond_today(recommendation.explanation)]
    if unreached:
        blocks.append(
            quiet(
                f"No result of today leads to {either(titles(recommendation.rules, unreached))}: earlier tests that are not on record, or time, would have to."
            )
        )
    return blocks


def _reasons(recommendation: Recommendation) -> list[Block]:
    reasons = recommendation.because
    if not reasons:
        return []
    shown = [Item(_reason(item), plain_items([_fitting(item.observed)])) for item in reasons[:_REASONS]]
    rest = [f"and: {'; '.join(item.title for item in reasons[_REASONS:])}"] if len(reasons) > _REASONS else []
    return [Items((*shown, *plain_items(rest)))]


def _fitting(observed: Sequence[str]) -> str:
    """As many observations as fit, at least one, and how many more there are."""
    shown: list[str] = []
    for text in observed:
        if shown and len("; ".join((*shown, text))) > _LONGEST:
            break
        shown.append(shortened(text, _LONGEST))
    more = [f"and {len(observed) - len(shown)} more"] if len(observed) > len(shown) else []
    return "; ".join((*shown, *more))


def _reason(item: CriterionResult) -> Line:
    return line(verdict(item.verdict), " ", Part(item.title, "strong"))


def _cautions(recommendation: Recommendation) -> list[Block]:
    already = {item.id for item in recommendation.because}
    matters = not recommendation.settled or recommendation.permissiveness > 0
    shown = [
        Item(
            line(
                verdict(item.verdict, "" if item.verdict == Verdict.MET else "cannot be excluded"),
                " ",
                item.title,
            )
        )
        for item in recommendation.cautions
        if item.id not in already and (item.verdict == Verdict.MET or matters)
    ]
    more = plain_items([f"and {len(shown) - _CAUTIONS} more"]) if len(shown) > _CAUTIONS else ()
    return [Items((*shown[:_CAUTIONS], *more))] if shown else []


def _also(recommendation: Recommendation) -> list[Block]:
    secondary = [
        Item(line(Part(f"{item.title}. ", "strong"), item.because), key_findings(recommendation, item.cites))
        for item in recommendation.secondary
    ]
    noted = recommendation.profile.considered.in_words
    if noted:
        secondary.append(Item(line(f"{noted} ", Part("(read by no rule)", "quiet"))))
    # What changes nothing stands in one item, however much of it there is.
    remarks = " ".join(f"{item.title}." for item in recommendation.remarks)
    word = [Item(line(Part(recommendation.rests_on, "strong")))] if recommendation.rests_on else []
    items = (*word, *secondary, *([Item(line(remarks))] if remarks else []))
    return [Items(items)] if items else []


def _patterns_in_short(recommendation: Recommendation) -> list[Block]:
    """Studies by verdict. Where stopping is out of the question, whose pattern is met is beside the point."""
    if recommendation.settled and recommendation.permissiveness == 0:
        return []
    groups: dict[tuple[Verdict, str], list[str]] = {}
    for name, protocol in recommendation.protocols.items():
        differs = protocol.verdict == Verdict.MET and bool(protocol.differs)
        groups.setdefault(
            (protocol.verdict, "met, but the patient differs from those studied" if differs else ""), []
        ).append(study(recommendation, name))
    order = {key: place for place, key in enumerate((Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET))}
    items = tuple(
        Item(line(verdict(key, words), f": {'; '.join(names)}"))
        for (key, words), names in sorted(groups.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    )
    return [Items(items)] if items else []


def _marks(when: Projection) -> list[Mark]:
    """The days on which another outcome would hold."""
    return [Mark(item.day, item.title) for item in when.outcomes if item.day is not None and not item.today]


def _windows(recommendation: Recommendation, when: Projection) -> list[Window]:
    """From today to the last day on which each kind of test still keeps everything open."""
    return [Window(f"{what} counts", recommendation.as_of.toordinal(), last) for what, last in first_due(when)]
