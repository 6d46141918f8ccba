"""The executive's desk: what they did lately and can still take back, how fast they are, and their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import String, bindparam, cast, false, func, literal, select, union_all

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.swarm.merge_models import Merge, MergeUndo
from portal.triage.keys import Keys, chosen
from portal.triage.models import Decision, Question
from portal.triage.moves_models import KeyChoice
from portal.triage.moves_rules import UNDO, Move
from portal.triage.queries import waiting_query

SITTING = timedelta(hours=1)  # moves further apart are not one sitting
MOVES_READ = 60
USUAL_SECONDS = 60.0  # for one idea, before somebody's own pace is known
PAUSE_SECONDS = 300.0  # longer between two moves is a call, not a pace


@dataclass(frozen=True)
class Moved:
    """A move of the viewer's that stands. number: of the decision, question or merge."""

    move: Move
    number: int
    idea: int
    at: datetime
    held: bool  # the owner has taken it on, or the question was answered


@dataclass(frozen=True)
class Desk:
    """What is the viewer's own. waiting: how many ideas, counted no further than is shown. moves: the newest first."""

    zone: str
    waiting: int
    keys: Keys
    moves: Sequence[Moved]
    now: datetime

    @property
    def last(self) -> Moved | None:
        """What can be taken back now."""
        newest = self.moves[0] if self.moves else None
        return newest if newest and not newest.held and self.now < newest.at + UNDO else None

    @property
    def seconds_each(self) -> float:
        """The viewer's pace in this sitting: the middle of the times between two moves."""
        moments = [moved.at for moved in self.moves]
        gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(moments)]
        own = [gap for gap in gaps if gap <= PAUSE_SECONDS]
        return median(own) if own else USUAL_SECONDS


def desk(viewer: Viewer, *, now: datetime) -> Desk:
    """Two statements, however much there is."""
    waiting = waiting_query(viewer).scalar_subquery()
    query = select(Place.timezone, waiting.label("waiting"), KeyChoice.off, KeyChoice.keys).outerjoin(
        KeyChoice, KeyChoice.person_id == viewer.id
    )
    row = db.session.execute(query.where(Place.kind == PlaceKind.ORGANISATION)).one()
    return Desk(row.timezone or "UTC", row.waiting, chosen(row.off, row.keys), _moves(viewer, now), now)


def _moves(viewer: Viewer, now: datetime) -> list[Moved]:
    parts = [select(part.limit(MOVES_READ).subquery()) for part in (_decided(), _asked(), _merged())]
    since = {"me": viewer.id, "since": now - SITTING}
    together = union_all(*parts).subquery()
    newest = select(together).order_by(together.c.at.desc(), together.c.number.desc()).limit(MOVES_READ)
    rows = db.session.execute(newest.params(**since))
    return [Moved(Move(row.move), row.number, row.idea, row.at, bool(row.held)) for row in rows]


def _mine(model: Any) -> tuple[Any, ...]:
    return model.by_id == bindparam("me"), model.at > bindparam("since")


def _columns(move: Any, model: Any, idea: Any, held: Any) -> tuple[Any, ...]:
    return (cast(move, String).label("move"), model.id.label("number"), idea.label("idea"), model.at.label("at"),
            held.label("held"))  # fmt: skip


def _decided() -> Any:
    held = func.coalesce(Commitment.state, CommitmentState.OFFERED) != CommitmentState.OFFERED
    query = select(*_columns(Decision.kind, Decision, Decision.idea_id, held))
    query = query.outerjoin(Commitment, Commitment.id == Decision.commitment_id)
    return query.where(*_mine(Decision), Decision.superseded_at.is_(None)).order_by(Decision.at.desc())


def _asked() -> Any:
    columns = _columns(literal(Move.ASK.value), Question, Question.idea_id, Question.answered_at.is_not(None))
    return select(*columns).where(*_mine(Question), Question.undone_at.is_(None)).order_by(Question.at.desc())


def _merged() -> Any:
    query = select(*_columns(literal(Move.MERGE.value), Merge, Merge.from_id, false()))
    query = query.outerjoin(MergeUndo, MergeUndo.merge_id == Merge.id).where(
        *_mine(Merge), MergeUndo.merge_id.is_(None)
    )
    return query.order_by(Merge.at.desc())
