"""Writing entries of the index together with the database's own list of words.

PostgreSQL keeps its list by itself. On SQLite no trigger may write into a virtual table while the schema is not
trusted (`trusted_schema=OFF`), so it is written here; nothing else may change `search_entries`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, update

from portal.db import db, is_postgres, table_of
from portal.ideas.search_models import SearchEntry

ENTRIES = table_of(SearchEntry)
CHANGED = ("idea_id", "at", "title", "text", "stems", "learned")
BY_ID = ENTRIES.c.id == bindparam("entry")
STANDING = select(ENTRIES.c.id, ENTRIES.c.stems).where(BY_ID)
ADD_WORDS = text("INSERT INTO search_fts(rowid, stems) VALUES (:entry, :stems)")
REMOVE_WORDS = text("INSERT INTO search_fts(search_fts, rowid, stems) VALUES ('delete', :entry, :stems)")


def put(row: dict[str, Any]) -> None:
    """Write one entry, over the one that is there for the same text."""
    if is_postgres():
        _put_postgres([row], over=True)
        return
    connection = db.session.connection()
    before = connection.execute(STANDING, {"entry": row["id"]}).one_or_none()
    if before is None:
        add([row])
        return
    if before.stems != row["stems"]:
        connection.execute(REMOVE_WORDS, {"entry": before.id, "stems": before.stems})
        connection.execute(ADD_WORDS, {"entry": before.id, "stems": row["stems"]})
    values = {name: row[name] for name in CHANGED}
    connection.execute(update(ENTRIES).where(BY_ID).values(**values), {"entry": before.id})


def add(rows: Sequence[dict[str, Any]]) -> None:
    """Write entries of which none is there. On PostgreSQL one that somebody has just written stays as it is."""
    if not rows:
        return
    if is_postgres():
        _put_postgres(rows, over=False)
        return
    connection = db.session.connection()
    connection.execute(insert(ENTRIES), list(rows))
    connection.execute(ADD_WORDS, [{"entry": row["id"], "stems": row["stems"]} for row in rows])


def remove(number: int) -> None:
    """Take an entry out, if it is there."""
    found = db.session.connection().execute(STANDING, {"entry": number}).one_or_none()
    if found is not None:
        remove_all([(found.id, found.stems)])


def remove_all(entries: Sequence[tuple[int, str]]) -> None:
    """Take entries out. entries: (id, stems) as they stand."""
    if not entries:
        return
    connection = db.session.connection()
    rows = [{"entry": number, "stems": stems} for number, stems in entries]
    if not is_postgres():
        connection.execute(REMOVE_WORDS, rows)
    connection.execute(delete(ENTRIES).where(BY_ID), [{"entry": row["entry"]} for row in rows])


def _put_postgres(rows: Sequence[dict[str, Any]], *, over: bool) -> None:
    db.session.connection().execute(_insert_postgres(over), list(rows) if len(rows) > 1 else rows[0])


@lru_cache(2)
def _insert_postgres(over: bool) -> Any:
    """Put together once: that costs more than running it."""
    from sqlalchemy.dialects.postgresql import insert as insert_postgres

    statement = insert_postgres(ENTRIES)
    changes = {name: statement.excluded[name] for name in CHANGED}
    if over:
        return statement.on_conflict_do_update(index_elements=["id"], set_=changes)
    return statement.on_conflict_do_nothing(index_elements=["id"])
