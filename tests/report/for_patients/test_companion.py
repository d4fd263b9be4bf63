"""The page for patients: plain, careful, explained, and nothing on it that tells anyone to change a treatment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import UsageError
from mrdguide.reading.data_file import read_as
from mrdguide.reading.document import read_file
from mrdguide.recommend.recommendation import Recommendation
from mrdguide.report.blocks import Page
from mrdguide.report.for_patients.choice_wording import choice_wording
from mrdguide.report.for_patients.companion import companion, prose
from mrdguide.report.for_patients.plain_language import (
    Glossary,
    Wording,
    explained,
    glossary,
    medicine,
    wording,
)
from mrdguide.report.for_patients.plain_record import date_in_words, mrd_result
from mrdguide.rulebook.book import RuleBook
from mrdguide.teach.examples import Example, examples

from .reading_age import reading_age

CASES = examples()
AS_OF = "2026-11-21"
OLDEST_READER = 13.0  # years; measured 12

# English alone: in another language it is the speaker who checks the catalogue that sees to it (CONTRIBUTING.md).
COMMANDS = re.compile(
    r"you (should|can|may|must|could|need to) (stop|end|skip|change|quit|leave|pause|halve|reduce)|safe to stop|"
    r"stop (taking|your|the|maintenance|treatment|therapy)|take (less|more|half)|no longer need|you are cured|"
    r"do not (worry|need)|all clear",
    re.IGNORECASE,
)
JARGON = re.compile(
    r"criteri|verdict|rule ?book|\.yaml|outcome|certainty|caution|envelope|block\.|cytogen|\bNG[SF]\b|\bMFC\b|\bLoD\b|"
    r"\b1e-\d|deauville|\bRAC\b|\bHRCA\b|\bIMS\b|\bIMWG\b|\bGRADE\b|\bPFS\b|\bTP53\b|del\(|t\(\d|protocol|evidence|"
    r"cessation|surveillance|resurgence|haemodil|functional|evaluable|\bmet\b|unknown|progression|\bsCR\b|\bVGPR\b",
    re.IGNORECASE,
)
ABBREVIATION = re.compile(r"\b[A-Z]{2,}(?:-[A-Z]{2,})?\b")


def pieces(page: Page) -> list[str]:
    """All text of a page except the line with the patient's id."""
    return body(page).split("\n")


def body(page: Page, *, with_words: bool = True) -> str:
    """All words of a page but for the titles of papers, which are not ours to make plain."""
    hidden = {choice_wording().sources.title} | (set() if with_words else {"Words explained"})
    shown = [block for block in page.details if block.title not in hidden]
    return "\n".join([page.title, *(text for block in (*page.front, *shown) for text in prose(block)), *page.foot])


def judged(patient: dict[str, Any] | Path, rules: RuleBook) -> Recommendation:
    return mrdguide.evaluate(patient, rules=rules, as_of=AS_OF)


def profile(example: str) -> dict[str, Any]:
    data: dict[str, Any] = read_file(next(case.path for case in CASES if case.file == f"{example}.yaml")).data
    return data


@pytest.fixture(scope="module")
def pages(shipped_rules: RuleBook) -> dict[str, Page]:
    """With numbers, so that all there can be is looked at."""
    return {
        case.file: companion(mrdguide.evaluate(case.path, rules=shipped_rules, as_of=case.as_of), numbers=True)
        for case in CASES
    }


@pytest.fixture(params=CASES, ids=lambda case: case.file)
def page(request: pytest.FixtureRequest, pages: dict[str, Page]) -> Page:
    case: Example = request.param
    return pages[case.file]


def test_the_measure_of_reading_tells_easy_from_hard() -> None:
    assert reading_age(["The cat sat on the mat. It was a warm day."]) < 12
    hard = "Individualisation of immunomodulatory maintenance necessitates multidisciplinary evaluation of residual disease."
    assert reading_age([hard]) > 18


def test_reads_easily(page: Page) -> None:
    """At twelve or thirteen years by every formula, the whole page and its front alone."""
    assert reading_age(pieces(page)) <= OLDEST_READER
    assert reading_age(text for block in page.front for text in prose(block)) <= OLDEST_READER


def test_reading_age_is_for_english_alone() -> None:
    with pytest.raises(ValueError, match="for English alone"):
        reading_age(["Ein Satz."], "de")


def test_no_sentence_is_long(page: Page) -> None:
    sentences = [part for text in pieces(page) for part in re.split(r"(?<=[.?!])\s", text)]
    assert [part for part in sentences if len(part.split()) > 28] == []


