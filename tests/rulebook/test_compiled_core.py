"""The shipped rules as they are kept compiled: the same as from their files, and never used where they may not be."""

from __future__ import annotations

import copy
import json
import multiprocessing
import os
import random
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.case.doubts import PLAUSIBLE, Plausible
from mrdguide.decide import forward_chaining
from mrdguide.evidence import load_library
from mrdguide.patient.bad_news import REGISTRY, Registry
from mrdguide.reading import data_file, document
from mrdguide.reading.bounded import read_bytes
from mrdguide.reading.plain_models import Packer, Unpacker
from mrdguide.reading.shipped import folder
from mrdguide.rulebook import book as book_module
from mrdguide.rulebook import compiled_file, shipped_core
from mrdguide.rulebook.book import RuleBook, load_from_files, load_rules
from mrdguide.rulebook.fingerprint import evidence_hash
from mrdguide.rulefiles.model import Criterion

from ..examples import EXAMPLES

RULES, EVIDENCE = folder("rules"), folder("evidence")
FINGERPRINT = "0" * 64
LAYER = (
    'pack: {name: st-elsewhere, version: "0.3", extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n'
    "parameters: {mrd.recent: 3}\n"
    "cautions: [{id: own.caution, title: A second look, when: therapy.on-maintenance}]\n"
)


@pytest.fixture(scope="module")
def read() -> RuleBook:
    """The shipped book from its files."""
    return load_from_files((RULES,), EVIDENCE)


@pytest.fixture(scope="module")
def parts(read: RuleBook) -> list[Any]:
    return shipped_core.compiled(read.evidence, read.decider, read.locations)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place of its own for the file, with nothing there yet."""
    found = tmp_path / "shipped" / "compiled.json"
    monkeypatch.setattr(compiled_file, "place", lambda: found)
    monkeypatch.setattr(compiled_file, "_BEGUN", float("inf"))
    shipped_core.shipped_core.cache_clear()
    yield found
    shipped_core.shipped_core.cache_clear()


@pytest.fixture
def kept(place: Path, parts: list[Any]) -> Path:
    """The file as it is written for the files that are there."""
    files = compiled_file.shipped_files()
    assert files is not None
    compiled_file.write(files.fingerprint, parts)
    return place


@pytest.fixture
def compiled(kept: Path, monkeypatch: pytest.MonkeyPatch) -> RuleBook:
    """The shipped book from the compiled file, without reading a rule file."""
    with monkeypatch.context() as patched:
        patched.setattr(book_module, "load_from_files", _refused)
        return load_rules()


def _refused(*_: object, **__: object) -> RuleBook:
    raise AssertionError("the rules were read from their files")


def test_it_says_what_the_files_say(read: RuleBook, compiled: RuleBook) -> None:
    for name in (
        "pack", "hash", "origin", "folders", "rules", "sections", "plans", "background", "schemes", "alternatives",
        "protocols", "parameters", "decision", "interpretation", "actions", "may_be_unobtainable", "thresholds",
        "locations", "aliases", "warnings", "local_facts", "words", "layering", "kept_readings", "day",
    ):  # fmt: skip
        assert getattr(compiled, name) == getattr(read, name), name
    assert [item.rule for item in compiled.compiled_criteria] == [item.rule for item in read.compiled_criteria]
    for name, rule in read.rules.items():
        assert compiled.rules[name].model_fields_set == rule.model_fields_set
        assert repr(compiled.rules[name]) == repr(rule)


def test_it_has_the_evidence_of_the_files(read: RuleBook, compiled: RuleBook) -> None:
    files = load_library(EVIDENCE)
    assert (compiled.evidence.ids, compiled.evidence.aliases, compiled.evidence.bearing) == (
        files.ids, files.aliases, files.bearing,
    )  # fmt: skip
    assert compiled.evidence.retracted == files.retracted
    for unverified in (False, True):
        for name in (*files.ids, *files.aliases):
            shown = compiled.evidence.shown(name, include_unverified=unverified)
            assert shown == files.shown(name, include_unverified=unverified)
    assert list(compiled.evidence) == list(files)
    assert evidence_hash(compiled.evidence) == evidence_hash(files)
    assert all(compiled.evidence.path(name) == files.path(name) for name in files.ids)


def test_the_program_has_its_own_tables_from_it(parts: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is bad news, and what cannot be, as their files say."""
    monkeypatch.setattr(data_file, "_KNOWN", {})
    kept = shipped_core._tables_known(json.loads(json.dumps(parts[-1])))
    for path, model in ((PLAUSIBLE, Plausible), (REGISTRY, Registry)):
        from_file = data_file.read_as(path, model)
        assert kept[path]() == from_file
        assert repr(kept[path]()) == repr(from_file)
    data_file.known({PLAUSIBLE: kept[REGISTRY]})
    assert data_file.read_as(PLAUSIBLE, Plausible) == kept[PLAUSIBLE]()  # of another kind: not taken for it


