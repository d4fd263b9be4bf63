"""How many decisions per second are recorded durably, in a SQLite file on this machine's disk.

    python benchmarks/records.py

What is measured is `append` alone: the answer is there already, its JSON form is made for every entry, and every entry
is on disk before the next one begins.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import mrdguide
from mrdguide.record import DecisionStore
from mrdguide.teach.examples import examples

SECONDS = 4.0


def main() -> int:
    example = examples()[0]
    found = mrdguide.evaluate(example.path, as_of=example.as_of)
    with tempfile.TemporaryDirectory() as folder, DecisionStore(Path(folder) / "records.db", keep_input=True) as store:
        store.append(found, "benchmark")
        count, started = 0, time.perf_counter()
        while (taken := time.perf_counter() - started) < SECONDS:
            store.append(found, "benchmark")
            count += 1
        size = (Path(folder) / "records.db").stat().st_size
    print(
        f"{count / taken:,.0f} entries per second recorded durably (one writer, {count:,} entries, {size / 1e6:.1f} MB)"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
