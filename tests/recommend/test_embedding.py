"""Inside another program: from asyncio, after a fork in the middle of other evaluations, explanations out of a pool."""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import signal
import threading
import time
import weakref
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path

import pytest

import mrdguide
from mrdguide import Explanation

from ..examples import EXAMPLES, evaluated, shipped

_LAYER = (
    'pack: {name: elsewhere, version: "1.0", extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n'
    "cautions: [{id: own.caution, title: A second look, when: therapy.on-maintenance, why: An example.}]\n"
)
_PARTS = ("why", "protocols", "other_outcomes", "settles", "tree", "questions", "robustness", "when")
_FORKING = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def explained(path: str, as_of: str) -> Explanation:
    return mrdguide.evaluate(path, as_of=as_of).explanation


@_FORKING
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_explanations_and_their_parts_come_out_of_a_process_pool(method: str) -> None:
    example = next(item for item in EXAMPLES if item.file == "insufficient-no-imaging.yaml")
    here = evaluated("insufficient-no-imaging").explanation
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as pool:
        there = pool.submit(explained, str(example.path), example.as_of).result(timeout=300)
    assert there.to_dict() == here.to_dict()
    for name in _PARTS:
        assert pickle.loads(pickle.dumps(getattr(there, name))) == getattr(here, name)


def test_an_answer_of_a_layered_book_is_pickled_whole(tmp_path: Path) -> None:
    (tmp_path / "layer.yaml").write_text(_LAYER, encoding="utf-8")
    rules = mrdguide.load_rules(tmp_path)
    before = mrdguide.evaluate(EXAMPLES[0].path, rules=rules, as_of=EXAMPLES[0].as_of)
    after = pickle.loads(pickle.dumps(before))
    assert after.to_json() == before.to_json()
    assert {field.name for field in fields(after)} == {field.name for field in fields(before)}
    assert after.core_outcome == before.core_outcome
    assert after.rules.name == rules.name


@pytest.mark.parametrize("detail", ["full", "short"])
def test_an_answer_that_nobody_holds_is_freed_without_the_garbage_collector(detail: str) -> None:
    example = next(item for item in EXAMPLES if item.file == "insufficient-no-imaging.yaml")
    found = mrdguide.evaluate(example.path, rules=shipped(), as_of=example.as_of)
    gc.collect()
    gc.disable()
    try:
        found.to_json(detail="full" if detail == "full" else "short")
        case = weakref.ref(found.case)
        del found
        assert case() is None
    finally:
        gc.enable()


def test_from_asyncio_an_evaluation_is_given_to_a_thread() -> None:
    async def story() -> list[str]:
        given = [item for item in EXAMPLES for _ in range(2)]
        found = await asyncio.gather(
            *(asyncio.to_thread(mrdguide.evaluate, item.path, rules=shipped(), as_of=item.as_of) for item in given)
        )
        return [item.outcome for item in found]

    assert asyncio.run(story()) == [item.expected.outcome for item in EXAMPLES for _ in range(2)]


@_FORKING
def test_a_process_forked_while_threads_evaluate_gives_answers() -> None:
    example = EXAMPLES[0]
    stopped = threading.Event()

    def evaluating() -> None:
        while not stopped.is_set():
            for item in EXAMPLES:
                mrdguide.evaluate(item.path, rules=shipped(), as_of=item.as_of).to_json()

    threads = [threading.Thread(target=evaluating) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(4):
            child = os.fork()
            if child == 0:
                found = mrdguide.evaluate(example.path, rules=shipped(), as_of=example.as_of)
                found.to_json(), found.explanation.to_dict()
                os._exit(0 if found.outcome == example.expected.outcome else 1)
            assert _status(child) == 0
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def _status(child: int) -> int | None:
    """How the child ended; None where it never would."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None
