"""The interface to bulletins about rules. Who has confirmed one is told by nobody; how many, to whoever may decide."""

from datetime import date

from flask import Response
from pydantic import Field

from portal import clock
from portal.ideas import bulletin_queries as queries
from portal.ideas import bulletin_service as service
from portal.ideas.bulletin_queries import BulletinView
from portal.ideas.bulletin_rules import BulletinStanding
from portal.ideas.rule_record_service import judges
from portal.ideas.rule_record_words import RuleRefusal, VerdictKind
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Moment, NumberPath, PageAsked, Shown, api, listed, page_of, shown

bp = api("bulletins", "What everybody for whom a rule holds is told about its end, and confirms.")


class BulletinsAsked(PageAsked):
    """Which bulletins."""

    waiting: bool | None = Field(None, description="Only those that wait for you, or only the others.")


class BulletinShown(Shown):
    """A bulletin. new_wording: empty where nothing holds instead. standing: how it stands with you."""

    number: int
    rule: int
    title: str
    kind: VerdictKind
    at: Moment
    by: str
    effective_on: date | None
    old_wording: str
    new_wording: str
    reason: str
    corrects: bool = Field(description="Something else was told about this rule before.")
    superseded: bool = Field(description="It was decided again since, and a newer one tells it.")
    standing: BulletinStanding
    confirmed_at: Moment | None


class BulletinShare(Shown):
    """How many of a site's people have confirmed it."""

    site: str
    told: int
    confirmed: int


class BulletinSharesShown(Shown):
    """Shares, never names. told: null where the rule holds for fewer than ten people; small sites are together."""

    number: int
    told: int | None
    confirmed: int | None
    sites: list[BulletinShare]


def bulletin_as_shown(told: BulletinView) -> BulletinShown:
    """A bulletin as programs get it."""
    return BulletinShown(**{name: getattr(told, name) for name in BulletinShown.model_fields})


@bp.get("/bulletins", responses={200: page_of(BulletinShown)})
@requires("bulletin.see", scope=Scope.IDEAS_READ)
def list_bulletins(query: BulletinsAsked) -> Response:
    """Bulletins about rules that you may see, the newest first."""
    found, following = queries.bulletins_page(
        the_viewer(), now=clock.now(), waiting=query.waiting, limit=query.limit, cursor=query.cursor
    )
    return listed([bulletin_as_shown(one) for one in found], following)


@bp.get("/bulletins/<int:number>", responses={200: BulletinShown})
@requires("bulletin.see", scope=Scope.IDEAS_READ)
def get_bulletin(path: NumberPath) -> Response:
    """One bulletin."""
    return shown(bulletin_as_shown(queries.bulletin_shown(the_viewer(), path.number, now=clock.now())))


@bp.post("/bulletins/<int:number>/confirmations", responses={200: BulletinShown})
@requires("bulletin.confirm", scope=Scope.IDEAS_WRITE)
def confirm_bulletin(path: NumberPath) -> Response:
    """Confirm that you have read it; once more changes nothing. 403 `not_for_you`; 409 `bulletin_superseded`."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> BulletinShown:
        told, _, holds = queries.bulletin_for(viewer, path.number)
        service.confirm(viewer, told, holds=holds, now=now)
        return bulletin_as_shown(queries.bulletin_shown(viewer, path.number, now=now))

    return once(verb)


@bp.get("/bulletins/<int:number>/shares", responses={200: BulletinSharesShown})
@requires("bulletin.count", scope=Scope.IDEAS_READ)
def get_bulletin_shares(path: NumberPath) -> Response:
    """How many have confirmed it at each site: for whoever may decide about the rule. 403 `not_rule_judge`."""
    viewer = the_viewer()
    told, rule, _ = queries.bulletin_for(viewer, path.number)
    if not judges(viewer, rule):
        raise RuleRefusal.NOT_JUDGE.as_error()
    found = queries.shares(told, rule)
    total = found.total
    return shown(BulletinSharesShown(
        number=path.number, told=total.people if total else None, confirmed=total.parts[0] if total else None,
        sites=[BulletinShare(site=one.label, told=one.people, confirmed=one.parts[0]) for one in found.groups],
    ))  # fmt: skip
