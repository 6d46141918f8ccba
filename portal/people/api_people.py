"""The interface to people: who is here, what they hold, how they get in and how they leave."""

from typing import Any, Literal

from flask import Response
from pydantic import Field
from sqlalchemy import Row

from portal import clock
from portal.people import administration, directory, tokens
from portal.people.access import requires, the_viewer
from portal.people.addresses import EMAIL_CHARS_MAX, STAFF_NUMBER_CHARS_MAX
from portal.people.administration import Newcomer
from portal.people.api import KeyShown, key_shown
from portal.people.directory import LOOKS, SEARCH_CHARS_MAX, PeopleWanted
from portal.people.models import Origin
from portal.people.once import once
from portal.people.person_csv import TEXT_CHARS_MAX
from portal.people.roles import CodePurpose, Role
from portal.people.scopes import Scope
from portal.people.sessions import keyed_hash
from portal.web.api import (
    AskedNumber,
    AskedPath,
    Line,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    api,
    listed,
    page_of,
    shown,
)
from portal.web.paging import decode_cursor, encode_cursor
from portal.web.transactions import writing

bp = api("people", "Who works here, what they may do, how they get in and how they leave.")


class PeopleAsked(PageAsked):
    """What the list is narrowed by."""

    q: Line = Field("", max_length=SEARCH_CHARS_MAX, description="Part of a name, e-mail address or staff number.")
    place: AskedNumber | None = Field(None, description="Only people at this place and below.")
    manager: AskedNumber | None = Field(None, description="Only people who answer to this person.")
    state: Literal["active", "waiting", "left"] = Field("active", description="`waiting`: without a password yet.")


class Named(Shown):
    """A place or a person by number and name."""

    number: int
    name: str


class PersonShown(Shown):
    """Somebody who works here, or has."""

    number: int
    name: str
    email: str | None
    staff_number: str | None
    job_title: str
    place: Named
    site: Named | None
    employer: Named
    has_password: bool
    made_up: bool = Field(description="Part of a demonstration or of a public conversation; does not sign in.")
    left_at: Moment | None


class GrantShown(Shown):
    """A role, held on a place and everything below it."""

    number: int
    role: Role
    place: Named
    granted_at: Moment


class PersonWhole(PersonShown):
    """A person with what they hold."""

    manager: Named | None
    reports: int = Field(description="How many people answer to them; `GET /people?manager=` lists them.")
    grants: list[GrantShown]


class NewPersonSent(Sent):
    """Somebody to be added by hand. One of `email` and `staff_number` is needed: people sign in with it."""

    name: Line = Field(min_length=1, max_length=TEXT_CHARS_MAX)
    place: Number = Field(description="Where they stand and hold the roles.")
    roles: list[Role] = Field([Role.FRONTLINE], max_length=len(Role))
    email: Line | None = Field(None, min_length=3, max_length=EMAIL_CHARS_MAX)
    staff_number: Line | None = Field(None, min_length=1, max_length=STAFF_NUMBER_CHARS_MAX)
    job_title: Line = Field("", max_length=TEXT_CHARS_MAX)


class GrantSent(Sent):
    """A role to be given on a place and everything below it."""

    role: Role
    place: Number


class CodeShown(Shown):
    """A one-time code to be handed over."""

    name: str
    account: str = Field(description="What its person types beside it.")
    where: str
    code: str | None = Field(description="Shown once: null where this is the answer of an earlier time.")


class PersonCodeShown(CodeShown):
    """A one-time code and what it opens."""

    purpose: CodePurpose


class GrantPath(NumberPath):
    """A role of a person."""

    grant: Number


class PersonKeyPath(AskedPath):
    """A key of a person."""

    number: Number
    key: Number


@bp.get("/people", responses={200: page_of(PersonShown)})
@requires("people.list", scope=Scope.PEOPLE_READ)
def list_people(query: PeopleAsked) -> Response:
    """The people at and below the places that the key's person looks after, by name."""
    wanted = PeopleWanted(
        query.q, query.place or 0, query.state, query.cursor or "", manager_id=query.manager or 0, limit=query.limit
    )
    rows, following = directory.people_list(the_viewer(), wanted)
    return listed([PersonShown(**_facts(row)) for row in rows], following)


@bp.post("/people", responses={201: PersonWhole})
@requires("people.add", scope=Scope.PEOPLE_WRITE)
def add_person(body: NewPersonSent) -> Response:
    """Add somebody by hand; a known login is 409 `known_already`. They get in with a code, which is made apart."""
    viewer = the_viewer()
    newcomer = Newcomer(body.name, body.place, tuple(body.roles), body.email, body.staff_number, body.job_title)
    return once(
        lambda: _whole(administration.add_person(viewer, newcomer, now=clock.now()).id), status=201
    )  # fmt: skip


@bp.get("/people/<int:number>", responses={200: PersonWhole})
@requires("people.list", scope=Scope.PEOPLE_READ)
def see_person(path: NumberPath) -> Response:
    """One person: where they stand, whom they answer to, and what they hold."""
    return shown(_whole(path.number))


