"""Reading what people with rights did."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select

from portal.db import db
from portal.people.imports import Top
from portal.people.models import AuditEntry, Person
from portal.people.policy import MAY, demand
from portal.people.viewer import Viewer
from portal.web.paging import decode_cursor, encode_cursor


@dataclass(frozen=True)
class TrailWanted:
    """What the trail is narrowed by. subject: "person:17"; action: "role.granted"."""

    action: str = ""
    subject: str = ""
    actor_id: int = 0
    after: str | None = None
    limit: int = 50


def trail(viewer: Viewer, wanted: TrailWanted) -> tuple[Sequence[Row], str | None]:
    """(id, at, actor id and name, action, subject, outcome, detail as JSON), the newest first, and the next cursor.

    An entry belongs to no place, so the right is needed on the whole organisation: raises Refused. Invalid
    `bad_cursor`.
    """
    demand(MAY, "audit.read", viewer, Top(f"/{viewer.organisation_id}/"))
    query = select(
        AuditEntry.id, AuditEntry.at, AuditEntry.actor_id, Person.name.label("actor"), AuditEntry.action,
        AuditEntry.subject, AuditEntry.outcome, AuditEntry.detail,
    ).outerjoin(Person, Person.id == AuditEntry.actor_id)  # fmt: skip
    for column, value in ((AuditEntry.action, wanted.action), (AuditEntry.subject, wanted.subject),
                          (AuditEntry.actor_id, wanted.actor_id)):  # fmt: skip
        if value:
            query = query.where(column == value)
    if after := decode_cursor(wanted.after, int):
        query = query.where(AuditEntry.id < after[0])
    rows = db.session.execute(query.order_by(AuditEntry.id.desc()).limit(wanted.limit + 1)).all()
    return rows[: wanted.limit], encode_cursor(rows[wanted.limit - 1].id) if len(rows) > wanted.limit else None
