"""The basis of a report: what it is for and not for, what went in and what was set aside, how it decides, its limits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ...patient.facts import catalogue
from ...patient.units import Quantity
from ...reading.data_file import read_as
from ...reading.numbers import scientific
from ...reading.validation import StrictModel
from ...recommend.recommendation import Recommendation
from ...rulebook.book import RuleBook
from ..blocks import Block, Items, Line, Part, Section, Table, line
from .lines import bullets, cell, paragraph, plain_items, sections

_LISTS = ("therapy", "responses", "mrd", "imaging", "markers", "events", "toxicities", "attested", "unobtainable")


class Attribute(StrictModel):
    """A source attribute: what is said of it, or the places of a profile that would hold it (none: it cannot be held)."""

    name: str
    says: str = ""
    facts: tuple[str, ...] | None = None


class Basis(StrictModel):
    """What every report says of itself."""

    intended_use: str
    intended_users: str
    intended_population: str
    not_for: tuple[str, ...]
    inputs: str
    logic: tuple[str, ...]
    limits: tuple[str, ...]
    validation: str
    feedback: str
    attributes: tuple[Attribute, ...]


@cache
def basis() -> Basis:
    """The wording of the basis, read once."""
    return read_as(Path(__file__).parent / "wording" / "basis.yaml", Basis)


def basis_sections(recommendation: Recommendation) -> tuple[Section, ...]:
    """Everything a reader needs to judge the report by itself."""
    wording, rules = basis(), recommendation.rules
    order = [f"{item.id}: {item.title}" for item in rules.decision.outcomes]
    return sections(
        ("What this is for", [
            paragraph(wording.intended_use),
            paragraph(Part("Users: ", "strong"), wording.intended_users),
            paragraph(Part("Patients: ", "strong"), wording.intended_population),
            paragraph(Part("Not for", "strong")), bullets(wording.not_for),
        ]),
        ("What went in", [paragraph(wording.inputs), *_inputs(recommendation)]),
        ("What was set aside", _set_aside(recommendation)),
        ("How it decides", [
            bullets(wording.logic), paragraph("The outcomes, most cautious first:"), Items(plain_items(order), ordered=True),
        ]),
        ("Limits and validation", [
            bullets((*recommendation.limits, *wording.limits)), paragraph(Part("Validation: ", "strong"), wording.validation),
        ]),
        ("Versions", _versions(recommendation)),
        ("Source attributes", _attributes(recommendation)),
        ("Feedback", [paragraph(wording.feedback)]),
    )  # fmt: skip


def _inputs(recommendation: Recommendation) -> Iterator[Block]:
    rows = tuple(_single_facts(recommendation)) + tuple(_entries(recommendation))
    if rows:
        head = ("Where in the profile", "Date", "As recorded", "Read by a rule")
        yield Table("Inputs", head, rows, (30, 15, 40, 15))


def _single_facts(recommendation: Recommendation) -> Iterator[tuple[Line, ...]]:
    read = paths_read(recommendation.rules)
    patient = recommendation.profile
    for fact in catalogue().values():
        value = fact.get(patient)
        if value is not None:
            used = "yes" if any(_covers(seen, fact.path) for seen in read) else "no"
            if fact.path in recommendation.doubted:
                used = "no: cannot be"
            yield line(Part(fact.path, "code")), cell(""), cell(_fact_shown(value)), cell(used)
    if patient.therapy_complete is not None:
        yield line(Part("therapy_complete", "code")), cell(""), cell(_plain(patient.therapy_complete)), cell("yes")


def _covers(seen: str, path: str) -> bool:
    return seen == path or seen.startswith(f"{path}.") or path.startswith(f"{seen}.")


def _fact_shown(value: Any) -> str:
    """A value as recorded; of a converted one the converted value too."""
    if not isinstance(value, Quantity):
        return _plain(value)
    converted = f"{value.value:.4g} {value.unit}"
    text = value.text or converted
    text += "" if text == f"{value.value:g} {value.unit}" or not value.text else f" (converted: {converted})"
    return text + (f", upper limit {value.upper_limit:g} {value.unit}" if value.upper_limit is not None else "")


def _entries(recommendation: Recommendation) -> Iterator[tuple[Line, ...]]:
    read = paths_read(recommendation.rules)
    counted = recommendation.entries.paths
    for name in _LISTS:
        for place, entry in enumerate(getattr(recommendation.profile, name)):
            path = f"{name}[{place}]"
            plain = entry.model_dump(mode="json", exclude_unset=True, exclude_none=False)
            dates = [str(plain.pop(key)) for key in ("date", "start") if plain.get(key) is not None]
            used = "no: after the day judged" if path not in counted else ("yes" if name in read else "no")
            doubted = [item.rpartition(".")[2] for item in recommendation.doubted if item.startswith(f"{path}.")]
            if doubted:
                used += f", without its {' and '.join(doubted).replace('_', ' ')}"
            yield line(Part(path, "code")), cell(", ".join(dates)), cell(_details(plain)), cell(used)


def _details(plain: dict[str, Any]) -> str:
    return "; ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in plain.items() if value != {})


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return f"({_details(value)})"
    if isinstance(value, list | tuple):
        return " + ".join(_plain(item) for item in value)
    if isinstance(value, BaseModel):
        return _plain(value.model_dump(mode="json", exclude_unset=True))
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, bool):  # 1 is equal to True, but it is a number
        return "yes" if value else "no"
    return "null" if value is None else str(value)


def paths_read(rules: RuleBook) -> frozenset[str]:
    """The places of a profile that some criterion looks at; a list by its name alone."""
    return frozenset(path for judged in rules.compiled_criteria for path in judged.paths)


def _set_aside(recommendation: Recommendation) -> list[Block]:
    notes = [*recommendation.ignored_entries, *_not_evaluable(recommendation)]
    flagged = dict.fromkeys(
        text for result in recommendation.criteria.values() for text in result.observed if text.startswith("flagged:")
    )
    blocks: list[Block] = [bullets(notes) if notes else paragraph("Nothing that was recorded was set aside.")]
    if flagged:
        blocks += [paragraph(Part("Flagged, but counted", "strong")), bullets(flagged)]
    return blocks


def _not_evaluable(recommendation: Recommendation) -> Iterator[str]:
    """Tests that say nothing at the highest MRD threshold of the rules, and images that cannot be read."""
    for test in recommendation.tests.mrd:
        highest = test.at[0]
        if highest.reading == "not-evaluable" and highest.threshold is not None:
            at, why = scientific(highest.threshold), highest.why_not_evaluable
            yield f"{test.path}: {test.description}: not evaluable at {at} ({why})"
    for study in recommendation.tests.imaging:
        if study.reading == "not-evaluable":
            yield f"{study.path}: {study.description}: not readable ({study.reason})"


def _versions(recommendation: Recommendation) -> list[Block]:
    provenance, pack = recommendation.provenance, recommendation.rules.pack
    checked = "by two engines that agree" if provenance.cross_checked else "by one engine only: NOT cross-checked"
    rows = (
        ("Answer", f"{recommendation.title} ({recommendation.outcome})"),
        ("Rules", f"{pack.name} {pack.version}, released {pack.released}: {pack.title}"),
        ("Hash of the rules", provenance.rules_hash),
        ("Engine", f"mrdguide {provenance.engine_version}"),
        ("Hash of the input", provenance.input_hash),
        ("Judged on", provenance.as_of),
        ("Decided", checked),
    )
    return [Table("Versions", ("What", "Which"), tuple((cell(name), cell(value)) for name, value in rows), (20, 80))]


def _attributes(recommendation: Recommendation) -> list[Block]:
    rows = tuple(
        (cell(str(number)), cell(name), cell(here))
        for number, (name, here) in enumerate(attribute_rows(recommendation.rules), 1)
    )
    title = "The thirteen source attributes of evidence-based decision support"
    return [Table(title, ("No.", "Attribute", "Here"), rows, (10, 40, 50))]


def attribute_rows(rules: RuleBook) -> list[tuple[str, str]]:
    """Each source attribute, and what is said of it here; whether a rule reads a field is looked up in the rule book."""
    read = paths_read(rules)
    return [(item.name, _attribute(item, read)) for item in basis().attributes]


def _attribute(item: Attribute, read: frozenset[str]) -> str:
    if item.facts is None:
        return item.says
    if not item.facts:
        return "not used: a profile has no place for it"
    used = [path for path in item.facts if path in read]
    if used:
        return f"used: {', '.join(used)} is read by a rule"
    return f"not used: {', '.join(item.facts)} can be recorded, but no rule reads it"
