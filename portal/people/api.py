"""The interface to oneself: who the key belongs to, and the keys there are."""

from typing import Any

from flask import Response, g

from portal import clock
from portal.people import tokens
from portal.people.access import requires, the_viewer
from portal.people.models import ApiToken
from portal.people.scopes import Scope
from portal.web.api import Moment, NumberPath, PageAsked, Shown, api, listed, page_of, shown
from portal.web.transactions import writing

bp = api("self", "Who the key belongs to, and the keys of that person.")


class RoleHeld(Shown):
    """A role, and the node of the tree (as a path of place numbers) from which it is valid downwards."""

    role: str
    path: str


class SelfShown(Shown):
    """The person of the key. What they may do is narrowed by the key's scopes."""

    number: int
    name: str
    job_title: str
    place: int
    team: int | None
    site: int | None
    employer: int
    timezone: str
    roles: list[RoleHeld]
    scopes: list[Scope]


class KeyShown(Shown):
    """A key, without its secret."""

    number: int
    name: str
    starts: str
    ends: str
    scopes: list[Scope]
    made_at: Moment
    expires_at: Moment
    revoked_at: Moment | None
    last_used_on: str | None


@bp.get("/self", responses={200: SelfShown})
@requires("self.see", scope=Scope.SELF_READ)
def see_self() -> Response:
    """The person of the key, their roles and the key's scopes."""
    viewer = the_viewer()
    roles = [RoleHeld(role=held.role, path=held.path) for held in viewer.held]
    return shown(SelfShown(
        number=viewer.id, name=viewer.name, job_title=viewer.job_title, place=viewer.place_id, team=viewer.team_id,
        site=viewer.site_id, employer=viewer.employer_id, timezone=viewer.timezone, roles=roles,
        scopes=[scope for scope in Scope if scope in g.key.scopes],
    ))  # fmt: skip


@bp.get("/keys", responses={200: page_of(KeyShown)})
@requires("self.see", scope=Scope.SELF_READ)
def list_keys(query: PageAsked) -> Response:
    """Every key this person ever had, the newest first."""
    rows, following = tokens.keys_page(the_viewer().id, limit=query.limit, cursor=query.cursor)
    return listed([_key(row) for row in rows], following)


@bp.delete("/keys/<int:number>", responses={204: None})
@requires("keys.revoke", scope=Scope.SELF_WRITE)
def revoke_key(path: NumberPath) -> Any:
    """Revoke a key; with the next request it opens nothing. A key that has ended stays ended."""
    viewer = the_viewer()
    with writing():
        tokens.revoke(viewer.id, path.number, by_id=viewer.id, now=clock.now())
    return "", 204


def _key(row: ApiToken) -> KeyShown:
    return KeyShown(
        number=row.id, name=row.name, starts=row.shown_start, ends=row.shown_end,
        scopes=list(tokens.scopes_shown(row)), made_at=row.made_at, expires_at=row.expires_at,
        revoked_at=row.revoked_at, last_used_on=row.last_used_on.isoformat() if row.last_used_on else None,
    )  # fmt: skip
