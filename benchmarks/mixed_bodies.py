"""Requests of all kinds: those of everyday, whole charts, and those that nobody should send."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import date, timedelta

from fhir_reading import chart
from serving import bodies_of_examples

_JSON = {"Content-Type": "application/json"}
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Call:
    """One request to `/evaluate` and the statuses that are right for it when the service is not busy."""

    name: str
    body: bytes
    right: tuple[int, ...] = (200,)
    headers: dict[str, str] = field(default_factory=lambda: dict(_JSON))


def small() -> list[Call]:
    """The example profiles, a few kB each."""
    return [Call("small", body) for body in bodies_of_examples()]


def charts() -> list[Call]:
    """A chart of half a megabyte and one of a megabyte, plain and packed."""
    found = []
    for megabytes in (0.5, 1.0):
        text = chart(megabytes).encode()
        packed = {**_JSON, "Content-Encoding": "gzip"}
        found += [Call("chart", text), Call("chart", gzip.compress(text, 1), headers=packed)]
    return found


def largest() -> list[Call]:
    """What is just allowed: a chart of nearly 10 MiB, and a profile with all its lists full."""
    return [Call("largest chart", chart(8.5).encode()), Call("longest lists", _longest_lists(10_000))]


def abusive() -> list[Call]:
    """What is refused, each in its own way."""
    bomb = gzip.compress(b" " * 200 * _MEBIBYTE)
    return [
        Call("too large", b" " * (11 * _MEBIBYTE), (413,)),
        Call("bomb", bomb, (413,), {**_JSON, "Content-Encoding": "gzip"}),
        Call("nested", b"[" * (5 * _MEBIBYTE), (400,)),
        Call("no JSON", b"x" * (9 * _MEBIBYTE), (400,)),
        Call("key twice", b'{"profile": {"id": "a", "id": "b"}}', (400,)),
        Call("many keys", json.dumps({f"k{number}": 0 for number in range(500_000)}).encode(), (400,)),
        Call("too many tests", _longest_lists(10_001), (400,)),
        Call("foreign page", b"{}", (403,), {**_JSON, "Origin": "https://evil.example"}),
        Call("as text", b"{}", (415,), {"Content-Type": "text/plain"}),
    ]


def _longest_lists(count: int) -> bytes:
    """A profile with as many tests, images, markers and responses as there may be."""
    asked = json.loads(bodies_of_examples()[0])
    profile = asked["profile"]
    for name in ("mrd", "imaging", "markers", "responses"):
        if profile.get(name):
            kept = profile[name][-1]
            first = date(2021, 1, 1)
            profile[name] = [
                {**kept, "date": (first + timedelta(days=number % 1_900)).isoformat()} for number in range(count)
            ]
    return json.dumps(asked).encode()
