"""What somebody who leaves still owes, and who has it then: promises they own or made, and rules.

A promise that was running is offered anew: whoever gets it says within two working days whether it is theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from portal.commitments import messages, offers
from portal.commitments.claims import claim
from portal.commitments.models import Commitment
from portal.commitments.owners import EVERYWHERE, owners_below
from portal.commitments.rules import HANDED_OVER, CommitmentState
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.ideas import rule_record_handover as rule_owners
from portal.ideas import story
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.words import StoryKind
from portal.people import service as people
from portal.people.models import Grant, Person
from portal.people.roles import Role

ANSWERS = (Role.EXECUTIVE, Role.PROGRAMME)
RUNNING = tuple(HANDED_OVER)


class Owed(StrEnum):
    """What kind of thing somebody owes."""

    PROMISE = "promise"  # owns it
    SPONSORED = "sponsored"  # made it, and is asked for decisions on it
    RULE = "rule"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"promise": "Promise", "sponsored": "Promise they made", "rule": "Rule"}[self.value]


@dataclass(frozen=True)
class Duty:
    """One thing that somebody owes. number: of the promise or the rule."""

    kind: Owed
    number: int
    title: str
    due_on: date | None
    path: str
    idea_id: int | None = None


def open_duties(person_id: int) -> list[Duty]:
    """Everything that somebody still owes, promises by their day first, then rules. Two statements."""
    columns = (Commitment.id, Commitment.idea_id, Commitment.sentence, Commitment.due_on, Commitment.owner_id,
               Commitment.sponsor_id)  # fmt: skip
    theirs = select(*columns).where(_running_of([person_id])).order_by(Commitment.due_on, Commitment.id)
    found = []
    for row in db.session.execute(theirs):
        kinds = ((Owed.PROMISE, row.owner_id), (Owed.SPONSORED, row.sponsor_id))
        rest = row.id, row.sentence, row.due_on, f"/commitments/{row.id}", row.idea_id
        found += [Duty(kind, *rest) for kind, who in kinds if who == person_id]
    rules = rule_owners.owned_by(person_id)
    return found + [Duty(Owed.RULE, row.id, row.title, None, f"/rules/{row.id}") for row in rules]


def with_duties(person_ids: Iterable[int]) -> list[int]:
    """Those of the people who owe anything. Two statements, however many people."""
    wanted = list(person_ids)
    owing = select(Commitment.owner_id, Commitment.sponsor_id).where(_running_of(wanted))
    found = {one for row in db.session.execute(owing) for one in row}
    found |= set(db.session.scalars(select(RuleRecord.owner_id).where(RuleRecord.owner_id.in_(wanted))))
    return [one for one in wanted if one in found]


def hand_over(person_id: int, to_id: int, *, by_id: int | None, now: datetime) -> int:
    """Give everything that one person owes to another; returns how much it was. A second run finds nothing.

    Raises Invalid `unknown_successor` for somebody who cannot be given promises. Promises they made go on to them
    where they answer for the organisation, and else to whoever is next.
    """
    if to_id == person_id or not can_own(to_id):
        raise PromiseRefusal.UNKNOWN_SUCCESSOR.as_error()
    moved = rule_owners.hand_over(person_id, to_id, by_id=by_id, now=now)
    for commitment in _running(person_id):
        if commitment.owner_id == person_id:
            _give(commitment, to_id, by_id=by_id, now=now)
            moved += 1
        if commitment.sponsor_id == person_id:
            moved += _pass_on(commitment, to_id if can_answer(to_id) else _next_answerer(person_id), now=now)
    return moved


def hand_over_to_whoever_is_next(person_id: int, *, by_id: int | None, now: datetime) -> int:
    """As `hand_over`, to the manager, else (of a promise) to its sponsor, else to programme; returns how much it was.

    Where nobody is found it stays, and the page of the promise says so.
    """
    above = _manager_who_owns(person_id)
    last, moved = _programme(person_id), 0
    if heir := above or last:
        moved += rule_owners.hand_over(person_id, heir, by_id=by_id, now=now)
    for commitment in _running(person_id):
        if commitment.owner_id == person_id and (heir := above or _sponsor(commitment, person_id) or last):
            _give(commitment, heir, by_id=by_id, now=now)
            moved += 1
        if commitment.sponsor_id == person_id:
            moved += _pass_on(commitment, _next_answerer(person_id), now=now)
    return moved


def next_owner(person_id: int) -> int | None:
    """Who has what somebody owned, where nobody was named: their manager, else programme; None where there is none."""
    return _manager_who_owns(person_id) or _programme(person_id)


def successors(*, but: int) -> Sequence[Any]:
    """(id, name, job title) of everybody who can be given promises, by name, but for the one who leaves."""
    return db.session.execute(owners_below(EVERYWHERE).where(Person.id != but)).all()


def can_own(person_id: int) -> bool:
    """True if somebody works here and can be given promises."""
    return db.session.execute(owners_below(EVERYWHERE, only=person_id)).first() is not None


def can_answer(person_id: int) -> bool:
    """True if somebody works here and answers ideas: executives and programme."""
    return db.session.scalar(_holders(*ANSWERS).where(Person.id == person_id).limit(1)) is not None


def _running_of(person_ids: Sequence[int]) -> ColumnElement[bool]:
    part = or_(Commitment.owner_id.in_(person_ids), Commitment.sponsor_id.in_(person_ids))
    return part & Commitment.state.in_(RUNNING)


def _running(person_id: int) -> Sequence[Commitment]:
    theirs = select(Commitment).where(_running_of([person_id])).order_by(Commitment.id)
    return db.session.scalars(theirs.execution_options(populate_existing=True)).all()


def _give(commitment: Commitment, to_id: int, *, by_id: int | None, now: datetime) -> None:
    before, state = commitment.owner_id, HANDED_OVER[commitment.state]
    until = offers.accept_by(to_id, now=now) if state is CommitmentState.OFFERED else commitment.accept_by
    names = select(Person.id, Person.name).where(Person.id.in_((before, to_id)))
    found = {row.id: row.name for row in db.session.execute(names)}
    told = {"commitment": commitment.id, "from": found[before], "to": found[to_id]}
    claim(commitment, now=now, owner_id=to_id, state=state, accept_by=until)
    db.session.refresh(commitment)
    story.record(commitment.idea_id, StoryKind.HANDED_OVER, now=now, actor_id=to_id, facts=told)
    if state is CommitmentState.OFFERED:
        messages.silence(commitment, now=now)
    facts = {"from": before, "to": to_id}
    people.audit("promise.handed_over", f"commitment:{commitment.id}", facts, actor_id=by_id, now=now)
    messages.handed_over(commitment, to_id, part="owner", now=now)


def _pass_on(commitment: Commitment, to_id: int | None, *, now: datetime) -> int:
    """Somebody else stands behind a promise from now on; 0 where there is nobody."""
    if to_id is None:
        return 0
    before = commitment.sponsor_id
    claim(commitment, now=now, sponsor_id=to_id)
    db.session.refresh(commitment)
    facts = {"from": before, "to": to_id}
    people.audit("promise.sponsor", f"commitment:{commitment.id}", facts, actor_id=None, now=now)
    messages.handed_over(commitment, to_id, part="sponsor", now=now)
    return 1


def _manager_who_owns(person_id: int) -> int | None:
    return next((one for one in _line_above(person_id) if can_own(one)), None)


def _line_above(person_id: int) -> list[int]:
    """The manager, theirs, and so on to the top."""
    line: list[int] = []
    above = db.session.scalar(select(Person.manager_id).where(Person.id == person_id))
    while above is not None and above not in (*line, person_id):
        line.append(above)
        above = db.session.scalar(select(Person.manager_id).where(Person.id == above))
    return line


def _sponsor(commitment: Commitment, but: int) -> int | None:
    return commitment.sponsor_id if commitment.sponsor_id != but and can_own(commitment.sponsor_id) else None


def _next_answerer(person_id: int) -> int | None:
    return next((one for one in _line_above(person_id) if can_answer(one)), None) or _programme(person_id)


def _programme(but: int) -> int | None:
    return db.session.scalar(_holders(Role.PROGRAMME).where(Person.id != but).order_by(Person.id).limit(1))


def _holders(*roles: Role) -> Any:
    held = select(Grant.person_id).where(Grant.role.in_(roles), Grant.revoked_at.is_(None))
    return select(Person.id).where(Person.deactivated_at.is_(None), Person.id.in_(held))
