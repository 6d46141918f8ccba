"""The interface to the organisation's tree: places, sites, and codes for everybody at a place."""

from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.people import administration, directory
from portal.people.access import requires, the_viewer
from portal.people.api_people import CodeShown
from portal.people.directory import LOOKS
from portal.people.models import Place
from portal.people.once import once
from portal.people.roles import PlaceKind
from portal.people.scopes import Scope
from portal.people.sessions import keyed_hash
from portal.web.api import NumberPath, PageAsked, Shown, api, listed, page_of

bp = api("places", "The organisation: employers, sites and teams.")


class PlacesAsked(PageAsked):
    """What the list is narrowed by."""

    kind: PlaceKind | None = None


class PlaceShown(Shown):
    """A node of the tree. `path` names the numbers from the organisation down to it, between slashes."""

    number: int
    kind: PlaceKind
    name: str
    parent: int | None
    path: str
    employer: int | None
    site: int | None
    timezone: str | None


class CodesShown(Shown):
    """One-time codes for the people at a place."""

    lasts_days: int
    codes: list[CodeShown] = Field(description="By site, place and name; a thousand at most.")


@bp.get("/places", responses={200: page_of(PlaceShown)})
@requires("people.list", scope=Scope.PEOPLE_READ)
def list_places(query: PlacesAsked) -> Response:
    """The tree at and below the places that the key's person looks after; what stands above comes first."""
    return _listed(the_viewer().scope(*LOOKS), query.kind, query)


@bp.get("/sites", responses={200: page_of(PlaceShown)})
@requires("self.see", scope=Scope.PEOPLE_READ)
def list_sites(query: PageAsked) -> Response:
    """Every site, for everybody: an idea is about one of them."""
    return _listed((f"/{the_viewer().organisation_id}/",), PlaceKind.SITE, query)


@bp.post("/places/<int:number>/codes", responses={201: CodesShown})
@requires("people.codes", scope=Scope.PEOPLE_WRITE)
def make_codes(path: NumberPath) -> Response:
    """First codes for everybody at a place who has no password (409 `nobody_waits`, `sheet_too_long`), shown once."""
    viewer = the_viewer()

    def verb() -> CodesShown:
        slips = administration.codes_for_place(viewer, path.number, seal=keyed_hash, now=clock.now())
        codes = [CodeShown(name=slip.name, account=slip.login, where=slip.where, code=slip.code) for slip in slips]
        return CodesShown(lasts_days=administration.FIRST_CODE_DAYS, codes=codes)

    return once(verb, status=201, kept=_without_codes)


def _without_codes(answer: Any) -> CodesShown:
    return answer.model_copy(update={"codes": [one.model_copy(update={"code": None}) for one in answer.codes]})


def _listed(paths: tuple[str, ...], kind: PlaceKind | None, query: PageAsked) -> Response:
    rows, following = directory.places_page(paths, kind=kind, limit=query.limit, cursor=query.cursor)
    return listed([_place(row) for row in rows], following)


def _place(row: Place) -> PlaceShown:
    return PlaceShown(
        number=row.id, kind=row.kind, name=row.name, parent=row.parent_id, path=row.path, employer=row.employer_id,
        site=row.site_id, timezone=row.timezone,
    )  # fmt: skip
