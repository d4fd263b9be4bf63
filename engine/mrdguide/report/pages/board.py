"""The report for a tumor board: a sheet that answers, what is asked next, and on request everything behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ...answer.criteria import CriterionResult
from ...answer.followup import FollowupItem
from ...explain.when import Projection
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Banner, Block, Item, Items, Line, Page, Paragraph, Part, Section, Table, Tone, line
from ..charts.timeline import Mark, Window, timeline
from ..languages.language import ENGLISH, Language
from ..languages.words import Words
from .asked_next import asked_next
from .board_words import board_words
from .both_sides import outside_of
from .changes import change_blocks, counted_until
from .full_trace import full_trace
from .lines import bullets, cell, judged, not_excluded, plain_items, quiet, sections, shortened, titles_in
from .patient_line import patient_line
from .reasoning import beyond_today, question_blocks, told_in_full
from .studies import key_findings, leading, studies_asked, study

Extent = Literal["sheet", "asked", "full"]

_REASONS, _CAUTIONS, _FIGURES = 4, 5, 3
# What fits two lines of a column; the whole stands among the details.
_LONGEST = 110


def board(
    recommendation: Recommendation, extent: Extent = "asked", language: Language = ENGLISH, calendar: str = ""
) -> Page:
    """The report on one recommendation: the sheet to sign alone, with what a reader asks next, or with the full trace.

    `calendar` is where the days ahead are served as an iCalendar file, relative to the page; without it the page names the command.
    In another language than English, what its catalogue lacks is in English and marked as such; the full trace always is.
    """
    words, provenance = board_words(language), recommendation.provenance
    title = words.text("board.title", patient=recommendation.patient_id)
    rules, day = f"{provenance.rules_name} {provenance.rules_version}", words.day(recommendation.as_of.toordinal())
    short = {"hash": provenance.rules_hash[:12], "input": provenance.input_hash[:12]}
    signed = (banner(recommendation, words), *front(recommendation, words), to_sign(words))
    if extent == "sheet":
        made = words.text("board.judged_with_input", day=day, rules=rules, **short)
        return Page(title, made, signed, (), (), frame=words.frame)
    foot = words.text("board.foot", rules=rules, engine=provenance.engine_version, day=day, **short)
    return Page(
        title,
        words.text("board.judged", day=day, rules=rules),
        signed,
        _in_english(full_trace(recommendation), words) if extent == "full" else asked_next(recommendation, words),
        (words.translated(recommendation.statement), foot),
        _second_page(recommendation, words, calendar),
        words.frame,
    )


def _in_english(sections: tuple[Section, ...], words: Words) -> tuple[Section, ...]:
    return sections if words.is_english else tuple(replace(item, language=ENGLISH.tag) for item in sections)


def _second_page(recommendation: Recommendation, words: Words, calendar: str) -> tuple[Block, ...]:
    when = recommendation.explanation.when
    picture = timeline(recommendation, words, _marks(when, words), _windows(recommendation, when, words))
    return (*overleaf(recommendation, when, words, calendar), *([picture] if picture is not None else []))


def to_sign(words: Words) -> Table:
    """Room for what the board decides, to be filled in by hand."""
    empty = cell("\N{NO-BREAK SPACE}")
    return Table(
        words.text("board.to_sign.caption"),
        tuple(words.text(f"board.to_sign.{name}") for name in ("decision", "by", "date", "review")),
        ((empty, empty, empty, empty),),
        (55, 20, 10, 15),
    )


def banner(recommendation: Recommendation, words: Words) -> Banner:
    """The answer in a box."""
    lines = [patient_line(recommendation, words), _headline(recommendation, words)]
    if not recommendation.settled:
        possible = titles_in(words, recommendation.rules, recommendation.possible_outcomes)
        lines.append(line(words.label("board.banner.still_possible"), words.either(possible)))
    elif recommendation.cites:
        certainty = words.named("certainty", recommendation.certainty)
        lines.append(line(words.label("board.banner.certainty"), certainty))
    lines += [line(words.as_it_is("layer", text)) for text in recommendation.said_of_the_rules]
    lines.append(line(Part(words.translated(recommendation.statement), "quiet")))
    return Banner(words.translated(recommendation.answer), tuple(lines), _tone(recommendation))


def _tone(recommendation: Recommendation) -> Tone:
    """Only the answer that no other one goes beyond is a plain yes; one that opens the way with cautions is not."""
    most = max(outcome.permissiveness for outcome in recommendation.rules.decision.outcomes)
    if not recommendation.settled:
        return "open"
    if recommendation.permissiveness == most:
        return "go"
    return "with-care" if recommendation.stop_possible else "caution"


def _headline(recommendation: Recommendation, words: Words) -> Line:
    """What is certain, in the words of the rules; what is missing is put together for the patient."""
    certain = recommendation.certain_already
    missing = recommendation.headline.removeprefix(certain)
    return words.joined([words.translated(certain), words.as_it_is("asked", missing)], "")


def front(recommendation: Recommendation, words: Words, *, asked: bool = True) -> tuple[Block, ...]:
    """What stands below the box on the first sheet: what the answer rests on, what is asked, both sides, and watching.

    Not `asked` leaves out what is missing, which takes longest where much is; `what_is_missing` is that part alone.
    """
    options = [words.translated(option) for option in recommendation.options]
    parts: tuple[tuple[str, Sequence[Block]], ...] = (
        ("options", [bullets(options)] if options else []),
        ("why", _reasons(recommendation, words)),
        ("blocks", _blocks(recommendation, words)),
        _missing(recommendation, words) if asked else ("missing", []),
        ("cautions", _cautions(recommendation, words)),
        ("watching", _followup(recommendation, words)),
        _figures(recommendation, words),
    )
    return sections(*((words.text(f"board.front.{name}"), blocks) for name, blocks in parts))


def what_is_missing(recommendation: Recommendation, words: Words) -> tuple[Block, ...]:
    """The part of the sheet that asks; empty where the answer is settled."""
    name, blocks = _missing(recommendation, words)
    return sections((words.text(f"board.front.{name}"), blocks))


def overleaf(recommendation: Recommendation, when: Projection, words: Words, calendar: str = "") -> tuple[Block, ...]:
    """What follows where there is room: what else is said, what would change the answer, and the studies by name."""
    return sections(
        (words.text("board.front.also"), _also(recommendation, words)),
        (words.text("board.front.changes"), change_blocks(recommendation, when, words, calendar)),
        (words.text("board.front.studies"), _patterns_in_short(recommendation, words)),
    )


def _figures(recommendation: Recommendation, words: Words) -> tuple[str, list[Block]]:
    """Both sides of the scale, or where the answer names no stop what the studies behind it found."""
    sides = [
        Item(
            line(
                words.joined([words.translated(side.title), ". "], "", "strong"),
                Part(words.translated(side.note), "quiet"),
            ),
            key_findings(recommendation, side.cites, words),
        )
        for side in recommendation.sides
    ]
    read_with_care = quiet(words.text("board.front.read_with_care"))
    if sides:
        return "both_sides", [Items(tuple(sides)), read_with_care]
    figures = key_findings(recommendation, leading(recommendation), words)[:_FIGURES]
    return "figures", [Items(figures), read_with_care] if figures else []


def _followup(recommendation: Recommendation, words: Words) -> list[Block]:
    """What studies did, the nearest to practice first; those that only test or observe stand among the details. Of one that
    would not have taken the patient that is said where a stop is the question; off therapy nobody enters a study of stopping."""
    outside = outside_of(recommendation) if recommendation.stop_possible else ()
    done = [
        Item(_done(recommendation, item, words, outside=item.source in outside))
        for plan in recommendation.followup_in_studies
        for item in plan.items
        if item.standing == "done-in-study"
    ]
    return [Items(tuple(done))] if done and recommendation.settled else []


def _done(recommendation: Recommendation, item: FollowupItem, words: Words, *, outside: bool) -> Line:
    source = Part(words.as_it_is("reference", f"[{study(recommendation, item.source)}]"), "quiet")
    said = words.joined([" (", words.text("board.sides.outside"), ")"], "", "quiet")
    return words.joined([words.translated(item.what), " ", source, *([said] if outside else [])], "")


def _blocks(recommendation: Recommendation, words: Words) -> list[Block]:
    """Blocks that the answer does not name itself: off therapy they still speak against having stopped."""
    already = {item.id for item in recommendation.because}
    shown = tuple(Item(_reason(item, words)) for item in recommendation.blocks if item.id not in already)
    return [Items(shown)] if shown else []


def _missing(recommendation: Recommendation, words: Words) -> tuple[str, list[Block]]:
    """What is asked, under a name that promises no more than is told."""
    questions = recommendation.explanation.questions
    name = "missing" if told_in_full(questions) else "missing_in_short"
    asked = question_blocks(questions, recommendation.rules, words, recommendation.possible_outcomes)
    if not asked:
        return name, []
    unreached = [item.outcome for item in recommendation.explanation.settles if not item.sets and item.exhausted]
    blocks: list[Block] = [*asked, *beyond_today(recommendation.explanation, words)]
    if unreached:
        outcomes = words.either(titles_in(words, recommendation.rules, unreached), "quiet")
        blocks.append(Paragraph(words.line("board.front.unreached", "quiet", outcomes=outcomes)))
    return name, blocks


def _reasons(recommendation: Recommendation, words: Words) -> list[Block]:
    reasons = recommendation.because
    if not reasons:
        return []
    shown = [Item(_reason(item, words), (_behind(recommendation, item, words),)) for item in reasons[:_REASONS]]
    if len(reasons) > _REASONS:
        rest = words.joined([words.translated(item.title) for item in reasons[_REASONS:]])
        shown.append(Item(words.line("board.front.and_reasons", reasons=rest)))
    return [Items(tuple(shown))]


def _behind(recommendation: Recommendation, item: CriterionResult, words: Words) -> Item:
    """The studies by name where a reason is nothing but their patterns; else the patient's own data."""
    verdict, names = studies_asked(recommendation, item.id)
    if names:
        return Item(line(judged(words, verdict), ": ", words.as_it_is("reference", "; ".join(names))))
    return Item(line(words.as_it_is("observation", _fitting(item.observed))))


