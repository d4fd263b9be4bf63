"""Of all versions of a resource that were handed over, the one in force: the latest decides, copies count once.

Where two versions differ and nothing says which is later, both are read and what they could change stays open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

Resource = Mapping[str, Any]
Key = tuple[str, str, str]
# What an object of JSON is; dict first, which is told far faster than a Mapping of another kind, and a chart has thousands.
OBJECT = (dict, Mapping)

_ADDRESS = re.compile(r"(https?://.+?)/([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?:/_history/[^/]+)?/?$")


class Version(NamedTuple):
    """One resource as it was handed over, or its deletion (`resource` is None)."""

    kind: str
    name: str
    resource: Resource | None
    full_url: str = ""
    number: str = ""
    modified: str = ""

    @property
    def server(self) -> str:
        """The base address of the server that it is from; empty where it is not said."""
        found = _ADDRESS.match(self.full_url) if self.full_url.startswith("http") else None
        return found[1] if found is not None else ""

    @property
    def order(self) -> tuple[float | None, int | None]:
        """When it was last changed, and the number of its version."""
        meta = self.resource.get("meta") if self.resource is not None else None
        meta = meta if isinstance(meta, OBJECT) else {}
        number = meta.get("versionId") or self.number
        when = _moment(meta.get("lastUpdated")) or _moment(self.modified)
        return when, int(number) if isinstance(number, str) and number.isascii() and number.isdigit() else None


def split_address(text: str) -> tuple[str, str, str]:
    """Server, type and id of a literal reference; the server is empty in a relative one."""
    text = text.strip().partition("/_history/")[0].rstrip("/")
    found = _ADDRESS.match(text) if text.startswith("http") else None
    if found is not None:
        return found[1], found[2], found[3]
    kind, _, name = "/".join(text.split("/")[-2:]).partition("/")
    return "", kind, name


def in_force(versions: Iterable[Version]) -> tuple[list[Version], list[Version]]:
    """The versions to read, and those of them of which it is not certain that they are in force."""
    groups: dict[Key, list[Version]] = {}
    servers: dict[tuple[str, str], set[str]] = {}
    listed = list(versions)
    for item in listed:
        if server := item.server:
            servers.setdefault((item.kind, item.name), set()).add(server)
    for item in listed:
        several = bool(servers) and len(servers.get((item.kind, item.name), ())) > 1
        groups.setdefault((item.kind, item.name, item.server if several else ""), []).append(item)
    read: list[Version] = []
    doubtful: list[Version] = []
    for (_, name, _), group in groups.items():
        if len(group) == 1:
            read += [item for item in group if item.resource is not None]
            continue
        group = _without_copies(group)
        chosen = group if not name else _latest(group)
        read += [item for item in chosen if item.resource is not None]
        if name and len(chosen) > 1:
            doubtful += [item for item in chosen if item.resource is not None]
    read.sort(key=_place)
    return read, doubtful


def _latest(group: list[Version]) -> list[Version]:
    """The version that decides, or all where that cannot be told."""
    if len(group) == 1:
        return group
    orders = [item.order for item in group]
    for part in (0, 1):
        values = [order[part] for order in orders]
        if any(value is None for value in values) or values.count(max(values, key=lambda value: value or 0)) > 1:
            continue
        best = max(range(len(group)), key=lambda index: values[index] or 0)
        other = [order[1 - part] for order in orders]
        agrees = any(value is None for value in other) or other[best] == max(value or 0 for value in other)
        if agrees:
            return [group[best]]
    return group


def _without_copies(group: list[Version]) -> list[Version]:
    """Each content once for every version of it; the same content all through is one, whatever its version."""
    contents = [_content(item) for item in group]
    if len(set(contents)) == 1:
        return group[:1]
    return list({(content, item.order): item for content, item in zip(contents, group, strict=True)}.values())


def _content(item: Version) -> str:
    if item.resource is None:
        return "deleted"
    plain = {key: value for key, value in item.resource.items() if key != "meta"}
    return json.dumps(plain, sort_keys=True, default=str)


def _place(item: Version) -> tuple[str, str, str]:
    return item.kind, item.name, "" if item.name else _content(item)


def _moment(text: object) -> float | None:
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
