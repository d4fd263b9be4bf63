"""The pages of a lesson: the list of cases, a case as a board would hear it, the answers to choose from, the feedback."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..answer.criteria import CriterionResult
from ..answer.evidence import CitedEntry
from ..explain.why import Obstacle
from ..recommend.recommendation import Recommendation
from ..report.blocks import Banner, Block, Item, Items, Page, Paragraph, Part, Section, Style, Table, line
from .case_facts import case_sections
from .cases import Choice, choices

if TYPE_CHECKING:
    from .cases import Lesson

_OBSERVED = 4
_EVIDENCE = 2
_OBSTACLES = 5
_STYLES: dict[str, tuple[Style, str]] = {
    "met": ("met", "met"), "not_met": ("not_met", "not met"), "unknown": ("unknown", "unknown"),
}  # fmt: skip
_FOOT = ("Every patient here is invented.",)


def lessons_page(lessons: Sequence[Lesson]) -> Page:
    """Every case by its number and question. Titles are kept for later: some would give the answer away."""
    asked = Items(tuple(Item(line(Part(f"{item.number}. ", "strong"), item.question)) for item in lessons))
    return Page(
        "Teaching cases", f"{len(lessons)} cases, each with one point. Name one by its number.", (asked,), (), _FOOT
    )


def case_page(lesson: Lesson) -> Page:
    """The facts of a case as a board would hear them, without any judgement; the patient's name would tell too much."""
    return Page(
        f"Case {lesson.number}",
        f"The day of the board is {lesson.as_of}",
        (Paragraph(line(Part(lesson.question, "strong"))), *case_sections(lesson.example.path, lesson.as_of)),
        (),
        _FOOT,
    )


def choices_page(known: Sequence[Choice]) -> Page:
    """The answers a learner may give."""
    main, beside = ([item for item in known if item.beside is which] for which in (False, True))
    blocks: tuple[Block, ...] = (_choices(main),)
    if beside:
        blocks = (*blocks, Section("Or an answer that stands beside a main one", (_choices(beside),)))
    return Page("Your answer", "What does the evidence support discussing?", blocks, (), ())


def _choices(known: Sequence[Choice]) -> Items:
    return Items(tuple(Item(line(f"{item.number}. ", Part(item.id, "strong"), f": {item.headline}")) for item in known))


def handout_page(lessons: Sequence[Lesson], known: Sequence[Choice]) -> Page:
    """Every case on paper: the facts, the answers to choose from, and room to write; nothing of the solution."""
    return Page(
        "Teaching cases",
        f"{len(lessons)} cases. For each: what does the evidence support discussing, and why?",
        (Section("The answers", (_choices([item for item in known if not item.beside]),)),),
        tuple(
            Section(
                f"Case {item.number}",
                (
                    Paragraph(line(f"The day of the board is {item.as_of}. ", Part(item.question, "strong"))),
                    *case_sections(item.example.path, item.as_of),
                    Paragraph(
                        line("My answer: ______________________  Because: ______________________________________")
                    ),
                ),
            )
            for item in lessons
        ),
        _FOOT,
    )


def key_page(solved: Sequence[tuple[Lesson, Recommendation]]) -> Page:
    """For the teacher: the answer of each case, what else is right, the reasons, the point and the evidence."""
    rows = tuple(
        (
            line(f"{item.number}"),
            line(item.title),
            line(", ".join(_called(answer, (answer.outcome, *item.example.accepted)))),
        )
        for item, answer in solved
    )
    return Page(
        "Teaching cases: the key",
        f"{len(solved)} cases, as the rules answer them",
        (Table("The answers", ("case", "title", "right"), rows),),
        tuple(
            Section(
                f"Case {item.number}: {item.title}",
                (
                    Paragraph(line(Part(_called(answer, (answer.outcome,))[0], "strong"), f": {answer.headline}")),
                    *_sections(
                        ("The point", _point(item)),
                        ("Why", _why(answer)),
                        ("What is missing, and where each result leads", _missing(answer)),
                        ("Also", _also(answer)),
                        ("Evidence", _evidence(answer)),
                    ),
                ),
            )
            for item, answer in solved
        ),
        _FOOT,
    )


