"""A patient's facts as a board would hear them: what was found and when, without any reading of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..answer.entries import EntriesInOrder, entries_on
from ..patient import Patient, read_patient
from ..patient.events import Event
from ..patient.facts import catalogue
from ..patient.fields import Abnormality
from ..patient.imaging import ImagingStudy
from ..patient.markers import MarkerPanel
from ..patient.mrd import MrdTest
from ..patient.therapy import TherapyEntry
from ..patient.units import Quantity
from ..reading.numbers import scientific
from ..recommend.evaluation import day_of
from ..report.blocks import Block, Item, Items, Line, Paragraph, Section, Table, line

_NONE = "not recorded"
_ABNORMALITIES = ("del_17p", "tp53_mutation", "t_4_14", "t_14_16", "t_14_20", "gain_1q", "del_1p32")


def case_sections(source: Mapping[str, Any] | str | os.PathLike[str], as_of: str) -> tuple[Section, ...]:
    """The facts of a profile as they stood on a day, in the order in which a case is presented.

    Raises:
        PatientError: the profile cannot be read.
        UsageError: `as_of` is no single day.
    """
    patient, day = read_patient(source), date.fromordinal(day_of(as_of))
    entries = entries_on(patient, day)
    return tuple(
        Section(title, blocks)
        for title, blocks in (
            ("Patient", (_who(patient, day),)),
            ("At diagnosis", (_at_diagnosis(patient),)),
            ("Therapy", (_therapy(entries),)),
            ("Response", (_responses(entries),)),
            ("MRD", (_mrd(entries),)),
            ("Blood, urine and marrow cells", (_markers(entries),)),
            ("Imaging", (_imaging(entries),)),
            ("Events and toxicity", (_happened(patient, entries),)),
            ("Follow-up and wishes", (_ahead(patient),)),
            ("What people say of the record", _said(patient, entries)),
        )
        if blocks
    )


def _list(*texts: str) -> Items:
    return Items(tuple(Item(line(text)) for text in texts))


def _words(value: object) -> str:
    return _NONE if value is None else str(value).replace("-", " ")


def _yes_no(value: bool | None) -> str:
    return {True: "yes", False: "no", None: _NONE}[value]


def _who(patient: Patient, day: date) -> Block:
    born = patient.birth_year
    age = f"about {day.year - born} years old" if born is not None else f"age {_NONE}"
    noted = patient.considered.in_words
    also = [f"{noted} (no rule decides on it)"] if noted else []
    return _list(f"{age}, sex {_words(patient.sex)}", f"ECOG {_words(patient.ecog)}", *also)


def _at_diagnosis(patient: Patient) -> Block:
    baseline = patient.baseline
    titles = {path: fact.label for path, fact in catalogue().items()}
    labs = []
    for name in ("beta2_microglobulin", "albumin", "ldh", "creatinine"):
        quantity = getattr(baseline.labs, name)
        label = titles[f"baseline.labs.{name}"]
        if quantity is None:
            labs.append(f"{label} {_NONE}")
            continue
        labs.append(f"{label} {_quantity(quantity)}")
    genes = [
        f"{titles[f'baseline.cytogenetics.{name}']}: {_abnormality(getattr(baseline.cytogenetics, name))}"
        for name in _ABNORMALITIES
    ]
    cells = baseline.circulating_plasma_cells_percent
    return _list(
        f"{_words(patient.diagnosis.disease)}, {patient.diagnosis.date or 'date ' + _NONE}",
        "; ".join(labs),
        "; ".join(genes),
        f"extramedullary disease: {_words(baseline.extramedullary_disease.status)}",
        f"circulating plasma cells: {f'{cells:g} %' if cells is not None else _NONE}",
        f"FDG-avid: {_yes_no(baseline.fdg_avid)}",
    )


def _quantity(quantity: Quantity) -> str:
    limit = f" (upper limit {quantity.upper_limit:g} {quantity.unit})" if quantity.upper_limit is not None else ""
    return f"{quantity.text or f'{quantity.value:g} {quantity.unit}'}{limit}"


def _abnormality(found: Abnormality) -> str:
    parts = [_words(found.status)]
    if found.fraction is not None:
        sorted_ = {True: " of CD138-sorted cells", False: " of unsorted cells", None: ""}[found.cd138_sorted]
        parts.append(f"{found.fraction * 100:g} %{sorted_}")
    if found.copies is not None:
        parts.append(f"{found.copies} copies")
    if found.zygosity is not None:
        parts.append(found.zygosity)
    return ", ".join(parts)


def _table(caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], none: str) -> Block:
    if not rows:
        return Paragraph(line(none))
    shown: tuple[tuple[Line, ...], ...] = tuple(tuple(line(cell) for cell in row) for row in rows)
    return Table(caption, head, shown)


def _therapy(entries: EntriesInOrder) -> Block:
    rows = [(_span(timed.entry), _words(timed.entry.phase), _given(timed.entry)) for timed in entries.therapy]
    return _table("Therapy in order of time", ("when", "phase", "what"), rows, "No therapy is recorded.")


def _span(entry: TherapyEntry) -> str:
    begins = str(entry.begins or f"start {_NONE}")
    if entry.phase == "transplant":
        return begins
    if entry.end is not None:
        return f"{begins} to {entry.end}"
    return f"{begins}, going on" if entry.end_recorded else f"{begins}, end {_NONE}"


def _given(entry: TherapyEntry) -> str:
    line_ = f"line {entry.line}" if entry.line is not None else ""
    ended = f"ended for: {entry.stop_reason}" if entry.stop_reason else ""
    begun = f"begun for: {_words(entry.start_reason)}" if entry.start_reason else ""
    parts = (entry.regimen, ", ".join(entry.drugs or ()), entry.kind, entry.site, line_, begun, ended)
    return "; ".join(part for part in parts if part) or _NONE


def _responses(entries: EntriesInOrder) -> Block:
    rows = [
        (str(item.entry.date or _NONE), item.entry.category or _NONE, _yes_no(item.entry.confirmed))
        for item in entries.responses
    ]
    return _table("Response by IMWG category", ("date", "category", "confirmed"), rows, "No response is recorded.")


def _mrd(entries: EntriesInOrder) -> Block:
    rows = [_mrd_row(timed.entry) for timed in entries.mrd]
    head = ("date", "result", "limit of detection", "method", "specimen", "sample")
    return _table("MRD tests in order of time", head, rows, "No MRD test is recorded.")


def _mrd_row(test: MrdTest) -> tuple[str, ...]:
    depth = scientific(test.limit_of_detection) if test.limit_of_detection is not None else _NONE
    level = f" at {scientific(test.level)}" if test.level is not None else ""
    return (
        str(test.date or _NONE), f"{_words(test.result)}{level}", depth, test.method or _NONE, test.specimen or _NONE,
        _sample(test),
    )  # fmt: skip


def _sample(test: MrdTest) -> str:
    quality = test.quality
    told = (
        (quality.first_pull, "first pull", "not the first pull"),
        (quality.hemodiluted, "haemodiluted", "not haemodiluted"),
        (quality.trackable_clone, "trackable clone", "no trackable clone"),
    )
    parts = [yes if value else no for value, yes, no in told if value is not None]
    if quality.cells is not None:
        parts.append(f"{quality.cells:,.0f} cells")
    return ", ".join(parts) or "quality not recorded"


def _markers(entries: EntriesInOrder) -> Block:
    rows = [(str(timed.entry.date or _NONE), _measured(timed.entry)) for timed in entries.markers]
    return _table("Panels in order of time", ("date", "found"), rows, "No panel of blood or urine is recorded.")


def _measured(panel: MarkerPanel) -> str:
    """Whatever the panel holds, in the order of its fields."""
    parts = []
    for name, field in MarkerPanel.model_fields.items():
        value = getattr(panel, name)
        if value is None or name == "date":
            continue
        label = field.title or (field.alias or name).replace("_percent", " (percent)").replace("_", " ")
        parts.append(f"{label} {_value(value)}")
    return ", ".join(parts) or _NONE


def _value(value: object) -> str:
    if isinstance(value, Quantity):
        return _quantity(value)
    if isinstance(value, bool):
        return _yes_no(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _imaging(entries: EntriesInOrder) -> Block:
    rows = [_image_row(timed.entry) for timed in entries.imaging]
    head = ("date", "modality", "scores", "report")
    return _table("Imaging in order of time", head, rows, "No functional imaging is recorded.")


def _image_row(study: ImagingStudy) -> tuple[str, ...]:
    told = (
        ("Deauville focal", study.deauville_focal),
        ("Deauville marrow", study.deauville_marrow),
        ("RAC", study.rac),
    )
    scores = [f"{name} {value}" for name, value in told if value is not None]
    if study.new_lesion is not None:
        scores.append("new lesion" if study.new_lesion else "no new lesion")
    if study.reference_standard is not None:
        scores.append(f"compared with {study.reference_standard}")
    due = f", due to: {study.attribution}" if study.attribution is not None else ""
    return (
        str(study.date or _NONE), study.modality or _NONE, ", ".join(scores) or _NONE,
        (f"concludes {study.conclusion}" if study.conclusion else "no conclusion") + due,
    )  # fmt: skip


def _happened(patient: Patient, entries: EntriesInOrder) -> Block:
    texts = []
    for event in entries.events:
        texts.append(f"{event.when}: {_words(event.entry.kind)}{_more_of(event.entry)}")
    for item in entries.toxicities:
        toxicity = item.entry
        grade = f", grade {toxicity.grade}" if toxicity.grade is not None else ""
        hard = ", called unacceptable" if toxicity.unacceptable else ""
        due = f", due to {toxicity.attributed_to}" if toxicity.attributed_to is not None else ""
        texts.append(f"{item.when}: {toxicity.term or 'toxicity'}{grade}, {_words(toxicity.status)}{hard}{due}")
    if patient.clonal_hematopoiesis.tp53.status is not None:
        texts.append(f"TP53 clonal haematopoiesis: {_words(patient.clonal_hematopoiesis.tp53.status)}")
    if patient.functional_high_risk.status is not None:
        found = patient.functional_high_risk
        as_ = "; ".join(text for text in (found.definition, found.anchor and f"since {found.anchor}") if text)
        texts.append(f"functional high risk: {_words(found.status)}{f' ({as_})' if as_ else ''}")
    return _list(*texts) if texts else Paragraph(line("Nothing is recorded."))


def _more_of(event: Event) -> str:
    """What is told of an event beside its kind."""
    confirmed = {True: "confirmed", False: "not confirmed", None: ""}[event.confirmed]
    parts = (
        event.term, event.status, f"over on {event.end}" if event.end is not None else "",
        f"due to: {event.attribution}" if event.attribution is not None else "", confirmed, event.note,
    )  # fmt: skip
    told = "; ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def _ahead(patient: Patient) -> Block:
    return _list(
        f"marrow and imaging follow-up agreed and feasible: {_yes_no(patient.surveillance.feasible)}",
        f"the patient wishes to stop: {_yes_no(patient.preference.stop)}",
    )


def _said(patient: Patient, entries: EntriesInOrder) -> tuple[Block, ...]:
    """What was attested, what cannot be had any more and which parts of the record may have gaps; nothing where nothing is said."""
    texts = []
    for item in entries.attested:
        said = item.entry
        note = f" ({said.note})" if said.note else ""
        texts.append(f"attested of {item.when} by {said.by or _NONE}: {_words(said.what)}, {_yes_no(said.value)}{note}")
    for lost in patient.unobtainable:
        fact = catalogue().get(lost.what)
        texts.append(f"cannot be had any more: {fact.label if fact else lost.what} ({lost.why}; {lost.by})")
    if patient.recorded is not None:
        texts.append(f"the record goes until {patient.recorded}")
    if patient.incomplete:
        texts.append(f"may have gaps: {', '.join(map(_words, patient.incomplete))}")
    if patient.therapy_complete is False:
        texts.append("the list of therapy has gaps")
    texts += [f"{name}: {_value(value)}" for name, value in patient.local.items() if value is not None]
    return (_list(*texts),) if texts else ()