def _fitting(observed: Sequence[str]) -> str:
    """As many observations as fit, at least one, and how many more there are."""
    shown: list[str] = []
    for text in observed:
        if shown and len("; ".join((*shown, text))) > _LONGEST:
            break
        shown.append(shortened(text, _LONGEST))
    more = [f"and {len(observed) - len(shown)} more"] if len(observed) > len(shown) else []
    return "; ".join((*shown, *more))


def _reason(item: CriterionResult, words: Words) -> Line:
    return line(judged(words, item.verdict), " ", Part(words.translated(item.title), "strong"))


def _cautions(recommendation: Recommendation, words: Words) -> list[Block]:
    already = {item.id for item in recommendation.because}
    matters = not recommendation.settled or recommendation.permissiveness > 0
    shown = [
        Item(
            line(
                judged(words, item.verdict, not_excluded(recommendation.rules, item, words)),
                " ",
                words.translated(item.title),
            )
        )
        for item in recommendation.cautions
        if item.id not in already and (item.verdict == Verdict.MET or matters)
    ]
    more = plain_items([words.text("board.and_more", count=len(shown) - _CAUTIONS)]) if len(shown) > _CAUTIONS else ()
    return [Items((*shown[:_CAUTIONS], *more))] if shown else []


def _also(recommendation: Recommendation, words: Words) -> list[Block]:
    secondary = [
        Item(
            line(words.joined([words.translated(item.title), ". "], "", "strong"), words.translated(item.because)),
            key_findings(recommendation, item.cites, words),
        )
        for item in recommendation.secondary
    ]
    noted = recommendation.profile.considered.in_words
    if noted:
        read_by_none = Part(words.text("board.front.read_by_no_rule"), "quiet")
        secondary.append(Item(words.joined([words.as_it_is("noted", noted), " ", read_by_none], "")))
    # What changes nothing stands in one item, however much of it there is.
    remarks = [words.joined([words.translated(item.title), "."], "") for item in recommendation.remarks]
    rests_on = recommendation.rests_on
    word = [Item(line(Part(words.as_it_is("declared", rests_on), "strong")))] if rests_on else []
    items = (*word, *secondary, *([Item(words.joined(remarks, " "))] if remarks else []))
    return [Items(items)] if items else []


