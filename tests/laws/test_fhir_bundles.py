"""Law: in which order the entries of a Bundle stand, how often, and in how many versions, changes no answer."""

from __future__ import annotations

import copy
import random
from typing import Any

import mrdguide
from mrdguide import fhir
from mrdguide.errors import MrdguideError

from ..intake.fhir.test_damage import CASES, Resource, written
from ..intake.fhir.test_mutated import HOW, mutate, places
from .effort import QUICK, tries

SEED = 5 if QUICK else random.randrange(2**32)
# Of one record in three an element is damaged first, so that what is open stays open too.
DAMAGED = 1 / 3


def told(entries: list[Any], rules: mrdguide.RuleBook, as_of: Any) -> tuple[Any, ...]:
    """The answer with all that it waits for, or that there is none."""
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    try:
        patient, report = fhir.read(bundle)
    except MrdguideError as error:
        return (type(error),)
    found = mrdguide.evaluate(patient, rules=rules, as_of=as_of)
    missing = sorted(item.what for item in found.missing)
    return found.outcome, found.possible_outcomes, missing, patient.incomplete, sorted(map(str, report.gaps))


def otherwise(items: list[Resource], chance: random.Random) -> list[Any]:
    """The same resources in another order, some of them twice, some with versions that are not in force any more."""
    entries = []
    for item in items:
        if not isinstance(item.get("id"), str) or not isinstance(item.get("meta", {}), dict):
            entries.append({"resource": item})
            continue
        newest = {**item, "meta": {**item.get("meta", {}), "versionId": "12", "lastUpdated": "2026-11-20T10:00:00Z"}}
        how = chance.choice(("alone", "twice", "renumbered", "changed", "deleted once", "in error once"))
        entries.append({"resource": newest if how not in ("alone", "twice") else item})
        older = {"versionId": "9", "lastUpdated": "2026-11-19T10:00:00+02:00"}
        if how == "twice":
            entries.append({"resource": copy.deepcopy(item)})
        elif how == "renumbered":
            entries.append({"resource": {**item, "meta": older}})
        elif how == "changed":
            was = copy.deepcopy([item])
            mutate(was, chance.choice(places([item])), chance.choice(HOW))
            entries.append({"resource": {**was[0], "id": item["id"], "meta": older}})
        elif how == "deleted once":
            url = f"{item['resourceType']}/{item['id']}"
            gone = {"status": "204", "etag": 'W/"11"', "lastModified": "2026-11-19T12:00:00Z"}
            entries.append({"request": {"method": "DELETE", "url": url}, "response": gone})
        elif how == "in error once" and item["resourceType"] not in ("Patient", "Condition"):
            entries.append({"resource": {**item, "status": "entered-in-error", "meta": older}})
    chance.shuffle(entries)
    return entries


def test_law_order_copies_and_versions_change_nothing(shipped_rules: mrdguide.RuleBook) -> None:
    chance = random.Random(SEED)
    answered = 0
    for _ in range(tries(60)):
        example = chance.choice(CASES)
        items = copy.deepcopy(written(example))
        damage = None
        if chance.random() < DAMAGED:
            damage = chance.choice(places(items)), chance.choice(HOW)
            mutate(items, *damage)
        before = told([{"resource": item} for item in items], shipped_rules, example.as_of)
        entries = otherwise(items, chance)
        assert told(entries, shipped_rules, example.as_of) == before, (SEED, example.file, damage)
        answered += len(before) > 1
    assert answered > tries(60) / 2, "most records must have an answer"
