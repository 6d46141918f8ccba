"""The answer that stands for an idea, and what a promise can be measured by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, and_, select

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.metrics.models import Metric
from portal.people.models import Person
from portal.triage.models import Decision, DecisionKind
from portal.triage.rules import DeclineReason


@dataclass(frozen=True)
class Standing:
    """The answer that stands for an idea: who gave it, when and what."""

    kind: DecisionKind
    by: str
    at: datetime
    sentence: str
    reason: DeclineReason | None
    commitment_id: int | None


def standing_decision(number: int) -> Standing | None:
    """The answer that stands; None while nobody has answered or after the promise was handed back."""
    handed_back = Commitment.state == CommitmentState.HANDED_BACK
    query = (
        select(Decision, Person.name)
        .join(Person, Person.id == Decision.by_id)
        .outerjoin(Commitment, and_(Commitment.id == Decision.commitment_id, handed_back))
        .where(Decision.idea_id == number, Decision.superseded_at.is_(None), Commitment.id.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    made = row.Decision
    return Standing(made.kind, row.name, made.at, made.sentence, made.reason, made.commitment_id)


def metrics() -> Sequence[Row[int, str]]:
    """(id, name) of the metrics in use, in the order in which they are offered."""
    query = select(Metric.id, Metric.name).where(Metric.retired_at.is_(None)).order_by(Metric.position, Metric.name)
    return db.session.execute(query).all()
