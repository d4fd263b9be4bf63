"""The code blocks of a page, and what a reader who follows the page would get from each."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mrdguide.cli import command_parser, main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(
    r"(?:^<!-- file: (?P<file>\S+) -->\n)?^```(?P<language>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_REMARK = re.compile(r"\s{2,}# .*$")
# What waits for a person, a caller or a server: read by its parser, and not begun.
_NOT_BEGUN = ("serve", "ask", "fhir pull", "workbench", "mcp serve", "mcp confirm")


class Block(NamedTuple):
    """A block: its language, the file it is to be kept in (or nothing), its text and its line on the page."""

    language: str
    file: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["file"] or "", found["text"], text.count("\n", 0, found.start()) + 1)
        for found in _BLOCK.finditer(text)
    ]


def promised(line: str) -> tuple[object, bool]:
    """The value that a comment at the end of a line gives, and whether it gives one: `result.outcome  # 'continue'`."""
    comment = line.rpartition("  # ")[2] if "  # " in line else ""
    try:
        return ast.literal_eval(comment), True
    except (SyntaxError, ValueError):
        return None, False


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a block with the lines that are shown under it."""
    shown: list[str] = []
    command = ""
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = _REMARK.sub("", line.removeprefix("$ ")), []
        elif line.strip() not in ("", "..."):
            shown.append(line)
    if command:
        yield command, shown


def follow(page: Path, told: Callable[[], tuple[str, str]]) -> list[str]:
    """Do everything that a page says, in the working folder; returns what went otherwise. `told` gives what was printed on
    standard output and standard error since it was last asked."""
    names: dict[str, Any] = {}
    wrong: list[str] = []
    for block in blocks(page):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.file:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            wrong += [f"{where}: {text}" for text in _python(block.text, names)]
        elif block.language == "console":
            for command, shown in commands(block.text):
                wrong += [f"{where}: {command}: {text}" for text in _command(command, shown, told)]
    return wrong


def _python(program: str, names: dict[str, Any]) -> Iterator[str]:
    lines = program.splitlines()
    for node in ast.parse(program).body:
        if isinstance(node, ast.Expr):
            value = eval(compile(ast.Expression(node.value), "page", "eval"), names)
            wanted, there = promised(lines[(node.end_lineno or 1) - 1])
            if there and value != wanted:
                yield f"{value!r} and not {wanted!r}"
        else:
            exec(compile(ast.Module([node], []), "page", "exec"), names)


def _command(command: str, shown: list[str], told: Callable[[], tuple[str, str]]) -> Iterator[str]:
    program, *words = shlex.split(command)
    if program != "mrdguide":
        yield from _not_ours(program, words)
        return
    if any(" ".join(words).startswith(name) for name in _NOT_BEGUN):
        command_parser(words).parse_args(words)
        return
    told()
    status = main(words)
    streams = [_flat(text) for text in told()]
    expected = 2 if any(line.startswith("mrdguide: ") for line in shown) else 0
    if status != expected:
        yield f"status {status} and not {expected}: {streams[1][-600:]}"
    for line in shown:
        # Each line stands after the one before it, in the stream that it is printed on.
        number = next((number for number, text in enumerate(streams) if _flat(line) in text), None)
        if number is None:
            yield f"does not print {line.strip()!r} there, but {' '.join(streams)[:900]!r}"
            return
        streams[number] = streams[number].partition(_flat(line))[2]


def _not_ours(program: str, words: list[str]) -> Iterator[str]:
    """`make` of a target that there is, `pip install` of an extra that there is."""
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        yield from (f"make has no target {word}" for word in words if "=" not in word and word not in targets)
    else:
        yield f"'{program}' is not run by this test"


def _flat(text: str) -> str:
    """Text without the frames and line breaks that depend on how wide the terminal is."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())
