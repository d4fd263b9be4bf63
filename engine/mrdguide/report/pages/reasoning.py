"""An explanation in blocks: why, why not, what would settle it and where each result leads, when, and how firm it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...answer.criteria import CriterionResult
from ...explain.explanation import Explanation
from ...explain.missing_results import Branch, Settles, Tree
from ...explain.questions import Asked, Questions
from ...explain.sensitivity import CriticalCriterion, Robustness
from ...explain.when import Projected, Projection
from ...explain.when import words as tests_of
from ...explain.why import Group, Obstacle, Why, WhyNot
from ...logic.operator import Margin, Modifiability
from ...logic.truth import Verdict
from ...rulebook.book import RuleBook
from ..blocks import Block, Item, Items, Line, Paragraph, Part, Section, Table, line
from ..languages.words import Words
from .board_words import board_words
from .lines import (
    both,
    bullets,
    cell,
    day,
    either,
    few,
    paragraph,
    plain_items,
    quiet,
    result_item,
    sections,
    shortened,
    titles,
    titles_in,
    verdict,
)
from .studies import known_as

_GROUPS = {
    Group.UNKNOWN: "Not known",
    Group.CHANGEABLE: "In the way, but it can change",
    Group.DECISION: "A treatment decision, not a finding",
    Group.NOT_CHANGEABLE: "Cannot be changed",
}
_TAKES = {
    Modifiability.CARE: "can be agreed or arranged",
    Modifiability.TEST: "a new test, sample or assessment can change it",
    Modifiability.TIME: "time changes it",
    Modifiability.DECISION: "whether therapy goes on is what is to be decided",
    Modifiability.EVENT: "only if it happens",
    Modifiability.FIXED: "it was so at diagnosis, or it has happened",
}
_FIRST_DAYS = (20, 20, 30, 30)
_NEEDED = {Verdict.MET: "would have to be met", Verdict.NOT_MET: "would have to be not met", Verdict.UNKNOWN: ""}


def why_blocks(why: Why | None) -> list[Block]:
    """What settles an answer, the findings before the absences."""
    if why is None:
        return [paragraph("Nothing settles it yet: the answer depends on what is not known.")]
    if not why.reasons:
        return [paragraph("Not settled: it depends on what is not known.")]
    proved = "no smaller set does (proved)" if why.shortest else "a smaller set may do as well"
    count = f"These {len(why.reasons)} verdicts settle" if len(why.reasons) > 1 else "This verdict settles"
    return [
        quiet(f"{count} it, whatever all others are; {proved}."),
        Items(tuple(result_item(item, observed=3) for item in _findings_first(why))),
    ]


def _findings_first(why: Why) -> list[CriterionResult]:
    return sorted(why.reasons, key=lambda item: item.verdict != Verdict.MET)


def why_not_blocks(found: WhyNot) -> list[Block]:
    """What stands in the way of another answer, by what can be done about it."""
    if found.holds:
        return [paragraph("This is the answer.")]
    if not found.reachable:
        return [paragraph("No verdicts at all lead there.")]
    blocks: list[Block] = []
    for group, title in _GROUPS.items():
        obstacles = found.of(group)
        if obstacles:
            blocks += [paragraph(Part(title, "strong")), Items(tuple(_obstacle(item) for item in obstacles))]
    return blocks or [paragraph("Nothing stands in its way but an answer that comes before it.")]


def _obstacle(item: Obstacle) -> Item:
    found = result_item(item.criterion, observed=3)
    takes = f"{_NEEDED[item.needed]}; {_TAKES[item.turn]}" if item.group is not Group.UNKNOWN else _NEEDED[item.needed]
    ask = [f"find out: {'; '.join(item.ask_for)}"] if item.ask_for else []
    return Item(found.line, (*found.items, *plain_items([takes, *ask])))


def settling_blocks(explanation: Explanation) -> list[Block]:
    """The smallest sets of results that would settle the outcome, and the tree of what to ask."""
    if explanation.recommendation.settled:
        return []
    blocks: list[Block] = [
        Items(tuple(_settles(item, explanation.recommendation.rules) for item in explanation.settles))
    ]
    tree = explanation.tree
    if tree is not None:
        words = board_words()
        told = (Items((_tree_item(tree, words, explanation.recommendation.rules),)), *beyond_today(explanation, words))
        blocks += [Section("What to find out first, and where each answer leads", told)]
    return blocks


def _settles(item: Settles, rules: RuleBook) -> Item:
    name = Part(titles(rules, [item.outcome])[0], "strong")
    if not item.sets:
        text = (
            "no results that can be asked for today settle on it; time or earlier tests would have to" if item.exhausted
            else f"takes more than {item.looked_at} result{'s' if item.looked_at != 1 else ''}"
        )  # fmt: skip
        return Item(line(name, f": {text}"))
    ways = [" and ".join(f"{result.what}: {result.answer}" for result in some) for some in item.sets]
    more = [f"and {item.more} more sets of the same size"] if item.more else []
    if len(ways) == 1:
        return Item(line(name, f": settled by {ways[0]}"), plain_items(more))
    return Item(line(name, ": settled by any one of these"), plain_items([*ways, *more]))


def beyond_today(explanation: Explanation, words: Words) -> list[Block]:
    """A word where new tests lead to answers that today's record does not leave open."""
    tree = explanation.tree
    possible = explanation.recommendation.possible_outcomes
    new = [name for name in _ends(tree) if name not in possible] if tree is not None else []
    if not new:
        return []
    outcomes = words.either(titles_in(words, explanation.recommendation.rules, new), "quiet")
    return [Paragraph(words.line("board.questions.beyond_today", "quiet", outcomes=outcomes))]


