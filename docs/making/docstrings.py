"""A docstring as Markdown: paragraphs, what is raised, attributes line by line, examples as code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from .markdown import block, bullets, code, marked

_SECTION = re.compile(r"^(Args|Raises|Returns|Yields):$")
_ATTRIBUTE = re.compile(r"^([A-Za-z_][\w, `]*?): (\S.*)$")


def docstring(thing: object) -> str:
    """The docstring of a thing as Markdown; nothing where it has none of its own."""
    text = inspect.getdoc(thing) or ""
    return "\n\n".join(_rendered(part.strip("\n")) for part in re.split(r"\n\s*\n", text) if part.strip())


def _rendered(part: str) -> str:
    lines = part.splitlines()
    if all(line.startswith("    ") for line in lines):
        return block("\n".join(line[4:] for line in lines), "python")
    if found := _SECTION.match(lines[0]):
        return f"**{found[1]}**\n\n" + bullets(_entries(line.strip() for line in lines[1:]))
    if len(lines) > 1 and _ATTRIBUTE.match(lines[0]) and _ATTRIBUTE.match(lines[1]):
        return bullets(_entries(lines))
    return marked(part)


def _entries(lines: Iterator[str] | list[str]) -> Iterator[str]:
    """`name: what it is`, each with the lines that go on with it."""
    entries: list[str] = []
    for line in lines:
        if entries and not _ATTRIBUTE.match(line):
            entries[-1] += f" {line.strip()}"
        else:
            entries.append(line)
    for entry in entries:
        found = _ATTRIBUTE.match(entry)
        yield f"{code(found[1])}: {marked(found[2])}" if found else marked(entry)
