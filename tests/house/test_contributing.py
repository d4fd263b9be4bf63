"""CONTRIBUTING.md is true: everything it adds is added to a copy of the project, and the commands it shows are run there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mrdguide
from mrdguide.intake.fhir.codes.table import load_table
from mrdguide.report.pages.every_text import every_text
from tests.report.languages.pseudo import filled

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = {section.partition("\n")[0]: section for section in PAGE.split("\n## ")[1:]}
COPIED = (
    "engine",
    "rules",
    "evidence",
    "examples",
    "tests",
    "docs",
    "seeds",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "pyproject.toml",
)
# Its folder, or its bundle, are the reader's own.
_NOT_RUN = ("--rules my-rules", "BUNDLE")


def files(section: str) -> Iterator[tuple[str, str]]:
    """The whole files of a section: (path, content)."""
    yield from re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", section, re.DOTALL)


def changes(section: str) -> Iterator[tuple[str, str, str]]:
    """The changes of a section: (path, what is there, what is there afterwards)."""
    for path, body in re.findall(r"```diff\n--- (\S+)\n(.*?)```", section, re.DOTALL):
        lines = body.splitlines(keepends=True)
        yield path, *("".join(line[1:] for line in lines if line[0] in kept) for kept in (" -", " +"))


def commands(section: str) -> list[str]:
    """The commands that a section shows, remarks left out."""
    blocks = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in re.findall(r"(?m)^\$ (.*)$", block)]
    return [
        line for line in lines if not line.endswith(_NOT_RUN) and not any(word in line.split() for word in _NOT_RUN)
    ]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with everything added that the page adds."""
    root = tmp_path_factory.mktemp("project")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, root / name)
    for path, content in files(PAGE):
        assert not (root / path).exists(), f"{path} is there already"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8")
    for path, before, after in changes(PAGE):
        text = (root / path).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{path}: the place of the change is not there, or more than once:\n{before}"
        (root / path).write_text(text.replace(before, after), encoding="utf-8")
    return root


def ran(root: Path, line: str) -> str:
    """What a command of the page prints, run in the copy; in a folder without an engine, by this one."""
    engine = root / "engine" if (root / "engine").is_dir() else ROOT / "engine"
    program, *arguments = shlex.split(line)
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True,
        env={**os.environ, "PYTHONPATH": str(engine), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.mark.parametrize("title", [title for title, section in SECTIONS.items() if commands(section)])
def test_the_commands_of_a_section_do_what_it_says(grown: Path, title: str) -> None:
    for line in commands(SECTIONS[title]):
        assert ran(grown, line)


def test_a_translation_that_is_filled_in_becomes_a_page(tmp_path: Path) -> None:
    section = SECTIONS["Translate the page for patients"]
    (write, missing), (after,) = commands(section), re.findall(r"```text\n(.*?)```", section, re.DOTALL)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    ran(tmp_path, write)
    assert f"{len(every_text())} of {len(every_text())} texts are not translated" in ran(tmp_path, missing)
    (tmp_path / "pt-BR.po").write_text(filled("pt-BR"), encoding="utf-8")
    check, page = (line.removeprefix("$ ") for line in after.splitlines())
    assert "0 of " in ran(tmp_path, check)
    assert '<html lang="pt-BR">' in ran(tmp_path, page)


def test_the_page_has_a_section_for_whatever_can_be_added() -> None:
    wanted = ("criterion", "caution", "outcome", "study", "operator", "profile field", "command", "code")
    for thing in wanted:
        section = next(text for title, text in SECTIONS.items() if title in (f"Add a {thing}", f"Add an {thing}"))
        assert any(files(section)) or any(changes(section)), thing
        assert commands(section), thing


def test_the_criterion_doubles_none_that_is_shipped(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    (content,) = (content for path, content in files(PAGE) if path == "rules/criteria/renal.yaml")
    (tmp_path / "renal.yaml").write_text(content, encoding="utf-8")
    rules = mrdguide.load_rules(*shipped_rules.folders, tmp_path)
    (new,) = (item.rule for item in rules.compiled_criteria if item.rule.id not in shipped_rules.rules)
    assert new.when not in [item.rule.when for item in shipped_rules.compiled_criteria]


def test_the_site_file(grown: Path) -> None:
    table = load_table(grown / "site.yaml")
    assert table.version.endswith("Example Hospital 2026-11")
    assert table.codes[table.key("urn:example:lab", "CLONO")].entry.limit_of_detection == 1e-6
    assert table.codes[table.key("urn:example:pharmacy", "LEN-MAINT")].entry.phase == "maintenance"
    assert table.value("urn:example:lab", "NEG") == "absent"
    assert table.conventions.less_than_means_not_detected


def test_what_was_added_is_known_to_the_engine(grown: Path) -> None:
    code = """
import mrdguide
from mrdguide.intake.fhir.codes.table import load_table
print(load_table().meaning("http://loinc.org", "14682-9").means)
profile = {"id": "x", "living": "alone", "diagnosis": {"disease": "multiple-myeloma", "date": "2024-11"}}
for verdict in (mrdguide.evaluate(profile, as_of="2026-11-21").criteria[name].verdict.value
                for name in ("fitness.lives-alone", "diagnosis.two-years-ago", "renal.creatinine-over-2")):
    print(verdict)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True,
        env={**os.environ, "PYTHONPATH": str(grown / "engine")},
    )  # fmt: skip
    assert done.stdout.split() == ["lab.creatinine", "met", "unknown", "unknown"]
    assert "fitness.lives-alone" not in mrdguide.load_rules().rules
