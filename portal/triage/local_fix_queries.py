"""Reading what sites have promised for themselves, as far as the viewer may read the ideas."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import aliased

from portal.commitments.rules import CommitmentState, Course, NamedDate, Standing, day_in, standing
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Stage
from portal.keys import KEY_MAX
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.triage.local_fix_models import FixStepKind, LocalFix, LocalFixStep
from portal.web.paging import cut, decode_cursor

WITH_THE_SWARM = Idea.stage.in_((Stage.OPEN, Stage.PROMOTED))


@dataclass(frozen=True)
class FixLine:
    """A local fix in a list. first: the number of the fix that it was taken over from."""

    id: int
    idea: int
    title: str
    site_id: int
    site: str
    owner_id: int
    owner: str
    sentence: str
    state: CommitmentState
    live_from: date | None
    kept_late: bool | None
    first: int | None
    made_at: datetime
    updated_at: datetime
    dates: Sequence[NamedDate]

    @property
    def course(self) -> Course:
        """What decides how it looks."""
        return Course(self.state, self.dates, self.live_from)

    def standing(self, today: date) -> Standing:
        """How it looks on `today`, as with any promise."""
        if self.kept_late is None:
            return standing(self.course, today)
        return Standing.LATE_KEPT if self.kept_late else Standing.KEPT


@dataclass(frozen=True)
class FixStepLine:
    """One thing that happened to a local fix."""

    kind: FixStepKind
    at: datetime
    by_id: int
    by: str
    due_on: date | None
    live_from: date | None
    words: str


def fix_for(viewer: Viewer, number: int) -> LocalFix:
    """The fix with this number, where the viewer may read the idea; raises Missing otherwise."""
    query = select(LocalFix).join(Idea, Idea.id == LocalFix.idea_id).where(visible_to(viewer), LocalFix.id == number)
    found = db.session.scalar(query.execution_options(populate_existing=True)) if 0 < number <= KEY_MAX else None
    if found is None:
        raise Missing("promise")
    return found


def line_of(viewer: Viewer, number: int) -> FixLine:
    """The same as a line; raises Missing."""
    found = _lines(_query(viewer).where(LocalFix.id == number)) if 0 < number <= KEY_MAX else []
    if not found:
        raise Missing("promise")
    return found[0]


def steps_of(number: int) -> list[FixStepLine]:
    """Everything that happened to a fix, the newest first. The caller has seen that the viewer may read it."""
    query = select(LocalFixStep, Person.name).join(Person, Person.id == LocalFixStep.by_id)
    rows = db.session.execute(query.where(LocalFixStep.fix_id == number).order_by(LocalFixStep.id.desc()))
    return [
        FixStepLine(step.kind, step.at, step.by_id, name, step.due_on, step.live_from, step.words)
        for step, name in rows
    ]


def fixes_page(
    viewer: Viewer, *, limit: int, cursor: str | None = None, site: int | None = None, idea: int | None = None,
    offered: bool = False,
) -> tuple[list[FixLine], str | None]:  # fmt: skip
    """Local fixes, the newest first; two queries. offered: only what other sites may take over. Raises `bad_cursor`."""
    query = _query(viewer).order_by(LocalFix.id.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(LocalFix.id < after[0])
    if site is not None:
        query = query.where(LocalFix.site_id == site)
    if idea is not None:
        query = query.where(LocalFix.idea_id == idea)
    if offered:
        query = query.where(_offered())
    page, following = cut(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: (row.id,))
    return _with_dates(page), following


def of_sites(viewer: Viewer, site_ids: Iterable[int], *, since: date, limit: int) -> list[FixLine]:
    """What these sites have promised and not done, the earliest day first, then what they did since a day."""
    mine = LocalFix.site_id.in_(list(site_ids))
    running = _query(viewer).where(mine, LocalFix.state != CommitmentState.CONFIRMED)
    kept = _query(viewer).where(mine, LocalFix.state == CommitmentState.CONFIRMED, LocalFix.live_from >= since)
    rows = db.session.execute(running.order_by(LocalFix.due_on, LocalFix.id).limit(limit)).all()
    rows = [*rows, *db.session.execute(kept.order_by(LocalFix.live_from.desc(), LocalFix.id).limit(limit)).all()]
    return _with_dates(rows[:limit])


def offered_to(viewer: Viewer, site_id: int, *, limit: int) -> list[FixLine]:
    """What other sites have done that this one has not promised yet, the newest first."""
    query = _query(viewer).where(_offered(), LocalFix.site_id != site_id, ~_here(site_id))
    return _lines(query.order_by(LocalFix.updated_at.desc(), LocalFix.id.desc()).limit(limit))


def open_of(person_id: int) -> list[tuple[int, int, str]]:
    """(number, idea, sentence) of everything that somebody still has to fix: for whoever hands it over."""
    running = LocalFix.owner_id == person_id, LocalFix.state != CommitmentState.CONFIRMED
    rows = db.session.execute(
        select(LocalFix.id, LocalFix.idea_id, LocalFix.sentence).where(*running).order_by(LocalFix.id)
    )
    return [(row.id, row.idea_id, row.sentence) for row in rows]


def owing(person_ids: Iterable[int]) -> set[int]:
    """Those of the people who still have something to fix."""
    running = LocalFix.owner_id.in_(list(person_ids)), LocalFix.state != CommitmentState.CONFIRMED
    return set(db.session.scalars(select(LocalFix.owner_id).where(*running).distinct()))


def is_offered(fix: LocalFix, stage: Stage) -> bool:
    """True where other sites may take it over."""
    return fix.state is CommitmentState.CONFIRMED and stage in (Stage.OPEN, Stage.PROMOTED)


def sites_with(idea_id: int) -> set[int]:
    """The sites that have promised something about an idea."""
    return set(db.session.scalars(select(LocalFix.site_id).where(LocalFix.idea_id == idea_id)))


def _offered() -> ColumnElement[bool]:
    first = LocalFix.adopted_from_id.is_(None)
    return and_(first, LocalFix.state == CommitmentState.CONFIRMED, WITH_THE_SWARM, Idea.hidden_at.is_(None))


def _here(site_id: int) -> ColumnElement[bool]:
    other = aliased(LocalFix)
    return exists().where(other.idea_id == LocalFix.idea_id, other.site_id == site_id)


def _query(viewer: Viewer) -> Select:
    return (
        select(
            LocalFix.id, LocalFix.idea_id, Idea.title, LocalFix.site_id, Place.name.label("site"), LocalFix.owner_id,
            Person.name.label("owner"), LocalFix.sentence, LocalFix.state, LocalFix.live_from, LocalFix.kept_late,
            LocalFix.adopted_from_id, LocalFix.made_at, LocalFix.updated_at,
        )
        .join(Idea, Idea.id == LocalFix.idea_id)
        .join(Place, Place.id == LocalFix.site_id)
        .join(Person, Person.id == LocalFix.owner_id)
        .where(visible_to(viewer))
    )  # fmt: skip


def _lines(query: Select) -> list[FixLine]:
    return _with_dates(db.session.execute(query).all())


def _with_dates(rows: Sequence[Any]) -> list[FixLine]:
    if not rows:
        return []
    named = select(LocalFixStep.fix_id, LocalFixStep.due_on, LocalFixStep.at).where(
        LocalFixStep.fix_id.in_([row.id for row in rows]), LocalFixStep.due_on.is_not(None)
    )
    dates: dict[int, list[NamedDate]] = defaultdict(list)
    zone = organisation_zone()
    for step in db.session.execute(named.order_by(LocalFixStep.id)):
        dates[step.fix_id].append(NamedDate(step.due_on, day_in(zone, step.at)))
    return [
        FixLine(
            row.id, row.idea_id, row.title, row.site_id, row.site, row.owner_id, row.owner, row.sentence, row.state,
            row.live_from, row.kept_late, row.adopted_from_id, row.made_at, row.updated_at, dates[row.id],
        )
        for row in rows
    ]  # fmt: skip
