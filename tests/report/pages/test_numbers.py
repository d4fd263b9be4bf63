"""No number on a page that is in no evidence file, no rule and not in the patient's record.

Two nets. The wide one takes every number of a page. The narrow one takes what a reader would weigh (a percentage, a hazard
ratio, an interval): that has to be a figure of a finding, or be written as such in a rule, an evidence file or the record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.evidence.model import Arm, Effect
from mrdguide.evidence.shown import visible_findings
from mrdguide.patient.facts import catalogue
from mrdguide.patient.units import Quantity
from mrdguide.report.blocks import Foldout, Page, Paragraph, Picture, Section, line
from mrdguide.report.for_patients.choice_wording import choice_wording
from mrdguide.report.for_patients.companion import companion
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.pages.board import board
from mrdguide.report.pages.book import entry_text
from mrdguide.report.pages.explained import explanation_page, why_not_page
from mrdguide.report.pages.sheet import sheet
from mrdguide.teach.cases import choices, lessons
from mrdguide.teach.pages import case_page, feedback_page

from ...examples import EXAMPLES, NAMES, evaluated, shipped

ROOT = Path(__file__).parents[3]
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w])")
_WEIGHED = re.compile(
    r"(?P<percent>\d+(?:\.\d+)?) ?%(?! CI| CrI)|\b(?:HR|OR|RR) (?P<ratio>\d+(?:\.\d+)?)"
    r"|\bC[Ir]I? (?P<low>\d+(?:\.\d+)?) to (?P<high>\d+(?:\.\d+)?)"
)
# What a page counts itself: how many more there are, how many verdicts settle it, the number of a row.
_COUNTED = re.compile(
    r"\band \d+ more\b|[Tt]hese \d+\b|\b\d+ (?:others?|earlier phases?|criteria|files?|rules?)\b|^\| \*?\*?\d+\*?\*? \|"
    r"|\b(?:on|of) \d+ (?:dates|days)\b|\b\d+ that the answer\b|^ *\d+[.)] |input [0-9a-f]{12}|\([0-9a-f]{12}\)|\b[0-9a-f]{64}\b"
    r"|\.yaml:\d+|\[\d+\]|mrdguide-core [\w.]+|(?:engine|mrdguide) [\d.]+\w*|released \S+|95% C",
    re.MULTILINE,
)


# On the page for patients: `about 76 of 100 (75.8 %)`. The second is the figure, the first has to be its nearest whole number.
_ABOUT = re.compile(r"about (\d+) of 100 \((\d+(?:\.\d+)?) %\)")


def wrongly_rounded(text: str) -> set[float]:
    return {float(whole) for whole, exact in _ABOUT.findall(text) if int(whole) != int(float(exact) + 0.5)}


def numbers(text: str) -> set[float]:
    return {float(found) for found in _NUMBER.findall(text)}


@cache
def written() -> str:
    """Everything that is written in the evidence, the rules and the wording of pages."""
    folders = (ROOT / "evidence", ROOT / "rules", ROOT / "engine" / "mrdguide" / "report")
    return "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.yaml")))


@cache
def figures() -> frozenset[float]:
    """The figures of findings that may be shown, and what is written as a percentage or a ratio."""
    found: set[float] = set()
    for entry in shipped().evidence:
        for finding in visible_findings(entry):
            held: list[Arm | Effect] = [*finding.arms, *([finding.effect] if finding.effect is not None else [])]
            found |= {item.value for item in held if item.value is not None}
            found |= {end for item in held if item.interval for end in (item.interval.low, item.interval.high)}
    # In the terms of a page: 0.90 is 0.9.
    return frozenset(found | {float(f"{value:g}") for value in found} | set(weighed(written())))


def weighed(text: str) -> Iterator[float]:
    for match in _WEIGHED.finditer(text):
        yield from (float(value) for value in match.groupdict().values() if value is not None)


def of_the_record(name: str, found: mrdguide.Recommendation) -> str:
    """The profile, and what the engine reads from it: lengths, ages, days, margins. Evidence and follow-up are not of it."""
    example = EXAMPLES[NAMES.index(name)]
    read: dict[str, Any] = {
        key: value for key, value in found.to_dict().items() if key not in ("evidence", "followup_in_studies", "plans")
    }
    explained = [
        (margin.found, margin.threshold, margin.away)
        for critical in found.explanation.robustness.critical_criteria
        for margin in critical.margins
    ]
    values = (fact.get(found.profile) for fact in catalogue().values())
    converted = [f"{value.value:.4g} {value.unit}" for value in values if isinstance(value, Quantity)]
    return json.dumps([read, explained, converted], default=str) + example.path.read_text(encoding="utf-8")


def unaccounted(text: str, name: str, found: mrdguide.Recommendation) -> tuple[set[float], set[float]]:
    """Numbers of a page that nothing accounts for: of all, and of those that a reader would weigh."""
    record = of_the_record(name, found)
    text = text.replace("\\", "")
    plain = _DATE.sub(" ", _COUNTED.sub(" ", _ABOUT.sub(r"\2 %", text)))
    known = numbers(_DATE.sub(" ", written())) | numbers(_DATE.sub(" ", record)) | figures()
    reviewed = [day.isoformat() for day in (choice_wording().reviewed, choice_wording().review_by)]
    known |= {float(part) for date in (*_DATE.findall(record), *reviewed) for part in date.split("-")}
    return wrongly_rounded(text) | (numbers(plain) - known), set(weighed(plain)) - figures() - set(
        weighed(record)
    ) - numbers(record)


def pages(name: str) -> Iterator[Page]:
    """Every kind of page on one patient: for a board, for patients, explanations, a teaching case with its solution."""
    found = evaluated(name)
    yield board(found, "full")
    yield board(found)
    yield sheet(found)
    yield companion(found, numbers=True)
    yield explanation_page(found, found.explanation.when)
    for item in found.explanation.worth_asking:
        yield why_not_page(found, item)
    taught = next(item for item in lessons() if item.example.path == EXAMPLES[NAMES.index(name)].path)
    yield case_page(taught)
    for answer in choices(shipped()):
        yield feedback_page(taught, answer, found)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_every_page_is_in_the_evidence_the_rules_or_the_record(name: str) -> None:
    for page in pages(name):
        assert unaccounted(to_markdown(page), name, evaluated(name)) == (set(), set())


def test_every_number_of_every_entry_is_in_its_own_file() -> None:
    """`evidence show`: no figure of one study under the name of another."""
    for entry in shipped().evidence:
        file = next((ROOT / "evidence").rglob(f"{entry.id}.yaml")).read_text(encoding="utf-8")
        for include_unverified in (False, True):
            shown = entry_text(entry, shipped().evidence, include_unverified=include_unverified)
            # An interval is of 95 % where its file says nothing else.
            assert numbers(shown.replace("95% C", "C")) <= numbers(file), entry.id


@pytest.mark.parametrize(("invented", "which"), [("61.83 %", 1), ("HR 0.4137", 1), ("after 7.77 months", 0)])
def test_a_number_from_nowhere_is_found(invented: str, which: int) -> None:
    page = Page("x", "", (Section("x", (Foldout(line("x"), (Paragraph(line(f"Relapse {invented}")),)),)),), (), ())
    found = unaccounted(to_markdown(page), "continue-near-miss", evaluated("continue-near-miss"))
    assert len(found[which]) == 1


def test_a_share_told_to_the_wrong_whole_number_is_found() -> None:
    right, wrong = (
        Page("x", "", (Paragraph(line(f"with it: about {number} of 100 (75.8 %)")),), (), ()) for number in (76, 77)
    )
    found = evaluated("continue-near-miss")
    assert unaccounted(to_markdown(right), "continue-near-miss", found) == (set(), set())
    assert unaccounted(to_markdown(wrong), "continue-near-miss", found)[0] == {77.0}


@pytest.mark.parametrize("name", NAMES)
def test_pictures_say_no_other_numbers_than_their_words(name: str) -> None:
    """What stands in a drawing is a tick, a day, or a figure that is accounted for."""
    for block in board(evaluated(name), "full").overleaf:
        if isinstance(block, Picture):
            words = " ".join(re.findall(r">([^<>]+)</text>", block.svg))
            assert set(weighed(words)) <= figures()
