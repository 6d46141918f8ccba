"""How promises ended

Revision ID: 0004
Revises: 0003
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COMMITMENTS = sa.table(
    "commitments",
    sa.column("id", sa.Integer),
    sa.column("state", sa.String),
    sa.column("due_on", sa.Date),
    sa.column("live_from", sa.Date),
    sa.column("kept_late", sa.Boolean),
)
DATES = sa.table(
    "promised_dates",
    sa.column("id", sa.Integer),
    sa.column("commitment_id", sa.Integer),
    sa.column("due_on", sa.Date),
    sa.column("set_at", sa.DateTime(timezone=True)),
)
DELIVERIES = sa.table(
    "deliveries", sa.column("id", sa.Integer), sa.column("commitment_id", sa.Integer), sa.column("live_from", sa.Date)
)
PLACES = sa.table("places", sa.column("kind", sa.String), sa.column("timezone", sa.String))


def upgrade() -> None:
    op.add_column("commitments", sa.Column("live_from", sa.Date(), nullable=True))
    op.add_column("commitments", sa.Column("kept_late", sa.Boolean(), nullable=True))
    _settle()
    op.drop_index("ix_commitments_owner_id", "commitments")
    op.create_index("ix_commitments_owner_due", "commitments", ["owner_id", "state", "due_on"])
    op.create_index("ix_commitments_owner_kept", "commitments", ["owner_id", "kept_late", "live_from"])
    op.create_index("ix_commitments_kept", "commitments", ["kept_late", "live_from"])
    op.create_index("ix_commitments_kept_number", "commitments", ["kept_late", "id"])


def downgrade() -> None:
    op.drop_index("ix_commitments_kept_number", "commitments")
    op.drop_index("ix_commitments_owner_kept", "commitments")
    op.drop_index("ix_commitments_owner_due", "commitments")
    op.create_index("ix_commitments_owner_id", "commitments", ["owner_id"])
    op.drop_index("ix_commitments_kept", "commitments")
    # Not a rebuild of the table: it would lose the conditional index on SQLite.
    op.drop_column("commitments", "kept_late")
    op.drop_column("commitments", "live_from")


def _settle() -> None:
    """What is confirmed already: late if a date had passed before another was named, or if it went live after it."""
    connection = op.get_bind()
    kept = COMMITMENTS.c.state == "confirmed"
    newest = (
        sa.select(DELIVERIES.c.live_from)
        .where(DELIVERIES.c.commitment_id == COMMITMENTS.c.id)
        .order_by(DELIVERIES.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(sa.update(COMMITMENTS).where(kept).values(live_from=newest))
    late = sa.func.coalesce(COMMITMENTS.c.live_from > COMMITMENTS.c.due_on, sa.false())
    connection.execute(sa.update(COMMITMENTS).where(kept).values(kept_late=late))
    if missed := _missed(connection):
        named = COMMITMENTS.c.id == sa.bindparam("number")
        settle = sa.update(COMMITMENTS).where(kept, named).values(kept_late=sa.true())
        connection.execute(settle, [{"number": number} for number in missed])


def _missed(connection: sa.Connection) -> list[int]:
    """Promises that were given another date after the day of one before, in the organisation's zone."""
    top = sa.select(PLACES.c.timezone).where(PLACES.c.kind == "organisation")
    zone = ZoneInfo(connection.scalar(top) or "UTC")
    before: dict[int, object] = {}
    found: set[int] = set()
    for number, due_on, set_at in connection.execute(
        sa.select(DATES.c.commitment_id, DATES.c.due_on, DATES.c.set_at).order_by(DATES.c.id)
    ):
        if number in before and _day(set_at, zone) > before[number]:  # type: ignore[operator]
            found.add(number)
        before[number] = due_on
    return sorted(found)


def _day(moment: datetime, zone: ZoneInfo) -> object:
    """SQLite hands out moments without their zone, which is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone).date()
