"""One card: what may be discussed, why, what is missing, and what it rests on. Options, never a directive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..answer.evidence import CitedEntry
from ..explain.questions import Questions
from ..fhir.texts_question import TextsQuestion
from ..intake.fhir.import_report import Completeness, ImportReport
from ..logic.truth import Verdict
from ..recommend.recommendation import Recommendation
from ..report.blocks import Block, Item, Items, Page, Part, Table, line
from ..report.formats.markdown import to_markdown
from ..report.legible import legible
from ..report.pages.board_words import board_words
from ..report.pages.lines import (
    bullets,
    cell,
    either,
    few,
    not_excluded,
    paragraph,
    plain_items,
    quiet,
    result_item,
    sections,
    titles,
    verdict,
)
from ..report.pages.reasoning import beyond_today, question_blocks, tree_items
from .card_id import id_of
from .wording import wording

_LONGEST_SUMMARY = 139
_LONGEST_WORDING = 160
_REASONS, _CAUTIONS, _CRITERIA, _CITATIONS, _SET_ASIDE, _FACTS = 6, 6, 24, 12, 6, 20
_NO_STOP = "No result that is missing can lead to a stop."
_QUESTIONS = 2
_LINK_LABEL = "Whole report with every criterion and source"
_CALENDAR_LABEL = "Until when the tests on record count, as a calendar file"


def card_of(
    recommendation: Recommendation,
    report: ImportReport,
    link: str = "",
    alarm: Recommendation | None = None,
    texts: TextsQuestion | None = None,
    *,
    calendar: str = "",
) -> dict[str, Any]:
    """The card for one recommendation. `link` is the absolute address of the whole report, `calendar` that of the days
    ahead as an iCalendar file; without them there is none.

    `alarm` is the answer by what was read alone, where that is an alarm which the gaps leave open; `texts` the question on
    texts that nobody has read, which is asked first.
    """
    gaps, provenance = incomplete(report.completeness), recommendation.provenance
    # An entry dated tomorrow, or one of two values that contradict each other, may be what should have decided.
    doubtful = bool(gaps or recommendation.ignored_entries or report.conflicts)
    card: dict[str, Any] = {
        "uuid": id_of(provenance.input_hash, provenance.rules_hash, provenance.as_of),
        "summary": summary(recommendation, gaps=bool(gaps), alarm=alarm, texts=texts),
        "indicator": "warning" if doubtful or recommendation.outcome in wording().warning_outcomes else "info",
        "detail": to_markdown(_page(recommendation, report, alarm, texts)),
        "source": _source(recommendation, link),
        "overrideReasons": override_reasons(),
    }
    addresses = ((_LINK_LABEL, link), (_CALENDAR_LABEL, calendar))
    links = [{"label": label, "url": url, "type": "absolute"} for label, url in addresses if url]
    if links:
        card["links"] = links
    return card


def incomplete(states: Mapping[str, Completeness]) -> list[tuple[str, Completeness]]:
    """The parts of the record that have gaps. `null` is an answer: the client has nothing there."""
    return [(name, state) for name, state in states.items() if not state.whole]


def override_reasons() -> list[dict[str, str]]:
    """The reasons that a clinician may give for setting a card aside."""
    words = wording()
    return [
        {"code": item.code, "system": words.override_system, "display": item.display} for item in words.override_reasons
    ]


def summary(
    recommendation: Recommendation,
    *,
    gaps: bool,
    alarm: Recommendation | None = None,
    texts: TextsQuestion | None = None,
) -> str:
    """One line under 140 characters."""
    words, title = wording().summary, recommendation.title
    if alarm is not None:
        text = words.alarm.format(title=alarm.title)
    elif recommendation.settled:
        text = words.settled.format(title=title)
    elif texts is not None:
        text = words.open.format(title=title, missing=texts.ask)
    elif recommendation.missing:
        text = words.open.format(title=title, missing=recommendation.missing[0].what)
    else:
        text = words.open_bare.format(title=title)
    return shortened(f"{words.incomplete} {legible(text)}" if gaps else legible(text), _LONGEST_SUMMARY)


def shortened(text: str, longest: int) -> str:
    """`text` in at most so many characters, cut between words."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut[longest // 2 :] else cut}\N{HORIZONTAL ELLIPSIS}"


def _source(recommendation: Recommendation, link: str) -> dict[str, str]:
    pack = recommendation.rules.pack
    source = {"label": f"mrdguide: {pack.name} {pack.version}"}
    return {**source, "url": link} if link else source


