"""The recommendation: the answer with its explanation. One object that every reader (terminal, JSON, report) reads."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Literal

from ..answer.answer import Answer
from ..answer.json_layout import Layout
from ..answer.provenance import engine_version
from ..dates import iso
from ..errors import UsageError
from ..reading import arguments
from ..reading.computed import computed
from .short import short_form

# Imported when an explanation is first looked at: an answer alone starts faster without.
if TYPE_CHECKING:
    from ..explain.explanation import Explanation

Detail = Literal["full", "short"]

_WIDEST_INDENT = 100


class Recommendation(Answer):
    """What the evidence supports discussing for one patient on one day.

    Can be copied, pickled and returned from another process: what is decided goes along, texts are put together again.
    """

    @computed
    def explanation(self) -> Explanation:
        """Why, why not, what would settle it, when, and how robust it is; each worked out when it is looked at."""
        from ..explain.explanation import Explanation

        return Explanation(self)

    def to_dict(self, detail: Detail = "full") -> dict[str, Any]:
        """The JSON form. Keys are present even when empty; `plans` and `notes` repeat their newer names.

        `detail="short"` leaves out the reading of every criterion, study and test, and has the questions instead.

        Raises:
            UsageError: `detail` is neither "full" nor "short".
        """
        if detail == "short":
            from ..explain.explanation import Explanation

            # Not kept for this alone: a recommendation that its own explanation refers to is freed late.
            kept: Explanation | None = vars(self).get("explanation")
            return short_form(self, (kept or Explanation(self)).questions)
        if detail != "full":
            raise arguments.wrong_argument("detail", detail, "full or short")
        return super().to_dict()

    def to_json(self, indent: int | None = 2, detail: Detail = "full") -> str:
        """`to_dict` as text; the same input gives the same bytes. `indent` None puts it on one line.

        Raises:
            UsageError: `indent` is neither None nor a whole number from 0 to 100, or `detail` neither "full" nor "short".
        """
        width = None if indent is None else arguments.whole_number("indent", indent, 0, _WIDEST_INDENT)
        return self.to_text(width) if detail == "full" else Layout(width).text(self.to_dict(detail))

    def __repr__(self) -> str:
        open_ = "" if self.settled else f" (possible: {', '.join(self.possible_outcomes)})"
        return (
            f"<Recommendation for {arguments.shown(self.patient_id)} on {iso(self.case.as_of)}: {self.outcome}{open_}>"
        )

    def __reduce__(self) -> tuple[object, ...]:
        # Only the fields: what is cached beside them is made of them, and may be large.
        decided = {field.name: getattr(self, field.name) for field in fields(self)}
        return _restored, (type(self), engine_version(), decided)


def _restored(kind: type[Recommendation], engine: str, decided: dict[str, Any]) -> Recommendation:
    """A recommendation as it was pickled or copied.

    Raises:
        UsageError: another version of the engine made it; its texts and provenance would then be of two versions.
    """
    if engine != engine_version():
        raise UsageError(
            f"the pickled recommendation was made by mrdguide {engine}, this is {engine_version()}; evaluate again"
        )
    return kind(**decided)


def recommendation_given(found: object, name: str = "recommendation") -> Recommendation:
    """The argument, which must be a recommendation.

    Raises:
        UsageError: it is something else.
    """
    return arguments.instance_of(Recommendation, name, found, "what mrdguide.evaluate returns")
