"""What pages and the interface show of representatives, always through the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, CommitmentState
from portal.db import db
from portal.frontline import representative_queries as queries
from portal.frontline.representative_models import Carried, HandedIn, Rotation, Turn
from portal.frontline.representative_policy import MAY
from portal.frontline.representative_queries import STANDS, TurnLine, line_of, place_words, turn_lines
from portal.frontline.representative_rules import HANDING_UNTIL, RepresentativeRefusal
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Stage
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.web.paging import cut, decode_cursor

PLACES_OFFERED = 500
GIVEN_SHOWN = 50
ROTATES = (Role.TEAM_LEADER, Role.PROGRAMME, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Speaks:
    """Who speaks for a place, and who is next. ends: the day it was ended, or None. own: the viewer works there."""

    number: int
    place_id: int
    place: str
    weeks: int
    now: TurnLine | None
    following: TurnLine | None
    own: bool
    ended_at: datetime | None


@dataclass(frozen=True)
class CarriedLine:
    """What was carried in a turn, where it stands now, and the promise that came of it."""

    turn: int
    idea: int
    title: str
    stage: Stage
    words: str
    at: datetime
    owner: str | None
    due_on: date | None


@dataclass(frozen=True)
class PastTurn:
    """A turn with what was carried in it. handing: words for whoever came next; "" where they are not the viewer's."""

    line: TurnLine
    handing: str
    carried: CarriedLine | None


@dataclass(frozen=True)
class Given:
    """Something to carry. words: of everybody who gave it, without who they are."""

    idea: int
    title: str
    words: tuple[str, ...]


def speaks_page(viewer: Viewer, on: date, *, limit: int, cursor: str | None) -> tuple[list[Speaks], str | None]:
    """The places for which people speak in turn, those of the viewer's own first. Raises Invalid `bad_cursor`."""
    own = _own_places(viewer)
    query = _rotations().where(Rotation.ended_at.is_(None))
    if after := decode_cursor(cursor, int, int):
        first = Rotation.place_id.in_(own)
        later = Rotation.id > after[1]
        query = query.where(or_(and_(first, later), ~first) if after[0] else and_(~first, later))
    order = Rotation.place_id.in_(own).desc(), Rotation.id
    rows = db.session.execute(query.order_by(*order).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (int(row.place_id in own), row.id))
    return _speaks(viewer, page, on), following


def own_speaks(viewer: Viewer, on: date) -> list[Speaks]:
    """Who speaks for the viewer's team, site, employer and organisation; the nearest last to be asked first."""
    own = _own_places(viewer)
    query = _rotations().where(Rotation.ended_at.is_(None), Rotation.place_id.in_(own))
    found = _speaks(viewer, db.session.execute(query).all(), on)
    return sorted(found, key=lambda one: own.index(one.place_id), reverse=True)


def speaks_for(viewer: Viewer, rotation: Rotation, on: date) -> Speaks:
    """One rotation."""
    return _speaks(viewer, db.session.execute(_rotations().where(Rotation.id == rotation.id)).all(), on)[0]


