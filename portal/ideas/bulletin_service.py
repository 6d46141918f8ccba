"""Verbs about bulletins: telling of a verdict, which takes back what was told before, and confirming."""

from datetime import datetime

from sqlalchemy import update

from portal.db import db, insert_if_new
from portal.ideas import bulletin_rules as rules
from portal.ideas.bulletin_models import Bulletin, BulletinConfirmation
from portal.ideas.bulletin_queries import standing_of_rule
from portal.ideas.policy import MAY
from portal.ideas.rule_record_models import RuleRecord, RuleVerdict
from portal.ideas.rule_record_words import NewVerdict
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.viewer import Viewer

TOLD = "bulletins.told"  # the outbox's topic; payload: bulletin


def tell(rule: RuleRecord, given: RuleVerdict, verdict: NewVerdict, *, now: datetime) -> Bulletin | None:
    """Make the bulletin of a verdict, in its transaction; None where it changes nothing that anybody was told.

    What was told about the rule before is superseded: whoever has not read that reads only this.
    """
    before = standing_of_rule(rule.id)
    if not rules.is_told(given.kind, told_before=before is not None):
        return None
    said = before.new_wording if before else ""
    old, new = rules.wordings(verdict, says=rule.says, told_before=said)
    if before is not None:
        db.session.execute(update(Bulletin).where(Bulletin.id == before.id).values(superseded_at=now))
    told = Bulletin(
        rule_id=rule.id, verdict_id=given.id, kind=given.kind, by_id=given.by_id, at=now,
        effective_on=given.effective_on, old_wording=old, new_wording=new, corrects=before is not None,
        newcomers_until=now + rules.NEWCOMERS,
    )  # fmt: skip
    db.session.add(told)
    db.session.flush()
    outbox.emit(TOLD, {"bulletin": told.id}, now=now)
    return told


def confirm(viewer: Viewer, told: Bulletin, *, holds: bool, now: datetime) -> None:
    """Somebody has read it; once more changes nothing. holds: the rule is in force for them.

    Raises Refused `not_for_you`, Conflict `bulletin_superseded`.
    """
    demand(MAY, "bulletin.confirm", viewer)
    if refusal := rules.confirm_refusal(holds=holds, superseded=told.superseded_at is not None):
        raise refusal.as_error()
    values = {"bulletin_id": told.id, "person_id": viewer.id, "at": now}
    insert_if_new(BulletinConfirmation, values, key=("bulletin_id", "person_id"))
