"""Results and rule books are copied, pickled and returned from other processes: the same answer, the same bytes."""

from __future__ import annotations

import copy
import pickle
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide import Recommendation, RuleBook
from mrdguide.errors import (
    EvidenceError,
    InferenceDisagreement,
    MrdguideError,
    PatientError,
    Problem,
    RuleBookError,
    SafetyInvariantViolated,
    UsageError,
)
from mrdguide.reading.shipped import folder
from mrdguide.recommend import recommendation as recommendation_module

from ..examples import EXAMPLES, NAMES, evaluated, shipped

AS_OF = "2026-11-21"
WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda value: pickle.loads(pickle.dumps(value)),
}  # fmt: skip


def answer_of(path: str, rules: RuleBook | None) -> tuple[Recommendation, int]:
    """Run in another process: the answer, and how many rule books were loaded there for it."""
    from mrdguide.rulebook import book

    return mrdguide.evaluate(path, rules=rules, as_of=AS_OF), book._reopened.cache_info().misses


def refused(path: str) -> Recommendation:
    return mrdguide.evaluate(path, as_of="one day")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_recommendation_stays_the_same_to_the_byte(name: str, way: Callable[[Any], Any]) -> None:
    before = evaluated(name)
    text = before.to_json()
    after = way(before)
    assert after is not before
    assert after.to_json() == text
    assert (after.rules.hash, after.rules.origin) == (before.rules.hash, before.rules.origin)
    assert after.case.patient == before.case.patient
    assert after.case.as_of == before.case.as_of


@pytest.mark.parametrize("name", ["cessation-supported", "insufficient-no-imaging"])
def test_an_explanation_with_all_its_parts(name: str) -> None:
    before = evaluated(name).explanation
    parts = (
        before.why,
        before.protocols,
        before.other_outcomes,
        before.settles,
        before.tree,
        before.robustness,
        before.when,
    )
    for way in WAYS.values():
        after = way(before)
        assert after.to_dict() == before.to_dict()
        assert after.when.to_dict() == before.when.to_dict()
        assert [way(part) for part in parts] == list(parts)


def test_a_difference() -> None:
    before = mrdguide.what_if(evaluated("cessation-supported"), {"mrd[-1].result": "detected", "mrd[-1].level": 4e-5})
    for way in WAYS.values():
        assert way(before).to_dict() == before.to_dict()


def test_what_is_cached_does_not_go_along() -> None:
    fresh = mrdguide.evaluate(EXAMPLES[0].path, rules=shipped(), as_of=EXAMPLES[0].as_of)
    size = len(pickle.dumps(fresh))
    fresh.to_json(), fresh.explanation.to_dict(), fresh.explanation.when
    assert len(pickle.dumps(fresh)) == size
    assert size < 20_000


def test_an_end_that_is_left_out_stays_unknown_and_null_stays_ongoing() -> None:
    """Which of the two was recorded is not in the values."""
    entries = [
        {"phase": "maintenance", "start": "2021-01-05"},
        {"phase": "maintenance", "start": "2021-01-05", "end": None},
    ]
    patient = {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}, "therapy": entries}
    before = mrdguide.evaluate(patient, rules=shipped(), as_of=AS_OF)
    for way in WAYS.values():
        assert [entry.end_recorded for entry in way(before).case.patient.therapy] == [False, True]


def test_a_recommendation_of_another_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = pickle.dumps(evaluated("cessation-supported"))
    monkeypatch.setattr(recommendation_module, "engine_version", lambda: "9.9.9")
    with pytest.raises(UsageError, match=r"made by mrdguide .*, this is 9\.9\.9; evaluate again"):
        pickle.loads(kept)


