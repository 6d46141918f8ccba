"""Casting, changing and taking back a vote: the vote, its two score rows and a promotion in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from portal.db import db, table_of, take_turns
from portal.errors import Conflict
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.swarm import promoting, scores
from portal.swarm.models import Via, Vote
from portal.swarm.rules import OPEN_STAGES, IdeaFacts, VoteKind, VoterFacts, WantedVote, vote_refusal

# Built once, as in `scores`: see there.
VOTES = table_of(Vote)
READ_STANDING = select(
    VOTES.c.id, VOTES.c.kind, VOTES.c.reason, VOTES.c.sentence, VOTES.c.team_id, VOTES.c.site_id
).where(VOTES.c.idea_id == bindparam("idea"), VOTES.c.person_id == bindparam("person"), VOTES.c.revoked_at.is_(None))
REVOKE = update(VOTES).where(VOTES.c.id == bindparam("vote"), VOTES.c.revoked_at.is_(None))
NEW_VOTE = insert(VOTES)


@dataclass(frozen=True)
class Voter:
    """Who votes, and for which team and site it counts: frozen with the vote."""

    person_id: int
    team_id: int | None
    site_id: int | None

    @classmethod
    def of(cls, viewer: Viewer) -> "Voter":
        """The voter that a viewer is."""
        return cls(viewer.id, viewer.team_id, viewer.site_id)


def cast_vote(voter: Voter, idea_id: int, wanted: WantedVote, *, via: Via, now: datetime) -> bool:
    """Give, change or (kind None) take back a vote on an idea that the voter may see; True if it was promoted by it.

    1. Lock the idea's score row, so that votes on one idea come one after another. 2. Ask the rule. 3. Revoke the
    standing vote, insert the new one. 4. Update the team's cell and the idea's score. 5. Promote at the quorum.

    Raises the refusal of `VoteRefusal`. Giving the same vote again changes nothing.
    """
    idea = scores.lock(idea_id, now=now)
    if idea.stage is Stage.PROMOTED:
        now = promoting.after_promotion(idea_id, now)
    standing = _standing(voter.person_id, idea_id)
    _refuse(voter, idea, standing, wanted, now)
    if standing is not None and (standing.kind, standing.reason, standing.sentence) == _told(wanted):
        return False
    changes = []
    if standing is not None:
        _revoke(standing.id, now)
        changes.append(scores.Change(standing.team_id, standing.site_id, standing.kind, cast=False))
    if wanted.kind is not None:
        assert voter.team_id is not None and voter.site_id is not None
        _insert(voter, idea_id, wanted, via=via, now=now)
        changes.append(scores.Change(voter.team_id, voter.site_id, wanted.kind, cast=True))
    score = scores.apply(idea, changes, now=now)
    if idea.first_vote_at is None:
        ideas.note_first_vote(idea_id, now=now)  # it ends the time in which the words may be edited
    return idea.stage is Stage.OPEN and promoting.promote_if_carried(idea_id, score, now=now)


def _told(wanted: WantedVote) -> tuple[Any, Any, str]:
    if wanted.kind is not VoteKind.STOP:
        return wanted.kind, None, ""
    return wanted.kind, wanted.reason, wanted.sentence.strip()


def _standing(person_id: int, idea_id: int) -> Row | None:
    return db.session.connection().execute(READ_STANDING, {"idea": idea_id, "person": person_id}).one_or_none()


def _refuse(voter: Voter, idea: Any, standing: Row | None, wanted: WantedVote, now: datetime) -> None:
    facts = VoterFacts(
        voter.person_id,
        has_team=voter.team_id is not None and voter.site_id is not None,
        open_strong=_open_strong(voter.person_id) if wanted.kind is VoteKind.STRONG else 0,
        standing=standing.kind if standing is not None else None,
    )
    refusal = vote_refusal(facts, IdeaFacts(idea.author_id, idea.stage), wanted, now)
    if refusal is not None:
        raise refusal.as_error()


def _open_strong(person_id: int) -> int:
    """How many strong votes the person has on ideas that still take votes."""
    take_turns(f"strong:{person_id}")  # two windows with two ideas would both count what is there before
    query = select(func.count()).select_from(Vote).join(Idea, Idea.id == Vote.idea_id)
    standing = Vote.person_id == person_id, Vote.kind == VoteKind.STRONG, Vote.revoked_at.is_(None)
    open_ones = Idea.stage.in_([Stage(word) for word in OPEN_STAGES])
    return db.session.scalar(query.where(*standing, open_ones)) or 0


def _revoke(vote_id: int, now: datetime) -> None:
    if db.session.connection().execute(REVOKE, {"vote": vote_id, "revoked_at": now}).rowcount != 1:
        raise Conflict("changed_meanwhile", "Your vote changed in another window. Look again.")


def _insert(voter: Voter, idea_id: int, wanted: WantedVote, *, via: Via, now: datetime) -> None:
    is_stop = wanted.kind is VoteKind.STOP
    values = {
        "idea_id": idea_id,
        "person_id": voter.person_id,
        "team_id": voter.team_id,
        "site_id": voter.site_id,
        "kind": wanted.kind,
        "reason": wanted.reason if is_stop else None,
        "sentence": wanted.sentence.strip() if is_stop else "",
        "via": via,
        "at": now,
    }
    db.session.connection().execute(NEW_VOTE, values)
