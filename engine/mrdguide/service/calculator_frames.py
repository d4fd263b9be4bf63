"""What a service and the processes that calculate for it say to each other: one pickled value after another."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import IO, Any

from .settings import Settings

_LENGTH = 8


@dataclass(frozen=True)
class Orders:
    """What a calculator is started with: settings, and the rules (their hash) that it must find."""

    settings: Settings
    rules_hash: str


@dataclass(frozen=True)
class Kept:
    """A row for a shelf that is in the memory of the service, out of reach of other processes."""

    key: str
    expires: float
    now: float
    content: bytes
    most: int | None


@dataclass(frozen=True)
class Reply:
    """What became of a task: its result or what it raised, the outcomes that were recommended, reports to keep."""

    result: Any
    raised: Exception | None
    outcomes: tuple[str, ...]
    kept: tuple[Kept, ...]


READY = Reply(None, None, (), ())


def send(stream: IO[bytes], value: object) -> None:
    """Write one value, its length before it. Raises OSError where nobody reads."""
    raw = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(raw).to_bytes(_LENGTH, "big"))
    stream.write(raw)
    stream.flush()


def received(stream: IO[bytes]) -> Any:
    """Read one value. Only from a process that this one has started, or was started by: a pickle may do anything.

    Raises:
        EOFError: the other side is gone.
    """
    length = int.from_bytes(_exactly(stream, _LENGTH), "big")
    return pickle.loads(_exactly(stream, length))


def _exactly(stream: IO[bytes], count: int) -> bytes:
    found = stream.read(count)
    if len(found) < count:
        raise EOFError
    return found
