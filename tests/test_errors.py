"""What every error promises: a known code, every place, a count with a cap, a JSON form, and a way between processes."""

from __future__ import annotations

import ast
import json
import pickle
from pathlib import Path

import pytest

import mrdguide
from mrdguide.errors import (
    CODES,
    InferenceDisagreement,
    MrdguideError,
    Problem,
    ProblemsError,
    RelatedPlace,
    RuleBookError,
    SafetyInvariantViolated,
    UsageError,
)

ENGINE = Path(mrdguide.__file__).parent
HERE = Path(__file__).parent
BAD_BOOKS = sorted((HERE / "rulefiles" / "bad" / "layered").iterdir())


def codes_in(path: Path) -> list[str]:
    """Every `code=` that a file of the engine gives."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                found.append(str(keyword.value.value))
    return found


def without_code(path: Path) -> list[int]:
    """The lines on which a file of the engine makes a problem without saying which code it has."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {keyword.arg for keyword in node.keywords}  # None stands for **more, which is looked at by hand
            if name in ("Problem", "problem") and not given & {"code", None}:
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_every_problem_says_which_code_it_has(path: Path) -> None:
    defaults = {"patient/reader.py"}  # a value of the wrong kind, which is the code by default
    assert path.relative_to(ENGINE).as_posix() in defaults or without_code(path) == []


def test_every_code_in_the_engine_is_documented_and_every_documented_one_is_used() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in ENGINE.rglob("*.py") if path.name != "errors.py"}
    given = {code for path in texts for code in codes_in(path)}
    assert given <= set(CODES)
    unused = [code for code in CODES if not any(f'"{code}"' in text for text in texts.values())]
    assert unused == []


def test_an_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError):
        Problem("text", code="no-such-code")


@pytest.mark.parametrize("case", BAD_BOOKS, ids=lambda case: str(case.name))
def test_a_bad_book_is_told_with_codes_in_the_order_of_its_files(case: Path) -> None:
    good = HERE / "rulefiles" / "good"
    found = mrdguide.check_rules(good / "minimal", case, evidence=good / "evidence")
    assert found
    assert {problem.severity for problem in found} == {"error"}
    assert {problem.code for problem in found} <= set(CODES)
    places = [(problem.source, problem.line or 0, problem.column or 0) for problem in found if problem.line]
    assert places == sorted(places)
    assert len(set(found)) == len(found)


def test_a_problem_as_json_has_every_key() -> None:
    problem = Problem(
        "wrong", "file.yaml", "a.b", 3, 5, "snippet", "expected", "hint", code="bad-value",
        also=(RelatedPlace("first", "file.yaml", "a", 1, 2, "line"),),
    )  # fmt: skip
    assert json.loads(json.dumps(problem.to_dict())) == {
        "severity": "error", "code": "bad-value", "message": "wrong", "source": "file.yaml", "path": "a.b", "line": 3,
        "column": 5, "snippet": "snippet", "expected": "expected", "hint": "hint",
        "also": [
            {"note": "first", "source": "file.yaml", "path": "a", "line": 1, "column": 2, "snippet": "line"},
        ],
    }  # fmt: skip
    assert Problem("wrong").to_dict().keys() == problem.to_dict().keys()


def test_an_error_without_places_has_the_same_json_form() -> None:
    assert UsageError("not so").to_dict() == {"message": "not so", "problems": []}


def test_a_message_counts_its_problems() -> None:
    assert str(ProblemsError([Problem("one")])) == "one"
    assert str(ProblemsError([Problem("one"), Problem("two")])) == "one\n\ntwo\n\n2 problems"
    warning = Problem("two", "file", code="old-id", severity="warning")
    assert str(ProblemsError([Problem("one"), warning])) == "one\n\nfile: warning: two\n\n1 problem, 1 warning"


def test_a_message_has_an_end_and_the_json_form_holds_all() -> None:
    error = ProblemsError([Problem(f"number {index}") for index in range(1634)])
    assert str(error).count("\n\n") == 20
    assert str(error).endswith("number 19\n\nand 1,614 more (1,634 in all)")
    assert len(error.to_dict()["problems"]) == len(error.problems) == 1634


@pytest.mark.parametrize(
    "error",
    [
        RuleBookError([Problem("one", "file", code="circle"), Problem("two")]),
        InferenceDisagreement({"a": 1}, {"a": 2}),
        SafetyInvariantViolated("never.this", "Never this"),
        UsageError("not so"),
    ],
)
def test_an_error_comes_whole_out_of_another_process(error: MrdguideError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.problems) == (type(error), str(error), error.problems)


@pytest.mark.parametrize("made", [None, "empty", "file"])
def test_a_folder_without_evidence_is_one_message(made: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    words = "does not exist"
    if made == "empty":
        folder.mkdir()
        words = "holds no evidence entries"
    elif made == "file":
        folder.write_text("", encoding="utf-8")
        words = "is a file, not a folder"
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(evidence=folder)
    (problem,) = caught.value.problems
    assert (problem.code, problem.source) == ("not-found", str(folder))
    assert words in problem.message
