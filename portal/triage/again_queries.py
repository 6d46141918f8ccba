"""Reading how many ask again after a no. Who they are is never read."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.db import db
from portal.ideas.queries import idea_for
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore, Vote
from portal.swarm.rules import VoteKind
from portal.triage.again_models import AskedAgain, Return
from portal.triage.again_rules import ask_refusal, voices_needed
from portal.triage.models import Decision, DecisionKind

BACKED = (VoteKind.SUPPORT, VoteKind.STRONG)


@dataclass(frozen=True)
class Asking:
    """How far it is. decision: the no that stands. may_ask, asked: of the viewer."""

    idea: int
    decision: int
    voices: int
    teams: int
    supporters: int
    needed: int
    may_ask: bool
    asked: bool


def asking(viewer: Viewer, number: int) -> Asking | None:
    """How many ask again, or None where the idea is not declined; raises Missing."""
    idea = idea_for(viewer, number)
    if idea.stage is not Stage.DECLINED:
        return None
    supporters = select(IdeaScore.n_support).where(IdeaScore.idea_id == number).scalar_subquery()
    mine = Vote.idea_id == number, Vote.person_id == viewer.id, Vote.revoked_at.is_(None), Vote.kind.in_(BACKED)
    backed = select(Vote.id).where(*mine).exists()
    columns = (Decision.id, func.coalesce(supporters, 0).label("supporters"), backed.label("backed"))
    standing = Decision.idea_id == number, Decision.kind == DecisionKind.DECLINE, Decision.superseded_at.is_(None)
    row = db.session.execute(select(*columns, *voice_columns(viewer.id)).where(*standing)).one()
    own = idea.author_id is not None and idea.author_id == viewer.id
    refused = ask_refusal(declined=True, hidden=idea.hidden_at is not None, own=own, backed=row.backed)
    may_ask = viewer.is_frontline and refused is None and not row.asked
    needed = voices_needed(row.supporters)
    return Asking(number, row.id, row.voices, row.teams, row.supporters, needed, may_ask, row.asked)


def voice_columns(person_id: Any) -> tuple[Any, ...]:
    """`voices`, `teams` and `asked` (by the person) as columns beside `Decision`, for statements that ask for more."""
    standing = AskedAgain.decision_id == Decision.id, AskedAgain.withdrawn_at.is_(None)
    counted = [
        select(one).where(*standing).correlate(Decision).scalar_subquery()
        for one in (func.count(AskedAgain.id), func.count(AskedAgain.team_id.distinct()))
    ]
    mine = select(AskedAgain.id).where(*standing, AskedAgain.person_id == person_id).correlate(Decision).exists()
    return counted[0].label("voices"), counted[1].label("teams"), mine.label("asked")


def newest_return(column: Any, idea_number: Any) -> Any:
    """A column of the newest return of an idea to the executives, for statements that ask for more."""
    newest = select(column).where(Return.idea_id == idea_number).order_by(Return.id.desc()).limit(1)
    return newest.scalar_subquery()
