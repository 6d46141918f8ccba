"""What one write transaction promises, tried with real rivals on real files."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from portal.db import WRITER, db, install, is_postgres, writing
from portal.errors import Conflict, Unavailable
from portal.web import transactions

POINTS, RIVALS, ATTEMPTS = 20, 8, 10
Spend = Callable[[Engine], bool]


def test_rivals_who_read_and_then_write_never_spend_more_than_there_is(tmp_path: Path) -> None:
    engine = account(tmp_path)
    install(engine)

    spent = spend_together(engine, spend_as_writer)

    assert spent == POINTS
    assert balance(engine) == 0


@pytest.mark.slow
def test_the_drivers_own_transactions_would_have_let_them(tmp_path: Path) -> None:
    """The control: without our hook the same rivals overspend, so the test above can fail."""
    engine = account(tmp_path)

    @event.listens_for(engine, "connect")
    def wait_for_each_other(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=10000")

    spent = spend_together(engine, spend_as_the_driver_likes)

    assert spent > POINTS


def test_our_engine_runs_with_every_promise_switched_on(tmp_path: Path) -> None:
    engine = account(tmp_path)
    install(engine)

    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}

    assert found == wanted


def test_a_writer_waits_for_its_turn_and_then_writes_at_once(tmp_path: Path) -> None:
    engine = account(tmp_path)
    install(engine)
    began: list[float] = []

    def rival() -> None:
        with engine.connect().execution_options(**WRITER) as connection, connection.begin():
            began.append(time.monotonic())
            connection.execute(text("UPDATE account SET points = points - 1"))

    with engine.connect().execution_options(**WRITER) as first, first.begin():
        thread = threading.Thread(target=rival)
        thread.start()
        time.sleep(0.5)  # by now SQLite itself would ask every 100 ms
        waited, ended = not began, time.monotonic()
    thread.join()

    assert waited and balance(engine) == POINTS - 1
    assert began[0] - ended < 0.08


def test_a_writer_gives_up_after_its_limit_and_waits_as_long_the_next_time(tmp_path: Path) -> None:
    engine = account(tmp_path)
    install(engine)

    with (
        engine.connect().execution_options(**WRITER) as first,
        first.begin(),
        engine.connect().execution_options(**WRITER) as second,
    ):
        driver(second).execute("PRAGMA busy_timeout=200")
        begun = time.monotonic()
        with pytest.raises(OperationalError, match="database is locked") as refusal:
            second.begin()
        took = time.monotonic() - begun
        limit_ms = driver(second).execute("PRAGMA busy_timeout").fetchone()[0]

    assert 0.2 <= took < 2
    assert limit_ms == 200
    assert transactions.translated(refusal.value).code == "busy"


def test_readers_go_on_while_somebody_writes(tmp_path: Path) -> None:
    engine = account(tmp_path)
    install(engine)

    with engine.connect().execution_options(**WRITER) as writer:
        writer.execute(text("UPDATE account SET points = 0"))
        seen = balance(engine)
        writer.rollback()

    assert seen == POINTS


def test_what_raises_is_taken_back_whole(context: Flask) -> None:
    make_table()

    with pytest.raises(ZeroDivisionError), writing():
        db.session.execute(text("INSERT INTO trial VALUES (1)"))
        raise ZeroDivisionError

    assert rows() == []


def test_one_write_transaction_does_not_open_another(context: Flask) -> None:
    with pytest.raises(RuntimeError, match="already open"), writing(), writing():
        pass

    with writing():
        pass


def test_a_writer_sees_what_was_committed_after_the_page_was_read(context: Flask) -> None:
    make_table()
    assert rows() == []
    with other_connection() as other:
        other("INSERT INTO trial VALUES (7)")

    with writing():
        seen = rows()

    assert seen == [7]


def test_a_second_row_where_only_one_may_be_is_a_conflict(context: Flask) -> None:
    make_table()
    with writing():
        db.session.execute(text("INSERT INTO trial VALUES (1)"))

    with pytest.raises(Conflict) as refusal, transactions.writing():
        db.session.execute(text("INSERT INTO trial VALUES (1)"))

    assert refusal.value.code == "changed_meanwhile"
    assert rows() == [1]


def test_who_cannot_get_the_writer_in_time_is_told_to_try_again(context: Flask) -> None:
    make_table()
    with writing():
        db.session.execute(text("INSERT INTO trial VALUES (1)"))

    with other_connection() as other, pytest.raises(Unavailable) as refusal:
        if is_postgres():
            other("BEGIN", "UPDATE trial SET n = 2")
        else:
            other("BEGIN IMMEDIATE")
            db.session.execute(text("PRAGMA busy_timeout=50"))
        with transactions.writing():
            if is_postgres():
                db.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            db.session.execute(text("UPDATE trial SET n = 3"))

    assert refusal.value.code == "busy"


def test_a_full_database_says_so_loses_nothing_and_recovers(app: Flask) -> None:
    with app.app_context():
        if is_postgres():
            pytest.skip("a full PostgreSQL cannot be made here without filling the disk")
        make_table()
        pages = db.session.execute(text("PRAGMA page_count")).scalar()
        db.session.execute(text(f"PRAGMA max_page_count={pages}"))

        with pytest.raises(Unavailable) as refusal, transactions.writing():
            db.session.execute(text("CREATE TABLE filling AS SELECT hex(randomblob(100000)) AS much"))
        readable = rows()
        db.session.execute(text("PRAGMA max_page_count=1000000"))
        with transactions.writing():
            db.session.execute(text("INSERT INTO trial VALUES (2)"))

        assert refusal.value.code == "storage_full"
        assert readable == []
        assert rows() == [2]


def test_a_database_that_takes_no_write_is_unavailable(context: Flask) -> None:
    make_table()

    with pytest.raises(Unavailable) as refusal, transactions.writing():
        db.session.execute(text("SET TRANSACTION READ ONLY" if is_postgres() else "PRAGMA query_only=ON"))
        db.session.execute(text("INSERT INTO trial VALUES (1)"))

    assert refusal.value.code == "database_unavailable"


def account(folder: Path) -> Engine:
    path = folder / "account.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE account (points INTEGER)")
        connection.execute("INSERT INTO account VALUES (?)", (POINTS,))
    connection.close()
    return create_engine(f"sqlite:///{path}", connect_args={"timeout": 20}, poolclass=NullPool)


def driver(connection: Connection) -> sqlite3.Connection:
    return connection.connection.driver_connection  # type: ignore[return-value]


def balance(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT points FROM account")).scalar_one()


def spend_together(engine: Engine, spend: Spend) -> int:
    """How many spends were accepted in all."""
    accepted: list[bool] = []
    threads = [threading.Thread(target=lambda: accepted.extend(spend(engine) for _ in range(ATTEMPTS)))
               for _ in range(RIVALS)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(accepted)


def spend_as_writer(engine: Engine) -> bool:
    with engine.connect().execution_options(**WRITER) as connection, connection.begin():
        return read_and_write(connection)


def spend_as_the_driver_likes(engine: Engine) -> bool:
    try:
        with engine.connect() as connection, connection.begin():
            return read_and_write(connection)
    except OperationalError:
        return False


def read_and_write(connection: Connection) -> bool:
    if connection.execute(text("SELECT points FROM account")).scalar_one() < 1:
        return False
    time.sleep(0.002)
    connection.execute(text("UPDATE account SET points = points - 1"))
    return True


def make_table() -> None:
    with writing():
        db.session.execute(text("CREATE TABLE trial (n INTEGER PRIMARY KEY)"))


def rows() -> list[int]:
    found = list(db.session.execute(text("SELECT n FROM trial ORDER BY n")).scalars())
    if not db.session().info.get("writing"):
        db.session.rollback()
    return found


@contextmanager
def other_connection() -> Iterator[Callable[..., None]]:
    """Somebody else, straight to the same database."""
    url = db.engine.url
    if is_postgres():
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(address, autocommit=True)
    else:
        connection = sqlite3.connect(str(url.database), isolation_level=None)  # type: ignore[assignment]
    try:
        yield lambda *statements: [connection.execute(statement) for statement in statements]  # type: ignore[misc]
    finally:
        connection.close()


def test_a_connection_that_was_lost_while_it_rested_is_replaced_before_anybody_notices(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_postgres():
        pytest.skip("a file has no connection to lose")
    engine = create_engine(db.engine.url)
    install(engine)
    monkeypatch.setattr("portal.db.IDLE_SECONDS", -1.0)
    lost = backend_of(engine)

    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": lost})
    found = backend_of(engine)
    engine.dispose()

    assert found != lost


def test_without_asking_a_lost_connection_would_be_noticed(context: Flask) -> None:
    """The control: without our hook the next user of the connection meets the error, so the test above can fail."""
    if not is_postgres():
        pytest.skip("a file has no connection to lose")
    engine = create_engine(db.engine.url)
    lost = backend_of(engine)

    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": lost})
    with pytest.raises(OperationalError):
        backend_of(engine)
    engine.dispose()


def backend_of(engine: Engine) -> int:
    """The number of the server's process behind a pooled connection."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
