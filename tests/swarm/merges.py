"""Merging for tests: merge and take apart and commit, and what one would see of two ideas."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.db import db, writing
from portal.ideas.models import Comment, Follow
from portal.swarm import merging
from portal.swarm.models import IdeaScore, IdeaTeam, Vote
from tests.factories import NOON, Cast
from tests.ideas.making import idea, viewer


def merge(cast: Cast, one: int, into: int, *, now: datetime = NOON, who: str = "mia", reason: str = "") -> int:
    """Merge and commit; the number of the merge."""
    by = viewer(getattr(cast, who))
    with writing():
        return merging.merge(by, idea(one), into, now=now, reason=reason).id


def unmerge(cast: Cast, one: int, *, now: datetime = NOON, who: str = "mia") -> None:
    """Take apart and commit."""
    by = viewer(getattr(cast, who))
    with writing():
        merging.unmerge(by, idea(one), now=now)


def standing(number: int) -> dict[int, tuple[str, datetime]]:
    """Person → kind and moment of their vote on the idea."""
    here = Vote.idea_id == number, Vote.revoked_at.is_(None)
    return {row.person_id: (row.kind.value, row.at) for row in db.session.scalars(select(Vote).where(*here))}


def everything(number: int) -> dict[str, Any]:
    """All of an idea that a merge moves, as plain values."""
    score = db.session.get(IdeaScore, number, populate_existing=True)
    cells = db.session.execute(
        select(IdeaTeam.team_id, IdeaTeam.u, IdeaTeam.d, IdeaTeam.m, IdeaTeam.supporters).where(
            IdeaTeam.idea_id == number, IdeaTeam.m + IdeaTeam.d > 0
        )
    ).all()
    columns = "s", "d", "m", "n_support", "n_strong", "n_stop", "n_pass", "n_team", "n_site"
    comments = select(Comment.id, Comment.by_idea_author).where(Comment.idea_id == number)
    found = idea(number)
    return {
        "stage": found.stage, "into": found.merged_into_id, "comment_count": found.comment_count,
        "votes": standing(number), "cells": sorted(tuple(row) for row in cells),
        "score": {name: round(getattr(score, name), 9) if score else 0 for name in columns},
        "comments": sorted(tuple(row) for row in db.session.execute(comments)),
        "follows": set(db.session.scalars(select(Follow.person_id).where(Follow.idea_id == number))),
    }  # fmt: skip
