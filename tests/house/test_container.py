"""The container file copies what exists, installs extras that exist, and starts a command that there is."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mrdguide.cli import command_parser

ROOT = Path(__file__).parents[2]

LOCK = ROOT / "requirements.lock"
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


def _project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def _extras() -> list[str]:
    """The extras that the container installs."""
    [extras] = re.findall(r'"/src\[([a-z,]+)\]"', "\n".join(LINES))
    return str(extras).split(",")


def _wanted() -> list[Requirement]:
    """What the project asks for with these extras, on the container's system."""
    project = _project()
    lines = [*project["dependencies"], *(line for name in _extras() for line in project["optional-dependencies"][name])]
    return [Requirement(line) for line in lines]


def _pinned() -> dict[str, str]:
    """The versions of the lock, by name; each line is pinned by hash."""
    lines = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    form = re.compile(r"([a-z0-9.-]+)==(\S+) --hash=sha256:[0-9a-f]{64}")
    pinned = {found[1]: found[2] for line in lines if (found := form.fullmatch(line))}
    assert len(pinned) == len(lines) > 10
    return pinned


def _needs(name: str, extras: set[str]) -> set[str]:
    """What an installed distribution requires in the container, by name."""
    found: set[str] = set()
    for line in distribution(name).requires or ():
        required = Requirement(line)
        there = {
            "python_version": "3.12",
            "python_full_version": "3.12.0",
            "sys_platform": "linux",
            "platform_system": "Linux",
        }
        if required.marker is None or any(
            required.marker.evaluate({**there, "extra": extra}) for extra in {"", *extras}
        ):
            found.add(canonicalize_name(required.name))
    return found


def test_the_extras_it_installs_exist() -> None:
    assert set(_extras()) <= set(_project()["optional-dependencies"])


def test_what_it_installs_is_pinned_by_hash_and_fits_what_the_project_asks_for() -> None:
    assert f".[{','.join(_extras())}] on Python 3.12, linux" in LOCK.read_text(encoding="utf-8").partition("\n")[0]
    assert "FROM docker.io/library/python:3.12-slim" in LINES
    assert "--require-hashes -r /src/requirements.lock" in "\n".join(LINES)
    pinned = _pinned()
    for wanted in _wanted():
        version = pinned.get(canonicalize_name(wanted.name))
        assert version is not None, f"{wanted.name} is not in the lock: run `make lock`"
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted}, {version} in the lock: run `make lock`"


def test_what_the_pinned_packages_need_is_pinned_too() -> None:
    """Known of those that are installed here in the version of the lock."""
    pinned = _pinned()
    extras: dict[str, set[str]] = {canonicalize_name(item.name): item.extras for item in _wanted()}
    looked_at = 0
    for name, version in pinned.items():
        try:
            if distribution(name).version != version:
                continue
        except PackageNotFoundError:
            continue
        looked_at += 1
        assert _needs(name, extras.get(name, set())) <= set(pinned), f"{name} needs more: run `make lock`"
    assert looked_at > 5


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
