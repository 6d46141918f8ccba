"""An idea for programs: what its page says, as facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select

from portal.commitments.models import Commitment, CommitmentState
from portal.db import db
from portal.home.cards import Card, may_see_numbers
from portal.home.idea_page import SwarmFacts, card_for, standing_of
from portal.ideas import service
from portal.ideas.earlier_shown import votes_brought_along
from portal.ideas.models import Idea
from portal.ideas.queries import hidden_note
from portal.ideas.rules import TextFacts, comment_refusal, edit_refusal, report_refusal, withdraw_refusal
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.swarm import lists
from portal.swarm.models import IdeaScore
from portal.triage.clock_queries import clock_of
from portal.triage.models import Decision


@dataclass(frozen=True)
class IdeaFacts:
    """One idea for one viewer. score is None while its counts must stay hidden, and where nobody has voted."""

    idea: Idea
    card: Card
    counted: bool
    score: IdeaScore | None
    vote: Row | None
    decision: int | None
    commitment: int | None
    answer_due_on: date | None
    hidden_because: str | None
    votes_before: int | None
    may: Mapping[str, bool]


def facts(viewer: Viewer, number: int, *, now: datetime) -> IdeaFacts:
    """One idea as the viewer may read it; raises Missing."""
    card = card_for(viewer, number, now=now)
    idea = db.session.get_one(Idea, number)
    vote = lists.my_vote(viewer, number)
    counted = may_see_numbers(idea, viewer, vote.kind if vote else None)
    note = hidden_note(idea)
    answer = clock_of(number, now=now) if idea.stage is Stage.PROMOTED else None
    return IdeaFacts(
        idea=idea, card=card, counted=counted, score=db.session.get(IdeaScore, number) if counted else None, vote=vote,
        decision=_decision(number), commitment=_commitment(number), answer_due_on=answer.due_on if answer else None,
        hidden_because=note.reason if note else None, votes_before=votes_brought_along(idea) if counted else None,
        may=_may(viewer, idea, card, now),
    )  # fmt: skip


def standing(viewer: Viewer, number: int, *, now: datetime) -> tuple[SwarmFacts, bool, IdeaScore | None]:
    """Where an idea stands in words, whether the viewer may see numbers, and those; raises Missing."""
    card, words, row = standing_of(viewer, number, now=now)
    counted = may_see_numbers(row, viewer, card.vote)
    return words, counted, db.session.get(IdeaScore, number) if counted else None


def _may(viewer: Viewer, idea: Idea, card: Card, now: datetime) -> dict[str, bool]:
    """What the viewer may do with it now, by the same rules as the verbs."""
    of_idea, mine = service.facts_of(idea), service.is_author(viewer, idea)
    text = TextFacts(idea.hidden_at is not None, idea.stage is Stage.WITHDRAWN, 0)
    return {
        "vote": card.may_vote and not card.closed,
        "comment": comment_refusal(of_idea) is None,
        "edit": edit_refusal(of_idea, is_author=mine, now=now) is None,
        "withdraw": withdraw_refusal(of_idea, is_author=mine) is None and not _has_joined(idea.id),
        "sort": service.sorting_refusal(viewer, idea) is None,
        "report": report_refusal(text, is_author=mine) is None,
    }


def _has_joined(number: int) -> bool:
    return db.session.scalar(select(Idea.id).where(Idea.merged_into_id == number).limit(1)) is not None


def _decision(number: int) -> int | None:
    standing = Decision.idea_id == number, Decision.superseded_at.is_(None)
    return db.session.scalar(select(Decision.id).where(*standing))


def _commitment(number: int) -> int | None:
    standing = Commitment.idea_id == number, Commitment.state != CommitmentState.HANDED_BACK
    return db.session.scalar(select(Commitment.id).where(*standing))
