"""Something added to a YAML file without touching anything else in it: comments, order, quotes and line ends stay."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ..errors import UsageError

# The one with which entries are read: the one in Python takes other texts for YAML.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .()/<>=+-]*[A-Za-z0-9.)]|[A-Za-z]")
_WORDS = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})
_INDENT = 2


class YamlText:
    """The text of a file whose outermost value is a mapping, and what may be put into it. Each change gives a new one."""

    def __init__(self, text: str, name: str) -> None:
        """Raises UsageError where the text is not such a mapping; `name` is how an error calls it."""
        self.text, self._name = text, name
        self._break = "\r\n" if "\r\n" in text else "\n"
        try:
            root = yaml.compose(text.removeprefix("\ufeff"), Loader=_LOADER)
        except yaml.YAMLError as error:
            raise UsageError(f"{name} is not readable as YAML: {str(error).splitlines()[0]}") from None
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            raise UsageError(
                f"{name}: expected one 'key: value' line for each part of the entry, outermost without braces"
            )
        self._root = root
        self._shift = len(text) - len(text.removeprefix("\ufeff"))

    def with_entry(self, section: str, key: str, value: Mapping[str, Any]) -> YamlText:
        """With an entry in a mapping of the outermost level, in braces on one line; in the place of what it was, if it is there."""
        node = self._value(self._root, section)
        if node is None:
            return self._with_section(section, [f"  {key}: {flow(value)}"])
        if not isinstance(node, yaml.MappingNode):
            raise UsageError(f"{self._name}: '{section}' is not made of 'key: value' lines")
        return self._with_key(node, key, value)

    def with_item(self, section: str, item: Mapping[str, Any]) -> YamlText:
        """With one more item at the end of a list of the outermost level, a line for each of its keys."""
        node = self._value(self._root, section)
        if node is None:
            return self._with_section(section, _item_lines(item, _INDENT))
        if not isinstance(node, yaml.SequenceNode):
            raise UsageError(f"{self._name}: '{section}' is not a list")
        if node.flow_style:
            return self._inside(node, flow(item), empty=not node.value)
        return self._below(node, _item_lines(item, node.start_mark.column))

    def with_value(self, section: str, index: int, key: str, value: Mapping[str, Any]) -> YamlText:
        """With a key of an item of a list of the outermost level set to a value in braces, in the place of what it was."""
        listed = self._value(self._root, section)
        item = listed.value[index] if isinstance(listed, yaml.SequenceNode) else None
        if not isinstance(item, yaml.MappingNode):
            raise UsageError(f"{self._name}: '{section}' is not a list of 'key: value' entries")
        return self._with_key(item, key, value)

    def _with_key(self, mapping: yaml.MappingNode, key: str, value: Mapping[str, Any]) -> YamlText:
        held = self._value(mapping, key)
        if held is not None:
            if isinstance(held, yaml.CollectionNode) and not held.flow_style:
                raise UsageError(f"{self._name}: write '{key}' in braces, on one line, so that it can be replaced")
            return self._replaced(held.start_mark.index, held.end_mark.index, flow(value))
        if mapping.flow_style:
            return self._inside(mapping, f"{key}: {flow(value)}", empty=not mapping.value)
        return self._below(mapping, [f"{' ' * mapping.start_mark.column}{key}: {flow(value)}"])

    def _value(self, mapping: yaml.MappingNode, key: str) -> yaml.Node | None:
        return next((value for name, value in mapping.value if name.value == key), None)

    def _replaced(self, start: int, end: int, new: str) -> YamlText:
        start, end = start + self._shift, end + self._shift
        return YamlText(self.text[:start] + new + self.text[end:], self._name)

    def _inside(self, node: yaml.CollectionNode, new: str, *, empty: bool) -> YamlText:
        """Before the closing bracket of a list or mapping in brackets."""
        close = node.end_mark.index - 1
        before = self.text[: close + self._shift].rstrip()
        separator = "" if empty or before.endswith(",") else ", "
        at = len(before) - self._shift
        return self._replaced(at, at, f"{separator}{new}")

    def _below(self, node: yaml.Node, lines: Sequence[str]) -> YamlText:
        """On lines of their own after the last line of a value."""
        end = _end(node)
        at = end.index if end.column == 0 else self._next_line(end.index)
        return self._lines_at(at, lines)

    def _with_section(self, section: str, lines: Sequence[str]) -> YamlText:
        """A section with its first lines, at the end of the file."""
        return self._lines_at(len(self.text) - self._shift, [f"{section}:", *lines])

    def _next_line(self, index: int) -> int:
        found = self.text.find("\n", index + self._shift)
        return len(self.text) - self._shift if found < 0 else found + 1 - self._shift

    def _lines_at(self, at: int, lines: Sequence[str]) -> YamlText:
        before = self.text[: at + self._shift]
        lead = "" if not before or before.endswith("\n") else self._break
        tail = "" if lead else self._break
        return self._replaced(at, at, lead + self._joined(lines) + tail)

    def _joined(self, lines: Sequence[str]) -> str:
        return self._break.join(lines)


def flow(value: Any) -> str:
    """A value on one line, as the files of the evidence are written."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, str):
        bare = _PLAIN.fullmatch(value) is not None and value.lower() not in _WORDS and " #" not in value
        return value if bare else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _item_lines(item: Mapping[str, Any], indent: int) -> list[str]:
    lines = [f"{' ' * indent}  {key}: {flow(value)}" for key, value in item.items()]
    return [f"{' ' * indent}- {lines[0].lstrip()}", *lines[1:]]


def _end(node: yaml.Node) -> yaml.Mark:
    """Where the last thing within a value ends; a block that holds others has its own end after the comments below it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node.end_mark
