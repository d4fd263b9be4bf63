"""An evidence entry as a recommendation shows it: verified figures only, never an effect size that misleads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..reading.frozen import frozen
from .citation import vancouver

if TYPE_CHECKING:
    from .model import Arm, EvidenceEntry, Interval, Standing, StudyFinding


@frozen
class ReadAt:
    """Where a figure was read.

    url: the address of the source
    level: primary, registry, secondary or tertiary: how near to the study's own publication
    locator: the page, table or figure
    read: the day it was read
    """

    url: str
    level: str
    locator: str
    read: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {"url": self.url, "level": self.level, "locator": self.locator, "read": self.read}


@frozen
class ShownFinding:
    """One finding of a study.

    id: its id in the evidence entry
    text: the finding in a line, with its clock; marked when it is not verified
    verified: whether it was read at a source
    read_at: where it was read, null for an unverified one that was read nowhere
    """

    id: str
    text: str
    verified: bool
    read_at: ReadAt | None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "text": self.text, "verified": self.verified,
            "read_at": self.read_at.to_dict() if self.read_at is not None else None,
        }  # fmt: skip


@frozen
class ShownEntry:
    """The parts of an evidence entry that do not depend on the patient; each only as far as it was verified.

    id: the entry's id
    name: the name it goes by, often an acronym
    citation: the reference in Vancouver style
    identifiers: PMID, DOI and registrations
    population: whom it studied
    read: the sources that were read
    summary: design, size and follow-up in one line
    findings: its figures
    warnings: what a reader must know before using it
    limitations: its limits
    """

    id: str
    name: str
    citation: str
    identifiers: tuple[str, ...]
    population: str
    read: tuple[str, ...]
    summary: str
    findings: tuple[ShownFinding, ...]
    warnings: tuple[str, ...]
    limitations: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "name": self.name, "citation": self.citation, "identifiers": list(self.identifiers),
            "population": self.population, "read": list(self.read), "summary": self.summary,
            "findings": [item.to_dict() for item in self.findings], "warnings": list(self.warnings),
            "limitations": list(self.limitations),
        }  # fmt: skip


def summary(entry: EvidenceEntry) -> str:
    """Design, size and follow-up in one line, each only as far as it was verified."""
    parts = []
    if entry.design is not None and entry.design.verified:
        parts.append(entry.design.text)
    population = entry.population
    if population is not None and population.verified and population.n is not None:
        stopped = f", {population.n_stopped} stopped" if population.n_stopped not in (None, population.n) else ""
        parts.append(f"n={population.n}{stopped}")
    elif population is not None and population.verified and population.n_stopped is not None:
        parts.append(f"{population.n_stopped} stopped")
    followed = next((item for item in entry.follow_up if item.verified), None)
    if followed is not None:
        parts.append(f"follow-up {followed.text}")
    parts += [trial_text(item.id, item.standing) for item in entry.registrations if item.standing is not None]
    return "; ".join(parts)


def trial_text(trial: str, standing: Standing) -> str:
    """Where a registered trial stands, in a line."""
    said = [standing.status.lower().replace("_", " ")]
    if standing.why_stopped:
        said[0] += f" ({standing.why_stopped})"
    if standing.enrolment is not None:
        said.append(f"{standing.enrolment.count} {_ACTUAL[standing.enrolment.actual][0]}")
    if standing.completion is not None:
        said.append(f"{_ACTUAL[standing.completion.actual][1]} {standing.completion.date}")
    said.append("results at the registry" if standing.has_results else "no results at the registry")
    record = f" (record of {standing.updated})" if standing.updated is not None else ""
    return f"{trial}{record}: {', '.join(said)}"


_ACTUAL = {
    True: ("enrolled", "completed"), False: ("planned", "completion expected"), None: ("enrolled or planned", "completion"),
}  # fmt: skip


def finding_text(finding: StudyFinding) -> str:
    """One finding in a line, with its clock."""
    text = finding.measure
    if finding.time is not None:
        text += f" at {in_unit(finding.time.at, finding.time.unit)}"
    if finding.clock.startswith("not stated"):
        text += f" (clock {finding.clock})"
    elif finding.clock:
        text += f" (from {finding.clock})"
    arms = "; ".join(_arm(arm) for arm in finding.arms)
    pieces = [piece for piece in (arms, _effect(finding), finding.statement) if piece]
    return f"{text}: {'; '.join(pieces)}"


def visible_findings(entry: EvidenceEntry, *, include_unverified: bool = False) -> list[StudyFinding]:
    """Verified findings (all, if asked for); of an entry whose effect sizes mislead, none that carries one; of one that
    was retracted, none."""
    if entry.retracted is not None:
        return []
    return [
        finding
        for finding in entry.findings
        if (finding.verified or include_unverified)
        and not (entry.effect_sizes_hidden and (finding.effect is not None or len(finding.arms) > 1))
    ]


def standing(entry: EvidenceEntry, successor: EvidenceEntry | None = None) -> tuple[str, ...]:
    """That an entry was retracted or superseded, in sentences; nothing while it stands. `successor` is the entry that has
    taken its place, where it can be read."""
    said = []
    if (mark := entry.retracted) is not None:
        where = entry.sources[mark.source]
        said.append(
            f"Retracted ({mark.date}): {mark.why.rstrip('.')}. Read at {where.url} on {where.read}. "
            "Nothing rests on it, and no figure of it is shown."
        )
    if (update := entry.superseded_by) is not None:
        name = f"{successor.name} ({successor.id})" if successor is not None else update.entry
        said.append(f"Superseded ({update.date}) by {name}: {update.why.rstrip('.')}.")
    return tuple(said)


def rendered(
    entry: EvidenceEntry, *, include_unverified: bool = False, successor: EvidenceEntry | None = None
) -> ShownEntry:
    """An entry as it is shown. Unverified findings, if asked for, are marked; that it was retracted or superseded comes
    before all other warnings."""
    sources = {f"{source.url} ({source.level} source), {source.read}" for source in entry.sources.values()}
    return ShownEntry(
        id=entry.id,
        name=entry.called,
        citation=vancouver(entry.citation),
        identifiers=tuple(_identifiers(entry)),
        population=entry.population.text if entry.population is not None and entry.population.verified else "",
        read=tuple(sorted(sources)),
        summary=summary(entry),
        findings=tuple(
            ShownFinding(finding.id, _marked(finding), finding.verified, _read_at(entry, finding))
            for finding in visible_findings(entry, include_unverified=include_unverified)
        ),
        warnings=(*standing(entry, successor), *entry.warnings),
        limitations=tuple(entry.limitations),
    )


_UNITS = {"d": "day", "mo": "month", "a": "year"}


def in_unit(number: float, unit: str) -> str:
    """`3 years`, `1 year`, `85%`; a unit of another kind is left as it is."""
    if unit in _UNITS:
        return f"{number:g} {_UNITS[unit]}{'' if number == 1 else 's'}"
    shown = {"%": "%", "1": ""}.get(unit, f" {unit}")
    return f"{number:g}{shown}"


def _identifiers(entry: EvidenceEntry) -> list[str]:
    """PMID, DOI and registrations, as far as each was seen where it says."""
    citation = entry.citation
    found = [f"PMID {citation.PMID}"] if citation.PMID and citation.verified else []
    found += [f"doi:{citation.DOI}"] if citation.DOI and citation.verified else []
    return [*found, *(item.id for item in entry.registrations if item.verified)]


def _marked(finding: StudyFinding) -> str:
    if finding.verified:
        return finding_text(finding)
    return f"[{'computed here, not published' if finding.derived else 'UNVERIFIED'}] {finding_text(finding)}"


def _read_at(entry: EvidenceEntry, finding: StudyFinding) -> ReadAt | None:
    if finding.source is None:
        return None
    source = entry.sources[finding.source]
    reader = f", read by {source.by}" if source.by else ""
    return ReadAt(source.url, source.level, f"{source.locator}{reader}", source.read)


def _arm(arm: Arm) -> str:
    if not arm.reached:
        figure = "not reached"
    elif arm.unit == "count":
        figure = f"{arm.value:g}" + (f"/{arm.n}" if arm.n is not None else "")
    elif arm.value is None:
        figure = "no figure"
    else:
        figure = in_unit(arm.value, arm.unit)
    text = f"{arm.group} {figure}"
    return text + (f" {_interval(arm.interval)}" if arm.interval else "")


def _effect(finding: StudyFinding) -> str:
    effect = finding.effect
    if effect is None:
        return ""
    text = f"{effect.kind} {effect.value:g}"
    if effect.interval is not None:
        text += f" {_interval(effect.interval)}"
    if effect.p:
        text += f", p {effect.p}" if effect.p[0] in "<=>" else f", p={effect.p}"
    return f"{text} ({effect.of})"


def _interval(interval: Interval) -> str:
    word = "CI" if interval.kind == "confidence" else "CrI"
    return f"({interval.percent:g}% {word} {interval.low:g} to {interval.high:g})"
