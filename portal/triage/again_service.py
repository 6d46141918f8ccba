"""Asking again after a no, and everything else that brings a declined idea back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, func, select, update

from portal.commitments.scope import said_at
from portal.db import db, take_turns
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import is_author, move_stage
from portal.ideas.words import Stage, StoryKind
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore, Vote
from portal.triage.again_models import AskedAgain, Return
from portal.triage.again_queries import BACKED
from portal.triage.again_rules import AskRefusal, Because, ask_refusal, fact_refusal, returns, voices_needed
from portal.triage.models import Decision, DecisionKind
from portal.triage.policy import MAY

TOLD = "triage.asked_again"
LOOKS_AT_ONCE = 200


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


def ask_again(viewer: Viewer, idea: Idea, *, now: datetime) -> bool:
    """One voice after a no; True if with it the idea went back to the executives.

    Raises the refusals of `AskRefusal`.
    """
    demand(MAY, "decision.ask_again", viewer)
    take_turns(f"again:{idea.id}")  # the last two voices at once are one return
    decision_id = _declined(idea)
    refused = ask_refusal(
        declined=decision_id is not None, hidden=idea.hidden_at is not None, own=is_author(viewer, idea),
        backed=_backed(viewer, idea),
    )  # fmt: skip
    if refused is not None:
        raise refused.as_error()
    assert decision_id is not None and viewer.team_id is not None and viewer.site_id is not None
    if _standing(viewer, decision_id) is not None:
        raise AskRefusal.ALREADY_ASKED.as_error()
    voice = AskedAgain(idea_id=idea.id, decision_id=decision_id, person_id=viewer.id, team_id=viewer.team_id,
                       site_id=viewer.site_id, at=now)  # fmt: skip
    db.session.add(voice)
    db.session.flush()
    return _return_if_enough(idea.id, decision_id, now=now)


def bring_fact(viewer: Viewer, idea: Idea, words: str, *, now: datetime) -> None:
    """Somebody who answers for the place says what has changed since the no: the executives look again.

    Raises the refusals of `AskRefusal`.
    """
    demand(MAY, "decision.new_fact", viewer, _Where(said_at(idea.id)))
    take_turns(f"again:{idea.id}")
    decision_id = _declined(idea)
    if refused := fact_refusal(words, declined=decision_id is not None):
        raise refused.as_error()
    assert decision_id is not None
    _return(idea.id, decision_id, Because.FACT, now=now, by_id=viewer.id, fact=words.strip())


def look_again(today: date, *, now: datetime, limit: int = LOOKS_AT_ONCE) -> int:
    """Bring back what was declined until a day that has come; returns how much it was, at most `limit`."""
    due = (
        select(Decision.id, Decision.idea_id)
        .join(Idea, Idea.id == Decision.idea_id)
        .where(Decision.superseded_at.is_(None), Decision.look_again_on <= today, Idea.stage == Stage.DECLINED)
    )
    rows = db.session.execute(due.order_by(Decision.look_again_on, Decision.id).limit(limit)).all()
    for row in rows:
        take_turns(f"again:{row.idea_id}")
        _return(row.idea_id, row.id, Because.DATE, now=now)
    return len(rows)


def take_back(viewer: Viewer, idea: Idea, *, now: datetime) -> None:
    """Take one's voice back, as long as the answer stands; raises the refusals of `AskRefusal`."""
    demand(MAY, "decision.ask_again", viewer)
    take_turns(f"again:{idea.id}")
    decision_id = _declined(idea)
    if decision_id is None:
        raise AskRefusal.NOT_DECLINED.as_error()
    voice = _standing(viewer, decision_id)
    if voice is None:
        raise AskRefusal.NOT_ASKED.as_error()
    db.session.execute(update(AskedAgain).where(AskedAgain.id == voice).values(withdrawn_at=now))


def _declined(idea: Idea) -> int | None:
    """The no that stands for the idea, or None."""
    standing = Decision.idea_id == idea.id, Decision.superseded_at.is_(None), Decision.kind == DecisionKind.DECLINE
    query = select(Decision.id).join(Idea, Idea.id == Decision.idea_id)
    return db.session.scalar(query.where(*standing, Idea.stage == Stage.DECLINED))


def _backed(viewer: Viewer, idea: Idea) -> bool:
    mine = Vote.idea_id == idea.id, Vote.person_id == viewer.id, Vote.revoked_at.is_(None), Vote.kind.in_(BACKED)
    return db.session.scalar(select(Vote.id).where(*mine)) is not None


def _standing(viewer: Viewer, decision_id: int) -> int | None:
    mine = AskedAgain.decision_id == decision_id, AskedAgain.person_id == viewer.id, AskedAgain.withdrawn_at.is_(None)
    return db.session.scalar(select(AskedAgain.id).where(*mine))


def _return_if_enough(idea_id: int, decision_id: int, *, now: datetime) -> bool:
    counted = _counted(idea_id, decision_id)
    if not returns(counted.voices, counted.teams, counted.supporters):
        return False
    _return(idea_id, decision_id, Because.VOICES, now=now)
    return True


def _return(
    idea_id: int, decision_id: int, because: Because, *, now: datetime, by_id: int | None = None, fact: str = ""
) -> None:
    counted = _counted(idea_id, decision_id)
    move_stage(idea_id, Stage.DECLINED, Stage.PROMOTED, now=now)
    db.session.execute(update(Decision).where(Decision.id == decision_id).values(superseded_at=now))
    made = Return(idea_id=idea_id, decision_id=decision_id, at=now, supporters=counted.supporters,
                  voices=counted.voices, needed=voices_needed(counted.supporters), teams=counted.teams,
                  because=because, by_id=by_id, fact=fact)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    facts = {"because": because.value} | (
        {"voices": made.voices, "teams": made.teams} if because is Because.VOICES else {}
    )
    story.record(idea_id, StoryKind.ASKED_AGAIN, now=now, actor_id=by_id, words=fact, facts=facts)
    outbox.emit(TOLD, {"return": made.id}, now=now)


def _counted(idea_id: int, decision_id: int) -> Row:
    """How many new voices from how many teams, beside how many supporters: no vote is taken after the answer."""
    supporters = select(IdeaScore.n_support).where(IdeaScore.idea_id == idea_id).scalar_subquery()
    columns = (
        func.count().label("voices"), func.count(AskedAgain.team_id.distinct()).label("teams"),
        func.coalesce(supporters, 0).label("supporters"),
    )  # fmt: skip
    standing = AskedAgain.decision_id == decision_id, AskedAgain.withdrawn_at.is_(None)
    return db.session.execute(select(*columns).where(*standing)).one()
