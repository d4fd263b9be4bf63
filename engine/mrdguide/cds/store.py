"""What this package asks of a decision record, so that it depends on no particular one; `mrdguide.record` has one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from ..errors import UsageError
from ..reading.arguments import wrong_argument
from ..recommend.recommendation import Recommendation
from .card_id import id_of

# Feedback comes soon after its card or not at all.
_LOOKED_BACK = 50_000
_PAGE = 500


class RecordedAnswer(Protocol):
    """One entry, as far as a card can be told by it."""

    @property
    def number(self) -> int:
        """Its place, counted from 1."""

    @property
    def input_hash(self) -> str | None:
        """None where the entry is no evaluation."""

    @property
    def rules_hash(self) -> str | None: ...

    @property
    def as_of(self) -> str | None: ...


class Store(Protocol):
    """Keeps what was recommended, and what became of it. What it raises ends the call: nothing goes unrecorded."""

    @property
    def head(self) -> str:
        """The hash of the last entry."""

    def append(self, recommendation: Recommendation, source: str) -> RecordedAnswer:
        """Record a recommendation; `source` says who asked."""

    def append_feedback(self, about: int | str, body: Mapping[str, Any] | str, source: str = ...) -> object:
        """Record what a clinician did with the card of an entry."""

    def close(self) -> None:
        """Give back its connections."""

    def entry(self, which: int | str) -> RecordedAnswer:
        """An entry by number or hash; UsageError where there is none."""

    def entries(self, first: int | None = None, last: int | None = None) -> Iterable[RecordedAnswer]:
        """The entries of these numbers, both included, in their order."""


def check_store(store: object) -> None:
    """See that an argument is a store, or None.

    Raises:
        UsageError: it is something else.
    """
    asked = ("append", "append_feedback", "close", "entry", "entries")
    if store is not None and not all(callable(getattr(store, name, None)) for name in asked):
        raise wrong_argument("store", store, "a mrdguide.record.DecisionStore, or None to record nothing")


def entry_of_card(store: Store, card: str) -> int | None:
    """The number of the newest evaluation that gave this card; None where it is not among the last ones recorded."""
    try:
        last = store.entry(store.head).number
    except UsageError:
        return None  # nothing was recorded yet
    oldest = max(1, last - _LOOKED_BACK + 1)
    while last >= oldest:
        first = max(oldest, last - _PAGE + 1)
        for entry in reversed(list(store.entries(first, last))):
            if entry.input_hash and id_of(entry.input_hash, entry.rules_hash or "", entry.as_of or "") == card:
                return entry.number
        last = first - 1
    return None
