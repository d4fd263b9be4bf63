"""Attacks made at random: profiles, Bundles, tables, layers, command lines, kills, clocks, threads and forks.

    python -m tests.adversary.random_attacks --rounds 200 [--seed 1]    tries so many, each with the seed after the last one
    python -m tests.adversary.random_attacks --keep 17                  writes the attack of seed 17 as a case

A case is a file in `kept/` with the whole attack in it, so that it stays the same when the making of attacks changes; the
tests try every one of them. Whatever comes in, there is an answer or an error of the family `MrdguideError`.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch

import yaml

import mrdguide
from mrdguide import fhir
from mrdguide.authoring.templates import KINDS
from mrdguide.errors import MrdguideError
from mrdguide.intake.tables.template import template_files
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board

from ..intake.fhir.bundles import bundle
from .command_calls import AS_OF, CALLS, ROOT, Call, ends, make

KEPT = Path(__file__).parent / "kept"
DAY = "2026-11-21"
_STATUSES = (0, 1, 2, 74, 130)
_FAULTS = ("none", "full", "closed output", "closed others", "pipe", "small files", "interrupt 0.01", "encoding ascii")
# They are slow, or wait for somebody; what they do is tried where they are tested.
_NOT_AT_RANDOM = ("serve", "workbench", "rules mutate", "fhir pull")
_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, 10**400, "", "x" * 10_000, "a\x1b[2Jb", "\u202e", "a\u2028b", "=1+1", "2026-13-45", "1899",
    "2200-12-31", "1900", "not-detected", [], {}, [[[[]]]], {"a": {"b": {}}}, ["lenalidomide"] * 300,
)  # fmt: skip
_PIECES = (
    "\t",
    "\x00",
    "\u2028",
    "&a",
    "*a",
    "<<: ",
    "!x ",
    "'",
    '"',
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "\n",
    "\ufeff",
    "é",
    ",,",
    "#",
)

Given = dict[str, Any]


@dataclass(frozen=True)
class Attack:
    """`make` chooses what is tried, which JSON can hold; `run` tries it and raises where it should not have worked so."""

    make: Callable[[random.Random], Given]
    run: Callable[[Given], None]


def attack_of(seed: int, attacks: dict[str, Attack] | None = None) -> Given:
    """The attack of a seed: its kind, and what is tried."""
    chance, known = random.Random(seed), attacks or ATTACKS
    kind = chance.choice(sorted(known))
    return {"kind": kind, "seed": seed, "given": known[kind].make(chance)}


def attempt(attack: Given, attacks: dict[str, Attack] | None = None) -> None:
    """Try an attack.

    Raises:
        AssertionError: it has got through; the message says how it is kept as a case.
    """
    try:
        (attacks or ATTACKS)[attack["kind"]].run(attack["given"])
    except Exception as error:
        keep = f"python -m tests.adversary.random_attacks --keep {attack['seed']}"
        raise AssertionError(
            f"seed {attack['seed']} ({attack['kind']}): {type(error).__name__}: {error}\nas a case: {keep}"
        ) from error


def keep(attack: Given, folder: Path = KEPT) -> Path:
    """Write an attack as a case."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{attack['kind']}-{attack['seed']}.json"
    path.write_text(json.dumps(attack, indent=1) + "\n", encoding="utf-8")
    return path


def _answer_or_error(answer: Callable[[], mrdguide.Recommendation], *, page: bool) -> None:
    try:
        found = answer()
    except MrdguideError:
        return
    found.to_json()
    if page:
        found.explanation.to_dict()
        to_html(board(found))


@cache
def _profiles() -> tuple[Given, ...]:
    paths = sorted((ROOT / "examples").glob("*.yaml"))
    return tuple(yaml.safe_load(path.read_text("utf-8")) for path in paths if path.name != "cases.yaml")


