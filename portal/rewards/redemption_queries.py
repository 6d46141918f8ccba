"""Reading orders: one's own, and those that somebody decides about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.keys import KEY_MAX
from portal.people.directory import below
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.rewards.redemption_rules import approvals_needed
from portal.rewards.settings_queries import settings
from portal.rewards.shop_models import Redemption, RedemptionStep, Reward
from portal.rewards.words import RedemptionState, RedemptionStepKind, RewardKind
from portal.web.paging import cut, decode_cursor

DECIDES = (Role.APPROVER, Role.PROGRAMME)
PAGE = 20
OPEN = (RedemptionState.ORDERED, RedemptionState.APPROVED)
_BY = aliased(Person)


@dataclass(frozen=True)
class Step:
    """Something that was done about an order. by: a name, or None for the portal."""

    kind: RedemptionStepKind
    at: datetime
    by: str | None
    by_id: int | None
    words: str


@dataclass(frozen=True)
class Order:
    """An order with everything that is shown of it. by_when: when it should be there, once it is approved."""

    id: int
    reward_id: int
    reward: str
    kind: RewardKind
    what_next: str
    person_id: int
    person: str
    place: str
    points: int
    money_cents: int | None
    state: RedemptionState
    approvals: int
    needed: int
    ordered_at: datetime
    expires_at: datetime
    days: int
    steps: tuple[Step, ...]

    @property
    def by_when(self) -> datetime | None:
        """The day by which it is delivered; None until it is approved."""
        approved = next((step.at for step in self.steps if step.kind is RedemptionStepKind.APPROVED), None)
        return approved + timedelta(days=self.days) if approved else None

    @property
    def reason(self) -> str:
        """Why it ended without being delivered; empty otherwise."""
        ended = self.state in (RedemptionState.DECLINED, RedemptionState.CANCELLED, RedemptionState.TIMED_OUT)
        return next((step.words for step in reversed(self.steps) if ended and step.kind == self.state), "")


def own_orders(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[Order], str | None]:
    """What the viewer has ordered, the newest first, and the next cursor; three statements."""
    query = _orders().where(Redemption.person_id == viewer.id)
    if after := decode_cursor(cursor, int):
        query = query.where(Redemption.id < after[0])
    rows = db.session.execute(query.order_by(Redemption.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    return _with_steps(page), following


def queue(
    viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None, state: RedemptionState | None = None
) -> tuple[list[Order], str | None]:
    """What the viewer may decide about, the longest waiting first, and the next cursor; one's own are not there."""
    query = _orders().where(_decided_by(viewer), Redemption.person_id != viewer.id)
    query = query.where(Redemption.state == state if state else Redemption.state.in_(OPEN))
    if after := decode_cursor(cursor, int):
        query = query.where(Redemption.id > after[0])
    rows = db.session.execute(query.order_by(Redemption.id).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    return _with_steps(page), following


def order_for(viewer: Viewer, order_id: int) -> Order:
    """One order: one's own, or one that the viewer may decide about. Raises Missing."""
    query = _orders().where(Redemption.id == order_id, or_(Redemption.person_id == viewer.id, _decided_by(viewer)))
    row = db.session.execute(query).one_or_none() if 0 < order_id <= KEY_MAX else None
    if row is None:
        raise Missing("order")
    return _with_steps([row])[0]


def order_row(viewer: Viewer, order_id: int) -> Redemption:
    """The row of `order_for`, for a verb. Raises Missing."""
    mine = or_(Redemption.person_id == viewer.id, _decided_by(viewer))
    query = select(Redemption).join(Person, Person.id == Redemption.person_id)
    query = query.join(Place, Place.id == Person.place_id).where(Redemption.id == order_id, mine)
    found = db.session.scalar(query) if 0 < order_id <= KEY_MAX else None
    if found is None:
        raise Missing("order")
    return found


def _decided_by(viewer: Viewer) -> ColumnElement[bool]:
    return below(viewer.scope(*DECIDES), Place.path)


def _orders() -> Select:
    return (
        select(
            Redemption.id, Redemption.reward_id, Reward.name.label("reward"), Reward.kind, Reward.what_next,
            Redemption.person_id, Person.name.label("person"), Place.name.label("place"), Redemption.points,
            Redemption.money_cents, Redemption.state, Redemption.approvals, Redemption.ordered_at,
            Redemption.expires_at, Reward.days,
        )
        .join(Reward, Reward.id == Redemption.reward_id)
        .join(Person, Person.id == Redemption.person_id)
        .join(Place, Place.id == Person.place_id)
    )  # fmt: skip


def _with_steps(rows: Sequence[Row]) -> list[Order]:
    steps: dict[int, list[Step]] = {row.id: [] for row in rows}
    two_from = settings().two_approvers_from
    query = (
        select(RedemptionStep, _BY.name.label("by"))
        .outerjoin(_BY, _BY.id == RedemptionStep.by_id)
        .where(RedemptionStep.redemption_id.in_(list(steps)))
        .order_by(RedemptionStep.id)
    )
    for step, by in db.session.execute(query) if steps else ():
        steps[step.redemption_id].append(Step(step.kind, step.at, by, step.by_id, step.words))
    needed = {row.id: approvals_needed(row.points, two_from=two_from) for row in rows}
    return [Order(**row._asdict(), needed=needed[row.id], steps=tuple(steps[row.id])) for row in rows]
