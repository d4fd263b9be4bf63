"""What the folder needs beside the program's own data: Python for browsers, the packages it runs on, and the program compiled
for it. Fetched and compiled once for a checkout (`make workbench-static`), and never part of the repository."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ...errors import UsageError

PROGRAM, FINGERPRINT = "program.bin", "program.sha256"
# As they are called in the folder; the large ones are unpacked by the browser.
NAMES = (
    "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm.bin", "pyodide-lock.json", "stdlib.zip.bin", PROGRAM, "licences.txt",
)  # fmt: skip
_PACKAGE = Path(__file__).resolve().parents[2]
PARTS = _PACKAGE / "shipped" / "workbench-static"
# Rooms that no view of the workbench leads to.
LEFT_OUT = {"service", "commands", "mcp", "record", "cds", "cohort", "shipped"}
# What opens the patients of a cohort; in a folder that anybody may be handed there are counts alone.
NOT_IN_A_FOLDER = {"workbench/cohort/opened.py"}
_NO_PART = (".pyc", "~")


def program() -> dict[str, bytes]:
    """The program as far as the workbench needs it: every file by its path from the folder that holds the package."""
    found = {}
    for path in sorted(_PACKAGE.rglob("*")):
        inside = path.relative_to(_PACKAGE)
        left_out = inside.parts[0] in LEFT_OUT or inside.as_posix() in NOT_IN_A_FOLDER
        if path.is_file() and not left_out and not path.name.endswith(_NO_PART):
            found[f"{_PACKAGE.name}/{inside.as_posix()}"] = path.read_bytes()
    return found


def fingerprint(files: dict[str, bytes]) -> str:
    """SHA-256 over the names and contents of files."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\0{len(files[name])}\0".encode())
        found.update(files[name])
    return found.hexdigest()


def parts() -> dict[str, bytes]:
    """The parts by their names.

    Raises:
        UsageError: they are not there, or were made of another state of the program.
    """
    try:
        found = {name: (PARTS / name).read_bytes() for name in NAMES}
        made_of = (PARTS / FINGERPRINT).read_text(encoding="ascii")
    except OSError:
        raise UsageError(
            "--static needs Python for browsers, which is not here: run `make workbench-static` in a checkout (it takes npm and pip)"
        ) from None
    if made_of != fingerprint(program()):
        raise UsageError(
            "--static: the program was changed since its parts were made: run `make workbench-static` again"
        )
    return found
