"""How far a run is: on a terminal a line that is rewritten, with the rate and the time left; elsewhere nothing."""

from __future__ import annotations

import sys
import time

from ...dates import counted


class Progress:
    """Tells of a run on standard error, if that is a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._began, self._before, self._total = time.monotonic(), 0, None

    _total: int | None

    def begins(self, total: int | None, done: int) -> None:
        """Rate and time left count from here; what was finished before has no part in them."""
        self._began, self._before, self._total = time.monotonic(), done, total
        if self._shown and done:
            self._tell(f"{done:,} finished before")

    def finished(self, done: int) -> None:
        """The line anew."""
        if self._shown:
            self._tell(line(done, self._before, self._total, time.monotonic() - self._began))

    def ends(self) -> None:
        """Leave an empty line for what is said next."""
        if self._shown:
            self._tell("")

    def _tell(self, text: str) -> None:
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)


def line(done: int, before: int, total: int | None, seconds: float) -> str:
    """`15,000 of 100,000 patients, 310 a second, about 5 minutes left`."""
    rate = (done - before) / seconds if seconds > 0 else 0.0
    of = f" of {total:,}" if total is not None else ""
    told = f"{done:,}{of} patients, {rate:,.0f} a second"
    if total is None or rate <= 0 or done >= total:
        return told
    return f"{told}, about {_rounded((total - done) / rate)} left"


def _rounded(seconds: float) -> str:
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(round(seconds / size), unit)
    return counted(max(1, round(seconds)), "second")
