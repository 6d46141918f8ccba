"""Statements that are kept and run often: written out once, right on each database and in each transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, case, event, insert, literal, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql.expression import TextualSelect

from portal.db import db, table_of, writing
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.statements import run, written_out

PLACES = table_of(Place)
NAMED = select(PLACES.c.name).where(PLACES.c.id.in_(bindparam("numbers", expanding=True)))
ODD = (
    "it's", "100%", "a:b", ":odd", "::text", "%(odd)s", "back\\slash", '"quoted"', "", "Zoë ✓", "?", "$1", "{odd}",
    "\x1fodd", -3, 0, 2**40, 0.1, 1e-9, True, False, PlaceKind.SITE, None,
)  # fmt: skip


@contextmanager
def heard(name: str, told: Callable[..., None]) -> Iterator[None]:
    event.listen(db.engine, name, told)
    try:
        yield
    finally:
        event.remove(db.engine, name, told)


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_a_constant_comes_back_as_it_is(context: Flask, cast, value: object) -> None:
    constant = literal(value).label("constant")
    kept = select(constant, PLACES.c.id).where(PLACES.c.id == bindparam("odd"))
    number = cast.places["Leeds"]

    plain = db.session.execute(kept, {"odd": number}).one()

    assert run(kept, {"odd": number}).one() == plain == (value, number)


def test_constants_are_text_and_what_is_asked_for_is_a_parameter(context: Flask, cast) -> None:
    words = case((PLACES.c.kind == PlaceKind.SITE, PlaceKind.TEAM), else_="neither")
    kept = select(PLACES.c.kind, words.label("words"), PLACES.c.id.label("number")).where(
        PLACES.c.kind.in_([PlaceKind.SITE, PlaceKind.TEAM]), PLACES.c.name != bindparam("name")
    )
    asked: list[object] = []

    with heard("before_cursor_execute", lambda *told: asked.append(told[3])):
        found = run(kept.order_by(PLACES.c.id).limit(3), {"name": "Leeds"}).all()

    assert [tuple(row._mapping) for row in found] == [("kind", "words", "number")] * 3
    assert {type(row.kind) for row in found} == {PlaceKind}
    assert [str(part) for part in asked] in (["('Leeds',)"], ["{'name': 'Leeds'}"])


def test_a_moment_is_asked_for_as_it_is_stored(context: Flask, cast) -> None:
    kept = select(literal(datetime(2026, 1, 1, tzinfo=UTC)).label("then"), PLACES.c.name).where(
        PLACES.c.id == bindparam("number")
    )

    found = run(kept, {"number": cast.places["Leeds"]}).one()

    assert found == db.session.execute(kept, {"number": cast.places["Leeds"]}).one()


def test_what_takes_a_list_of_open_length_is_run_as_it_was_written(context: Flask, cast) -> None:
    one = run(NAMED, {"numbers": [cast.places["Harbour"]]}).scalars().all()
    two = run(NAMED, {"numbers": [cast.places["Harbour"], cast.places["Leeds"]]}).scalars().all()

    assert (len(one), len(two)) == (1, 2)
    assert written_out(NAMED, db.engine.dialect) is None
    assert isinstance(written_out(select(PLACES.c.name), db.engine.dialect), TextualSelect)


def test_a_kept_statement_is_compiled_once(context: Flask, cast) -> None:
    kept = select(PLACES.c.name).where(PLACES.c.id == bindparam("number"))
    made: list[object] = []

    with (
        heard("before_execute", lambda _connection, element, *_rest: made.append(element)),
        heard("before_cursor_execute", lambda *_told: None),
    ):
        names = [run(kept, {"number": cast.places[name]}).scalar() for name in ("Leeds", "Manila")]

    assert names == ["Leeds", "Manila"]
    assert len(made) == 2 and made[0] is made[1]


def test_one_row_and_many_rows_are_compiled_apart(context: Flask, cast) -> None:
    add = insert(PLACES)
    row = {
        "kind": PlaceKind.TEAM,
        "parent_id": cast.places["Leeds"],
        "employer_id": cast.places["Harbour"],
        "site_id": cast.places["Leeds"],
    }

    with writing():
        run(add, row | {"name": "One", "path": "/one/"})
        run(add, [row | {"name": "Two", "path": "/two/"}, row | {"name": "Three", "path": "/three/"}])

    found = db.session.scalars(select(Place.name).where(Place.path.in_(["/one/", "/two/", "/three/"]))).all()
    assert sorted(found) == ["One", "Three", "Two"]


def test_it_runs_in_the_transaction_that_is_open_now(context: Flask, cast) -> None:
    before = _connection()
    db.session.rollback()

    with writing():
        inside = _connection()
        db.session.begin_nested().rollback()
        after_savepoint = _connection()

    assert "connection" not in db.session().info
    assert inside is after_savepoint
    assert inside is not before
    assert not inside.in_transaction()


def _connection() -> Connection:
    return run(NAMED, {"numbers": [1]}).connection
