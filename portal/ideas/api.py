"""The interface to saying something, and to what its author may do with it afterwards."""

from typing import Literal

from flask import Response
from pydantic import Field

from portal import clock
from portal.errors import Invalid
from portal.ideas import service
from portal.ideas.box import look
from portal.ideas.service import NewIdea
from portal.ideas.spotting import Finding
from portal.ideas.words import SAY_CHARS_MAX, SAY_CHARS_MIN, TITLE_CHARS_MAX, Audience, Barrier, Kind, Names
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Line, Number, Sent, Shown, Words, api

bp = api("ideas", "What people said, and what was added to it.")


class NewIdeaSent(Sent):
    """An idea or a stupid rule. What is left out is guessed from the words, as on the page."""

    say: Words = Field(min_length=SAY_CHARS_MIN, max_length=SAY_CHARS_MAX, description="The words, as they are said.")
    names: Literal["shown", "hidden"] = Field("hidden", description="Hidden: the name is shown to nobody.")
    kind: Kind | None = None
    title: Line | None = Field(None, min_length=1, max_length=TITLE_CHARS_MAX)
    barrier: Barrier | None = None
    site: Number | None = Field(None, description="The site it is about; usually the one its author works at.")
    audience: Audience = Audience.ORGANISATION
    insist: bool = Field(False, description="Send it although it seems to hold personal data.")


class Said(Shown):
    """Where to find what was said."""

    number: int
    title: str
    kind: Kind
    barrier: Barrier


@bp.post("/ideas", responses={201: Said})
@requires("idea.say", scope=Scope.IDEAS_WRITE)
def say_idea(body: NewIdeaSent) -> Response:
    """Put an idea on the board. Personal data that it seems to hold is asked about first (422 `personal_data`)."""
    viewer, names = the_viewer(), Names(body.names)
    _refuse_personal_data(look(viewer, body.say, names, insists=body.insist, wants_removal=False)[1])
    words = NewIdea(body.say, names, body.audience, body.kind, body.title, body.barrier, body.site)

    def verb() -> Said:
        idea = service.say(viewer, words, now=clock.now())
        return Said(number=idea.number, title=idea.title, kind=idea.kind, barrier=idea.barrier)

    return once(verb, status=201)


def _refuse_personal_data(findings: list[Finding]) -> None:
    if findings:
        found = ", ".join(sorted({finding.kind for finding in findings}))
        message = f"This looks as if it held personal data ({found}). Take it out, or send it with insist."
        raise Invalid("personal_data", message, {"say": message})