def farewell_page(lesson: Lesson) -> Page:
    """When no answer came."""
    return Page(
        "No answer given",
        "That is fine.",
        (Paragraph(line(f"Case {lesson.number} is here whenever you want to come back to it.")),),
        (),
        (),
    )


def feedback_page(lesson: Lesson, answer: Choice, recommendation: Recommendation) -> Page:
    """Whether the answer was right, the engine's answer with its reasons, what is missing, the point, the limits."""
    return Page(
        f"Case {lesson.number}: {lesson.title}",
        f"Judged on {lesson.as_of}",
        (
            _told(lesson, answer, recommendation),
            *_sections(
                (f"Why not “{answer.title}”", _why_not(lesson, answer, recommendation)),
                ("The point", _point(lesson)),
                ("Why", _why(recommendation)),
                ("What is missing, and where each result leads", _missing(recommendation)),
                ("Also", _also(recommendation)),
                ("How sure this is", _limits(recommendation)),
                ("Evidence", _evidence(recommendation)),
            ),
        ),
        (),
        (*_FOOT, recommendation.statement),
    )


def _sections(*parts: tuple[str, Block | None]) -> tuple[Section, ...]:
    return tuple(Section(title, (block,)) for title, block in parts if block is not None)


def _told(lesson: Lesson, answer: Choice, recommendation: Recommendation) -> Banner:
    right = lesson.accepts(answer.id, recommendation.outcome)
    (outcome,) = _called(recommendation, (recommendation.outcome,))
    engine = line("The engine's answer is ", Part(outcome, "strong"), f": {recommendation.headline}")
    lines = [engine]
    if not recommendation.settled:
        lines.append(line(f"Still possible: {'; '.join(_called(recommendation, recommendation.possible_outcomes))}."))
    if right and answer.id != recommendation.outcome:
        first = line(
            "You answered ", Part(answer.title, "strong"), ". This case takes it as right beside its main answer."
        )
        return Banner("Right as well", (first, *lines), "neutral")
    if right:
        return Banner("Right", (line("You answered ", Part(answer.title, "strong"), "."), *lines), "go")
    first = line("You answered ", Part(answer.title, "strong"), f". {_kindly(answer, recommendation)}")
    return Banner("Not this time", (first, *lines), "caution")


def _called(recommendation: Recommendation, answers: Iterable[str]) -> list[str]:
    """Answers by their titles, those beside a main one too."""
    titles = {choice.id: choice.title for choice in choices(recommendation.rules)}
    return [titles[name] for name in answers]


def _kindly(answer: Choice, recommendation: Recommendation) -> str:
    """What is right about an answer that is not the engine's."""
    if not recommendation.settled and answer.id in recommendation.possible_outcomes:
        return "It is one of the answers still possible, but something that is not known can still change it."
    if not recommendation.settled:
        return "Something that decides is not known yet, and no result of it would lead to this answer alone."
    if any(item.id == answer.id for item in recommendation.secondary):
        return "It holds as well, beside the main answer."
    if answer.id == recommendation.rules.decision.insufficient.id:
        return "Here what is known is enough: whatever else might be found, the answer stays the same."
    if answer.beside:
        return "It stands beside a main answer, and what it asks for does not hold here."
    if answer.permissiveness > recommendation.permissiveness:
        return "It opens the way to stopping further than the rules do here; see below what decides."
    if answer.permissiveness < recommendation.permissiveness:
        return "It is a careful answer, but not the one that fits these facts."
    return "The rules come to another answer from these facts; see below what decides."


def _why_not(lesson: Lesson, answer: Choice, recommendation: Recommendation) -> Items | None:
    """What stands in the way of an answer that is not right: criteria as they are, and as they would have to be."""
    rules = recommendation.rules
    if lesson.accepts(answer.id, recommendation.outcome) or answer.id == rules.decision.insufficient.id:
        return None
    if answer.beside:
        if any(item.id == answer.id for item in recommendation.secondary):
            return None
        names = rules.decider.deciding(f"secondary:{answer.id}", recommendation.decided.verdicts)
        found = [recommendation.criteria[name] for name in names if name in rules.rules]
        return Items(tuple(_reason(result) for result in found[:_OBSTACLES])) if found else None
    why_not = recommendation.explanation.why_not(answer.id)
    if not why_not.obstacles:
        return _list([line("No verdicts of this rule book lead there from here.")]) if not why_not.reachable else None
    return Items(tuple(_obstacle(item) for item in why_not.obstacles[:_OBSTACLES]))


