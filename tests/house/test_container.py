"""The container file copies what exists, installs extras that exist, and starts a command that there is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from mrdguide.cli import command_parser

ROOT = Path(__file__).parents[2]

LINES = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()


def _after(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in LINES if line.startswith(f"{word} ")]


def test_what_it_copies_exists_and_is_all_that_the_package_is_built_from() -> None:
    copied = {name for line in _after("COPY") if "--from" not in line for name in line.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    built = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {path.partition("/")[0] for path in (*built["packages"], *built["force-include"])}
    assert needed <= copied
    assert "hatch_build.py" in copied
    assert {*project["project"]["license-files"], project["project"]["readme"]} <= copied


def test_the_extras_it_installs_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [extras] = re.findall(r'"/src\[([a-z,]+)\]"', "\n".join(LINES))
    assert set(extras.split(",")) <= set(project["optional-dependencies"])


def test_what_it_installs_is_pinned_by_hash_and_fits_what_the_project_asks_for() -> None:
    lines = [
        line
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    form = re.compile(r"([a-z0-9.-]+)==(\S+) --hash=sha256:[0-9a-f]{64}")
    pinned = {found[1]: found[2] for line in lines if (found := form.fullmatch(line))}
    assert len(pinned) == len(lines) > 10
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for text in (*project["dependencies"], *extras["service"], *extras["postgres"]):
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[wanted.name.lower()], prereleases=True), text
    assert "--require-hashes -r /src/requirements.lock" in "\n".join(LINES)


def test_it_starts_the_service_as_nobody_special_and_asks_whether_it_is_ready() -> None:
    [entry] = _after("ENTRYPOINT")
    program, *words = json.loads(entry)
    assert program.endswith("/mrdguide")
    parsed = command_parser(words).parse_args(words)
    [port] = _after("EXPOSE")
    assert (parsed.host, str(parsed.port)) == ("0.0.0.0", port)
    assert _after("USER") == ["10001"]
    [check] = [line for line in LINES if line.startswith("HEALTHCHECK")]
    assert f"127.0.0.1:{port}/ready" in check
