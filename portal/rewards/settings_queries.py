"""The settings that hold, and every version there was."""

from collections.abc import Sequence

from sqlalchemy import Row, select

from portal.db import db
from portal.people.models import Person
from portal.rewards import settings_rules
from portal.rewards.models import Settings
from portal.rewards.rules import POLICIES
from portal.rewards.settings_rules import RewardSettings
from portal.statements import run
from portal.web.paging import cut, decode_cursor

NEWEST = select(Settings.version, Settings.values).order_by(Settings.version.desc()).limit(1)


def settings() -> RewardSettings:
    """The newest version, or the defaults where nobody has decided anything yet. One statement."""
    found = run(NEWEST).one_or_none()
    return RewardSettings() if found is None else settings_rules.read(found.version, found.values)


def settings_of(version: int) -> RewardSettings | None:
    """One version: of the organisation's own, or a built-in one; None where there never was one."""
    if version in POLICIES:
        return RewardSettings(version=version, policy=POLICIES[version])
    text = db.session.scalar(select(Settings.values).where(Settings.version == version))
    return None if text is None else settings_rules.read(version, text)


def versions(*, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """The organisation's own versions with `by`, who set each, the newest first."""
    query = select(Settings.version, Settings.at, Settings.values, Person.name.label("by"))
    query = query.outerjoin(Person, Person.id == Settings.by_id).order_by(Settings.version.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(Settings.version < after[0])
    return cut(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: (row.version,))
