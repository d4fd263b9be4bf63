"""A recommendation on a terminal: readable in ten seconds, complete for those who read on.

Every verdict has a sign and a word, so that colour is never the only signal.
"""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ...answer.criteria import CriterionResult
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation

_SIGNS = {Verdict.MET: ("+", "green"), Verdict.NOT_MET: ("-", "red"), Verdict.UNKNOWN: ("?", "yellow")}
_WORDS = {Verdict.MET: "met", Verdict.NOT_MET: "not met", Verdict.UNKNOWN: "unknown"}
_STANDING = {"done-in-study": "done in the study", "being-tested": "being tested", "observed": "observed"}
_REASONS = 4
_MISSING = 6
_FINDINGS = 3
_STUDIES = 5


def print_recommendation(recommendation: Recommendation, console: Console) -> None:
    """Print one recommendation."""
    console.print(render(recommendation))


def render(recommendation: Recommendation) -> RenderableType:
    """The whole page as one rich renderable."""
    parts: list[RenderableType] = [_head(recommendation)]
    for title, body in (
        ("Why", _why(recommendation)),
        ("What is missing, and where each result leads", _missing(recommendation)),
        ("Also", _secondary(recommendation)),
        ("Blocks", _blocks(recommendation)),
        ("Cautions", _cautions(recommendation)),
        ("Remarks", [_result(result) for result in recommendation.remarks]),
        ("Risk at diagnosis", _risk(recommendation)),
        ("Studies whose published entry pattern was compared", _protocols(recommendation)),
        ("What studies did next", _plans(recommendation)),
        ("Evidence", _evidence(recommendation)),
        ("Limits", [Text(f"* {limit}") for limit in recommendation.limits]),
        ("Set aside", [Text(f"* {note}") for note in recommendation.notes]),
    ):
        if body:
            parts += [Text(title, style="bold underline"), Padding(Group(*body), (0, 0, 1, 2))]
    parts.append(_foot(recommendation))
    return Group(*parts)


def _head(recommendation: Recommendation) -> RenderableType:
    style = "yellow" if not recommendation.settled else ("green" if recommendation.permissiveness >= 80 else "cyan")
    lines = [Text(recommendation.headline, style="bold")]
    if not recommendation.settled:
        lines.append(Text(f"Still possible: {', '.join(recommendation.possible_outcomes)}"))
    elif recommendation.certainty:
        lines.append(Text(f"Certainty of the evidence (GRADE): {recommendation.certainty.replace('-', ' ')}"))
    title = f"{recommendation.patient_id} on {recommendation.provenance.as_of}: {recommendation.outcome}"
    return Panel(Group(*lines), title=Text(title), title_align="left", border_style=style)


def _why(recommendation: Recommendation) -> list[RenderableType]:
    reasons = list(recommendation.because)
    shown: list[RenderableType] = [_result(result) for result in reasons[:_REASONS]]
    if len(reasons) > _REASONS:
        rest = "; ".join(result.title for result in reasons[_REASONS:])
        shown.append(Text(f"and: {rest}", style="dim"))
    return shown


def _missing(recommendation: Recommendation) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for item in recommendation.missing[:_MISSING]:
        shown.append(Text.assemble(("? ", "yellow"), (item.what, "bold")))
        shown += [_indented(f"{answer} -> {' or '.join(outcomes)}") for answer, outcomes in item.leads_to.items()]
    rest = recommendation.missing[_MISSING:]
    if rest:
        shown.append(Text(f"and {len(rest)} more: {', '.join(item.what for item in rest)}", style="dim"))
    return shown


def _secondary(recommendation: Recommendation) -> list[RenderableType]:
    return [
        Text.assemble((f"* {item['id']}: ", "bold"), item["because"], (f"  {item['rule']}", "dim"))
        for item in recommendation.secondary
    ]


def _blocks(recommendation: Recommendation) -> list[RenderableType]:
    already = {result.id for result in recommendation.because}
    return [_result(result) for result in recommendation.blocks if result.id not in already]


def _cautions(recommendation: Recommendation) -> list[RenderableType]:
    already = {result.id for result in recommendation.because}
    rules = recommendation.rules.rules
    # Where stopping is out of the question, cautions that only cannot be excluded are noise.
    matters = not recommendation.settled or recommendation.permissiveness > 0
    return [
        # A title of its own for the unknown state says already that it is unknown.
        _line(
            Verdict(item["verdict"]),
            item["title"],
            item["observed"],
            item["rule"],
            own=item["title"] != rules[item["id"]].title,
        )
        for item in recommendation.cautions
        if item["id"] not in already and (item["verdict"] == Verdict.MET or matters)
    ]


