"""The folder itself: page, scripts, the parts, and the rules, cases and cohort that it is opened with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...answer.provenance import engine_version
from ...errors import UsageError
from ...reading.plain_models import Packer
from ...reading.shipped import folder
from ...report.blocks import Page
from ...rulebook.book import compiled_shipped, load_rules
from ...teach.examples import INDEX as CASES_INDEX
from ..bench import Bench
from ..look import HTMX, filled, static_files
from ..opening import open_bench
from .packing import packed
from .parts import fingerprint, parts, program

DATA, INDEX = "data.bin", "index.html"
# In the folder, so that one of ours is known again and may be written once more.
MARK = "mrdguide-workbench.txt"
# Where things are in `data.bin`.
RULES, CASES, COHORT, MADE_FOR = "opened/rules", "opened/cases", "opened/cohort.json", "opened/program.sha256"
_SHIPPED = ("rules", "evidence", "examples")
# What the browser itself holds its page to. What only a server can say (who may frame the page) is not in it.
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)


def site_files(rules: Sequence[Path] = (), cases: Path | None = None, cohort: Page | None = None) -> dict[str, bytes]:
    """Every file of the folder by its path in it.

    Raises:
        UsageError: a part is missing in this checkout, or the cases cannot be read.
        RuleBookError: the rules cannot be used.
    """
    made = {f"engine/{name}": content for name, content in parts().items()}
    made |= {f"static/{name}": content for name, (_, content) in static_files().items()}
    bench = open_bench(load_rules(*rules), cases, cohort)  # what is wrong with them is told now, and not in the page
    made[f"engine/{DATA}"] = packed(_data(bench, rules, cases))
    # What a browser has kept of an earlier folder is not taken for a part of this one.
    version = f"?of={fingerprint(made)[:16]}"
    page = filled("alone.html.j2", htmx=HTMX, rules=bench.rules, policy=_POLICY, version=version)
    made[INDEX] = page.encode("utf-8")
    made[MARK] = (
        b"Written by `mrdguide workbench --static`, which may write it again. Any file server can hand it out.\n"
    )
    return made


def check_target(target: Path) -> None:
    """Whether the folder may be written to.

    Raises:
        UsageError: there is something in it that the command did not write.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"--static {target}: is not a folder; give one that is empty or not there yet")
    if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
        raise UsageError(
            f"--static {target}: is not empty; give an empty folder, one that is not there yet, or one written by this command"
        )


def left_over(target: Path, files: Iterable[str]) -> list[Path]:
    """What an earlier version of the command has written to the folder and this one does not."""
    wanted = set(files)
    folders = sorted({name.partition("/")[0] for name in wanted if "/" in name})
    return [
        path
        for name in folders
        for path in sorted((target / name).glob("*"))
        if path.is_file() and f"{name}/{path.name}" not in wanted
    ]


def _data(bench: Bench, rules: Sequence[Path], cases: Path | None) -> dict[str, bytes]:
    """What the program reads in the page, by its place there."""
    found = {"mrdguide/shipped/compiled.json": compiled_shipped(), MADE_FOR: fingerprint(program()).encode("ascii")}
    for name in _SHIPPED:
        found |= _below(folder(name), f"mrdguide/shipped/{name}")
    for number, path in enumerate(rules):
        found |= _below(path, f"{RULES}/{number}/{path.resolve().name}")
    if cases is not None:
        files = (CASES_INDEX, *(item.example.file for item in bench.lessons))
        found |= {f"{CASES}/{name}": (cases / name).read_bytes() for name in files}
    if bench.cohort is not None:
        packer = Packer()
        page = packer.packed(bench.cohort)
        found[COHORT] = json.dumps({"kinds": packer.kinds, "page": page}).encode("utf-8")
    version = engine_version()
    found[f"mrdguide-{version}.dist-info/METADATA"] = (
        f"Metadata-Version: 2.1\nName: mrdguide\nVersion: {version}\n".encode()
    )
    return found


def _below(above: Path, place: str) -> dict[str, bytes]:
    files = (path for path in sorted(above.rglob("*.yaml")) if path.is_file())
    return {f"{place}/{path.relative_to(above).as_posix()}": path.read_bytes() for path in files}
