"""`--error-format json`: what goes wrong is one JSON document on standard error, wherever the option is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mrdguide.cli import main
from mrdguide.commands.error_format import taken_out

PROFILE = "id: a\ndiagnosis: {disease: multiple-myeloma}\nmrd: [{result: negative, LoD: 1e-6}]\n"


@pytest.fixture
def profile(tmp_path: Path) -> str:
    path = tmp_path / "profile.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    return str(path)


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What a command that fails writes on standard error."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    document: dict[str, Any] = json.loads(captured.err)
    assert set(document) == {"message", "problems"}
    return document


@pytest.mark.parametrize(
    "form",
    [
        ["--error-format", "json", "evaluate", "FILE"],
        ["evaluate", "--error-format", "json", "FILE"],
        ["evaluate", "FILE", "--error-format=json", "--as-of", "2026-11-21"],
    ],
)
def test_a_bad_profile(
    form: list[str], profile: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = told([profile if item == "FILE" else item for item in [*form, "--format", "json"]], capsys)["problems"]
    assert [(item["code"], item["path"], item["line"], item["column"]) for item in problems] == [
        ("bad-value", "mrd[0].result", 3, 16),
        ("unknown-key", "mrd[0].LoD", 3, 26),
    ]
    assert all(item["severity"] == "error" and item["source"] == profile for item in problems)


def test_several_bad_profiles_are_one_document(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(["evaluate", profile, profile, "--format", "json", "--error-format", "json"], capsys)
    assert len(found["problems"]) == 4


def test_an_error_without_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(["rules", "show", "nothing-such", "--error-format", "json"], capsys)
    assert found["message"].startswith("there is no rule 'nothing-such'")
    assert found["problems"] == []


def test_arguments_that_are_not_understood(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--error-format", "json", "evalute"])
    assert ended.value.code == 2
    assert "invalid choice: 'evalute'" in json.loads(capsys.readouterr().err)["message"]


def test_people_get_text(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ([], ["--error-format", "human"]):
        assert main(["evaluate", profile, *form]) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"mrdguide: {profile}:3:16: mrd[0].result: found 'negative'")
        assert error.endswith("2 problems\n")


def test_only_the_option_is_taken_out() -> None:
    assert taken_out(["evaluate", "a", "--", "--error-format"]) == (["evaluate", "a", "--", "--error-format"], "human")
    assert taken_out(["evaluate", "a", "--error-format=json"]) == (["--error-format=json", "evaluate", "a"], "json")


def test_a_warning_leaves_the_rule_book_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "conclusions:\n  - {id: mine, title: By a former id, when: block.plasma-cell-leukaemia}\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    rules = str(Path(__file__).parents[2] / "rules")
    assert main(["rules", "check", rules, str(tmp_path), "--error-format", "json"]) == 0
    captured = capsys.readouterr()
    _, warning = json.loads(captured.err)["problems"]  # the first: a layer without a pack
    assert (warning["severity"], warning["code"], warning["line"]) == ("warning", "old-id", 2)
    assert "no errors" in captured.out
