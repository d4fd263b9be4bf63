"""The database under a record: SQLite or PostgreSQL, durable, one writer at a time."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError

from ..errors import RecordError, UsageError
from . import tables

Result = TypeVar("Result")

_ATTEMPTS = 6
# SQLite's result codes for "another one is at it" (the low byte; the rest says why).
_BUSY, _LOCKED = 5, 6
# The key of the advisory lock in PostgreSQL: any number that nobody else uses.
_LOCK_KEY = 0x6D72_6467_7569_6465
_WRITES = "mrdguide_writes"


class Database:
    """Connections to one database. Safe to share between threads, and to carry over a fork."""

    def __init__(self, where: str | os.PathLike[str], *, make: bool, wait: float) -> None:
        """Raises UsageError where `where` is no database that can hold a record, or (unless `make`) does not exist."""
        self._url = _url(where)
        self._wait = wait
        # With a password in it a URL must not be shown.
        self.name = self._url.database or "" if self._is_sqlite else self._url.render_as_string(hide_password=True)
        if self._is_sqlite:
            _reserve_file(self.name, make=make)
        self._file = _identity(self.name) if self._is_sqlite else None
        self._for_reading_only = self._is_sqlite and not make and _is_an_archived_copy(Path(self.name))
        self._engine = self._made_engine()
        self._process = os.getpid()
        self._lock = Lock()

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` in a transaction that writes nothing.

        Raises:
            RecordError: the database refuses, or stays busy.
        """
        return self._persevering(lambda: self._in_transaction(work, writes=False))

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` in a transaction, alone among all writers; when this returns, what it wrote is on disk.

        Raises:
            RecordError: the database refuses, or stays busy; then nothing was written (unless the connection to a server
                was lost during the commit: then nobody can say). Or the file of the database is no longer there.
        """
        self._after_fork()

        # Within one process a lock is fairer, and much faster, than asking the database again and again.
        def alone() -> Result:
            with self._lock:
                return self._in_transaction(work, writes=True)

        return self._persevering(alone)

    def close(self) -> None:
        self._engine.dispose()

    def _in_transaction(self, work: Callable[[Connection], Result], *, writes: bool) -> Result:
        self._after_fork()
        with self._engine.connect().execution_options(**{_WRITES: writes}) as connection, connection.begin():
            if writes and not self._is_sqlite:
                connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{self._wait:g}s"})
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            found = work(connection)
            self._see_that_it_is_there()
        # And again: between the two it was written.
        self._see_that_it_is_there()
        return found

    def _see_that_it_is_there(self) -> None:
        """SQLite writes on into a file that was removed, where nobody will ever find it."""
        if self._is_sqlite and _identity(self.name) != self._file:
            raise RecordError(
                f"{self.name}: the file was removed or replaced while it was in use, so nothing more is recorded in it; "
                "see that the right file is there, and start the program again"
            )

    def _persevering(self, attempt: Callable[[], Result]) -> Result:
        for left in reversed(range(_ATTEMPTS)):
            try:
                return attempt()
            except SQLAlchemyError as error:
                if not left or not _is_busy(error):
                    # Not `from error`: a driver's own words can quote a row.
                    raise RecordError(f"{self.name}: {_words(error)}") from None
            time.sleep(random.uniform(0, self._wait / _ATTEMPTS / 10))
        raise AssertionError("unreachable")

    def _after_fork(self) -> None:
        """A connection must not be used by two processes, so a child begins with none and its own lock."""
        if self._process != os.getpid():
            self._engine.dispose(close=False)
            self._lock = Lock()
            self._process = os.getpid()

    def _made_engine(self) -> Engine:
        options: dict[str, Any] = {"hide_parameters": True}
        if self._is_sqlite:
            options["connect_args"] = {"timeout": self._wait / _ATTEMPTS}
        else:
            # A snapshot taken while waiting for the lock would miss what the writer before us has written.
            options.update(isolation_level="READ COMMITTED", pool_pre_ping=True)
            options["connect_args"] = _patience(self._url, self._wait)
        url = _existing_file(self._url, self._for_reading_only) if self._is_sqlite else self._url
        try:
            engine = create_engine(url, **options)
        except ImportError as error:
            raise UsageError(
                f"the driver {error.name} for {self.name} is not installed; for PostgreSQL: "
                "pip install 'mrdguide[postgres]'"
            ) from None
        except SQLAlchemyError:
            raise UsageError(f"{self.name}: no URL of a database that can hold a record") from None
        if self._is_sqlite:
            event.listen(engine, "connect", _prepare_to_read if self._for_reading_only else _prepare_to_write)
            event.listen(engine, "begin", _begin_sqlite)
        return engine


def has_record(connection: Connection) -> bool:
    """Whether both tables are there."""
    found = inspect(connection)
    return all(found.has_table(table.name) for table in (tables.STORE, tables.ENTRIES))


def _url(where: str | os.PathLike[str]) -> URL:
    place = os.fspath(where)
    if "://" not in place:
        if not place:
            raise UsageError("a record needs the path of a file, or the URL of a database")
        return URL.create("sqlite", database=place)
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise UsageError("the URL of the record cannot be read; for example sqlite:///records.db") from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageError(f"a record is kept in SQLite or PostgreSQL, not in {url.get_backend_name()}")
    in_a_file = url.database and url.database != ":memory:" and not url.database.startswith("file:")
    if url.get_backend_name() == "sqlite" and not in_a_file:
        raise UsageError("a record in memory would be lost; give the path of a file, for example sqlite:///records.db")
    return url


def _reserve_file(path: str, *, make: bool) -> None:
    """See that the file is there; a new one is readable for its owner only, as SQLite's side files will be too."""
    try:
        if make:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        elif not Path(path).is_file():
            raise UsageError(f"there is no record at {path}")
    except ValueError:
        raise UsageError(f"{path!r} is not the name of a file; give the path of a SQLite file") from None
    except OSError as error:
        raise UsageError(f"cannot open the record {path}: {error.strerror}") from None


def _is_an_archived_copy(path: Path) -> bool:
    """Whether SQLite could not make its side files, and needs none: nothing was left in a write-ahead log."""
    writable = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    return not writable and not path.with_name(path.name + "-wal").exists()


def _patience(url: URL, wait: float) -> dict[str, int]:
    """How long a server may be silent, in libpq's words, unless the URL says it: a host that is gone answers nothing at all."""
    limits = {"connect_timeout": max(2, round(wait)), "tcp_user_timeout": max(2_000, round(wait * 1_000))}
    return {name: value for name, value in limits.items() if name not in url.query}


def _existing_file(url: URL, for_reading_only: bool) -> URL:
    """The file as it is there: never a new one in the place of one that was removed.

    For reading only it is one that nobody writes, so that it can be read from a medium that nobody can write to.
    """
    options = {"mode": "ro", "immutable": "1"} if for_reading_only else {"mode": "rw"}
    place = Path(url.database or "").absolute().as_uri()
    return url.set(database=place, query={**url.query, **options, "uri": "true"})


def _identity(path: str) -> tuple[int, int] | None:
    """What tells a file from another under the same name; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_to_read(connection: Any, _record: object) -> None:
    # Python's driver begins transactions on its own and too late; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    # Text that was tampered with into something that is no text must be found by `verify`, not stop it.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")


def _prepare_to_write(connection: Any, record: object) -> None:
    _prepare_to_read(connection, record)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_busy(error: SQLAlchemyError) -> bool:
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF in (_BUSY, _LOCKED)


def _words(error: SQLAlchemyError) -> str:
    """The first line of what the driver says: those after it may quote the row."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()
    return said[0] if said else type(error).__name__
