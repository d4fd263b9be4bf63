"""YAML and JSON text with a position for every value.

PyYAML's own constructor follows YAML 1.1: `1e-6` is a string there, `no` is false, `1:30` is 90 and a duplicate key
wins in silence. Here the nodes of `compose` are read by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/,
section 10.3.2) and a duplicate key is a problem. JSON is read the same way, as it is a subset.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..errors import Problem, RelatedPlace, Severity
from .bounded import read_bytes
from .characters import strange_characters
from .frozen import frozen

DocumentPath = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTES = ("'", '"')
_BRACKETS = {"while parsing a flow mapping": ("{", "}"), "while parsing a flow sequence": ("[", "]")}
_CLOSE_THE_QUOTE = (
    "close the quote on this line; a quote inside a quoted text is written twice ('') or with a backslash (\\\")"
)
_INTEGER = re.compile(r"[-+]?[0-9]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": math.inf, "-.inf": -math.inf, "+.inf": math.inf, ".nan": math.nan, ".NaN": math.nan,
}  # fmt: skip
_LINE_BREAKS_OF_YAML = re.compile("[\x85\u2028\u2029]")
_OWN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("bool", "float", "int", "map", "merge", "null", "seq", "str", "timestamp", "value")
)
_MAX_DEPTH = 60
_MAX_VALUES = 200_000
_MAX_UNDERLINE = 60
_MAX_LINE = 160


@frozen
class Span:
    """Where a value is in its file: line and column counted from 1, `end` the column after its last character."""

    line: int
    column: int
    end: int


@dataclass(slots=True)
class Document:
    """One file (or one text): its plain data, and for every path of keys and indexes its place in the text."""

    name: str
    data: Any = None
    spans: dict[DocumentPath, Span] = field(default_factory=dict)
    key_spans: dict[DocumentPath, Span] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(
        self,
        path: DocumentPath,
        message: str,
        *,
        code: str = "bad-value",
        expected: str = "",
        hint: str = "",
        key: bool = False,
        severity: Severity = "error",
        also: tuple[RelatedPlace, ...] = (),
    ) -> Problem:
        """A `Problem` at a path of this document; at the nearest parent that is in the text if it is not."""
        more: dict[str, Any] = {
            "expected": expected, "hint": hint, "code": code, "severity": severity, "also": also,
        }  # fmt: skip
        place = self._span(path, key)
        if place is None:
            return Problem(message, self.name, dotted(path), **more)
        return Problem(message, self.name, dotted(path), place.line, place.column, self.snippet(place), **more)

    def with_data(self, data: Any) -> Document:
        """The same file with other data in its places."""
        return Document(self.name, data, self.spans, self.key_spans, self.lines, self.problems)

    def line(self, path: DocumentPath) -> int:
        """The line on which the value at a path begins; 1 where there is none."""
        span = self.spans.get(path)
        return span.line if span is not None else 1

    def related(self, path: DocumentPath, note: str, *, key: bool = False) -> RelatedPlace:
        """The same path as a place that has a part in a problem elsewhere."""
        place = self._span(path, key)
        if place is None:
            return RelatedPlace(note, self.name, dotted(path))
        return RelatedPlace(note, self.name, dotted(path), place.line, place.column, self.snippet(place))

    def _span(self, path: DocumentPath, key: bool) -> Span | None:
        place = self.key_spans.get(path) if key else None
        while place is None:
            place = self.spans.get(path)
            if not path:
                return place
            path = path[:-1]
        return place

    def snippet(self, span: Span) -> str:
        """The line of a span with the spot underlined."""
        if not 1 <= span.line <= len(self.lines):
            return ""
        text = self.lines[span.line - 1].rstrip()
        if len(text) > _MAX_LINE and span.column + _MAX_UNDERLINE < _MAX_LINE:
            text = text[:_MAX_LINE]
        width = min(max(1, min(span.end, len(text) + 1) - span.column), _MAX_UNDERLINE)
        gutter = f"{span.line:>5} | "
        return f"{gutter}{text}\n{' ' * (len(gutter) - 2)}| {' ' * (span.column - 1)}{'^' * width}"


class DocumentOnDemand(Document):
    """A file of which some lines are known, and that is read only when more of it is asked for: to show a place in it."""

    __slots__ = ("_known_lines",)

    def __init__(self, name: str, known_lines: Mapping[DocumentPath, int]) -> None:
        self.name, self._known_lines = name, known_lines

    def line(self, path: DocumentPath) -> int:
        known = self._known_lines.get(path)
        return known if known is not None else super().line(path)

    def __getattr__(self, name: str) -> Any:
        # Only what was not set yet comes here.
        if name not in Document.__slots__:
            raise AttributeError(name)
        found = read_file(Path(self.name))
        for slot in Document.__slots__:
            if slot != "name":
                setattr(self, slot, getattr(found, slot))
        return getattr(self, name)


def dotted(path: DocumentPath) -> str:
    """`("mrd", 0, "date")` as `mrd[0].date`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def read_file(path: Path) -> Document:
    """Read one YAML or JSON file. What is wrong with it is in `problems`; nothing is raised."""
    try:
        text = read_bytes(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return _not_utf_8(str(path), error.object, error.start)
    except ValueError:
        return Document(str(path), problems=[Problem("this is not a file name", repr(str(path)), code="not-found")])
    except OSError as error:
        return Document(str(path), problems=[Problem(f"cannot be read: {error.strerror}", str(path), code="not-found")])
    return read_text(text, str(path))


def _not_utf_8(name: str, content: bytes, at: int) -> Document:
    """A document of which only the lines are known, and the place of the first byte that is not text."""
    before = content[:at].decode("utf-8")
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    document = Document(name, lines=content.decode("utf-8", "replace").splitlines())
    snippet = document.snippet(Span(line, column, column + 1))
    # What a terminal would make of the control characters of a binary file helps nobody.
    snippet = snippet if snippet.replace("\n", "").isprintable() else ""
    place = (name, "", line, column, snippet)
    document.problems.append(
        Problem("the file is not UTF-8 text", *place, hint="save it as UTF-8", code="not-readable")
    )
    return document


def read_text(text: str, name: str) -> Document:
    """Read YAML or JSON text. What is wrong with it is in `problems`; nothing is raised."""
    document = Document(name, lines=text.split("\n"))
    hidden = _LINE_BREAKS_OF_YAML.search(text)
    if hidden is not None:
        # YAML 1.1 ends a line there and an editor does not: what is shown as a comment would be read as a key.
        line, column = text.count("\n", 0, hidden.start()) + 1, hidden.start() - text.rfind("\n", 0, hidden.start())
        message = f"a character that ends a line for YAML and that nobody sees (U+{ord(hidden.group()):04X})"
        snippet = document.snippet(Span(line, column, column + 1))
        document.problems.append(
            Problem(message, name, "", line, column, snippet, hint="take it out", code="not-readable")
        )
        return document
    try:
        node = yaml.compose(text, Loader=_LOADER)
        if node is not None:
            _Reader(document).read_into(node)
    except yaml.MarkedYAMLError as error:
        document.problems.append(_unreadable(error, text, document))
    except UnicodeError:
        document.problems.append(
            Problem("not readable as text: it contains characters that are not valid text", name, code="not-readable")
        )
    except (yaml.YAMLError, RecursionError) as error:
        message = f"not readable as YAML: {str(error).splitlines()[0]}"
        document.problems.append(Problem(message, name, code="not-readable"))
    return document


def _unreadable(error: yaml.MarkedYAMLError, text: str, document: Document) -> Problem:
    """What is wrong with a text that is no YAML, where the mistake is: seldom where the reader stumbled over it."""
    opened = _left_open(error, text)
    (line, column), message, hint = opened or (_spot(error), _plainly(error), _advice(error, document))
    snippet = document.snippet(Span(line, column, column + 1))
    return Problem(
        f"not readable as YAML: {message}", document.name, "", line, column, snippet, hint=hint, code="not-readable"
    )


def _left_open(error: yaml.MarkedYAMLError, text: str) -> tuple[tuple[int, int], str, str] | None:
    """A bracket or a quote that is opened in a line before and was to be closed there: its place, what is wrong, what to do."""
    begun, stumbled = error.context_mark, error.problem_mark
    if stumbled is None:
        return None
    signs = _BRACKETS.get(str(error.context))
    if begun is not None and signs is not None and begun.line < stumbled.line:
        sign, closing = signs
        message = f"a '{sign}' is opened here and not closed before line {stumbled.line + 1}"
        return (begun.line + 1, begun.column + 1), message, f"put '{closing}' where it ends"
    quoted = _quote_over_lines(text, stumbled.line, stumbled.column)
    if quoted is None:
        return None
    message = f"a quote is opened here and the next one is in line {stumbled.line + 1}, in the middle of another text"
    return quoted, message, _CLOSE_THE_QUOTE


def _quote_over_lines(text: str, line: int, column: int) -> tuple[int, int] | None:
    """Where a text in quotes begins that ends in a later line, just before the reader stumbled."""
    found = None
    try:
        for token in yaml.scan(text, Loader=_LOADER):
            begins, ends = token.start_mark, token.end_mark
            if (begins.line, begins.column) >= (line, column):
                break
            if isinstance(token, yaml.ScalarToken) and token.style in _QUOTES and begins.line < ends.line == line:
                found = begins.line + 1, begins.column + 1
    except yaml.YAMLError:
        pass  # as far as it can be read
    return found


def _spot(error: yaml.MarkedYAMLError) -> tuple[int, int]:
    """Line and column of a mistake: of a quote that is never closed or a key without a value, where it begins."""
    mark = error.problem_mark or error.context_mark
    begun = "quoted scalar" in str(error.context) or "simple key" in str(error.context)
    if begun and error.context_mark is not None:
        mark = error.context_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _plainly(error: yaml.MarkedYAMLError) -> str:
    if error.problem and "cannot start any token" in error.problem:
        return "a tab or another character that is not allowed here; indent with spaces"
    if "quoted scalar" in str(error.context):
        return "a quote is opened here and not closed where it should be"
    if "could not find expected ':'" in str(error.problem):
        return "a key is expected here, with a colon and a space after it"
    return str(error.problem or error.context)


def _advice(error: yaml.MarkedYAMLError, document: Document) -> str:
    line, _ = _spot(error)
    text = document.lines[line - 1] if 0 < line <= len(document.lines) else ""
    strange = next((character for character in text if not character.isascii() and strange_characters(character)), "")
    if strange:
        return strange_characters(strange)
    if "mapping values are not allowed" in str(error.problem) and (
        key := re.match(r"\s*(?:- )?([\w.-]+)\s+[{\[]", text)
    ):
        return f"put a colon after '{key[1]}'"
    if "mapping values are not allowed" in str(error.problem) and text.count(": ") > 1:
        return 'a text that holds a colon and a space must be quoted: "..."'
    if "quoted scalar" in str(error.context):
        return _CLOSE_THE_QUOTE
    if re.match(r"\s*(- )?\w+:\S", text):
        return "put a space after the colon"
    begun = re.match(r"\s*(?:- )?([\w.-]+)(?:\s+(\S.*))?$", text)
    if "could not find expected ':'" in str(error.problem) and begun:
        whole = f"{begun[1]}: {begun[2][:60]}" if begun[2] else f"{begun[1]}:"
        return f"if '{begun[1]}' is a key, write {whole}; if the line continues the text above it, indent it further"
    if "alias" in str(error.problem) or "anchor" in str(error.context):
        return 'a text that begins with * or & must be quoted: "..."'
    return "check indentation, quotes and colons around this place"


class _Reader:
    """Builds plain data from the nodes of one text."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._budget = _MAX_VALUES

    def read_into(self, node: yaml.Node) -> None:
        self.document.data = self._value(node, ())

    def _value(self, node: yaml.Node, path: DocumentPath) -> Any:
        self.document.spans[path] = _span(node)
        if node.tag not in _OWN_TAGS:
            hint = "take the tag out; write the value itself, in quotes where it begins with !"
            self._report(path, f"the tag '{node.tag}' says nothing here", code="bad-value", hint=hint)
        # A few aliases (*name) can stand for millions of values.
        self._budget -= 1
        if self._budget <= 0:
            if self._budget == 0:
                hint = "write out what aliases (*name) stand for"
                self._report((), f"more than {_MAX_VALUES:,} values", code="too-large", hint=hint)
            return None
        if len(path) > _MAX_DEPTH:
            self._report(path, f"nested deeper than {_MAX_DEPTH} levels", code="too-large")
            # Said once: an alias inside what it names would be as deep in thousands of places.
            self._budget = 0
            return None
        kinds: dict[type, Callable[[Any, DocumentPath], Any]] = {
            yaml.MappingNode: self._mapping,
            yaml.SequenceNode: self._sequence,
            yaml.ScalarNode: self._scalar,
        }
        return kinds[type(node)](node, path)

    def _mapping(self, node: yaml.MappingNode, path: DocumentPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(path, "a key must be a single word", code="bad-value", expected="key: value")
                continue
            key = key_node.value
            if key == "<<":
                hint = "write out what the anchor stands for: every entry says all of itself"
                self._report((*path, key), "merge keys (<<) are not read", code="unknown-key", hint=hint)
                continue
            key_path = (*path, key)
            if key in result:
                self._report_twice(key_path, _span(key_node))
                continue
            self.document.key_spans[key_path] = _span(key_node)
            result[key] = self._value(value_node, key_path)
        return result

    def _sequence(self, node: yaml.SequenceNode, path: DocumentPath) -> list[Any]:
        if self._budget <= 0:
            return []
        return [self._value(child, (*path, index)) for index, child in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode, path: DocumentPath) -> Any:
        text: str = node.value
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.match(text):
            # int() refuses very long digit strings; no number here needs them
            return int(text) if len(text) < 40 else float(text)
        if _FLOAT.match(text):
            return float(text)
        return text

    def _report_twice(self, path: DocumentPath, again: Span) -> None:
        document = self.document
        message = f"the key '{path[-1]}' is given twice"
        hint = "keep one of the two: the second would silently replace the first"
        place = (document.name, dotted(path), again.line, again.column, document.snippet(again))
        also = (document.related(path, "first", key=True),)
        document.problems.append(Problem(message, *place, hint=hint, code="duplicate-key", also=also))

    def _report(self, path: DocumentPath, message: str, *, code: str, expected: str = "", hint: str = "") -> None:
        self.document.problems.append(self.document.problem(path, message, code=code, expected=expected, hint=hint))


def _span(node: yaml.Node) -> Span:
    start, end = node.start_mark, node.end_mark
    return Span(start.line + 1, start.column + 1, end.column + 1 if end.line == start.line else 10_000)
