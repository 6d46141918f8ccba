"""The database: engine set-up, naming convention, column types. Everything that opens a transaction starts here."""

import hashlib
import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from flask import has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, String, Table, event, func, select
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # votes and points are promises: a power cut must not take back what was acknowledged
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-500",  # KB for each of a dozen connections; the system keeps the file's pages for all of them
    "secure_delete=ON",
    "trusted_schema=OFF",
)
WRITER = {"sayso_writer": True}
TRANSACTION = frozenset((*WRITER, "isolation_level"))  # options of a connection that ask for one
ASK_AGAIN = 0.0005, 0.0015  # seconds until a waiting writer asks again
IDLE_SECONDS = 5.0  # a connection to a server that rested longer than this is asked whether it is still there


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. Naive values are refused: they hide a missing time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A StrEnum stored by its value, readable in the database and checked on the way in and out."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words
        self._by_value = {word.value: word for word in words}  # asking the enum costs five times as much

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._by_value.get(value) or self.words(value)


class _Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UtcDateTime()})


db = SQLAlchemy(model_class=_Base, disable_autonaming=True)
if TYPE_CHECKING:
    Base = _Base
else:
    Base = db.Model  # the base of every model; the same thing, of which type checkers know no more than its name


def install(engine: Engine) -> None:
    """Give SQLite connections explicit transactions: BEGIN for readers, BEGIN IMMEDIATE for writers.

    The driver's own handling opens no transaction for a SELECT, so that reading a balance and then writing it
    accepts more than there is; a deferred writer fails with "database is locked" when it turns from reader to
    writer. An immediate writer waits its turn. PostgreSQL needs neither; there, connections that rested are tried,
    and pages read without a transaction.
    """
    if engine.dialect.name != "sqlite":
        from portal import straight  # and the driver, which SQLite does not need

        _try_rested(engine)
        _read_alone(engine)
        straight.install(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("sayso_writer"):
            _begin_writing(connection)
        else:
            connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]


def _read_alone(engine: Engine) -> None:
    """In a web request, open a transaction on PostgreSQL for the writer only, or where an isolation level is asked for.

    Each statement sees what is committed when it begins, with a transaction around it or without. Without one, two
    journeys to the server are saved, and the driver keeps the statements that it has prepared: it forgets all of
    them at every ROLLBACK, and making the plan of a page takes several times as long as following it.
    """

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        raw = cast(Any, connection.connection.driver_connection)
        alone = has_request_context() and not TRANSACTION.intersection(connection.get_execution_options())
        if raw.autocommit != alone:
            raw.autocommit = alone


def _try_rested(engine: Engine) -> None:
    """Ask a pooled connection whether it lives, if it has rested; a dead one is replaced before anybody notices.

    SQLAlchemy's own `pool_pre_ping` asks at every use, which costs a third of a vote.
    """

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _tried(connection: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
        rested = time.monotonic() - record.info.get("rests_since", time.monotonic())
        if rested > IDLE_SECONDS and not _lives(engine.dialect, connection):
            raise DisconnectionError("the connection was lost while it rested")


def _lives(dialect: Dialect, connection: Any) -> bool:
    try:
        return dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        if dialect.is_disconnect(error, connection, None):
            return False
        raise


def _begin_writing(connection: Connection) -> None:
    """BEGIN IMMEDIATE, asked for again and again for as long as `busy_timeout` says; then the database's own error.

    SQLite's own wait asks ever less often, in the end every 100 ms: whoever comes later gets in between, and one in
    a hundred waited a quarter of a second for writers that took three milliseconds each. A queue of file locks would
    be fairer still, but its wait knows no limit.
    """
    raw = connection.connection.cursor()
    limit_ms = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute("PRAGMA busy_timeout=0")
    try:
        give_up = time.monotonic() + limit_ms / 1000
        while time.monotonic() < give_up:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(random.uniform(*ASK_AGAIN))  # not in step with the others
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout={limit_ms}")
        raw.close()


@contextmanager
def writing() -> Iterator[None]:
    """One write transaction on the current session: commit when the block ends, roll back when it raises.

    Ends the read that came before, so that everything the block loads is what it will change. Only the edge
    uses it (`portal.web.transactions`, command line, worker); services flush and never commit. Not nestable.
    """
    db.session.rollback()
    if db.session().info.get("writing"):
        raise RuntimeError("a write transaction is already open")
    db.session().info["writing"] = True
    db.session.connection(execution_options=WRITER)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session().info.pop("writing", None)


def table_of(model: type[Base]) -> Table:
    """The table under a model, for statements that bypass the model's objects."""
    return cast(Table, model.__table__)  # declared wider, for models that are mapped to a join


def is_postgres() -> bool:
    """True on PostgreSQL, False on SQLite: the two databases Sayso runs on."""
    return db.engine.dialect.name == "postgresql"


def upsert(table: Any, values: Mapping[str, Any], *, key: tuple[str, ...], update: tuple[str, ...]) -> None:
    """Insert a row, or change `update` columns of the row that has the same `key`."""
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    statement = insert(table).values(**values)
    changes = {name: statement.excluded[name] for name in update}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changes))


def insert_if_new(table: Any, values: Mapping[str, Any], *, key: tuple[str, ...]) -> int | None:
    """Insert a row and return its id, or None where a row with the same `key` stands (or is just being written)."""
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=list(key))
    return db.session.execute(statement.returning(table.id)).scalar_one_or_none()


def insert_missing(table: Any, columns: Sequence[str], rows: Any) -> int:
    """Insert what a query gives; returns how many. Rows whose key is there, or just being written, stay as they are."""
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    statement = insert(table).from_select(list(columns), rows).on_conflict_do_nothing()
    written = db.session.execute(statement.execution_options(preserve_rowcount=True))
    return written.rowcount  # type: ignore[attr-defined]


def take_turns(name: str) -> None:
    """Let one transaction at a time past this point, until it ends. SQLite has one writer and needs nothing."""
    if is_postgres():
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(number)))
