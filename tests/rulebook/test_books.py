"""Loading a rule book: layers, places, hash; and mistakes that would be silent if loading did not refuse them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import RuleBookError
from mrdguide.rulebook.book import RuleBook, check_rules, load_rules

from ..rulefiles.test_bad_books import ALONE, EVIDENCE, HERE, LAYERED, MINIMAL, load

CASES = HERE / "bad" / "layered"


def criterion(when: str, absence: str = "unknown", more: str = "") -> str:
    return f"criteria:\n  - id: extra\n    title: An extra criterion\n    absence: {absence}\n    when: {when}\n{more}"


def protocol(criteria: str) -> str:
    return (
        f"protocols:\n  - {{id: extra, study: invented2020, title: An extra study, stops: all, criteria: {criteria}}}\n"
    )


def scheme(body: str) -> str:
    return f"schemes:\n  - {{id: extra, title: An extra scheme, {body}}}\n"


SILENT = {
    "true as a threshold": criterion("{compare: {fact: ecog, operator: '>', value: true}}"),
    "true as the nearness": criterion("{compare: {fact: ecog, operator: '>', value: 1, near: true}}"),
    "no in place of false in where": criterion("{recorded: {in: toxicities, where: {unacceptable: no}}}", "not_met"),
    "a word in place of a number in where": criterion("{recorded: {in: therapy, where: {line: two}}}", "not_met"),
    "a grade that does not exist": criterion("{recorded: {in: toxicities, where: {grade: 9}}}", "not_met"),
    "true in a comparison in where": criterion("{recorded: {in: therapy, where: {line: {'>=': true}}}}", "not_met"),
    "a date in where": criterion("{recorded: {in: events, where: {date: 2024-01-01}}}", "not_met"),
    "no value at all in where": criterion("{recorded: {in: events, where: {kind: []}}}", "not_met"),
    "latest with nothing asked": criterion("{latest: {in: responses, where: {}}}"),
    "latest within no months": criterion("{latest: {in: responses, where: {category: CR}, within: 0}}"),
    "latest within true months": criterion("{latest: {in: responses, where: {category: CR}, within: true}}"),
    "a line below one": criterion("{recorded: {in: events, not_followed_by_line: -3}}", "not_met"),
    "a range of levels turned round": criterion("{mrd_detected: {at_least: 1e-5, below: 1e-6, within: 6}}", "not_met"),
    "one id for two criteria of a study": protocol("[{id: a, title: First, when: mrd.negative}, {id: a, title: Second, when: risk.del-17p}]"),
    "a study of which nothing is published": protocol("[{id: a, title: First, not_published: true}]"),
    "a study that refers to itself": protocol("[{id: a, title: First, when: 'protocol:extra'}]"),
    "a circle through a study": "conclusions:\n  - {id: loop, title: Loop, when: 'protocol:extra'}\n"
    + protocol("[{id: a, title: First, when: loop}]"),
    "points that no class takes": scheme("points: [{when: risk.del-17p, points: 2}], classes: [{class: I, to_points: 0}, {class: III, from_points: 3}]"),
    "patients that no class takes": scheme("classes: [{class: high, when: risk.del-17p}]"),
    "one name for two classes": scheme("classes: [{class: high, when: risk.del-17p}, {class: high}]"),
    "implications that contradict each other": (
        "implications:\n  - {if: mrd.sustained, then: mrd.negative}\n  - {if: mrd.sustained, then_not: mrd.negative}\n"
    ),
    "an implication against itself": "implications:\n  - {if: mrd.negative, then_not: mrd.negative}\n",
    "a conclusion that reads the patient and refers as well": (
        "conclusions:\n  - id: extra\n    title: An extra conclusion\n"
        "    when: {compare: {fact: ecog, operator: '>', value: 1, not_met_only_if: mrd.negative}}\n"
    ),
    "one id for two secondary answers": (CASES / "secondary-names-an-unknown-outcome" / "book.yaml")
    .read_text(encoding="utf-8")
    .replace(", not_with_outcomes: [treat-relaps]}", "}\n    - {id: extra, title: Another answer, when: mrd.negative, because: A reason.}"),
}  # fmt: skip


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_a_mistake_that_would_be_silent_is_refused(text: str, tmp_path: Path) -> None:
    """Each of these would load and then give wrong or no answers for patients."""
    (tmp_path / "book.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleBookError) as caught:
        load(MINIMAL, tmp_path)
    assert all(problem.line for problem in caught.value.problems)


GOLDENS = [case / "message.txt" for case in [*LAYERED, *ALONE]]


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: str(path.parent.name))
def test_messages_speak_plainly(path: Path) -> None:
    """No words of the validation library, no Python, no patterns: a clinician reads these."""
    text = path.read_text(encoding="utf-8")
    for jargon in (
        "Input should", "Tuple", "tuple", "dictionary", "instance of", "String should", "pattern", "boolean", "unable to",
        "NoneType", "Traceback", "_Recorded",
    ):  # fmt: skip
        assert jargon not in text


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: str(path.parent.name))
def test_messages_stay_readable(path: Path) -> None:
    """No long rows of underline signs, and no "did you mean" that names no single thing."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\^{100}", text)
    assert not re.search(r"did you mean '[^']* or [^']*'", text)


