"""What the page of a browser holds and posts with every request, so that no server has to keep a patient."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from ..errors import UsageError
from ..reading.validation import StrictModel
from .cohort.page_state import CohortPage
from .evidence.page_state import EvidencePage
from .rules.page_state import RulesPage

Profile = dict[str, Any]
Pane = Literal["sheet", "when", "why"]

MOST_UNDO = 25
# Undo is for slips of the last minutes; a large record must not be posted twenty times over.
_MOST_KEPT = 400_000
MOST_MONTHS = 60


class Imported(StrictModel):
    """What became of a record that a patient was read from: `told` in a sentence, `found` by heading what a reader should look at,
    `whole` whether nothing in it was left unread or in doubt, `open` what of that nobody has said to have looked at."""

    told: str
    found: tuple[tuple[str, tuple[str, ...]], ...] = ()
    whole: bool = True
    open: tuple[str, ...] = ()


class Moment(StrictModel):
    """A profile on a day, as it was before a change; `told` says what the change was, `tried` which results were no report's,
    `invented` of which example it was, `imported` what became of the record that it was read from, `by_layer` whether it was judged
    with the layer."""

    profile: Profile
    as_of: str
    told: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    invented: str = ""
    imported: Imported | None = None
    by_layer: bool = False


class Supposed(StrictModel):
    """A result that is supposed, and not entered: the place it would stand, and which of its results."""

    path: str
    answer: str


class Round(StrictModel):
    """A round of teaching cases: the number of the case shown (0: none), and what was answered to each, with the reasons."""

    case: Annotated[int, Field(ge=0)] = 0
    answers: dict[str, str] = {}
    reasons: dict[str, str] = {}


class State(StrictModel):
    """Everything that one page shows is made of this. `before` is what was shown before the last change, `tried` are results that
    were entered to try them and may stand in no report.

    `months` is how far the day looked at lies ahead of `as_of` (0 to 60); with `by_layer` the patient is judged with the layer
    that the page holds in its rules view.
    """

    profile: Profile
    as_of: str
    before: Moment | None = None
    undo: tuple[Moment, ...] = Field((), max_length=MOST_UNDO)
    pane: Pane = "sheet"
    months: Annotated[int, Field(ge=0, le=MOST_MONTHS)] = 0
    supposed: Supposed | None = None
    tried: tuple[str, ...] = ()
    invented: str = ""
    imported: Imported | None = None
    by_layer: bool = False
    teaching: Round = Round()
    rules: RulesPage = RulesPage()
    evidence: EvidencePage = EvidencePage()
    cohort: CohortPage = CohortPage()

    def changed(
        self, profile: Profile, as_of: str, told: tuple[str, ...], *, tried: tuple[str, ...] | None = None
    ) -> State:
        """The state after a change of the patient, which can be undone; results that were tried are still that unless others are given."""
        now = self._now(told)
        return self.model_copy(
            update={
                "profile": profile, "as_of": as_of, "before": now, "undo": _kept((*self.undo, now)), "supposed": None,
                "tried": self.tried if tried is None else tried,
            }
        )  # fmt: skip

    def undone(self) -> State:
        """The state before the last change; itself where nothing is left to undo."""
        if not self.undo:
            return self
        *left, last = self.undo
        told = tuple(f"undone: {text}" for text in last.told)
        now = self._now(told)
        return self.model_copy(
            update={
                "profile": last.profile, "as_of": last.as_of, "before": now, "undo": tuple(left), "supposed": None,
                "tried": last.tried, "invented": last.invented, "imported": last.imported, "by_layer": last.by_layer,
            }
        )  # fmt: skip

    def _now(self, told: tuple[str, ...]) -> Moment:
        """What is shown, as the moment before a change."""
        return Moment(
            profile=self.profile, as_of=self.as_of, told=told, tried=self.tried, invented=self.invented, imported=self.imported,
            by_layer=self.by_layer,
        )  # fmt: skip

    def to_text(self) -> str:
        """The state as JSON text, for the page."""
        return json.dumps(self.model_dump(exclude_defaults=True), ensure_ascii=False, separators=(",", ":"))


def _kept(moments: tuple[Moment, ...]) -> tuple[Moment, ...]:
    """The newest moments that fit."""
    kept: list[Moment] = []
    size = 0
    for moment in reversed(moments[-MOST_UNDO:]):
        size += len(json.dumps(moment.profile, ensure_ascii=False))
        if kept and size > _MOST_KEPT:
            break
        kept.append(moment)
    return tuple(reversed(kept))


def read_state(text: str) -> State:
    """The state that a page posts.

    Raises:
        UsageError: it is none; the page was changed by something other than this program.
    """
    try:
        return State.model_validate_json(text)
    except ValidationError:
        raise UsageError("what this page held cannot be read; reload the page and open the patient again") from None
