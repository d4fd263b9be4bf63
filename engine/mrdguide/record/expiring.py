"""What the processes of one service share for a while: in the record's database, apart from its chain, and forgotten in time.

Nothing here is part of the record: entries are never changed, rows of this table are deleted when they expire.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, inspect, select

from .database import Database
from .tables import EXPIRING


class ExpiringTable:
    """Contents by key, of one kind, each until its time. Safe to share between threads, processes and machines.

    `kept_on` is how many seconds a key stays taken after its time, for clocks of other machines that are behind.
    Times are seconds since 1970.
    """

    def __init__(self, database: Database, kind: str, *, kept_on: float = 0) -> None:
        """Raises RecordError where the table is not there and cannot be made."""
        self._database, self._kind, self._kept_on = database, kind, kept_on
        if not database.read(_is_there):
            database.write(_make)

    def add(self, key: str, expires: float, now: float, content: bytes = b"", *, most: int | None = None) -> bool:
        """Keep `content` under `key`; False, and nothing is kept, where the key is taken.

        With more than `most` the first to expire make room. When this returns, all other processes see it.

        Raises:
            RecordError: the database refuses.
        """
        table, of_this_kind = EXPIRING, EXPIRING.c.kind == self._kind

        def work(connection: Connection) -> bool:
            connection.execute(delete(table).where(of_this_kind, table.c.expires <= now - self._kept_on))
            if connection.execute(select(table.c.key).where(of_this_kind, table.c.key == key)).first() is not None:
                return False
            connection.execute(insert(table), {"kind": self._kind, "key": key, "expires": expires, "content": content})
            if most is not None:
                latest = select(table.c.expires).where(of_this_kind).order_by(table.c.expires.desc())
                first_kept = latest.offset(most - 1).limit(1).scalar_subquery()
                connection.execute(delete(table).where(of_this_kind, table.c.expires < first_kept))
            return True

        return self._database.write(work)

    def find(self, key: str, now: float) -> bytes | None:
        """What is kept under a key; None where there is nothing, or not any more.

        Raises:
            RecordError: the database refuses.
        """
        query = select(EXPIRING.c.content).where(
            EXPIRING.c.kind == self._kind, EXPIRING.c.key == key, EXPIRING.c.expires > now
        )
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else bytes(row.content)


def _is_there(connection: Connection) -> bool:
    return inspect(connection).has_table(EXPIRING.name)


def _make(connection: Connection) -> None:
    # Another process may have made it while this one waited for the lock.
    EXPIRING.create(connection, checkfirst=True)
