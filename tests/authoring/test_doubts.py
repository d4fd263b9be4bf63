"""What can be read and is hardly meant: each kind as a layer over the shipped rules, with the exact message.

After a change of wording write them anew and read the difference:

    MRDGUIDE_GOLDEN=write pytest tests/authoring/test_doubts.py && git diff tests/authoring/doubtful
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import mrdguide
from mrdguide.authoring.doubts import doubts
from mrdguide.errors import CODES

from .layers import layer, own_book

HERE = Path(__file__).parent / "doubtful"
ROOT = Path(__file__).parents[2]
CASES = sorted(path for path in HERE.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_a_doubt_is_told_with_its_place_and_what_to_do(case: Path) -> None:
    found = doubts(mrdguide.load_rules(ROOT / "rules", case))
    text = "\n\n".join(str(item) for item in found) + "\n"
    text = text.replace(f"{case}{os.sep}", "").replace(f"{ROOT}{os.sep}", "")
    golden = case / "message.txt"
    if os.environ.get("MRDGUIDE_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert found
    assert all(item.hint and item.severity == "warning" and item.line for item in found)


def test_the_shipped_rules_leave_no_doubt(shipped_rules: mrdguide.RuleBook) -> None:
    assert [str(item) for item in doubts(shipped_rules)] == []


def test_a_book_whose_invariants_were_deleted_is_an_error(tmp_path: Path) -> None:
    found = doubts(own_book(tmp_path, layer(tmp_path / "layer", "{}"), without="safety.yaml"))
    assert [(item.severity, item.code) for item in found] == [("error", "no-invariants")]


def test_a_caution_of_a_whole_book_that_nothing_uses_changes_no_answer(tmp_path: Path) -> None:
    caution = {
        "id": "caution.old",
        "title": "Old age",
        "when": "population.over-70",
        "why": "So.",
        "cites": ["msk_korde"],
    }
    (found,) = doubts(own_book(tmp_path, layer(tmp_path / "layer", json.dumps({"cautions": [caution]}))))
    assert (found.code, found.line) == ("not-used", 1)
    assert found.message == "nothing uses 'caution.old', so it changes no answer"
    assert found.hint == "name it under 'caution.any'"


def test_every_kind_of_doubt_has_a_bad_input() -> None:
    told = {line for case in CASES for line in (case / "message.txt").read_text(encoding="utf-8").splitlines()}
    kinds = {"never-met", "always-met", "same-meaning", "no-reason", "speaks-otherwise", "number-not-cited",
             "number-in-words", "cut-short", "no-effect", "not-loosened", "days-for-months"}  # fmt: skip
    assert kinds <= set(CODES)
    words = {
        "never-met": "can never be met", "always-met": "by every patient", "same-meaning": "means the same", "no-reason": "has no 'why'", "speaks-otherwise": "all that is cited here",
        "number-not-cited": "nothing that it cites holds", "number-in-words": "compares with no such number",
        "cut-short": "begins a comment", "no-effect": "no answer becomes stricter by",
        "not-loosened": "not declared to be looser",
        "days-for-months": "months, which are",
    }  # fmt: skip
    assert [kind for kind in kinds if not any(words[kind] in line for line in told)] == []
