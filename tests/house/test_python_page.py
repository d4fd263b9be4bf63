"""The page on Python is true: run line by line, in an empty folder, from the wheel that would be published."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import mrdguide

from .conftest import Run

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

# Runs the statements of standard input one after another and tells what each expression gave.
RUNNER = """
import ast, json, sys

import mrdguide

names, shown = {}, []
for node in ast.parse(sys.stdin.read()).body:
    if isinstance(node, ast.Expr):
        value = eval(compile(ast.Expression(node.value), "python.md", "eval"), names)
        shown.append((node.end_lineno, repr(value)))
    else:
        exec(compile(ast.Module([node], []), "python.md", "exec"), names)
print(json.dumps({"home": mrdguide.__file__, "shown": shown}))
"""


def promised(program: str) -> dict[int, str]:
    """The values that comments at the ends of lines give, by line: `result.outcome  # 'insufficient-data'`."""
    found = {}
    for number, line in enumerate(program.splitlines(), start=1):
        comment = line.rpartition("  # ")[2] if "  # " in line else ""
        try:
            found[number] = repr(ast.literal_eval(comment))
        except (SyntaxError, ValueError):
            continue  # a comment in words
    return found


def test_the_python_blocks_run_line_by_line_in_an_empty_folder(run: Run, wheel: Path) -> None:
    assert "`mrdguide examples copy examples`" in PAGE, "what the first block needs is said before it"
    run("-m", "mrdguide", "examples", "copy", "examples")
    program = "\n".join(BLOCKS)
    told = json.loads(run("-c", RUNNER, stdin=program))
    assert Path(told["home"]).is_relative_to(wheel)
    shown = dict(told["shown"])
    wanted = promised(program)
    assert len(wanted) >= 7
    assert {number: shown[number] for number in wanted} == wanted


def test_the_service_without_a_server_is_there_after_one_import(run: Run) -> None:
    found = run("-c", "import mrdguide; print(mrdguide.cds.discovery()['services'][0]['hook'])")
    assert found == "patient-view\n"


def test_the_wheel_runs_as_a_module_and_knows_its_version(run: Run) -> None:
    assert run("-m", "mrdguide", "--version") == f"mrdguide {mrdguide.__version__}\n"
    assert run("-c", "import mrdguide; print(mrdguide.__version__)") == f"{mrdguide.__version__}\n"


def test_the_installed_card_says_that_tests_were_not_counted(run: Run) -> None:
    card = json.loads(run("-m", "mrdguide", "about", "--card", "--format", "json"))
    assert (card["tests"], card["version"]) == (None, mrdguide.__version__)
    assert card["rule_counts"]["safety invariants"] > 0
