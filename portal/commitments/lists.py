"""Promises for programs: a page of a list, and one of them with everything that was ever said about it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, func, null, select
from sqlalchemy.orm import aliased

from portal.commitments import standings
from portal.commitments.models import (
    Commitment,
    Delivery,
    DeliverySite,
    DeliveryVerdict,
    DeliveryWithout,
    HandBack,
    PromisedDate,
    Update,
)
from portal.commitments.queries import byline, readable
from portal.commitments.rules import CommitmentState, Course, PromiseFacts, Standing, day_in
from portal.commitments.work_queries import Work, work_on
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.words import Names
from portal.metrics.models import Metric
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore
from portal.web.paging import cut, decode_cursor


@dataclass(frozen=True)
class Promise:
    """A promise in a list. row: the columns of `_promises`. course: with every date ever named."""

    row: Row
    course: Course
    standing: Standing


@dataclass(frozen=True)
class Full:
    """A promise with everything on its page. Rows hold who, when and what, the oldest first.

    dates: due_on, set_at, reason. updates: at, body. deliveries: with live_from, evidence, and what a second person
    said (looked_at, confirmed, reason). sites, without: delivery → (id, name).
    """

    promise: Promise
    said_by: str
    path: str
    dates: Sequence[Row]
    updates: Sequence[Row]
    deliveries: Sequence[Row]
    sites: dict[int, list[Row]]
    without: dict[int, list[Row]]
    hand_back: Row | None
    work: Work

    def facts(self, zone: str) -> PromiseFacts:
        """The promise as the rules see it, to know what may be offered."""
        row = self.promise.row
        asked, calling = self.work.need is not None, self.work.call is not None
        made_on = day_in(zone, row.made_at)
        parts = row.state, row.owner_id, row.sponsor_id, made_on, row.due_on
        return PromiseFacts(*parts, asked=asked, calling=calling)


def promises_page(
    viewer: Viewer,
    *,
    only: Standing | None,
    mine: bool,
    today: date,
    zone: str,
    limit: int,
    cursor: str | None,
    owner_id: int | None = None,
    site_id: int | None = None,
) -> tuple[list[Promise], str | None]:
    """Promises that the viewer may read, the newest first; mine: those the viewer owns. Raises Invalid `bad_cursor`.

    What was handed back is listed only where it is asked for, as on the board.
    """
    fits = standings.has(only, today) if only else Commitment.state != CommitmentState.HANDED_BACK
    query = _promises().where(readable(viewer), fits).order_by(Commitment.id.desc())
    if mine:
        query = query.where(Commitment.owner_id == viewer.id)
    if owner_id is not None:
        query = query.where(Commitment.owner_id == owner_id)
    if site_id is not None:
        query = query.where(Idea.site_id == site_id)
    if after := decode_cursor(cursor, int):
        query = query.where(Commitment.id < after[0])
    page, following = cut(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: (row.id,))
    return _with_courses(page, today, zone), following


def promise_in_full(viewer: Viewer, number: int, *, today: date, zone: str) -> Full:
    """One promise; raises Missing where the viewer may not read it."""
    rows = db.session.execute(_promises().where(Commitment.id == number, readable(viewer))).all()
    if not rows:
        raise Missing("promise")
    deliveries, hand_backs = _deliveries(number), _by_somebody(HandBack, HandBack.at, HandBack.reason, number=number)
    return Full(
        promise=_with_courses(rows, today, zone)[0], said_by=byline(rows[0]),
        path=rows[0].path or f"/{viewer.organisation_id}/",
        dates=_named_dates(number), updates=_by_somebody(Update, Update.at, Update.body, number=number),
        deliveries=deliveries, sites=_sites(DeliverySite, [row.id for row in deliveries]),
        without=_sites(DeliveryWithout, [row.id for row in deliveries]),
        hand_back=hand_backs[0] if hand_backs else None, work=work_on(viewer, number, today=today),
    )  # fmt: skip


def _promises() -> Select:
    owner, sponsor, author = aliased(Person), aliased(Person), aliased(Person)
    newest = select(func.max(Update.at)).where(Update.commitment_id == Commitment.id).scalar_subquery()
    return (
        select(
            Commitment.id, Commitment.idea_id, Commitment.state, Commitment.sentence, Commitment.due_on,
            Commitment.made_at, Commitment.accept_by, Commitment.nudges,
            Commitment.owner_id, owner.name.label("owner"), owner.job_title.label("owner_title"),
            Commitment.sponsor_id, sponsor.name.label("sponsor"), sponsor.job_title.label("sponsor_title"),
            Metric.code.label("metric_code"), Metric.name.label("metric"), IdeaScore.n_support,
            newest.label("updated_at"), standings.newest_live().label("live_from"), Commitment.kept_late,
            Idea.title, Idea.say, Idea.names, Idea.origin_label, Place.path,
            author.name.label("author"),
        )
        .join(Idea, Idea.id == Commitment.idea_id)
        .join(owner, owner.id == Commitment.owner_id)
        .join(sponsor, sponsor.id == Commitment.sponsor_id)
        .outerjoin(Place, Place.id == func.coalesce(Idea.site_id, Idea.employer_id))
        # Only a shown name is ever read.
        .outerjoin(author, and_(author.id == Idea.author_id, Idea.names == Names.SHOWN))
        .outerjoin(Metric, Metric.id == Commitment.metric_id)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Commitment.idea_id)
    )  # fmt: skip


def _with_courses(rows: Sequence[Row], today: date, zone: str) -> list[Promise]:
    """One query, however many promises."""
    courses = standings.courses_of(rows, zone)
    return [Promise(row, courses[row.id], standings.standing_of(row, courses[row.id], today)) for row in rows]


def _by_somebody(model: Any, *columns: Any, number: int) -> Sequence[Row]:
    query = select(model.id, model.by_id, Person.name.label("by"), *columns).join(Person, Person.id == model.by_id)
    return db.session.execute(query.where(model.commitment_id == number).order_by(model.id)).all()


def _named_dates(number: int) -> Sequence[Row]:
    named = PromisedDate
    query = select(named.due_on, named.set_at.label("at"), named.reason, named.set_by_id.label("by_id"),
                   Person.name.label("by")).join(Person, Person.id == named.set_by_id)  # fmt: skip
    return db.session.execute(query.where(named.commitment_id == number).order_by(named.id)).all()


def _deliveries(number: int) -> Sequence[Row]:
    by, looker, verdict = aliased(Person), aliased(Person), DeliveryVerdict
    query = (
        select(Delivery.id, Delivery.at, Delivery.by_id, by.name.label("by"), Delivery.live_from, Delivery.evidence,
               Delivery.reasons,
               verdict.at.label("looked_at"), verdict.by_id.label("looked_by_id"), looker.name.label("looked_by"),
               verdict.confirmed, verdict.reason)
        .join(by, by.id == Delivery.by_id)
        .outerjoin(verdict, verdict.delivery_id == Delivery.id)
        .outerjoin(looker, looker.id == verdict.by_id)
        .where(Delivery.commitment_id == number)
        .order_by(Delivery.id)
    )  # fmt: skip
    return db.session.execute(query).all()


def _sites(model: Any, delivery_ids: Sequence[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    own_day = model.live_from if model is DeliverySite else null()
    columns = model.delivery_id, Place.id, Place.name, own_day.label("own_day")
    query = select(*columns).join(Place, Place.id == model.site_id)
    for row in db.session.execute(query.where(model.delivery_id.in_(delivery_ids)).order_by(Place.name)):
        found[row.delivery_id].append(row)
    return found
