"""The interface to the switch of looks. Looks themselves are for pages: programs do not look."""

from flask import Response
from pydantic import Field

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.swarm import looks_service
from portal.swarm.looks import KEPT
from portal.swarm.looks_queries import newest_setting
from portal.web.api import Moment, Sent, Shown, api, shown
from portal.web.transactions import writing

bp = api("looks", "Whether it is kept what people have seen without deciding.")


class LookSettingSent(Sent):
    """Whether looks are kept."""

    kept: bool = Field(description="False deletes those kept so far: only decisions count as looks then.")


class LookSettingShown(Shown):
    """Whether looks are kept, and since when it is so; null where nobody has ever changed it."""

    kept: bool
    since: Moment | None
    days: int = Field(description="For as long a look is kept per person; afterwards only per team.")


@bp.get("/looks/setting", responses={200: LookSettingShown})
@requires("looks.see_setting", scope=Scope.IDEAS_READ)
def see_look_setting() -> Response:
    """Whether looks are kept, and for how long."""
    return shown(_setting())


@bp.put("/looks/setting", responses={200: LookSettingShown})
@requires("looks.switch", scope=Scope.MODERATION_WRITE)
def set_look_setting(body: LookSettingSent) -> Response:
    """Keep looks from now on, or none; the same again changes nothing. Programme and administrators only."""
    with writing():
        looks_service.switch(the_viewer(), kept=body.kept, now=clock.now())
        answer = _setting()
    return shown(answer)


def _setting() -> LookSettingShown:
    row = newest_setting()
    return LookSettingShown(kept=row is None or row.kept, since=row.at if row else None, days=KEPT.days)
