"""The folder beside the output in which a run keeps what is finished, so that it goes on after being killed.

A group of entries is finished when its mark is there; rows and rejects are written before it. What a run was about is
in `run.json`: where inputs, rules, day or options are others, everything begins anew.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .arrow import needed
from .entry import Reject
from .tally import Tally

_ABOUT = "run.json"


@dataclass(frozen=True, slots=True)
class Group:
    """What is known of a finished group: entries read, their rows, rejects, patients evaluated again, how they were judged."""

    entries: int
    rows: int
    rejects: int
    checked: int
    tally: Tally
    size: int = 0  # of the file with the rows, in bytes

    @property
    def answered(self) -> int:
        """Patients with an answer (one row for each of their days)."""
        return self.entries - self.rejects


class WorkFolder:
    """The finished groups of one run."""

    def __init__(self, output: Path, fingerprint: str) -> None:
        """Opens the folder beside `output`; what another run left in it is taken away.

        Raises:
            OSError: it cannot be made.
        """
        self.path = output.with_name(f"{output.name}.work")
        about = self.path / _ABOUT
        if not about.is_file() or about.read_text("utf-8") != _about(fingerprint):
            self.remove()
            self.path.mkdir(parents=True)
            _write(about, _about(fingerprint).encode())

    def finished(self) -> list[Group]:
        """The groups that are finished, from the first on without a gap."""
        found: list[Group] = []
        while (mark := self._place(len(found), "json")).is_file():
            kept = json.loads(mark.read_text("utf-8"))
            group = Group(**{**kept, "tally": Tally(**kept["tally"])})
            rows, rejects = (self._place(len(found), kind) for kind in ("arrow", "rejects"))
            if not (rows.is_file() and rejects.is_file() and rows.stat().st_size == group.size):
                break  # somebody has cut it off: it is judged again
            found.append(group)
        return found

    def keep(self, number: int, group: Group, rows: Any, rejects: Iterable[Reject]) -> None:
        """Write a group down; it is finished once this returns.

        Raises:
            OSError: it cannot be written.
        """
        # Arrow as it is in memory: Parquet, which the output is, takes several times as long to write.
        ipc, buffer = needed("pyarrow.ipc"), needed("pyarrow").BufferOutputStream()
        with ipc.new_file(buffer, rows.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_table(rows)
        content = buffer.getvalue()
        _write(self._place(number, "arrow"), content)
        _write(self._place(number, "rejects"), b"".join(as_line(reject) for reject in rejects))
        _write(self._place(number, "json"), json.dumps(asdict(replace(group, size=content.size))).encode())

    def rows(self, number: int) -> Any:
        """The rows of a finished group as an Arrow table."""
        return needed("pyarrow.ipc").open_file(self._place(number, "arrow").read_bytes()).read_all()

    def rejects(self, number: int) -> bytes:
        """The lines of the rejects of a finished group."""
        return self._place(number, "rejects").read_bytes()

    def seen(self, number: int) -> Iterator[tuple[str, Any]]:
        """Patients and days of a finished group; None in the place of the day for rejects that have an id."""
        table = self.rows(number)
        yield from zip(table["patient"].to_pylist(), table["as_of"].to_pylist(), strict=True)
        for line in self.rejects(number).splitlines():
            if patient := json.loads(line)["patient"]:
                yield patient, None

    def remove(self) -> None:
        """Take the folder away with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _place(self, number: int, kind: str) -> Path:
        return self.path / f"group-{number:06}.{kind}"


def as_line(reject: Reject) -> bytes:
    """A line of the rejects file."""
    return (json.dumps(reject.to_dict(), ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _about(fingerprint: str) -> str:
    return json.dumps({"fingerprint": fingerprint})


def _write(path: Path, content: Any) -> None:
    """Write a file that is there whole or not at all, even where the machine stops."""
    partial = path.with_name(f"{path.name}.part")
    with partial.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)
