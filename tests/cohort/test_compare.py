"""A cohort by two books, and with other thresholds: whose answer changes, and by which rule."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mrdguide
from mrdguide.cli import main
from mrdguide.cohort.swept_books import read_sweep, settings
from mrdguide.errors import UsageError

from ..examples import EXAMPLES, shipped

FOLDER = EXAMPLES[0].path.parent
LAYER = (
    'pack: {name: elsewhere, version: "1.0", extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n'
    "cautions: [{id: own.caution, title: A second look, when: therapy.on-maintenance, why: An example., cites: [giri2025]}]\n"
    "conclusions: []\n"
)


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    folder = tmp_path / "patients"
    folder.mkdir()
    for name in ("cessation-supported", "continue-double-hit", "insufficient-no-imaging"):
        (folder / f"{name}.yaml").write_bytes((FOLDER / f"{name}.yaml").read_bytes())
    return folder


def test_whose_answer_changes_and_by_which_rule(
    patients: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layer = tmp_path / "layer"
    layer.mkdir()
    (layer / "layer.yaml").write_text(LAYER.replace("conclusions: []\n", ""), encoding="utf-8")
    changes = tmp_path / "changes.parquet"
    given = ["cohort", "compare", str(patients), "--as-of", "2026-11-21", "--workers", "1"]
    assert main([*given, "--rules", "core", "--rules", str(layer), "--changes", str(changes)]) == 0
    assert "Of 3 answers" in capsys.readouterr().out
    same = tmp_path / "same"
    same.mkdir()
    (same / "layer.yaml").write_text((layer / "layer.yaml").read_text().replace("A second look", "A third look"))
    assert main([*given, "--rules", str(layer), "--rules", str(same)]) == 0
    told = capsys.readouterr().out
    assert len(set(re.findall(r"elsewhere 1\.0 \((\w{12})\)", told))) == 2  # two books of one name are told apart
    layered = mrdguide.load_rules(FOLDER.parent / "rules", layer)
    for row in pq.read_table(changes).to_pylist():
        path = patients / f"{row['patient']}.yaml"
        before, after = (mrdguide.evaluate(str(path), rules=book, as_of="2026-11-21") for book in (shipped(), layered))
        assert (row["before"], row["after"]) == (before.outcome, after.outcome)
        assert tuple(row["possible_after"]) == after.possible_outcomes
        assert "own.caution" in row["rules"]
    assert {row["patient"] for row in pq.read_table(changes).to_pylist()} >= {"cessation-supported"}


def test_a_threshold_that_moves(patients: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["cohort", "compare", str(patients), "--as-of", "2027-04-01", "--workers", "1", "--format", "json"]
    assert main([*given, "--sweep", "mrd.recent=6,12"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row[0] for row in found["rows"]] == ["as it is", "mrd.recent=12 months"]
    assert main([*given[:-1], "text", "--sweep", "mrd.recent=12"]) == 0
    assert "mrd.recent: " in (told := capsys.readouterr().out)
    assert "6 months in the book." in told
    with settings(shipped(), [read_sweep("mrd.recent=12", shipped())]) as (base, wide):
        changed = 0
        for path in patients.iterdir():
            one, two = (mrdguide.evaluate(path, rules=item.book, as_of="2027-04-01") for item in (base, wide))
            changed += (one.outcome, one.possible_outcomes) != (two.outcome, two.possible_outcomes)
        assert found["rows"][1][-1] == str(changed)
        assert changed > 0
        assert wide.book.name.startswith("mrdguide-core-swept")


@pytest.mark.parametrize(
    ("sweep", "words"),
    [
        ("mrd.recnt=3", "there is no parameter 'mrd.recnt'; did you mean"),
        ("mrd.recent=3,soon", "found 'soon'; give whole numbers"),
        ("mrd.recent=3,600", "600 is outside the allowed range 1 to 12 months"),
        ("mrd.recent", "found ''; give whole numbers"),
    ],
)
def test_a_sweep_that_is_none_is_told(sweep: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_sweep(sweep, shipped())
    assert words in str(caught.value)


def test_one_book_alone_is_no_comparison(patients: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "compare", str(patients), "--as-of", "2026-11-21"]) == 2
    assert "give --rules twice, to compare two books, or --sweep" in capsys.readouterr().err
