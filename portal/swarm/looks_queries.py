"""Reading what is kept of looks, for dealing and for the switch: never who has seen what."""

from sqlalchemy import ColumnElement, Row, ScalarSelect, exists, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.models import Idea
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.statements import run
from portal.swarm.looks import FAIRLY_SEEN
from portal.swarm.looks_models import Look, LookSetting


def kept_query() -> ScalarSelect[bool]:
    """Whether looks are kept, as part of a statement; null where nobody has ever said."""
    return select(LookSetting.kept).order_by(LookSetting.id.desc()).limit(1).scalar_subquery()


def are_kept() -> bool:
    """Whether looks are kept."""
    return run(KEPT_NOW).scalar() is not False


def newest_setting() -> Row | None:
    """The newest row of the setting with the name of who made it, or None where nobody has ever said."""
    query = select(LookSetting.kept, LookSetting.at, Person.name).outerjoin(Person, Person.id == LookSetting.by_id)
    return db.session.execute(query.order_by(LookSetting.id.desc()).limit(1)).one_or_none()


def fairly_seen_by(looker: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for what the viewer has seen well enough not to be dealt it again."""
    look = aliased(Look)
    return exists().where(look.idea_id == Idea.id, look.person_id == looker.id, look.p_seen >= FAIRLY_SEEN)


KEPT_NOW = select(kept_query())
