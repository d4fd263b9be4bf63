"""Layers written at random over the whole rule language, and by hand: folders to load on top of the shipped rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from mrdguide.reading.document import read_file
from mrdguide.reading.shipped import folder

PACK = {
    "name": "st-elsewhere",
    "version": "0.3",
    "extends": "mrdguide-core@0.2",
    "by": "the board",
    "date": "2026-11-26",
}

Layer = dict[str, Any]


def write(path: Path, layer: Layer, **pack: Any) -> Path:
    """A layer as a folder with one file; JSON is YAML."""
    path.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"pack": {**PACK, **pack}, **layer}, indent=1)
    (path / "layer.yaml").write_text(text, encoding="utf-8")
    return path


@cache
def shipped(section: str) -> tuple[dict[str, Any], ...]:
    """The entries of a section of the shipped rules, as they are written, in the order of the files."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder("rules").rglob("*.yaml")):
        found += read_file(path).data.get(section, [])
    return tuple(found)


@cache
def shipped_readings() -> dict[str, Any]:
    """How the shipped rules read tests, as it is written."""
    found = (read_file(path).data.get("readings") for path in sorted(folder("rules").rglob("*.yaml")))
    return next(dict(item) for item in found if item)


def entry(section: str, name: str) -> dict[str, Any]:
    """One of them by its id."""
    return next(item for item in shipped(section) if item["id"] == name)


def numbers(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], float]]:
    """Every number inside an expression, with its place."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from numbers(value, (*path, index))
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield path, data


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with the value at a place replaced."""
    copy = json.loads(json.dumps(data))
    inner = copy
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return copy


def moved(number: float, up: bool) -> float:
    """A number one step further: a power of ten for a share of cells, one for a whole number, a fifth for others."""
    if 0 < number < 1e-2:
        return number * 10 if up else number / 10
    if isinstance(number, int):
        return number + 1 if up else number - 1
    return number * 1.2 if up else number * 0.8


def _expression(rng: Random, names: list[str], depth: int = 2) -> Any:
    kind = rng.choice(("name", "all", "any", "not", "at_least")) if depth else "name"
    if kind == "name":
        return rng.choice(names)
    if kind == "not":
        return {"not": _expression(rng, names, depth - 1)}
    parts = [_expression(rng, names, depth - 1) for _ in range(rng.randint(1, 3))]
    return {"at_least": {"count": rng.randint(1, len(parts)), "of": parts}} if kind == "at_least" else {kind: parts}


def _criterion(rng: Random) -> dict[str, Any]:
    """A criterion of the core that says something else: another's condition, other numbers, or the opposite."""
    item = dict(rng.choice(shipped("criteria")))
    how = rng.choice(("number", "number", "other", "not", "absence"))
    places = [(path, value) for path, value in numbers(item["when"]) if not isinstance(path[-1], int)]
    if how == "number" and places:
        for path, value in rng.sample(places, rng.randint(1, len(places))):
            item["when"] = changed(item["when"], path, moved(value, rng.random() < 0.5))
    elif how == "other":
        other = rng.choice(shipped("criteria"))
        item["when"], item["absence"] = other["when"], other["absence"]
    elif how == "not":
        item["when"] = {"not": item["when"]}
    else:
        item["absence"] = "unknown"
    return item


def random_layer(rng: Random) -> Layer:
    """One to a dozen changes of any kind."""
    criteria = [item["id"] for item in shipped("criteria")]
    names = [*criteria, *(item["id"] for item in shipped("conclusions")), *(item["id"] for item in shipped("blocks"))]
    layer: Layer = {}

    def put(section: str, item: dict[str, Any]) -> None:
        here = layer.setdefault(section, [])
        if all(
            item["id"] != other["id"] for section in layer.values() if isinstance(section, list) for other in section
        ):
            here.append(item)

    for number in range(rng.randint(1, 12)):
        kind = rng.choice(
            ("criterion", "criterion", "criterion", "derived", "new", "kind", "off", "readings", "parameter")
        )
        if kind == "criterion":
            put("criteria", _criterion(rng))
        elif kind == "derived":
            section = rng.choice(("conclusions", "blocks", "cautions"))
            put(section, {**rng.choice(shipped(section)), "when": _expression(rng, criteria)})
        elif kind == "new":
            section = rng.choice(("conclusions", "blocks", "cautions"))
            put(section, {"id": f"own.{number}", "title": "A rule of the house", "when": _expression(rng, names)})
        elif kind == "kind":
            when = rng.choice(shipped("criteria"))
            put("criteria", {
                "id": f"own.{number}", "title": "A criterion of the house", "absence": when["absence"], "when": when["when"],
                "kind": rng.choice(("caution", "block", "relapse", "resurgence")),
            })  # fmt: skip
        elif kind == "off":
            item = rng.choice(shipped(rng.choice(("blocks", "cautions"))))
            layer.setdefault("off", [])
            if item["id"] not in [other["id"] for other in layer["off"]]:
                layer["off"].append({"id": item["id"], "why": "not used in this house"})
        elif kind == "readings":
            layer["readings"] = _readings(rng)
        else:
            parameter = rng.choice(shipped("parameters"))
            value = moved(parameter["value"], rng.random() < 0.5)
            put("parameters", {"id": parameter["id"], "value": min(max(value, parameter["least"]), parameter["most"])})
    off = {item["id"] for item in layer.get("off", [])}
    for item in (
        item for section in ("criteria", "conclusions", "blocks", "cautions") for item in layer.get(section, [])
    ):
        if rng.random() < 0.15:
            item[rng.choice(("from", "until"))] = rng.choice(("2024-05-01", "2026-11-10", "2030-01-01"))
    for section in ("blocks", "cautions"):
        if section in layer:
            layer[section] = [item for item in layer[section] if item["id"] not in off]
    return layer


def _readings(rng: Random) -> dict[str, Any]:
    cut = rng.randint(2, 5)
    return {
        "marrow_mrd": {
            "specimens": rng.choice((["marrow"], ["marrow", "blood"])),
            "methods": rng.sample(["NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry"], rng.randint(1, 5)),
            "trackable_clone_for": rng.choice(([], ["NGS"])), "first_pull": rng.random() < 0.5,
            "not_hemodiluted": rng.random() < 0.5, "flag_gap_months": rng.choice((6, 18)),
        },
        "imaging": {
            "deauville_positive_from": cut, "rac_negative": rng.choice(([1], [1, 2, 3])), "rac_positive": [4, 5],
            "pet_needs_avid_disease": rng.random() < 0.5, "baseline_months": rng.choice((0, 3)),
        },
    }  # fmt: skip
