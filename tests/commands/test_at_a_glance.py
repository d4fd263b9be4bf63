"""What the page of all commands shows is what the parser takes, and nothing is left out."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from mrdguide.cli import command_parser

from . import FILES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "at-a-glance.md").read_text(encoding="utf-8")
# A command line continues in lines that are indented, and ends before a remark.
_LINE = re.compile(r"(?m)^\$ (?:\.venv/bin/)?mrdguide (.*(?:\n {4,}.*)*)")
_WORD = re.compile(r"'[^']*'|\S+")
_OPTIONAL = re.compile(r" \[([^]]*)\]")
# What to put in the place of a name in capitals, where any word would not do.
_PLACED = {"N": "12", "KIND": "case", "SEED": "7", "NUMBER": "1", "PORT": "8000"}


def shown() -> list[list[str]]:
    """Every command line of the page, with alternatives as lines of their own."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    return [
        words
        for block in blocks
        for line in _LINE.findall(block)
        for alternative in alternatives(re.sub(r"\s*#.*", "", line))
        for words in written_out(alternative)
    ]


def alternatives(line: str) -> list[str]:
    """`rules list | show ID` is short for `rules list` and `rules show ID`."""
    command, _, rest = line.partition(" ")
    return [f"{command} {action}" for action in rest.split(" | ")]


def written_out(line: str) -> Iterator[list[str]]:
    """The line without and with what is in brackets, once for each of several choices: `a|b`."""
    without, with_all = _OPTIONAL.sub("", line), _OPTIONAL.sub(r" \1", line)
    for text in dict.fromkeys((without, with_all)):
        choices = [
            [word.strip("'")] if word.startswith("'") else word.removesuffix("...").split("|")
            for word in _WORD.findall(text)
        ]
        yield from ([_PLACED.get(word, word) for word in chosen] for chosen in product(*choices))


LINES = shown()


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_the_parser_takes_what_the_page_shows(line: list[str]) -> None:
    assert callable(command_parser(line).parse_args(line).run)


def test_the_page_shows_every_command() -> None:
    beginnings = {" ".join(line[:count]) for line in LINES for count in (1, 2)}
    assert set(FILES) <= beginnings


def test_the_page_names_every_option_that_changes_an_answer_or_a_page() -> None:
    named = set(re.findall(r"--[a-z-]+", PAGE))
    for command in ("evaluate", "explain", "what-if", "teach", "serve"):
        parser = argparse.ArgumentParser()
        FILES[command].arguments(parser)
        options = set(re.findall(r"--[a-z-]+", parser.format_help()))
        assert options - {"--help"} <= named, command
