"""What a fresh process costs, as multiples of `python -c pass`, and what loading the rules costs against their bare data.

    python benchmarks/startup.py                          9 rounds
    python benchmarks/startup.py --against ../other       the same of another checkout, in turns with this one

Processor time of whole processes, interpreter included, all in turn, so that a slow moment of the machine hits them alike.
A first round that does not count lets Python write its compiled modules and mrdguide its compiled rules, as in an
installation.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measuring import Row, machine, pin_to_one_core, show

from mrdguide.reading.shipped import folder

ROOT = Path(__file__).resolve().parents[1]
EVALUATE, LOAD = 25.0, 6.0

_EXAMPLE = str(folder("examples") / "cessation-supported.yaml")
_NOTHING, _DATA = "python -c pass", "import json, yaml; the same files as data"
_READ_AS_DATA = f"""
import json, pathlib, yaml
loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
for above in ({str(folder("rules"))!r}, {str(folder("evidence"))!r}):
    for path in pathlib.Path(above).rglob("*.yaml"):
        yaml.load(path.read_bytes(), loader)
"""
_FROM_FILES = """
from mrdguide.rulebook.book import load_from_files
from mrdguide.reading.shipped import folder
load_from_files((folder("rules"),), folder("evidence"))
"""
YARDSTICKS = {_NOTHING: ["-c", "pass"], _DATA: ["-c", _READ_AS_DATA]}
# Each with the yardstick that it is held against and how many times it may cost.
PROGRAMS: dict[str, tuple[list[str], str, float | None]] = {
    "mrdguide evaluate EXAMPLE --format json": (
        ["-m", "mrdguide", "evaluate", _EXAMPLE, "--format", "json"], _NOTHING, EVALUATE,
    ),
    "mrdguide evaluate EXAMPLE": (["-m", "mrdguide", "evaluate", _EXAMPLE], _NOTHING, None),
    "mrdguide evaluate, no such file": (["-m", "mrdguide", "evaluate", "no-such-file.yaml"], _NOTHING, None),
    "mrdguide --help": (["-m", "mrdguide", "--help"], _NOTHING, None),
    "import mrdguide, and first use of evaluate": (["-c", "import mrdguide; mrdguide.evaluate"], _NOTHING, None),
    "import pydantic alone": (["-c", "import pydantic; pydantic.BaseModel"], _NOTHING, None),
    "import mrdguide; load_rules()": (["-c", "import mrdguide; mrdguide.load_rules()"], _DATA, LOAD),
    "the same from the rule files": (["-c", _FROM_FILES], _DATA, None),
}  # fmt: skip
_HERE_ALONE = frozenset({"the same from the rule files"})


def rows(rounds: int, against: Path | None = None) -> list[Row]:
    """A line for each program; with another checkout a second one for that."""
    checkouts = {"": ROOT, **({f" (in {against.name})": against} if against is not None else {})}
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as compiled:
        for number in range(rounds + 1):
            for name, seconds in _round(checkouts, Path(compiled)):
                if number:
                    taken.setdefault(name, []).append(seconds)
    found = []
    for name, (_, yardstick, most) in PROGRAMS.items():
        for other in checkouts:
            if name + other in taken:
                found.append(_row(f"{name}{other}", taken[name + other], yardstick, taken[yardstick], most))
    return found


def _round(checkouts: dict[str, Path], compiled: Path) -> list[tuple[str, float]]:
    found = [(name, _processor_time(program, ROOT, compiled)) for name, program in YARDSTICKS.items()]
    for other, root in checkouts.items():
        for name, (program, _, _) in PROGRAMS.items():
            if not (other and name in _HERE_ALONE):
                found.append((name + other, _processor_time(program, root, compiled)))
    return found


def _processor_time(program: list[str], root: Path, compiled: Path) -> float:
    """Seconds of processor time that a process takes, its start and end included."""
    # Whether compiled modules are kept is a matter of the installation; these are to be measured with them.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(root / "engine"), "PYTHONPYCACHEPREFIX": str(compiled)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, *program], env=environment, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 2):
        raise SystemExit(done.stderr.decode())
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _row(name: str, taken: list[float], yardstick: str, unit: list[float], most: float | None) -> Row:
    ratio, best = median(taken) / median(unit), min(taken) / min(unit)
    target = f"at most {most:g} x" if most is not None else ""
    what = f"{name}, against {yardstick}" if yardstick != _NOTHING else name
    return Row(what, f"{ratio:.1f} x", f"{best:.1f} x", target, ratio <= most if most is not None else None)


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


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what a fresh process costs.")
    parser.add_argument("--rounds", type=int, default=9, help="rounds; the median counts (default: 9)")
    parser.add_argument("--against", type=Path, help="another checkout to measure in turns with this one")
    chosen = parser.parse_args()
    core = pin_to_one_core()
    found = rows(max(1, chosen.rounds), chosen.against.resolve() if chosen.against is not None else None)
    show({"Start of a process (python -c pass = 1; best: shortest against shortest)": found}, [machine(core)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
