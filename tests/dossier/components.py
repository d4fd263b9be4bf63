"""`python -m tests.dossier.components`: what the program runs on, with versions and licences, as a Markdown table.

From the metadata of what is installed here: the requirements of the project, of its extras for use, and theirs in turn. The
extras for development and benchmarks are left out: nobody who uses the program installs them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .data import ROOT

NOT_FOR_USE = ("dev", "benchmark")
_LICENCE_CLASS = "License :: "


@dataclass(frozen=True, slots=True)
class Component:
    """A distribution; `version` and `licence` are empty where it is not installed here."""

    name: str
    version: str = ""
    licence: str = ""


def required() -> list[Requirement]:
    """What pyproject.toml names for use, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for name in extras if name not in NOT_FOR_USE for line in extras[name])]
    return [Requirement(line) for line in lines]


def components() -> list[Component]:
    """Everything required, directly or in turn, by name."""
    found: dict[str, Component] = {}
    waiting = list(required())
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            found.setdefault(name, Component(name))
            continue
        if name not in found:
            found[name] = Component(name, installed.version, licence(installed))
            waiting += _in_force(installed.requires or (), wanted.extras)
    return sorted(found.values(), key=lambda item: item.name)


def _in_force(lines: Iterable[str], extras: Iterable[str]) -> Iterator[Requirement]:
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def licence(installed: Distribution) -> str:
    """The licence that a distribution states: as an expression, by its classifiers, or in words (their first line)."""
    classes = [line for line in installed.metadata.get_all("Classifier") or () if line.startswith(_LICENCE_CLASS)]
    in_words = _field(installed, "License").strip().partition("\n")[0]
    return _field(installed, "License-Expression") or "; ".join(line.split(" :: ")[-1] for line in classes) or in_words


def _field(installed: Distribution, name: str) -> str:
    return str(installed.metadata[name]) if name in installed.metadata else ""


def main() -> None:
    print("| component | version | licence |\n|---|---|---|")
    for item in components():
        print(f"| {item.name} | {item.version or 'not installed here'} | {item.licence or 'not stated'} |")


if __name__ == "__main__":
    main()
