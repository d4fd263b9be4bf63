"""Every command that judges or shows by rules takes `--rules`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from mrdguide.cli import COMMANDS, command_parser, main

from ..layers.test_facts import LAYER
from ..layers.writing import write

# Those without, and why the rules are no matter of theirs.
WITHOUT = {
    ("fhir", "artifacts"): "code tables and profiles of the import",
    ("fhir", "check"): "what was read of a bundle, which no rule decides",
    ("fhir", "profile"): "what was read of a bundle, which no rule decides",
    ("fhir", "pull"): "what a server holds",
    ("rules", "check"): "the folders are its arguments",
    ("rules", "compare"): "the folders are its arguments",
    ("rules", "new"): "empty forms, the same for all",
    ("record", "export"): "what was answered stands in the record",
    ("record", "show"): "what was answered stands in the record",
    ("record", "verify"): "what was answered stands in the record",
    ("cohort", "compare"): "the books are its arguments, as --rules BOOK",
    ("cohort", "report"): "what was judged by which rules stands in the file",
    ("cohort", "synthesize"): "patients are invented without rules",
    ("words", "template"): "the words of the page for patients, the same for all",
    ("words", "missing"): "the words of the page for patients, the same for all",
    ("words", "check"): "the words of the page for patients, the same for all",
    ("mcp", "confirm"): "facts and their words, which no rule decides",
    ("mcp", "waiting"): "names of proposals",
    ("serve",): "the settings file names the rules",
    ("examples", "list"): "the shipped cases",
    ("examples", "copy"): "the shipped cases",
}


def every_command() -> Iterator[tuple[str, ...]]:
    for name in COMMANDS:
        module = import_module(f"mrdguide.commands.{name.replace('-', '_')}")
        actions = getattr(module, "ACTIONS", None)
        yield from ((name, action) for action in actions) if actions else [(name,)]


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_a_command_takes_rules_unless_they_are_no_matter_of_it(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_parser(words).parse_args([*words, "--help"])
    assert ("--rules DIR" in capsys.readouterr().out) == (words not in WITHOUT)


def test_what_is_left_out_is_a_command() -> None:
    assert set(WITHOUT) <= set(every_command())


def test_empty_tables_name_the_facts_of_a_layer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = str(write(tmp_path / "layer", LAYER))
    assert main(["tables", "template", str(tmp_path / "with"), "--rules", rules]) == 0
    assert main(["tables", "template", str(tmp_path / "without")]) == 0
    said, plain = ((tmp_path / name / "README.txt").read_text("utf-8") for name in ("with", "without"))
    assert said.startswith(plain)
    assert said.removeprefix(plain) == (
        "\nfacts of your rules, in the column 'local' of patients.csv\n"
        "----------------------------------------------------------\n"
        "frailty_score: a number from 0 to 5; IMWG frailty score (points)\n"
        "wish: one of stop, go-on; Wish in the house's own words\n"
        "local_test: absent, present, not-tested or failed; Peptide test in blood\n"
    )
