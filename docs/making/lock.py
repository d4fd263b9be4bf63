"""`python -m docs.making.lock REQUIREMENT`: every package that pip would install for it here, pinned, with the hashes of its files.

pip itself says what it would take (`--dry-run --report`); nothing is installed. What the project is made of itself is left out.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

_OWN = "mrdguide"
_SEPARATORS = re.compile(r"[-_.]+")


def locked(report: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the lock, by name. Only what can be told by its hash is pinned; anything else is a mistake.

    Raises:
        SystemExit: a package comes without a hash.
    """
    for item in sorted(report["install"], key=lambda item: str(item["metadata"]["name"]).lower()):
        name, version = item["metadata"]["name"], item["metadata"]["version"]
        if name == _OWN:
            continue
        digest = item["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256")
        if digest is None:
            raise SystemExit(f"{name} {version}: pip tells no hash of it; it cannot be pinned")
        yield f"{_SEPARATORS.sub('-', name).lower()}=={version} --hash=sha256:{digest}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requirement", help="such as '.[service,postgres]'")
    requirement: str = parser.parse_args().requirement
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--ignore-installed",
        "--quiet",
        "--report",
        "-",
        requirement,
    ]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    environment = report["environment"]
    print(f"# Made by `make lock` for {requirement} on Python {environment['python_version']}, {environment['sys_platform']} "
          f"{environment['platform_machine']}.")  # fmt: skip
    print("\n".join(locked(report)))


if __name__ == "__main__":
    main()
