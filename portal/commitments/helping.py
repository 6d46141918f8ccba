"""Help wanted: colleagues who said that they would help are asked, each alone; those who join in are named.

Nobody, the owner included, ever reads who was asked or how many: that would list supporters.
"""

from datetime import datetime

from sqlalchemy import literal, select, update

from portal.commitments import messages, rules
from portal.commitments.claims import claim
from portal.commitments.models import Commitment
from portal.commitments.policy import MAY
from portal.commitments.rules import Actor, Verb
from portal.commitments.words import PromiseRefusal
from portal.commitments.work_models import HelpAsk, HelpCall
from portal.commitments.work_rows import facts_now
from portal.commitments.work_rules import need_refusal
from portal.db import db, insert_missing
from portal.ideas import story
from portal.ideas.words import StoryKind
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm.models import Vote
from portal.swarm.rules import VoteKind


def call_for_help(viewer: Viewer, commitment: Commitment, words: str, *, now: datetime) -> HelpCall:
    """The owner asks everybody who would help to try it. Raises the refusals of `rules.refusal`."""
    demand(MAY, "commitment.call_help", viewer)
    refused = rules.refusal(Verb.CALL_HELP, facts_now(commitment), Actor(viewer.id)) or need_refusal(words)
    if refused is not None:
        raise refused.as_error()
    claim(commitment, now=now)
    call = HelpCall(commitment_id=commitment.id, by_id=viewer.id, at=now, words=words.strip(), closed_at=None)
    db.session.add(call)
    db.session.flush()
    would = (
        select(literal(call.id), Vote.person_id)
        .join(Person, Person.id == Vote.person_id)
        .where(Vote.idea_id == commitment.idea_id, Vote.kind == VoteKind.STRONG, Vote.revoked_at.is_(None),
               Vote.person_id != viewer.id, Person.deactivated_at.is_(None))
    )  # fmt: skip
    insert_missing(HelpAsk, ["call_id", "person_id"], would)
    facts = {"commitment": commitment.id}
    words = call.words
    story.record(commitment.idea_id, StoryKind.HELP_WANTED, now=now, actor_id=viewer.id, words=words, facts=facts)
    messages.help_wanted(call, now=now)
    return call


def enough_help(viewer: Viewer, commitment: Commitment, *, now: datetime) -> None:
    """The owner has enough: nobody can join any more. Raises Conflict `not_calling`."""
    demand(MAY, "commitment.call_help", viewer)
    if viewer.id != commitment.owner_id:
        raise PromiseRefusal.NOT_THE_OWNER.as_error()
    if not end(commitment.id, now=now):
        raise PromiseRefusal.NOT_CALLING.as_error()


def answer_call(viewer: Viewer, commitment: Commitment, *, joins: bool, now: datetime) -> None:
    """Somebody who was asked joins in, by name, or would rather not, which nobody hears.

    Raises Conflict `not_calling` or `answered_already`, Refused `not_asked_to_help`.
    """
    demand(MAY, "commitment.help", viewer)
    ask = _ask(viewer, commitment)
    waits = HelpAsk.id == ask.id, HelpAsk.joined.is_(None)
    statement = update(HelpAsk).where(*waits).values(joined=joins, answered_at=now)
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise PromiseRefusal.ANSWERED_ALREADY.as_error()
    if joins:
        facts = {"commitment": commitment.id}
        story.record(commitment.idea_id, StoryKind.HELPER_JOINED, now=now, actor_id=viewer.id, facts=facts)
        messages.helper_joined(ask, now=now)


def end(commitment_id: int, *, now: datetime) -> bool:
    """Help is not asked for any more; False if it was not."""
    standing = HelpCall.commitment_id == commitment_id, HelpCall.closed_at.is_(None)
    done = db.session.execute(update(HelpCall).where(*standing).values(closed_at=now))
    return done.rowcount == 1  # type: ignore[attr-defined]


def _ask(viewer: Viewer, commitment: Commitment) -> HelpAsk:
    # On PostgreSQL an owner who closes the call meanwhile waits for this row, or this finds it closed.
    call = select(HelpCall.id).where(HelpCall.commitment_id == commitment.id, HelpCall.closed_at.is_(None))
    number = db.session.scalar(call.with_for_update())
    if number is None:
        raise PromiseRefusal.NOT_CALLING.as_error()
    ask = db.session.scalar(select(HelpAsk).where(HelpAsk.call_id == number, HelpAsk.person_id == viewer.id))
    if ask is None:
        raise PromiseRefusal.NOT_ASKED_TO_HELP.as_error()
    return ask