def _patterns_in_short(recommendation: Recommendation, words: Words) -> list[Block]:
    """Studies by verdict. Where stopping is out of the question, whose pattern is met is beside the point."""
    if recommendation.settled and recommendation.permissiveness == 0:
        return []
    groups: dict[tuple[Verdict, bool], list[str]] = {}
    for name, protocol in recommendation.protocols.items():
        differs = protocol.verdict == Verdict.MET and bool(protocol.differs)
        groups.setdefault((protocol.verdict, differs), []).append(study(recommendation, name))
    order = {key: place for place, key in enumerate((Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET))}
    items = tuple(
        Item(
            line(
                judged(words, key, words.text("board.verdict.met_but_differs") if differs else ""),
                words.as_it_is("reference", f": {'; '.join(names)}"),
            )
        )
        for (key, differs), names in sorted(groups.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    )
    return [Items(items)] if items else []


def _marks(when: Projection, words: Words) -> list[Mark]:
    """The days on which another outcome would hold."""
    return [
        Mark(item.day, words.translated(item.title))
        for item in when.outcomes
        if item.day is not None and not item.today
    ]


def _windows(recommendation: Recommendation, when: Projection, words: Words) -> list[Window]:
    """From today to the last day on which the tests of each kind count for everything that they count for today."""
    as_of = recommendation.as_of.toordinal()
    return [
        Window(words.text("board.windows.counts", test=words.named("test", what)), as_of, last)
        for what, last in counted_until(when)
    ]
