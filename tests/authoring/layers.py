"""Layers that change one thing of the shipped rules, made from the shipped files themselves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import mrdguide
from mrdguide.reading.document import read_file
from mrdguide.rulefiles.source import LISTS, read_source

ROOT = Path(__file__).parents[2]


def entry(name: str) -> tuple[str, dict[str, Any]]:
    """The section and the data of a shipped entry, parameters put in."""
    source = read_source([ROOT / "rules"])
    for section in LISTS:
        if name in source.entries[section]:
            place = source.entries[section][name][1]
            data = place.document.data
            for step in place.path:
                data = data[step]
            return section, json.loads(json.dumps(data))
    raise AssertionError(f"no entry '{name}'")


def changed(folder: Path, name: str, place: str, value: Any) -> Path:
    """A layer in which one place of one entry (`when.mrd_run.months`) has another value."""
    section, data = entry(name)
    here: Any = data
    *way, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    for step in way:
        here = here[step]
    assert here[last] != value
    here[last] = value
    return layer(folder, json.dumps({section: [data]}))


def layer(folder: Path, text: str) -> Path:
    """A folder with one file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "layer.yaml").write_text(text, encoding="utf-8")
    return folder


def own_book(folder: Path, layer_folder: Path, without: str = "") -> mrdguide.RuleBook:
    """A whole book of its own: the shipped one with what a layer says in the place of what it said, and without a file."""
    whole = folder / "book"
    shutil.copytree(ROOT / "rules", whole)
    if without:
        (whole / without).unlink()
    pack = whole / "pack.yaml"
    pack.write_text(
        pack.read_text(encoding="utf-8").replace("name: mrdguide-core", "name: elsewhere\n  standalone: true"),
        encoding="utf-8",
    )
    added = json.loads((layer_folder / "layer.yaml").read_text(encoding="utf-8"))
    ids = {item["id"] for entries in added.values() if isinstance(entries, list) for item in entries if "id" in item}
    for path in sorted(whole.rglob("*.yaml")):
        data = read_file(path).data
        kept = {
            key: _without(value, ids) for key, value in data.items() if key not in ("readings",) or key not in added
        }
        if kept != data:
            path.write_text(json.dumps(kept), encoding="utf-8")
    (whole / "changed.yaml").write_text(json.dumps(added), encoding="utf-8")
    return mrdguide.load_rules(whole)


def _without(value: Any, ids: set[str]) -> Any:
    if isinstance(value, list):
        return [item for item in value if not (isinstance(item, dict) and item.get("id") in ids)]
    return value


def on_the_shipped(folder: Path) -> mrdguide.RuleBook:
    return mrdguide.load_rules(ROOT / "rules", folder)
