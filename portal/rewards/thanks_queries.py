"""Reading thanks. What was said to a hidden author is read by them alone, and stands in no list of anybody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.keys import KEY_MAX
from portal.people.directory import below
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.rewards.months import month_of
from portal.rewards.settings_queries import settings
from portal.rewards.thanks_models import Thanks, ThanksAllowance, ThanksEcho, ThanksReport
from portal.rewards.thanks_rules import ThanksRefusal
from portal.web.paging import cut, decode_cursor

PAGE = 20
FOUND_MAX = 8
ASKED_CHARS_MIN, ASKED_CHARS_MAX = 2, 60
MODERATES = (Role.PROGRAMME, Role.ADMINISTRATOR)
_FROM, _TO, _FROM_AT, _TO_AT = aliased(Person), aliased(Person), aliased(Place), aliased(Place)


@dataclass(frozen=True)
class Said:
    """A thanks as one viewer sees it. others: how many echo it, None until the viewer does.

    for_hidden_idea: it was said to the viewer for an idea that they said without showing their name.
    """

    id: int
    from_id: int
    from_name: str
    from_place: str
    to_id: int
    to_name: str
    to_place: str
    words: str
    points: int
    at: datetime
    echoed: bool
    others: int | None
    for_hidden_idea: int | None


@dataclass(frozen=True)
class Reported:
    """A thanks that those who moderate are asked about, or that is hidden now."""

    said: Said
    hidden_at: datetime | None
    hidden_reason: str
    reports: tuple[tuple[str, datetime], ...]  # their words; who asked is not told


def feed_rows(viewer: Viewer, *, before: int | None, limit: int) -> list[Said]:
    """Thanks that everybody may read, the newest first, from before a number."""
    query = _said(viewer).where(Thanks.hidden_at.is_(None), Thanks.for_hidden_idea.is_(None))
    if before is not None:
        query = query.where(Thanks.id < before)
    return [_shown(row) for row in db.session.execute(query.order_by(Thanks.id.desc()).limit(limit))]


def received(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[Said], str | None]:
    """What was said to the viewer, hidden or not known to anybody else included, the newest first."""
    query = _said(viewer).where(Thanks.to_id == viewer.id, Thanks.hidden_at.is_(None))
    if after := decode_cursor(cursor, int):
        query = query.where(Thanks.id < after[0])
    rows = db.session.execute(query.order_by(Thanks.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    return [_shown(row) for row in page], following


def said_for(viewer: Viewer, thanks_id: int) -> Said:
    """One thanks that everybody may read. Raises Missing."""
    row = db.session.execute(_said(viewer).where(Thanks.id == thanks_row(viewer, thanks_id).id)).one()
    return _shown(row)


def thanks_row(viewer: Viewer, thanks_id: int) -> Thanks:
    """The row of a thanks that everybody may read. Raises Missing."""
    public = Thanks.hidden_at.is_(None), Thanks.for_hidden_idea.is_(None)
    return _row(thanks_id, *public)


def thanks_to_moderate(viewer: Viewer, thanks_id: int) -> Thanks:
    """The row of a thanks that the viewer may decide about. Raises Missing."""
    giver = select(Person.id).join(Place, Place.id == Person.place_id)
    theirs = Thanks.from_id.in_(giver.where(below(viewer.scope(*MODERATES), Place.path)))
    return _row(thanks_id, Thanks.for_hidden_idea.is_(None), theirs)


def reported(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[Reported], str | None]:
    """What the viewer is asked to look at, or has been hidden, the newest first, and the next cursor."""
    open_ones = select(ThanksReport.thanks_id).where(ThanksReport.closed_at.is_(None))
    query = _said(viewer).add_columns(Thanks.hidden_at, Thanks.hidden_reason)
    query = query.where(
        Thanks.for_hidden_idea.is_(None), below(viewer.scope(*MODERATES), _FROM_AT.path),
        or_(Thanks.id.in_(open_ones), Thanks.hidden_at.is_not(None)),
    )  # fmt: skip
    if after := decode_cursor(cursor, int):
        query = query.where(Thanks.id < after[0])
    rows = db.session.execute(query.order_by(Thanks.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    words = _reports([row.id for row in page])
    found = [Reported(_shown(row), row.hidden_at, row.hidden_reason, tuple(words.get(row.id, ()))) for row in page]
    return found, following


def left_to_give(viewer: Viewer, *, now: datetime) -> int:
    """Points that the viewer can still give away this month."""
    month = str(month_of(now, viewer.timezone))
    mine = ThanksAllowance.person_id == viewer.id, ThanksAllowance.month == month
    left = db.session.scalar(select(ThanksAllowance.allowed - ThanksAllowance.used).where(*mine))
    return settings().thanks_monthly if left is None else left


def colleagues(viewer: Viewer, asked: str) -> Sequence[Row]:
    """(id, name, place) of a few colleagues whose name holds what was asked, by name; none for less than two signs."""
    asked = asked.strip()[:ASKED_CHARS_MAX]
    if len(asked) < ASKED_CHARS_MIN:
        return []
    query = _colleagues(viewer).where(Person.name.icontains(asked, autoescape=True))
    return db.session.execute(query.order_by(Person.name, Person.id).limit(FOUND_MAX)).all()


def colleague(viewer: Viewer, person_id: int) -> Row:
    """(id, name, place) of one colleague who can be thanked. Raises Missing."""
    row = None
    if 0 < person_id <= KEY_MAX:
        row = db.session.execute(_colleagues(viewer).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise Missing("colleague")
    return row


def demand_colleague(viewer: Viewer, person_id: int) -> None:
    """Raise Invalid `unknown_colleague` for somebody whom the viewer could not look up. Oneself is refused later."""
    try:
        if person_id != viewer.id:
            colleague(viewer, person_id)
    except Missing:
        raise ThanksRefusal.UNKNOWN.as_error() from None


def _colleagues(viewer: Viewer) -> Select:
    query = select(Person.id, Person.name, Place.name.label("place")).join(Place, Place.id == Person.place_id)
    return query.where(Person.deactivated_at.is_(None), Person.id != viewer.id, _of_the_same_work(viewer))


def _of_the_same_work(viewer: Viewer) -> ColumnElement[bool]:
    """Partners look up their own people and the organisation's, never another partner's."""
    if viewer.employer_id == viewer.organisation_id:
        return Person.id.is_not(None)
    return Person.employer_id.in_([viewer.employer_id, viewer.organisation_id])


def _row(thanks_id: int, *wanted: ColumnElement[bool]) -> Thanks:
    found = None
    if 0 < thanks_id <= KEY_MAX:
        query = select(Thanks).where(Thanks.id == thanks_id, *wanted).execution_options(populate_existing=True)
        found = db.session.scalar(query)
    if found is None:
        raise Missing("thanks")
    return found


def _said(viewer: Viewer) -> Select:
    own = and_(ThanksEcho.thanks_id == Thanks.id, ThanksEcho.person_id == viewer.id)
    echoed = select(ThanksEcho.thanks_id).where(own).correlate(Thanks).exists()
    count = select(func.count()).where(ThanksEcho.thanks_id == Thanks.id).correlate(Thanks).scalar_subquery()
    return (
        select(
            Thanks.id, Thanks.from_id, _FROM.name.label("from_name"), _FROM_AT.name.label("from_place"),
            Thanks.to_id, _TO.name.label("to_name"), _TO_AT.name.label("to_place"), Thanks.words, Thanks.points,
            Thanks.at, echoed.label("echoed"), case((echoed, count)).label("echoes"), Thanks.for_hidden_idea,
        )
        .join(_FROM, _FROM.id == Thanks.from_id)
        .join(_FROM_AT, _FROM_AT.id == _FROM.place_id)
        .join(_TO, _TO.id == Thanks.to_id)
        .join(_TO_AT, _TO_AT.id == _TO.place_id)
    )  # fmt: skip


def _shown(row: Row) -> Said:
    return Said(
        row.id, row.from_id, row.from_name, row.from_place, row.to_id, row.to_name, row.to_place, row.words,
        row.points, row.at, bool(row.echoed), row.echoes - 1 if row.echoed else None, row.for_hidden_idea,
    )  # fmt: skip


def _reports(thanks_ids: Sequence[int]) -> dict[int, list[tuple[str, datetime]]]:
    wanted = ThanksReport.thanks_id.in_(thanks_ids), ThanksReport.closed_at.is_(None)
    query = select(ThanksReport.thanks_id, ThanksReport.words, ThanksReport.at).where(*wanted)
    found: dict[int, list[tuple[str, datetime]]] = {}
    for row in db.session.execute(query.order_by(ThanksReport.at)) if thanks_ids else ():
        found.setdefault(row.thanks_id, []).append((row.words, row.at))
    return found
