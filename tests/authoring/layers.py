"""Layers that change one thing of the shipped rules, made from the shipped files themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mrdguide
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


def on_the_shipped(folder: Path) -> mrdguide.RuleBook:
    return mrdguide.load_rules(ROOT / "rules", folder)