@bp.post("/people/<int:number>/deactivation", responses={200: PersonWhole})
@requires("people.deactivate", scope=Scope.PEOPLE_WRITE)
def deactivate_person(path: NumberPath) -> Response:
    """Somebody has left: signed out everywhere, codes and keys ended. 409 `last_administrator` for the last one."""
    viewer = the_viewer()

    def verb() -> PersonWhole:
        administration.let_go(viewer, path.number, now=clock.now())
        return _whole(path.number)

    return once(verb)


@bp.delete("/people/<int:number>/sign-ins", responses={204: None})
@requires("people.deactivate", scope=Scope.PEOPLE_WRITE)
def end_sign_ins_of_person(path: NumberPath) -> Any:
    """Sign somebody out of every browser."""
    with writing():
        administration.end_sign_ins(the_viewer(), path.number, now=clock.now())
    return "", 204


@bp.post("/people/<int:number>/codes", responses={201: PersonCodeShown})
@requires("people.codes", scope=Scope.PEOPLE_WRITE)
def make_code(path: NumberPath) -> Response:
    """A one-time code for one person, shown once: the first one, or after a forgotten password. Ends earlier ones."""
    viewer = the_viewer()

    def verb() -> PersonCodeShown:
        slip, purpose = administration.code_for(viewer, path.number, seal=keyed_hash, now=clock.now())
        return PersonCodeShown(name=slip.name, account=slip.login, where=slip.where, code=slip.code, purpose=purpose)

    return once(verb, status=201, kept=lambda answer: answer.model_copy(update={"code": None}))


@bp.get("/people/<int:number>/grants", responses={200: page_of(GrantShown)})
@requires("people.list", scope=Scope.PEOPLE_READ)
def list_grants(path: NumberPath, query: PageAsked) -> Response:
    """The roles that somebody holds now, the oldest first."""
    person, after = directory.person_for(the_viewer(), path.number, *LOOKS), decode_cursor(query.cursor, int)
    rows = directory.standing_grants(person.id, after=after[0] if after else 0, limit=query.limit + 1)
    items = [_grant(row) for row in rows[: query.limit]]
    return listed(items, encode_cursor(items[-1].number) if len(rows) > query.limit else None)


@bp.post("/people/<int:number>/grants", responses={201: GrantShown})
@requires("people.grant", scope=Scope.PEOPLE_WRITE)
def give_role(path: NumberPath, body: GrantSent) -> Response:
    """Give a role on a place; one that is held there already stays as it is. Nobody gives themselves one (403)."""
    viewer = the_viewer()

    def verb() -> GrantShown:
        given = administration.give_role(viewer, path.number, body.role, body.place, now=clock.now())
        (row,) = directory.standing_grants(path.number, after=given.id - 1, limit=1)
        return _grant(row)

    return once(verb, status=201)


@bp.delete("/people/<int:number>/grants/<int:grant>", responses={204: None})
@requires("people.grant", scope=Scope.PEOPLE_WRITE)
def take_role(path: GrantPath) -> Any:
    """Take a role back; its person signs in again with what is left. 409 `last_administrator` for the last one."""
    with writing():
        administration.take_role(the_viewer(), path.number, path.grant, now=clock.now())
    return "", 204


@bp.get("/people/<int:number>/keys", responses={200: page_of(KeyShown)})
@requires("keys.revoke_any", scope=Scope.PEOPLE_READ)
def list_keys_of_person(path: NumberPath, query: PageAsked) -> Response:
    """Every key to this interface that somebody ever had, the newest first."""
    person = directory.person_for(the_viewer(), path.number, Role.ADMINISTRATOR)
    rows, following = tokens.keys_page(person.id, limit=query.limit, cursor=query.cursor)
    return listed([key_shown(row) for row in rows], following)


@bp.delete("/people/<int:number>/keys/<int:key>", responses={204: None})
@requires("keys.revoke_any", scope=Scope.PEOPLE_WRITE)
def revoke_key_of_person(path: PersonKeyPath) -> Any:
    """Revoke somebody's key; with the next request it opens nothing."""
    with writing():
        administration.revoke_key(the_viewer(), path.number, path.key, now=clock.now())
    return "", 204


def _whole(person_id: int) -> PersonWhole:
    row = directory.person_row(the_viewer(), person_id)
    manager = directory.name_of(row.manager_id)
    return PersonWhole(
        **_facts(row), manager=Named(number=row.manager_id, name=manager) if manager else None,
        reports=directory.reports_count(person_id),
        grants=[_grant(held) for held in directory.standing_grants(person_id)],
    )  # fmt: skip


def _facts(row: Row) -> dict[str, Any]:
    return {
        "number": row.id, "name": row.name, "email": row.email, "staff_number": row.staff_number,
        "job_title": row.job_title, "place": Named(number=row.place_id, name=row.place),
        "site": Named(number=row.site_id, name=row.site) if row.site_id else None,
        "employer": Named(number=row.employer_id, name=row.employer), "has_password": row.has_password,
        "made_up": row.origin in (Origin.DEMO, Origin.CONVERSATION), "left_at": row.left_at,
    }  # fmt: skip


def _grant(row: Row) -> GrantShown:
    place = Named(number=row.place_id, name=row.place)
    return GrantShown(number=row.id, role=row.role, place=place, granted_at=row.granted_at)
