"""YAML and JSON are read by the rules of YAML 1.2, with a place for every value."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrdguide.reading import document as reading
from mrdguide.reading.document import dotted, read_file, read_text


def value(text: str) -> Any:
    """What stands behind `x:`."""
    document = read_text(f"x: {text}\n", "test")
    assert document.problems == []
    return document.data["x"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1e-6", 0.000001),  # a text in YAML 1.1
        ("1E-6", 0.000001),
        ("3.1e6", 3_100_000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-12", -12),
        ("012", 12),
        ("no", "no"),  # false in YAML 1.1
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("1:30", "1:30"),  # ninety in YAML 1.1
        ("2024-02-29", "2024-02-29"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1e-6'", "1e-6"),
        ('"true"', "true"),
        ("t(4;14)", "t(4;14)"),
        (".inf", math.inf),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("[1, no, 1e-5]", [1, "no", 1e-5]),
        ("{a: 1}", {"a": 1}),
    ],
)
def test_a_value_means_what_it_looks_like(written: str, read: Any) -> None:
    found = value(written)
    assert found == read
    assert type(found) is type(read)


def test_not_a_number_is_read_as_such_and_refused_by_the_models() -> None:
    assert math.isnan(value(".nan"))


def test_json_is_read_the_same_way() -> None:
    document = read_text('{"mrd": [{"level": 1e-06, "quality": null, "first": true}]}', "test")
    assert document.data == {"mrd": [{"level": 1e-6, "quality": None, "first": True}]}


def test_a_duplicate_key_is_a_problem_and_not_a_silent_choice() -> None:
    document = read_text("a: 1\nb: 2\na: 3\n", "test")
    (problem,) = document.problems
    assert str(problem) == (
        "test:3:1: a: the key 'a' is given twice\n"
        "    3 | a: 3\n"
        "      | ^\n"
        "  first: test:1:1: a\n"
        "    1 | a: 1\n"
        "      | ^\n"
        "  keep one of the two: the second would silently replace the first"
    )


def test_every_value_has_a_place() -> None:
    document = read_text("mrd:\n  - date: 2024-01-01\n    level: 1e-6\n", "test")
    place = document.spans["mrd", 0, "level"]
    assert (place.line, place.column, place.end) == (3, 12, 16)
    key = document.key_spans["mrd", 0, "level"]
    assert (key.line, key.column) == (3, 5)


def test_a_problem_at_something_missing_points_to_what_it_is_missing_from() -> None:
    document = read_text("mrd:\n  - date: 2024-01-01\n", "test")
    problem = document.problem(("mrd", 0, "level"), "is missing")
    assert (problem.line, problem.column, problem.path) == (2, 5, "mrd[0].level")


def test_paths_are_written_as_people_write_them() -> None:
    assert dotted(("mrd", 0, "quality", "first_pull")) == "mrd[0].quality.first_pull"
    assert dotted(()) == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1, 2\nb: 3\n", 1),  # where the bracket was opened
        ("b: 1\na:\n  - {c: [1, 2]\n  - {c: 3}\n", 3),
        ("x: 1\ra: [1,\rb: 2\r", 2),  # lines that end as on old machines
        ('b: 1\na: "open\nc: 2\nd: "whole"\n', 2),  # where the first quote was opened
        ("b: 1\na: 'open\nc: 2\nd: 'whole'\n", 2),
        ("a: b: c\n", 1),
        ("\ta: 1\n", 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: *nowhere\n", 1),
        ("b: 1\na: 'open\nc: 2\n", 2),  # where the quote was opened
    ],
)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, reading._LOADER])
def test_broken_yaml_is_a_problem_with_a_place(
    text: str, line: int, loader: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LOADER", loader)
    (problem,) = read_text(text, "test").problems
    assert problem.message.startswith("not readable as ")
    assert problem.line == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a: "open\nb: "whole"\n', "a quote is opened here and the next one is in line 2"),
        ("a: {b: 1\nc: 2\n", "put '}' where it ends"),
        ("pack {name: mine, by: me}\n", "put a colon after 'pack'"),
    ],
)
def test_it_says_what_is_left_open(text: str, words: str) -> None:
    (problem,) = read_text(text, "test").problems
    assert words in f"{problem.message}; {problem.hint}"


@pytest.mark.parametrize("text", ["a: \x00\n", "a: caf\udce9\n", "a: \x07\n"])
def test_signs_that_are_no_text_are_a_problem_and_not_a_crash(text: str) -> None:
    (problem,) = read_text(text, "test").problems
    assert problem.message.startswith("not readable as ")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert read_text("\ufeffid: a\n", "test").data == {"id": "a"}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_text_holds_nothing(text: str) -> None:
    document = read_text(text, "test")
    assert (document.data, document.problems) == (None, [])


def test_nesting_has_an_end() -> None:
    (problem,) = read_text("[" * 100 + "]" * 100, "test").problems
    assert problem.message == "nested deeper than 60 levels"


def test_a_key_must_be_a_word() -> None:
    (problem,) = read_text("? [a, b]\n: 1\n", "test").problems
    assert problem.message == "a key must be a single word"


def test_files_that_cannot_be_read_are_a_problem(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("id: café\n".encode("latin-1"))
    assert [problem.message for problem in read_file(latin).problems] == ["the file is not UTF-8 text"]
    assert read_file(tmp_path).problems[0].message.startswith("cannot be read: ")
    assert read_file(tmp_path / "nowhere.yaml").problems[0].message.startswith("cannot be read: ")


def test_aliases_are_read() -> None:
    """Writers of YAML use them by themselves for whatever stands in two places."""
    document = read_text("first: &it {a: 1}\nsecond: *it\n", "test")
    assert document.problems == []
    assert document.data == {"first": {"a": 1}, "second": {"a": 1}}


@pytest.mark.parametrize("levels", [25, 40])
def test_aliases_that_stand_for_millions_of_values_are_refused(levels: int) -> None:
    text = "a0: &a0 [1, 2]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, levels))
    (problem,) = read_text(text, "test").problems
    assert "values" in problem.message


def test_an_alias_to_itself_is_refused() -> None:
    assert read_text("&a [*a, *a]", "test").problems
