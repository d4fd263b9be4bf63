"""Whether mrdguide stays right and small: very many evaluations in one process, then from many threads at once.

    make benchmark                                                             both phases in full
    python benchmarks/endurance.py --evaluations 20000 --threads 4 --threaded 5000   shorter

Every answer is compared with the expected one. Decisions are cached by their verdicts, so the cache is emptied now and
then: otherwise the second engine, durable-rules, would run only for the first of many thousand evaluations. Exit status
1 when one answer is wrong, one evaluation fails, or memory grows by more than the limit.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Barrier, Lock, Thread
from typing import Any

import mrdguide
from mrdguide.reading.document import read_file
from mrdguide.reading.shipped import folder
from mrdguide.teach.examples import INDEX, examples

AS_OF = "2026-11-21"
GROWTH_LIMIT_MIB = 10.0
_SHOWN = 10
_M_ARENA_MAX = -8  # from glibc's malloc.h
_EMPTY_CACHE_EVERY = 500
_WARM_UP_EMPTY_CACHE_EVERY = 50
_WHOLE_RESULT_EVERY = 49  # no multiple of the number of profiles, so that each has its turn


@dataclass(frozen=True, slots=True)
class Answer:
    """What an evaluation must give."""

    outcome: str
    possible: tuple[str, ...]
    secondary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A profile, the day it is judged on, the answer expected, and the whole result's fingerprint."""

    name: str
    profile: dict[str, Any]
    as_of: str
    expected: Answer
    fingerprint: str


@dataclass(slots=True)
class Report:
    """What happened. The texts are kept only of the first few."""

    evaluations: int = 0
    wrong: int = 0
    exceptions: int = 0
    shown: list[str] = field(default_factory=list)
    warm_up_mib: dict[str, float] = field(default_factory=dict)
    growth_mib: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def total_growth_mib(self) -> float:
        """Over both phases; what one gave back does not make up for what the other took."""
        return sum(max(0.0, grown) for grown in self.growth_mib.values())

    def count(self, evaluations: int) -> None:
        with self._lock:
            self.evaluations += evaluations

    def note_wrong(self, text: str) -> None:
        with self._lock:
            self.wrong += 1
            self._show(text)

    def note_exception(self, text: str) -> None:
        with self._lock:
            self.exceptions += 1
            self._show(text)

    def _show(self, text: str) -> None:
        if len(self.shown) < _SHOWN:
            self.shown.append(text)


def questions(rules: mrdguide.RuleBook) -> list[Question]:
    """Every example profile. The answer is the one its index expects; for a profile not in the index, the first one given."""
    index = {item.file: item for item in examples()} if (folder("examples") / INDEX).is_file() else {}
    found = []
    for path in sorted(folder("examples").glob("*.yaml")):
        if path.name == INDEX:
            continue
        profile, example = read_file(path).data, index.get(path.name)
        as_of = example.as_of if example is not None else AS_OF
        first = mrdguide.evaluate(profile, rules=rules, as_of=as_of)
        expected = _answer(first)
        if example is not None:
            said = example.expected
            expected = Answer(said.outcome, said.possible_outcomes, said.secondary)
        found.append(Question(path.name, profile, as_of, expected, _fingerprint(first)))
    return found


def endure(
    asked: Sequence[Question],
    rules: mrdguide.RuleBook,
    evaluations: int = 200_000,
    threads: int = 8,
    threaded: int = 50_000,
) -> Report:
    """Evaluate `evaluations` times in this thread, then `threaded` times from `threads` threads sharing the rule book.

    The first tenth of each phase is its warm-up: caches fill, and every thread gets the memory that durable-rules asks
    for in it once. Its answers are checked like all others; growth in memory is counted from its end.
    """
    report = Report()
    warm = evaluations // 10
    before = resident_mib()
    _ask(asked, rules, report, range(warm), empty_cache_every=_WARM_UP_EMPTY_CACHE_EVERY)
    warmed = resident_mib()
    report.warm_up_mib["one thread"] = warmed - before

    started = time.perf_counter()
    _ask(asked, rules, report, range(warm, evaluations))
    report.seconds["one thread"] = time.perf_counter() - started
    report.growth_mib["one thread"] = resident_mib() - warmed

    _ask_from_threads(asked, rules, report, threads, threaded)
    return report


