"""A person's own record in plain words. Free text of the profile is never quoted; medicines only if they are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce

from ...answer.entries import TherapyPhase
from ...answer.interpreted_tests import InterpretedImaging, InterpretedMrdTest
from ...dates import CalendarDate, parse_date
from ...patient.therapy import TherapyEntry
from ...recommend.recommendation import Recommendation
from ..blocks import Item, Items, Paragraph, Section, line
from ..languages.language import ENGLISH, Language
from .plain_language import RecordWording, SpanWording, Wording, medicine, wording

_SHOWN = 6
_EARLIER, _SEVERAL = "plain_language.record.earlier", "plain_language.record.several"


def day_in_words(day: date, language: Language = ENGLISH) -> str:
    """A day as `10 September 2026`, or as the language writes it."""
    if language.forms is not None:
        return language.forms.day(day)
    writing = wording().writing
    return writing.day.format(day=day.day, month=writing.months[day.month - 1], year=day.year)


def date_in_words(when: CalendarDate | None, language: Language = ENGLISH) -> str:
    """A date as far as it is known: `10 September 2026`, `September 2026`, `2026`."""
    writing = wording(language).writing
    if when is None:
        return writing.no_date
    first = date.fromordinal(when.earliest)
    if when.exact:
        return day_in_words(first, language)
    if "-" not in when.text:
        return when.text
    if language.forms is not None:
        return language.forms.month(first)
    return writing.month.format(month=writing.months[first.month - 1], year=first.year)


def listed(names: Sequence[str], language: Language = ENGLISH) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if language.forms is not None:
        return language.forms.listed(names)
    writing = wording().writing
    if len(names) < 2:
        return "".join(names)
    before = reduce(lambda found, name: writing.between.format(before=found, after=name), names[:-1])
    return writing.last.format(before=before, after=names[-1])


def record_sections(
    recommendation: Recommendation, words: Wording, language: Language = ENGLISH
) -> tuple[Section, ...]:
    """What was looked at: the disease and its treatment, MRD tests, scans, and what happened."""
    record, titles = words.record, words.page.titles
    known = Paragraph(line(record.diagnoses[recommendation.profile.diagnosis.disease]))
    treatment = [_treatment(phase, record, language) for phase in recommendation.entries.therapy]
    # A return recorded as an event is listed among what happened.
    read = [test for test in recommendation.tests.mrd if test.kind == "test"]
    tests = _merged(((_when(test, language), mrd_result(test, words)) for test in read), record, language)
    scans = _merged(
        ((_when(study, language), _scan(study, words)) for study in recommendation.tests.imaging), record, language
    )
    happened = _happened(recommendation, record, language)
    sections = [
        Section(titles.treatment, (known, _list(treatment, record.none_treatment, record, language))),
        Section(titles.mrd, (_list(tests, record.none_mrd, record, language),)),
        Section(titles.scans, (_list(scans, record.none_scans, record, language),)),
    ]
    if happened:
        sections.append(Section(titles.more, (_list(happened, "", record, language),)))
    if recommendation.ignored_entries:
        sections.append(Section(titles.set_aside, (Paragraph(line(record.set_aside)),)))
    return tuple(sections)


def _list(texts: Sequence[str], none: str, record: RecordWording, language: Language) -> Items | Paragraph:
    if not texts:
        return Paragraph(line(none))
    shown = list(texts[-_SHOWN:])
    if len(texts) > _SHOWN:
        count = len(texts) - _SHOWN
        shown.append(language.counted(_EARLIER, record.earlier, count).format(count=count))
    return Items(tuple(Item(line(text)) for text in shown))


def _when(item: InterpretedMrdTest | InterpretedImaging, language: Language) -> str:
    return _begun(date_in_words(parse_date(item.date) if item.date is not None else None, language))


def _begun(text: str) -> str:
    return text[0].upper() + text[1:]


def _merged(entries: Iterable[tuple[str, str]], record: RecordWording, language: Language) -> list[str]:
    """Lines by date; tests of one day with one result share a line."""
    counts: dict[tuple[str, str], int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    return [
        record.entry.format(when=when, what=_several(what, count, record, language) if count > 1 else what)
        for (when, what), count in counts.items()
    ]


def _several(what: str, count: int, record: RecordWording, language: Language) -> str:
    return language.counted(_SEVERAL, record.several, count).format(what=what, count=count)


def _treatment(phase: TherapyPhase, record: RecordWording, language: Language) -> str:
    entry = phase.entry
    what = record.phases[entry.phase or "unknown"]
    if entry.kind is not None:
        what = record.transplants[entry.kind]
    names = _names(entry.drugs or (), record, language)
    if names:
        what = record.medicines.format(phase=what, names=listed(names, language))
    form = _span(entry, phase.ongoing, record.spans)
    return form.format(what=what, begin=date_in_words(entry.begins, language), end=date_in_words(entry.end, language))


def _names(drugs: Sequence[str], record: RecordWording, language: Language) -> list[str]:
    known = list(dict.fromkeys(name for drug in drugs if (name := medicine(drug, language)) is not None))
    unknown = any(medicine(drug) is None for drug in drugs)
    return [*known, record.other_medicine] if unknown else known


def _span(entry: TherapyEntry, ongoing: bool | None, spans: SpanWording) -> str:
    begun = entry.begins is not None
    if begun and entry.phase == "transplant":
        return spans.at
    if ongoing:
        return spans.ongoing if begun else spans.ongoing_no_start
    if entry.end is not None:
        return spans.ended if begun else spans.ended_no_start
    return spans.no_end if begun else spans.no_dates


def mrd_result(test: InterpretedMrdTest, words: Wording) -> str:
    """What one MRD test found, by the rule book's own reading. Only a test that counts as negative is told as clear."""
    test_of = words.record.marrow_test if test.specimen == "marrow" else words.record.other_test
    return f"{test_of} {words.record.mrd[_mrd_state(test)]}"


