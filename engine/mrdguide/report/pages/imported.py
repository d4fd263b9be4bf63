"""What became of FHIR data, as a page: facts with their origin, what was left and why, what a site file could add."""

from __future__ import annotations

from collections import Counter

from ...intake.fhir.import_report import Completeness, ImportReport, Issue, UnreadText
from ...patient.profile import Patient
from ..blocks import Block, Items, Page, Part, Table, line
from .lines import bullets, cell, paragraph, plain_items, sections

_MOST_REASONS = 25


def import_page(patient: Patient, report: ImportReport) -> Page:
    """One page for one import."""
    return Page(
        f"{report.patient_id}: what was read from FHIR",
        f"{how_whole(patient, report)} Code tables {report.tables}.",
        sections(
            ("Facts taken", _facts(report)),
            ("To be looked at", _issues(report)),
            ("Conflicts: nothing was chosen", [bullets(_conflict_texts(report))] if report.conflicts else []),
            ("Texts to be read by a person", _texts(report)),
            ("Left out", _ignored(report)),
            ("How whole it is", _completeness(patient, report)),
            ("What a site file could say", _site(patient, report)),
        ),
        (),
        (),
    )


def how_whole(patient: Patient, report: ImportReport) -> str:
    """Whether all that was given could be read, in a sentence; whether all was given nobody here can know."""
    if nothing_in_doubt(patient, report):
        left = sum(not item.ordinary for item in report.ignored)
        but = f", but for {left} {'entry' if left == 1 else 'entries'} named under what was left out" if left else ""
        return f"All that was given was read{but}; whether all was given is for you to know."
    if report.complete and not patient.incomplete:
        number = len(_doubtful(report)) + len(report.conflicts)
        things = (
            "One thing could not be taken as it stands"
            if number == 1
            else f"{number} things could not be taken as they stand"
        )
        return f"All that was given was looked at. {things}: see what is to be looked at. Whether all was given is for you to know."
    return "NOT all was given or could be read: what may be missing counts as unknown."


def nothing_in_doubt(patient: Patient, report: ImportReport) -> bool:
    """Whether all that was given was read, and nothing of it is to be looked at."""
    return report.complete and not patient.incomplete and not _doubtful(report) and not report.conflicts


def _doubtful(report: ImportReport) -> list[str]:
    return [_issue(item) for item in report.issues if item.severity != "information"]


def not_settled(report: ImportReport) -> tuple[str, ...]:
    """What of a record was not read, or is in doubt, the texts that only a person can read first; where nothing of it has a
    name, which part was not handed over whole."""
    named = tuple(dict.fromkeys((*_texts_open(report), *_doubtful(report), *_conflict_texts(report))))
    return named or tuple(_state(name, state) for name, state in report.completeness.items() if not state.whole)


def _state(name: str, state: Completeness) -> str:
    return f"{name}: {state.value.replace('-', ' ')}"


def _texts_open(report: ImportReport) -> list[str]:
    return [f"{', '.join(text.open)}: {text.date} {text.wording} ({text.name})" for text in report.to_be_read]


def to_be_looked_at(report: ImportReport) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """By heading what a reader of a record should look at, the gravest first; nothing where there is nothing."""
    found = (
        ("Texts to be read by a person", _texts_open(report)),
        ("Not taken as it stands", list(dict.fromkeys(_doubtful(report)))),
        ("Conflicts: nothing was chosen", _conflict_texts(report)),
        ("Left out", _left_out(report)),
    )
    return tuple((title, tuple(listed)) for title, listed in found if listed)


def _facts(report: ImportReport) -> list[Block]:
    rows = tuple(
        (
            line(Part(fact.path, "code")), cell(fact.date), cell(" ".join(part for part in (fact.original, fact.converted) if part)),
            cell(f"{fact.resource_type}/{fact.resource_id} {fact.element}"), cell(fact.code),
        )
        for fact in report.facts
    )  # fmt: skip
    head = ("In the profile", "Date", "As found", "From", "Code")
    return [Table("Facts with their origin", head, rows, (20, 12, 20, 28, 20))] if rows else [paragraph("Nothing.")]


def _issues(report: ImportReport) -> list[Block]:
    texts = [f"{item.severity}: {_issue(item)}" for item in report.issues]
    return [bullets(texts)] if texts else []


def _issue(item: Issue) -> str:
    return f"{item.resource_type}/{item.resource_id}: {item.text}"


def _texts(report: ImportReport) -> list[Block]:
    """Every text that was not read, under what it could change, with its date, its wording and who has read it."""
    rows = tuple(
        (cell(", ".join(text.open or text.domains)), line(Part(text.name, "code")), cell(text.date), cell(text.wording),
         cell(_read_by(text)))
        for text in report.texts
    )  # fmt: skip
    head = ("About", "Text and version", "Date", "Wording", "Read")
    return [Table("Texts that only a person can read", head, rows, (14, 26, 12, 32, 16))] if rows else []


def _read_by(text: UnreadText) -> str:
    if text.read_by:
        return f"by {text.read_by}, {text.read_on}{'' if not text.open else '; the rest is open'}"
    return "not yet" if text.open else "stands beside a coded result, or says nothing that is open"


def _conflict_texts(report: ImportReport) -> list[str]:
    return [f"{item.path}: {' against '.join(item.values)}" for item in report.conflicts]


def _ignored(report: ImportReport) -> list[Block]:
    texts = _left_out(report)
    return [bullets(texts)] if texts else []


def _left_out(report: ImportReport) -> list[str]:
    """Reasons with how often; a large record has thousands of resources that say nothing here."""
    counts = Counter((item.resource_type, item.reason) for item in report.ignored)
    texts = [f"{kind}: {reason} ({count})" for (kind, reason), count in counts.most_common(_MOST_REASONS)]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(_MOST_REASONS))
    return [*texts, *([f"and {rest} more (all of them in JSON)"] if rest else [])]


def _completeness(patient: Patient, report: ImportReport) -> list[Block]:
    texts = [_state(name, state) for name, state in report.completeness.items()]
    if patient.incomplete:
        texts.append(f"may lack entries, so what is not in them is unknown: {', '.join(patient.incomplete)}")
    return [Items(plain_items(texts))] if texts else []


def _site(patient: Patient, report: ImportReport) -> list[Block]:
    """What would have to be stated for this record to say more."""
    texts = []
    if not patient.mrd:
        texts.append("which local code is marrow MRD, by which method and with which limit of detection")
    if any(test.limit_of_detection is None for test in patient.mrd):
        texts.append("the limit of detection of MRD results by code")
    if any(entry.phase is None for entry in patient.therapy):
        texts.append("which orders are maintenance (a code with phase: maintenance)")
    if any(item.reason.startswith("no meaning for") for item in report.ignored):
        texts.append("what the codes listed above as without meaning stand for, if they matter here")
    if any("a site file can state it" in item.text for item in report.issues):
        texts.append("whether '<' before an MRD value means not detected (conventions: less_than_means_not_detected)")
    return [bullets(texts)] if texts else []
