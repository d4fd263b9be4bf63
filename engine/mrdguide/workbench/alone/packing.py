"""Many files as one that a browser unpacks by itself: gzip of a line of JSON, `[[name, bytes], ...]`, and their contents."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files in the order of their names; the same files give the same bytes."""
    names = sorted(files)
    listed = json.dumps([[name, len(files[name])] for name in names], separators=(",", ":")).encode()
    return compressed(b"".join([listed, b"\n", *(files[name] for name in names)]))


def compressed(content: bytes) -> bytes:
    """Content as `DecompressionStream("gzip")` reads it."""
    return gzip.compress(content, 9, mtime=0)
