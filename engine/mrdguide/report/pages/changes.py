"""What would change the answer, for the front of a report: findings, days, windows, definitions; nothing that changes nothing."""

from __future__ import annotations

from ...explain.when import Projected, Projection
from ...explain.why import Group
from ...logic.operator import Modifiability
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Item, Items, Line, Paragraph, Part, line
from ..languages.words import Words
from .lines import judged, titles_in

_MOST = 4
# A page is one file that needs nothing else, and a patient's name is no part of a command: whoever has the profile fills it in.
_CALENDAR = "mrdguide calendar FILE"


def change_blocks(recommendation: Recommendation, when: Projection, words: Words, calendar: str = "") -> list[Block]:
    """Each in a line; last the days ahead as a calendar file, at `calendar` or by a command."""
    items = (
        *_findings(recommendation, words),
        *_first_days(when, words),
        *_windows(recommendation, when, words),
        *_definitions(recommendation, words),
        *_nothing(recommendation, words),
    )
    blocks: list[Block] = [Items(items)] if items else []
    return [*blocks, Paragraph(_days_ahead(words, calendar))] if when.expiries else blocks


def _days_ahead(words: Words, calendar: str) -> Line:
    if calendar:
        return line(Part(words.text("board.changes.calendar"), "link", calendar))
    return line(words.joined([words.text("board.changes.calendar"), ": "], "", "quiet"), Part(_CALENDAR, "code"))


def _findings(recommendation: Recommendation, words: Words) -> list[Item]:
    """What a new test or an event would overturn, where the answer opens the way to stopping: one example an outcome."""
    if not recommendation.settled or recommendation.permissiveness == 0:
        return []
    examples: dict[tuple[str, ...], Line] = {}
    decision = recommendation.rules.decision
    watched = decision.alarms or tuple(item.id for item in decision.outcomes)
    for critical in recommendation.explanation.robustness.critical_criteria:
        # What a board watches for: the alarms.
        closes = all(name in watched and _permissiveness(recommendation, name) == 0 for name in critical.otherwise)
        if critical.turn in (Modifiability.TEST, Modifiability.EVENT) and closes:
            title = words.translated(critical.title)
            what = line(title) if critical.verdict == "not_met" else words.line("board.changes.no_longer", what=title)
            examples.setdefault(critical.otherwise, what)
    if not examples:
        return []
    told = [
        words.line(
            "board.changes.then", what=what, outcomes=words.either(titles_in(words, recommendation.rules, outcomes))
        )
        for outcomes, what in examples.items()
    ]
    return [Item(line(words.label("board.changes.overturned"), words.joined(told)))]


def _permissiveness(recommendation: Recommendation, name: str) -> int:
    return next(item.permissiveness for item in recommendation.rules.decision.outcomes if item.id == name)


def _first_days(when: Projection, words: Words) -> list[Item]:
    return [
        Item(_first_day(item, item.day, words)) for item in when.outcomes if item.day is not None and not item.today
    ]


def _first_day(item: Projected, day: int, words: Words) -> Line:
    named = [words.text("board.changes.both_today")] if item.first_round else []
    named += [
        words.text("board.changes.done_from", test=words.named("test", test.what), day=words.day(test.earliest))
        for test in item.tests
    ]
    outcome, first = Part(words.translated(item.title), "strong"), words.day(day)
    if not named:
        return words.line("board.changes.from", outcome=outcome, day=first)
    name = "from_if" if len(named) > 1 or item.first_round else "from_if_one"
    return words.line(f"board.changes.{name}", outcome=outcome, day=first, tests=words.both(named))


def _windows(recommendation: Recommendation, when: Projection, words: Words) -> list[Item]:
    """Windows whose closing changes the answer."""
    closing = [
        item.last_day for item in when.expiries if item.tests and item.possible != recommendation.possible_outcomes
    ]
    if not closing:
        return []
    due = counted_until(when, min(closing))
    return [
        Item(
            words.line(
                "board.changes.counts_until", test=words.named("test", what), day=Part(words.day(last), "strong")
            )
        )
        for what, last in due
    ]


def counted_until(when: Projection, first: int = 0) -> list[tuple[str, int]]:
    """For every kind of test the last day on which those on record count for something; windows that close before `first`,
    which change no answer, are passed over. When to repeat them so that every window stays open is another thing."""
    found: dict[str, int] = {}
    for item in sorted(when.expiries, key=lambda item: item.last_day):
        for what in item.tests if item.last_day >= first else ():
            found.setdefault(what, item.last_day)
    return list(found.items())


def _definitions(recommendation: Recommendation, words: Words) -> list[Item]:
    changed = [item for item in recommendation.explanation.robustness.other_definitions if item.changes]
    return [
        Item(
            words.line(
                "board.changes.definition",
                definition=words.translated(item.title),
                outcomes=words.either(titles_in(words, recommendation.rules, item.possible)),
            )
        )
        for item in changed[:2]
    ]


def _nothing(recommendation: Recommendation, words: Words) -> list[Item]:
    """Where neither tests nor time lead on: what stands in the way for good. Nothing where a stop is open already."""
    if not recommendation.settled or recommendation.stop_possible:
        return []
    ways = recommendation.explanation.worth_asking
    fixed = [[item.criterion for item in way.of(Group.NOT_CHANGEABLE)] for way in ways]
    if not ways or not all(fixed):
        return []
    found = dict.fromkeys((item.verdict, item.title) for way in fixed for item in way)
    told = [_obstacle(verdict, words.translated(title), words) for verdict, title in list(found)[:_MOST]]
    more = [words.text("board.and_more", count=len(found) - _MOST)] if len(found) > _MOST else []
    return [Item(words.line("board.changes.nothing", reasons=words.joined([*told, *more])))]


def _obstacle(verdict: Verdict, title: str, words: Words) -> Line:
    """What stands in the way is said; what would have to be there and is not has its verdict before it."""
    return line(title) if verdict is Verdict.MET else line(judged(words, verdict), ": ", title)
