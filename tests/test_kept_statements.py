"""Statements that are kept and run often: compiled once, right on each database and in each transaction."""

from flask import Flask
from sqlalchemy import bindparam, insert, select
from sqlalchemy.engine import Connection

from portal.db import _compiled, db, run, table_of, writing
from portal.people.models import Place
from portal.people.roles import PlaceKind

PLACES = table_of(Place)
NAMED = select(PLACES.c.name).where(PLACES.c.id.in_(bindparam("numbers", expanding=True)))


def test_a_kept_statement_is_compiled_once_and_takes_lists_of_any_length(context: Flask, cast) -> None:
    first = run(NAMED, {"numbers": [cast.places["Harbour"]]}).scalars().all()
    compiled = list(_compiled[NAMED].values())
    second = run(NAMED, {"numbers": [cast.places["Harbour"], cast.places["Leeds"]]}).scalars().all()

    assert (len(first), len(second)) == (1, 2)
    assert list(_compiled[NAMED].values()) == compiled


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
