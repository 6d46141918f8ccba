"""Saying *me too* to an idea that is there, in place of sending a copy: the vote and the kept words in one go."""

from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.ideas import drafts
from portal.ideas.queries import readable_number
from portal.ideas.words import Names
from portal.people.viewer import Viewer
from portal.swarm import service as swarm
from portal.swarm.models import Via, Vote
from portal.swarm.rules import VoteKind, WantedVote
from portal.swarm.service import Voter

BACKED = (VoteKind.SUPPORT, VoteKind.STRONG)


def me_too_instead(viewer: Viewer, number: int, *, now: datetime) -> bool:
    """Support an idea and forget the kept words; False if the person backs it already, which stays as it is.

    Raises Missing and the refusals of `VoteRefusal`.
    """
    idea_id = readable_number(viewer, number)
    standing = select(Vote.kind).where(Vote.idea_id == idea_id, Vote.person_id == viewer.id, Vote.revoked_at.is_(None))
    backs = db.session.scalar(standing) in BACKED
    if not backs:
        swarm.cast_vote(Voter.of(viewer), idea_id, WantedVote(VoteKind.SUPPORT), via=Via.SEARCH, now=now)
    drafts.clear(viewer.id, drafts.IDEA)
    return not backs


def take_back(viewer: Viewer, number: int, words: str, names: Names, *, voted: bool, now: datetime) -> None:
    """Bring the words back, and take the vote back where it was given for them."""
    idea_id = readable_number(viewer, number)
    if voted:
        swarm.cast_vote(Voter.of(viewer), idea_id, WantedVote(None), via=Via.SEARCH, now=now)
    drafts.keep_draft(viewer.id, drafts.IDEA, words, names, now=now)