def _ends(tree: Tree) -> dict[str, None]:
    found: dict[str, None] = {}
    for branch in tree.branches:
        found.update(dict.fromkeys(branch.possible) if branch.next is None else _ends(branch.next))
    return found


_ENDS = 3
# With more questions than these each is told in short; where its answers lead stands in the explanation.
_TOLD_IN_FULL = 2
_LONGEST = 160


def told_in_full(asked: Questions) -> bool:
    """Whether there are few enough questions to tell where the answers to each lead."""
    return len(asked.asked) <= _TOLD_IN_FULL


def question_blocks(asked: Questions, rules: RuleBook, words: Words, possible: Sequence[str]) -> list[Block]:
    """What to ask, who can answer and how, and where each answer leads; `possible` is what is possible before any."""
    if not asked.asked:
        return []
    full = told_in_full(asked)
    told = [_question(item, _ends_of(item, possible, rules, words) if full else None, words) for item in asked.asked]
    blocks: list[Block] = [Items(tuple(told), ordered=True)]
    if settles := what_settles(asked, words):
        blocks.append(quiet(settles))
    if not full:
        blocks.append(quiet(words.text("board.questions.where_they_lead")))
    most = 6 if full else 3
    for name, facts in (("later", asked.later), ("also_not_known", asked.also_not_known)):
        if facts:
            what = words.joined(_facts(facts, most, words), style="quiet")
            blocks.append(Paragraph(words.line(f"board.questions.{name}", "quiet", what=what)))
    return blocks


def what_settles(asked: Questions, words: Words) -> str:
    """That these questions settle the answer, and on what condition; empty where further ones may follow."""
    if asked.settles_within is None:
        return ""
    number = len(asked.asked)
    return words.text("board.questions.settle", count=number) if number > 1 else words.text("board.questions.settles")


def _facts(facts: Sequence[str], most: int, words: Words) -> list[str]:
    """What is asked for; the rules have words of their own for some of it."""
    return words.few([words.translated_or("asked", fact) for fact in facts], most)


def _question(asked: Asked, ends: Sequence[Line] | None, words: Words) -> Item:
    """One question with where its answers lead; None where they are not told."""
    facts = words.joined([" (", words.joined(_facts(asked.facts, 2 if ends is None else 4, words)), ")"], "")
    head = line(Part(words.translated_or("asked", asked.ask), "strong"), facts)
    below: list[Line] = []
    if asked.how:
        how = words.named("how", asked.how)
        below.append(words.line("board.questions.from_whom", how=how, who=words.translated(asked.who)))
    if asked.follows:
        below.append(words.line("board.questions.follows"))
    if ends is not None:
        below += [*_word(asked, words), *ends]
    return Item(head, tuple(Item(text) for text in below))


def _word(asked: Asked, words: Words) -> list[Line]:
    return [words.line("board.questions.attested", what=", ".join(asked.attestable))] if asked.attestable else []


def _ends_of(asked: Asked, possible: Sequence[str], rules: RuleBook, words: Words) -> list[Line]:
    """Where the answers lead, the first of them, and where none can be had."""
    ends = list(asked.leads_to.items())
    shown = ends if len(ends) <= _ENDS else ends[: _ENDS - 1]
    told = [_end(answer, outcomes, possible, rules, words) for answer, outcomes in shown]
    if len(shown) < len(ends):
        told.append(words.line("board.and_more", count=len(ends) - len(shown)))
    without = asked.if_unobtainable
    if without is not None:
        told.append(words.line("board.questions.unobtainable", outcomes=words.either(titles_in(words, rules, without))))
    return told


def _end(answer: str, outcomes: Sequence[str], possible: Sequence[str], rules: RuleBook, words: Words) -> Line:
    given = words.as_it_is("asked", shortened(answer, _LONGEST))
    if set(outcomes) == set(possible):
        return words.line("board.questions.leads_nowhere", answer=given)
    return words.line(
        "board.questions.leads_to", answer=given, outcomes=words.either(titles_in(words, rules, outcomes))
    )


