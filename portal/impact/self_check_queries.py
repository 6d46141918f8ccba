"""Reading the self-check: the newest one, how far one that runs has come, and whether points may follow from impact."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select

from portal.db import db
from portal.impact.models import Override, SelfCheck
from portal.impact.self_check_rules import ALARMS_MAX, Alarms
from portal.impact.verdict_rules import METHOD_VERSION
from portal.outbox.models import Message
from portal.people.models import Person

STEP = "impact.self_check"
NEVER = "Nobody has run the self-check yet, so nothing is paid from impact."
FAILED = "The self-check calls a change too often where nothing happened, so nothing is paid from impact."
TOO_FEW = "The self-check had too little history to say anything, so nothing is paid from impact."


@dataclass(frozen=True)
class Progress:
    """A self-check that runs: how many of its metrics are done."""

    done: int
    of: int


@dataclass(frozen=True)
class MetricLine:
    """One metric of a check."""

    metric: str
    name: str
    alarms: Alarms


@dataclass(frozen=True)
class CheckShown:
    """A finished check. by, overruled_by: names; None for the command line. why: empty where points may follow."""

    id: int
    at: datetime
    seed: int
    alarms: Alarms
    metrics: tuple[MetricLine, ...]
    by: str | None
    overruled_by: str | None
    overruled_at: datetime | None
    reason: str | None
    method_version: str

    @property
    def rate_words(self) -> str:
        """6 % (3 to 11 %)."""
        return rate_words(self.alarms)


def newest_check() -> SelfCheck | None:
    """The newest finished check by the method in use."""
    whole = SelfCheck.metric_id.is_(None), SelfCheck.method_version == METHOD_VERSION
    return db.session.scalar(select(SelfCheck).where(*whole).order_by(SelfCheck.id.desc()).limit(1))


def why_not_paid() -> str:
    """Why nothing is paid from impact as things stand; empty where it may be."""
    check = newest_check()
    if check is None:
        return NEVER
    alarms = Alarms(check.runs, check.alarms)
    if alarms.passed:
        return ""
    if not alarms.enough:
        return TOO_FEW
    overruled = db.session.scalar(select(Override.id).where(Override.check_id == check.id))
    return "" if overruled is not None else FAILED


def running() -> Progress | None:
    """How far a check that runs has come; None where none does."""
    waiting = Message.topic == STEP, Message.done_at.is_(None), Message.given_up_at.is_(None)
    text = db.session.scalar(select(Message.payload).where(*waiting).order_by(Message.id.desc()).limit(1))
    if text is None:
        return None
    told = json.loads(text)
    return Progress(told["done"], len(told["metrics"]))


def checks_page(*, before: int | None = None, limit: int) -> Sequence[Row]:
    """(SelfCheck, Override, by, overruled_by) of finished checks, the newest first."""
    other = Person.__table__.alias()
    query = (
        select(SelfCheck, Override, Person.name.label("by"), other.c.name.label("overruled_by"))
        .outerjoin(Person, Person.id == SelfCheck.by_id)
        .outerjoin(Override, Override.check_id == SelfCheck.id)
        .outerjoin(other, other.c.id == Override.by_id)
        .where(SelfCheck.metric_id.is_(None))
    )
    if before is not None:
        query = query.where(SelfCheck.id < before)
    return db.session.execute(query.order_by(SelfCheck.id.desc()).limit(limit + 1)).all()


def shown(row: Row) -> CheckShown:
    """A row of `checks_page`, for a page or an answer."""
    check, overruled = row.SelfCheck, row.Override
    lines = tuple(
        MetricLine(one["metric"], one["name"], Alarms(one["runs"], one["alarms"]))
        for one in json.loads(check.detail).get("metrics", ())
    )
    return CheckShown(
        check.id, check.at, check.seed, Alarms(check.runs, check.alarms), lines, row.by, row.overruled_by,
        overruled.at if overruled else None, overruled.reason if overruled else None, check.method_version,
    )  # fmt: skip


def rate_words(alarms: Alarms) -> str:
    """6 % (3 to 11 %)."""
    if alarms.rate is None:
        return "nothing could be tried"
    low, high = alarms.range
    return f"{alarms.rate:.0%} ({low:.0%} to {high:.0%})".replace("%", " %").replace(" % to", " to")


LIMIT_WORDS = f"{ALARMS_MAX:.0%}".replace("%", " %")
