"""Fetches and compiles what `mrdguide workbench --static` needs: Python for browsers by npm, its packages by pip, each as
`static_parts.json` names it with its SHA-256. Everything is put where the command looks for it; a second run replaces it.

For other versions change names and hashes there together: what is not as named is refused, and the message gives the hash that was
found. Python for browsers says in its lock file which Python and which platform it is, and pydantic names the pydantic_core it needs."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mrdguide.workbench.alone.packing import compressed, packed
from mrdguide.workbench.alone.parts import FINGERPRINT, NAMES, PARTS, PROGRAM, fingerprint, program

_HERE = Path(__file__).resolve().parent
# The oldest day that a zip file can hold: the same files give the same bytes.
_DAY = (1980, 1, 1, 0, 0, 0)
# The rooms of the program whose sources the compiled rules are checked against.
_KEPT_SOURCES = tuple(
    f"mrdguide/{room}/"
    for room in ("reading", "patient", "evidence", "case", "logic", "rulefiles", "decide", "rulebook")
)
_LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")


def main() -> None:
    wanted = json.loads((_HERE / "static_parts.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        pyodide = _pyodide(wanted["npm"], scratch / "npm")
        wheels = _wheels(wanted, scratch / "wheels")
        files = program()
        library = _without(_unzipped(pyodide / "python_stdlib.zip"), wanted["left_out_of_the_standard_library"])
        packages = _without(_of_packages(wheels), wanted["left_out_of_packages"])
        found = {name: (pyodide / name).read_bytes() for name in ("pyodide.mjs", "pyodide.asm.mjs")}
        found["pyodide.asm.wasm.bin"] = compressed((pyodide / "pyodide.asm.wasm").read_bytes())
        found["stdlib.zip.bin"] = compressed(_zipped(_compiled(library, pyodide, scratch / "library")))
        found[PROGRAM] = packed(
            {
                **_compiled({**packages, **files}, pyodide, scratch / "program"),
                FINGERPRINT: fingerprint(files).encode("ascii"),
            }
        )
        found["pyodide-lock.json"] = _lock(pyodide / "pyodide-lock.json")
        found["licences.txt"] = _licences(wanted["npm"]["package"], wheels).encode("utf-8")
        _put(found, fingerprint(files))


def _pyodide(wanted: Mapping[str, Any], scratch: Path) -> Path:
    """The folder of the package that npm fetched, its files as they are expected."""
    _run(
        "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--omit=optional",
        "--prefix",
        scratch,
        wanted["package"],
    )
    folder = scratch / "node_modules" / "pyodide"
    for name, expected in wanted["files"].items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            raise SystemExit(f"{name} of {wanted['package']} is another file than static_parts.json names: {found}")
    return folder


def _wheels(wanted: Mapping[str, Any], scratch: Path) -> list[Path]:
    """The wheels that pip fetched; pip compares their hashes."""
    scratch.mkdir(parents=True)
    listed = scratch / "wanted.txt"
    listed.write_text("".join(f"{name} --hash=sha256:{value}\n" for name, value in wanted["pip"].items()), "ascii")
    platforms = [part for name in wanted["platforms"] for part in ("--platform", name)]
    _run(
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes",
        "--only-binary=:all:", "--python-version", wanted["python"], "--implementation", "cp", "--abi", wanted["abi"],
        *platforms, "--dest", scratch, "--requirement", listed,
    )  # fmt: skip
    return sorted(scratch.glob("*.whl"))


def _run(program_name: str, *arguments: object) -> None:
    found = shutil.which(program_name)
    if found is None:
        raise SystemExit(f"{program_name} is not installed; it is needed once, to fetch or compile Python for browsers")
    if subprocess.run([found, *map(str, arguments)], check=False).returncode:
        raise SystemExit(f"{Path(program_name).name} could not do its part; its own message stands above")


def _unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if not name.endswith("/")}


def _of_packages(wheels: Iterable[Path]) -> dict[str, bytes]:
    """What the packages run on in a browser: their Python, and what was compiled for one."""
    found: dict[str, bytes] = {}
    for wheel in wheels:
        for name, content in _unzipped(wheel).items():
            if ".dist-info/" not in name and (name.endswith(".py") or "emscripten" in name):
                found[name] = content
    return found


def _without(files: Mapping[str, bytes], left_out: Iterable[str]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if not name.startswith(tuple(left_out))}


def _compiled(files: Mapping[str, bytes], pyodide: Path, scratch: Path) -> dict[str, bytes]:
    """The files with their Python compiled; sources stay where something is checked against them."""
    for name, content in files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_bytes(content)
    _run("node", _HERE / "compile.mjs", pyodide, scratch)
    found = {path.relative_to(scratch).as_posix(): path.read_bytes() for path in scratch.rglob("*") if path.is_file()}
    for name in files:
        if name.endswith(".py"):
            compiled = found.pop(f"{name}c")
            if name.startswith(_KEPT_SOURCES):
                folder, _, file = name.rpartition("/")
                found[f"{folder}/__pycache__/{file.removesuffix('.py')}.cpython-314.pyc"] = compiled
            else:
                found[f"{name}c"] = compiled
                del found[name]
    return found


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip file in which nothing is compressed, since all of it is compressed at once."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as file:
        for name in sorted(files):
            file.writestr(zipfile.ZipInfo(name, _DAY), files[name])
    return made.getvalue()


def _lock(path: Path) -> bytes:
    """The version of the Python for browsers without the list of packages that it could fetch: it is to fetch none."""
    return json.dumps({"info": json.loads(path.read_text(encoding="utf-8"))["info"], "packages": {}}).encode()


def _licences(pyodide: str, wheels: Iterable[Path]) -> str:
    """The licence of the program, every text that the wheels bring along, and where the source of the rest is."""
    _, _, version = pyodide.rpartition("@")
    told = [
        f"pyodide {version}, Mozilla Public License 2.0 (https://mozilla.org/MPL/2.0/); source: "
        f"https://github.com/pyodide/pyodide/tree/{version}. It contains CPython (PSF License 2, as under typing_extensions "
        "below, https://docs.python.org/3/license.html) and what CPython is built with.",
        f"mrdguide: LICENSE\n\n{(_HERE.parent / 'LICENSE').read_text(encoding='utf-8')}",
    ]
    for wheel in wheels:
        for name, content in sorted(_unzipped(wheel).items()):
            if ".dist-info/" in name and Path(name).name.upper().startswith(_LICENCES):
                told.append(f"{wheel.name}: {Path(name).name}\n\n{content.decode('utf-8')}")
    return f"\n\n{'-' * 100}\n\n".join(told) + "\n"


def _put(found: Mapping[str, bytes], made_of: str) -> None:
    assert set(found) == set(NAMES), "what is made is what the command looks for"
    PARTS.mkdir(parents=True, exist_ok=True)
    (PARTS / FINGERPRINT).unlink(missing_ok=True)
    for name, content in found.items():
        (PARTS / name).write_bytes(content)
    (PARTS / FINGERPRINT).write_text(made_of, encoding="ascii")  # last: without it the parts count as not there
    print(f"{PARTS}: {sum(map(len, found.values())) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
