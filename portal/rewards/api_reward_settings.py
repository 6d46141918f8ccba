"""The interface to what an organisation has decided about points, and every version of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BeforeValidator, Field
from sqlalchemy import Row

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.scopes import Scope
from portal.rewards import settings_queries as queries
from portal.rewards import settings_rules, settings_service
from portal.rewards.rules import Event, Share
from portal.rewards.settings_rules import BOUNDS, CURRENCY_CHARS_MAX, TAX_NOTE_CHARS_MAX, RewardSettings
from portal.web.api import Line, Moment, Number, PageAsked, Sent, Shown, api, listed, page_of, shown, whole
from portal.web.transactions import writing

bp = api("reward-settings", "What outcomes are worth to whom, and within which limits.")
SharePoints = Annotated[Literal[0, 10, 20, 50, 100, 200, 500, 1000], BeforeValidator(whole)]


def _within(name: str) -> Any:
    low, high = BOUNDS[name]
    return Field(ge=low, le=high)


class PromotedShares(Sent):
    """An idea passed the swarm line."""

    author: SharePoints


class KeptShares(Sent):
    """A promise was kept. Whoever confirms that is paid nothing for it."""

    author: SharePoints
    implementer: SharePoints
    builder: SharePoints
    helper: SharePoints
    early: SharePoints


class GoneShares(Sent):
    """It is gone on the desks of those who asked for it."""

    author: SharePoints
    implementer: SharePoints
    confirmer: SharePoints


class ImpactShares(Sent):
    """The measurement says that it worked."""

    author: SharePoints
    implementer: SharePoints
    builder: SharePoints
    helper: SharePoints
    confirmer: SharePoints


class HostedShares(Sent):
    """A visitor was looked after for a shift, until its end."""

    colleague: SharePoints


class PolicyBody(Sent):
    """Event → share → points."""

    idea_promoted: PromotedShares
    promise_kept: KeptShares
    gone_on_the_desk: GoneShares
    impact_shown: ImpactShares
    shift_hosted: HostedShares | None = Field(None, description="Stays as it is where it is left out.")


WHOLE = BeforeValidator(whole)


class RewardSettingsSent(Sent):
    """A whole version. based_on: the version that was read; points that were paid stay as they are."""

    based_on: Number
    policy: PolicyBody
    cap_idea: Annotated[int, _within("cap_idea"), WHOLE]
    cap_person_year: Annotated[int, _within("cap_person_year"), WHOLE]
    cents_per_point: Annotated[int, _within("cents_per_point"), WHOLE] | None = None
    currency: Line = Field("£", max_length=CURRENCY_CHARS_MAX)
    tax_note: Line = Field("", max_length=TAX_NOTE_CHARS_MAX)
    impact_tranches: bool = False
    impact_percent: Annotated[int, _within("impact_percent"), WHOLE] = 10
    impact_cap: Annotated[int, _within("impact_cap"), WHOLE] = 2_000
    expiry_months: Annotated[int, _within("expiry_months"), WHOLE] = 18
    order_days: Annotated[int, _within("order_days"), WHOLE] = 14
    two_approvers_from: Annotated[int, _within("two_approvers_from"), WHOLE] = 500
    thanks_monthly: Annotated[int, _within("thanks_monthly"), WHOLE] = 0

    def wanted(self, current: RewardSettings) -> RewardSettings:
        """The settings that were sent."""
        plain = {name: getattr(self, name) for name in settings_rules.PLAIN}
        policy = {Event(event): {Share(share): points for share, points in shares.items()}
                  for event, shares in self.policy.model_dump(exclude_none=True).items()}  # fmt: skip
        return replace(current, policy={**_left_out(current), **policy}, **plain)


def _left_out(current: RewardSettings) -> dict[Event, Mapping[Share, int]]:
    hosted = current.policy.get(Event.SHIFT_HOSTED)
    return {} if hosted is None else {Event.SHIFT_HOSTED: hosted}


class RewardSettingsShown(Shown):
    """One version. Up to 100 they are built in. at and by: null for those."""

    version: int
    policy: dict[str, dict[str, int]]
    cap_idea: int
    cap_person_year: int
    cents_per_point: int | None
    currency: str
    tax_note: str
    impact_tranches: bool
    impact_percent: int
    impact_cap: int
    expiry_months: int
    order_days: int
    two_approvers_from: int
    thanks_monthly: int
    at: Moment | None = None
    by: str | None = None


@bp.get("/reward-settings", responses={200: RewardSettingsShown})
@requires("reward_settings.see", scope=Scope.BUDGETS_READ)
def see_reward_settings() -> Response:
    """What the organisation has decided about points."""
    return shown(_settings_shown(queries.settings()))


@bp.put("/reward-settings", responses={200: RewardSettingsShown})
@requires("reward_settings.set", scope=Scope.BUDGETS_WRITE)
def set_reward_settings(body: RewardSettingsSent) -> Response:
    """Make a new version; what was paid stays as it was.

    409 `settings_changed`; 422 `no_rate` for tranches without the worth of a point.
    """
    viewer, now = the_viewer(), clock.now()
    with kept_for_the_auditor("points.settings", viewer, "reward_settings", now=now), writing():
        wanted = body.wanted(queries.settings())
        made = settings_service.change(viewer, wanted, based_on=body.based_on, now=now)
    return shown(_settings_shown(made))


@bp.get("/reward-settings/versions", responses={200: page_of(RewardSettingsShown)})
@requires("reward_settings.see", scope=Scope.BUDGETS_READ)
def list_reward_settings(query: PageAsked) -> Response:
    """Every version of the organisation's own, the newest first."""
    rows, following = queries.versions(limit=query.limit, cursor=query.cursor)
    read = [(settings_rules.read(row.version, row.values), row) for row in rows]
    return listed([_settings_shown(one, row) for one, row in read], following)


def _settings_shown(one: RewardSettings, row: Row | None = None) -> RewardSettingsShown:
    plain = {name: getattr(one, name) for name in settings_rules.PLAIN}
    policy = {event.value: {share.value: points for share, points in of.items()} for event, of in one.policy.items()}
    seen = {} if row is None else {"at": row.at, "by": row.by}
    return RewardSettingsShown(version=one.version, policy=policy, **plain, **seen)