class TestRuleBook:
    def test_a_copy_is_the_book_itself(self) -> None:
        assert copy.copy(shipped()) is copy.deepcopy(shipped()) is shipped()

    def test_a_book_that_is_alive_is_not_loaded_again(self, tmp_path: Path) -> None:
        shutil.copytree(folder("rules"), tmp_path / "rules")
        book = mrdguide.load_rules(tmp_path / "rules")
        assert pickle.loads(pickle.dumps(book)) is book

    def test_the_pickle_holds_no_rules(self) -> None:
        assert len(pickle.dumps(shipped())) < 1_000

    def test_a_book_from_folders_named_from_elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative folder means the one it meant when the book was loaded."""
        shutil.copytree(folder("rules"), tmp_path / "mine")
        monkeypatch.chdir(tmp_path)
        kept = pickle.dumps(mrdguide.load_rules("mine"))
        monkeypatch.chdir("/")
        again = pickle.loads(kept)
        assert again.hash == shipped().hash
        assert again is not shipped()
        assert pickle.loads(kept) is again

    @pytest.mark.parametrize(
        ("file", "words"),
        [
            ("rules/pack.yaml", "the rule files are not those"),
            ("evidence/glossary.yaml", "the evidence files are not those"),
        ],
    )
    def test_files_changed_since_are_refused(self, tmp_path: Path, file: str, words: str) -> None:
        for name in ("rules", "evidence"):
            shutil.copytree(folder(name), tmp_path / name)
        cited = next(iter((tmp_path / "evidence" / "studies").iterdir()))
        book = mrdguide.load_rules(tmp_path / "rules", evidence=tmp_path / "evidence")
        kept = pickle.dumps(book)
        changed = tmp_path / file if file.startswith("rules") else cited
        changed.write_text(changed.read_text(encoding="utf-8") + "# another text\n", encoding="utf-8")
        assert pickle.loads(kept) is book, "the book alive here is still the one that was pickled"
        del book
        from mrdguide.rulebook import book as home

        home._reopened.cache_clear()
        with pytest.raises(RuleBookError, match=words) as caught:
            pickle.loads(kept)
        assert str(tmp_path) in str(caught.value)
        assert "evaluate again" in str(caught.value)

    def test_files_that_are_gone_are_told(self, tmp_path: Path) -> None:
        shutil.copytree(folder("rules"), tmp_path / "rules")
        kept = pickle.dumps(mrdguide.load_rules(tmp_path / "rules"))
        shutil.rmtree(tmp_path / "rules")
        with pytest.raises(RuleBookError, match="does not exist"):
            pickle.loads(kept)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_process_pool_gives_the_same_answers_and_loads_a_book_once(method: str, tmp_path: Path) -> None:
    shutil.copytree(folder("rules"), tmp_path / "rules")
    rules = mrdguide.load_rules(tmp_path / "rules")
    paths = [str(example.path) for example in EXAMPLES[:6]]
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as pool:
        found = [future.result() for future in [pool.submit(answer_of, path, rules) for path in paths]]
        shipped_there, _ = pool.submit(answer_of, paths[0], None).result()
        failure = pool.submit(refused, paths[0]).exception()
        unreadable = pool.submit(refused, str(tmp_path / "nobody.yaml")).exception()
    # A child that was forked has the book, and the count, of its parent.
    assert len({loaded for _, loaded in found}) == 1
    for path, (result, _) in zip(paths, found, strict=True):
        assert result.to_json() == mrdguide.evaluate(path, rules=rules, as_of=AS_OF).to_json()
        assert result.provenance.cross_checked == evaluated("cessation-supported").provenance.cross_checked
        assert result.rules is rules
    assert shipped_there.to_json() == mrdguide.evaluate(paths[0], as_of=AS_OF).to_json()
    assert isinstance(failure, UsageError)
    assert isinstance(unreadable, MrdguideError)


@pytest.mark.parametrize(
    "error",
    [
        UsageError("give a day"), PatientError([Problem("wrong", "x.yaml", "mrd[0]", 3, 4)]), RuleBookError([]),
        EvidenceError([Problem("a"), Problem("b")]), SafetyInvariantViolated("never-x", "Never x"),
        InferenceDisagreement({"possible": ("a",)}, {"possible": ("b",)}), mrdguide.cds.CdsError("send it"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_an_error_comes_back_from_another_process_whole(error: MrdguideError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_everything_shows_itself_in_one_short_line() -> None:
    result = evaluated("insufficient-no-imaging")
    difference = mrdguide.what_if(result, {"sex": "female"})
    for shown in map(repr, (result, result.rules, result.case, result.explanation, difference)):
        assert "\n" not in shown
        assert len(shown) < 220, shown
    assert repr(result) == (
        "<Recommendation for 'insufficient-no-imaging' on 2026-11-21: insufficient-data "
        "(possible: act-on-resurgence, cessation-supported)>"
    )
    assert "mrdguide-core" in repr(result.rules)
    long = mrdguide.evaluate({"id": "x\n" * 90, "diagnosis": {"disease": "mgus"}}, rules=shipped(), as_of=AS_OF)
    assert len(repr(long)) < 220
    assert "\n" not in repr(long)