def test_tables_of_a_file_that_does_not_fit_are_not_taken(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_file, "_KNOWN", {})
    assert shipped_core.shipped_core(FINGERPRINT) is None
    assert not data_file._KNOWN
    assert shipped_core.shipped_core(kept.read_bytes()[:64].decode()) is not None
    assert data_file._KNOWN.keys() == {PLAUSIBLE, REGISTRY}


def test_its_decision_is_the_same_for_verdicts_at_random(read: RuleBook, compiled: RuleBook) -> None:
    chance = random.Random(7)
    implications = read.decider.implications
    for _ in range(150):
        known = chance.random()
        wanted = [chance.choice((0, 2)) if chance.random() < known else 1 for _ in read.compiled_criteria]
        verdicts, _ = implications.reconciled(wanted)
        if implications.reconciled(verdicts)[1]:
            continue
        assert compiled.decider.possible(verdicts) == read.decider.possible(verdicts)
        assert compiled.decider.depends_on(verdicts) == read.decider.depends_on(verdicts)
        assert compiled.decider.schemes(verdicts) == read.decider.schemes(verdicts)
    assert compiled.decider.order == read.decider.order
    assert compiled.decider.ends() == read.decider.ends()
    for invariant in read.decider.invariants:
        assert compiled.decider.broken(invariant) == read.decider.broken(invariant) == {}


@pytest.mark.skipif(not forward_chaining.available(), reason="durable-rules cannot be imported here")
def test_what_durable_rules_inferred_for_it_is_not_inferred_again(read: RuleBook, compiled: RuleBook) -> None:
    (one, other) = (book.decider.second_engine for book in (compiled, read))
    assert one is not None
    assert other is not None
    for example in EXAMPLES:
        mrdguide.evaluate(example.path, rules=compiled, as_of=example.as_of)
    assert one.inferred == 0
    assert one.kept() == other.kept()


@pytest.mark.parametrize("example", EXAMPLES[::4], ids=lambda item: item.file)
def test_examples_are_answered_with_the_same_bytes(example: Any, read: RuleBook, compiled: RuleBook) -> None:
    one, other = (mrdguide.evaluate(example.path, rules=rules, as_of=example.as_of) for rules in (compiled, read))
    assert one.to_json() == other.to_json()


def test_first_use_writes_it_and_the_next_process_reads_it(place: Path, read: RuleBook) -> None:
    assert not place.exists()
    load_rules()
    assert place.is_file()
    assert [item.name for item in place.parent.iterdir()] == [place.name]
    assert stat.S_IMODE(place.stat().st_mode) & 0o022 == 0


