"""The cards: their form, their words, and that nothing of a record acts in them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from markdown_it import MarkdownIt

import mrdguide
from mrdguide import cds
from mrdguide.cds.card import card_of, shortened
from mrdguide.cds.wording import wording
from mrdguide.intake.fhir.import_report import Completeness, Conflict, ImportReport, Issue
from mrdguide.teach.examples import Example, examples

from .calls import PATIENT, call, report_on
from .response_schema import RESPONSE

_EXAMPLES = examples()
_FORBIDDEN = {"html_block", "html_inline", "link_open", "image", "fence", "code_block"}


def _answer(monkeypatch: pytest.MonkeyPatch, example: Example, rules: mrdguide.RuleBook, **options: Any) -> Any:
    profile = mrdguide.read_patient(example.path)
    monkeypatch.setattr("mrdguide.fhir.read", lambda *_, **__: (profile, report_on(profile)))
    return cds.handle(call(), rules=rules, as_of=example.as_of, **options)


def _tokens(markdown: str) -> list[Any]:
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


def _nothing_empty(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(map(_nothing_empty, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(_nothing_empty, value))
    return value is not None and value != ""


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda example: str(example.file))
def test_every_example_gives_a_card_of_the_published_form(
    example: Example, monkeypatch: pytest.MonkeyPatch, shipped_rules: mrdguide.RuleBook
) -> None:
    answer = _answer(
        monkeypatch, example, shipped_rules, base_url="https://cds.example/", publish=lambda *_: "reports/x"
    )
    jsonschema.validate(answer, RESPONSE)
    cards = answer["cards"]
    # Without myeloma there is nothing to say.
    found = mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of)
    assert len(cards) == (0 if found.criteria["scope.disease"].verdict == "not_met" else 1)
    assert all(_nothing_empty(card) for card in cards)


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda example: str(example.file))
def test_the_detail_names_answer_options_reasons_and_sources(
    example: Example, monkeypatch: pytest.MonkeyPatch, shipped_rules: mrdguide.RuleBook
) -> None:
    answer = _answer(monkeypatch, example, shipped_rules, without_myeloma=True)
    [card] = answer["cards"]
    found = mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of)
    shown = "".join(token.content for token in _tokens(card["detail"]) if token.type in ("text", "code_inline"))
    assert found.title in shown
    decision = shipped_rules.decision
    for code in (*(item.id for item in decision.outcomes), decision.insufficient.id):
        assert code not in shown or "-" not in code  # "continue" is a word of the language as well
    assert [option for option in found.options if option not in shown] == []
    assert [item.title for item in found.because[:6] if item.title not in shown] == []
    assert [entry.name for entry in found.evidence if entry.name not in shown] == []
    assert found.statement in shown
    assert found.provenance.rules_hash[:12] in shown
    assert not _FORBIDDEN & {token.type for token in _tokens(card["detail"])}
    if not found.settled:
        assert found.missing[0].what in shown


def test_every_outcome_offers_going_on_or_another_way() -> None:
    """One option alone would be a directive."""
    for example in _EXAMPLES:
        found = mrdguide.evaluate(example.path, as_of=example.as_of)
        assert len(found.options) > 1, example.file


def test_a_card_warns_only_where_its_outcome_is_named_so(
    monkeypatch: pytest.MonkeyPatch, shipped_rules: mrdguide.RuleBook
) -> None:
    shown = {}
    for example in _EXAMPLES:
        [card] = _answer(monkeypatch, example, shipped_rules, without_myeloma=True)["cards"]
        shown[example.expected.outcome] = card["indicator"]
    assert shown["cessation-supported"] == shown["continue"] == shown["insufficient-data"] == "info"
    assert {name for name, indicator in shown.items() if indicator == "warning"} == set(wording().warning_outcomes)


def test_the_wording_names_outcomes_and_criteria_of_the_shipped_rules(shipped_rules: mrdguide.RuleBook) -> None:
    known = {item.id for item in shipped_rules.decision.outcomes}
    assert set(wording().warning_outcomes) <= known
    assert wording().silent_when_not_met in shipped_rules.rules
    assert set(wording().completeness) == {str(item) for item in Completeness if item is not Completeness.COMPLETE}


def test_the_same_input_rules_and_day_give_the_same_card(
    monkeypatch: pytest.MonkeyPatch, shipped_rules: mrdguide.RuleBook
) -> None:
    first, again = (_answer(monkeypatch, _EXAMPLES[0], shipped_rules) for _ in range(2))
    other = _answer(monkeypatch, _EXAMPLES[1], shipped_rules)
    assert first == again
    assert first["cards"][0]["uuid"] != other["cards"][0]["uuid"]
    assert UUID(first["cards"][0]["uuid"]).version == 5


def test_without_an_address_there_is_no_link(monkeypatch: pytest.MonkeyPatch, shipped_rules: mrdguide.RuleBook) -> None:
    [card] = _answer(monkeypatch, _EXAMPLES[0], shipped_rules, publish=lambda *_: "reports/x")["cards"]
    assert "links" not in card
    assert "url" not in card["source"]
    [card] = _answer(
        monkeypatch, _EXAMPLES[0], shipped_rules, base_url="https://cds.example/", publish=lambda *_: "reports/x"
    )["cards"]
    assert card["links"][0]["url"] == "https://cds.example/reports/x"


def test_entries_that_were_set_aside_make_a_warning(shipped_rules: mrdguide.RuleBook) -> None:
    example = _EXAMPLES[0]
    later = mrdguide.what_if(
        mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of),
        {"responses[+]": {"category": "CR", "date": "2062-01-01"}},
    ).after
    card = card_of(later, report_on(later.case.patient))
    assert (later.outcome, card["indicator"]) == ("cessation-supported", "warning")
    assert "2062-01-01, is after the as-of date" in card["detail"]


def test_an_incomplete_record_warns_and_says_which_part(shipped_rules: mrdguide.RuleBook) -> None:
    found = mrdguide.evaluate(_EXAMPLES[0].path, rules=shipped_rules, as_of=_EXAMPLES[0].as_of)
    report = report_on(
        found.case.patient, observations=Completeness.PAGED, requests=Completeness.NOT_SUPPLIED,
        procedures=Completeness.FAILED, reports=Completeness.NO_DATA,
    )  # fmt: skip
    card = card_of(found, report)
    assert card["indicator"] == "warning"
    assert card["summary"].startswith("Record incomplete. ")
    for line in ("observations is one page", "requests was not supplied", "procedures could not", "reports is empty"):
        assert line in card["detail"]


def test_every_fact_is_shown_with_the_resource_that_it_stands_in(shipped_rules: mrdguide.RuleBook) -> None:
    answer = cds.handle(call(), rules=shipped_rules, as_of="2026-11-21")
    shown = "".join(token.content for token in _tokens(answer["cards"][0]["detail"]) if token.type == "text")
    assert "Condition/diagnosis" in shown
    assert f"Patient/{PATIENT}" in shown


def test_what_contradicts_itself_is_named_and_nothing_of_it_acts(shipped_rules: mrdguide.RuleBook) -> None:
    found = mrdguide.evaluate(_EXAMPLES[0].path, rules=shipped_rules, as_of=_EXAMPLES[0].as_of)
    hostile = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) http://evil.example `x` | y\n# heading"
    report = ImportReport(
        PATIENT, (), (), (Conflict("baseline.labs.ldh", hostile, ("1 U/L", hostile)),),
        (Issue("warning", "Observation", "1", hostile),), {}, hostile,
    )  # fmt: skip
    card = card_of(found, report)
    tokens = _tokens(card["detail"])
    assert not _FORBIDDEN & {token.type for token in tokens}
    assert "none was chosen" in card["detail"]
    headings = [b.content for a, b in pairwise(tokens) if a.type == "heading_open"]
    assert not any("heading" in text for text in headings)


@pytest.mark.parametrize(("text", "longest", "wanted"), [
    ("short", 10, "short"), ("exactly ten", 11, "exactly ten"), ("one two three four", 12, "one two…"),
    ("unbreakableunbreakable", 10, "unbreakab…"),
])  # fmt: skip
def test_a_long_summary_is_cut_between_words(text: str, longest: int, wanted: str) -> None:
    assert shortened(text, longest) == wanted
    assert len(wanted) <= longest


def test_no_card_speaks_in_directives() -> None:
    """The first words of a summary are those of an offer; the outcome's own title follows."""
    for text in (wording().summary.settled, wording().summary.open, wording().summary.open_bare):
        assert not re.search(r"\b(must|should|stop|continue)\b", text, re.IGNORECASE)
