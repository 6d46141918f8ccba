"""Kept statements on PostgreSQL go straight to its library: the same rows and the same errors, in any transaction."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Boolean, Date, Float, String, bindparam, func, literal, select, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, StatementError

from portal import straight
from portal.db import UtcDateTime, Word, db, is_postgres, table_of, writing
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.statements import run
from tests.counting import counted

PLACES = table_of(Place)
NAME = select(PLACES.c.name).where(PLACES.c.id == bindparam("number"))
RENAME = update(PLACES).where(PLACES.c.id == bindparam("number")).values(name=bindparam("new"))
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'sayso%'")
NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["in a request", "in a transaction"])
def reading(request: pytest.FixtureRequest, context: Flask) -> Iterator[None]:
    """Both ways of reading PostgreSQL: without a transaction, and inside of one."""
    if not is_postgres():
        pytest.skip("only PostgreSQL has a straight way")
    if request.param == "in a transaction":
        yield
        return
    db.session.remove()
    with context.test_request_context():
        yield


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (String, "it's 100% :odd $1 %(odd)s \\ ✓"), (String, ""), (String, None), (Boolean, True), (Boolean, False),
        (Date, date(2026, 2, 28)), (UtcDateTime, NOON), (UtcDateTime, None), (Float, 0.1), (Float, 1e-300),
        (PLACES.c.id.type, -5), (PLACES.c.id.type, 2**31 - 1), (Word(PlaceKind), PlaceKind.SITE),
    ],
    ids=repr,
)  # fmt: skip
def test_a_parameter_comes_back_as_it_is(reading: None, cast, kind, value: object) -> None:
    kept = select(bindparam("value", type_=kind).label("value"), PLACES.c.kind).where(
        PLACES.c.id == cast.places["Leeds"]
    )

    rows = [run(kept, {"value": value}).one() for _ in range(3)]

    assert {tuple(row) for row in rows} == {(value, PlaceKind.SITE)}
    assert type(rows[0].value) is type(value)
    assert db.session.scalar(PREPARED) == 1


def test_what_is_counted_and_added_up_has_the_type_that_sqlalchemy_gives(reading: None, cast) -> None:
    number = literal(1.5).label("number")
    kept = select(func.count(), func.sum(PLACES.c.id), func.avg(PLACES.c.id), func.max(PLACES.c.path), number)

    straight_row, plain = run(kept).one(), db.session.execute(kept).one()

    assert straight_row == plain
    assert [type(part) for part in straight_row] == [type(part) for part in plain]
    assert straight_row._fields == plain._fields


def test_no_row_one_row_many_rows(reading: None, cast) -> None:
    kept = select(PLACES.c.id, PLACES.c.name).where(PLACES.c.id <= bindparam("most")).order_by(PLACES.c.id)

    assert run(kept, {"most": 0}).one_or_none() is None
    assert run(kept, {"most": 2**31 - 1}).all() == db.session.execute(kept, {"most": 2**31 - 1}).all()
    assert run(kept, {"most": 2**31 - 1}).scalars().first() == min(cast.places.values())


@pytest.mark.parametrize("missing", [{}, {"other": 1}], ids=repr)
def test_a_missing_parameter_is_an_error(reading: None, missing: dict[str, int]) -> None:
    with pytest.raises(StatementError, match="required for bind parameter 'number'"):
        run(NAME, missing)


def test_nought_bytes_are_refused_as_the_driver_does(reading: None) -> None:
    with pytest.raises(DataError):
        run(select(PLACES.c.id).where(PLACES.c.name == bindparam("name")), {"name": "Leeds\0"})


def test_more_statements_than_a_connection_keeps_are_answered_too(
    reading: None, cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(straight, "PREPARED_MAX", 2)
    kept = [select(PLACES.c.name, literal(which)).where(PLACES.c.id == bindparam("number")) for which in range(4)]

    names = [run(one, {"number": cast.places["Leeds"]}).one() for one in kept * 2]

    assert names == [("Leeds", which) for which in range(4)] * 2
    assert db.session.scalar(PREPARED) == 2


def test_whoever_watches_the_cursors_sees_every_statement(reading: None, context: Flask, cast) -> None:
    with counted(context) as seen:
        run(NAME, {"number": cast.places["Leeds"]})

    assert len(seen) == 1


@pytest.mark.parametrize("words", ["DEALLOCATE ALL", "  alter role current_user reset work_mem"])
def test_what_the_driver_makes_the_server_forget_is_prepared_again(reading: None, cast, words: str) -> None:
    asked = {"number": cast.places["Leeds"]}
    for _ in range(7):  # so that the driver has prepared something, too
        assert run(NAME, asked).scalar() == "Leeds"
        db.session.scalar(PREPARED)
    db.session.execute(text(words))

    assert run(NAME, asked).scalar() == "Leeds"
    assert db.session.scalar(PREPARED) == 1


def test_what_somebody_else_makes_the_server_forget_is_missed_once_at_most(reading: None, cast) -> None:
    asked = {"number": cast.places["Leeds"]}
    run(NAME, asked)
    raw: Any = db.session.connection().connection.driver_connection
    raw.pgconn.exec_(b"DEALLOCATE ALL")

    if raw.autocommit:
        assert run(NAME, asked).scalar() == "Leeds"
    else:
        with pytest.raises(DBAPIError, match="does not exist"):
            run(NAME, asked)
        db.session.rollback()

    assert run(NAME, asked).scalar() == "Leeds"
    assert db.session.scalar(PREPARED) == 1


def test_a_statement_that_fails_is_not_run_twice(reading: None, cast) -> None:
    share = PLACES.c.id / bindparam("by", type_=PLACES.c.id.type)
    kept = select(func.nextval("ideas_id_seq"), share).where(PLACES.c.id == cast.places["Leeds"])
    before = run(kept, {"by": 1}).one()[0]

    with pytest.raises(DataError):
        run(kept, {"by": 0})
    db.session.rollback()

    assert run(kept, {"by": 1}).one()[0] == before + 2


def test_a_lost_connection_is_an_error_once(reading: None, cast) -> None:
    asked = {"number": cast.places["Leeds"]}
    run(NAME, asked)
    lost = db.session.scalar(select(func.pg_backend_pid()))
    with db.engine.connect() as other:
        other.execute(select(func.pg_terminate_backend(lost, 1000)))

    with pytest.raises(DBAPIError) as caught:
        run(NAME, asked)
    db.session.rollback()

    assert caught.value.connection_invalidated
    assert run(NAME, asked).scalar() == "Leeds"


def test_a_write_on_a_connection_lost_while_it_rested_is_an_error_once(reading: None, cast) -> None:
    asked = {"number": cast.places["Leeds"]}
    db.session.rollback()
    with db.engine.connect() as used_next, db.engine.connect() as other:
        lost = used_next.scalar(select(func.pg_backend_pid()))
        used_next.rollback()
        other.execute(select(func.pg_terminate_backend(lost, 1000)))

    with pytest.raises(OperationalError) as caught, writing():
        run(RENAME, asked | {"new": "Elsewhere"})
    with writing():
        run(RENAME, asked | {"new": "Leeds North"})

    assert caught.value.connection_invalidated
    assert run(NAME, asked).scalar() == "Leeds North"


def test_a_write_says_how_many_rows_it_changed(reading: None, cast) -> None:
    with writing():
        done = run(RENAME, {"number": cast.places["Leeds"], "new": "Leeds North"})
        none = run(RENAME, {"number": 0, "new": "Nowhere"})

    assert (done.rowcount, none.rowcount) == (1, 0)
    assert run(NAME, {"number": cast.places["Leeds"]}).scalar() == "Leeds North"


def test_the_first_write_of_a_transaction_can_be_taken_back(reading: None, cast) -> None:
    asked = {"number": cast.places["Leeds"]}

    with pytest.raises(RuntimeError, match="changed my mind"), writing():
        run(RENAME, asked | {"new": "Elsewhere"})
        raise RuntimeError("changed my mind")
    with writing():
        with db.session.begin_nested() as savepoint:
            run(RENAME, asked | {"new": "Elsewhere"})
            savepoint.rollback()
        assert run(NAME, asked).scalar() == "Leeds"

    assert run(NAME, asked).scalar() == "Leeds"


def test_a_broken_rule_of_the_database_has_its_own_error(reading: None, cast) -> None:
    again = update(PLACES).where(PLACES.c.id == bindparam("number")).values(id=bindparam("new"))

    with pytest.raises(IntegrityError) as caught, writing():
        run(again, {"number": cast.places["Leeds"], "new": cast.places["Harbour"]})

    assert caught.value.orig is not None and caught.value.orig.sqlstate == "23505"  # type: ignore[attr-defined]
    assert run(NAME, {"number": cast.places["Leeds"]}).scalar() == "Leeds"


def test_an_isolation_level_that_was_asked_for_is_kept(reading: None, cast) -> None:
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})

    assert run(select(func.current_setting("transaction_isolation"))).scalar() == "repeatable read"
