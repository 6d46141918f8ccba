"""The interface to oneself: who the key belongs to, the keys there are, and where one is signed in."""

from typing import Any

from flask import Response, g
from pydantic import Field

from portal import clock
from portal.errors import Missing
from portal.people import queries, service, tokens
from portal.people.access import requires, the_viewer
from portal.people.models import ApiToken
from portal.people.scopes import Scope
from portal.web.api import Moment, NumberPath, PageAsked, Shown, api, listed, page_of, shown
from portal.web.paging import decode_cursor, encode_cursor
from portal.web.transactions import writing

bp = api("self", "Who the key belongs to, the keys of that person, and where they are signed in.")


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


class SignInShown(Shown):
    """A browser in which somebody is signed in."""

    number: int
    device: str
    network: str = Field(description="The address, shortened.")
    started_at: Moment


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
    return listed([key_shown(row) for row in rows], following)


@bp.delete("/keys/<int:number>", responses={204: None})
@requires("keys.revoke", scope=Scope.SELF_WRITE)
def revoke_key(path: NumberPath) -> Any:
    """Revoke a key; with the next request it opens nothing. A key that has ended stays ended."""
    viewer = the_viewer()
    with writing():
        tokens.revoke(viewer.id, path.number, by_id=viewer.id, now=clock.now())
    return "", 204


@bp.get("/sign-ins", responses={200: page_of(SignInShown)})
@requires("self.see", scope=Scope.SELF_READ)
def list_sign_ins(query: PageAsked) -> Response:
    """The browsers in which the key's person is signed in, the newest first."""
    after = decode_cursor(query.cursor, int)
    rows = queries.running_sign_ins(
        the_viewer().id, now=clock.now(), before=after[0] if after else None, limit=query.limit + 1
    )
    items = [SignInShown(number=row.id, device=row.device, network=row.network, started_at=row.started_at)
             for row in rows[: query.limit]]  # fmt: skip
    return listed(items, encode_cursor(items[-1].number) if len(rows) > query.limit else None)


@bp.delete("/sign-ins", responses={204: None})
@requires("sign_ins.end_own", scope=Scope.SELF_WRITE)
def end_all_sign_ins() -> Any:
    """Sign the key's person out of every browser."""
    with writing():
        service.end_sign_ins(the_viewer().id, because="ended_by_self", now=clock.now())
    return "", 204


@bp.delete("/sign-ins/<int:number>", responses={204: None})
@requires("sign_ins.end_own", scope=Scope.SELF_WRITE)
def end_sign_in(path: NumberPath) -> Any:
    """Sign the key's person out of one browser. One that has ended is not there any more (404)."""
    with writing():
        ended = service.end_sign_ins(the_viewer().id, because="ended_by_self", only=path.number, now=clock.now())
        if not ended:
            raise Missing("sign-in")
    return "", 204


def key_shown(row: ApiToken) -> KeyShown:
    """A key as the interface shows it."""
    return KeyShown(
        number=row.id, name=row.name, starts=row.shown_start, ends=row.shown_end,
        scopes=list(tokens.scopes_shown(row)), made_at=row.made_at, expires_at=row.expires_at,
        revoked_at=row.revoked_at, last_used_on=row.last_used_on.isoformat() if row.last_used_on else None,
    )  # fmt: skip
