"""The interface to the parameters of the swarm."""

from typing import Annotated, Any

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

WHOLE = BeforeValidator(whole)


def _within(name: str) -> Any:
    """The limits of a knob. Only before WHOLE do they stand in the document as well."""
    return Field(ge=BY_NAME[name].low, le=BY_NAME[name].high)


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
    line: Annotated[float, _within("line")] | None = None
    line_teams: Annotated[int, _within("line_teams"), WHOLE] | None = None
    teams_min: Annotated[int, _within("teams_min"), WHOLE] | None = None
    teams_max: Annotated[int, _within("teams_max"), WHOLE] | None = None
    teams_share: Annotated[int, _within("teams_share"), WHOLE] | None = None
    sites_max: Annotated[int, _within("sites_max"), WHOLE] | None = None
    delta_max: Annotated[float, _within("delta_max")] | None = None
    delta_share: Annotated[float, _within("delta_share")] | None = None
    rho: Annotated[float, _within("rho")] | None = None
    rho_stop: Annotated[float, _within("rho_stop")] | None = None
    w_strong: Annotated[float, _within("w_strong")] | None = None
    lam: Annotated[float, _within("lam")] | None = None
    m0: Annotated[float, _within("m0")] | None = None
    feed_ucb: Annotated[float, _within("feed_ucb")] | None = None
    feed_noise: Annotated[float, _within("feed_noise")] | None = None
    feed_jitter: Annotated[float, _within("feed_jitter")] | None = None


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