def _damaged(chance: random.Random, data: Any) -> Any:
    """A copy with one to three places changed, taken out or repeated."""
    data = json.loads(json.dumps(data, default=str))
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(_places(data)))
        if key not in (range(len(holder)) if isinstance(holder, list) else holder):
            continue
        change = chance.choice(("value", "value", "gone", "again"))
        if change == "gone":
            del holder[key]
        elif change == "again" and isinstance(holder, list):
            holder.extend([copy.deepcopy(holder[key])] * chance.choice((1, 5, 40)))
        else:
            holder[key] = copy.deepcopy(chance.choice(_VALUES))
    return data


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield data, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _damaged_text(chance: random.Random, text: str) -> str:
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(text) + 1)
        end = min(len(text), place + chance.choice((0, 0, 1, 20)))
        text = text[:place] + chance.choice(("", *_PIECES)) + text[end:]
    return text


def _profile(chance: random.Random) -> Given:
    return {"profile": _damaged(chance, chance.choice(_profiles())), "page": chance.random() < 0.2}


def _try_profile(given: Given) -> None:
    _answer_or_error(lambda: mrdguide.evaluate(given["profile"], as_of=DAY), page=given["page"])


def _bundle(chance: random.Random) -> Given:
    profile = json.loads(json.dumps(chance.choice(_profiles()), default=str))
    return {"bundle": _damaged(chance, bundle(profile)), "page": chance.random() < 0.2}


def _try_bundle(given: Given) -> None:
    def answer() -> mrdguide.Recommendation:
        patient, report = fhir.read(given["bundle"])
        report.to_dict()
        return mrdguide.evaluate(patient, as_of=DAY)

    _answer_or_error(answer, page=given["page"])


def _tables(chance: random.Random) -> Given:
    files = template_files()
    files["patients.csv"] += "\na,multiple-myeloma" + "," * chance.randint(0, 40)
    changed = chance.choice([name for name in files if name.endswith(".csv")])
    return {"files": {**files, changed: _damaged_text(chance, files[changed])}}


def _try_tables(given: Given) -> None:
    with tempfile.TemporaryDirectory() as place:
        for name, text in given["files"].items():
            (Path(place) / name).write_text(text, encoding="utf-8", newline="")
        try:
            patients = mrdguide.read_tables(place)
        except MrdguideError:
            return
        for patient in patients:
            _answer_or_error(lambda found=patient: mrdguide.evaluate(found, as_of=DAY), page=False)  # type: ignore[misc]


def _layer(chance: random.Random) -> Given:
    from mrdguide.authoring.templates import template

    head = 'pack: {name: elsewhere, version: "1.0", extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n'
    kind = chance.choice([kind for kind in KINDS if kind != "case"])
    return {"text": _damaged_text(chance, head + template(kind))}


def _try_layer(given: Given) -> None:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "layer.yaml").write_text(given["text"], encoding="utf-8", newline="")
        _answer_or_error(lambda: mrdguide.evaluate(_profiles()[0], rules=place, as_of=DAY), page=False)


def _command(chance: random.Random) -> Given:
    name = chance.choice([name for name in CALLS if name not in _NOT_AT_RANDOM])
    arguments = [*CALLS[name].arguments, *(CALLS[name].output if chance.random() < 0.5 else ())]
    if arguments and chance.random() < 0.5:
        texts = [str(value)[:200].replace("\x00", "") for value in _VALUES]
        arguments[chance.randrange(len(arguments))] = chance.choice(texts).replace("{", "{{").replace("}", "}}")
    return {"name": name, "arguments": arguments, "typed": CALLS[name].typed, "fault": chance.choice(_FAULTS)}


def _try_command(given: Given) -> None:
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "made"
        made.mkdir()
        make(made)
        call = Call(tuple(given["arguments"]), typed=given["typed"])
        (end,) = ends([given["fault"]], given["name"], call, (), made, Path(place))
        assert end["status"] in _STATUSES, end
        assert "Traceback" not in end["err"], end["err"]
        assert not list(Path(place).rglob("*.part"))


