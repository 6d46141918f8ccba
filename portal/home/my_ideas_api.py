"""The interface to what became of one's own ideas, and of what one backed."""

from datetime import date, datetime
from enum import StrEnum

from flask import Response
from pydantic import Field

from portal import clock
from portal.home import my_ideas
from portal.home.my_ideas import MyIdea
from portal.ideas.words import Names, Stage
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.web.api import Moment, PageAsked, Shown, api, listed, page_of
from portal.web.links import full

bp = api("my_ideas", "What became of what the person of the key said, and of what they backed.")


class Mine(StrEnum):
    """Which list."""

    SAID = "said"
    BACKED = "backed"


class MineAsked(PageAsked):
    """A list of one's own."""

    of: Mine = Field(Mine.SAID, description="`said`: with a stored name, hidden or shown. `backed`: me too, or strong.")


class OutcomeShown(Shown):
    """The last thing that happened to an idea, in the words of its story."""

    at: Moment
    title: str
    detail: str
    words: str


class NextShown(Shown):
    """What comes next: who owes it, and by when where there is a day for it."""

    words: str
    who: str
    due_on: date | None
    late: bool


class MyIdeaShown(Shown):
    """An idea with what became of it. outcome and owed are null while there is none."""

    number: int
    link: str
    title: str
    stage: Stage
    names: Names
    said_at: Moment
    merged_into: int | None
    outcome: OutcomeShown | None
    owed: NextShown | None


@bp.get("/me/ideas", responses={200: page_of(MyIdeaShown)})
@requires("self.see", scope=Scope.IDEAS_READ)
def list_my_ideas(query: MineAsked) -> Response:
    """What the person of the key said or backed, the newest first, with what became of it. Nobody else sees it."""
    page = my_ideas.said_page if query.of is Mine.SAID else my_ideas.backed_page
    found, following = page(the_viewer(), now=clock.now(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(one) for one in found], following)


def _shown(one: MyIdea) -> MyIdeaShown:
    last, owed = one.outcome, one.owed
    return MyIdeaShown(
        number=one.number, link=full(f"/ideas/{one.number}"), title=one.title, stage=one.stage, names=Names(one.names),
        said_at=one.said_at, merged_into=one.joined,
        outcome=OutcomeShown(at=datetime.fromisoformat(last.datetime), title=last.title, detail=last.text,
                             words=last.say) if last else None,
        owed=NextShown(words=owed.words, who=owed.who, due_on=owed.due_on, late=owed.late) if owed else None,
    )  # fmt: skip
