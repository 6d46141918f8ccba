"""The interface to the parameters of the swarm."""

from typing import Annotated

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.swarm import parameter_queries, parameters
from portal.swarm.parameter_rules import BY_NAME, KNOBS, REASON_MAX, REASON_MIN
from portal.swarm.score import Params
from portal.web.api import Moment, PageAsked, Sent, Shown, Words, api, listed, page_of, shown, whole

Whole = Annotated[int, BeforeValidator(whole)]
bp = api("parameters", "Every constant of the swarm's formula, and each change of one.")


class ParameterShown(Shown):
    """A parameter that may be changed. low, high: inclusive. usual: its default."""

    name: str
    value: float
    usual: float
    low: float
    high: float
    whole: bool
    label: str
    meaning: str


class ParametersShown(Shown):
    """The parameters in force. Version 1 are the defaults."""

    version: int
    parameters: list[ParameterShown]


class ValueChanged(Shown):
    """One value of a change."""

    label: str
    before: float
    after: float


class VersionShown(Shown):
    """A change of parameters: who, when and why. by is null at the command line."""

    version: int
    at: Moment
    by: str | None
    reason: str
    changes: list[ValueChanged]


class ParametersSent(Sent):
    """What to change, and why. What is left out or null stays as it is."""

    reason: Words = Field(min_length=REASON_MIN, max_length=REASON_MAX)
    line: float | None = Field(None, ge=BY_NAME["line"].low, le=BY_NAME["line"].high)
    line_teams: Whole | None = Field(None, ge=BY_NAME["line_teams"].low, le=BY_NAME["line_teams"].high)
    teams_min: Whole | None = Field(None, ge=BY_NAME["teams_min"].low, le=BY_NAME["teams_min"].high)
    teams_max: Whole | None = Field(None, ge=BY_NAME["teams_max"].low, le=BY_NAME["teams_max"].high)
    teams_share: Whole | None = Field(None, ge=BY_NAME["teams_share"].low, le=BY_NAME["teams_share"].high)
    sites_max: Whole | None = Field(None, ge=BY_NAME["sites_max"].low, le=BY_NAME["sites_max"].high)
    delta_max: float | None = Field(None, ge=BY_NAME["delta_max"].low, le=BY_NAME["delta_max"].high)
    delta_share: float | None = Field(None, ge=BY_NAME["delta_share"].low, le=BY_NAME["delta_share"].high)
    rho: float | None = Field(None, ge=BY_NAME["rho"].low, le=BY_NAME["rho"].high)
    rho_stop: float | None = Field(None, ge=BY_NAME["rho_stop"].low, le=BY_NAME["rho_stop"].high)
    w_strong: float | None = Field(None, ge=BY_NAME["w_strong"].low, le=BY_NAME["w_strong"].high)
    lam: float | None = Field(None, ge=BY_NAME["lam"].low, le=BY_NAME["lam"].high)
    m0: float | None = Field(None, ge=BY_NAME["m0"].low, le=BY_NAME["m0"].high)
    feed_ucb: float | None = Field(None, ge=BY_NAME["feed_ucb"].low, le=BY_NAME["feed_ucb"].high)
    feed_noise: float | None = Field(None, ge=BY_NAME["feed_noise"].low, le=BY_NAME["feed_noise"].high)
    feed_jitter: float | None = Field(None, ge=BY_NAME["feed_jitter"].low, le=BY_NAME["feed_jitter"].high)


@bp.get("/swarm/parameters", responses={200: ParametersShown})
@requires("parameters.see", scope=Scope.IDEAS_READ)
def see_parameters() -> Response:
    """The parameters in force, with what each means and may be."""
    return shown(_shown(parameters.in_force()))


@bp.get("/swarm/parameters/versions", responses={200: page_of(VersionShown)})
@requires("parameters.see", scope=Scope.IDEAS_READ)
def list_parameter_versions(query: PageAsked) -> Response:
    """Every change of parameters, the newest first."""
    lines, following = parameter_queries.versions_page(limit=query.limit, cursor=query.cursor)
    items = [
        VersionShown(
            version=one.version, at=one.at, by=one.by, reason=one.reason,
            changes=[ValueChanged(label=label, before=was, after=now) for label, was, now in one.changes],
        )
        for one in lines
    ]  # fmt: skip
    return listed(items, following)


@bp.post("/swarm/parameters", responses={201: ParametersShown})
@requires("parameters.change", scope=Scope.DECISIONS_WRITE)
def change_parameters(body: ParametersSent) -> Response:
    """Make a new version, in force at once (409 `nothing_changed`, 422 `more_than_most`); scores are counted again."""
    viewer = the_viewer()
    wanted = body.model_dump(exclude={"reason"}, exclude_none=True)

    def verb() -> ParametersShown:
        return _shown(parameters.change(wanted, body.reason, by_id=viewer.id, now=clock.now()))

    return once(verb, status=201)


def _shown(params: Params) -> ParametersShown:
    values, usual = parameter_queries.values_of(params), parameter_queries.values_of(Params())
    found = [
        ParameterShown(
            name=knob.name, value=values[knob.name], usual=usual[knob.name], low=knob.low, high=knob.high,
            whole=knob.whole, label=knob.label, meaning=knob.meaning,
        )
        for knob in KNOBS
    ]  # fmt: skip
    return ParametersShown(version=params.version, parameters=found)
