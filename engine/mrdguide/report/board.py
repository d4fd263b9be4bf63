"""The report for a tumor board: one page that answers, and everything behind it."""

from __future__ import annotations

from ..criterion import CriterionResult
from ..explain.when import Projected, Projection
from ..logic.truth import Verdict
from ..recommendation import Recommendation
from .basis import basis_sections
from .blocks import Banner, Block, Item, Items, Line, Page, Part, Picture, Section, Table, Tone, line
from .evidence_plot import evidence_plot
from .lines import both, bullets, cell, day, either, few, plain_items, result_item, sections, verdict
from .reasoning import explanation_sections, tree_items
from .studies import evidence_blocks, key_findings, matrix, patterns, study_sections
from .timeline import Mark, Window, timeline

_REASONS, _CAUTIONS, _FIGURES = 4, 5, 3
_LONGEST = 160
_STANDING = {"done-in-study": "done in the study", "being-tested": "being tested", "observed": "observed"}


def board(recommendation: Recommendation) -> Page:
    """The report on one recommendation."""
    provenance = recommendation.provenance
    when = recommendation.explanation.when
    picture = timeline(recommendation, _marks(when), _windows(recommendation, when))
    return Page(
        f"{recommendation.patient_id}: may maintenance be stopped?",
        f"Judged on {provenance.as_of} by {provenance.rules_name} {provenance.rules_version}",
        (_banner(recommendation), *_front(recommendation, when, picture)),
        _details(recommendation, when),
        (
            recommendation.statement,
            f"Rules {provenance.rules_name} {provenance.rules_version} ({provenance.rules_hash[:12]}), engine "
            f"{provenance.engine_version}, input {provenance.input_hash[:12]}, judged on {provenance.as_of}.",
        ),
    )


def _banner(recommendation: Recommendation) -> Banner:
    tone: Tone = "open" if not recommendation.settled else ("go" if recommendation.permissiveness >= 80 else "caution")
    lines = [line(recommendation.headline)]
    if not recommendation.settled:
        lines.append(line(Part("Still possible: ", "strong"), either(recommendation.possible_outcomes)))
    certainty = recommendation.certainty.replace("-", " ")
    lines.append(line(Part("Certainty of the evidence (GRADE): ", "strong"), certainty))
    lines.append(line(Part(recommendation.statement, "quiet")))
    return Banner(f"{recommendation.title} ({recommendation.outcome})", tuple(lines), tone)


def _front(recommendation: Recommendation, when: Projection, picture: Picture | None) -> tuple[Block, ...]:
    figures = key_findings(recommendation, _FIGURES)
    tree = tree_items(recommendation.explanation.tree)
    blocks: list[Block] = list(
        sections(
            ("Options to discuss", [bullets(recommendation.options)] if recommendation.options else []),
            ("Why", _reasons(recommendation)),
            ("What is missing, and where each result leads", [Items(tree)] if tree else []),
            ("Cautions", _cautions(recommendation)),
            ("Also", _also(recommendation)),
            ("What would change the answer", _changes(recommendation, when)),
            ("What studies found", [figures] if figures.items else []),
            ("Study patterns", _patterns_in_short(recommendation)),
        )
    )
    return (*blocks, *([picture] if picture is not None else []))


def _reasons(recommendation: Recommendation) -> list[Block]:
    reasons = recommendation.because
    if not reasons:
        return []
    shown = [
        Item(_reason(item), plain_items([_shortened("; ".join(few(item.observed, 2)))])) for item in reasons[:_REASONS]
    ]
    rest = [f"and: {'; '.join(item.title for item in reasons[_REASONS:])}"] if len(reasons) > _REASONS else []
    return [Items((*shown, *plain_items(rest)))]


