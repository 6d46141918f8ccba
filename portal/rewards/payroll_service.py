"""The file for payroll: made once for an employer and a month, the same for ever after."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from portal.db import db, take_turns
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.rewards.months import Month
from portal.rewards.payroll_queries import employer_for, file_of_run, run_of
from portal.rewards.payroll_rules import Line, PayrollRefusal, file_of, fingerprint
from portal.rewards.policy import MAY
from portal.rewards.shop_models import PayrollLine, PayrollRun, Redemption, RedemptionStep, Reward
from portal.rewards.words import RedemptionState, RedemptionStepKind


def make(viewer: Viewer, employer_id: int, month: Month, *, zone: str, now: datetime) -> PayrollRun:
    """Freeze what was delivered in a month for payroll; a month that was made before is given again, unchanged.

    zone: the organisation's, in which its months begin. Raises Invalid `unknown_employer`, Conflict `month_not_over`.
    """
    demand(MAY, "payroll.make", viewer)
    employer = employer_for(viewer, employer_id)
    take_turns(f"payroll:{employer_id}")
    if (made := run_of(employer_id, str(month))) is not None:
        return made
    if now < month.next.starts_at(zone):
        raise PayrollRefusal.MONTH_NOT_OVER.as_error()
    lines = [_line(row, zone) for row in _delivered(employer_id, month, zone)]
    file = file_of(employer.name, str(month), lines)
    run = PayrollRun(employer_id=employer_id, employer=employer.name, month=str(month), at=now, by_id=viewer.id,
                     lines=len(lines), cents=sum(line.cents for line in lines), sha256=fingerprint(file))  # fmt: skip
    db.session.add(run)
    db.session.flush()
    db.session.add_all(PayrollLine(
        run_id=run.id, redemption_id=line.order, staff_number=line.staff_number, name=line.name, reward=line.reward,
        points=line.points, cents=line.cents, delivered_on=line.delivered_on,
    ) for line in lines)  # fmt: skip
    db.session.flush()
    facts = {"employer": employer.name, "month": str(month), "lines": run.lines, "sha256": run.sha256}
    audit("payroll.made", f"payroll:{run.id}", facts, actor_id=viewer.id, now=now)
    return run


def download(viewer: Viewer, run_id: int, *, now: datetime) -> tuple[PayrollRun, str]:
    """The run and its file; who took it is on the record. Raises Missing, Conflict `file_changed`."""
    demand(MAY, "payroll.make", viewer)
    run, file = file_of_run(viewer, run_id)
    audit("payroll.downloaded", f"payroll:{run.id}", {"sha256": run.sha256}, actor_id=viewer.id, now=now)
    return run, file


def _delivered(employer_id: int, month: Month, zone: str) -> list[Row]:
    """Orders of money that were handed over in the month and are in no file yet."""
    when = RedemptionStep.at >= month.starts_at(zone), RedemptionStep.at < month.next.starts_at(zone)
    query = (
        select(Redemption.id, Redemption.points, Redemption.money_cents, Person.name, Person.staff_number,
               Reward.name.label("reward"), RedemptionStep.at)
        .join(RedemptionStep, RedemptionStep.redemption_id == Redemption.id)
        .join(Person, Person.id == Redemption.person_id)
        .join(Reward, Reward.id == Redemption.reward_id)
        .outerjoin(PayrollLine, PayrollLine.redemption_id == Redemption.id)
        .where(Redemption.employer_id == employer_id, Redemption.state == RedemptionState.DELIVERED,
               Redemption.money_cents.is_not(None), RedemptionStep.kind == RedemptionStepKind.DELIVERED,
               *when, PayrollLine.id.is_(None))
        .order_by(Redemption.id)
    )  # fmt: skip
    return list(db.session.execute(query))


def _line(row: Row, zone: str) -> Line:
    day = row.at.astimezone(ZoneInfo(zone)).date()
    return Line(row.id, row.staff_number or "", row.name, row.reward, row.points, row.money_cents, day)
