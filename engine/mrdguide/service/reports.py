"""Reports that can be opened for a while, under names that nobody can guess.

A report is worked out when it is opened. What is kept until then says all of a patient, so it is sealed with a key that is made
of its name, and the name is not kept: whoever reads the memory or the database without having the link reads nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import TypeAdapter

from ..intake.fhir.import_report import ImportReport
from ..patient.canonical import canonical_text
from ..recommend.recommendation import Recommendation

_NONCE = 12


@dataclass(frozen=True)
class ReportContent:
    """All that a report is worked out of again: the profile in its canonical form, the day, by which rules and engine.

    `token` is its own name, so that its page can link to what is served below it; it is sealed with the rest (empty in one of before).
    """

    profile: str
    as_of: str
    rules_hash: str
    engine_version: str
    imported: ImportReport | None
    token: str = ""

    def to_json(self) -> bytes:
        return _CONTENT.dump_json(self)


_CONTENT = TypeAdapter(ReportContent)


def read_content(text: bytes) -> ReportContent:
    """The content of a JSON text that `to_json` gave."""
    return _CONTENT.validate_json(text)


class Shelf(Protocol):
    """Contents by key, each until its time; `mrdguide.record` has one that several processes share."""

    def add(self, key: str, expires: float, now: float, content: bytes = ..., *, most: int | None = ...) -> bool:
        """Keep `content` under `key`; with more than `most` the first to expire make room."""

    def find(self, key: str, now: float) -> bytes | None:
        """What is kept under a key; None where there is nothing, or not any more."""


class OwnShelf:
    """The memory of this process. Thread-safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = Lock()

    def add(self, key: str, expires: float, now: float, content: bytes = b"", *, most: int | None = None) -> bool:
        with self._lock:
            self._forget(now)
            if key in self._kept:
                return False
            while most is not None and len(self._kept) >= most:
                self._kept.popitem(last=False)
            self._kept[key] = (expires, content)
        return True

    def find(self, key: str, now: float) -> bytes | None:
        with self._lock:
            self._forget(now)
            return self._kept.get(key, (0.0, None))[1]

    def _forget(self, now: float) -> None:
        # All are kept equally long, so the first to come are the first to go.
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)


class Reports:
    """Contents of reports by token. The oldest make room for new ones. Thread-safe."""

    def __init__(self, shelf: Shelf, most: int, seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._shelf, self._most, self._seconds, self._clock = shelf, most, seconds, clock

    def publish(self, recommendation: Recommendation, imported: ImportReport | None = None) -> str:
        """Keep it, and give the address of its report below the base address.

        Raises:
            RecordError: the database of the shelf refuses.
        """
        provenance = recommendation.provenance
        token, now = secrets.token_urlsafe(32), self._clock()
        content = ReportContent(
            canonical_text(recommendation.case.original), provenance.as_of, provenance.rules_hash,
            provenance.engine_version, imported, token,
        )  # fmt: skip
        self._shelf.add(
            _key(token), now + self._seconds, now, _sealed(token, content.to_json()), most=self._most
        )  # fmt: skip
        return f"reports/{token}"

    def find(self, token: str) -> bytes | None:
        """The content of a report as JSON, as long as it may be opened.

        Raises:
            RecordError: the database of the shelf refuses.
        """
        kept = self._shelf.find(_key(token), self._clock())
        return None if kept is None else _opened(token, kept)


def _key(token: str) -> str:
    """Under what a report is kept; nobody finds the token, nor the key of the seal, from it."""
    return hashlib.sha256(f"name of {token}".encode("utf-8", "surrogatepass")).hexdigest()


def _seal(token: str) -> AESGCM:
    return AESGCM(hashlib.sha256(f"key of {token}".encode("utf-8", "surrogatepass")).digest())


def _sealed(token: str, content: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _seal(token).encrypt(nonce, zlib.compress(content), None)


def _opened(token: str, kept: bytes) -> bytes | None:
    """None where the seal is broken: what lies there is not what was kept."""
    try:
        return zlib.decompress(_seal(token).decrypt(kept[:_NONCE], kept[_NONCE:], None))
    except InvalidTag:
        return None
