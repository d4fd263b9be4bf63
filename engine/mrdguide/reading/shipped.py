"""Where the shipped rules, evidence and examples are: inside an installed wheel, or beside `engine/` in a checkout."""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError

_PACKAGE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """The folder `rules`, `evidence` or `examples` that belongs to this installation.

    Raises:
        UsageError: it is not there.
    """
    for candidate in (_PACKAGE / "shipped" / name, _PACKAGE.parents[1] / name):
        if candidate.is_dir():
            return candidate
    raise UsageError(f"the shipped folder '{name}' is missing from this installation; reinstall mrdguide")