def _page(
    recommendation: Recommendation, report: ImportReport, alarm: Recommendation | None, texts: TextsQuestion | None
) -> Page:
    provenance = recommendation.provenance
    front: list[Block] = []
    if not recommendation.settled:
        front.append(
            paragraph(
                Part("Still possible: ", "strong"),
                either(titles(recommendation.rules, recommendation.possible_outcomes)),
            )
        )
        if not recommendation.stop_possible:
            front.append(paragraph(_NO_STOP))
    front += [paragraph(text) for text in recommendation.said_of_the_rules]
    front += sections(
        ("What was read shows an alarm", _alarm(alarm) if alarm is not None else []),
        ("Data that are not complete", _gaps(report)),
        ("Options to discuss", [bullets(recommendation.options)] if recommendation.options else []),
        ("Also", _also(recommendation)),
        ("Why", _why(recommendation)),
        ("What to ask first", _asked_of_texts(texts) if texts is not None else _asked(recommendation)),
        ("What is missing, and where each result leads", _missing(recommendation if texts is None else texts.then)),
        ("Cautions", _cautions(recommendation)),
        ("Values that contradict each other or were set aside", _set_aside(recommendation, report)),
        ("Criteria", _criteria(recommendation)),
        ("Data read", _facts(report)),
        ("Limits", [bullets(recommendation.limits)] if recommendation.limits else []),
        ("Evidence", _citations(recommendation)),
    )
    foot = (
        recommendation.statement,
        f"Rules {provenance.rules_name} {provenance.rules_version} ({provenance.rules_hash[:12]}), engine "
        f"{provenance.engine_version}, code tables {report.tables or 'none'}, input {provenance.input_hash[:12]}, "
        f"judged on {provenance.as_of}.",
    )
    return Page(recommendation.title, recommendation.headline, tuple(front), (), foot)


def _alarm(alarm: Recommendation) -> list[Block]:
    """What was read says so by itself; only what was not read could explain it otherwise."""
    said = f"By what was read alone the answer would be: {alarm.title}. What was not read leaves it open."
    return [paragraph(said), *_why(alarm)]


def _gaps(report: ImportReport) -> list[Block]:
    states, words = report.completeness, wording().completeness
    texts = [f"{name} {words.get(state.value, state.value)}" for name, state in incomplete(states)]
    if not texts:
        return []
    empty = [name for name, state in states.items() if state is Completeness.NO_DATA]
    texts += [f"{name} {words[Completeness.NO_DATA.value]}" for name in empty]
    texts += _unread(report)
    texts += [
        f"To be read by a person: {text.name}{f' of {text.date}' if text.date else ''} ({', '.join(text.open)}): "
        f"{shortened(legible(text.wording), _LONGEST_WORDING)}"
        for text in report.to_be_read[:_SET_ASIDE]
    ]
    if report.to_be_read:
        texts.append(wording().texts_question)
    return [paragraph("What is said below holds only for the data that were handed over."), bullets(texts)]


def _unread(report: ImportReport) -> list[str]:
    """How many resources were not read that could change the answer, and some of them with what they could change."""
    named = {f"{gap.resource_type}/{gap.resource_id}": gap for gap in report.gaps}
    if not named:
        return []
    some = "; ".join(f"{name} ({', '.join(gap.domains)})" for name, gap in list(named.items())[:_SET_ASIDE])
    number = "1 resource was" if len(named) == 1 else f"{len(named)} resources were"
    return [f"{number} not read, among them {some}"]


def _also(recommendation: Recommendation) -> list[Block]:
    secondary = [Item(line(Part(f"{item.title}. ", "strong"), item.because)) for item in recommendation.secondary]
    word = [Item(line(Part(recommendation.rests_on, "strong")))] if recommendation.rests_on else []
    items = (*word, *secondary, *(Item(line(item.title)) for item in recommendation.remarks))
    return [Items(items)] if items else []


def _why(recommendation: Recommendation) -> list[Block]:
    reasons = list(recommendation.because)
    named = {item.id for item in reasons}
    # Off therapy a block speaks against having stopped, though it is not what decides.
    reasons += [item for item in recommendation.blocks if item.id not in named]
    shown = [result_item(item, observed=3) for item in reasons[:_REASONS]]
    rest = _rest([item.title for item in reasons], _REASONS)
    return [Items((*shown, *plain_items(rest)))] if shown else []


def _asked_of_texts(texts: TextsQuestion) -> list[Block]:
    """The question on texts, and what else is to be asked where none of them reports disease."""
    ends = [
        f"{answer} \N{RIGHTWARDS ARROW} {either(titles(texts.then.rules, outcomes))}"
        for answer, outcomes in texts.leads_to.items()
    ]
    first = Items((Item(line(Part(texts.ask, "strong")), plain_items(ends)),))
    besides = _asked(texts.then)
    return [first, *([quiet("If none of them does, ask:"), *besides] if besides else [])]


