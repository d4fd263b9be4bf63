"""A record as commented YAML that `mrdguide evaluate` takes: of an interview, or the quick start to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..patient.facts import ProfileFact
from .asking import with_what_was_not_asked, worded

_COMMENTS = {
    "incomplete": "These lists may lack entries: what is not in them is unknown, not absent.",
    "not_known": "Asked about and not known.",
    "attested": "What somebody answers for, having looked.",
    "unobtainable": "What cannot be found out any more.",
}


def as_yaml(record: Mapping[str, Any], head: str = "") -> str:
    """The record with the question it answers above each part. What was not asked yet is said to be unknown."""
    whole = with_what_was_not_asked(record)
    if not whole["incomplete"]:
        del whole["incomplete"]
    return commented(whole, head)


def commented(record: Mapping[str, Any], head: str = "") -> str:
    """The record just as it is, with the question it answers above each part."""
    parts = [f"# {line}".rstrip() for line in head.splitlines()]
    for name, value in record.items():
        parts.extend(f"# {line}" for line in _questions_of(name))
        parts.append(yaml.safe_dump({name: value}, sort_keys=False, allow_unicode=True, width=120).rstrip())
    return "\n".join(parts) + "\n"


def _questions_of(name: str) -> list[str]:
    if name in _COMMENTS:
        return [_COMMENTS[name]]
    asked = (*worded().opening, *worded().reports, *worded().before_a_stop)
    return [item.text for item in asked if item.path == name or item.path.startswith(f"{name}.")]


def quick_start(local_facts: Iterable[ProfileFact] = ()) -> str:
    """The quick start: about twelve fields with comments, to be filled in by hand; with facts that layers add."""
    text = (Path(__file__).parent / "quick_start.yaml").read_text(encoding="utf-8")
    facts = tuple(local_facts)
    if not facts:
        return text
    lines = [line for fact in facts for line in (f"  # {fact.question}", f"  {fact.path.partition('.')[2]}: null")]
    return "\n".join(
        [f"{text.rstrip()}", "# What the rules of this house ask for besides; null is unknown.", "local:", *lines, ""]
    )
