"""Invented cohorts as files: NDJSON or Parquet. The same number and seed give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ...errors import UsageError
from ..arrow import needed
from ..profile_columns import profile_schema, row_of
from ..running import beside
from .patients import Profile, invented

_ROWS = 5_000
LINES, COLUMNS = (".ndjson", ".jsonl"), (".parquet",)


def write_cohort(path: Path, count: int, seed: int) -> None:
    """Write `count` invented patients.

    Raises:
        UsageError: the name of the file says neither NDJSON nor Parquet, or it cannot be written.
    """
    if path.suffix not in (*LINES, *COLUMNS):
        raise UsageError(f"{path}: give a name that ends in {', '.join((*LINES, *COLUMNS))}")
    try:
        with beside(path) as partial:
            if path.suffix in COLUMNS:
                _write_columns(partial, count, seed)
            else:
                with partial.open("wb") as out:
                    _write_lines(out, count, seed)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None


def _write_lines(out: IO[bytes], count: int, seed: int) -> None:
    out.writelines(json.dumps(profile, separators=(",", ":")).encode() + b"\n" for profile in _profiles(count, seed))


def _write_columns(path: Path, count: int, seed: int) -> None:
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    schema = profile_schema()
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for some in _in_groups(_profiles(count, seed)):
            writer.write_table(arrow.Table.from_pylist([row_of(profile) for profile in some], schema))


def _profiles(count: int, seed: int) -> Iterator[Profile]:
    return (invented(seed, number) for number in range(1, count + 1))


def _in_groups(profiles: Iterator[Profile]) -> Iterator[list[Any]]:
    while some := list(islice(profiles, _ROWS)):
        yield some
