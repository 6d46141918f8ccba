"""Taking an award back because its outcome no longer holds, and giving it back where it holds after all.

A reversal takes what is still in the wallet; the rest stays as a claim that later awards meet, and nothing else does.
A hidden author's wallet is never debited, because everybody who reads the books would see whose it is: the next
batches meet the claim. Above SECOND_PERSON_ABOVE points a second person decides.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, select, update

from portal.db import db
from portal.errors import Missing
from portal.ledger import service as ledger
from portal.ledger.models import Transfer
from portal.ledger.postings import tidy_memo
from portal.outbox import service as outbox
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.rewards import awards, purse
from portal.rewards.models import Award, Reversal
from portal.rewards.purse import owner
from portal.rewards.reversal_rules import ReversalRefusal
from portal.rewards.rules import Event
from portal.rewards.scope import demand_at_top
from portal.rewards.settings_rules import SECOND_PERSON_ABOVE
from portal.rewards.words import ReversalState

REASON_CODE = "taken_back"
TAKEN_BACK = "rewards.taken_back"  # the outbox's topic; payload: reversal


def take_back(event: Event | str, subject: str, reason: str, now: datetime, by_id: int | None = None) -> list[Reversal]:
    """Take back all awards of an event on a subject that still stand; none is no error.

    subject: "idea:248". reason: one line, for the statement. by_id: who asks; None for the portal, because an outcome
    was undone. Up to SECOND_PERSON_ABOVE points in all it is done at once, otherwise a second person decides.
    """
    ledger.lock_chain()
    query = select(Award).where(awards.family(event, subject), ~awards.TAKEN_BACK).order_by(Award.id)
    found = db.session.scalars(query.execution_options(populate_existing=True)).all()
    return _ask(found, reason, now, by_id)


def ask(viewer: Viewer, award_id: int, reason: str, *, now: datetime) -> Reversal:
    """Somebody asks that one award is taken back; a small one is at once, a large one once a second person agrees.

    Raises Missing, Refused `own_award`, Invalid `reason_missing`, Conflict `taken_back_already`.
    """
    demand_at_top("reversal.ask", viewer)
    ledger.lock_chain()
    award = db.session.get(Award, award_id, populate_existing=True)
    if award is None or award.hidden:
        raise Missing("award")  # of a hidden name there is nothing to see, not even that there is one
    if not reason.strip():
        raise ReversalRefusal.NO_REASON.as_error()
    if award.person_id == viewer.id:
        raise ReversalRefusal.OWN_AWARD.as_error()
    if db.session.scalar(select(Reversal.id).where(_standing(award.id))) is not None:
        raise ReversalRefusal.TAKEN_BACK.as_error()
    (made,) = _ask([award], reason, now, viewer.id)
    audit("award.reversal_asked", f"award:{award.id}", {"reason": made.reason, "state": made.state.value},
          actor_id=viewer.id, now=now)  # fmt: skip
    return made


def decide(viewer: Viewer, number: int, *, agreed: bool, now: datetime) -> Reversal:
    """A second person agrees that an award is taken back, or says no.

    Raises Missing, Refused `second_person` (asked for it), `own_award`, `not_yours`, Conflict `decided_already`.
    """
    demand_at_top("reversal.decide", viewer)
    ledger.lock_chain()
    found = db.session.get(Reversal, number, populate_existing=True)
    if found is None:
        raise Missing("reversal")
    award = db.session.get_one(Award, found.award_id, populate_existing=True)
    if found.asked_by_id == viewer.id:
        raise ReversalRefusal.SECOND_PERSON.as_error()
    if award.person_id == viewer.id:
        raise (ReversalRefusal.NOT_YOURS if award.hidden else ReversalRefusal.OWN_AWARD).as_error()
    if found.state is not ReversalState.ASKED:
        raise ReversalRefusal.DECIDED.as_error()
    state = ReversalState.DONE if agreed else ReversalState.REFUSED
    waits = Reversal.id == number, Reversal.state == ReversalState.ASKED
    values = {"state": state, "decided_by_id": viewer.id, "decided_at": now}
    if db.session.execute(update(Reversal).where(*waits).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise ReversalRefusal.DECIDED.as_error()
    db.session.refresh(found)
    if agreed:
        _carry_out(found, award, now)
        outbox.emit(TAKEN_BACK, {"reversal": found.id}, now=now)
    audit("award.reversal_decided", f"reversal:{number}", {"agreed": agreed}, actor_id=viewer.id, now=now)
    db.session.flush()
    return found


def give_back(event: Event | str, subject: str, reason: str, now: datetime) -> list[Award]:
    """What the portal took back is awarded anew; what somebody took back by hand stays taken.

    What a reversal could not take is met first, so that nobody has more than before. reason: for the statement.
    """
    ledger.lock_chain()
    _call_off(event, subject, now)
    gone = select(Award, Reversal.id.label("reversal")).join(Reversal, Reversal.award_id == Award.id)
    done = Reversal.state == ReversalState.DONE, Reversal.asked_by_id.is_(None)
    rows = db.session.execute(gone.where(awards.family(event, subject), *done).order_by(Reversal.id)).all()
    standing = select(Award.person_id, Award.share).where(awards.family(event, subject), ~awards.TAKEN_BACK)
    still = {tuple(row) for row in db.session.execute(standing)}
    newest = {(row.Award.person_id, row.Award.share): row for row in rows}
    made = [_anew(row.Award, row.reversal, subject, reason, now) for key, row in newest.items() if key not in still]
    db.session.add_all(made)
    db.session.flush()
    purse.pay(made, now=now, actor_ref="portal")
    return made


def _ask(found: Sequence[Award], reason: str, now: datetime, by_id: int | None) -> list[Reversal]:
    at_once = sum(award.points for award in found) <= SECOND_PERSON_ABOVE
    state = ReversalState.DONE if at_once else ReversalState.ASKED
    made = []
    for award in found:
        one = Reversal(award_id=award.id, state=state, reason=tidy_memo(reason), asked_by_id=by_id, asked_at=now,
                       decided_at=now if at_once else None, taken=0, claimed=0)  # fmt: skip
        db.session.add(one)
        db.session.flush()
        if at_once:
            _carry_out(one, award, now)
            outbox.emit(TAKEN_BACK, {"reversal": one.id}, now=now)
        made.append(one)
    db.session.flush()
    return made


def _carry_out(reversal: Reversal, award: Award, now: datetime) -> None:
    if award.hidden and award.paid_at is None:
        if award.pooled_at is not None:
            purse.back_to_budget(award.points, cause=f"pool:{uuid4()}", now=now)
            award.pooled_at = None
        return
    if award.paid_at is None:
        return
    reversal.taken = 0 if award.hidden else _taken(reversal, award, now)
    reversal.claimed = award.points - reversal.taken


def _taken(reversal: Reversal, award: Award, now: datetime) -> int:
    """Move back what is still there. The lock of the ledger is held: nobody spends it meanwhile."""
    paid = db.session.execute(
        select(Transfer.seq, Transfer.amount, Transfer.credit_id).where(Transfer.cause == f"award:{award.id}")
    ).one_or_none()
    if paid is None:
        return 0  # all of it had met an earlier claim
    taken = min(paid.amount, ledger.available(paid.credit_id))
    if taken > 0:
        ledger.reverse(paid.seq, taken, cause=f"reversal:{reversal.id}", reason_code=REASON_CODE,
                       memo=reversal.reason, actor_ref=_actor(reversal), now=now)  # fmt: skip
    return max(taken, 0)


def _actor(reversal: Reversal) -> str:
    by = reversal.decided_by_id or reversal.asked_by_id
    return "portal" if by is None else owner(by)


def _call_off(event: Event | str, subject: str, now: datetime) -> None:
    """What waits for a second person need not be decided any more."""
    mine = select(Award.id).where(awards.family(event, subject))
    waits = Reversal.state == ReversalState.ASKED, Reversal.asked_by_id.is_(None), Reversal.award_id.in_(mine)
    values = {"state": ReversalState.REFUSED, "decided_at": now}
    db.session.execute(update(Reversal).where(*waits).values(**values).execution_options(synchronize_session=False))


def _anew(old: Award, reversal_id: int, subject: str, reason: str, now: datetime) -> Award:
    return Award(
        person_id=old.person_id, event=old.event, subject=f"{subject}{awards.AGAIN}{reversal_id}",
        idea_number=old.idea_number, sentence=tidy_memo(reason), share=old.share, points=old.points,
        policy_version=old.policy_version, hidden=old.hidden, created_at=now,
    )  # fmt: skip


def _standing(award_id: int) -> ColumnElement[bool]:
    return (Reversal.award_id == award_id) & (Reversal.state != ReversalState.REFUSED)