def _obstacle(item: Obstacle) -> Item:
    style, words = _STYLES[item.criterion.verdict.value]
    needed = _STYLES[item.needed.value][1]
    head = line(Part(words, style), " ", Part(item.criterion.title, "strong"), f": it would have to be {needed}")
    return Item(head, tuple(Item(line(text)) for text in _few(item.criterion.observed)))


def _point(lesson: Lesson) -> Paragraph:
    if lesson.as_of == lesson.written_for:
        return Paragraph(line(Part(lesson.point, "strong")))
    return Paragraph(line(Part(lesson.point, "strong"), f" (The case was made for {lesson.written_for}.)"))


def _why(recommendation: Recommendation) -> Items | None:
    if recommendation.because:
        return Items(tuple(_reason(result) for result in recommendation.because))
    open_ids = dict.fromkeys(name for item in recommendation.missing for name in item.criteria)
    return Items(tuple(_reason(recommendation.criteria[name]) for name in open_ids)) if open_ids else None


def _reason(result: CriterionResult) -> Item:
    style, words = _STYLES[result.verdict.value]
    head = line(Part(words, style), " ", Part(result.title, "strong"), " ", Part(result.rule, "code"))
    below = [*_few(result.observed), *([f"Why it matters: {result.why}"] if result.why else [])]
    return Item(head, tuple(Item(line(text)) for text in below))


def _few(observed: Sequence[str]) -> list[str]:
    if len(observed) <= _OBSERVED:
        return list(observed)
    return [*observed[: _OBSERVED - 1], f"and {len(observed) - _OBSERVED + 1} more"]


def _missing(recommendation: Recommendation) -> Items | None:
    items = tuple(
        Item(
            line(Part("unknown", "unknown"), " ", Part(item.what, "strong")),
            tuple(
                Item(line(f"{found}: {' or '.join(_called(recommendation, outcomes))}"))
                for found, outcomes in item.leads_to.items()
            ),
        )
        for item in recommendation.missing
    )
    return Items(items) if items else None


def _also(recommendation: Recommendation) -> Items | None:
    beside = [(*_called(recommendation, (item.id,)), item.because, item.rule) for item in recommendation.secondary]
    beside += [("worth saying", result.title, result.rule) for result in recommendation.remarks]
    return _list(line(Part(name, "strong"), f": {text} ", Part(rule, "code")) for name, text, rule in beside)


def _limits(recommendation: Recommendation) -> Items | None:
    certainty = recommendation.certainty.replace("-", " ")
    return _list(
        [line(f"Certainty of the evidence (GRADE): {certainty}."), *(line(text) for text in recommendation.limits)]
    )


def _evidence(recommendation: Recommendation) -> Items | None:
    """A few entries behind what decides here, those that show a figure first; matching a study's pattern does not count."""
    decides = {recommendation.outcome, *(result.id for result in recommendation.because)}
    decides.update(name for item in recommendation.missing for name in item.criteria)
    entries = [entry for entry in recommendation.evidence if decides.intersection(entry.supports)]
    entries.sort(key=lambda entry: not entry.findings)
    return Items(tuple(_entry(entry) for entry in entries[:_EVIDENCE])) if entries else None


def _entry(entry: CitedEntry) -> Item:
    told = entry.findings[0].text if entry.findings else entry.summary
    below = [text for text in (told, entry.compared, *entry.warnings) if text]
    return Item(line(Part(entry.id, "code"), f" {entry.citation}"), tuple(Item(line(text)) for text in below))


def _list(lines: Iterable[tuple[Part, ...]]) -> Items | None:
    items = tuple(Item(one) for one in lines)
    return Items(items) if items else None
