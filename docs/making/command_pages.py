"""The command line, from the parsers that read it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType

from mrdguide.cli import COMMANDS

from .docstrings import docstring
from .markdown import block, code, heading, label, link, marked, page, plain, table, titled

_WIDTH = 100


def command_pages() -> Mapping[str, str]:
    """The list of commands, and a page for each command with its actions."""
    return {
        "reference/commands/index.md": _index(),
        **{f"reference/commands/{name}.md": _command(name) for name in COMMANDS},
    }


def _index() -> str:
    return page(
        heading(1, "Command line", "command-line"),
        "Exit status 0 when everything was done, 2 for bad input, with the message on standard error, 74 when the output cannot be "
        "written, 130 when interrupted. `--error-format json`, before the command, gives every mistake with place and code. "
        "`--help` after any command says what it takes; `python -m mrdguide` is the same as `mrdguide`.",
        table(("command", "what"), ((link(name, label("command", name)), plain(line)) for name, line in COMMANDS.items())),
    )  # fmt: skip


def _command(name: str) -> str:
    module = _module("mrdguide.commands", name)
    actions: Mapping[str, str] = getattr(module, "ACTIONS", {})
    parts = (
        [_parsed(_module(module.__name__, action), f"{name} {action}", 2, line) for action, line in actions.items()]
        if actions
        else [_parsed(module, name, 1, COMMANDS[name])]
    )
    opening = (
        [heading(1, name, label("command", name)), f"{plain(COMMANDS[name][0].upper() + COMMANDS[name][1:])}."]
        if actions
        else []
    )
    return page(*opening, *parts, in_the_sidebar=False)


def _module(package: str, name: str) -> ModuleType:
    return import_module(f"{package}.{name.replace('-', '_')}")


def _parsed(module: ModuleType, name: str, level: int, line: str) -> str:
    """A command with its usage, its arguments and its options."""
    parser = argparse.ArgumentParser(
        prog=f"mrdguide {name}", formatter_class=lambda prog: argparse.HelpFormatter(prog, width=_WIDTH)
    )
    module.arguments(parser)
    told = [
        heading(level, name, label("command", name)),
        f"{plain(line[0].upper() + line[1:])}.",
        block(parser.format_usage().removeprefix("usage: ")),
        table(("argument", "what"), _rows(parser)),
        titled("Examples and notes", block(parser.epilog), level + 1) if parser.epilog else "",
        docstring(module.run) if module.run.__doc__ and "\n\n" in module.run.__doc__ else "",
    ]
    return "\n\n".join(part for part in told if part)


def _rows(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    formatter = argparse.HelpFormatter(parser.prog)
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._HelpAction):
            continue
        names = ", ".join(map(code, action.option_strings)) or code(action.metavar or action.dest)
        taken = (
            f" {code(formatter._format_args(action, (action.dest or '').upper()))}"
            if action.option_strings and action.nargs != 0
            else ""
        )
        yield names + taken, marked(formatter._expand_help(action) if action.help else "")
