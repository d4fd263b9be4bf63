"""The plan of the house: a room imports only from rooms below it, no file knows another in a circle, nothing lies loose."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "engine" / "mrdguide"

# From the ground up. Rooms of one floor do not know each other.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "dates"),
    ("reading",),
    ("patient", "evidence"),
    ("case", "intake"),
    ("logic",),
    ("rulefiles",),
    ("decide",),
    ("rulebook",),
    ("answer",),
    ("explain",),
    ("recommend",),
    ("interview", "record"),
    ("report",),
    ("fhir",),
    ("cds", "cohort", "mcp", "teach"),
    ("authoring",),
    ("workbench",),
    ("service",),
    ("commands",),
    ("cli",),
    ("__init__", "__main__"),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
LOOSE = {"__init__", "__main__", "cli", "dates", "errors"}
# Names of the façade: a room named like one would be hidden behind it.
FACADE = {"evaluate", "load_rules", "check_rules", "read_patient", "read_tables", "what_if", "errors"}


def modules() -> dict[str, Path]:
    """Every module of the engine by its dotted name below `mrdguide`."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = path
    return found


MODULES = modules()


def imports(name: str) -> Iterator[str]:
    """The modules that a module imports: at its top, inside functions, and for types only."""
    path = MODULES[name]
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = ".".join((*base, *(node.module.split(".") if node.module else ())))
            for alias in node.names:
                whole = f"{target}.{alias.name}".strip(".")
                yield whole if whole in MODULES else target
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert not any(item.partition(".")[0] == "mrdguide" for item in names), f"{name}: imports here are relative"


def room(module: str) -> str:
    return module.partition(".")[0]


def test_only_the_named_files_lie_loose() -> None:
    assert {path.stem for path in ROOT.glob("*.py")} == LOOSE


def test_every_room_stands_on_a_floor_and_none_is_named_like_a_function() -> None:
    rooms = {path.name for path in ROOT.iterdir() if any(path.glob("*.py"))}
    assert rooms <= set(FLOOR_OF)
    assert not rooms & FACADE


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__init__"])
def test_a_room_imports_only_from_rooms_below(name: str) -> None:
    here = FLOOR_OF[room(name)]
    upward = [
        target
        for target in imports(name)
        if room(target) != room(name) and not FLOOR_OF[room(target or "__init__")] < here
    ]
    assert not upward, f"{name} reaches up or across to {', '.join(upward)}"


# Tests are read once, where the answer is made: pages, charts and lessons show what the answer carries.
@pytest.mark.parametrize("name", [name for name in MODULES if room(name) in ("report", "teach")])
def test_pages_know_no_case(name: str) -> None:
    assert not [target for target in imports(name) if room(target) == "case"]
    looked_at = [node.attr for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8")))
                 if isinstance(node, ast.Attribute)]  # fmt: skip
    assert "case" not in looked_at, f"{name} looks into the case of a recommendation"


def test_no_file_knows_another_in_a_circle() -> None:
    edges = {name: {target for target in imports(name) if target != name} for name in MODULES if name != "__init__"}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"a circle: {' -> '.join((*trail[trail.index(name) :], name))}"
        if name in done or name not in edges:
            return
        for target in sorted(edges[name]):
            visit(target, (*trail, name))
        done.add(name)

    for name in edges:
        visit(name, ())
