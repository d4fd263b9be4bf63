"""How long a fresh process waits: importing the package, and loading the shipped rule book."""

from __future__ import annotations

import subprocess
import sys
import time

_IMPORT = """
import time
started = time.perf_counter()
import mrdguide
print(time.perf_counter() - started)
"""

_IMPORT_AND_RESOLVE = """
import time
started = time.perf_counter()
import mrdguide
mrdguide.evaluate
print(time.perf_counter() - started)
"""

_LOAD_RULES = """
import time
import mrdguide
mrdguide.evaluate, mrdguide.load_rules
started = time.perf_counter()
mrdguide.load_rules()
print(time.perf_counter() - started)
"""

# Each must run in a process of its own, in which nothing has been imported yet.
FRESH = {"import": _IMPORT, "import and resolve": _IMPORT_AND_RESOLVE, "load rules": _LOAD_RULES}


def fresh_processes(runs: int) -> dict[str, list[float]]:
    """Seconds by the clock inside each child, all programs in turn. A first, untimed round writes compiled files."""
    found: dict[str, list[float]] = {name: [] for name in FRESH}
    for number in range(runs + 1):
        for name, program in FRESH.items():
            taken = float(
                subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
            )
            if number:
                found[name].append(taken)
    return found


def warm_loads(runs: int) -> list[float]:
    """Seconds to load the shipped rule book again in this process."""
    import mrdguide

    mrdguide.load_rules()
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        mrdguide.load_rules()
        found.append(time.perf_counter() - started)
    return found
