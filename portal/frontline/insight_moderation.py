"""Hiding a note from a shift and showing it again, with the reason that everybody reads.

An insight that became an idea, a promise or an answer has no decision of its own: it is hidden with that.
"""

from datetime import datetime

from sqlalchemy import select, update

from portal.db import db
from portal.frontline import insight_search
from portal.frontline.debrief_models import Debrief, Insight, InsightDecision
from portal.frontline.debrief_rules import HidingRefusal
from portal.frontline.insight_policy import MAY
from portal.frontline.models import SignUp, Slot
from portal.frontline.slot_queries import path_of
from portal.frontline.slot_rules import Where
from portal.frontline.words import InsightKind
from portal.ideas.rules import Action, ModerationRefusal, TextFacts, moderation_refusal
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.viewer import Viewer

DECIDED = "frontline.insight_decided"  # {"decision": id}


def moderate(viewer: Viewer, insight: Insight, action: Action, reason: str, *, now: datetime) -> InsightDecision:
    """Hide a note, or show it again. Its writer is told.

    Raises Refused without the role at the site of the shift, Conflict `not_a_note`, and of `ModerationRefusal`
    `own_text`, `already_hidden`, `not_hidden`, `text_withdrawn`.
    """
    demand(MAY, "insight.moderate", viewer, where(insight))
    if insight.kind is not InsightKind.NOTE:
        raise HidingRefusal.NOT_A_NOTE.as_error()
    facts = TextFacts(insight.hidden_at is not None, insight.withdrawn_at is not None, 0)
    if refused := moderation_refusal(action, facts, is_author=insight.by_id == viewer.id):
        raise refused.as_error()
    _set_hidden(insight, action, now)
    row = InsightDecision(insight_id=insight.id, action=action, by_id=viewer.id, reason=reason.strip(), at=now)
    db.session.add(row)
    db.session.flush()
    outbox.emit(DECIDED, {"decision": row.id}, now=now)
    return row


def where(insight: Insight) -> Where:
    """Where the shift was, for the policy."""
    query = select(Slot.site_id).join(SignUp, SignUp.slot_id == Slot.id).join(Debrief, Debrief.sign_up_id == SignUp.id)
    return Where(path_of(db.session.scalars(query.where(Debrief.id == insight.debrief_id)).one()) or "")


def _set_hidden(insight: Insight, action: Action, now: datetime) -> None:
    hide = action is Action.HIDE
    as_it_was = Insight.hidden_at.is_(None) if hide else Insight.hidden_at.is_not(None)
    still = update(Insight).where(Insight.id == insight.id, Insight.withdrawn_at.is_(None), as_it_was)
    if db.session.execute(still.values(hidden_at=now if hide else None)).rowcount != 1:  # type: ignore[attr-defined]
        raise (ModerationRefusal.ALREADY_HIDDEN if hide else ModerationRefusal.NOT_HIDDEN).as_error()
    db.session.refresh(insight)
    insight_search.index(insight.id)
