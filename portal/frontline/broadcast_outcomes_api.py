"""The interface to saying an idea because a broadcast is not what one sees."""

from typing import Literal

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import broadcast_outcomes
from portal.frontline.broadcast_queries import broadcast_for
from portal.ideas.box import refuse_personal_data
from portal.ideas.service import NewIdea
from portal.ideas.words import SAY_CHARS_MAX, SAY_CHARS_MIN, Names
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import NumberPath, Sent, Shown, Words, api

bp = api("broadcast-outcomes", "Ideas that were said because a broadcast is not what somebody sees.")


class InsteadSent(Sent):
    """What you see instead."""

    say: Words = Field(min_length=SAY_CHARS_MIN, max_length=SAY_CHARS_MAX)
    names: Literal["hidden", "shown"] = "hidden"
    insist: bool = Field(False, description="Send it although something in it looks like personal data.")


class InsteadShown(Shown):
    """The idea that stands on the board now."""

    broadcast: int
    idea: int


@bp.post("/broadcasts/<int:number>/ideas", responses={201: InsteadShown})
@requires("broadcast.answer", scope=Scope.IDEAS_WRITE)
def say_instead_of_broadcast(path: NumberPath, body: InsteadSent) -> Response:
    """Say as an idea what you see instead, once you have answered so (409 `not_disagreed`; 422 `personal_data`)."""
    viewer, names = the_viewer(), Names(body.names)
    broadcast_for(viewer, path.number)
    refuse_personal_data(viewer, body.say, names, insists=body.insist, field="say")

    def verb() -> InsteadShown:
        told = broadcast_for(viewer, path.number)
        idea = broadcast_outcomes.say_instead(viewer, told, NewIdea(body.say, names), now=clock.now())
        return InsteadShown(broadcast=told.id, idea=idea.number)

    return once(verb, status=201)
