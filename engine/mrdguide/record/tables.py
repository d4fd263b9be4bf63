"""The two tables of a record with the triggers that refuse every rewriting of history; and a third, apart, that forgets."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, Connection, Float, Index, Integer, LargeBinary, MetaData, Table, Text, text

from .entry import EVALUATION, FEEDBACK

_METADATA = MetaData()
# In SQLite only an INTEGER key is the row's own number.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

STORE = Table(
    "mrdguide_store", _METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("format", Integer, nullable=False),
    Column("salt", Text, nullable=False),
)  # fmt: skip

ENTRIES = Table(
    "mrdguide_entries", _METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("recorded", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Text),
    Column("pseudonym", Text),
    Column("input_hash", Text),
    Column("input", Text),
    Column("rules_name", Text),
    Column("rules_version", Text),
    Column("rules_hash", Text),
    Column("evidence_hash", Text),
    Column("engine_version", Text),
    Column("cross_checked", Integer),
    Column("include_unverified", Integer),
    Column("outcome", Text),
    Column("possible_outcomes", Text, nullable=False),
    Column("recommendation_hash", Text),
    Column("about", _NUMBER),
    Column("body", Text),
    Column("previous_hash", Text, nullable=False),
    Column("entry_hash", Text, nullable=False, unique=True),
)  # fmt: skip

# Not of the record, and made only where a service shares something: see `expiring.py`.
EXPIRING = Table(
    "mrdguide_expiring", MetaData(),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("expires", Float(53), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("mrdguide_expiring_when", "kind", "expires"),
)  # fmt: skip

_REFUSAL = "the record is append-only"
# What an insert must not be. SQLite's INSERT OR REPLACE removes a row without asking the DELETE trigger.
_NOT_NEXT = {
    "mrdguide_store": "EXISTS (SELECT 1 FROM mrdguide_store)",
    "mrdguide_entries": (
        "NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM mrdguide_entries) "
        f"OR NEW.kind NOT IN ('{EVALUATION}', '{FEEDBACK}')"
    ),
}


def create(connection: Connection) -> None:
    """Make both tables and their guards, in the transaction of the connection."""
    _METADATA.create_all(connection)
    for statement in _guards(connection).values():
        connection.execute(text(statement))


def lost_guards(connection: Connection) -> list[str]:
    """Names of guards that are not there, or not as they were made."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        there = {row.name: row.sql for row in found}
        return [name for name, sql in _guards(connection).items() if there.get(name) != sql]
    found = connection.execute(
        text(
            "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgrelid IN "
            "(to_regclass('mrdguide_store'), to_regclass('mrdguide_entries'))"
        )
    )
    names = {name for (name,) in found}
    return [name for name in _guards(connection) if not name.endswith("()") and name not in names]


def _guards(connection: Connection) -> dict[str, str]:
    """Every guard by name, as the statement that makes it."""
    return dict(_sqlite_guards() if connection.dialect.name == "sqlite" else _postgresql_guards())


def _sqlite_guards() -> Iterator[tuple[str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for table, not_next in _NOT_NEXT.items():
        for action, condition in (("UPDATE", ""), ("DELETE", ""), ("INSERT", f"WHEN {not_next} ")):
            name = f"{table.replace('_', '_guard_')}_{action.lower()}"
            yield name, f"CREATE TRIGGER {name} BEFORE {action} ON {table} {condition}{refuse}"


def _postgresql_guards() -> Iterator[tuple[str, str]]:
    yield (
        "mrdguide_refuse()",
        "CREATE OR REPLACE FUNCTION mrdguide_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    )
    for table, not_next in _NOT_NEXT.items():
        name = table.replace("_", "_guard_")
        yield (
            f"{name}_change",
            f"CREATE TRIGGER {name}_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION mrdguide_refuse()",
        )
        # A trigger's WHEN takes no query in PostgreSQL, so each table has a function of its own.
        yield (
            f"{name}_next()",
            f"CREATE OR REPLACE FUNCTION {name}_next() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {not_next} THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN NEW; END $$",
        )
        yield (
            f"{name}_insert",
            f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}_next()",
        )
