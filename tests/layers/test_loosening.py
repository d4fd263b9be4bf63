"""Loosening is declared or does not happen; what is declared is printed with the answer of the untouched core."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import pytest

import mrdguide
from mrdguide.cli import main
from mrdguide.errors import RuleBookError
from mrdguide.record import DecisionStore
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.pages.board import board
from mrdguide.teach.examples import examples
from tests.laws.judging import shipped

from .test_law import on_examples
from .writing import Layer, entry, random_layer, write
from .writing import shipped as written

BY = {"by": "the board", "date": "2026-11-26"}
EXAMPLES = {item.path.stem: item for item in examples()}


def declared(*names: str) -> list[dict[str, str]]:
    return [{"what": name, "why": "we judge it otherwise here", **BY} for name in names]


def evaluated(book: mrdguide.RuleBook, name: str) -> mrdguide.Recommendation:
    return mrdguide.evaluate(EXAMPLES[name].path, rules=book, as_of=EXAMPLES[name].as_of)


@cache
def with_a_block() -> tuple[str, str]:
    """An example that one block keeps from stopping, and that block."""
    for path, _, core in on_examples():
        if core.outcome == "continue" and len(core.blocks) == 1 and "mrd" not in core.blocks[0].id:
            return path.stem, core.blocks[0].id
    raise AssertionError("no such example")


def test_a_block_that_is_switched_off_still_blocks_unless_that_is_declared(tmp_path: Path) -> None:
    name, block = with_a_block()
    layer: Layer = {"off": [{"id": block, "why": "we judge it otherwise here"}]}
    silent = evaluated(mrdguide.load_rules(write(tmp_path / "silent", layer)), name)
    assert silent.outcome == "continue"
    open_ = evaluated(mrdguide.load_rules(write(tmp_path / "open", {**layer, "loosens": declared(block)})), name)
    assert open_.possible_outcomes != ("continue",)
    assert open_.core_outcome == "continue"
    said = to_markdown(board(open_)).replace("\\", "")
    assert f"Loosened by declaration: {block}: we judge it otherwise here (the board, 2026-11-26)." in said
    assert "mrdguide-core 0.2.0 alone says: continue." in said
    assert open_.to_dict()["layers"]["loosens"] == declared(block)


def test_the_record_holds_the_loosening_and_tells_files_that_changed_under_one_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, block = with_a_block()
    layer: Layer = {"off": [{"id": block, "why": "we judge it otherwise here"}], "loosens": declared(block)}
    path = tmp_path / "record.sqlite"
    with DecisionStore(path) as store:
        for number, why in enumerate(("ours", "ours, in other words")):
            folder = write(tmp_path / str(number), {**layer, "off": [{"id": block, "why": why}]})
            book = mrdguide.load_rules(folder)
            store.append(evaluated(book, name), "test")
    assert main(["record", "show", str(path), "1"]) == 0
    assert f"0.2.0 + st-elsewhere 0.3, loosens {block}" in capsys.readouterr().out
    assert main(["record", "verify", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"note: the files of mrdguide-core 0.2.0 + st-elsewhere 0.3, loosens {block} changed" in said
    assert " from entry 1 on, " in said
    assert said.count("\n") == 3


def test_what_is_fixed_holds_over_the_untouched_core(tmp_path: Path) -> None:
    sustained = {
        **entry("criteria", "mrd.sustained-12-1e-5"),
        "when": {"mrd_run": {"threshold": 1e-4, "months": 1, "tests": 2, "within": 6}},
    }
    names = ("mrd.sustained-12-1e-5",)
    book = mrdguide.load_rules(write(tmp_path, {"criteria": [sustained], "loosens": declared(*names)}))
    for path, day, core in on_examples():
        if core.criteria["mrd.sustained-12-1e-5"].verdict != "met":
            found = mrdguide.evaluate(path, rules=book, as_of=day)
            assert not found.settled or found.outcome not in ("cessation-supported", "cessation-conditional"), path.name
            assert found.core_outcome == core.outcome


def test_what_is_not_declared_can_still_only_tighten(tmp_path: Path) -> None:
    _, block = with_a_block()
    harmless = {"off": [{"id": block, "why": "ours"}], "loosens": declared(block)}
    with_more = {**harmless, "conclusions": [{**entry("conclusions", "block.any"), "when": "relapse.ever"}]}
    books = [
        mrdguide.load_rules(write(tmp_path / str(number), layer)) for number, layer in enumerate((harmless, with_more))
    ]
    for path, day, _ in on_examples():
        first, second = (mrdguide.evaluate(path, rules=book, as_of=day) for book in books)
        assert set(first.possible_outcomes) == set(second.possible_outcomes), path.name


@pytest.mark.parametrize("seed", range(6))
def test_any_declaration_gives_an_answer_and_the_untouched_cores_beside_it(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    layer = random_layer(rng)
    rules = [item["id"] for section in ("criteria", "blocks", "cautions", "conclusions") for item in written(section)]
    touched = [
        item["id"] for section in layer.values() if isinstance(section, list) for item in section if item["id"] in rules
    ]
    layer["loosens"] = declared(*dict.fromkeys(touched))
    try:
        book = mrdguide.load_rules(write(tmp_path, layer))
    except RuleBookError:
        return
    for path, day, core in on_examples():
        found = mrdguide.evaluate(path, rules=book, as_of=day)
        assert found.core_outcome == core.outcome
        assert found.layers is not None
        assert found.layers.core_possible_outcomes == core.possible_outcomes
        fixed = {name for invariant in fixed_and_broken(core) for name in invariant}
        assert not found.settled or found.outcome not in fixed, (path.name, found.outcome)


def fixed_and_broken(core: mrdguide.Recommendation) -> list[tuple[str, ...]]:
    """The outcomes that fixed invariants forbid over the core's own verdicts."""
    decider = shipped().decider
    ids = {item["id"] for item in written("invariants") if item.get("fixed")}
    return [never for name, never in decider.forbidden(core.judged_verdicts).items() if name in ids]
