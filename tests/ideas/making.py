"""Ideas and comments for tests: state only what matters."""

from datetime import datetime
from typing import Any

from portal.db import db, writing
from portal.ideas import service, talking
from portal.ideas.models import Idea
from portal.ideas.service import NewIdea
from portal.ideas.talking import NewComment
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from tests.factories import NOON

SAY = "We have to ask every customer for a fax. Nobody has a fax."


def viewer(person_id: int) -> Viewer:
    """The viewer that a person is."""
    found = viewer_of(person_id)
    assert found is not None
    return found


def said(person_id: int, say: str = SAY, *, now: datetime = NOON, **over: Any) -> int:
    """Say an idea and commit; returns its number."""
    who = viewer(person_id)
    with writing():
        return service.say(who, NewIdea(say, **over), now=now).number


def commented(
    person_id: int, number: int, body: str = "Try the **other** form.", *, now: datetime = NOON, **over: Any
) -> int:
    """Add a comment and commit; returns its id."""
    who = viewer(person_id)
    with writing():
        return talking.add_comment(who, idea(number), NewComment(body, **over), now=now).id


def idea(number: int) -> Idea:
    """The row as the database has it."""
    found = db.session.get(Idea, number, populate_existing=True)
    assert found is not None
    return found