# Why the rule book's reading cannot use a test, and how that is told.
_UNFIT = {
    "the test failed": "failed", "not marrow": "blood", "method": "method", "no trackable clone": "poor",
    "haemodiluted sample": "poor", "not the first pull": "poor", "limit of detection": "shallow",
}  # fmt: skip


def _mrd_state(test: InterpretedMrdTest) -> str:
    # The highest threshold of the rules is where MRD categories begin; deeper findings are for the team to explain.
    result, highest = test.result, test.at[0]
    if result in (None, "indeterminate"):
        return "unknown" if result is None else "unclear"
    if highest.reading == "not-evaluable" and highest.reason in ("not marrow", "the test failed"):
        return _UNFIT[highest.reason]
    if result == "detected":
        return "few" if highest.reading == "below" else "some"
    if highest.reading == "not-evaluable":
        return _UNFIT[highest.reason]
    return "clear" if highest.reading == "negative" else "unsure"


def _scan(study: InterpretedImaging, words: Wording) -> str:
    record = words.record
    return f"{record.scans[study.modality or 'unknown']}. {record.scan_results[_scan_state(study)]}"


def _scan_state(study: InterpretedImaging) -> str:
    if study.reading == "positive":
        return "positive"
    if study.reading == "negative":
        return "clear"
    # A scan that can only show disease of another kind than this person's shows nothing.
    blind = "not-evaluable" in study.possible and (study.reason or "baseline.fdg_avid" in study.missing)
    return "blind" if blind and study.modality is not None else "unclear"


def _happened(recommendation: Recommendation, record: RecordWording, language: Language) -> list[str]:
    found, entries = [], recommendation.entries
    responses = [(item.entry.date, item.entry.category) for item in entries.responses]
    known = [(when, category) for when, category in responses if category is not None]
    if known:
        when, category = known[-1]
        said = record.responses[category]
        found.append(record.response.format(what=record.last_result, when=date_in_words(when, language), response=said))
    dated = [(event.entry.date, record.events[event.entry.kind or "unknown"]) for event in entries.events]
    dated += [(toxicity.entry.date, record.side_effects) for toxicity in entries.toxicities]
    told = (record.happened.format(when=_begun(date_in_words(when, language)), what=what) for when, what in dated)
    return [*found, *told]