def tree_items(tree: Tree | None, words: Words, rules: RuleBook) -> tuple[Item, ...]:
    """A tree as a list inside a list."""
    return (_tree_item(tree, words, rules),) if tree is not None else ()


def _tree_item(tree: Tree, words: Words, rules: RuleBook) -> Item:
    what = words.translated_or("asked", tree.what)
    return Item(line(Part(what, "strong")), tuple(_branch(branch, words, rules) for branch in tree.branches))


def _branch(branch: Branch, words: Words, rules: RuleBook) -> Item:
    answer = words.as_it_is("asked", branch.answer)
    if branch.next is not None:
        return Item(words.line("board.questions.then_ask", answer=answer), (_tree_item(branch.next, words, rules),))
    named = words.either(titles_in(words, rules, branch.possible), "strong")
    ends = words.line("board.questions.leads_to", answer=answer, outcomes=named)
    also = words.joined(_facts(branch.missing, 6, words), ", ")
    below = (Item(words.line("board.questions.still_open", what=also)),) if branch.missing else ()
    return Item(ends, below)


def when_blocks(projection: Projection, rules: RuleBook) -> list[Block]:
    """The first days on which outcomes and study patterns would hold, and the windows that close."""
    blocks: list[Block] = [quiet(f"Assumed: {'; '.join(projection.assumptions)}. {_tests_assumed(projection)}")]
    planned = bool(projection.visits)
    outcomes = [
        _projected_row(item, item.title, rules, planned) for item in projection.outcomes if _says_something(item)
    ]
    protocols = [
        _projected_row(item, known_as(rules, item.id), rules, planned)
        for item in projection.protocols
        if _says_something(item)
    ]
    head = ("", "First day", "Last to turn", "Tests needed for it")
    if outcomes:
        blocks.append(
            Table("First day on which each outcome would hold", ("Outcome", *head[1:]), tuple(outcomes), _FIRST_DAYS)
        )
    if protocols:
        blocks.append(
            Table(
                "First day on which each study's pattern would hold and stopping is not ruled out",
                ("Study", *head[1:]),
                tuple(protocols),
                _FIRST_DAYS,
            )
        )
    never = [known_as(rules, item.id) for item in projection.protocols if not _says_something(item)]
    if never:
        blocks.append(quiet(f"Not by {day(projection.until)}, by time and tests alone: {', '.join(never)}."))
    blocks += window_blocks(projection, rules, board_words())
    return blocks


def _tests_assumed(projection: Projection) -> str:
    if projection.visits:
        dates = "; ".join(f"{both(tests_of(visit.tests))} on {day(visit.day)}" for visit in projection.visits)
        return f"Tests are done on the days given: {dates}."
    return "Each day is the earliest there can be: marrow and imaging are repeated on that very day or, where it says so, from the date given on."


def _says_something(item: Projected) -> bool:
    return item.today or item.day is not None or item.possible_from is not None


def _projected_row(item: Projected, name: str, rules: RuleBook, planned: bool) -> tuple[tuple[Part, ...], ...]:
    if item.today:
        return cell(name), line(verdict("met", "today")), cell(""), cell("")
    if item.day is None:
        assert item.possible_from is not None
        open_ = f"possible from {day(item.possible_from)}, certain only once more is known"
        return cell(name), line(verdict("unknown", open_)), cell(""), cell("")
    last = "; ".join(few([rules.rules[rule].title for rule in item.last], 3)) or "nothing of its own: the answer"
    tests = [f"{test.what} on or after {day(test.earliest)}" for test in item.tests]
    first = ["a round of both today"] if item.first_round else []
    needed = both([*first, *tests]) or ("as planned" if planned else "none: those on record count")
    return cell(name), line(Part(day(item.day), "strong")), cell(last), cell(needed)


def window_blocks(projection: Projection, rules: RuleBook, words: Words, most: int | None = None) -> list[Block]:
    """Until when the tests on record count, and which days would keep every window open; with `most`, so many of the
    criteria of a window by name."""
    blocks: list[Block] = []
    rows = [
        (
            line(Part(words.day(item.last_day), "strong")),
            words.joined(
                words.few(
                    [words.translated(rules.rules[name].title) for name in item.criteria], most or len(item.criteria)
                )
            ),
            _tests_named(item.tests, words) if item.tests else cell(words.text("board.windows.nothing_keeps_it")),
        )
        for item in projection.expiries
    ]
    if rows:
        blocks.append(
            Table(
                words.text("board.windows.caption"),
                tuple(words.text(f"board.windows.{name}") for name in ("last_day", "holds", "repeat")),
                tuple(rows),
                (15, 65, 20),
            )
        )
    if projection.schedule:
        dates = words.joined(
            [
                words.line(
                    "board.windows.by", tests=_tests_named(tests_of(visit.tests), words), day=words.day(visit.day)
                )
                for visit in projection.schedule
            ]
        )
        blocks.append(Paragraph(line(words.label("board.windows.to_keep"), words.joined([dates, "."], ""))))
    return blocks


