"""The rules view: found rules at the left, one of them in English and YAML beside it, and a layer below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import Problem
from ...report.formats.html import Names, to_fragment
from ...report.legible import legible
from ..bench import Bench
from ..exchange import Fields, Turn, View
from ..look import filled
from ..patient.judged import counted
from ..state import State
from .cards import card, entry_text, found, line_for, number_of
from .layer import begun, doubted, effect, line_of, tried
from .page_state import MOST_LAYER, RulesPage
from .saving import packed

if TYPE_CHECKING:
    from markupsafe import Markup

# As many as can be looked at while somebody waits.
_MOST_TRIED = 300


def _show(bench: Bench, turn: Turn) -> Markup:
    state = turn.state
    page = state.rules
    groups = found(bench.rules, page.query)
    first = groups[0].rules[0].id if groups else ""
    shown = card(bench.rules, bench.rule_files, page.chosen or first)
    result = tried(bench.rules, page.layer, counted(state.profile), state.as_of) if page.layer.strip() else None
    lines = page.layer.splitlines()
    problems = (*result.problems, *result.warnings) if result is not None else ()
    return filled(
        "rules.html.j2", state=state, page=page, layer=_text(page.layer), yaml=_text(shown.yaml if shown else ""), groups=groups, card=shown, tried=result, lines=lines,
        total=sum(len(group.rules) for group in groups), known=len(bench.rules.rules) + len(bench.rules.parameters),
        problems=_at_lines(problems, lines),
        save=packed(page.layer) if result is not None and not result.problems else None,
    )  # fmt: skip


def _at_lines(problems: Sequence[Problem], lines: Sequence[str]) -> list[tuple[Problem, int | None, str]]:
    """Problems with their line of the layer and what stands there."""
    placed = [(item, line_of(item)) for item in problems]
    return [(item, number, lines[number - 1] if number and number <= len(lines) else "") for item, number in placed]


def _text(text: str) -> Markup:
    """Text of several lines as it stands, with what cannot be shown replaced."""
    from markupsafe import escape

    return escape("\n".join("\t".join(map(legible, line.split("\t"))) for line in text.split("\n")))


def _effect(bench: Bench, state: State, _fields: Fields) -> Markup:
    """Over every combination of verdicts: fetched after the rest, because it takes longer."""
    found_effect = effect(bench.rules, state.rules.layer)
    blocks = to_fragment(found_effect.told if found_effect else (), 4, Names("e-"))
    return filled("layer_effect.html.j2", blocks=blocks, usable=found_effect is not None)


def _patients(bench: Bench, state: State, _fields: Fields) -> Markup:
    """Patients in whom the layer makes a difference: looked for last."""
    found_effect = effect(bench.rules, state.rules.layer, _MOST_TRIED)
    names = Names("w-")
    shown = [(to_fragment((item.told,), 4, names), item) for item in (found_effect.shown if found_effect else ())]
    return filled("layer_patients.html.j2", shown=shown)


def _doubts(bench: Bench, state: State, _fields: Fields) -> Markup:
    """What can be read and is hardly meant: fetched after the rest, because it takes longer."""
    found_doubts = doubted(bench.rules, state.rules.layer)
    return filled("layer_doubts.html.j2", problems=_at_lines(found_doubts, state.rules.layer.splitlines()))


def _kept(state: State, fields: Fields, **changed: str) -> State:
    """The state with what was typed in the layer, and what an action changes."""
    layer = fields.get("layer", state.rules.layer).replace("\r\n", "\n")[:MOST_LAYER]
    page = {**state.rules.model_dump(), "layer": layer, **changed}
    return state.model_copy(update={"rules": RulesPage.model_validate(page)})


def _search(_bench: Bench, state: State, fields: Fields) -> Turn:
    return Turn(_kept(state, fields, query=fields.get("query", "")[:200], chosen=""))


def _choose(_bench: Bench, state: State, fields: Fields) -> Turn:
    return Turn(_kept(state, fields, chosen=fields.get("rule", "")[:200]), focus="card")


def _check(_bench: Bench, state: State, fields: Fields) -> Turn:
    return Turn(_kept(state, fields))


def _back(_bench: Bench, state: State, _fields: Fields) -> Turn:
    """To the layer, where it was left."""
    return Turn(state, focus="layer")


def _take(bench: Bench, state: State, fields: Fields) -> Turn:
    """Put the rule or the number that is shown into the layer, where it can be changed."""
    name = bench.rules.current(fields.get("rule", ""))
    now = _kept(state, fields)
    number = number_of(bench.rules, name)
    if number is None and name not in bench.rules.rules:
        return Turn(now)
    if number is not None:
        name, section, entry = number.id, "parameters", line_for(number)
    else:
        section = next(title for title, ids in bench.rules.sections.items() if name in ids)
        entry = entry_text(bench.rule_files, bench.rules.where(name))
    layer = begun(bench.rules, now.rules.layer, section, entry, state.as_of)
    return Turn(_kept(now, {"layer": layer}), f"{name} stands in the layer now: change it there.", focus="layer")


def _leave(_bench: Bench, state: State, _fields: Fields) -> Turn:
    return Turn(_kept(state, {"layer": ""}), "The layer is empty.", focus="layer")


RULES = View(
    "rules", "Rules", _show,
    {"search": _search, "choose": _choose, "check": _check, "take": _take, "leave": _leave, "back": _back},
    {"effect": _effect, "patients": _patients, "doubts": _doubts},
)  # fmt: skip