def evaluated(rules: RuleBook, **more: Any) -> mrdguide.Recommendation:
    negative = {
        "date": "2026-05-10", "specimen": "marrow", "method": "NGF", "limit_of_detection": 1e-6, "result": "not-detected",
        "quality": {"first_pull": True, "hemodiluted": False},
    }  # fmt: skip
    patient = {"id": "invented", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": [negative], **more}
    return mrdguide.evaluate(patient, rules=rules, as_of="2026-06-15")


def test_the_minimal_book_decides() -> None:
    book = load(MINIMAL)
    assert evaluated(book, baseline={"cytogenetics": {"del_17p": "absent"}}).outcome == "cessation-supported"
    assert evaluated(book, baseline={"cytogenetics": {"del_17p": "present"}}).outcome == "cessation-conditional"
    open_ = evaluated(book)
    assert (open_.outcome, open_.possible_outcomes) == (
        "insufficient-data",
        ("cessation-conditional", "cessation-supported"),
    )


def test_a_conclusion_may_refer_to_a_study_and_has_its_verdict(tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(
        "conclusions:\n  - {id: inside, title: Inside the study, when: 'protocol:invented'}\n", encoding="utf-8"
    )
    found = evaluated(load(MINIMAL, tmp_path))
    assert found.protocols["invented"].verdict == "met"
    assert found.criteria["inside"].verdict == "met"


def test_1e_5_without_quotes_is_a_number() -> None:
    (operator,) = load(MINIMAL).rules["mrd.negative"].when.walk()
    assert operator.model_dump()["threshold"] == 0.00001


def test_a_later_folder_replaces_entries_by_id(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "criteria:\n  - {id: risk.del-17p, title: TP53 mutation instead, absence: unknown, when: {present: baseline.cytogenetics.tp53_mutation}}\n",
        encoding="utf-8",
    )
    book = load(MINIMAL, tmp_path)
    assert book.rules["risk.del-17p"].title == "TP53 mutation instead"
    assert set(book.rules) == set(load(MINIMAL).rules)
    assert evaluated(book, baseline={"cytogenetics": {"tp53_mutation": "present"}}).outcome == "cessation-conditional"


def test_a_rule_says_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "more.yaml").write_text(criterion("{present: baseline.cytogenetics.t_4_14}"), encoding="utf-8")
    book = load(MINIMAL, tmp_path)
    assert book.where("extra") == "mine/more.yaml:2"
    assert book.where("relapse.progression").startswith("book.yaml:")


def test_the_hash_depends_on_the_text_and_not_on_the_place(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(MINIMAL, tmp_path / "copy"))
    assert load(copy).hash == load(MINIMAL).hash
    text = (copy / "book.yaml").read_text(encoding="utf-8")
    (copy / "book.yaml").write_text(text.replace("within: 6", "within: 7"), encoding="utf-8")
    assert load(copy).hash != load(MINIMAL).hash


def test_two_books_live_side_by_side(shipped_rules: RuleBook) -> None:
    mine = load(MINIMAL)
    patient = {"id": "invented", "diagnosis": {"disease": "mgus"}}
    first = mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-06-15").to_json()
    mrdguide.evaluate(patient, rules=mine, as_of="2026-06-15")
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-06-15").to_json() == first


def test_a_book_cannot_be_changed() -> None:
    book = load(MINIMAL)
    with pytest.raises(AttributeError):
        book.hash = "other"  # type: ignore[misc]


def test_check_rules_returns_what_load_rules_raises() -> None:
    assert check_rules() == []
    problems = check_rules(MINIMAL)  # cites an entry that only the tests' evidence holds
    assert {problem.message for problem in problems} == {"there is no evidence entry 'invented2020'"}


def test_a_folder_that_does_not_exist_or_is_a_file(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", MINIMAL / "book.yaml"):
        with pytest.raises(RuleBookError, match=r"does not exist|is a file, not a folder"):
            load_rules(path, evidence=EVIDENCE)