def _kill(chance: random.Random) -> Given:
    return {"seconds": round(chance.uniform(0.05, 2.5), 3)}


def _try_kill(given: Given) -> None:
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "page.html"
        page.write_text("the old page", encoding="utf-8")
        profile = str(ROOT / "examples" / "cessation-supported.yaml")
        command = [
            sys.executable,
            "-m",
            "mrdguide",
            "evaluate",
            profile,
            *AS_OF,
            "--format",
            "html",
            "--output",
            str(page),
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(given["seconds"])
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = page.read_text(encoding="utf-8")
        assert found == "the old page" or found.rstrip().endswith("</html>"), found[-200:]


def _clock(chance: random.Random) -> Given:
    return {"days": [date.fromordinal(chance.randrange(1, date.max.toordinal())).isoformat() for _ in range(4)]}


def _try_clock(given: Given) -> None:
    """What today is jumps between evaluations; an answer is for the day that it says."""
    for day in given["days"]:

        class Jumped(date):
            @classmethod
            def today(cls) -> Jumped:
                return cls.fromisoformat(day)  # noqa: B023

        with patch("mrdguide.recommend.evaluation.date", Jumped):
            try:
                found = mrdguide.evaluate(_profiles()[0])
            except MrdguideError:
                assert not "1900-01-01" <= day <= "2179-12-31"
                continue
        assert found.provenance.as_of == day


@cache
def _books() -> tuple[mrdguide.RuleBook, ...]:
    with tempfile.TemporaryDirectory() as place:
        make(Path(place))
        return mrdguide.load_rules(), mrdguide.load_rules(Path(place) / "layer")


def _threads(chance: random.Random) -> Given:
    how_many = len(_profiles())
    return {"work": [[[chance.randrange(2), chance.randrange(how_many)] for _ in range(6)] for _ in range(8)]}


def _evaluated(book: int, profile: int) -> str:
    return mrdguide.evaluate(_profiles()[profile], rules=_books()[book], as_of=DAY).to_json()


def _try_threads(given: Given) -> None:
    """Eight threads with changing books, and a fork in the middle: the same bytes as one after another."""
    found: list[list[str]] = [[] for _ in given["work"]]

    def work(place: int) -> None:
        found[place] += [_evaluated(*item) for item in given["work"][place]]

    _books()
    threads = [Thread(target=work, args=(place,)) for place in range(len(given["work"]))]
    for thread in threads:
        thread.start()
    child = os.fork()
    if child == 0:
        signal.alarm(120)  # ends a child that waits for ever
        try:
            _evaluated(*given["work"][0][0])
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    for thread in threads:
        thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "the fork did not end well"
    assert found == [[_evaluated(*item) for item in items] for items in given["work"]]


ATTACKS = {
    "profile": Attack(_profile, _try_profile),
    "bundle": Attack(_bundle, _try_bundle),
    "tables": Attack(_tables, _try_tables),
    "layer": Attack(_layer, _try_layer),
    "command": Attack(_command, _try_command),
    "kill": Attack(_kill, _try_kill),
    "clock": Attack(_clock, _try_clock),
    "threads": Attack(_threads, _try_threads),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=100, help="how many attacks (default: 100)")
    parser.add_argument("--seed", type=int, default=None, help="of the first one (default: by the clock)")
    parser.add_argument("--keep", type=int, metavar="SEED", help="write the attack of this seed as a case")
    chosen = parser.parse_args()
    if chosen.keep is not None:
        print(keep(attack_of(chosen.keep)))
        return 0
    first = int(time.time()) if chosen.seed is None else chosen.seed
    failed = 0
    print(f"{chosen.rounds} attacks from seed {first} on", flush=True)
    for seed in range(first, first + chosen.rounds):
        try:
            attempt(attack_of(seed))
        except AssertionError as error:
            failed += 1
            print(error, flush=True)
    print(f"{failed} of {chosen.rounds} got through")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
