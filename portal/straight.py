"""Kept statements straight to PostgreSQL: prepared once for each connection, then a run is one call of its library.

By way of SQLAlchemy's and psycopg's cursors a statement costs the web process 0.16 ms and hands the processor to other
threads several times; this way 0.05 ms and once (docs/decisions/0018). Words, types, rows and errors are the same.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import adapt
from psycopg.abc import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Boolean, Float, event
from sqlalchemy.engine import Connection, Dialect, Engine, IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import TextualSelect
from sqlalchemy.types import TypeEngine

PREPARED_MAX = 100  # of one connection, like psycopg's own: each takes memory of the database server
ENCODING = "utf-8"
ON_CONNECTION = "sayso_straight"
DUMPS: dict[type, Callable[[Any], bytes | None]] = {
    type(None): lambda _nothing: None,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    float: lambda value: repr(value).encode(),
    str: str.encode,
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
}
OIDS: dict[type, int] = {Boolean: 16, Float: 701}  # in pg_type
MISSING = object()
THIS_WAY = ("0A", "26", "42")  # a plan, a name or a type that is not what it was taken for: SQLSTATE classes
FORGETS = re.compile(r"\s*(DROP|ALTER|ROLLBACK|DISCARD|DEALLOCATE)\b", re.IGNORECASE)
_numbers = count()


class Changed(NamedTuple):
    """The answer to a statement that gives no rows."""

    rowcount: int


class _Prepared:
    """What one connection knows: the names of its prepared statements, and how its rows are read."""

    def __init__(self, raw: Any) -> None:
        self.names: dict[_Form, bytes] = {}
        self.rows_of: Transformer = adapt.Transformer.from_context(raw)
        self.speaks_utf8 = raw.info.encoding == ENCODING


class _Parameter(NamedTuple):
    name: str
    default: Any
    to_database: Callable[[Any], Any] | None
    oid: int  # of its type, where SQLAlchemy writes no cast; 0 where the server finds it out


class _Form:
    """One statement as the library takes it."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        named = {name: one for one, name in compiled.bind_names.items()}
        self.text = compiled.string % {name: f"${place}" for place, name in enumerate(named, 1)}
        self.words = self.text.encode()
        defaults = compiled.construct_params(_check=False)
        self._parameters = [
            _Parameter(
                name, MISSING if one.required else defaults[name],
                one.type.dialect_impl(dialect).bind_processor(dialect), _oid(one.type),
            )
            for name, one in named.items()
        ]  # fmt: skip
        self.oids = [one.oid for one in self._parameters]
        self._columns = compiled._result_columns
        self._dialect = dialect
        self._keys: SimpleResultMetaData | None = None

    def values(self, given: Mapping[str, Any]) -> list[bytes | None] | None:
        """The parameters as text, in the order of their places; None if one of them has no plain form."""
        values: list[bytes | None] = []
        for name, default, to_database, _oid in self._parameters:
            value = given.get(name, default)
            if to_database is not None and value is not MISSING:
                value = to_database(value)
            dump = DUMPS.get(type(value))
            if dump is None or (dump is str.encode and "\0" in value):
                return None
            values.append(dump(value))
        return values

    def rows(self, answer: Any, transformer: Transformer) -> IteratorResult[Any]:
        """The rows, each value as SQLAlchemy would give it."""
        if self._keys is None:
            self._keys = self._keys_of(answer)
        transformer.set_pgresult(answer)
        return IteratorResult(self._keys, iter(transformer.load_rows(0, answer.ntuples, tuple)))

    def _keys_of(self, answer: Any) -> SimpleResultMetaData:
        processors = [
            one.type.dialect_impl(self._dialect).result_processor(self._dialect, answer.ftype(place))
            for place, one in enumerate(self._columns)
        ]
        names = [one.keyname for one in self._columns]
        return SimpleResultMetaData(names, _processors=processors if any(processors) else None)


def _oid(kind: TypeEngine[Any]) -> int:
    return next((oid for one, oid in OIDS.items() if isinstance(kind, one)), 0)


