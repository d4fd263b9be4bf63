"""Compiles the shipped rules and evidence when the wheel is built, so that no installation has to do it, and adds the
script of the workbench. As a program (`python hatch_build.py htmx.org@VERSION`) it fetches that script for a checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent
_WORKBENCH = Path("engine/mrdguide/shipped/workbench")
# What is taken of the package, and what it is called here.
_TAKEN = {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx-LICENSE.txt"}


def fetch_htmx(package: str, target: Path) -> None:
    """Have npm fetch the script of the workbench with its licence into a folder.

    Raises:
        SystemExit: there is no npm, or it cannot fetch; says what to do.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(
            "npm is not installed; the workbench needs it once, to fetch htmx (Debian: apt-get install npm)"
        )
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            npm,
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--fetch-retries=1",
            "--fetch-timeout=20000",
            "--prefix",
            scratch,
            package,
        ]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit(f"npm could not fetch {package}; its own message stands above")
        target.mkdir(parents=True, exist_ok=True)
        for name, called in _TAKEN.items():
            shutil.copyfile(Path(scratch, "node_modules/htmx.org", name), target / called)


def _htmx_wanted() -> str:
    """The package as the Makefile names it, so that it is named once."""
    found = re.search(r"^HTMX := (\S+)$", (_ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


if __name__ == "__main__":
    fetch_htmx(sys.argv[1] if len(sys.argv) > 1 else _htmx_wanted(), _ROOT / _WORKBENCH)
    sys.exit()

from hatchling.builders.hooks.plugin.interface import BuildHookInterface  # noqa: E402  only a build has it

_COMPILE = (
    "import sys; from mrdguide.rulebook.book import compiled_shipped; sys.stdout.buffer.write(compiled_shipped())"
)


class CompiledRules(BuildHookInterface[Any]):
    """Puts the compiled rules in the wheel, beside the files that they were made of."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile them, unless the package stays where it is: a checkout compiles what changes there at first use."""
        if version == "editable":
            return
        # What the build may import is known to this process alone. The order in which sets are walked through may show in the
        # file, and the same sources are to give the same wheel.
        found_here = os.pathsep.join([str(Path(self.root) / "engine"), *filter(None, sys.path)])
        environment = {**os.environ, "PYTHONPATH": found_here, "PYTHONHASHSEED": "0"}
        made = subprocess.run([sys.executable, "-c", _COMPILE], env=environment, stdout=subprocess.PIPE, check=True)
        descriptor, self._path = tempfile.mkstemp(suffix=".json")
        with open(descriptor, "wb") as file:
            file.write(made.stdout)
        Path(self._path).chmod(0o644)
        build_data["force_include"][self._path] = "mrdguide/shipped/compiled.json"
        self._add_the_workbench(build_data)

    def _add_the_workbench(self, build_data: dict[str, Any]) -> None:
        """The script of the workbench, where npm is there or has been: a wheel built without it says what is lacking."""
        folder = Path(self.root) / _WORKBENCH
        if not all((folder / called).is_file() for called in _TAKEN.values()):
            try:
                fetch_htmx(_htmx_wanted(), folder)
            except (SystemExit, OSError) as error:
                self.app.display_warning(f"the workbench will not run from this wheel: {error}")
                return
        for called in _TAKEN.values():
            build_data["force_include"][str(folder / called)] = f"mrdguide/shipped/workbench/{called}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled for the wheel."""
        if version != "editable":
            Path(self._path).unlink(missing_ok=True)
