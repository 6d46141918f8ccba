"""Putting many rows into a table at once, on both databases, past the unit of work but not past its types."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from portal.db import db, is_postgres

CHUNK = 20_000
CACHE_KIB = 256 * 1024  # of SQLite, while millions of index entries arrive in no order
Tell = Callable[[str], None]
Row = Sequence[Any]


def silent(_line: str) -> None:
    """For callers who want to hear nothing."""


def bulk_insert(
    table: Table, columns: Sequence[str], rows: Iterable[Row], *, tell: Tell = silent, total: int = 0
) -> int:
    """Insert rows (values in the order of `columns`) in the caller's transaction; returns how many.

    COPY on PostgreSQL, one prepared statement on SQLite; values go through the types of the columns as always.
    total: how many there will be, where `tell` should hear how far it is. Columns left out need a default of the
    database itself.
    """
    connection = db.session.connection()
    write = _copy(connection, table, columns) if is_postgres() else _many(connection, table, columns)
    convert = _converter(connection, table, columns)
    done, rows = 0, iter(rows)
    while chunk := [convert(row) for row in islice(rows, CHUNK)]:
        write(chunk)
        done += len(chunk)
        if total > CHUNK and done % (10 * CHUNK) == 0:
            tell(f"{table.name} {done:,} of {total:,}")
    tell(f"{table.name} {done:,}")
    return done


def next_numbers_follow(tables: Iterable[Table]) -> None:
    """Let PostgreSQL's sequences go on behind the numbers that were given; SQLite looks for itself."""
    if not is_postgres():
        return
    for table in tables:
        sequence = select(func.pg_get_serial_sequence(table.name, "id")).scalar_subquery()
        newest = select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery()
        db.session.execute(select(func.setval(sequence, newest + 1, False)))


def take_stock(tables: Iterable[Table]) -> None:
    """Let PostgreSQL count what it holds now, as its own cleaner would do sooner or later: plans depend on it."""
    if is_postgres():
        for table in tables:
            db.session.execute(text(f'ANALYZE "{table.name}"'))


@contextmanager
def roomy() -> Iterator[None]:
    """More of the file in memory while it is loaded: SQLite's usual two megabytes would be written over and over."""
    if is_postgres():
        yield
        return
    connection = db.session.connection()
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={before}")


def _converter(connection: Connection, table: Table, columns: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    dialect = connection.dialect
    types = (table.c[name].type.dialect_impl(dialect) for name in columns)
    found = [(place, kind.bind_processor(dialect)) for place, kind in enumerate(types)]
    needed = [(place, process) for place, process in found if process is not None]

    def convert(row: Row) -> tuple[Any, ...]:
        values = list(row)
        for place, process in needed:
            values[place] = process(values[place])
        return tuple(values)

    return convert


def _many(connection: Connection, table: Table, columns: Sequence[str]) -> Callable[[list[tuple[Any, ...]]], None]:
    statement = f"INSERT INTO {_named(connection, table, columns)} VALUES ({', '.join('?' * len(columns))})"

    def write(chunk: list[tuple[Any, ...]]) -> None:
        connection.exec_driver_sql(statement, chunk)

    return write


def _copy(connection: Connection, table: Table, columns: Sequence[str]) -> Callable[[list[tuple[Any, ...]]], None]:
    statement, refused = f"COPY {_named(connection, table, columns)} FROM STDIN", connection.dialect.loaded_dbapi.Error

    def write(chunk: list[tuple[Any, ...]]) -> None:
        try:
            with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
                for row in chunk:
                    copy.write_row(row)
        except refused as error:  # the driver's own, past the engine that would have made it one of its family
            raise DBAPIError(statement, None, error) from error

    return write


def _named(connection: Connection, table: Table, columns: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return f"{quote(table.name)} ({', '.join(quote(name) for name in columns)})"
