"""The velocity report: who gives points to whom and how fast, of what was paid under shown names.

Hidden authors are no part of pairs, rings or outliers: their points come in batches, which say nothing of who or why.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, String, cast, func, literal, select

from portal.db import db
from portal.ledger.models import Transfer
from portal.people.models import AuditEntry, Person, Place
from portal.people.roles import GROUP_MIN
from portal.rewards import velocity_rules as rules
from portal.rewards.models import Award
from portal.rewards.thanks_models import Thanks
from portal.rewards.velocity_rules import Move, Outlier
from portal.web.paging import cut, decode_cursor


@dataclass(frozen=True)
class NamedPair:
    """One person to another, often."""

    giver: str
    taker: str
    times: int
    points: int


@dataclass(frozen=True)
class NamedOutlier:
    """Far above what is usual for their kind: "person", "team" or "approver"."""

    kind: str
    name: str
    points: int
    usual: int
    sigmas: float


@dataclass(frozen=True)
class Velocity:
    """What an auditor should look at, over the last DAYS days."""

    since: datetime
    pairs: list[NamedPair]
    rings: list[tuple[str, ...]]
    outliers: list[NamedOutlier]


def report(*, now: datetime) -> Velocity:
    """The report up to now; four statements, over the awards and thanks of DAYS days."""
    # From midnight (UTC), so that the answer changes with what happened and not with the clock.
    since = (now.astimezone(UTC) - timedelta(days=rules.DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _awards(since)
    given = [Move(giver, row.person_id, row.points) for row in rows if (giver := _giver(row.actor_ref))]
    moves = [*given, *_thanks(since)]
    pairs, rings = rules.pairs(moves), rules.rings(moves)
    by_taker = _sums((row.person_id, row.points) for row in rows)
    by_giver = _sums((move.giver, move.points) for move in moves)
    by_team = _sums((row.team_id, row.points) for row in rows if row.team_id is not None)
    large = _large_teams(by_team)
    far = [
        *(("person", one) for one in rules.outliers(by_taker)),
        *(("approver", one) for one in rules.outliers(by_giver)),
        *(("team", one) for one in rules.outliers({key: by_team[key] for key in large})),
    ]
    people = {one.giver for one in pairs} | {one.taker for one in pairs} | {key for ring in rings for key in ring}
    names = _names(people | {one.key for kind, one in far if kind != "team"})
    return Velocity(
        since, [NamedPair(names[one.giver], names[one.taker], one.times, one.points) for one in pairs],
        [tuple(names[key] for key in ring) for ring in rings],
        [_named(kind, one, large if kind == "team" else names) for kind, one in far],
    )  # fmt: skip


def refusals(*, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """Every no about points, the newest first: `id`, `at`, `action`, `subject`, `detail` (JSON), `by`."""
    query = select(AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.subject, AuditEntry.detail,
                   Person.name.label("by")).outerjoin(Person, Person.id == AuditEntry.actor_id)  # fmt: skip
    kept = AuditEntry.action.startswith(rules.ABOUT_POINTS), AuditEntry.outcome == rules.REFUSED
    if after := decode_cursor(cursor, int):
        query = query.where(AuditEntry.id < after[0])
    rows = db.session.execute(query.where(*kept).order_by(AuditEntry.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def _awards(since: datetime) -> Sequence[Row]:
    cause = literal("award:") + cast(Award.id, String)
    query = select(Award.person_id, Award.points, Transfer.actor_ref, Person.team_id)
    query = query.join(Transfer, Transfer.cause == cause).join(Person, Person.id == Award.person_id)
    return db.session.execute(query.where(Award.hidden.is_(False), Award.paid_at >= since)).all()


def _thanks(since: datetime) -> list[Move]:
    shown = Thanks.points > 0, Thanks.at >= since, Thanks.for_hidden_idea.is_(None)
    rows = db.session.execute(select(Thanks.from_id, Thanks.to_id, Thanks.points).where(*shown))
    return [Move(row.from_id, row.to_id, row.points) for row in rows]


def _giver(actor_ref: str) -> int | None:
    return int(actor_ref.removeprefix("person:")) if actor_ref.startswith("person:") else None


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for key, points in pairs:
        found[key] += points
    return dict(found)


def _large_teams(of: Mapping[int, int]) -> dict[int, str]:
    """Teams with people enough for a figure, by name."""
    many = (
        select(Place.id, Place.name).join(Person, Person.team_id == Place.id)
        .where(Place.id.in_(list(of)), Person.deactivated_at.is_(None)).group_by(Place.id, Place.name)
        .having(func.count(Person.id) >= GROUP_MIN)
    )  # fmt: skip
    return {row.id: row.name for row in db.session.execute(many)}


def _names(people: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))}


def _named(kind: str, one: Outlier, names: Mapping[int, str]) -> NamedOutlier:
    return NamedOutlier(kind, names[one.key], one.points, round(one.usual), round(one.sigmas, 1))
