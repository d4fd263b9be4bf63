"""Attacks made at random: a short run of the same ones every time, and all that ever got through.

`make adversary` tries many others (`MRDGUIDE_ADVERSARY` of them, from the seed `MRDGUIDE_SEED` on); see `random_attacks`.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from .random_attacks import ATTACKS, KEPT, Attack, Given, attack_of, attempt, keep

HOW_MANY = int(os.environ.get("MRDGUIDE_ADVERSARY", "16"))
FIRST = int(os.environ.get("MRDGUIDE_SEED", "1"))
_forking = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@_forking
@pytest.mark.parametrize("seed", range(FIRST, FIRST + HOW_MANY))
def test_an_attack_at_random(seed: int) -> None:
    attempt(attack_of(seed))


@_forking
@pytest.mark.parametrize("path", sorted(KEPT.glob("*.json")), ids=lambda path: path.stem)
def test_what_once_got_through(path: Path) -> None:
    attempt(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", ATTACKS)
def test_an_attack_is_made_of_its_seed_alone_and_json_can_hold_it(kind: str) -> None:
    made = [ATTACKS[kind].make(random.Random(seed)) for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    assert json.loads(json.dumps(made[0])) == made[0]


def test_what_gets_through_is_told_with_its_seed_and_becomes_a_case(tmp_path: Path) -> None:
    def weak(given: Given) -> None:
        raise ValueError(f"broken by {given['number']}")

    attacks = {"weak": Attack(lambda chance: {"number": chance.randrange(100)}, weak)}
    attack = attack_of(7, attacks)
    with pytest.raises(AssertionError, match=r"(?s)seed 7 \(weak\): ValueError: broken by .*--keep 7"):
        attempt(attack, attacks)
    assert json.loads(keep(attack, tmp_path).read_text(encoding="utf-8")) == attack