def _asked(recommendation: Recommendation) -> list[Block]:
    """The first questions; all of them stand in the report."""
    first = recommendation.explanation.first_questions(_QUESTIONS)
    return question_blocks(
        Questions(first, settles_within=None, later=(), also_not_known=()),
        recommendation.rules,
        board_words(),
        recommendation.possible_outcomes,
    )


def _missing(recommendation: Recommendation) -> list[Block]:
    words = board_words()
    tree = tree_items(recommendation.explanation.short_tree, words, recommendation.rules)
    return [Items(tree), *beyond_today(recommendation.explanation, words)] if tree else []


def _cautions(recommendation: Recommendation) -> list[Block]:
    # Where stopping is ruled out, only cautions that are established say something.
    matters = not recommendation.settled or recommendation.permissiveness > 0
    already = {item.id for item in recommendation.because}
    found = [
        (
            line(verdict(item.verdict, not_excluded(recommendation.rules, item, board_words())), " ", item.title),
            item.title,
        )
        for item in recommendation.cautions
        if item.verdict == Verdict.MET or matters
        if item.id not in already
    ]
    rest = _rest([title for _, title in found], _CAUTIONS)
    return [Items((*(Item(head) for head, _ in found[:_CAUTIONS]), *plain_items(rest)))] if found else []


def _set_aside(recommendation: Recommendation, report: ImportReport) -> list[Block]:
    texts = [f"{item.what}: {' / '.join(item.values)}; none was chosen" for item in report.conflicts]
    texts += [item.text for item in report.issues if item.severity != "information"]
    texts += recommendation.ignored_entries
    return [bullets(few(list(dict.fromkeys(texts)), _SET_ASIDE))] if texts else []


def _criteria(recommendation: Recommendation) -> list[Block]:
    """The criteria that bear on the answer: those that decide, block or caution, and those it waits for."""
    waiting = [name for item in recommendation.missing for name in item.criteria]
    bearing = [item.id for item in (*recommendation.because, *recommendation.blocks)]
    bearing += [*waiting, *(item.id for item in recommendation.cautions if item.verdict == Verdict.MET)]
    why = recommendation.explanation.why
    bearing += [item.id for item in why.reasons] if why is not None else []
    results = [recommendation.criteria[name] for name in dict.fromkeys(bearing)]
    rows = tuple(
        (
            line(f"{item.title} ", Part(item.rule, "code")),
            line(verdict(item.verdict)),
            cell("; ".join(few(item.observed, 3))),
            cell(", ".join(dict.fromkeys(name.partition("#")[0] for name in item.cites))),
        )
        for item in results[:_CRITERIA]
    )
    caption, head = "Criteria that the answer rests on or waits for", ("Criterion", "Verdict", "This patient", "Cites")
    rest = _rest([item.title for item in results], _CRITERIA)
    return [Table(caption, head, rows), *(quiet(text) for text in rest)] if rows else []


def _facts(report: ImportReport) -> list[Block]:
    """What was taken from the record, with the resource that it stands in, so that it can be looked up and corrected."""
    rows = tuple(
        (cell(item.what), cell(item.date), cell(item.original), cell(f"{item.resource_type}/{item.resource_id}"))
        for item in report.facts[:_FACTS]
    )
    more = [f"and {len(report.facts) - _FACTS} more"] if len(report.facts) > _FACTS else []
    head = ("What", "Date", "As recorded", "From")
    return [Table("Facts taken from the record", head, rows), *map(quiet, more)] if rows else []


def _citations(recommendation: Recommendation) -> list[Block]:
    items = [
        Item(line(Part(f"{entry.name}.", "strong"), f" {entry.citation}"), plain_items(_about(entry)))
        for entry in recommendation.evidence[:_CITATIONS]
    ]
    rest = _rest([entry.name for entry in recommendation.evidence], _CITATIONS)
    return [Items((*items, *plain_items(rest)))] if items else []


def _about(entry: CitedEntry) -> list[str]:
    compared = f"Compared: {entry.compared}." if entry.compared else ""
    texts = [entry.summary, compared, ", ".join(entry.identifiers), *(f"Warning: {text}" for text in entry.warnings)]
    return [text for text in texts if text]


def _rest(named: Sequence[str], most: int) -> list[str]:
    return [f"and: {'; '.join(named[most:])}"] if len(named) > most else []