def test_layers_lie_on_it_without_reading_the_core(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = tmp_path / "layer"
    layer.mkdir()
    (layer / "layer.yaml").write_text(LAYER.replace("parameters: {mrd.recent: 3}\n", ""), encoding="utf-8")
    from_files = load_from_files((layer,), EVIDENCE)
    seen: list[Path] = []
    _note_what_is_read(monkeypatch, seen)
    layered = load_rules(layer)
    assert [path for path in seen if path.is_relative_to(RULES) or path.is_relative_to(EVIDENCE)] == []
    assert (layered.rules, layered.locations, layered.hash) == (from_files.rules, from_files.locations, from_files.hash)


def _note_what_is_read(monkeypatch: pytest.MonkeyPatch, seen: list[Path]) -> None:
    def noted(path: Any, *more: Any) -> bytes:
        seen.append(Path(path))
        return read_bytes(path, *more)

    monkeypatch.setattr(document, "read_bytes", noted)


def test_a_layer_leaves_nothing_behind_in_it(kept: Path, tmp_path: Path) -> None:
    files = compiled_file.shipped_files()
    assert files is not None
    core = shipped_core.shipped_core(files.fingerprint)
    assert core is not None
    before = {item.name: copy.copy(getattr(core.source, item.name)) for item in fields(core.source)}
    entries = {section: dict(found) for section, found in core.source.entries.items()}
    layer = tmp_path / "layer"
    layer.mkdir()
    loosens = "loosens: [{what: mrd.recent, why: We do so here., by: the board, date: 2026-11-26}]\n"
    (layer / "layer.yaml").write_text(f"{LAYER}{loosens}", encoding="utf-8")
    assert load_rules(layer).layering is not None
    assert {name: getattr(core.source, name) for name in before} == before
    assert core.source.entries == entries


def test_mistakes_of_a_layer_show_the_place_in_the_core(kept: Path, read: RuleBook, tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    layer.mkdir()
    taken = f"  - {{id: {read.background[0].id}, text: Another text., cites: [derman2024]}}\n"
    (layer / "layer.yaml").write_text(f"{LAYER}background:\n{taken}", encoding="utf-8")
    with pytest.raises(mrdguide.errors.RuleBookError) as told:
        load_rules(layer)
    with pytest.raises(mrdguide.errors.RuleBookError) as expected:
        load_from_files((layer,), EVIDENCE)
    assert told.value.problems == expected.value.problems
    assert any(place.line for problem in told.value.problems for place in problem.also)


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda content: content[: len(content) // 2],
    "cut by one byte": lambda content: content[:-1],
    "longer by one byte": lambda content: content + b" ",
    "empty": lambda _: b"",
    "one number changed": lambda content: content.replace(b'"caution"', b'"cautiom"', 1),
    "of other files": lambda content: b"f" * 64 + content[64:],
    "not of this kind": lambda _: b"{}\n",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_file_that_does_not_fit_is_not_used(
    spoil: Callable[[bytes], bytes], kept: Path, read: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.read_bytes()
    changed = spoil(before)
    assert changed != before
    kept.write_bytes(changed)
    monkeypatch.setattr(book_module, "load_from_files", lambda *_: read)
    assert load_rules() is read
    assert kept.read_bytes()[:64] == before[:64]  # written anew


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o646])
def test_a_file_that_others_may_write_is_not_used(mode: int, kept: Path) -> None:
    kept.chmod(mode | stat.S_IMODE(Path(compiled_file.__file__).stat().st_mode))
    fingerprint = kept.read_bytes()[:64].decode()
    assert (compiled_file.read(fingerprint) is not None) is (not mode & ~_mode_of_the_program() & 0o022)


def _mode_of_the_program() -> int:
    return Path(compiled_file.__file__).stat().st_mode


def test_a_file_of_another_user_is_not_used(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fingerprint = kept.read_bytes()[:64].decode()
    assert compiled_file.read(fingerprint) is not None
    own = os.fstat

    def of_another(number: int) -> os.stat_result:
        found = list(own(number))
        found[stat.ST_UID] = 54321
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", of_another)
    assert compiled_file.read(fingerprint) is None


def test_a_folder_in_its_place_is_no_file(place: Path) -> None:
    place.mkdir(parents=True)
    assert compiled_file.read(FINGERPRINT) is None
    compiled_file.write(FINGERPRINT, [["part"]])
    assert [item.name for item in place.parent.iterdir()] == [place.name]


@pytest.mark.parametrize("changed", ["rules", "evidence", "program", "another file among the rules"])
def test_the_fingerprint_follows_what_it_is_made_of(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("rules", "evidence"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    monkeypatch.setattr(compiled_file, "folder", lambda name: tmp_path / name)
    before = compiled_file.shipped_files()
    if changed == "program":
        monkeypatch.setattr(compiled_file, "_program", lambda: b"another")
    elif changed == "another file among the rules":
        (tmp_path / "rules" / "block.yml").write_text("", encoding="utf-8")
    else:
        (tmp_path / changed / "a.yaml").write_text("a: 2\n", encoding="utf-8")
    after = compiled_file.shipped_files()
    assert before is not None
    assert after is not None
    assert before.fingerprint != after.fingerprint


def test_a_program_changed_while_it_runs_keeps_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_file, "_BEGUN", Path(document.__file__).stat().st_mtime - 1)
    compiled_file.write(FINGERPRINT, [["part"]])
    assert not place.exists()


def test_rules_changed_while_they_are_compiled_are_not_kept(
    place: Path, read: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = compiled_file.shipped_files()
    assert files is not None
    monkeypatch.setattr(compiled_file, "shipped_files", lambda: compiled_file.ShippedFiles(files.rules, FINGERPRINT))
    shipped_core.keep(files, read.evidence, read.decider, read.locations)
    assert not place.exists()


def test_a_full_disk_leaves_nothing_behind(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    compiled_file.write(FINGERPRINT, [["part"]])
    assert list(place.parent.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_error(
    place: Path, read: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.parent.write_text("a file where the folder would be", encoding="utf-8")
    assert load_rules().hash == read.hash
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(shipped_core, "compiled", _refused)  # what could not be written is not even made
    assert load_rules().hash == read.hash


def _write_over_and_over(target: str, mark: int) -> None:
    compiled_file.place = lambda: Path(target)
    for _ in range(30):
        compiled_file.write(FINGERPRINT, [[mark] * 5000])


def test_processes_that_write_at_once_leave_one_whole_file(place: Path) -> None:
    writers = [multiprocessing.Process(target=_write_over_and_over, args=(str(place), mark)) for mark in (1, 2)]
    for writer in writers:
        writer.start()
    seen = 0
    while any(writer.is_alive() for writer in writers):
        found = compiled_file.read(FINGERPRINT)
        if found is not None:
            seen += 1
            assert len(set(json.loads(found[0]))) == 1
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert compiled_file.read(FINGERPRINT) is not None
    assert [item.name for item in place.parent.iterdir()] == [place.name]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_loads_from_it(compiled: RuleBook) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0 if load_rules().hash == compiled.hash else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    "named", ["os:system", "mrdguide.rulebook.book:load_rules", "mrdguide.errors:MrdguideError", "x"]
)
def test_data_can_name_no_more_than_models_of_the_package(named: str) -> None:
    with pytest.raises(ValueError, match="neither a model"):
        Unpacker([named])


@pytest.mark.parametrize("value", [{1, 2}, {1: 2}, object(), float, b"bytes"])
def test_what_could_not_be_read_back_is_not_packed(value: object) -> None:
    with pytest.raises(TypeError):
        Packer().packed(value)


def test_a_model_comes_back_with_what_was_given(read: RuleBook) -> None:
    packer = Packer()
    packed = json.loads(json.dumps(packer.packed(list(read.rules.values()))))
    found = Unpacker(packer.kinds).unpacked(packed)
    assert found == list(read.rules.values())
    criterion = next(item for item in found if isinstance(item, Criterion))
    assert criterion.model_dump(exclude_unset=True) == read.rules[criterion.id].model_dump(exclude_unset=True)


def test_another_process_answers_from_it_without_yaml_of_the_rules(kept: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from mrdguide.rulebook import compiled_file\n"
        f"compiled_file.place = lambda: pathlib.Path({str(kept)!r})\n"
        "from mrdguide.rulefiles import source\n"
        "from mrdguide.rulebook import book\n"
        "source.read_file = book.read_folder = None\n"
        "import mrdguide\n"
        "print(len(mrdguide.load_rules().rules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 100
