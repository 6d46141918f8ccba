"""A named reviewer without a stake looks at a flag: cleared or upheld. What is due follows in the same step."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.commitments.models import Commitment
from portal.db import db, take_turns
from portal.impact import payable
from portal.impact.estimate_words import Flag
from portal.impact.flags_queries import flagged_for, has_stake
from portal.impact.flags_rules import FlagRefusal, refusal
from portal.impact.models import FlagReview, Plan, StoredEstimate
from portal.impact.policy import MAY
from portal.impact.verdict_queries import flags_of
from portal.people import service as people
from portal.people.policy import demand
from portal.people.viewer import Viewer


def review(
    viewer: Viewer, estimate_id: int, flag: Flag, *, cleared: bool, reason: str, now: datetime
) -> FlagReview:  # fmt: skip
    """Clear a flag or uphold it, once, with the reason. Raises Missing and the members of FlagRefusal."""
    demand(MAY, "flag.review", viewer)
    found = flagged_for(viewer, estimate_id)
    kept = db.session.get_one(StoredEstimate, estimate_id)
    commitment = db.session.get_one(Commitment, found.commitment)
    stake = has_stake(viewer.id, commitment)
    if refused := refusal(has_stake=stake, flags=flags_of(kept), flag=flag, reason=reason):
        raise refused.as_error()
    take_turns(payable.TURN)  # two reviews at once: the later one sees the earlier, and settles
    made = FlagReview(estimate_id=estimate_id, flag=flag.value, cleared=cleared, reason=reason.strip(),
                      by_id=viewer.id, at=now)  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise FlagRefusal.REVIEWED.as_error() from None
    facts = {"estimate": estimate_id, "flag": flag.value, "cleared": cleared}
    people.audit("flag.reviewed", f"commitment:{commitment.id}", facts, actor_id=viewer.id, now=now)
    payable.settle(db.session.get_one(Plan, kept.plan_id), commitment, now=now)
    return made
