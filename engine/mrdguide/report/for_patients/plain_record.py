"""A person's own record in plain words. Free text of the profile is never quoted; medicines only if they are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from ...case import imaging, mrd
from ...case.case import Case, Timed
from ...case.possible import BELOW, NEGATIVE, NOT_EVALUABLE, POSITIVE
from ...case.therapy import ongoing
from ...dates import CalendarDate
from ...patient.imaging import ImagingStudy
from ...patient.mrd import MrdTest
from ...patient.therapy import TherapyEntry
from ...rulebook.book import RuleBook
from ..blocks import Item, Items, Paragraph, Section, line
from .plain_language import RecordWording, Wording, medicine

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SHOWN = 6


def day_in_words(day: int) -> str:
    """A day as `10 September 2026`."""
    found = date.fromordinal(day)
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def date_in_words(when: CalendarDate | None) -> str:
    """A date as far as it is known: `10 September 2026`, `September 2026`, `2026`."""
    if when is None:
        return "date not recorded"
    if when.exact:
        return day_in_words(when.earliest)
    return day_in_words(when.earliest).partition(" ")[2] if "-" in when.text else when.text


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def record_sections(case: Case, rules: RuleBook, words: Wording) -> tuple[Section, ...]:
    """What was looked at: the disease and its treatment, MRD tests, scans, and what happened."""
    record = words.record
    diagnosis = case.patient.diagnosis
    known = Paragraph(line(record.diagnoses[diagnosis.disease]))
    treatment = [_treatment(timed, case.as_of, record) for timed in case.therapy]
    # The highest cut of the book is where MRD categories begin; deeper findings are for the team to explain.
    cut = max(rules.thresholds.by_path.get("mrd", (1.0,)))
    tests = _merged(
        (_when(item.timed), mrd_result(item, words))
        for item in mrd.interpret(case, cut, rules.interpretation.marrow_mrd)
        if item.timed.place >= 0  # a return recorded as an event stands among what happened
    )
    scans = _merged(
        (_when(item.timed), _scan(item, words)) for item in imaging.interpret(case, rules.interpretation.imaging)
    )
    happened = _happened(case, record)
    sections = [
        Section("Your treatment", (known, _list(treatment, record.none_treatment, record))),
        Section("Your MRD tests", (_list(tests, record.none_mrd, record),)),
        Section("Your scans", (_list(scans, record.none_scans, record),)),
    ]
    if happened:
        sections.append(Section("What else is in your record", (_list(happened, "", record),)))
    if case.ignored():
        sections.append(Section("Not looked at", (Paragraph(line(record.set_aside)),)))
    return tuple(sections)


def _list(texts: Sequence[str], none: str, record: RecordWording) -> Items | Paragraph:
    if not texts:
        return Paragraph(line(none))
    shown = list(texts[-_SHOWN:])
    if len(texts) > _SHOWN:
        shown.append(record.earlier.replace("{count}", str(len(texts) - _SHOWN)))
    return Items(tuple(Item(line(text)) for text in shown))


def _when(timed: Timed[MrdTest] | Timed[ImagingStudy]) -> str:
    text = date_in_words(timed.entry.date)
    return text[0].upper() + text[1:]


def _merged(entries: Iterable[tuple[str, str]]) -> list[str]:
    """Lines by date; tests of one day with one result share a line."""
    counts: dict[tuple[str, str], int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    return [f"{when}: {what}{f' ({count} tests)' if count > 1 else ''}" for (when, what), count in counts.items()]


def _treatment(timed: Timed[TherapyEntry], as_of: int, record: RecordWording) -> str:
    entry = timed.entry
    head = record.phases[entry.phase or "unknown"]
    if entry.kind is not None:
        head = record.transplants[entry.kind]
    names = _names(entry.drugs or (), record)
    return f"{head}{f': {listed(names)}' if names else ''}{_span(entry, timed, as_of)}."


def _names(drugs: Sequence[str], record: RecordWording) -> list[str]:
    known = list(dict.fromkeys(name for drug in drugs if (name := medicine(drug)) is not None))
    unknown = any(medicine(drug) is None for drug in drugs)
    return [*known, record.other_medicine] if unknown else known


def _span(entry: TherapyEntry, timed: Timed[TherapyEntry], as_of: int) -> str:
    begins = date_in_words(entry.begins)
    if entry.begins is None:
        began = ", start not recorded"
    elif entry.phase == "transplant":
        return f", {begins}"
    else:
        began = f", from {begins}"
    still = ongoing(timed, as_of)
    if still:
        return f"{began}, still going on"
    if entry.end is not None:
        return (
            f"{began} to {date_in_words(entry.end)}" if entry.begins else f"{began}, ended {date_in_words(entry.end)}"
        )
    return f"{began}, end not recorded"


def mrd_result(reading: mrd.Interpretation, words: Wording) -> str:
    """What one MRD test found, by the rule book's own reading. Only a test that counts as negative is told as clear."""
    test_of = words.record.marrow_test if reading.timed.entry.specimen == "marrow" else words.record.other_test
    return f"{test_of} {words.record.mrd[_mrd_state(reading)]}"


# Why the rule book's reading cannot use a test, and how that is told.
_UNFIT = {
    "the test failed": "failed", "not marrow": "blood", "method": "method", "no trackable clone": "poor",
    "haemodiluted sample": "poor", "not the first pull": "poor", "limit of detection": "shallow",
}  # fmt: skip


def _mrd_state(reading: mrd.Interpretation) -> str:
    result = reading.timed.entry.result
    if result in (None, "indeterminate"):
        return "unknown" if result is None else "unclear"
    if reading.possible == NOT_EVALUABLE and reading.reason in ("not marrow", "the test failed"):
        return _UNFIT[reading.reason]
    if result == "detected":
        return "few" if reading.possible == BELOW else "some"
    if reading.possible == NOT_EVALUABLE:
        return _UNFIT[reading.reason]
    return "clear" if reading.possible == NEGATIVE else "unsure"


def _scan(reading: imaging.ImageInterpretation, words: Wording) -> str:
    record = words.record
    return f"{record.scans[reading.timed.entry.modality or 'unknown']}. {record.scan_results[_scan_state(reading)]}"


def _scan_state(reading: imaging.ImageInterpretation) -> str:
    if reading.possible == POSITIVE:
        return "positive"
    if reading.possible == NEGATIVE:
        return "clear"
    # A scan that can only show disease of another kind than this person's shows nothing.
    blind = reading.possible & NOT_EVALUABLE and (reading.reason or "baseline.fdg_avid" in reading.missing)
    return "blind" if blind and reading.timed.entry.modality is not None else "unclear"


def _happened(case: Case, record: RecordWording) -> list[str]:
    found = []
    responses = [timed for timed in case.timed("responses") if timed.entry.category is not None]
    if responses:
        latest = responses[-1].entry
        found.append(f"{record.last_result}, {date_in_words(latest.date)}: {record.responses[latest.category]}.")
    for timed in case.timed("events"):
        when = date_in_words(timed.entry.date)
        found.append(f"{when[0].upper()}{when[1:]}: {record.events[timed.entry.kind or 'unknown']}.")
    for timed in case.timed("toxicities"):
        when = date_in_words(timed.entry.date)
        found.append(f"{when[0].upper()}{when[1:]}: {record.side_effects}.")
    return found
