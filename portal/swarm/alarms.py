"""Looking for support that was pushed: among ideas with new votes, a bounded number at a time, by the worker."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, literal, select, update

from portal.db import db, insert_missing, is_postgres, table_of
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm.alarm_models import AlarmState, SwarmAlarm, TeamHour
from portal.swarm.alarm_rules import HISTORY_DAYS, SUPPORTERS_MIN, Alarm, Support, burst_alarm, share_alarms
from portal.swarm.models import IdeaScore, Via, Vote
from portal.swarm.rules import OPEN_STAGES, VoteKind

VOTES_AT_ONCE = 2_000
FIRST_LOOK = 20_000  # votes: further back nobody looks when the alarms are new
SUPPORTS_MAX = 2_000  # the newest of one idea
RECENT = timedelta(hours=48)  # in which a burst is news
SUPPORTS = (VoteKind.SUPPORT, VoteKind.STRONG)


@dataclass(frozen=True)
class Look:
    """What one look found. before, after: the last vote that was looked at. hours: (team, hour) → new supports."""

    before: int | None
    after: int
    votes: int
    hours: Mapping[tuple[int, datetime], int]
    found: Sequence[tuple[int, Alarm]]

    @property
    def more(self) -> bool:
        """There may be further votes to look at."""
        return self.votes == VOTES_AT_ONCE


def look(*, now: datetime) -> Look:
    """Read the votes since the last look, and examine the ideas they are about. A read."""
    before = db.session.scalar(select(AlarmState.vote_id).where(AlarmState.id == 1))
    start = before if before is not None else (db.session.scalar(select(func.max(Vote.id))) or 0) - FIRST_LOOK
    columns = Vote.id, Vote.idea_id, Vote.team_id, Vote.kind, Vote.via, Vote.at
    rows = db.session.execute(select(*columns).where(Vote.id > start).order_by(Vote.id).limit(VOTES_AT_ONCE)).all()
    supports = [row for row in rows if row.kind in SUPPORTS and row.via is not Via.IMPORT]
    hours = Counter((row.team_id, _hour(row.at)) for row in supports)
    found = [(idea, one) for idea in _worth_it({row.idea_id for row in supports}) for one in _examine(idea, now=now)]
    return Look(before, rows[-1].id if rows else max(0, start), len(rows), hours, found)


def note(seen: Look, *, now: datetime) -> int:
    """Write what a look found, unless another worker has looked meanwhile; returns how many alarms are new.

    A vote whose transaction ends after a later one's may be passed over; the idea's next vote brings it in.
    """
    if not _advance(seen, now):
        return 0
    _add_hours(seen.hours)
    oldest = now - timedelta(days=HISTORY_DAYS)
    db.session.execute(delete(TeamHour).where(TeamHour.hour < oldest))
    raised = 0
    for idea_id, alarm in seen.found:
        there = select(SwarmAlarm.id).where(SwarmAlarm.idea_id == idea_id, SwarmAlarm.kind == alarm.kind)
        if db.session.scalar(there) is None:
            facts = json.dumps(alarm.facts, sort_keys=True)
            db.session.execute(insert(SwarmAlarm).values(idea_id=idea_id, kind=alarm.kind, at=now, facts=facts))
            raised += 1
    return raised


def _worth_it(ideas: Iterable[int]) -> Sequence[int]:
    """Ideas that take votes and have enough supporters to say anything about them."""
    query = select(IdeaScore.idea_id).join(Idea, Idea.id == IdeaScore.idea_id).where(
        IdeaScore.idea_id.in_(sorted(ideas)), IdeaScore.n_support >= SUPPORTERS_MIN,
        Idea.stage.in_([Stage(word) for word in OPEN_STAGES]),
    )  # fmt: skip
    return db.session.scalars(query.order_by(IdeaScore.idea_id)).all()


def _examine(idea_id: int, *, now: datetime) -> list[Alarm]:
    standing = Vote.idea_id == idea_id, Vote.revoked_at.is_(None), Vote.kind.in_(SUPPORTS), Vote.via != Via.IMPORT
    query = select(Vote.team_id, Vote.via, Vote.at).where(*standing).order_by(Vote.id.desc()).limit(SUPPORTS_MAX)
    rows = db.session.execute(query).all()
    ways = Counter((row.team_id, row.via is Via.LINK) for row in rows)
    found = share_alarms(Support(team, by_link, count) for (team, by_link), count in ways.items())
    return [*found, *_bursts(rows, now)]


def _bursts(rows: Sequence[Row], now: datetime) -> list[Alarm]:
    here: dict[int, Counter[datetime]] = defaultdict(Counter)
    for row in rows:
        if row.at > now - RECENT:
            here[row.team_id][_hour(row.at)] += 1
    fast = [team for team, hours in here.items() if max(hours.values()) >= SUPPORTERS_MIN]
    usual: dict[int, dict[datetime, int]] = defaultdict(dict)
    since = now - timedelta(days=HISTORY_DAYS)
    if fast:
        query = select(table_of(TeamHour)).where(TeamHour.team_id.in_(fast), TeamHour.hour >= since)
        for row in db.session.execute(query):
            usual[row.team_id][row.hour] = row.supports
    alarms = [alarm for team in fast if (alarm := burst_alarm(here[team], usual[team]))]
    return sorted(alarms, key=lambda alarm: -alarm.facts["within_an_hour"])[:1]


def _advance(seen: Look, now: datetime) -> bool:
    values: dict[str, Any] = {"vote_id": seen.after, "at": now}
    if seen.before is None:
        insert_missing(table_of(AlarmState), ("id", "vote_id", "at"), select(*_literals({"id": 1} | values)))
        return db.session.scalar(select(AlarmState.at).where(AlarmState.id == 1)) == now
    same = AlarmState.id == 1, AlarmState.vote_id == seen.before
    done = db.session.execute(update(AlarmState).where(*same).values(**values))
    return done.rowcount == 1  # type: ignore[attr-defined]


def _literals(values: Mapping[str, Any]) -> list[Any]:
    columns = table_of(AlarmState).c
    return [literal(value, columns[name].type) for name, value in values.items()]


def _add_hours(hours: Mapping[tuple[int, datetime], int]) -> None:
    if not hours:
        return
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert as insert_
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_  # type: ignore[assignment]
    table = table_of(TeamHour)
    statement = insert_(table)
    more = {"supports": table.c.supports + statement.excluded.supports}
    statement = statement.on_conflict_do_update(index_elements=["team_id", "hour"], set_=more)
    # In one order, so that two workers never wait for each other.
    rows = [{"team_id": team, "hour": hour, "supports": count} for (team, hour), count in sorted(hours.items())]
    db.session.execute(statement, rows)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