def past_turns(
    viewer: Viewer, rotation: Rotation, on: date, *, limit: int, cursor: str | None
) -> tuple[list[PastTurn], str | None]:
    """The turns of a rotation that began, the newest first, with what the viewer may read of what they carried."""
    query = turn_lines().where(Turn.rotation_id == rotation.id, STANDS, Turn.starts_on <= on)
    if after := decode_cursor(cursor, int):
        query = query.where(Turn.id < after[0])
    rows = db.session.execute(query.order_by(Turn.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    carried = carried_in(viewer, [row.id for row in page])
    since = _own_since(viewer, rotation.id)
    return [
        PastTurn(line_of(row), row.handing if _may_read(viewer, row, since, on) else "", carried.get(row.id))
        for row in page
    ], following


def carried_in(viewer: Viewer, turn_ids: Sequence[int]) -> dict[int, CarriedLine]:
    """Turn → what was carried in it, where the viewer may read that."""
    owner = aliased(Person)
    promise = and_(Commitment.idea_id == Idea.id, Commitment.state != CommitmentState.HANDED_BACK)
    query = (
        select(Carried.turn_id, Carried.idea_id, Idea.title, Idea.stage, Carried.words, Carried.at,
               owner.name.label("owner"), Commitment.due_on)
        .join(Idea, Idea.id == Carried.idea_id)
        .outerjoin(Commitment, promise)
        .outerjoin(owner, owner.id == Commitment.owner_id)
        .where(Carried.turn_id.in_(turn_ids), visible_to(viewer))
    )  # fmt: skip
    found = [CarriedLine(*row) for row in db.session.execute(query)] if turn_ids else []
    return {one.turn: one for one in found}


def given(viewer: Viewer, rotation_id: int) -> list[Given]:
    """What is to be carried and still can be, what was given first first; for whoever has the turn."""
    open_ = Idea.stage == Stage.OPEN, Idea.hidden_at.is_(None)
    query = (
        select(HandedIn.idea_id, Idea.title, HandedIn.words)
        .join(Idea, Idea.id == HandedIn.idea_id)
        .where(HandedIn.rotation_id == rotation_id, visible_to(viewer), *open_)
        .order_by(HandedIn.id)
    )
    found: dict[int, Given] = {}
    for row in db.session.execute(query.limit(20 * GIVEN_SHOWN)):
        before = found.get(row.idea_id, Given(row.idea_id, row.title, ()))
        found[row.idea_id] = Given(row.idea_id, row.title, (*before.words, row.words) if row.words else before.words)
    return list(found.values())[:GIVEN_SHOWN]


def given_to(viewer: Viewer, rotation: Rotation, on: date) -> list[Given]:
    """The same; raises the refusal `not_your_turn` for everybody else."""
    turn = queries.turn_of(rotation.place_id, on)
    if turn is None or turn.rotation_id != rotation.id or turn.person_id != viewer.id:
        raise RepresentativeRefusal.NOT_YOUR_TURN.as_error()
    return given(viewer, rotation.id)


def given_by(viewer: Viewer, number: int) -> set[int]:
    """The rotations whose representatives have an idea from the viewer."""
    mine = HandedIn.person_id == viewer.id, HandedIn.idea_id == number
    return set(db.session.scalars(select(HandedIn.rotation_id).where(*mine)))


def places_offered(viewer: Viewer) -> Sequence[Row]:
    """(id, words) of the places where the viewer may begin a rotation and none runs, from the top of the tree."""
    above = aliased(Place)
    below = or_(false(), *(Place.path.startswith(path, autoescape=True) for path in viewer.scope(*ROTATES)))
    runs = exists().where(Rotation.place_id == Place.id, Rotation.ended_at.is_(None))
    query = select(Place.id, Place.kind, Place.name, above.name.label("above"))
    query = query.outerjoin(above, above.id == Place.parent_id).where(below, ~runs)
    rows = db.session.execute(query.order_by(Place.path).limit(PLACES_OFFERED)).all()
    return [(row.id, place_words(row.kind, row.name, row.above)) for row in rows]  # type: ignore[misc]


def may_rotate(viewer: Viewer, rotation: Rotation) -> bool:
    """Whether the viewer may end it."""
    return MAY["representative.rotate"](viewer, db.session.get_one(Place, rotation.place_id))


def _rotations() -> Select:
    above = aliased(Place)
    columns = (
        Rotation.id, Rotation.place_id, Rotation.weeks, Rotation.ended_at, Place.kind, Place.name,
        above.name.label("above"),
    )  # fmt: skip
    query = select(*columns).join(Place, Place.id == Rotation.place_id)
    return query.outerjoin(above, above.id == Place.parent_id)


def _speaks(viewer: Viewer, rows: Sequence[Row], on: date) -> list[Speaks]:
    wanted = Turn.rotation_id.in_([row.id for row in rows]), STANDS, Turn.ends_on >= on
    found: dict[int, list[TurnLine]] = {}
    for row in db.session.execute(turn_lines().where(*wanted).order_by(Turn.starts_on)) if rows else ():
        found.setdefault(row.rotation_id, []).append(line_of(row))
    return [_one(viewer, row, found.get(row.id, []), on) for row in rows]


def _one(viewer: Viewer, row: Any, turns: list[TurnLine], on: date) -> Speaks:
    now = next((one for one in turns if one.starts_on <= on), None)
    following = next((one for one in turns if one.starts_on > on), None)
    return Speaks(
        row.id, row.place_id, place_words(row.kind, row.name, row.above), row.weeks, now, following,
        queries.belongs(viewer, row.place_id), row.ended_at,
    )  # fmt: skip


def _own_places(viewer: Viewer) -> list[int]:
    return [int(part) for part in viewer.path.split("/") if part] if viewer.is_frontline else []


def _own_since(viewer: Viewer, rotation_id: int) -> date | None:
    """The first day of the viewer's newest turn of a rotation."""
    mine = Turn.rotation_id == rotation_id, Turn.person_id == viewer.id, STANDS
    return db.session.scalar(select(Turn.starts_on).where(*mine).order_by(Turn.starts_on.desc()).limit(1))


def _may_read(viewer: Viewer, row: Any, since: date | None, on: date) -> bool:
    """Words for the next one are read by who wrote them, and by who has or gets the turn afterwards."""
    if row.person_id == viewer.id:
        return True
    return since is not None and since > row.starts_on and on <= since + timedelta(weeks=26) + HANDING_UNTIL
