"""The page of one promise: the line of the list and everything that was said about it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, Delivery, DeliverySite, DeliveryWithout
from portal.commitments.queries import Line, byline, commitment_for, lines_of
from portal.commitments.rules import PromiseFacts, day_in
from portal.commitments.work_queries import Work, work_on
from portal.db import db
from portal.ideas.models import Idea, Story
from portal.ideas.words import Names, StoryKind
from portal.metrics.models import Metric
from portal.people.models import Person, Place
from portal.people.viewer import Viewer

STEPS = (
    StoryKind.COMMITTED,
    StoryKind.ACCEPTED,
    StoryKind.HANDED_BACK,
    StoryKind.DATE_MOVED,
    StoryKind.UPDATED,
    StoryKind.DELIVERED,
    StoryKind.CONFIRMED,
    StoryKind.SENT_BACK,
    StoryKind.BACK,
    StoryKind.NOT_BACK,
    StoryKind.HELP_WANTED,
    StoryKind.HELPER_JOINED,
    StoryKind.DECISION_NEEDED,
    StoryKind.DECISION_GIVEN,
    StoryKind.HANDED_OVER,
    StoryKind.FLOOR_CHECKED,
    StoryKind.ROLLED_BACK,
    StoryKind.FROM_A_SHIFT,
)


@dataclass(frozen=True)
class Step:
    """One step in the story of a promise."""

    kind: StoryKind
    at: datetime
    actor: str | None
    words: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Delivered:
    """What the owner said was done. without: the sites that did not get it."""

    live_from: date
    evidence: str
    sites: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Everything on the page of one promise. path: the node at which the idea was said."""

    line: Line
    owner_id: int
    owner_title: str
    sponsor_id: int
    path: str
    made_at: datetime
    say: str
    title: str
    byline: str
    metric: str | None
    delivered: Delivered | None
    steps: Sequence[Step]
    work: Work

    def facts(self, zone: str) -> PromiseFacts:
        """The promise as the rules see it, to know what may be offered."""
        made_on = day_in(zone, self.made_at)
        asked, calling = self.work.need is not None, self.work.call is not None
        parts = self.line.state, self.owner_id, self.sponsor_id, made_on, self.line.due_on
        return PromiseFacts(*parts, asked=asked, calling=calling)


def page_of(viewer: Viewer, number: int, *, today: date, zone: str) -> Page:
    """The page of one promise; raises Missing where the viewer may not read it."""
    commitment_for(viewer, number)
    (line,) = lines_of([number], zone, today, viewer_id=viewer.id).values()
    row = _about(number)
    return Page(
        line=line, owner_id=row.owner_id, owner_title=row.job_title, sponsor_id=row.sponsor_id,
        path=row.path or f"/{viewer.organisation_id}/", made_at=row.made_at,
        say=row.say, title=row.title, byline=byline(row), metric=row.metric, delivered=_delivered(number),
        steps=_steps(line.idea_number, number), work=work_on(viewer, number, today=today),
    )  # fmt: skip


def _about(number: int) -> Any:
    owner, author = aliased(Person), aliased(Person)
    columns = (
        Commitment.owner_id, Commitment.sponsor_id, Commitment.made_at, owner.job_title, Idea.say, Idea.title,
        Idea.names, Idea.origin_label, Place.path, author.name.label("author"), Metric.name.label("metric"),
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Idea, Idea.id == Commitment.idea_id)
        .join(owner, owner.id == Commitment.owner_id)
        .outerjoin(Place, Place.id == func.coalesce(Idea.site_id, Idea.employer_id))
        # Only a shown name is ever read.
        .outerjoin(author, and_(author.id == Idea.author_id, Idea.names == Names.SHOWN))
        .outerjoin(Metric, Metric.id == Commitment.metric_id)
    )
    return db.session.execute(query.where(Commitment.id == number)).one()


def _delivered(number: int) -> Delivered | None:
    newest = select(func.max(Delivery.id)).where(Delivery.commitment_id == number).scalar_subquery()
    got, without = (
        select(Delivery.live_from, Delivery.evidence, Place.name, literal(has).label("has"))
        .join(model, model.delivery_id == Delivery.id)
        .join(Place, Place.id == model.site_id)
        .where(Delivery.id == newest)
        for model, has in ((DeliverySite, True), (DeliveryWithout, False))
    )
    rows = sorted(db.session.execute(got.union_all(without)), key=lambda row: row.name)
    if not rows:
        return None
    sites = {has: tuple(row.name for row in rows if bool(row.has) is has) for has in (True, False)}
    return Delivered(rows[0].live_from, rows[0].evidence, sites[True], sites[False])


def _steps(idea_number: int, number: int) -> list[Step]:
    query = (
        select(Story.kind, Story.at, Story.words, Story.facts, Person.name)
        .outerjoin(Person, Person.id == Story.actor_id)
        .where(Story.idea_id == idea_number, Story.kind.in_(STEPS))
        .order_by(Story.id.desc())
    )
    steps = [Step(row.kind, row.at, row.name, row.words, json.loads(row.facts)) for row in db.session.execute(query)]
    return [step for step in steps if step.facts.get("commitment") == number]
