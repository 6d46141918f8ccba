"""The interface to what crosses capabilities: the board, an idea with all that became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from flask import Response
from pydantic import Field
from sqlalchemy import Row, select

from portal import clock
from portal.home import board, board_pages, idea_facts, story_page, storytelling
from portal.home.api_shapes import (
    BoardShown,
    IdeaListed,
    IdeaShown,
    StandingShown,
    StepShown,
    ViewShown,
    listed_idea,
    standing_shown,
    step_shown,
    whole_idea,
)
from portal.home.cards import may_see_numbers
from portal.home.story_page import Sort
from portal.home.wanted import SEARCH_CHARS_MAX, VIEWS, Wanted
from portal.ideas import service
from portal.ideas.box import refuse_personal_data
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for
from portal.ideas.words import SAY_CHARS_MAX, SAY_CHARS_MIN, Barrier
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.swarm.lists import my_vote
from portal.web.api import (
    AskedNumber,
    Line,
    NumberPath,
    PageAsked,
    Sent,
    Words,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
)
from portal.web.dates import local_day
from portal.web.transactions import writing

bp = api("board", "Ideas as the board shows them, with what became of them.")


class View(StrEnum):
    """The tabs of the board."""

    NEEDS_YOU = "needs-you"
    RISING = "rising"
    EXECUTIVES = "executives"
    PROMISED = "promised"
    DONE = "done"
    NOT_DOING = "not-doing"
    NEWEST = "newest"


assert set(View) == set(VIEWS)


class BoardAsked(PageAsked):
    """A view of the board and its filters."""

    view: View = Field(
        View.NEWEST,
        description="`needs-you`: dealt for this person and day, 80 at most. `rising`: what they have decided on.",
    )
    barrier: Barrier | None = None
    site: AskedNumber | None = None
    q: Line | None = Field(None, max_length=SEARCH_CHARS_MAX, description="Every word in title or words; or a number.")
    mine: Literal["true", "false"] = Field("false", description="Only what this person said.")


class StoryAsked(PageAsked):
    """Which part of a story."""

    of: Sort | None = Field(None, description="Only steps of this sort.")


class WordsSent(Sent):
    """The words, once more."""

    say: Words = Field(min_length=SAY_CHARS_MIN, max_length=SAY_CHARS_MAX)
    insist: bool = Field(False, description="Send it although it seems to hold personal data.")


@bp.get("/ideas", responses={200: page_of(IdeaListed)})
@requires("idea.list", scope=Scope.IDEAS_READ)
def list_ideas(query: BoardAsked) -> Response:
    """The ideas of one view of the board, with counts only where the person of the key has decided."""
    wanted = Wanted(
        query.view.value, query.barrier.value if query.barrier else "", query.site, query.q or "",
        query.mine == "true", after=query.cursor, limit=query.limit,
    )  # fmt: skip
    cards, following = board_pages.cards_page(the_viewer(), wanted, now=clock.now())
    return listed([listed_idea(card) for card in cards], following)


@bp.get("/board", responses={200: BoardShown})
@requires("idea.list", scope=Scope.IDEAS_READ)
def see_board() -> Response:
    """How many ideas each view of the board holds for the person of the key, and how they are ordered."""
    counts = board.counts(the_viewer())
    views = [ViewShown(view=view, name=label, ideas=counts.get(view)) for view, label in VIEWS.items()]
    return shown(BoardShown(views=views, order=list(board.ORDER_LINES)))


@bp.get("/ideas/<int:number>", responses={200: IdeaShown})
@requires("idea.see", scope=Scope.IDEAS_READ)
def see_idea(path: NumberPath) -> Response:
    """One idea: its words in full, where it stands, and what the person of the key may do with it now."""
    return shown(_idea(the_viewer(), path.number, clock.now()))


@bp.patch("/ideas/<int:number>", responses={200: IdeaShown}, openapi_extensions={"x-takes-if-match": True})
@requires("idea.edit", scope=Scope.IDEAS_WRITE)
def edit_idea(path: NumberPath, body: WordsSent) -> Response:
    """Change the words of an idea: its author may for 15 minutes or until the first vote.

    Refused with 403 `not_yours`, 409 `edit_after_vote` or `idea_withdrawn`, 410 `edit_over`, 422 `personal_data`.
    """
    viewer, number, now = the_viewer(), path.number, clock.now()
    names = idea_for(viewer, number).names
    refuse_personal_data(viewer, body.say, names, insists=body.insist, field="say")
    with writing():
        demand_unchanged(select(Idea.id).where(Idea.id == number), lambda: _idea(viewer, number, now))
        service.edit(viewer, idea_for(viewer, number), body.say, now=now)
        answer = _idea(viewer, number, now)
    return shown(answer)


@bp.get("/ideas/<int:number>/story", responses={200: page_of(StepShown)})
@requires("idea.see", scope=Scope.IDEAS_READ)
def list_story(path: NumberPath, query: StoryAsked) -> Response:
    """Everything that changed where an idea stands, the newest first; what was taken back says when."""
    viewer, now = the_viewer(), clock.now()
    idea = idea_for(viewer, path.number)
    decided = may_see_numbers(idea, viewer, my_vote(viewer, path.number))
    steps, following = story_page.steps_page(
        idea, decided=decided, sort=query.of, limit=query.limit, cursor=query.cursor
    )
    return listed([_step(viewer, step, now) for step in steps], following)


@bp.get("/ideas/<int:number>/standing", responses={200: StandingShown})
@requires("swarm.explain", scope=Scope.IDEAS_READ)
def see_standing(path: NumberPath) -> Response:
    """Where an idea stands and what it still needs, in the sentence that staff read; numbers after deciding."""
    words, counted, score = idea_facts.standing(the_viewer(), path.number, now=clock.now())
    return shown(standing_shown(path.number, words, counted, score))


def _idea(viewer: Viewer, number: int, now: datetime) -> IdeaShown:
    return whole_idea(idea_facts.facts(viewer, number, now=now))


def _step(viewer: Viewer, row: Row, now: datetime) -> StepShown:
    entry = storytelling.entry_of(row, zone=viewer.timezone, today=local_day(now, viewer.timezone))
    return step_shown(row, entry)