def _shortened(text: str) -> str:
    """What fits two lines; the whole stands among the details."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _reason(item: CriterionResult) -> Line:
    return line(verdict(item.verdict), " ", Part(item.title, "strong"), " ", Part(item.rule, "code"))


def _cautions(recommendation: Recommendation) -> list[Block]:
    already = {item.id for item in recommendation.because}
    matters = not recommendation.settled or recommendation.permissiveness > 0
    shown = [
        Item(
            line(
                verdict(item["verdict"], "" if item["verdict"] == Verdict.MET else "cannot be excluded"),
                " ",
                item["title"],
            )
        )
        for item in recommendation.cautions
        if item["id"] not in already and (item["verdict"] == Verdict.MET or matters)
    ]
    more = plain_items([f"and {len(shown) - _CAUTIONS} more"]) if len(shown) > _CAUTIONS else ()
    return [Items((*shown[:_CAUTIONS], *more))] if shown else []


def _also(recommendation: Recommendation) -> list[Block]:
    secondary = [Item(line(Part(f"{item['title']}. ", "strong"), item["because"])) for item in recommendation.secondary]
    items = (*secondary, *(Item(line(item.title)) for item in recommendation.remarks))
    return [Items(items)] if items else []


def _changes(recommendation: Recommendation, when: Projection) -> list[Block]:
    """The next dates, the windows that close, and other definitions: each in a line."""
    lines = [
        Item(line(Part(item.id, "strong"), f" from {day(item.day)}{_if_tested(item)}"))
        for item in when.outcomes
        if item.day is not None and not item.today
    ]
    lines += [
        Item(line(f"{what} to be repeated by ", Part(day(last), "strong"), ", or what rests on it is unknown again"))
        for what, last in _first_windows(when)
    ]
    changed = [item for item in recommendation.explanation.firmness.other_definitions if item.changes]
    lines += [Item(line(f"{item.title}: the answer would be {either(item.possible)}")) for item in changed[:2]]
    return [Items(tuple(lines))] if lines else []


def _first_windows(when: Projection) -> list[tuple[str, int]]:
    """For every kind of test the first day on which a window closes."""
    found: dict[str, int] = {}
    for item in when.expiries:
        if item.tests:
            found.setdefault(both(item.tests), item.last_day)
    return list(found.items())


def _if_tested(item: Projected) -> str:
    if not item.tests:
        return ", with the tests on record"
    named = both([f"{test.what} (done on or after {day(test.earliest)})" for test in item.tests])
    return f", if {named} {'are' if len(item.tests) > 1 else 'is'} negative"


def _patterns_in_short(recommendation: Recommendation) -> list[Block]:
    groups: dict[str, list[str]] = {"met": [], "unknown": [], "not_met": []}
    for name, protocol in recommendation.protocols.items():
        groups[protocol["verdict"]].append(name)
    items = tuple(Item(line(verdict(key), f": {', '.join(names)}")) for key, names in groups.items() if names)
    return [Items(items)] if items else []


def _details(recommendation: Recommendation, when: Projection) -> tuple[Section, ...]:
    plot = evidence_plot(recommendation)
    return sections(
        ("Why this answer", explanation_sections(recommendation.explanation, when)),
        ("Blocks, cautions and remarks", _judged(recommendation)),
        (
            "Study patterns, criterion by criterion",
            [*matrix(recommendation), patterns(recommendation), *study_sections(recommendation)],
        ),
        ("Risk at diagnosis", _risk(recommendation)),
        ("Evidence", evidence_blocks(recommendation, plot)),
        ("What studies did next", _plans(recommendation)),
        ("Every criterion", [_criteria(recommendation)]),
        ("Basis", basis_sections(recommendation)),
    )


def _judged(recommendation: Recommendation) -> list[Block]:
    results = [*recommendation.blocks, *recommendation.remarks]
    cautions = [
        Item(
            line(verdict(item["verdict"]), " ", Part(item["title"], "strong"), " ", Part(item["rule"], "code")),
            plain_items([*few(item["observed"], 3), item["why"]]),
        )
        for item in recommendation.cautions
    ]
    items = (*(result_item(item) for item in results), *cautions)
    return [Items(items)] if items else []


def _risk(recommendation: Recommendation) -> list[Block]:
    rows = []
    for scheme in recommendation.risk.values():
        value = str(scheme.get("class", scheme.get("count")))
        points = f"{scheme['points']} points" if "points" in scheme else ""
        possible = (
            ""
            if value != "unknown"
            else either([f"{item:g}" if isinstance(item, float) else str(item) for item in scheme["possible"]])
        )
        rows.append(
            (
                cell(scheme["title"]),
                line(Part(value, "strong")),
                cell(points),
                cell(possible),
                line(Part(scheme["rule"], "code")),
            )
        )
    head = ("Scheme", "Class or count", "Points", "Possible", "Rule")
    return (
        [Table("Risk schemes; none is converted into another", head, tuple(rows), (35, 15, 10, 20, 20))] if rows else []
    )


def _plans(recommendation: Recommendation) -> list[Block]:
    blocks: list[Block] = []
    for plan in recommendation.plans:
        items = tuple(
            Item(line(f"{item['what']} ", Part(f"[{item['source']}, {_STANDING[item['standing']]}]", "quiet")))
            for item in plan["items"]
        )
        blocks.append(Section(plan["title"], (Items(items),)))
    return blocks


def _criteria(recommendation: Recommendation) -> Table:
    rows = tuple(
        (
            line(f"{item.title} ", Part(item.rule, "code")),
            line(verdict(item.verdict)),
            cell("; ".join(few(item.observed, 3))),
            cell(", ".join(dict.fromkeys(name.partition("#")[0] for name in item.cites))),
        )
        for item in recommendation.criteria.values()
    )
    return Table(
        "Every criterion, conclusion, block, caution and remark",
        ("Rule", "Verdict", "From the profile", "Cites"),
        rows,
        (35, 15, 35, 15),
    )


def _marks(when: Projection) -> list[Mark]:
    """The days on which another outcome would hold."""
    return [Mark(item.day, item.id) for item in when.outcomes if item.day is not None and not item.today]


def _windows(recommendation: Recommendation, when: Projection) -> list[Window]:
    """From today to the day on which the first window of each kind of test closes."""
    return [Window(f"{what} counts", recommendation.case.as_of, last) for what, last in _first_windows(when)]
