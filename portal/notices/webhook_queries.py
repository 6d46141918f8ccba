"""Reading receivers of webhooks and their logs: for administrators of the whole organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select

from portal.db import db
from portal.notices.webhook_models import Delivery, Receiver
from portal.notices.webhook_rules import RECEIVERS_MAX, Ended, Paused
from portal.notices.webhook_service import demand_may, receiver_for
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.web.paging import cut, decode_cursor


@dataclass(frozen=True)
class ReceiverView:
    """A receiver as pages and programs see it. waiting: events that have not been taken yet."""

    number: int
    name: str
    url: str
    place_id: int | None
    place: str
    events: tuple[str, ...]
    made_at: datetime
    paused_at: datetime | None
    paused_because: Paused | None
    failing_since: datetime | None
    next_try_at: datetime | None
    both_until: datetime | None
    waiting: int


def receivers(viewer: Viewer) -> list[ReceiverView]:
    """Every receiver, in the order in which they were added. Raises Refused."""
    demand_may(viewer, "webhooks.see")
    return [_view(row) for row in db.session.execute(_receivers().order_by(Receiver.id).limit(RECEIVERS_MAX))]


def receiver_view(viewer: Viewer, number: int) -> ReceiverView:
    """One receiver. Raises Missing, Refused."""
    receiver_for(viewer, number)
    return _view(db.session.execute(_receivers().where(Receiver.id == number)).one())


def deliveries_page(
    viewer: Viewer, number: int, *, limit: int = 20, cursor: str | None = None
) -> tuple[Sequence[Delivery], str | None]:
    """The log of a receiver, the newest first, and the cursor of the next page. Raises Missing, Refused, Invalid."""
    receiver_for(viewer, number)
    query = select(Delivery).where(Delivery.receiver_id == number).order_by(Delivery.id.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(Delivery.id < after[0])
    return cut(db.session.scalars(query.limit(limit + 1)).all(), limit, lambda row: (row.id,))


def outcome_words(row: Delivery) -> str:
    """How a delivery stands, in a few words."""
    if row.ended is Ended.TAKEN:
        return f"Taken ({row.status})"
    if row.ended is not None:
        return row.ended.words
    if not row.attempts:
        return "Waiting"
    return f"Not taken ({row.status}), tried again" if row.status else f"No answer: {row.error}"


def places() -> list[tuple[int, str]]:
    """Employers and sites for the choice of a receiver's place, in the order of the tree."""
    rows = db.session.execute(
        select(Place.id, Place.name, Place.kind).where(Place.kind != PlaceKind.TEAM).order_by(Place.path)
    )
    return [(row.id, row.name if row.kind is PlaceKind.SITE else f"{row.name} (employer)") for row in rows]


def _receivers() -> Select:
    waits = Delivery.receiver_id == Receiver.id, Delivery.done_at.is_(None)
    waiting = select(func.count(Delivery.id)).where(*waits).scalar_subquery()
    query = select(Receiver, Place.name.label("place"), waiting.label("waiting"))
    return query.outerjoin(Place, Place.id == Receiver.place_id).where(Receiver.removed_at.is_(None))


def _view(row: Row) -> ReceiverView:
    it: Receiver = row.Receiver
    return ReceiverView(
        number=it.id, name=it.name, url=it.url, place_id=it.place_id, place=row.place or "",
        events=tuple(it.events.split()), made_at=it.made_at, paused_at=it.paused_at, paused_because=it.paused_because,
        failing_since=it.failing_since, next_try_at=it.next_try_at, both_until=it.before_until, waiting=row.waiting,
    )  # fmt: skip
