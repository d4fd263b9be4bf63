"""The patient view: the form at the left, the answer at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..bench import Bench
from ..exchange import Turn, View
from ..look import filled
from ..rules.laid_on import with_layer
from . import changes
from .answer import first_part, later_part, missing_part, projection_part, shown_answer
from .form import Form
from .form_plan import plan
from .interview import card
from .saving import saved_part
from .timeline import timeline

if TYPE_CHECKING:
    from markupsafe import Markup


def _show(bench: Bench, turn: Turn) -> Markup:
    form = Form(turn.state.profile, turn.typed, turn.problems)
    asked = card(bench.rules, turn)
    answer = shown_answer(bench, turn)
    return filled(
        "patient.html.j2", rules=bench.rules.name, below=bench.below, state=turn.state, turn=turn, form=form, sections=form.sections(bench.rules),
        as_of=turn.typed.get("as_of", turn.state.as_of), day_problems=[item for item in turn.problems if item.path == "as_of"],
        loose=[item for item in form.loose_problems() if item.path != "as_of"], answer=answer.html, headline=answer.headline, outlook=answer.outlook,
        timeline=filled("timeline.html.j2", state=turn.state, lists=plan().lists.values(), drawing=timeline(turn.state)), card=asked, add=plan().lists[asked.listed].add if asked is not None and asked.listed else "",
        examples=[item for item in bench.lessons if item.example.file in bench.examples],
    )  # fmt: skip


PATIENT = View(
    "patient", "Patient", _show,
    {
        "set": changes.set_fields, "undo": changes.undo, "new": changes.start_anew, "open": changes.open_pasted,
        "example": changes.open_example, "of_cohort": changes.open_of_cohort, "of_layer": changes.open_of_layer, "by_layer": changes.by_layer,
        "add": changes.add, "remove": changes.remove, "move": changes.move,
        "suppose": changes.suppose, "keep": changes.keep, "drop": changes.drop, "reported": changes.reported, "looked": changes.looked,
        "pane": changes.pane, "ask": changes.ask,
    },
    {"first": first_part, "later": later_part, "missing": missing_part, "projection": projection_part, "saved": saved_part},
    judging=with_layer,
)  # fmt: skip
