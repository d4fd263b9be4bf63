"""How the benchmarks measure: one core, interleaved rounds, medians; and how they show what came out."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

# Makes everything ready and returns the pass to be timed, which returns how many things it did.
Contestant = Callable[[], Callable[[], int]]


@dataclass(frozen=True, slots=True)
class Rate:
    """Things done per second of processor time, over several rounds."""

    median: float
    best: float


@dataclass(slots=True)
class Share:
    """How much of its core the process had while it was timed: with little of it, caches are cold and rates lower."""

    worked: float = 0.0
    taken: float = 0.0

    def add(self, worked: float, taken: float) -> None:
        self.worked += worked
        self.taken += taken

    def __str__(self) -> str:
        text = f"All in processor time. While rates were timed, this process had {self.worked / self.taken:.0%} of its core"
        return text + (
            ": other work on the machine made them lower than they are alone."
            if self.worked < 0.9 * self.taken
            else "."
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `met` is None where nothing was promised."""

    what: str
    value: str
    best: str = ""
    target: str = ""
    met: bool | None = None


def pin_to_one_core() -> int | None:
    """Keep this process and its children on one core; None where the system cannot."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def race(contestants: Mapping[str, Contestant], rounds: int, share: Share) -> dict[str, Rate]:
    """Time all contestants in turn, round after round, so that a slow moment of the machine hits them alike. Rates are those of
    processor time, so that other work on the machine lowers them little."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, prepare in contestants.items():
            timed_pass = prepare()
            worked, started = time.process_time(), time.perf_counter()
            done = timed_pass()
            worked = time.process_time() - worked
            found[name].append(done / worked)
            share.add(worked, time.perf_counter() - started)
    return {name: Rate(median(rates), max(rates)) for name, rates in found.items()}


def per_second(what: str, rate: Rate, target: float | None = None) -> Row:
    """A rate as a line of the table, against a least rate. The median counts, not the best round."""
    return Row(
        what,
        f"{rate.median:,.0f}/s",
        f"{rate.best:,.0f}/s",
        f"at least {target:,.0f}/s" if target is not None else "",
        rate.median >= target if target is not None else None,
    )


def seconds(what: str, taken: list[float], target: float | None = None) -> Row:
    """Times as a line of the table, against a longest time. The median counts."""
    return Row(
        what,
        f"{median(taken) * 1000:,.0f} ms",
        f"{min(taken) * 1000:,.0f} ms",
        f"under {target * 1000:,.0f} ms" if target is not None else "",
        median(taken) < target if target is not None else None,
    )


def machine(core: int | None) -> str:
    """The machine and the versions that the numbers belong to, in one line."""
    pinned = f"pinned to core {core}" if core is not None else "not pinned to a core"
    packages = ", ".join(f"{name} {_version(name)}" for name in ("mrdguide", "pydantic", "durable-rules", "zen-engine"))
    return (
        f"{_processor()}, {os.cpu_count()} cores, {pinned}; {platform.system()} {platform.machine()}; "
        f"{platform.python_implementation()} {platform.python_version()}; {packages}"
    )


def show(sections: Mapping[str, list[Row]], footer: list[str]) -> None:
    """Print all sections as one table."""
    table = Table(title="mrdguide: speed", title_justify="left", show_lines=False)
    for heading in ("What", "Median", "Best", "Target", "Met"):
        table.add_column(heading, justify="left" if heading in ("What", "Target") else "right", overflow="fold")
    for title, rows in sections.items():
        table.add_section()
        table.add_row(f"[bold]{title}[/bold]", "", "", "", "")
        for row in rows:
            met = {None: "", True: "[green]yes[/green]", False: "[red]no[/red]"}[row.met]
            table.add_row(f"  {row.what}", row.value, row.best, row.target, met)
    console = Console()
    if not console.is_terminal:
        console = Console(width=150)
    console.print(table)
    for line in footer:
        console.print(line, highlight=False, markup=False)


def keep(file: Path, command: str, sections: Mapping[str, list[Row]], footer: list[str]) -> None:
    """Write what came out, with the day and the command, for the pages that show it (`make dossier`)."""
    kept = {
        "command": command, "day": date.today().isoformat(), "notes": footer,
        "sections": {title: [asdict(row) for row in rows] for title, rows in sections.items()},
    }  # fmt: skip
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as text:
            for line in text:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "processor not known"