def test_tells_nobody_to_change_a_treatment(page: Page) -> None:
    text = body(page)
    assert COMMANDS.findall(text) == []
    assert not re.search(r"\bstop", body(page, with_words=False), re.IGNORECASE)
    assert "Do not change or skip any treatment on your own." in body(page)


def test_every_command_that_is_looked_for_would_be_found() -> None:
    for text in (
        "You can stop now.",
        "It is safe to stop.",
        "Stop taking it.",
        "You should skip a dose.",
        "All clear!",
    ):
        assert COMMANDS.search(text)


def test_wording_file_holds_no_command_and_no_jargon() -> None:
    texts = list(_texts(wording().model_dump(exclude={"missing"})))
    texts += [text for item in wording().missing.values() for text in (item.what, item.next)]
    assert len(texts) > 150
    assert [text for text in texts if COMMANDS.search(text)] == []
    assert [text for text in texts if JARGON.search(text)] == []
    assert not any("\u2014" in text for text in texts)


def _texts(value: Any) -> Iterator[str]:
    """Sentences and phrases among the values; keys are not shown to anyone."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def test_no_jargon(page: Page) -> None:
    assert JARGON.findall(body(page)) == []


def test_says_what_it_is_and_is_not(page: Page) -> None:
    text = body(page, with_words=False)
    for words in (
        "not a decision",
        "goes with a talk with your care team",
        "A computer program made it",
        "not been tested in practice",
    ):
        assert words in text


def test_front_and_foot_each_say_that_it_is_not_a_decision(page: Page) -> None:
    front = "\n".join(text for block in page.front for text in prose(block))
    for text in (front, "\n".join(page.foot)):
        assert "not a decision" in text
        assert "not been tested in practice" in text
        assert "Do not change or skip any treatment on your own." in text


def test_every_abbreviation_and_every_glossary_word_is_explained(page: Page) -> None:
    told = next(block for block in page.details if block.title == "Words explained")
    heads = "\n".join(text.partition(":")[0] for text in prose(told))
    for short in set(ABBREVIATION.findall(body(page))) - {"CT", "PET"}:
        assert short in heads
    for term in glossary():
        if term.pattern.search(body(page)):
            assert term.term in heads
    assert "MRD (measurable residual disease)" in heads


def test_only_words_that_occur_are_explained(pages: dict[str, Page]) -> None:
    without_scan = body(pages["out-of-scope.yaml"])
    assert "PET-CT" not in without_scan
    assert "bispecific" not in without_scan
    assert "proteasome inhibitor (here: bortezomib)" in body(pages["cessation-supported.yaml"])


def test_words_inside_an_explanation_are_explained_too() -> None:
    names = [term.term for term in explained("relapse")]
    assert {"relapse", "remission", "cure"} <= set(names)
    assert explained("nothing of the kind") == ()
    assert [term.term for term in explained("a secure cable")] == []


@pytest.mark.parametrize("example", CASES, ids=lambda case: case.file)
def test_same_page_twice(example: Example, shipped_rules: RuleBook) -> None:
    first, second = (
        companion(mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of)) for _ in range(2)
    )
    assert repr(first) == repr(second)


def test_pages_of_different_outcomes_differ(pages: dict[str, Page]) -> None:
    fronts = {case.expected.outcome: repr(pages[case.file].front) for case in CASES}
    assert len(set(fronts.values())) == len(fronts) == 9


def test_every_outcome_reason_and_answer_beside_it_has_words(shipped_rules: RuleBook) -> None:
    words, decision = wording(), shipped_rules.decision
    assert {item.id for item in decision.outcomes} | {decision.insufficient.id} == set(words.outcomes)
    assert {item.id for item in decision.secondary} == set(words.also)
    ids: set[str] = set()
    for outcome in decision.outcomes:
        for name in outcome.because:
            ids.update(shipped_rules.sections.get(name, (name,)))
    assert ids == set(words.reasons)


def test_every_missing_fact_has_words(shipped_rules: RuleBook) -> None:
    words = wording()
    paths = {path for item in shipped_rules.compiled_criteria for path in item.paths}
    lists = ("mrd", "imaging", "therapy", "responses", "markers", "events", "toxicities")
    paths |= {f"{name}[3].date" for name in lists}
    assert {path for path in paths if words.missing_at(path) is words.missing_other} == set()
    assert words.missing_at("nowhere.else") is words.missing_other
    assert words.missing_at("mrd[0].level") is not words.missing_at("mrd")
    paths |= set(lists)
    used = {id(words.missing_at(path)) for path in paths}
    assert {name for name, item in words.missing.items() if id(item) not in used} == set()


def test_every_word_of_a_profile_has_words() -> None:
    from mrdguide.patient.events import Event, ResponseAssessment
    from mrdguide.patient.imaging import ImagingStudy
    from mrdguide.patient.profile import Diagnosis
    from mrdguide.patient.therapy import TherapyEntry
    from mrdguide.reading.validation import annotation_parts

    record = wording().record
    for model, field, known in (
        (Event, "kind", record.events), (ResponseAssessment, "category", record.responses),
        (ImagingStudy, "modality", record.scans), (Diagnosis, "disease", record.diagnoses),
        (TherapyEntry, "phase", record.phases), (TherapyEntry, "kind", record.transplants),
    ):  # fmt: skip
        words = {
            word
            for part in annotation_parts(model.model_fields[field].annotation)
            for word in getattr(part, "__args__", ())
            if isinstance(word, str)
        }
        assert words
        assert words == set(known) - {"unknown"}


def told(test: dict[str, Any], rules: RuleBook) -> str:
    """One test by itself in plain words, read as the shipped rules read it."""
    profile = {"id": "invented", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": [test]}
    (read,) = mrdguide.evaluate(profile, rules=rules, as_of="2026-11-21").tests.mrd
    return mrd_result(read, wording())


GOOD = {
    "date": "2026-09-10", "specimen": "marrow", "method": "NGS", "limit_of_detection": 1e-6, "result": "not-detected",
    "quality": {"first_pull": True, "hemodiluted": False, "trackable_clone": True},
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"result": "failed"}, {"result": "indeterminate"}, {"result": None}, {"specimen": "blood"}, {"specimen": None},
        {"method": None}, {"method": "mass-spectrometry"}, {"limit_of_detection": 1e-4}, {"limit_of_detection": None},
        {"quality": {"hemodiluted": True}}, {"quality": {"first_pull": False}}, {"quality": {"trackable_clone": False}},
        {"result": "detected", "level": 3e-6}, {"result": "detected", "level": 1e-5}, {"result": "detected"},
    ],
    ids=str,
)  # fmt: skip
def test_only_a_good_test_that_found_nothing_is_told_as_clear(change: dict[str, Any], shipped_rules: RuleBook) -> None:
    clear = wording().record.mrd["clear"]
    assert told(GOOD, shipped_rules) == f"Marrow MRD test. {clear}"
    text = told({**GOOD, **change}, shipped_rules)
    assert clear not in text
    assert text.startswith("Marrow") == (change.get("specimen", "marrow") == "marrow")
    assert "MRD-negative" not in text
    if change.get("result") == "detected":
        assert "not the same as a relapse" in text


@pytest.mark.parametrize(
    ("name", "field"), [("insufficient-no-imaging", "scan"), ("insufficient-cr-without-mrd", "MRD test")]
)
def test_a_test_that_was_not_done_is_not_clear(name: str, field: str, pages: dict[str, Page]) -> None:
    looked_at = "\n".join(
        prose(next(block for block in pages[f"{name}.yaml"].details if block.title == "What was looked at"))
    )
    assert f"Your record shows no {field}" in looked_at
    assert "tells us nothing either way" in looked_at
    clear = {"scan": "No sign of active myeloma", "MRD test": "No myeloma cells were found"}[field]
    assert clear not in body(pages[f"{name}.yaml"], with_words=False)


@pytest.mark.parametrize(
    ("scan", "told"),
    [
        ({"conclusion": "negative"}, "clear"),
        ({"deauville_focal": 2, "deauville_marrow": 3, "new_lesion": False}, "clear"),
        ({"deauville_focal": 2, "deauville_marrow": 3}, "unclear"),
        ({"conclusion": "negative", "deauville_focal": 4}, "positive"),
        ({"conclusion": "negative", "new_lesion": True}, "positive"),
        ({"conclusion": "indeterminate"}, "unclear"),
        ({"modality": "WB-DWI-MRI", "rac": 1}, "clear"),
        ({"modality": "WB-DWI-MRI", "rac": 3, "conclusion": "negative"}, "unclear"),
        ({"modality": None, "conclusion": "negative"}, "unclear"),
        ({}, "unclear"),
    ],
)
def test_scans_in_words(scan: dict[str, Any], told: str, shipped_rules: RuleBook) -> None:
    data = profile("cessation-supported") | {"imaging": [{"date": "2026-09-20", "modality": "PET-CT", **scan}]}
    details = companion(judged(data, shipped_rules)).details
    section = next(prose(block) for block in details if block.title == "What was looked at")
    assert any(text.endswith(wording().record.scan_results[told]) for text in section)


def test_a_pet_scan_that_cannot_see_the_disease_is_not_clear(shipped_rules: RuleBook) -> None:
    data = profile("cessation-supported")
    data["baseline"]["fdg_avid"] = False
    assert "may not show your myeloma" in body(companion(judged(data, shipped_rules)))


@pytest.mark.parametrize("name", ["resurgence-on-therapy", "resurgence-off-therapy"])
def test_a_positive_test_is_not_told_as_a_relapse(name: str, pages: dict[str, Page]) -> None:
    text = body(pages[f"{name}.yaml"], with_words=False)
    assert "This is not the same as a relapse" in text
    assert "active again" not in text
    assert "came back" not in text.replace("In others it came back.", "")
    assert re.search(r"(have|had|is|in) (a )?relapse", text) is None


def test_hostile_text_changes_nothing(shipped_rules: RuleBook) -> None:
    evil = "<script>You can stop\n# taking it</script> \x1b[31m**now**"
    data = profile("stop-for-harm")
    data["therapy"][0]["stop_reason"] = "as discussed"
    tame = companion(judged(data, shipped_rules))
    data["id"] = evil
    data["events"][0]["note"] = evil
    data["therapy"][0]["regimen"] = evil
    data["therapy"][2]["drugs"] = ["lenalidomide", evil]
    data["therapy"][0]["stop_reason"] = evil
    wild = companion(judged(data, shipped_rules))
    assert "script" not in body(wild)
    assert "lenalidomide and another medicine" in body(wild)
    assert body(wild).replace("lenalidomide and another medicine", "lenalidomide") == body(tame)
    assert wild.subtitle.isprintable()


def test_medicines_are_named_only_if_they_are_known() -> None:
    assert medicine(" Revlimid ") == "lenalidomide"
    assert medicine("Dexamethasone") == "dexamethasone"
    assert medicine("sugar pill") is None


def test_an_outcome_of_another_rule_book_gets_a_neutral_page(shipped_rules: RuleBook) -> None:
    result = judged(profile("cessation-supported"), shipped_rules)
    object.__setattr__(result, "outcome", "made-up-here")
    text = body(companion(result))
    assert "no plain words for what it found" in text
    assert wording().outcomes["cessation-supported"].short[0] not in text
    assert "made-up-here" not in text


def test_an_open_answer_under_another_name_is_told_as_open(shipped_rules: RuleBook) -> None:
    result = judged(profile("insufficient-no-imaging"), shipped_rules)
    object.__setattr__(result, "outcome", "named-otherwise")
    assert wording().outcomes["insufficient-data"].short[0] in body(companion(result))


def test_harm_beside_another_answer_is_told_with_its_reason(shipped_rules: RuleBook) -> None:
    data = profile("resurgence-on-therapy") | {"events": [{"date": "2026-08-15", "kind": "second-primary-malignancy"}]}
    text = body(companion(judged(data, shipped_rules)))
    assert wording().also["stop-for-harm"] in text
    assert wording().reasons["harm.second-malignancy"] in text


def test_entries_after_the_day_are_not_told(shipped_rules: RuleBook) -> None:
    data = profile("cessation-supported")
    data["mrd"].append({**GOOD, "date": "2027-03-01", "result": "detected", "level": 1e-3})
    text = body(companion(judged(data, shipped_rules)))
    assert "March 2027" not in text
    assert wording().record.set_aside in text


def test_a_bare_profile_has_a_page(shipped_rules: RuleBook) -> None:
    page = companion(judged({"id": "bare", "diagnosis": {"disease": "multiple-myeloma"}}, shipped_rules))
    text = body(page)
    assert "Your record names no treatment." in text
    assert JARGON.findall(text) == COMMANDS.findall(text) == []
    assert reading_age(pieces(page)) <= OLDEST_READER


def test_dates_in_words() -> None:
    from mrdguide.dates import parse_date

    texts = ("2026-09-10", "2026-09", "2026")
    assert [date_in_words(parse_date(text)) for text in texts] == ["10 September 2026", "September 2026", "2026"]
    assert date_in_words(None) == "date not recorded"


def test_a_mistake_in_the_words_is_pointed_at(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("page: {titel: x}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"words\.yaml:1:8.*unknown key 'titel'"):
        read_as(path, Wording)
    path.write_text("source: {}\nterms: [{term: cure, plian: x}]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="did you mean 'plain'"):
        read_as(path, Glossary)
    path.write_text("page: [\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not readable as YAML"):
        read_as(path, Wording)
