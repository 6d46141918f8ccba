"""Statements that are kept and run often: written out once, so that a run costs little more than the database does.

SQLAlchemy finds a compiled statement by a description of all of it, and hands over every constant in it as a
parameter, at every run: for the statement of an idea's page that takes longer than SQLite takes to answer. A kept
statement is therefore written as text when it is first run, constants included; its parameters are what varies.
"""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Integer, Select, String, bindparam, column, event, literal, text
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType

from portal.db import db

PERCENTS = "format", "pyformat"  # with these a percent sign of a statement is written twice
HERE = "\x1f"  # stands before the name of a parameter while a statement is written: a colon may be part of a constant
MARKS = HERE, "%("  # the second is how SQLAlchemy itself marks a parameter until it is numbered


def run(statement: Any, parameters: Any = None) -> Any:
    """Run a statement that is kept and run often, past the unit of work; what varies are its parameters.

    Returns a result of SQLAlchemy, or what knows a `rowcount`. Only for statements that live as long as the program:
    at the top of a module, or in an `lru_cache`.
    """
    session = db.session()
    connection: Connection = session.info.get("connection") or session.connection()
    kept = _kept(statement, connection.dialect)
    if kept.straight and (answer := kept.straight.run(connection, parameters)) is not None:
        return answer
    return connection.execute(kept.written, parameters, execution_options={"compiled_cache": kept.compiled})


@event.listens_for(Session, "after_begin")
def _keep_connection(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Finding the connection of a running transaction again costs a tenth of a page: it is kept until that ends."""
    session.info["connection"] = connection


@event.listens_for(Session, "after_transaction_create")  # a savepoint is set when its connection is asked for
@event.listens_for(Session, "after_transaction_end")
def _forget_connection(session: Session, _transaction: SessionTransaction) -> None:
    session.info.pop("connection", None)


def places(name: str, count: int) -> list[BindParameter[int]]:
    """A fixed number of places for whole numbers in an IN.

    A list of open length has its statement's text put together again at every run, which costs more than the run.
    """
    return [bindparam(f"{name}_{place}", type_=Integer) for place in range(count)]


def placed(name: str, numbers: Sequence[int], count: int) -> dict[str, int]:
    """The parameters of `places`; those left over take the last number again, or 0, which no row has."""
    filled = [*numbers, *[numbers[-1] if numbers else 0] * (count - len(numbers))]
    return {f"{name}_{place}": number for place, number in enumerate(filled)}


class _OneStatement(dict[Any, Any]):
    """What one statement was compiled to, for each engine and set of parameters.

    The key of SQLAlchemy's own cache describes the whole statement and is hashed anew at every run.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_without_description(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_without_description(key), compiled)


def _without_description(key: Any) -> Any:
    dialect, _described, *rest = key
    return dialect, *rest


class _Kept:
    """How a statement is run on one kind of database, and what it was compiled to."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        written = written_out(statement, dialect) if isinstance(statement, Select) else None
        self.written = statement if written is None else written
        self.compiled = _OneStatement()
        self.straight = None
        if dialect.name == "postgresql":
            from portal.straight import Straight  # and the driver, which SQLite does not need

            self.straight = Straight(self.written, dialect)


_statements: WeakKeyDictionary[Any, dict[str, _Kept]] = WeakKeyDictionary()


def _kept(statement: Any, dialect: Dialect) -> _Kept:
    of_kinds = _statements.get(statement)
    if of_kinds is None:
        of_kinds = _statements.setdefault(statement, {})
    if (kept := of_kinds.get(dialect.name)) is None:
        kept = of_kinds.setdefault(dialect.name, _Kept(statement, dialect))
    return kept


def written_out(statement: Select[Any], dialect: Dialect) -> Any:
    """The statement as text with its constants in it, the same columns and the same parameters.

    None where that cannot be: it takes a list of open length.
    """
    writer = _writer(dialect)(dialect, statement)
    if writer.post_compile_params or writer.escaped_bind_names:
        return None
    words = writer.string.replace("%%", "%") if dialect.paramstyle in PERCENTS else writer.string
    columns = [column(one.keyname, one.type) for one in writer._result_columns]
    asked = [_asked_for(name, one) for one, name in writer.bind_names.items()]
    return text(words.replace(":", "\\:").replace(HERE, ":")).bindparams(*asked).columns(*columns)


def _asked_for(name: str, parameter: BindParameter[Any]) -> BindParameter[Any]:
    if parameter.required:
        return bindparam(name, type_=parameter.type)
    return bindparam(name, parameter.value, type_=parameter.type)


def _writer(dialect: Dialect) -> Callable[..., Any]:
    """A compiler of this kind of database that writes constants out, and parameters as `HERE` and their names."""
    base: type[SQLCompiler] = dialect.statement_compiler

    class Writer(base):  # type: ignore[misc, valid-type]
        def visit_bindparam(self, parameter: BindParameter[Any], **how: Any) -> str:
            if parameter.required or not _has_plain_form(parameter.value):
                return super().visit_bindparam(parameter, **how)
            if isinstance(parameter.type, NullType) and isinstance(parameter.value, str):
                parameter = literal(str(parameter.value), String)
            return super().visit_bindparam(parameter, **how | {"literal_binds": True})

        def bindparam_string(self, name: str, **_how: Any) -> str:
            return HERE + name

    return Writer


def _has_plain_form(value: Any) -> bool:
    """Words and whole numbers mean the same as text. A fraction or a moment would become another type on PostgreSQL."""
    if isinstance(value, list | tuple):
        return all(map(_has_plain_form, value))
    return isinstance(value, str | int) and not any(mark in str(value) for mark in MARKS)
