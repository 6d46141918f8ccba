"""The interface to merging: one idea joins another one, and is taken apart again."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field
from sqlalchemy import select

from portal import clock
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for, readable_number
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.swarm import merge_queries, merging
from portal.swarm.merge_queries import MergeFacts
from portal.swarm.merge_rules import REASON_MAX, TOLD_AFTER
from portal.web.api import (
    Line,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
)
from portal.web.links import full
from portal.web.transactions import writing

bp = api("merges", "Ideas that are the same: one joins the other.")


class MergeSent(Sent):
    """Which idea it joins."""

    into: Number = Field(description="The other idea; where that has itself joined another, that one is meant.")
    reason: Line = Field("", max_length=REASON_MAX, description="Why they are the same; everybody reads it.")


class MergeShown(Shown):
    """A merge that stands. `into`: where the idea is now. `may_be_undone`: as far as time and its answer allow."""

    idea: int
    into: int
    link: str
    at: Moment
    reason: str
    until: Moment
    may_be_undone: bool


class ApartSent(Sent):
    """The idea that it is not."""

    other: Number = Field(description="The other idea; where that has itself joined another, that one is meant.")


class ApartShown(Shown):
    """Two ideas that are never proposed together again."""

    idea: int
    other: int


class JoinedShown(Shown):
    """An idea that has joined another one."""

    number: int
    title: str
    link: str
    since: Moment


@bp.post("/ideas/<int:number>/merge", responses={201: MergeShown})
@requires("idea.merge", scope=Scope.DECISIONS_WRITE)
def merge_idea(path: NumberPath, body: MergeSent) -> Response:
    """Let an idea join another one, with its votes, comments and followers (409 `has_commitment`, `already_merged`).

    A person who voted on both counts once: the later vote stands. Also refused: 409 `joined_this`, `already_decided`,
    `idea_withdrawn`, `idea_hidden`, `target_withdrawn`, `target_hidden`, `target_declined`, `target_done`,
    `wider_audience`, `narrower_audience`, `loses_promotion`, `changed_meanwhile`; 422 `same_idea`, `not_visible`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> MergeShown:
        idea = idea_for(viewer, path.number)
        merging.merge(viewer, idea, body.into, reason=body.reason, now=now, told_after=TOLD_AFTER)
        return _shown(idea_for(viewer, path.number), now=now)

    return once(verb, status=201)


@bp.post("/ideas/<int:number>/not-the-same", responses={201: ApartShown})
@requires("idea.merge", scope=Scope.DECISIONS_WRITE)
def tell_ideas_apart(path: NumberPath, body: ApartSent) -> Response:
    """Keep that two ideas are not the same, so that nobody is asked to merge them again; twice is the same as once.

    Refused: 409 `joined_this`; 422 `same_idea`, `not_visible`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> ApartShown:
        other = merging.tell_apart(viewer, idea_for(viewer, path.number), body.other, now=now)
        return ApartShown(idea=path.number, other=other)

    return once(verb, status=201)


@bp.get("/ideas/<int:number>/merge", responses={200: MergeShown, 204: None})
@requires("idea.see", scope=Scope.IDEAS_READ)
def see_merge(path: NumberPath) -> Any:
    """Which idea this one has joined, since when and why; 204 where it stands on its own."""
    idea = idea_for(the_viewer(), path.number)
    return shown(_shown(idea, now=clock.now())) if idea.merged_into_id is not None else ("", 204)


@bp.delete("/ideas/<int:number>/merge", responses={204: None}, openapi_extensions={"x-takes-if-match": True})
@requires("idea.merge", scope=Scope.DECISIONS_WRITE)
def unmerge_idea(path: NumberPath) -> Any:
    """Take an idea apart from the one that it has joined (409 `merged_further`, `decided_since`, 410 `unmerge_over`).

    Both have again what they had before; what was decided on the other one since then stays there.
    """
    viewer, now = the_viewer(), clock.now()
    with writing():
        this = select(Idea.id).where(Idea.id == path.number)
        demand_unchanged(this, lambda: _shown(idea_for(viewer, path.number), now=now))
        idea = idea_for(viewer, path.number)
        _shown(idea, now=now)  # 404 for one that has joined no other
        merging.unmerge(viewer, idea, now=now, told_after=TOLD_AFTER)
    return "", 204


@bp.get("/ideas/<int:number>/joined", responses={200: page_of(JoinedShown)})
@requires("idea.see", scope=Scope.IDEAS_READ)
def list_joined(path: NumberPath, query: PageAsked) -> Response:
    """The ideas that have joined this one, by number."""
    viewer = the_viewer()
    number = readable_number(viewer, path.number)
    rows, following = merge_queries.joined_page(viewer, number, limit=query.limit, cursor=query.cursor)
    found = [
        JoinedShown(number=row.id, title=row.title, link=full(f"/ideas/{row.id}"), since=row.moved_at) for row in rows
    ]
    return listed(found, following)


def _shown(idea: Any, *, now: datetime) -> MergeShown:
    found: MergeFacts = merge_queries.merge_of(idea, now=now)
    return MergeShown(
        idea=found.number, into=found.into, link=full(f"/ideas/{found.into}"), at=found.at, reason=found.reason,
        until=found.until, may_be_undone=found.can_be_undone,
    )  # fmt: skip
