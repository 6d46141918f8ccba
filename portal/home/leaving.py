"""Somebody leaves: what they still owe in every capability, and who has it then."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.commitments import handover
from portal.commitments.policy import MAY
from portal.db import db
from portal.errors import Conflict
from portal.frontline import leavers
from portal.frontline.slot_queries import seen_by
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_queries import rules_in_scope
from portal.people import directory
from portal.people.models import Person, Place
from portal.people.policy import demand
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.triage import assignment, clock_queries, local_fix, local_fix_queries

UNSEEN = "Something that you may not read"
HANDS_OVER = (Role.ADMINISTRATOR, Role.PROGRAMME)


@dataclass(frozen=True)
class Owed:
    """One thing that somebody owes. kind: its code; number: of the promise, rule, idea, shift or turn."""

    kind: str
    label: str
    number: int
    title: str
    due_on: date | None
    path: str | None


def leaver(viewer: Viewer, person_id: int) -> Person:
    """The person, as far as the viewer may hand over what they owe. Raises Missing."""
    return directory.person_for(viewer, person_id, *HANDS_OVER)


def duties_of(viewer: Viewer, person_id: int, *, now: datetime) -> list[Owed]:
    """Everything that somebody still owes: promises, rules, the next hundred answers, shifts and turns to come.

    What the viewer may not read is counted, without its words.
    """
    duties, answers = handover.open_duties(person_id), clock_queries.owed_by(person_id)
    fixes = local_fix_queries.open_of(person_id)
    about = {duty.idea_id for duty in duties} | {row.idea_id for row in answers} | {idea_id for _, idea_id, _ in fixes}
    ideas = set(db.session.scalars(select(Idea.id).where(Idea.id.in_(about - {None}), visible_to(viewer))))
    named = {duty.number for duty in duties if duty.idea_id is None}
    rules = set(db.session.scalars(select(RuleRecord.id).where(RuleRecord.id.in_(named), rules_in_scope(viewer))))
    found = []
    for duty in duties:
        seen = duty.idea_id in ideas if duty.idea_id is not None else duty.number in rules
        facts = duty.kind.value, duty.kind.label, duty.number
        found.append(Owed(*facts, duty.title if seen else UNSEEN, duty.due_on, duty.path if seen else None))
    for number, idea_id, sentence in fixes:
        seen, path = idea_id in ideas, f"/local-fixes/{number}"
        found.append(
            Owed("local_fix", "Fix at a site", number, sentence if seen else UNSEEN, None, path if seen else None)
        )
    for row in answers:
        seen, path = row.idea_id in ideas, f"/ideas/{row.idea_id}"
        facts = row.duty.value, row.duty.label, row.idea_id
        found.append(Owed(*facts, row.title if seen else UNSEEN, row.due_on, path if seen else None))
    return found + _on_the_frontline(viewer, person_id, now)


def hand_over(viewer: Viewer, person_id: int, to_id: int, *, now: datetime) -> int:
    """Give all of it to somebody else; returns how much it was.

    Answers go along where the other one answers ideas at all; else they are routed anew once the person has left.
    Seats, visitors and turns are nobody's to give: they go to whoever waits, the site, and the next one.
    Raises Conflict `nothing_owed`, Invalid `unknown_successor`.
    """
    demand(MAY, "commitment.hand_over", viewer)
    person = leaver(viewer, person_id)
    if not duties_of(viewer, person_id, now=now):
        raise Conflict("nothing_owed", f"{person.name} owes nothing any more.")
    moved = handover.hand_over(person_id, to_id, by_id=viewer.id, now=now)
    moved += leavers.let_go(person_id, by_id=viewer.id, now=now)
    moved += local_fix.hand_over(person_id, to_id, by_id=viewer.id, now=now)
    if handover.can_answer(to_id):
        moved += assignment.reassign_of(person_id, to_id=to_id, by_id=viewer.id, now=now)
    return moved


def hand_over_after_leaving(person_id: int, *, by_id: int | None, now: datetime) -> int:
    """Nobody said to whom: the manager has it, else the sponsor of a promise, else programme; answers are routed."""
    moved = handover.hand_over_to_whoever_is_next(person_id, by_id=by_id, now=now)
    moved += leavers.let_go(person_id, by_id=by_id, now=now)
    if (heir := handover.next_owner(person_id)) is not None:
        moved += local_fix.hand_over(person_id, heir, by_id=by_id or heir, now=now)
    return moved + assignment.reassign_of(person_id, by_id=by_id, now=now)


def owing(person_ids: list[int], *, now: datetime) -> list[int]:
    """Those of the people who owe anything. A fixed number of statements, however many people."""
    found = {
        *handover.with_duties(person_ids), *clock_queries.owing(person_ids), *local_fix_queries.owing(person_ids),
        *leavers.having(person_ids, now=now),
    }  # fmt: skip
    return [one for one in person_ids if one in found]


def _on_the_frontline(viewer: Viewer, person_id: int, now: datetime) -> list[Owed]:
    coming = leavers.to_come(person_id, now=now)
    sites = {one.site_id for one in coming} - {None}
    known = set(db.session.scalars(select(Place.id).where(Place.id.in_(sites), seen_by(viewer)))) if sites else set()
    found = []
    for one in coming:
        seen = one.site_id is None or one.site_id in known
        title, path = (one.title, one.path) if seen else (UNSEEN, None)
        found.append(Owed(one.kind.value, one.kind.label, one.number, title, one.on, path))
    return found
