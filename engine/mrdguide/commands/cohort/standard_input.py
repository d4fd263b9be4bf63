"""A cohort on standard input: kept as a file first, since it is read more than once."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ...errors import UsageError

# The first bytes of a Parquet file, of an Arrow file and of an Arrow stream.
_KINDS = {b"PAR1": "parquet", b"ARRO": "arrow", b"\xff\xff\xff\xff": "arrows"}


@contextmanager
def named(inputs: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """The inputs with a file in the place of `-`, as long as the block lasts.

    Raises:
        UsageError: `-` is named twice, or standard input cannot be read.
    """
    if inputs.count(Path("-")) > 1:
        raise UsageError("standard input (-) can be named once")
    if Path("-") not in inputs:
        yield tuple(inputs)
        return
    with TemporaryDirectory(prefix="mrdguide-cohort-") as folder:
        kept = _kept(Path(folder))
        yield tuple(kept if path == Path("-") else path for path in inputs)


def _kept(folder: Path) -> Path:
    try:
        begins = sys.stdin.buffer.read(4)
        kept = folder / f"standard-input.{_KINDS.get(begins, 'ndjson')}"
        with kept.open("wb") as out:
            out.write(begins)
            shutil.copyfileobj(sys.stdin.buffer, out)
    except OSError as error:
        raise UsageError(f"standard input cannot be read or kept: {error.strerror}") from None
    return kept