def _tests_named(tests: Sequence[str], words: Words) -> Line:
    return words.both([words.named("test", test) for test in tests])


def firmness_blocks(robustness: Robustness, rules: RuleBook) -> list[Block]:
    """The thresholds that the answer depends on, nearest first, and other definitions of risk."""
    blocks: list[Block] = []
    near = sorted((item for item in robustness.critical_criteria if item.margins), key=_nearest)
    rows = tuple(
        (
            cell(item.title),
            cell(f"{margin.what}: {margin.found}"),
            cell(margin.threshold),
            cell(margin.away),
            cell(_otherwise(item, margin, rules)),
        )
        for item in near
        for margin in item.margins
    )
    if rows:
        head = ("Criterion", "Found", "Threshold", "Distance to it", "If it is crossed")
        blocks.append(Table("Values that the answer depends on", head, rows, (30, 25, 15, 15, 15)))
    others = [item.title for item in robustness.critical_criteria if not item.margins]
    if others:
        blocks.append(
            paragraph(
                Part("It also depends on each of these, which have no number: ", "strong"),
                f"{'; '.join(few(others, 12))}.",
            )
        )
    if not robustness.critical_criteria:
        blocks.append(paragraph("No single verdict carries the answer: whichever one turned, it would stay the same."))
    blocks += sections(
        (
            "Other MRD thresholds",
            [bullets(item.text for item in robustness.thresholds)] if robustness.thresholds else [],
        ),
        ("Other published definitions of risk", _definitions(robustness, rules)),
    )
    return blocks


def _otherwise(critical: CriticalCriterion, margin: Margin, rules: RuleBook) -> str:
    if not margin.ages:
        return either(titles(rules, critical.otherwise))
    possible = either(titles(rules, critical.unknown))
    return possible if len(critical.unknown) == 1 else f"not known any more; still possible then: {possible}"


def _nearest(critical: CriticalCriterion) -> tuple[bool, float]:
    """Those counted in days first, the shortest distance before the others."""
    return all(margin.unit != "day" for margin in critical.margins), min(margin.distance for margin in critical.margins)


def _definitions(robustness: Robustness, rules: RuleBook) -> list[Block]:
    rows = tuple(
        (
            cell(item.title),
            line(verdict(item.verdict)),
            cell(either(titles(rules, item.possible))),
            line(Part(item.rule, "code")),
        )
        for item in robustness.other_definitions
        if item.changes
    )
    kept = [item for item in robustness.other_definitions if not item.changes]
    same = [f"{item.title} ({item.verdict.replace('_', ' ')})" for item in kept if not item.cannot_tell]
    blind = [item.title for item in kept if item.cannot_tell]
    blocks: list[Block] = []
    if rows:
        head = ("Read instead", "This patient", "Answer then", "Rule")
        blocks.append(
            Table("Published definitions under which the answer would be another one", head, rows, (40, 15, 25, 20))
        )
    if same:
        blocks.append(paragraph(Part("The same answer with: ", "strong"), f"{'; '.join(same)}."))
    if blind:
        why = "They do not ask for what is unknown here, so they cannot settle it: "
        blocks.append(paragraph(Part(why, "strong"), f"{'; '.join(blind)}."))
    return blocks


def explanation_sections(explanation: Explanation, projection: Projection | None = None) -> tuple[Section, ...]:
    """The whole explanation, ready to stand in a page."""
    found = explanation.recommendation
    others = [Section(item.title, tuple(why_not_blocks(item))) for item in explanation.worth_asking]
    return sections(
        ("Results that would settle it", settling_blocks(explanation)),
        ("What stands in the way of other answers", others),
        ("When", when_blocks(projection or explanation.when, found.rules)),
        ("How firm the answer is", firmness_blocks(explanation.robustness, found.rules)),
        ("Why each study's pattern is met or not", list(_protocol_sections(explanation.protocols, found.rules))),
        ("The proof: every verdict that settles the answer", why_blocks(explanation.why) if found.settled else []),
    )


def _protocol_sections(protocols: Sequence[Why], rules: RuleBook) -> Iterator[Block]:
    rows = tuple(
        (
            cell(known_as(rules, item.id)),
            line(verdict(item.verdict)),
            cell("; ".join(few([reason.title for reason in item.reasons], 8)) or "depends on what is not known"),
            line(Part(item.rule, "code")),
        )
        for item in protocols
    )
    if rows:
        yield Table(
            "The fewest verdicts that settle each pattern",
            ("Study", "Pattern", "Settled by", "Rule"),
            rows,
            (15, 15, 45, 25),
        )
