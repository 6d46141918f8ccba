"""What waits for the viewer on top of the board and of their own page: a bulletin, else a check on the floor.

Both are read with the frame, in its one statement.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import FromClause, bindparam, func, literal, select, true

from portal.commitments.floor_models import FloorAsk, FloorWave
from portal.commitments.floor_queries import asks, is_asked
from portal.commitments.models import Delivery
from portal.ideas.bulletin_models import Bulletin
from portal.ideas.bulletin_queries import waits_for
from portal.ideas.bulletin_rules import SHOWN
from portal.ideas.models import Idea
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_words import VerdictKind
from portal.people.viewer import Viewer
from portal.web.dates import local_day


@dataclass(frozen=True)
class Told:
    """The newest bulletin that is to be confirmed, as templates/ideas/_bulletin.html draws it."""

    number: int
    title: str
    kind: VerdictKind
    effective_on: date | None
    old_wording: str
    new_wording: str
    corrects: bool


@dataclass(frozen=True)
class Check:
    """The question that has waited longest."""

    number: int
    idea: int
    title: str
    live_from: date


@dataclass(frozen=True)
class Waits:
    """bulletins, checks: how many there are."""

    today: date
    told: Told | None = None
    bulletins: int = 0
    check: Check | None = None
    checks: int = 0


def first_of_each(viewer: Viewer) -> tuple[FromClause, list[Any]]:
    """One row, whatever waits, and its columns; for the statement of the frame, with the parameters of `parameters`."""
    told = (
        select(Bulletin.id, RuleRecord.title, Bulletin.kind, Bulletin.effective_on, Bulletin.old_wording,
               Bulletin.new_wording, Bulletin.corrects, func.count().over().label("of"))
        .join(RuleRecord, RuleRecord.id == Bulletin.rule_id)
        .where(waits_for(viewer, since=bindparam("bulletins_since")))
        .order_by(Bulletin.id.desc())
        .limit(1)
        .subquery("told")
    )  # fmt: skip
    check = (
        asks(FloorWave.id, Idea.id.label("idea"), Idea.title, Delivery.live_from, func.count().over().label("of"))
        .where(is_asked(viewer))
        .order_by(FloorAsk.asked_on, FloorAsk.id)
        .limit(1)
        .subquery("asked")
    )
    one = select(literal(1).label("one")).subquery("one").outerjoin(told, true()).outerjoin(check, true())
    columns = [*(column.label(f"told_{column.name}") for column in told.c),
               *(column.label(f"check_{column.name}") for column in check.c)]  # fmt: skip
    return one, columns


def parameters(now: datetime) -> dict[str, Any]:
    """What the statement asks for."""
    return {"bulletins_since": now - SHOWN}


def of_row(row: Any, viewer: Viewer, *, now: datetime) -> Waits:
    """What waits, from the row of the frame."""
    told = check = None
    if row.told_id is not None:
        told = Told(row.told_id, row.told_title, row.told_kind, row.told_effective_on, row.told_old_wording,
                    row.told_new_wording, row.told_corrects)  # fmt: skip
    if row.check_id is not None:
        check = Check(row.check_id, row.check_idea, row.check_title, row.check_live_from)
    today = local_day(now, viewer.timezone)
    return Waits(today, told, row.told_of or 0, check, row.check_of or 0)
