"""`event`: whether something happened that still counts, or that is history.

Read are what an event was attributed to, whether it was confirmed, when it was, whether it is over and what names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from ...case.events import happened, named, named_by, normal, of_myeloma, open_about, open_words, over
from ...case.lines import begun, followed_by_line
from ...dates import add_months
from ...patient.events import EventKind
from ...patient.said import Topic
from ..entries import entry_text
from ..event_operator import EventOperator, Reason
from ..operator import CompiledOperator, Context, Operator
from ..parameters import Months, one_or_several
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.events import Event


class EventRecorded(EventOperator):
    """Met when an event of one of the kinds is on record and counts, unknown when one may, else as `absence` says.

    An event attributed to something benign did not happen; one that is not confirmed is unknown. With `not_over` what is
    resolved or ended does not count; with `not_before_therapy` neither does what certainly came before any therapy, unless
    it is still active; nor what is named by one of the terms `unless`, if its words name no other cancer. `near` moves the
    start of therapy so many calendar months on, for what may still be the disease of diagnosis; what is active is there today.
    `cause` asks that it is the myeloma (by its attribution, or by its own words), or that it is not; `names` that its
    own words name something, which a note beside a term leaves open. With `not_followed_by_line` an event counts only
    if no therapy began on its day or later that is of at least that line and of a later line than any begun before it;
    what happened on the day judged no therapy has answered yet.
    `reads: history` asks for the contrary: an event of the kind that does not count for one of these reasons.
    """

    keyword: ClassVar[str] = "event"
    kind: Annotated[
        tuple[EventKind, ...],
        BeforeValidator(one_or_several, json_schema_input_type=EventKind | tuple[EventKind, ...]),
        Field(min_length=1),
    ]
    reads: Literal["counts", "history"] = "counts"
    not_over: bool = False
    not_before_therapy: bool = False
    near: Annotated[
        Months | None, Field(description="so long after the start of therapy it still counts as before it")
    ] = None
    cause: Annotated[
        Literal["myeloma", "not-myeloma"] | None,
        Field(description="what it is due to, by its attribution or its words"),
    ] = None
    names: Annotated[Topic | None, Field(description="what its term or note speaks of")] = None
    unless: tuple[str, ...] = Field(
        (), description="terms in the field's words; letters' case and hyphens mean nothing"
    )
    not_followed_by_line: Annotated[int, Field(strict=True, ge=1)] | None = None

    def paths(self) -> tuple[str, ...]:
        therapy = self.not_before_therapy or self.not_followed_by_line
        return ("events", *(("therapy", "diagnosis.date") if therapy else ()))

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, EventRecorded)
            and self.reads == other.reads == "counts"
            and set(self.kind) <= set(other.kind)
            and self.not_over >= other.not_over
            and self.not_before_therapy >= other.not_before_therapy
            and self.same_but(other, "kind", "not_over", "not_before_therapy", "unless", "not_followed_by_line")
            and {normal(term) for term in self.unless} >= {normal(term) for term in other.unless}
            and other.not_followed_by_line in (None, self.not_followed_by_line)
        )

    def spans(self) -> tuple[int, ...]:
        return (self.near,) if self.near is not None else ()

    def turning_days(self, case: Case) -> Iterable[int]:
        yield from super().turning_days(case)
        for timed in case.timed("events"):
            end = timed.entry.end
            if end is not None:
                yield end.earliest
                yield end.latest

    def in_words(self, event: Event) -> Iterator[Reason]:
        """What an event's attribution and words say of whether it counts, whenever it was, and what would tell."""
        terms = frozenset(normal(term) for term in self.unless)
        if terms:
            yield MET - of_bool(named(event, terms)), "term" if event.term is None else "note"
        if self.cause is not None:
            caused = of_bool(of_myeloma(event))
            yield caused if self.cause == "myeloma" else MET - caused, "attribution"
        if self.names is not None:
            yield of_bool(named_by(event, self.names)), open_words(event, self.names)

    def compile(self, context: Context) -> CompiledOperator:
        def of_the_kind(event: Event) -> int:
            return UNKNOWN if event.kind is None else of_bool(event.kind in self.kind)

        def reasons(case: Case, timed: Timed[Event]) -> Iterator[Reason]:
            """Every reason for which it may not count: whether it counts in spite of it, and what would tell."""
            event = timed.entry
            yield of_bool(happened(event)), open_about(event)
            if self.not_over:
                yield MET - of_bool(over(event, case.as_of)), "end"
            if self.not_before_therapy:
                yield _not_before(case, timed, self.near), "date"
            yield from self.in_words(event)
            if self.not_followed_by_line is not None:
                yield MET - of_bool(followed_by_line(case, timed, self.not_followed_by_line)), "line"

        def fits(case: Case, timed: Timed[Event]) -> int:
            counts = min(verdict for verdict, _ in reasons(case, timed))
            return min(of_the_kind(timed.entry), counts if self.reads == "counts" else MET - counts)

        return self.compiled(context, reasons, fits, self._kinds(), f"no such event on record: {self._kinds()}", _shown)

    def _kinds(self) -> str:
        return " or ".join(kind.replace("-", " ") for kind in self.kind)

    def wording(self) -> str:
        parts = [f"{self._kinds()} on record, not found to be benign"]
        if self.not_over:
            parts.append("not over")
        if self.not_before_therapy:
            parts.append(f"not from before therapy{f' or its first {self.near} months' if self.near else ''}")
        if self.cause is not None:
            parts.append(
                f"{'due' if self.cause == 'myeloma' else 'not due'} to myeloma by its attribution or its words"
            )
        if self.names is not None:
            parts.append(f"called {self.names.replace('-', ' ')} in its own words")
        if self.unless:
            parts.append(f"not named {' or '.join(self.unless)}")
        if self.not_followed_by_line:
            parts.append(f"with no therapy of line {self.not_followed_by_line} or later begun since")
        text = ", ".join(parts)
        return text if self.reads == "counts" else f"on record, but history: not ({text})"


def _not_before(case: Case, timed: Timed[Event], near: int | None) -> int:
    """Whether it came after therapy had begun (and after its first months), or is active whenever it came."""
    first, last = begun(case)
    earliest, latest = timed.earliest, timed.latest
    if timed.entry.status == "active":
        if near is None:
            return MET
        earliest = latest = case.as_of
    if near is not None:
        first, last = add_months(first, near) + 1, add_months(last, near) + 1
    if latest < first:
        return NOT_MET
    return MET if earliest >= last else UNKNOWN


def _shown(timed: Timed[Event]) -> str:
    event = timed.entry
    parts = [
        event.term or "",
        event.status or "",
        f"until {event.end}" if event.end is not None else "",
        f"attributed to {event.attribution}" if event.attribution == "myeloma" else "",
        "found to be benign" if event.attribution == "benign" else "",
        "not confirmed" if event.confirmed is False else "",
    ]
    return ", ".join([entry_text("events", timed), *(part for part in parts if part)])
