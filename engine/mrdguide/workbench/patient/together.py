"""Of an open answer: what is settled already, what keeps it open, and which results together would settle it."""

from __future__ import annotations

from dataclasses import dataclass

from ...explain.missing_results import Way
from ...explain.why import Group, WhyNot
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ...report.pages.lines import few, titles
from .form_plan import as_asked

_MOST_LEFT, _MOST_MISSING = 6, 12
_IN_THE_WAY = {
    Group.UNKNOWN: "not known", Group.CHANGEABLE: "in the way and can change",
    Group.DECISION: "a decision on treatment", Group.NOT_CHANGEABLE: "cannot be changed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownWay:
    """Results that together lead to an outcome, each in words; `left` is what still has to be known then."""

    outcome: str
    results: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenSoFar:
    """What an open answer has come to: outcomes that are ruled out, what is certain, what is missing, each in words."""

    certain: str
    ruled_out: tuple[str, ...]
    found: tuple[str, ...]
    missing: tuple[str, ...]


def ways(answer: Recommendation) -> tuple[ShownWay, ...]:
    """One way to each possible outcome that opens a stop; where none does, to each that is possible. None where it is settled."""
    if answer.settled:
        return ()
    opens = {item.id for item in answer.rules.decision.outcomes if item.permissiveness > 0}
    wanted = [name for name in answer.possible_outcomes if name in opens] or answer.possible_outcomes
    found = (answer.explanation.way_to(name) for name in wanted)
    return tuple(_shown(answer, way) for way in found if way.results)


def _shown(answer: Recommendation, way: Way) -> ShownWay:
    results = tuple(f"{as_asked(item.what)}: {item.answer}" for item in way.results)
    return ShownWay(
        titles(answer.rules, [way.outcome])[0], results, tuple(few([as_asked(text) for text in way.left], _MOST_LEFT))
    )


def open_so_far(answer: Recommendation) -> OpenSoFar:
    """Why an answer is open: what stands, and what does not."""
    known = [item.id for item in answer.rules.decision.outcomes]
    out = titles(answer.rules, [name for name in known if name not in answer.possible_outcomes])
    found = [item.title for item in (*answer.blocks, *answer.cautions) if item.verdict == Verdict.MET]
    missing = few([as_asked(item.what) for item in answer.missing], _MOST_MISSING)
    return OpenSoFar(answer.certain_already, tuple(out), tuple(found), tuple(missing))


def in_the_way(found: WhyNot) -> str:
    """How much stands in the way of another answer, by what can be done about it: `3 not known, 1 cannot be changed`."""
    counts = ((len(found.of(group)), words) for group, words in _IN_THE_WAY.items())
    return ", ".join(f"{count} {words}" for count, words in counts if count)