def _ask_from_threads(
    asked: Sequence[Question], rules: mrdguide.RuleBook, report: Report, threads: int, total: int
) -> None:
    """The same threads warm up, wait while memory is measured, and go on."""
    together = Barrier(threads + 1)
    share, left_over = divmod(total, threads)
    phase = f"{threads} thread{'s' if threads > 1 else ''} at once"

    def work(number: int) -> None:
        # Each thread starts at another profile, so that at any moment they ask about different patients.
        mine = range(number, number + share + (number < left_over))
        warm = len(mine) // 10
        together.wait()
        _ask(asked, rules, report, mine[:warm], empty_cache_every=_WARM_UP_EMPTY_CACHE_EVERY)
        together.wait()
        together.wait()
        _ask(asked, rules, report, mine[warm:])

    running = [
        Thread(target=work, args=(number,), name=f"endurance-{number}", daemon=True) for number in range(threads)
    ]
    before = resident_mib()
    for thread in running:
        thread.start()
    together.wait()
    together.wait()
    warmed = resident_mib()
    report.warm_up_mib[phase] = warmed - before
    started = time.perf_counter()
    together.wait()
    for thread in running:
        thread.join()
    report.seconds[phase] = time.perf_counter() - started
    report.growth_mib[phase] = resident_mib() - warmed


def _ask(
    asked: Sequence[Question],
    rules: mrdguide.RuleBook,
    report: Report,
    numbers: range,
    empty_cache_every: int = _EMPTY_CACHE_EVERY,
) -> None:
    for done, number in enumerate(numbers):
        if done % empty_cache_every == 0:
            rules.decider.decide.cache_clear()
        question = asked[number % len(asked)]
        try:
            result = mrdguide.evaluate(question.profile, rules=rules, as_of=question.as_of)
            found = _answer(result)
            if found != question.expected:
                report.note_wrong(f"{question.name}: {found}, expected {question.expected}")
            elif done % _WHOLE_RESULT_EVERY == 0 and _fingerprint(result) != question.fingerprint:
                report.note_wrong(f"{question.name}: the same input gave another JSON form")
        except Exception as error:
            report.note_exception(f"{question.name}: {type(error).__name__}: {error}")
    report.count(len(numbers))


def _answer(result: mrdguide.Recommendation) -> Answer:
    return Answer(result.outcome, result.possible_outcomes, tuple(item.id for item in result.secondary))


def _fingerprint(result: mrdguide.Recommendation) -> str:
    return hashlib.sha256(result.to_json().encode()).hexdigest()


def resident_mib() -> float:
    """Memory this process holds now; where the system does not say, the most it ever held."""
    gc.collect()
    try:
        with open("/proc/self/status", encoding="utf-8") as text:
            for line in text:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def share_one_arena() -> bool:
    """Let all threads allocate from one place, so that memory shows what is kept; whether this system can.

    glibc otherwise gives every thread an arena of its own and keeps what durable-rules freed in each (a session takes
    some MiB while it lasts): tens of MiB once, up and down by as much afterwards, in which a leak could hide.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1))
    except (AttributeError, OSError, TypeError):
        return False


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Evaluate very often; count wrong answers, failures and growth in memory."
    )
    parser.add_argument("--evaluations", type=int, default=200_000, metavar="N", help="in one thread (default: 200000)")
    parser.add_argument(
        "--threads", type=int, default=8, metavar="N", help="threads sharing the rule book (default: 8)"
    )
    parser.add_argument(
        "--threaded", type=int, default=50_000, metavar="N", help="evaluations of all threads together (default: 50000)"
    )
    parser.add_argument(
        "--many-arenas", action="store_true", help="leave the allocator as it is; memory then goes up and down"
    )
    chosen = parser.parse_args()
    if min(chosen.evaluations, chosen.threads, chosen.threaded) < 1:
        parser.error("numbers must be 1 or more")
    shared = not chosen.many_arenas and share_one_arena()
    rules = mrdguide.load_rules()
    asked = questions(rules)
    print(
        f"{len(asked)} example profiles: {chosen.evaluations:,} evaluations in one thread, then {chosen.threaded:,} from "
        f"{chosen.threads} threads",
        flush=True,
    )
    report = endure(asked, rules, chosen.evaluations, chosen.threads, chosen.threaded)
    for phase, seconds in report.seconds.items():
        print(
            f"  {phase}: {seconds:,.1f} s, memory {report.growth_mib[phase]:+.1f} MiB "
            f"(before that {report.warm_up_mib[phase]:+.1f} MiB in the warm-up)"
        )
    grown = report.total_growth_mib > GROWTH_LIMIT_MIB
    print(f"{report.evaluations:,} answers checked: {report.wrong} wrong, {report.exceptions} exceptions")
    print(
        f"memory after warm-up: {report.total_growth_mib:+.1f} MiB, limit {GROWTH_LIMIT_MIB:g} MiB: "
        f"{'too much' if grown else 'within the limit'} ({'one arena' if shared else 'an arena for every thread'})"
    )
    for text in report.shown:
        print(f"  {text}", file=sys.stderr)
    return 1 if report.wrong or report.exceptions or grown else 0


if __name__ == "__main__":
    sys.exit(main())
