"""The interface to asking again after a no."""

from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.triage import again_service as service
from portal.triage.again_queries import Asking, asking
from portal.triage.again_rules import FACT_CHARS_MAX, FACT_CHARS_MIN, TEAMS_MIN
from portal.web.api import NumberPath, Sent, Shown, Words, api, shown
from portal.web.transactions import writing

bp = api("asking_again", "New voices after a no.")


class AskingShown(Shown):
    """How many ask again. With `needed` voices from `teams_needed` teams the idea waits for an answer again."""

    idea: int
    decision: int | None = Field(description="The no that stands; null, as the next three, where none does.")
    voices: int | None = Field(description="Of people who had not backed it before the answer.")
    needed: int | None
    teams: int | None
    teams_needed: int
    asked: bool = Field(description="The key's person has asked again.")
    may_ask: bool


class FactSent(Sent):
    """What has changed since a no; everybody reads it, with who said it."""

    words: Words = Field(min_length=FACT_CHARS_MIN, max_length=FACT_CHARS_MAX)


class VoiceTaken(Shown):
    """returned: with this voice, or this fact, the idea went back to the executives."""

    idea: int
    returned: bool


@bp.get("/ideas/<int:number>/ask-again", responses={200: AskingShown})
@requires("decision.see", scope=Scope.DECISIONS_READ)
def see_asking_again(path: NumberPath) -> Response:
    """How many ask again after a no, and how many it takes."""
    return shown(_shown(path.number, asking(the_viewer(), path.number)))


@bp.post("/ideas/<int:number>/ask-again", responses={201: VoiceTaken})
@requires("decision.ask_again", scope=Scope.VOTES_WRITE)
def ask_idea_again(path: NumberPath) -> Response:
    """One voice after a no (409 `not_declined`, `already_counted`, `already_asked`, `hidden`; 403 `own_idea`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> VoiceTaken:
        returned = service.ask_again(viewer, idea_for(viewer, path.number), now=now)
        return VoiceTaken(idea=path.number, returned=returned)

    return once(verb, status=201)


@bp.post("/ideas/<int:number>/new-facts", responses={201: VoiceTaken})
@requires("decision.new_fact", scope=Scope.DECISIONS_WRITE)
def bring_new_fact(path: NumberPath, body: FactSent) -> Response:
    """Say what has changed since a no; the idea waits for an answer again (409 `not_declined`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> VoiceTaken:
        service.bring_fact(viewer, idea_for(viewer, path.number), body.words, now=now)
        return VoiceTaken(idea=path.number, returned=True)

    return once(verb, status=201)


@bp.delete("/ideas/<int:number>/ask-again", responses={204: None})
@requires("decision.ask_again", scope=Scope.VOTES_WRITE)
def take_asking_again_back(path: NumberPath) -> Any:
    """Take one's voice back while the no stands (409 `not_declined`, `not_asked`)."""
    viewer = the_viewer()
    with writing():
        service.take_back(viewer, idea_for(viewer, path.number), now=clock.now())
    return "", 204


def _shown(number: int, found: Asking | None) -> AskingShown:
    if found is None:
        return AskingShown(
            idea=number, decision=None, voices=None, needed=None, teams=None, teams_needed=TEAMS_MIN, asked=False,
            may_ask=False,
        )  # fmt: skip
    return AskingShown(
        idea=found.idea, decision=found.decision, voices=found.voices, needed=found.needed, teams=found.teams,
        teams_needed=TEAMS_MIN, asked=found.asked, may_ask=found.may_ask,
    )  # fmt: skip
