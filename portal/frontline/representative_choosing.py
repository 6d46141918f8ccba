"""Open ideas among which somebody chooses one for their representative to carry."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from portal.db import db
from portal.frontline.representative_models import HandedIn
from portal.ideas.guess import shortened
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.search_queries import says
from portal.ideas.words import Stage
from portal.people.viewer import Viewer

CHOICE = 20
SAY_CHARS = 160


@dataclass(frozen=True)
class Choice:
    """An idea that can be given. given: the viewer gave it to one of those who speak for them already."""

    number: int
    title: str
    say: str
    given: bool


def choices(viewer: Viewer, text: str) -> Sequence[Choice]:
    """The newest open ideas that the viewer may read and that hold the words, or have that number; one statement."""
    mine = exists().where(HandedIn.idea_id == Idea.id, HandedIn.person_id == viewer.id)
    query = select(Idea.id, Idea.title, Idea.say, mine.label("given"))
    query = query.where(Idea.stage == Stage.OPEN, Idea.hidden_at.is_(None), visible_to(viewer))
    if text:
        query = query.where(says(text))
    rows = db.session.execute(query.order_by(Idea.id.desc()).limit(CHOICE))
    return [Choice(row.id, row.title, _rest(row.title, row.say), row.given) for row in rows]


def _rest(title: str, say: str) -> str:
    """The words, where they say more than the title."""
    return shortened(say, SAY_CHARS) if say.strip().removesuffix(".") != title else ""
