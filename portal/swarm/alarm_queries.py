"""Reading alarms. No team and no person is named in any of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, case, func, or_, select

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.queries import said_below, visible_to
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.swarm.alarm_models import SwarmAlarm
from portal.swarm.alarm_rules import AlarmKind, explained
from portal.web.paging import cut, decode_cursor

FLAGS = {AlarmKind.LINK: 1, AlarmKind.TEAM: 2, AlarmKind.BURST: 4}
PAGE = 50


@dataclass(frozen=True)
class AlarmLine:
    """An alarm for those who look into it. words: what was noticed; facts: the counts behind it, as of `at`."""

    number: int
    idea: int
    title: str
    kind: AlarmKind
    words: str
    facts: str
    at: datetime


def alarms_page(
    viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None
) -> tuple[Sequence[AlarmLine], str | None]:
    """Alarms about ideas below the node of the viewer's programme role, the newest first."""
    below = or_(*(said_below(path) for path in viewer.scope(Role.PROGRAMME)))
    query = _lines().where(visible_to(viewer), below)
    if after := decode_cursor(cursor, int):
        query = query.where(SwarmAlarm.id < after[0])
    rows = db.session.execute(query.order_by(SwarmAlarm.id.desc()).limit(limit + 1)).all()
    return cut([_line(row) for row in rows], limit, lambda line: (line.number,))


def alarms_of(idea_id: int) -> list[AlarmLine]:
    """The alarms about one idea, which the caller has shown that the viewer may know of."""
    query = _lines().where(SwarmAlarm.idea_id == idea_id).order_by(SwarmAlarm.id)
    return [_line(row) for row in db.session.execute(query)]


def alarm_flags() -> ScalarSelect[int]:
    """A column beside `Idea`: which alarms there are, as a sum of `FLAGS`. Show it only to who has decided."""
    value = case(FLAGS, value=SwarmAlarm.kind, else_=0)
    query = select(func.coalesce(func.sum(value), 0)).where(SwarmAlarm.idea_id == Idea.id)
    return query.correlate(Idea).scalar_subquery()


def kinds_in(flags: int | None) -> list[AlarmKind]:
    """The alarms in a value of `alarm_flags`."""
    return [kind for kind, flag in FLAGS.items() if (flags or 0) & flag]


def _lines() -> Select:
    columns = SwarmAlarm.id, SwarmAlarm.idea_id, SwarmAlarm.kind, SwarmAlarm.at, SwarmAlarm.facts, Idea.title
    return select(*columns).join(Idea, Idea.id == SwarmAlarm.idea_id)


def _line(row: Any) -> AlarmLine:
    facts = explained(row.kind, json.loads(row.facts))
    return AlarmLine(row.id, row.idea_id, row.title, row.kind, row.kind.words, facts, row.at)
