"""The interface to first replies: what waits for one, and giving it."""

from datetime import date

from flask import Response
from pydantic import Field

from portal import clock
from portal.ideas.queries import idea_for
from portal.ideas.words import Barrier, Kind, Stage
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.triage import lane_queries, replies, reply_queries
from portal.triage.lane_scope import sites_of
from portal.triage.models import ReplyKind
from portal.triage.reply_queries import ReplyLine
from portal.triage.reply_rules import REPLY_CHARS_MAX
from portal.web.api import Day, Moment, NumberPath, PageAsked, Sent, Shown, Words, api, listed, page_of

bp = api("replies", "First human replies: what waits for one at one's sites, and the replies.")


class UnrepliedShown(Shown):
    """An idea that waits for a first reply."""

    number: int
    kind: Kind
    barrier: Barrier
    stage: Stage
    title: str
    say: str
    said_by: str = Field(description="A name only where the author shows it.")
    said_at: Moment
    site: str = Field(description="Empty where it is about no single site.")


class ReplierShown(Shown):
    """Who replied."""

    number: int
    name: str


class ReplyShown(Shown):
    """The first human reply to an idea."""

    number: int
    idea: int
    kind: ReplyKind
    by: ReplierShown
    at: Moment
    reply: str = Field(description="What was said, or what is promised for one site.")
    local_fix: int | None = Field(description="The number of that promise; null for the other kinds.")


class ReplySent(Sent):
    """What the first reply says."""

    kind: ReplyKind
    reply: Words = Field("", max_length=REPLY_CHARS_MAX, description="Not needed for `left_to_swarm`.")
    due_on: Day | None = Field(None, description="Needed for `fixed_here`: after today, within a year.")


@bp.get("/team/ideas", responses={200: page_of(UnrepliedShown)})
@requires("lane.see", scope=Scope.DECISIONS_READ)
def list_unreplied(query: PageAsked) -> Response:
    """What waits for a first human reply at the sites of this person, the longest waiting first; never their own."""
    viewer = the_viewer()
    found, following = lane_queries.waiting_page(viewer, sites_of(viewer), limit=query.limit, cursor=query.cursor)
    items = [
        UnrepliedShown(
            number=one.number, kind=one.kind, barrier=one.barrier, stage=one.stage, title=one.title, say=one.say,
            said_by=one.byline.text, said_at=one.said_at, site=one.site_label,
        )
        for one in found
    ]  # fmt: skip
    return listed(items, following)


@bp.get("/ideas/<int:number>/replies", responses={200: page_of(ReplyShown)})
@requires("reply.see", scope=Scope.DECISIONS_READ)
def list_replies(path: NumberPath, query: PageAsked) -> Response:
    """The first reply to an idea; an empty list while nobody has replied."""
    found = reply_queries.first_reply(idea_for(the_viewer(), path.number).number)
    return listed([_shown(found)] if found else [], None)


@bp.post("/ideas/<int:number>/replies", responses={201: ReplyShown})
@requires("reply.give", scope=Scope.DECISIONS_WRITE)
def give_first_reply(path: NumberPath, body: ReplySent) -> Response:
    """Give the first human reply where the idea was said, in public: answered, fixed here, or left to the swarm.

    403 `own_idea`; 409 `already_replied`, `already_decided`, `already_here`, `hidden`, `merged`; 422 `reply_too_short`,
    `fix_needs_a_date`, `sentence_too_short`, `sentence_too_long`, `date_not_after_today`, `date_too_far`,
    `not_your_site`.
    """
    viewer, now = the_viewer(), clock.now()
    due_on: date | None = body.due_on

    def verb() -> ReplyShown:
        replies.reply(viewer, idea_for(viewer, path.number), body.kind, body.reply, now, due_on=due_on)
        given = reply_queries.first_reply(path.number)
        assert given is not None
        return _shown(given)

    return once(verb, status=201)


def _shown(line: ReplyLine) -> ReplyShown:
    return ReplyShown(
        number=line.id, idea=line.idea, kind=line.kind, by=ReplierShown(number=line.by_id, name=line.by), at=line.at,
        reply=line.words, local_fix=line.fix,
    )  # fmt: skip
