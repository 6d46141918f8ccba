"""Deciding about points: a new version of the settings. Earlier awards keep the version they were written under."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.rewards import settings_rules
from portal.rewards.models import Settings
from portal.rewards.rules import BUILT_IN_MAX
from portal.rewards.scope import demand_at_top
from portal.rewards.settings_queries import settings
from portal.rewards.settings_rules import RewardSettings, SettingsRefusal


def change(viewer: Viewer, wanted: RewardSettings, *, based_on: int, now: datetime) -> RewardSettings:
    """Make a new version; without a difference nothing is written. based_on: the version that was read.

    Raises the refusals of `settings_rules.refusal`, and Conflict `settings_changed`.
    """
    demand_at_top("reward_settings.set", viewer)
    current = settings()
    if current.version != based_on:
        raise SettingsRefusal.CHANGED.as_error()
    if refused := settings_rules.refusal(wanted):
        raise refused.as_error()
    different = settings_rules.differences(current, wanted)
    if not different:
        return current
    version = max(current.version, BUILT_IN_MAX) + 1
    row = Settings(version=version, values=settings_rules.as_json(wanted), at=now, by_id=viewer.id)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise SettingsRefusal.CHANGED.as_error() from None  # somebody else made this version
    audit("reward_settings.changed", f"reward_settings:{version}", different, actor_id=viewer.id, now=now)
    return replace(wanted, version=version)
