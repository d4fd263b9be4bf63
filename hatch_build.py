"""Compiles the shipped rules and evidence when the wheel is built, so that no installation has to do it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

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

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled for the wheel."""
        if version != "editable":
            Path(self._path).unlink(missing_ok=True)
