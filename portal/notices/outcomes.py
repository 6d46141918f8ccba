"""Reading what has happened to an idea, who took part in it, and which of them may still read it."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, union_all

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.commitments.work_models import HelpAsk, HelpCall
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Comment, Follow, Idea, Story
from portal.ideas.queries import readable_number
from portal.ideas.story import is_undone
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.notices.moments import Moment
from portal.notices.outcome_words import OUTCOMES, title_of, words_of
from portal.notices.recipients_rules import ONLY_FOLLOWERS, How, Part, recipients
from portal.people.models import Person
from portal.people.queries import viewer_of
from portal.swarm.models import Vote
from portal.swarm.occurrence_models import Occurrence
from portal.swarm.rules import VoteKind

BACKING = (VoteKind.SUPPORT, VoteKind.STRONG)


@dataclass(frozen=True)
class Telling:
    """What is told about an idea, and to whom: those of `among` but whoever did it."""

    idea_id: int
    moment: Moment
    title: str
    words: str
    path: str
    event_id: str
    at: datetime
    among: frozenset[How]
    actor_id: int | None


def of_step(story_id: int, event_id: str) -> Telling | None:
    """What a step of a story is told as; None where nobody hears of it, or it was taken back."""
    query = select(Story, Person.name).outerjoin(Person, Person.id == Story.actor_id).where(Story.id == story_id)
    found = db.session.execute(query).one_or_none()
    if found is None or (outcome := OUTCOMES.get(found.Story.kind)) is None or is_undone(story_id):
        return None
    step, facts = found.Story, json.loads(found.Story.facts)
    told = Telling(
        step.idea_id, outcome.moment, title_of(outcome, found.name),
        words_of(step.kind, step.words, facts, step.at.date()), f"/ideas/{step.idea_id}", event_id, step.at,
        outcome.among, step.actor_id,
    )  # fmt: skip
    if step.kind is not StoryKind.RULE_DECIDED:
        return told
    # Told of in the story of every idea that names the rule: whoever takes part in several hears it once.
    return replace(told, event_id=event_of_verdict(facts["rule"], step.at))


def event_of_verdict(rule: int, at: datetime) -> str:
    """One event for everything that tells of a verdict, so that nobody hears of it twice."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{rule} {at.isoformat()}"))


def of_comment(comment_id: int, event_id: str) -> Telling | None:
    """What a comment is told as, without its words; None once it is taken back or hidden."""
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.withdrawn_at is not None or comment.hidden_at is not None:
        return None
    shown = comment.author_id if comment.names is Names.SHOWN else None
    name = db.session.scalar(select(Person.name).where(Person.id == shown)) if shown is not None else None
    return Telling(
        comment.idea_id, Moment.CHATTER, f"{name or 'A colleague'} added a {comment.kind.label.lower()}.", "",
        f"/ideas/{comment.idea_id}#comment-{comment.id}", event_id, comment.at, ONLY_FOLLOWERS, comment.author_id,
    )  # fmt: skip


def next_hearers(telling: Telling, *, after: int, limit: int) -> tuple[list[int], int | None]:
    """The next people who hear of it and may read it, of `limit` who took part, and where to go on (None: the end).

    after: the number of the last person looked at.
    """
    parts = _parts(telling.idea_id).subquery()
    people = select(parts.c.person_id).where(parts.c.person_id > after).distinct().order_by(parts.c.person_id)
    window = db.session.scalars(people.limit(limit)).all()
    if not window:
        return [], None
    rows = db.session.execute(select(parts).where(parts.c.person_id.between(window[0], window[-1])))
    wanted = recipients(
        (Part(row.person_id, How(row.how)) for row in rows), among=telling.among, actor_id=telling.actor_id
    )
    return readers(telling.idea_id, wanted), window[-1] if len(window) == limit else None


def readers(idea_id: int, person_ids: Sequence[int]) -> list[int]:
    """Those of the people who may read the idea now."""
    idea = db.session.get_one(Idea, idea_id, populate_existing=True)
    if idea.audience is Audience.ORGANISATION and idea.hidden_at is None and idea.stage is not Stage.WITHDRAWN:
        return list(person_ids)  # everybody may: the one case in which thousands take part
    return [person_id for person_id in person_ids if _may_read(person_id, idea_id)]


def _may_read(person_id: int, idea_id: int) -> bool:
    viewer = viewer_of(person_id)
    try:
        return viewer is not None and readable_number(viewer, idea_id) == idea_id
    except Missing:
        return False


def _parts(idea_id: int) -> Any:
    """(person_id, how) of everything that people have to do with an idea."""
    promise = Commitment.idea_id == idea_id, Commitment.state != CommitmentState.HANDED_BACK
    voted = Vote.idea_id == idea_id, Vote.revoked_at.is_(None), Vote.kind.in_(BACKING)
    said = Comment.idea_id == idea_id, Comment.author_id.is_not(None), Comment.withdrawn_at.is_(None)
    met = Occurrence.idea_id == idea_id, Occurrence.withdrawn_at.is_(None)
    return union_all(
        _part(Idea.author_id, How.AUTHOR).where(Idea.id == idea_id, Idea.author_id.is_not(None)),
        _part(Vote.person_id, How.SUPPORTER).where(*voted),
        _part(Comment.author_id, How.COMMENTER).where(*said),
        _part(Occurrence.person_id, How.MET_IT).where(*met),
        _part(Follow.person_id, How.FOLLOWER).where(Follow.idea_id == idea_id),
        _part(Commitment.owner_id, How.OWNER).where(*promise),
        _part(Commitment.sponsor_id, How.SPONSOR).where(*promise),
        _part(HelpAsk.person_id, How.HELPER).select_from(HelpAsk).join(HelpCall, HelpCall.id == HelpAsk.call_id)
        .join(Commitment, Commitment.id == HelpCall.commitment_id).where(*promise, HelpAsk.joined.is_(True)),
    )  # fmt: skip


def _part(person: Any, how: How) -> Select:
    return select(person.label("person_id"), literal(how.value).label("how"))
