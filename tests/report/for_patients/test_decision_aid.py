"""The page for patients as a decision aid: the criteria of IPDAS (version 4, qualifying and certifying), found on its structure.

Joseph-Williams and others, Med Decis Making 2014;34(6):699-710. Each criterion is looked for where it has to stand, and
without that part of the page it is not met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import get_args

import pytest

import mrdguide
from mrdguide.evidence.model import BearsOn, Option
from mrdguide.report.blocks import Block, Items, Page, Paragraph, Picture, Section, Table
from mrdguide.report.charts.icon_array import shares
from mrdguide.report.for_patients.choice_wording import choice_wording
from mrdguide.report.for_patients.companion import companion, prose
from mrdguide.report.for_patients.figure_wording import figures_wording
from mrdguide.report.for_patients.figures import figures_for
from mrdguide.report.for_patients.plain_record import day_in_words

from ...examples import NAMES, evaluated, shipped

OPEN = [name for name in NAMES if evaluated(name).stop_possible]
SETTLED = [name for name in OPEN if evaluated(name).settled]
WORDS, FIGURES = choice_wording(), figures_wording()


def page(name: str, *, numbers: bool = True) -> Page:
    return companion(evaluated(name), numbers=numbers)


def section(page: Page, title: str) -> list[Block]:
    """The blocks of a section by its title; the choice has another title where it is not open yet."""
    titles = (title, WORDS.title_not_yet) if title == WORDS.title else (title,)
    return [block for found in page.details if found.title in titles for block in found.blocks]


def tables(blocks: list[Block]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def cells(table: Table) -> list[list[list[str]]]:
    """Of every row and column the lines of the cell."""
    return [
        ["".join("\n" if part.style == "break" else part.text for part in cell).split("\n") for cell in row]
        for row in table.rows
    ]


def points(page: Page, title: str) -> list[list[str]]:
    """What a row of the table of both ways says of each way; empty where there is no such row."""
    rows = [row for table in tables(section(page, WORDS.title))[:1] for row in cells(table) if row[0] == [title]]
    return rows[0][1:] if rows else []


def texts(page: Page, title: str) -> str:
    return "\n".join(text for block in section(page, title) for text in prose(block))


def said(row: list[list[str]]) -> bool:
    return len(row) == 2 and all(len(text) > 10 for way in row for text in way)


def _equal_detail(page: Page) -> bool:
    both = [*tables(section(page, WORDS.title)), *tables(section(page, FIGURES.title))]
    choice = cells(both[0]) if both else []
    return (
        len(both) == 2
        and all(table.widths[1] == table.widths[2] for table in both)
        and len(choice) >= 4
        and all(len(row[1]) == len(row[2]) for row in choice)
        and all(said(row[1:]) for row in cells(both[1]))
    )


def _cited(page: Page) -> bool:
    papers = [item for block in section(page, WORDS.sources.title) if isinstance(block, Items) for item in block.items]
    used = {int(number) for number in re.findall(r"\[(\d+)\]", texts(page, FIGURES.title)) if number != "1"} | {1}
    return bool(papers) and used == set(range(1, len(papers) + 1))


def _uncertain(page: Page) -> bool:
    about = [block for block in section(page, FIGURES.title) if isinstance(block, Items)]
    return any(
        "range" in text for block in about for text in prose(block)
    ) and "cannot say what will happen to one person" in texts(page, "What studies can say")


def _described(page: Page) -> bool:
    before = [block for block in section(page, WORDS.title) if isinstance(block, Items)][:1]
    told = "\n".join(text for block in before for text in prose(block))
    return "blood cancer" in told and "Maintenance is" in told


QUALIFYING: dict[str, Callable[[Page], bool]] = {
    "describes the condition": _described,
    "states the decision": lambda page: any(
        isinstance(block, Paragraph) and "whether to" in block.line[0].text and block.line[0].style == "strong"
        for block in section(page, WORDS.title)
    ),
    "describes the options": lambda page: (
        said(points(page, "What it means"))
        and tables(section(page, WORDS.title))[0].head[1:] == ("Going on with maintenance", "Ending maintenance")
    ),
    "positive features of each": lambda page: said(points(page, "What may be good about it")),
    "negative features of each": lambda page: said(points(page, "What may be hard about it")),
    "what it is like": lambda page: (
        said(points(page, "What it can be like"))
        and len(prose(Section("x", tuple(section(page, WORDS.check_ups.title))))) > 4
    ),
}
CERTIFYING: dict[str, Callable[[Page], bool]] = {
    "equal detail": _equal_detail,
    "citations": _cited,
    "date of the page": lambda page: day_in_words(WORDS.reviewed) in texts(page, WORDS.about_page.title),
    "update policy": lambda page: f"again by {day_in_words(WORDS.review_by)}" in texts(page, WORDS.about_page.title),
    "uncertainty": _uncertain,
    "funding": lambda page: "paid for it" in texts(page, WORDS.about_page.title),
}
CRITERIA = {**QUALIFYING, **CERTIFYING}


def test_the_checklist_has_all_that_are_asked_for() -> None:
    assert (len(QUALIFYING), len(CERTIFYING)) == (6, 6)


@pytest.mark.parametrize("name", OPEN)
def test_every_criterion_is_met(name: str) -> None:
    assert [criterion for criterion, met in CRITERIA.items() if not met(page(name))] == []


@pytest.mark.parametrize("criterion", CRITERIA)
def test_without_its_part_of_the_page_it_is_not_met(criterion: str) -> None:
    met = CRITERIA[criterion]
    assert any(not met(less) for less in _with_one_part_less(page(SETTLED[0])))


def _with_one_part_less(page: Page) -> Iterator[Page]:
    for number, found in enumerate(page.details):
        for place, block in enumerate(found.blocks):
            rest = found.blocks[:place] + found.blocks[place + 1 :]
            yield _changed(page, number, rest)
            for less in _less(block):
                yield _changed(page, number, (*found.blocks[:place], less, *found.blocks[place + 1 :]))


def _less(block: Block) -> Iterator[Block]:
    """A table without one of its rows, a list without one of its entries."""
    if isinstance(block, Table):
        for one in range(len(block.rows)):
            yield replace(block, rows=block.rows[:one] + block.rows[one + 1 :])
    elif isinstance(block, Items):
        for one in range(len(block.items)):
            yield replace(block, items=block.items[:one] + block.items[one + 1 :])


def _changed(page: Page, number: int, blocks: tuple[Block, ...]) -> Page:
    details = list(page.details)
    details[number] = replace(details[number], blocks=blocks)
    return replace(page, details=tuple(details))


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(OPEN)))
def test_who_does_not_have_the_choice_is_not_shown_one(name: str) -> None:
    titles = [found.title for found in page(name).details]
    assert not {WORDS.title, WORDS.title_not_yet, WORDS.values.title, WORDS.ready.title, WORDS.sources.title} & set(
        titles
    )
    assert texts(page(name), FIGURES.title) == FIGURES.not_now
    assert "100" not in texts(page(name), FIGURES.title)


REASSURING = re.compile(
    r"look(s)? (very )?(good|well|much like)|good news(?! and not)|all (is )?(well|clear)|no reason to worry|nothing to worry|"
    r"\bsafe\b|\bcured\b|\blikely\b|well controlled|you (can|may) be (calm|glad)|stayed away",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", [name for name in NAMES if not evaluated(name).settled])
def test_nothing_reassures_where_something_is_open(name: str) -> None:
    shown = page(name, numbers=False)
    front = [text for block in shown.front for text in prose(block)]
    assert [text for text in front if REASSURING.search(text)] == []
    if name in OPEN:
        assert WORDS.title not in [found.title for found in shown.details]
        choice = texts(shown, WORDS.title)
        assert all(text in choice for text in WORDS.not_yet)
        assert not any(text in choice for text in WORDS.open)


def test_what_would_reassure_is_found_where_it_may_stand() -> None:
    front = [text for block in page("conditional-30-months").front for text in prose(block)]
    assert [text for text in front if REASSURING.search(text)]


@pytest.mark.parametrize("name", SETTLED)
def test_a_choice_that_is_open_is_told_as_open(name: str) -> None:
    choice = texts(page(name), WORDS.title)
    assert all(text in choice for text in WORDS.open)
    assert not any(text in choice for text in WORDS.not_yet)


def test_numbers_stand_on_the_page_only_when_they_are_asked_for() -> None:
    assert section(page(SETTLED[0], numbers=False), FIGURES.title) == []
    assert not any(
        isinstance(block, Picture) for found in page(SETTLED[0], numbers=False).details for block in found.blocks
    )


@pytest.mark.parametrize("name", OPEN)
def test_no_cell_is_empty_and_each_figure_comes_with_size_clock_and_source(name: str) -> None:
    [table] = tables(section(page(name), FIGURES.title))
    assert len(table.rows) == len(FIGURES.axes)
    figures = figures_for(evaluated(name))
    counted = 0
    for row, axis in zip(cells(table), FIGURES.axes, strict=True):
        for told, option in zip(row[1:], get_args(Option), strict=True):
            here = [figure for figure in figures if figure.finding.bears_on == BearsOn(option=option, axis=axis)]
            counted += len(here)
            if not here:
                assert told == [FIGURES.not_measured]
                continue
            for text, figure in zip(told, here, strict=True):
                assert text.startswith(figure.words.says or figure.words.what or "never")
                assert re.search(r"\d+ people took part|How many people took part is not said", text)
                assert re.search(r"\[\d+\]$", text)
                assert (FIGURES.sentences.not_known in text) is not figure.sure
                assert figure.words.note in text
                assert not figure.finding.arms or FIGURES.clocks[figure.finding.clock] in text
    assert counted == len(figures) > 0


def test_figures_of_other_people_are_left_out() -> None:
    """A figure of people with a transplant and on lenalidomide is not for somebody on another medicine."""
    for name in OPEN:
        found = evaluated(name)
        for figure in figures_for(found):
            assert figure.finding.verified
            for criterion, wanted in figure.words.fits.items():
                assert found.criteria[criterion].verdict in (wanted, mrdguide.Verdict.UNKNOWN)
    names = {figure.words.finding for figure in figures_for(evaluated("another-drug"))}
    assert "mccarthy2017#pfs" not in names
    assert "terpos2025#tfs-3-years" not in names
    assert "terpos2025#tfs-3-years" in {
        figure.words.finding for figure in figures_for(evaluated("cessation-supported"))
    }


def test_every_finding_that_bears_on_the_choice_has_words_or_a_reason() -> None:
    library = shipped().evidence
    bearing = {
        f"{entry}#{finding.id}"
        for entry in library.bearing
        for finding in library.entry(entry).findings
        if finding.bears_on
    }
    told = {item.finding for item in FIGURES.figures}
    assert told | set(FIGURES.left_out) == bearing
    assert not told & set(FIGURES.left_out)
    for item in FIGURES.figures:
        name, _, finding_id = item.finding.partition("#")
        [finding] = [one for one in library.entry(name).findings if one.id == finding_id]
        assert {arm.group for arm in finding.arms} == set(item.groups) or item.says
        assert set(item.fits) <= {compiled.rule.id for compiled in shipped().compiled_criteria}
        assert not finding.arms or finding.clock in FIGURES.clocks


@pytest.mark.parametrize("name", SETTLED)
def test_every_share_on_a_clock_has_its_signs_and_their_twin_in_words(name: str) -> None:
    pictures = [block for block in section(page(name), FIGURES.title) if isinstance(block, Picture)]
    drawn = [figure for figure in figures_for(evaluated(name)) if shares(figure.finding)]
    assert len(pictures) == len(drawn)
    for picture, figure in zip(pictures, drawn, strict=True):
        for share in shares(figure.finding):
            assert f"{figure.words.groups[share.group]}: ".lower() in picture.alt.lower()
            assert re.search(rf"\b{share.full} of 100", picture.alt)
        assert FIGURES.clocks[figure.finding.clock] in picture.alt


def test_the_numbers_a_patient_has_given_stand_beside_what_they_are_for() -> None:
    found = mrdguide.evaluate(
        {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}, "preference": {"values": {"cost": 0, "long-life": 10}}},
        rules=shipped(), as_of="2026-11-21",
    )  # fmt: skip
    assert found.stop_possible
    [table] = tables(section(companion(found), WORDS.values.title))
    given = {row[0][0]: row[1][0] for row in cells(table)}
    assert given.pop(WORDS.values.statements["cost"]) == "0"
    assert given.pop(WORDS.values.statements["long-life"]) == "10"
    assert set(given.values()) == {"\N{NO-BREAK SPACE}"}


def test_four_questions_each_with_room_for_yes_and_no() -> None:
    [table] = tables(section(page(SETTLED[0]), WORDS.ready.title))
    assert len(table.rows) == 4
    assert table.head[1:] == ("Yes", "No")


def test_after_the_day_of_its_next_review_the_page_says_so() -> None:
    example = {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}}
    last, late = (
        texts(companion(mrdguide.evaluate(example, rules=shipped(), as_of=day)), WORDS.about_page.title)
        for day in (WORDS.review_by.isoformat(), "2027-05-28")
    )
    assert "That day has passed" not in last
    assert "That day has passed" in late
