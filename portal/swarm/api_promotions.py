"""The interface to what the swarm has carried, for those who check it."""

from typing import Any

from flask import Response
from pydantic import Field

from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.swarm import audit, lists
from portal.swarm.models import Promotion
from portal.web.api import Moment, NumberPath, PageAsked, Shown, api, listed, page_of, shown

bp = api("promotions", "What came before the executives, with every input of the formula, chained.")
SAME = (
    "at", "s", "d", "m", "mu0", "delta", "evidence", "line", "teams", "sites", "n_team", "n_site", "params_version",
    "vote_id_max", "carried", "prev_hash", "hash",
)  # fmt: skip


class PromotionShown(Shown):
    """An idea before the executives: what went into the formula at that moment, and its link of the chain.

    s, d, m: the discounted sums of support, stops and looks. mu0: the typical idea. evidence = s − d − m·(mu0 + delta).
    teams, sites: in the idea's audience; n_team, n_site: with a supporter. hash: over prev_hash and all of these.
    """

    number: int
    idea: int
    at: Moment
    s: float
    d: float
    m: float
    mu0: float
    delta: float
    evidence: float
    line: float = Field(description="The evidence that was needed.")
    teams: int
    sites: int
    n_team: int
    n_site: int
    params_version: int
    vote_id_max: int = Field(description="The last vote that counted; 0 where there was none.")
    carried: bool = Field(description="A representative carried it outside the quorum: it did not pass the line.")
    prev_hash: str
    hash: str


class PromotionChecked(PromotionShown):
    """A promotion, checked against the votes of its moment and its place in the chain."""

    agrees: bool


@bp.get("/promotions", responses={200: page_of(PromotionShown)})
@requires("swarm.audit", scope=Scope.IDEAS_READ)
def list_promotions(query: PageAsked) -> Response:
    """What came before the executives, the newest first; `carried` says what a representative put there."""
    rows, following = lists.promotions_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([PromotionShown(**_facts(row)) for row in rows], following)


@bp.get("/promotions/<int:number>", responses={200: PromotionChecked})
@requires("swarm.audit", scope=Scope.IDEAS_READ)
def check_promotion(path: NumberPath) -> Response:
    """One promotion, computed again from the votes that stood then."""
    row = lists.promotion_for(the_viewer(), path.number)
    return shown(PromotionChecked(agrees=audit.agrees(row), **_facts(row)))


def _facts(row: Promotion) -> dict[str, Any]:
    return {"number": row.id, "idea": row.idea_id} | {name: getattr(row, name) for name in SAME}
