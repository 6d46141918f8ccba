"""The rules of somebody who leaves get another owner; each change is a row of the rule's history."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, insert, select, update

from portal.db import db
from portal.ideas.rule_record_models import RuleChange, RuleRecord
from portal.ideas.rule_record_search import index_rule
from portal.people.models import Person

OWNER = "owner"


def owned_by(person_id: int) -> Sequence[Row]:
    """(id, title) of the rules that somebody owns, by number."""
    query = select(RuleRecord.id, RuleRecord.title).where(RuleRecord.owner_id == person_id)
    return db.session.execute(query.order_by(RuleRecord.id)).all()


def hand_over(person_id: int, to_id: int, *, by_id: int | None, now: datetime) -> int:
    """Give the rules of one person to another; returns how many there were. A second run finds none."""
    theirs = RuleRecord.owner_id == person_id
    values = {"owner_id": to_id, "version": RuleRecord.version + 1}
    statement = update(RuleRecord).where(theirs).values(**values).returning(RuleRecord.id)
    moved = list(db.session.scalars(statement.execution_options(synchronize_session=False)))
    if not moved:
        return 0
    people = select(Person.id, Person.name).where(Person.id.in_((person_id, to_id)))
    names = {row.id: row.name for row in db.session.execute(people)}
    rows = [{"rule_id": number, "by_id": by_id, "at": now, "fact": OWNER, "old": names[person_id], "new": names[to_id]}
            for number in moved]  # fmt: skip
    db.session.execute(insert(RuleChange), rows)
    for number in moved:
        index_rule(number)
    return len(moved)
