"""What somebody who owns the database can do to the ledger."""

from sqlalchemy import text

from portal.db import WRITER, db, is_postgres
from portal.ledger.models import ChainHead, Transfer
from portal.ledger.postings import FIRST_HASH, Entry, Link, link_hash, request_hash


def run(statement: str) -> None:
    """A statement through the application's own connection."""
    db.session.rollback()
    try:
        db.session.connection(execution_options=WRITER)
        db.session.execute(text(statement))
        db.session.commit()
    finally:
        db.session.rollback()


def without_triggers(*statements: str) -> None:
    """What somebody who owns the database can do."""
    db.session.rollback()
    db.session.connection(execution_options=WRITER)
    if is_postgres():
        db.session.execute(text("ALTER TABLE ledger_transfers DISABLE TRIGGER USER"))
    else:
        for name in ("no_update", "no_delete", "chain"):
            db.session.execute(text(f"DROP TRIGGER IF EXISTS ledger_transfers_{name}"))
        db.session.commit()
        db.session.execute(text("PRAGMA foreign_keys=OFF"))
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


def rebuild() -> None:
    """Give every row the hashes that its content asks for, and the head too."""
    newest = FIRST_HASH
    for row in db.session.scalars(db.select(Transfer).order_by(Transfer.seq)).all():
        entry = Entry(row.kind, row.debit_id, row.credit_id, row.amount, row.reason_code, row.actor_ref, row.memo,
                      row.ref_seq)  # fmt: skip
        link = Link(row.seq, row.cause, entry, row.created_at, newest)
        row.prev_hash, row.request_hash, row.hash = newest, request_hash(entry), link_hash(link)
        newest = row.hash
    db.session.execute(db.update(ChainHead).values(hash=newest))
    db.session.commit()
