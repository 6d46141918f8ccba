"""Points of people without activity: announced 60 and 14 days before, then expired, once however often it runs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Row, String, cast, func, literal, or_, select, update

from portal.db import db, insert_if_new
from portal.ledger import service as ledger
from portal.ledger.models import Account, Transfer
from portal.ledger.postings import AccountKind
from portal.outbox import service as outbox
from portal.people.models import Person, SignIn
from portal.rewards import expiry_rules as rules
from portal.rewards.models import Expiry
from portal.rewards.settings_queries import settings

EXPIRING = "rewards.expiring"  # the outbox's topic; payload: person, points, due, days
AT_ONCE = 200
MEMO = "Expired: no activity for {} months"
MEMO_LEFT = "Expired: 90 days after leaving"


def run(after: int, *, now: datetime) -> int | None:
    """Announce or expire for the next accounts by number; returns after which to go on, None at the end.

    A day is a day in UTC. Activity: points came or went, or somebody signed in. Run again the same day, or on two
    hosts at once, it does nothing twice: each period of a person is one row and one transfer `expire:ACCOUNT:PERIOD`.
    """
    ledger.lock_chain()
    months, today = settings().expiry_months, now.astimezone(UTC).date()
    rows = _inactive(after, months, today, now)
    for row in rows:
        if row.deactivated_at is not None:
            _expire_leaver(row, today, now)
        else:
            _step(row, months, today, now)
    db.session.flush()
    return rows[-1].id if len(rows) == AT_ONCE else None


def call_off(*, now: datetime) -> int:
    """Close the announcements of people who came back since; returns how many."""
    signed_in = select(SignIn.id).where(SignIn.person_id == Expiry.person_id, SignIn.started_at > Expiry.first_told_at)
    owner = literal("person:") + cast(Expiry.person_id, String)
    moved = (
        select(Transfer.seq).join(Account, or_(Transfer.debit_id == Account.id, Transfer.credit_id == Account.id))
        .where(Account.kind == AccountKind.PERSON, Account.owner_ref == owner)
        .where(Transfer.created_at > Expiry.first_told_at)
    )  # fmt: skip
    waits = Expiry.expired_at.is_(None), Expiry.called_off_at.is_(None), Expiry.first_told_at.is_not(None)
    closed = update(Expiry).where(*waits, or_(signed_in.exists(), moved.exists())).values(called_off_at=now)
    return db.session.execute(closed.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]


def _inactive(after: int, months: int, today: date, now: datetime) -> Sequence[Row]:
    """Accounts with points to spend whose people have left, or have done nothing for nearly so many months."""
    since = datetime.combine(rules.inactive_before(today, months), datetime.max.time(), UTC)
    left = now - timedelta(days=rules.LEFT_DAYS - 1)
    person = literal("person:") + cast(Person.id, String)
    signed = select(func.max(SignIn.started_at)).where(SignIn.person_id == Person.id).scalar_subquery()
    came = select(func.max(Transfer.created_at)).where(Transfer.credit_id == Account.id).scalar_subquery()
    went = select(func.max(Transfer.created_at)).where(Transfer.debit_id == Account.id).scalar_subquery()
    quiet = [or_(edge.is_(None), edge <= since) for edge in (signed, came, went)]
    query = (
        select(Account.id, (Account.posted - Account.held).label("points"), Person.id.label("person_id"),
               Person.deactivated_at, Person.created_at, signed.label("signed"), came.label("came"),
               went.label("went"))
        .join(Person, person == Account.owner_ref)
        .where(Account.kind == AccountKind.PERSON, Account.posted - Account.held > 0, Account.id > after)
        .where(or_(Person.deactivated_at <= left, (Person.deactivated_at.is_(None)) & quiet[0] & quiet[1] & quiet[2]))
        .order_by(Account.id).limit(AT_ONCE)
    )  # fmt: skip
    return db.session.execute(query).all()


def _step(row: Row, months: int, today: date, now: datetime) -> None:
    """What is due for one person: told first, told again, expired; one of these a day."""
    moments = [moment for moment in (row.created_at, row.signed, row.came, row.went) if moment is not None]
    due = rules.due_on(max(moments).astimezone(UTC).date(), months)
    if today < due - timedelta(days=rules.FIRST_TOLD_DAYS):
        return
    one = _period(row.person_id, due)
    if one.expired_at is not None:
        return
    first, last = _day(one.first_told_at), _day(one.last_told_at)
    if first is None:
        one.first_told_at = now
        _tell(row, max(due, today + timedelta(days=rules.FIRST_TOLD_DAYS)), rules.FIRST_TOLD_DAYS, now)
        return
    expires = max(due, first + timedelta(days=rules.FIRST_TOLD_DAYS))
    if last is None and today >= expires - timedelta(days=rules.LAST_TOLD_DAYS):
        one.last_told_at = now
        _tell(row, max(expires, today + timedelta(days=rules.LAST_TOLD_DAYS)), rules.LAST_TOLD_DAYS, now)
    elif rules.is_due(due, first_told=first, last_told=last, today=today):
        _expire(row, one, MEMO.format(months), now)


def _expire_leaver(row: Row, today: date, now: datetime) -> None:
    due = rules.left_due_on(row.deactivated_at.astimezone(UTC).date())
    if today >= due:
        one = _period(row.person_id, max(due, today) if _spent(row.person_id, due) else due)
        if one.expired_at is None:
            _expire(row, one, MEMO_LEFT, now)


def _spent(person_id: int, due: date) -> bool:
    """True where this period has expired already: what came free since then lapses under a day of its own."""
    done = Expiry.person_id == person_id, Expiry.period == due.isoformat(), Expiry.expired_at.is_not(None)
    return db.session.scalar(select(Expiry.id).where(*done)) is not None


def _period(person_id: int, due: date) -> Expiry:
    values = {"person_id": person_id, "period": due.isoformat(), "points": 0}
    insert_if_new(Expiry, values, key=("person_id", "period"))
    query = select(Expiry).where(Expiry.person_id == person_id, Expiry.period == due.isoformat())
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _expire(row: Row, one: Expiry, memo: str, now: datetime) -> None:
    target = ledger.account(AccountKind.EXPIRED, "expired")
    ledger.post(row.id, target, row.points, cause=f"expire:{row.id}:{one.period}", reason_code="expired", memo=memo,
                actor_ref="portal", now=now)  # fmt: skip
    one.expired_at, one.points = now, row.points


def _tell(row: Row, due: date, days: int, now: datetime) -> None:
    facts = {"person": row.person_id, "points": row.points, "due": due.isoformat(), "days": days}
    outbox.emit(EXPIRING, facts, now=now)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(UTC).date()
