"""What a layer is made of: lists joined by kind, entries switched off, renamed and dated, parameters of one line, names."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

import mrdguide
from mrdguide.authoring.comparing import compare_books
from mrdguide.cli import main
from mrdguide.dates import parse_date
from mrdguide.errors import RuleBookError
from mrdguide.report.for_patients.companion import companion
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.pages.book import rule_text
from mrdguide.service.settings import Settings
from mrdguide.teach.examples import examples
from tests.laws.judging import shipped

from .writing import PACK, Layer, entry, write

EXAMPLE = {item.path.stem: item for item in examples()}["cessation-supported"]


def evaluated(book: mrdguide.RuleBook, as_of: str = str(EXAMPLE.as_of)) -> mrdguide.Recommendation:
    return mrdguide.evaluate(EXAMPLE.path, rules=book, as_of=as_of)


def test_a_caution_joins_the_cautions_by_its_section_alone(tmp_path: Path) -> None:
    own = {"id": "own.caution", "title": "Everyone here has a second look", "when": "therapy.on-maintenance"}
    found = evaluated(mrdguide.load_rules(write(tmp_path, {"cautions": [own]})))
    assert found.outcome == "cessation-conditional"
    assert found.core_outcome == "cessation-supported"
    assert [item.id for item in found.because] == ["own.caution"]
    assert found.because[0].title.endswith("[st-elsewhere]")
    assert found.because[0].rule == f"{tmp_path.name}/layer.yaml:{found.because[0].rule.rpartition(':')[2]}"


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("caution", "cessation-conditional"), ("block", "continue"), ("resurgence", "act-on-resurgence"),
        ("relapse", "treat-relapse"),
    ],
)  # fmt: skip
def test_a_criterion_joins_the_list_of_its_kind(tmp_path: Path, kind: str, outcome: str) -> None:
    own = {**entry("criteria", "therapy.on-maintenance"), "id": "own.criterion", "kind": kind}
    assert evaluated(mrdguide.load_rules(write(tmp_path, {"criteria": [own]}))).outcome == outcome


def dated(**days: str) -> Layer:
    own = {
        "id": "own.block", "title": "Not in this house", "when": "therapy.on-maintenance", "why": "The house waits.",
        "cites": ["imwg2016"], **days,
    }  # fmt: skip
    return {"blocks": [own]}


def test_an_entry_holds_from_its_day_until_its_day(tmp_path: Path) -> None:
    book = mrdguide.load_rules(write(tmp_path, dated(**{"from": "2026-11-10", "until": "2026-11-20"})))
    found = {day: evaluated(book, day).outcome for day in ("2026-11-09", "2026-11-10", "2026-11-20", "2026-11-21")}
    assert found == {
        "2026-11-09": "cessation-supported", "2026-11-10": "continue", "2026-11-20": "continue",
        "2026-11-21": "cessation-supported",
    }  # fmt: skip
    looked_ahead = mrdguide.what_if(evaluated(book, "2026-11-09"), {"as_of": "2026-11-10"})
    assert looked_ahead.after.outcome == "continue"


def test_an_answer_under_a_dated_entry_can_be_pickled(tmp_path: Path) -> None:
    book = mrdguide.load_rules(write(tmp_path, dated(**{"from": "2026-11-10"})))
    for day in ("2026-11-09", "2026-11-10"):
        found = evaluated(book, day)
        assert pickle.loads(pickle.dumps(found)).to_json() == found.to_json()


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"from": "2026-02-30"}, "'2026-02-30' is not a calendar date"),
        ({"from": "2026-03-01", "until": "2026-02-01"}, "ends on 2026-02-01, before it begins on 2026-03-01"),
    ],
)
def test_days_that_cannot_be_are_refused(tmp_path: Path, days: dict[str, str], message: str) -> None:
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(write(tmp_path, dated(**days)))
    assert message in str(caught.value)


def test_a_parameter_is_changed_in_one_line_and_the_core_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "layer.yaml").write_text(
        "pack: {name: st-elsewhere, version: '0.3', extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n"
        "parameters: {mrd.recent: 2}\n",
        encoding="utf-8",
    )
    book = mrdguide.load_rules(tmp_path)
    found = evaluated(book)
    assert (found.outcome, found.core_outcome) == ("insufficient-data", "cessation-supported")
    said = rule_text(book, "mrd.recent") or ""
    assert "2 months, from 1 to 12" in said
    assert "used in 25 places" in said
    core = rule_text(shipped(), "mrd.recent") or ""
    assert "6 months, from 1 to 12" in core


def test_a_longer_recency_has_no_effect(tmp_path: Path) -> None:
    book = mrdguide.load_rules(write(tmp_path, {"parameters": {"mrd.recent": 12}}))
    late = "2027-04-20"
    found, core = evaluated(book, late), evaluated(shipped(), late)
    assert set(found.possible_outcomes) == set(core.possible_outcomes)


def test_a_book_of_its_own_says_so_on_every_page() -> None:
    from mrdguide.report.pages.board import board
    from tests.rulefiles.test_bad_books import MINIMAL, load

    found = mrdguide.evaluate(EXAMPLE.path, rules=load(MINIMAL), as_of=EXAMPLE.as_of)
    said = "minimal 1.0.0 is a rule book of its own; mrdguide-core does not watch over it."
    assert said in to_markdown(board(found))


def test_without_layers_nothing_is_said_of_them() -> None:
    found = evaluated(shipped())
    assert found.said_of_the_rules == ()
    assert not {"layers", "core_outcome", "decided_by"} & set(found.to_dict())
    assert (found.core_outcome, found.decided_by) == ("cessation-supported", "mrdguide-core 0.2.0")


def test_layers_lie_on_each_other(tmp_path: Path) -> None:
    first = write(tmp_path / "first", {"parameters": {"mrd.recent": 3}})
    second = write(tmp_path / "second", dated(), name="ward-7", version="1.0", extends="st-elsewhere@0.3")
    book = mrdguide.load_rules(first, second)
    assert book.name == "mrdguide-core 0.2.0 + st-elsewhere 0.3 + ward-7 1.0"
    assert evaluated(book).outcome == "continue"
    with pytest.raises(RuleBookError, match=r"'ward-7' is written for st-elsewhere@0\.3"):
        mrdguide.load_rules(second)


def test_a_folder_without_pack_is_called_after_itself_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "block.yaml").write_text(json.dumps(dated()), encoding="utf-8")
    book = mrdguide.load_rules(shipped().folders[0], folder)
    assert book.name == "mrdguide-core 0.2.0 + mine without version"
    (told,) = book.warnings
    assert (told.code, told.source) == ("missing-section", str(folder))
    assert "is called 'mine without version'" in told.message
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(folder)
    assert "for rules that lie on the shipped ones write pack:" in str(caught.value)


def test_the_hash_covers_the_core_and_the_layer(tmp_path: Path) -> None:
    one = mrdguide.load_rules(write(tmp_path / "one", dated()))
    other = mrdguide.load_rules(write(tmp_path / "other", dated(until="2030-01-01")))
    assert len({one.hash, other.hash, shipped().hash}) == 3
    assert PACK["name"] in repr(one)


HOUSE = """
id: our-board-2026
kind: house-decision
name: Tumour board of St Elsewhere, November 2026
citation: {type: report, group_author: Tumour board of St Elsewhere, title: Second look before every stop, issued: 2026, verified: false}
informs: [{question: Who looks a second time?, direction: cautions}]
"""


def with_evidence(tmp_path: Path, name: str, text: str) -> Path:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / f"{name}.yaml").write_text(text, encoding="utf-8")
    own = {
        "id": "own.caution", "title": "Everyone here has a second look", "when": "therapy.on-maintenance",
        "why": "The house has decided so.", "cites": [name],
    }  # fmt: skip
    return write(tmp_path, {"cautions": [own]})


def test_a_rule_of_the_house_cites_a_decision_of_the_house(tmp_path: Path) -> None:
    folder = with_evidence(tmp_path, "our-board-2026", HOUSE)
    assert mrdguide.check_rules(folder) == []
    found = evaluated(mrdguide.load_rules(folder))
    assert "our-board-2026" in [item.id for item in found.evidence]
    assert pickle.loads(pickle.dumps(found)).to_json() == found.to_json()


def test_evidence_of_the_core_is_never_replaced(tmp_path: Path) -> None:
    folder = with_evidence(tmp_path, "derman2024", HOUSE.replace("our-board-2026", "derman2024"))
    with pytest.raises(RuleBookError, match="'derman2024' is an entry of the evidence below"):
        mrdguide.load_rules(folder)


def test_the_layer_of_the_documentation(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "local-layer.md").read_text(encoding="utf-8")
    block = text.partition("<!-- file: st-elsewhere/layer.yaml -->\n```yaml\n")[2].partition("```")[0]
    (tmp_path / "layer.yaml").write_text(block, encoding="utf-8")
    book = mrdguide.load_rules(tmp_path)
    assert mrdguide.check_rules(tmp_path) == []
    assert not evaluated(book, "2026-12-31").stop_possible
    found = evaluated(book)
    assert found.core_outcome == "cessation-supported"
    assert not found.stop_possible
    assert "Decided by st-elsewhere 0.3" in found.said_of_the_rules[0]


def test_commands_take_a_layer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write(tmp_path, dated()))
    of_a_patient, own = "Decided by st-elsewhere 0.3.", "Not in this house [st-elsewhere]"
    for line, said in (
        (["evaluate", str(EXAMPLE.path), "--as-of", str(EXAMPLE.as_of)], of_a_patient),
        (["explain", str(EXAMPLE.path), "--as-of", str(EXAMPLE.as_of)], of_a_patient),
        (["rules", "list"], own),
        (["rules", "show", "own.block"], own),
    ):
        assert main([*line, "--rules", folder]) == 0
        assert said in " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert main(["rules", "check", folder]) == 0
    assert "mrdguide-core 0.2.0 + st-elsewhere 0.3: no problems." in capsys.readouterr().out


def test_the_service_is_set_up_with_a_layer(tmp_path: Path) -> None:
    settings = Settings(rules=(write(tmp_path, dated()),))
    assert mrdguide.load_rules(*settings.rules).name.endswith("+ st-elsewhere 0.3")


def words_of(tmp_path: Path, text: str) -> Path:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "patients.yaml").write_text(text, encoding="utf-8")
    return write(tmp_path, dated())


def test_the_page_for_patients_has_the_sentences_of_the_layer(tmp_path: Path) -> None:
    folder = words_of(tmp_path, "reasons: {own.block: In this hospital nobody stops before a second look.}\n")
    page = to_markdown(companion(evaluated(mrdguide.load_rules(folder))))
    assert "In this hospital nobody stops before a second look." in page


def test_sentences_for_rules_of_the_core_are_refused(tmp_path: Path) -> None:
    folder = words_of(tmp_path, "reasons: {relapse.now: All is well.}\n")
    with pytest.raises(RuleBookError, match=r"'relapse\.now' is nothing that a layer adds"):
        mrdguide.load_rules(folder)


def test_the_statement_is_that_of_the_core(tmp_path: Path) -> None:
    with pytest.raises(RuleBookError, match="what this is and is not is said by the core"):
        mrdguide.load_rules(write(tmp_path, dated(), statement="Certain, proved, and nothing to think about."))


def test_books_with_dated_entries_are_compared_as_they_are_in_force_on_a_day(tmp_path: Path) -> None:
    book = mrdguide.load_rules(write(tmp_path, dated(**{"from": "2027-01-10"})))
    verdicts = {
        day: compare_books(shipped(), book, day=parse_date(day).earliest, most_tried=0).comparison.verdict
        for day in ("2027-01-09", "2027-01-10")
    }
    assert verdicts == {"2027-01-09": "equal", "2027-01-10": "stricter"}


def test_the_short_form_says_what_is_loosened_and_what_the_core_says(tmp_path: Path) -> None:
    book = mrdguide.load_rules(write(tmp_path, dated()))
    found = evaluated(book)
    assert found.to_dict("short")["layers"] == found.to_dict()["layers"]
