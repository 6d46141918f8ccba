"""The interface to the representatives' seat at the triage page."""

from datetime import date
from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import representative_voices
from portal.frontline.representative_rules import VOICE_MAX, WORDS_MIN
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.triage import seat_queries
from portal.triage.clock_queries import clock_from
from portal.web.api import Moment, NumberPath, PageAsked, Sent, Shown, Words, api, listed, page_of
from portal.web.transactions import writing

bp = api("seat", "What waits for the executives, for those who speak for a place.")


class AtTheTableShown(Shown):
    """Something that waits for an executive's answer. No counts: whoever reads it may not have decided yet."""

    number: int
    title: str
    say: str
    said_by: str
    since: Moment
    carried: bool = Field(description="A representative put it there, outside the quorum.")
    answer_due: date | None
    answerer: str | None
    voice: str | None = Field(description="What the key's person said to it.")


class VoiceSent(Sent):
    """What a representative adds to a brief."""

    words: Words = Field(min_length=WORDS_MIN, max_length=VOICE_MAX)


@bp.get("/seat", responses={200: page_of(AtTheTableShown)})
@requires("representative.speak", scope=Scope.IDEAS_READ)
def list_table(query: PageAsked) -> Response:
    """What waits for the executives and the key's person may read, the longest waiting first."""
    found, following = seat_queries.table_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(one) for one in found], following)


@bp.put("/ideas/<int:number>/voice", responses={204: None})
@requires("representative.speak", scope=Scope.IDEAS_WRITE)
def add_voice(path: NumberPath, body: VoiceSent) -> Any:
    """Say something to it, once and until it is answered; only in one's turn (409 `not_now`, `not_waiting`)."""
    viewer = the_viewer()
    with writing():
        representative_voices.say(viewer, idea_for(viewer, path.number), body.words, now=clock.now())
    return "", 204


@bp.delete("/ideas/<int:number>/voice", responses={204: None})
@requires("representative.speak", scope=Scope.IDEAS_WRITE)
def take_voice_back(path: NumberPath) -> Any:
    """Take it back, until it is answered (409 `no_voice`, `not_waiting`)."""
    viewer = the_viewer()
    with writing():
        representative_voices.withdraw(viewer, idea_for(viewer, path.number), now=clock.now())
    return "", 204


def _shown(one: seat_queries.AtTheTable) -> AtTheTableShown:
    owed = clock_from(one.owed, now=clock.now())
    return AtTheTableShown(
        number=one.number, title=one.title, say=one.say, said_by=one.byline, since=one.since, carried=one.carried,
        answer_due=owed.due_on if owed else None, answerer=owed.name if owed else None, voice=one.voice,
    )  # fmt: skip
