"""Statements built once for everybody who looks with the same rights: the person is filled in when they run.

Putting a statement together costs several times what running it does. What of a viewer decides its form is in
the shape; the rest of them are its parameters.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Integer, bindparam

from portal.people.roles import Role
from portal.people.viewer import Held, Viewer

SHAPES_KEPT = 512
ORDINARY = (Role.FRONTLINE, Role.TEAM_LEADER)  # held in every team: no statement differs by them
VIEWER: BindParameter[int] = bindparam("viewer", type_=Integer)


class Shape(NamedTuple):
    """What of a viewer decides the form of a statement."""

    held: tuple[Held, ...]
    on_a_site: bool
    organisation_id: int


def shape_of(viewer: Viewer) -> Shape:
    """The shape of a viewer; most people have the same."""
    held = tuple(one for one in viewer.held if one.role not in ORDINARY)
    return Shape(held, viewer.site_id is not None, viewer.organisation_id)


def person_of(viewer: Viewer) -> dict[str, Any]:
    """The parameters that a statement of the viewer's shape takes."""
    return {"viewer": viewer.id, "viewer_employer": viewer.employer_id, "viewer_site": viewer.site_id}


@lru_cache(SHAPES_KEPT)
def stand_in(shape: Shape) -> Viewer:
    """A viewer of this shape for building a statement; its numbers are parameters, to be given by `person_of`."""
    number: Any = bindparam
    return Viewer(
        id=number("viewer", type_=Integer), name="", initials="", job_title="", place_id=0, path="", team_id=None,
        site_id=number("viewer_site", type_=Integer) if shape.on_a_site else None,
        employer_id=number("viewer_employer", type_=Integer), organisation_id=shape.organisation_id, timezone="UTC",
        held=shape.held,
    )  # fmt: skip
