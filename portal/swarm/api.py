"""The interface to voting."""

from typing import Any

from flask import Response
from pydantic import Field
from sqlalchemy import Row

from portal import clock
from portal.ideas.queries import readable_number
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.swarm import lists, service, stop_queries
from portal.swarm.models import Via
from portal.swarm.rules import SENTENCE_MAX, StopReason, VoteKind, WantedVote
from portal.swarm.service import Voter
from portal.web.api import Moment, NumberPath, PageAsked, Sent, Shown, Words, api, listed, page_of, shown
from portal.web.transactions import writing

bp = api("votes", "Deciding on ideas, and what was objected.")


class VoteSent(Sent):
    """A decision on an idea. `reason` and `sentence` belong to a stop signal; with another kind they say nothing."""

    kind: VoteKind
    reason: StopReason | None = Field(None, description="Needed for a stop signal (422 `stop_needs_reason`).")
    sentence: Words = Field(
        "", max_length=SENTENCE_MAX, description="Needed for `unsafe` and `unlawful` (422 `stop_needs_sentence`)."
    )


class VoteShown(Shown):
    """A vote of one's own that stands."""

    idea: int
    title: str
    kind: VoteKind
    reason: StopReason | None
    sentence: str
    at: Moment


class VoteTaken(VoteShown):
    """The vote that stands now."""

    carried: bool = Field(description="With this vote the idea went to the executives.")


class StopsCounted(Shown):
    """How many object for one reason."""

    reason: StopReason
    count: int


class StopWords(Shown):
    """What somebody who objects has written."""

    reason: StopReason
    sentence: str


class StopsShown(Shown):
    """The stop signals on an idea, as far as they are shown."""

    idea: int
    categories: list[StopsCounted] | None = Field(description="Null until one has decided or the idea is carried.")
    words: list[StopWords] | None = Field(
        description="Null until one has decided; empty until three people object or the idea is carried."
    )


@bp.put("/ideas/<int:number>/vote", responses={200: VoteTaken})
@requires("vote.cast", scope=Scope.VOTES_WRITE)
def cast_vote(path: NumberPath, body: VoteSent) -> Response:
    """Give or change one's vote; the same again changes nothing (403 `own_idea`, 409 `closed`, `too_many_strong`).

    An idea that has joined another one refuses with 409 `merged` and says which: vote there.
    """
    viewer, wanted = the_viewer(), WantedVote(body.kind, body.reason, body.sentence)
    with writing():
        number = readable_number(viewer, path.number)
        carried = service.cast_vote(Voter.of(viewer), number, wanted, via=Via.API, now=clock.now())
        row = lists.my_vote(viewer, number)
        assert row is not None
        answer = VoteTaken(carried=carried, **_facts(row))
    return shown(answer)


@bp.delete("/ideas/<int:number>/vote", responses={204: None})
@requires("vote.withdraw", scope=Scope.VOTES_WRITE)
def withdraw_vote(path: NumberPath) -> Any:
    """Take one's vote back (409 `no_vote_to_withdraw`, `closed`); the counts are hidden again."""
    viewer = the_viewer()
    with writing():
        number = readable_number(viewer, path.number)
        service.cast_vote(Voter.of(viewer), number, WantedVote(None), via=Via.API, now=clock.now())
    return "", 204


@bp.get("/votes", responses={200: page_of(VoteShown)})
@requires("idea.list", scope=Scope.IDEAS_READ)
def list_votes(query: PageAsked) -> Response:
    """One's own votes that stand, the newest first."""
    rows, following = lists.my_votes(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([VoteShown(**_facts(row)) for row in rows], following)


@bp.get("/ideas/<int:number>/stops", responses={200: StopsShown})
@requires("stops.see", scope=Scope.IDEAS_READ)
def see_stops(path: NumberPath) -> Response:
    """The stop signals on an idea: how many for which reason, and the words as far as they are shown."""
    page = stop_queries.stops_page(the_viewer(), path.number)
    if not page.may_see:
        return shown(StopsShown(idea=page.number, categories=None, words=None))
    categories = [StopsCounted(reason=reason, count=count) for reason, count in page.categories]
    words = [StopWords(reason=reason, sentence=sentence) for reason, sentence in page.words]
    return shown(StopsShown(idea=page.number, categories=categories, words=words))


def _facts(row: Row) -> dict[str, Any]:
    return {
        "idea": row.idea_id, "title": row.title, "kind": row.kind, "reason": row.reason, "sentence": row.sentence,
        "at": row.at,
    }  # fmt: skip