class Straight:
    """The straight way of a statement: of one form, or where it writes, of one for each set of columns given."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        self._statement, self._dialect = statement, dialect
        self._reads = isinstance(statement, TextualSelect)
        self._made: dict[tuple[str, ...], _Form | None] = {}

    def run(self, connection: Connection, parameters: Any) -> IteratorResult[Any] | Changed | None:
        """Run it; None where that is left to SQLAlchemy, and nothing has been done.

        Raises SQLAlchemy's `DBAPIError`. What only this way could not do is left to SQLAlchemy, too, where there is no
        transaction that has been broken by it.
        """
        if isinstance(parameters, list) or connection.engine.dispatch.before_cursor_execute:
            return None  # several rows, or somebody watches the cursors
        given = parameters or {}
        if (form := self._form(given)) is None or (values := form.values(given)) is None:
            return None
        raw: Any = connection.connection.driver_connection
        known = connection.info.get(ON_CONNECTION)
        if known is None:
            known = connection.info[ON_CONNECTION] = _Prepared(raw)
        if not known.speaks_utf8 or (form not in known.names and len(known.names) >= PREPARED_MAX):
            return None
        return _answered(connection, raw, known, form, values)

    def _form(self, parameters: Mapping[str, Any]) -> _Form | None:
        """None where only SQLAlchemy can run it: with lists of open length, or values that it makes up itself."""
        given = () if self._reads else tuple(parameters)
        if given not in self._made:
            self._made[given] = self._make(given)
        return self._made[given]

    def _make(self, given: tuple[str, ...]) -> _Form | None:
        compiled = self._statement.compile(dialect=self._dialect, column_keys=list(given) or None)
        made_up = (
            compiled.post_compile_params, compiled.escaped_bind_names, compiled.insert_prefetch,
            compiled.update_prefetch, compiled.implicit_returning,
        )  # fmt: skip
        return None if any(made_up) else _Form(compiled, self._dialect)


def install(engine: Engine) -> None:
    """Forget what a connection has prepared when psycopg makes its server forget everything: see its `_preparing`."""

    def forget(connection: Connection, *_savepoint: Any) -> None:
        if connection.invalidated:
            return
        raw: Any = connection.connection.driver_connection
        if raw.pgconn.transaction_status != TransactionStatus.IDLE:
            connection.info.pop(ON_CONNECTION, None)

    def ran(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if FORGETS.match(statement):
            connection.info.pop(ON_CONNECTION, None)

    event.listen(engine, "rollback", forget)
    event.listen(engine, "rollback_savepoint", forget)
    event.listen(engine, "after_cursor_execute", ran)


def _is_ready(raw: Any) -> bool:
    """Whether a statement can be sent as things stand; begins the transaction that the driver would begin now."""
    status = raw.pgconn.transaction_status
    if raw.autocommit or status != TransactionStatus.IDLE:
        return status in (TransactionStatus.IDLE, TransactionStatus.INTRANS)
    if raw.isolation_level is not None or raw.read_only is not None or raw.deferrable is not None:
        return False
    return raw.pgconn.exec_(b"BEGIN").status == ExecStatus.COMMAND_OK


def _answered(
    connection: Connection, raw: Any, known: _Prepared, form: _Form, values: list[bytes | None]
) -> IteratorResult[Any] | Changed | None:
    try:
        if not _is_ready(raw):
            return None
        answer = _sent(raw.pgconn, known, form, values)
    except psycopg.Error as error:
        known.names.pop(form, None)
        if raw.autocommit and (error.sqlstate or "").startswith(THIS_WAY):
            return None
        raise _as_sqlalchemy(connection, raw, form, error) from error
    if answer.status == ExecStatus.TUPLES_OK:
        return form.rows(answer, known.rows_of)
    return Changed(answer.command_tuples or 0)


def _sent(library: Any, known: _Prepared, form: _Form, values: list[bytes | None]) -> Any:
    """The library's answer. Raises the error of psycopg that belongs to it."""
    name = known.names.get(form)
    if name is None:
        name = b"sayso_%d" % next(_numbers)  # never one that this connection had before
        _checked(library.prepare(name, form.words, form.oids))
        known.names[form] = name
    return _checked(library.exec_prepared(name, values))


def _checked(answer: Any) -> Any:
    if answer.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise error_from_result(answer, ENCODING)
    return answer


def _as_sqlalchemy(connection: Connection, raw: Any, form: _Form, error: psycopg.Error) -> Exception:
    lost = connection.dialect.is_disconnect(error, raw, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        form.text, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect
    )
