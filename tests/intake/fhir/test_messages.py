"""Law: whatever is wrong with a record, every message on it names the resource, its id and the element."""

from __future__ import annotations

import copy
import os
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mrdguide import fhir
from mrdguide.errors import MrdguideError
from mrdguide.intake.fhir.import_report import Gap, ImportReport, Issue

from .test_damage import CASES, OPEN, SUPPORTED, Resource, written
from .test_mutated import HOW, SEED, mutate, places

NUMBER = int(os.environ.get("MRDGUIDE_SINGLE_MUTATIONS", "400"))
PATH = re.compile(r"([A-Z][A-Za-z]+)\.(\*|[A-Za-z]+(\[x])?(\.[A-Za-z]+(\[x])?)*)")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def check(report: ImportReport, items: list[Resource]) -> Iterator[str]:
    """What of the messages does not name where it belongs."""
    there = {(item.get("resourceType"), item["id"]) for item in items if isinstance(item.get("id"), str)}
    there |= {
        (inner.get("resourceType"), f"{item.get('id')}#{inner.get('id')}")
        for item in items
        for inner in _listed(item.get("contained"))
        if isinstance(inner, dict)
    }
    nameless = {item.get("resourceType") for item in items if not isinstance(item.get("id"), str)} | {
        "Bundle",
        "OperationOutcome",
    }
    messages: list[Gap | Issue] = [*report.gaps, *report.issues]
    for message in messages:
        where = PATH.fullmatch(message.element)
        if where is None or where[1] != message.resource_type:
            yield f"element {message.element!r}: {message}"
        if (message.resource_type, message.resource_id) not in there and message.resource_type not in nameless:
            yield f"resource {message.resource_type}/{message.resource_id}: {message}"
    for item in report.ignored:
        if (item.resource_type, item.resource_id) not in there and item.resource_type not in nameless:
            yield f"resource {item.resource_type}/{item.resource_id}: {item}"


@pytest.mark.parametrize("name", OPEN)
def test_law_every_message_on_damage_names_where_it_belongs(name: str) -> None:
    items = written(SUPPORTED)
    OPEN[name](items)
    report = fhir.read(items)[1]
    assert not list(check(report, items))


def test_law_every_message_on_a_mutation_names_where_it_belongs() -> None:
    chance = random.Random(SEED)
    records = [(items, places(items)) for items in map(written, CASES)]
    told = 0
    for _ in range(NUMBER):
        items, found = chance.choice(records)
        changed: list[Any] = copy.deepcopy(items)
        chosen = chance.choice(found), chance.choice(HOW)
        mutate(changed, *chosen)
        try:
            report = fhir.read(changed)[1]
        except MrdguideError:
            continue  # refused, so there is no report
        told += len(report.gaps)
        assert not list(check(report, changed)), chosen
    assert told > NUMBER / 20, "many mutations must leave a message"


def test_an_entry_that_cannot_be_is_named_by_its_resource() -> None:
    items = written(SUPPORTED)
    order = next(item for item in items if item["resourceType"].startswith("Medication"))
    period = order.get("effectivePeriod")
    assert period is not None
    period.update(start="2026-01-01", end="2020-01-01")
    [issue] = [item for item in fhir.read(items)[1].issues if "left out" in item.text]
    assert (issue.resource_type, issue.resource_id) == (order["resourceType"], order["id"])
    assert issue.element == f"{order['resourceType']}.medication[x]"
    wrong = next(
        item for item in fhir.operation_outcome(fhir.read(items)[1])["issue"] if "left out" in item["diagnostics"]
    )
    assert f"{order['resourceType']}/{order['id']}: {issue.element}: " in wrong["diagnostics"]
