"""Casting, changing and taking back a vote: the vote, its two score rows and a promotion in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from portal.db import db, table_of, take_turns
from portal.errors import Conflict
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.statements import run
from portal.swarm import promoting, stop_alerts, vote_rows
from portal.swarm.models import Via, Vote
from portal.swarm.rules import OPEN_STAGES, IdeaFacts, VoteKind, VoteRefusal, VoterFacts, WantedVote, vote_refusal

# Built once, as in `vote_rows`: see there.
VOTES = table_of(Vote)
REVOKE = update(VOTES).where(VOTES.c.id == bindparam("vote"), VOTES.c.revoked_at.is_(None))


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
    standing vote. 4. Insert the new one, update the team's cell and the idea's score. 5. Promote at the quorum.

    Raises the refusal of `VoteRefusal`. Giving the same vote again changes nothing.
    """
    idea = vote_rows.lock(idea_id, voter.person_id, voter.team_id, voter.site_id, now=now)
    row, stands = idea.row, idea.row.vote_id is not None
    if row.stage is Stage.PROMOTED:
        now = promoting.after_promotion(idea_id, now)
    _refuse(voter, idea_id, row, wanted, now)
    if stands and (row.kind, row.reason, row.sentence) == _told(wanted):
        return False
    changes: list[vote_rows.Change | vote_rows.Seen] = _seen(row, wanted)
    vote = None
    if stands:
        _revoke(row.vote_id, now)
        changes.append(vote_rows.Change(row.vote_team, row.vote_site, row.kind, cast=False))
    if wanted.kind is not None:
        assert voter.team_id is not None and voter.site_id is not None
        # Who changes their vote came to the idea as they came to it first.
        vote = _columns(voter, idea_id, wanted, via=row.via if stands else via, now=now)
        changes.append(vote_rows.Change(voter.team_id, voter.site_id, wanted.kind, cast=True))
    score = vote_rows.apply(idea, changes, vote, now=now)
    if wanted.kind is VoteKind.STOP and wanted.reason is not None and wanted.reason.needs_sentence:
        stop_alerts.tell_at_once(idea_id, voter.person_id, now=now)
    if row.first_vote_at is None:
        ideas.note_first_vote(idea_id, now=now)  # it ends the time in which the words may be edited
    return row.stage is Stage.OPEN and promoting.promote_if_carried(idea_id, row, score, now=now, sizes=row.sizes or "")


def _seen(row: Any, wanted: WantedVote) -> list[vote_rows.Change | vote_rows.Seen]:
    """What the voter's looking counts no more with their first vote, and again when they take it back."""
    stands, wants = row.vote_id is not None, wanted.kind is not None
    if row.p_seen is None or stands == wants:
        return []
    return [vote_rows.Seen(row.look_team, row.look_site, -row.p_seen if wants else row.p_seen)]


def _told(wanted: WantedVote) -> tuple[Any, Any, str]:
    if wanted.kind is not VoteKind.STOP:
        return wanted.kind, None, ""
    return wanted.kind, wanted.reason, wanted.sentence.strip()


def _refuse(voter: Voter, idea_id: int, row: Any, wanted: WantedVote, now: datetime) -> None:
    facts = VoterFacts(
        voter.person_id,
        has_team=voter.team_id is not None and voter.site_id is not None,
        open_strong=_open_strong(voter.person_id) if wanted.kind is VoteKind.STRONG else 0,
        standing=row.kind,
    )
    refusal = vote_refusal(facts, IdeaFacts(row.author_id, row.stage), wanted, now)
    if refusal is VoteRefusal.MERGED:
        raise _joined(idea_id)
    if refusal is not None:
        raise refusal.as_error()


def _joined(idea_id: int) -> Conflict:
    into = db.session.scalar(select(Idea.merged_into_id).where(Idea.id == idea_id))
    return Conflict(VoteRefusal.MERGED, f"This idea has joined number {into}. Weigh in there.")


def _open_strong(person_id: int) -> int:
    """How many strong votes the person has on ideas that still take votes."""
    take_turns(f"strong:{person_id}")  # two windows with two ideas would both count what is there before
    query = select(func.count()).select_from(Vote).join(Idea, Idea.id == Vote.idea_id)
    standing = Vote.person_id == person_id, Vote.kind == VoteKind.STRONG, Vote.revoked_at.is_(None)
    open_ones = Idea.stage.in_([Stage(word) for word in OPEN_STAGES])
    return db.session.scalar(query.where(*standing, open_ones)) or 0


def _revoke(vote_id: int, now: datetime) -> None:
    if run(REVOKE, {"vote": vote_id, "revoked_at": now}).rowcount != 1:
        raise Conflict("changed_meanwhile", "Your vote changed in another window. Look again.")


def _columns(voter: Voter, idea_id: int, wanted: WantedVote, *, via: Via, now: datetime) -> dict[str, Any]:
    is_stop = wanted.kind is VoteKind.STOP
    return {
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