def _risk(recommendation: Recommendation) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for name, scheme in recommendation.risk.items():
        value = scheme.get("class", scheme.get("count"))
        text = f"{name}: {value}"
        if "points" in scheme:
            text += f" ({scheme['points']} points)"
        if "list" in scheme:
            text += f" (list: {scheme['list']})"
        if value == "unknown":
            text += f", possible: {' or '.join(f'{item:g}' if isinstance(item, float) else item for item in scheme['possible'])}"
        shown.append(Text.assemble(text, (f"  {scheme['rule']}", "dim")))
    return shown


def _protocols(recommendation: Recommendation) -> list[RenderableType]:
    table = Table(show_header=True, header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("study", no_wrap=True)
    table.add_column("pattern", no_wrap=True)
    table.add_column("criteria not met, unknown or not published")
    for name, protocol in recommendation.protocols.items():
        verdict = Verdict(protocol["verdict"])
        sign, style = _SIGNS[verdict]
        table.add_row(name, Text(f"{sign} {_WORDS[verdict]}", style=style), _shortfall(protocol))
    return [table] if recommendation.protocols else []


def _shortfall(protocol: dict[str, Any]) -> Text:
    parts = [
        f"{_SIGNS[Verdict(item['verdict'])][0]} {item['title']}"
        for item in protocol["criteria"].values()
        if item["verdict"] != Verdict.MET
    ]
    if protocol["not_published"]:
        parts.append(f"not published in the sources read: {'; '.join(protocol['not_published'])}")
    if protocol["not_judged"]:
        parts.append(f"not judged here: {'; '.join(protocol['not_judged'])}")
    return Text("\n".join([*parts, *protocol["differs"]]))


def _plans(recommendation: Recommendation) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for plan in recommendation.plans:
        shown.append(Text(plan["title"], style="bold"))
        shown += [
            _indented(f"* {item['what']} [{item['source']}, {_STANDING[item['standing']]}]") for item in plan["items"]
        ]
    return shown


def _evidence(recommendation: Recommendation) -> list[RenderableType]:
    ranked = sorted(recommendation.evidence, key=lambda item: not item["findings"])
    shown: list[RenderableType] = []
    for item in ranked[:_STUDIES]:
        shown.append(Text.assemble((f"[{item['id']}] ", "bold"), item["citation"]))
        if item["summary"]:
            shown.append(_indented(item["summary"]))
        shown += [_indented(f"* {finding['text']}") for finding in item["findings"][:_FINDINGS]]
        shown += [_indented(f"! {warning}", "yellow") for warning in item["warnings"]]
    rest = ranked[_STUDIES:]
    if rest:
        shown.append(Text(f"and {len(rest)} more: {', '.join(item['id'] for item in rest)}", style="dim"))
    return shown


def _foot(recommendation: Recommendation) -> RenderableType:
    provenance = recommendation.provenance
    checked = (
        "decided by two engines that agree" if provenance.cross_checked
        else "NOT cross-checked: the second engine is not available on this Python"
    )  # fmt: skip
    return Text(
        f"{recommendation.statement}\n"
        f"Rules {provenance.rules_name} {provenance.rules_version} ({provenance.rules_hash[:12]}), "
        f"engine {provenance.engine_version}, input {provenance.input_hash[:12]}; {checked}. "
        f"'mrdguide rules show ID' and 'mrdguide evidence show ID' say what stands behind a line, and where it was read.",
        style="dim",
    )


def _result(result: CriterionResult) -> RenderableType:
    return _line(result.verdict, result.title, list(result.observed), result.rule)


def _line(verdict: Verdict, title: str, observed: list[str], rule: str, *, own: bool = False) -> RenderableType:
    sign, style = _SIGNS[verdict]
    text = Text.assemble((f"{sign} ", style), (title, "bold"))
    if verdict == Verdict.UNKNOWN and not own:
        text.append(" (cannot be excluded)")
    text.append(f"  {rule}", style="dim")
    return Group(text, *(_indented(line) for line in _few(observed)))


def _indented(text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style=style), (0, 0, 0, 4))


def _few(observed: list[str]) -> list[str]:
    """The observations a reader needs first: those of a run are told from its end."""
    return observed if len(observed) <= 4 else [*observed[:3], f"and {len(observed) - 3} more"]
