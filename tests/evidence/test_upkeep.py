"""Evidence kept up: review dates, successors and retractions; bad ones get one message (`bad/CASE/message.txt`).

After a change of wording write the messages anew and read the difference:

    MRDGUIDE_GOLDEN=write pytest tests/evidence/test_upkeep.py && git diff tests/evidence/bad
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import mrdguide
from mrdguide.dates import parse_date
from mrdguide.errors import RuleBookError, listed
from mrdguide.evidence import load_library
from mrdguide.evidence.upkeep import reviews_due, successions
from mrdguide.reading.shipped import folder
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.pages.board import board
from mrdguide.rulebook.audit import audit
from mrdguide.rulebook.book import RuleBook, load_rules

BAD = sorted(path for path in (Path(__file__).parent / "bad").iterdir() if path.is_dir())
EXAMPLE = folder("examples") / "cessation-supported.yaml"
DAY = "2026-11-21"


@pytest.mark.parametrize("case", BAD, ids=lambda case: str(case.name))
def test_a_mistake_is_told_with_its_place(case: Path) -> None:
    library = load_library(case)
    problems = (*library.check(), *successions(library))
    assert problems
    found = f"{listed(problems)}\n".replace(f"{case}{os.sep}", "")
    golden = case / "message.txt"
    if os.environ.get("MRDGUIDE_GOLDEN") == "write":
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_every_shipped_entry_has_a_day_of_review_after_it_was_read() -> None:
    library = load_library(folder("evidence"))
    assert [entry.id for entry in library if entry.review_by is None] == []
    assert list(successions(library)) == []


def test_the_day_of_review_itself_is_in_time_and_the_oldest_come_first() -> None:
    library = load_library(folder("evidence"))
    last = max(str(entry.review_by) for entry in library)
    due = reviews_due(library, parse_date(last).earliest)
    assert {entry.id for entry in library if str(entry.review_by) < last} == {item.id for item in due}
    assert [item.review_by for item in due] == sorted(item.review_by or "" for item in due)
    assert len(reviews_due(library, parse_date(last).earliest + 1)) == len(library.ids)


def test_an_entry_without_a_day_of_review_is_listed_too() -> None:
    library = load_library(Path(__file__).parent / "bad" / "superseded-by-nothing-known")
    assert [str(item) for item in reviews_due(library, parse_date(DAY).earliest) if item.id == "late2025"] == [
        "late2025: no review date is set, last read 2026-11-22 (late2025.yaml)"
    ]


def marked(target: Path, mark: str, *ids: str) -> Path:
    """A copy of the shipped evidence in which entries carry a mark."""
    copy = Path(shutil.copytree(folder("evidence"), target / "evidence"))
    for entry_id in ids:
        path = next(copy.rglob(f"{entry_id}.yaml"))
        source = next(iter(load_library(copy).entry(entry_id).sources))
        text = path.read_text(encoding="utf-8")
        text = text.replace("\ncitation:\n", f"\n{mark.format(source=source)}\ncitation:\n")
        path.write_text(text, encoding="utf-8")
    return copy


def retracted(target: Path, *ids: str) -> RuleBook:
    """The shipped rules on evidence of which some entries were retracted."""
    mark = "retracted: {{date: 2026-10, why: figures were invented, source: {source}}}"
    return load_rules(evidence=marked(target, mark, *ids))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleBook:
    return retracted(tmp_path_factory.mktemp("retracted"), "derman2024")


@pytest.fixture(scope="module")
def found(rules: RuleBook) -> mrdguide.Recommendation:
    return mrdguide.evaluate(EXAMPLE, rules=rules, as_of=DAY)


class TestRetracted:
    def test_it_supports_nothing_and_is_told_where_it_was_cited(self, found: mrdguide.Recommendation) -> None:
        (cited,) = (item for item in found.evidence if item.id == "derman2024")
        assert (cited.supports, cited.findings) == ((), ())
        assert cited.name == "MRD2STOP (RETRACTED 2026-10)"
        assert cited.warnings[0].startswith("Retracted (2026-10): figures were invented. Read at https://pubmed")
        assert "cessation-supported" in cited.warnings[1]

    def test_no_patient_is_like_those_of_a_retracted_study(
        self, found: mrdguide.Recommendation, shipped_rules: RuleBook
    ) -> None:
        before = mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of=DAY)
        assert set(before.matched_studies) - set(found.matched_studies) == {"mrd2stop"}

    def test_no_page_shows_a_figure_of_it(self, found: mrdguide.Recommendation, shipped_rules: RuleBook) -> None:
        figures = [item.text for item in shipped_rules.evidence.shown("derman2024").findings]
        before = to_markdown(board(mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of=DAY)))
        page = to_markdown(board(found))
        assert any(text in before for text in figures)
        assert not any(text in page for text in figures)
        assert "RETRACTED 2026-10" in page

    def test_every_rule_that_rests_on_it_is_named(self, rules: RuleBook, shipped_rules: RuleBook) -> None:
        told = [problem for problem in audit(rules) if problem.code == "retracted"]
        assert len(told) > 10
        assert all("rests on 'derman2024', which was retracted (2026-10)" in problem.message for problem in told)
        assert audit(shipped_rules) == []

    def test_a_stop_of_whose_support_nothing_is_left_stops_the_book(self, tmp_path: Path) -> None:
        with pytest.raises(RuleBookError) as caught:
            retracted(tmp_path, "derman2024", "terpos2025")
        (problem,) = caught.value.problems
        assert (problem.code, problem.path) == ("retracted", "decision.outcomes[6].cites")
        assert "'cessation-conditional' cites, all that supports stopping was retracted" in problem.message


def test_an_entry_that_was_superseded_names_its_successor(tmp_path: Path) -> None:
    mark = 'superseded_by: {{entry: smrd, date: "2026", why: longer follow-up}}'
    shown = load_library(marked(tmp_path, mark, "derman2024")).shown("derman2024")
    assert shown.warnings[0] == (
        "Superseded (2026) by Optimal MRD end point for response-adapted cessation (giri2025): longer follow-up."
    )
    assert shown.findings
