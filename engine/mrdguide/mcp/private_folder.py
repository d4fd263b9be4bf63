"""The folder that only its owner can read: the key of confirmations, proposals that wait, confirmations, and used ones."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
import time
from pathlib import Path
from typing import Any

from ..errors import UsageError

KEPT_SECONDS = 2 * 24 * 3_600
"""How long a proposal that nobody evaluated stays, and how long a used confirmation is known as used."""

_KEY_BYTES = 32
_LARGEST = 64 * 1024 * 1024
MOST_WAITING = 200
_NAME = re.compile(r"[0-9a-f]{8,64}")
_OTHERS = 0o077


def default_folder() -> Path:
    """`$XDG_STATE_HOME/mrdguide/mcp`, by default below `~/.local/state`."""
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "mrdguide" / "mcp"


class PrivateFolder:
    """What server and confirming person share. Nobody but the owner may be able to read or change it."""

    def __init__(self, place: Path) -> None:
        """Raises UsageError where the folder cannot be made, is a link, or is open to others."""
        self.place = place
        try:
            place.mkdir(parents=True, mode=0o700, exist_ok=True)
            for name in ("proposals", "confirmed", "used"):
                (place / name).mkdir(mode=0o700, exist_ok=True)
                _see_that_it_is_private(place / name, (place / name).lstat(), stat.S_ISDIR)
            _see_that_it_is_private(place, place.lstat(), stat.S_ISDIR)
        except OSError as error:
            raise UsageError(
                f"{place}: the private folder cannot be used: {error.strerror}; name another with --folder"
            ) from None

    def key(self) -> bytes:
        """The key by which confirmations are signed, made at first use.

        Raises:
            UsageError: it is a link, others can read it, or it is no key.
        """
        path = self.place / "key"
        if not os.path.lexists(path):
            _make(path, secrets.token_bytes(_KEY_BYTES))
        found = _read(path)
        if len(found) != _KEY_BYTES:
            raise UsageError(
                f"{path}: is not a key of {_KEY_BYTES} bytes; remove it, and confirm again what was confirmed"
            )
        return found

    def keep_proposal(self, name: str, content: dict[str, Any]) -> None:
        """Raises UsageError where it cannot be written, or too many wait."""
        self.forget_old()
        waiting = len(list((self.place / "proposals").iterdir()))
        if waiting >= MOST_WAITING:
            raise UsageError(f"{waiting} proposals wait in {self.place}; confirm or remove some first")
        self._keep("proposals", name, content)

    def proposal(self, name: str) -> dict[str, Any]:
        """A proposal that waits, by its name or the beginning of it (at least 8 characters).

        Raises:
            UsageError: there is none, or several.
        """
        if not _NAME.fullmatch(name):
            raise UsageError("proposal: give its name as propose_profile returned it (8 to 64 of 0-9, a-f)")
        found = [path.stem for path in (self.place / "proposals").glob(f"{name}*.json")]
        if len(found) != 1:
            what = "no proposal of that name waits" if not found else "several proposals begin so"
            raise UsageError(
                f"proposal {name[:16]}: {what}; a proposal waits for two days at most, and until it is evaluated"
            )
        return self._kept("proposals", found[0])

    def waiting(self) -> tuple[str, ...]:
        """The names of all proposals that wait, the oldest first."""
        paths = sorted((self.place / "proposals").glob("*.json"), key=lambda path: path.lstat().st_mtime)
        return tuple(path.stem for path in paths)

    def keep_confirmation(self, name: str, content: dict[str, Any]) -> None:
        """Raises UsageError where it cannot be written. One that was there before is replaced: the later word counts."""
        (self.place / "confirmed" / f"{name}.json").unlink(missing_ok=True)
        self._keep("confirmed", name, content)

    def confirmation(self, name: str) -> dict[str, Any] | None:
        """What was confirmed of a proposal, not yet verified; None where nothing was.

        Raises:
            UsageError: it cannot be read.
        """
        there = os.path.lexists(self.place / "confirmed" / f"{name}.json")
        return self._kept("confirmed", name) if there else None

    def use_up(self, proposal: str, number: str) -> None:
        """Mark a confirmation as used, before anything is evaluated by it.

        Raises:
            UsageError: it was used before.
        """
        try:
            _make(self.place / "used" / number, b"")
        except FileExistsError:
            raise UsageError(
                "this confirmation was used before: each is good for one evaluation; confirm again"
            ) from None
        except OSError as error:
            raise UsageError(f"{self.place}: cannot be written: {error.strerror}; nothing was evaluated") from None
        for kind in ("confirmed", "proposals"):
            (self.place / kind / f"{proposal}.json").unlink(missing_ok=True)

    def forget_old(self) -> None:
        """Remove what is older than two days."""
        now = time.time()
        for path in (item for kind in ("proposals", "confirmed", "used") for item in (self.place / kind).iterdir()):
            try:
                if now - path.lstat().st_mtime > KEPT_SECONDS:
                    path.unlink(missing_ok=True)
            except OSError:
                continue  # another process was faster

    def _keep(self, kind: str, name: str, content: dict[str, Any]) -> None:
        path = self.place / kind / f"{name}.json"
        try:
            _make(path, json.dumps(content).encode("utf-8"))
        except FileExistsError:
            return  # named by its content: the same waits already
        except OSError as error:
            raise UsageError(f"{self.place}: cannot be written: {error.strerror}") from None

    def _kept(self, kind: str, name: str) -> dict[str, Any]:
        path = self.place / kind / f"{name}.json"
        try:
            found = json.loads(_read(path))
        except (ValueError, RecursionError):
            raise UsageError(f"{path}: is not as it was written; remove it") from None
        if not isinstance(found, dict):
            raise UsageError(f"{path}: is not as it was written; remove it")
        return found


def _make(path: Path, content: bytes) -> None:
    """Write a new file, readable by its owner alone; under its name it is whole from the first moment.

    Raises:
        FileExistsError: there is one of that name.
        OSError: it cannot be written.
    """
    partial = path.with_name(f".{secrets.token_hex(8)}.part")
    opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(opened, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.link(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    """The bytes of a private file, never through a link.

    Raises:
        UsageError: it is a link, others can read it, or it cannot be read.
    """
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        link = path.is_symlink()
        raise UsageError(
            f"{path}: {'is a link, which is not followed' if link else error.strerror}; remove it"
        ) from None
    with os.fdopen(opened, "rb") as stream:
        _see_that_it_is_private(path, os.fstat(opened), stat.S_ISREG)
        return stream.read(_LARGEST)


def _see_that_it_is_private(path: Path, found: os.stat_result, is_kind: Any) -> None:
    """Raises UsageError where it is a link, belongs to somebody else, or is open to others."""
    if not is_kind(found.st_mode):
        raise UsageError(f"{path}: is not what it should be (a link, perhaps); remove it")
    if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & _OTHERS):
        raise UsageError(f"{path}: others can read or change it; make it yours alone: chmod go= {path}")
