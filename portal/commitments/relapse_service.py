"""*It's back*: saying so, which reopens what was promised and tells its owner; and the owner's "it is not back"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from portal.commitments import delivered, relapse_rules, rules
from portal.commitments import relapse_rows as rows
from portal.commitments.claims import claim
from portal.commitments.models import Commitment, Delivery
from portal.commitments.policy import MAY
from portal.commitments.relapse_models import Relapse, RelapseReport
from portal.commitments.relapse_rules import Ending, NewReport, RelapseRefusal
from portal.commitments.rules import Actor, CommitmentState, Verb
from portal.commitments.service import facts_of
from portal.db import db, insert_if_new, take_turns
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import move_stage
from portal.ideas.words import Stage, StoryKind
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.viewer import Viewer

TOLD = "commitments.back"
STAGES = {CommitmentState.DELIVERED: Stage.DELIVERED, CommitmentState.CONFIRMED: Stage.DONE}


@dataclass(frozen=True)
class Said:
    """What became of a report. reopened: it was the first one."""

    relapse_id: int
    commitment_id: int
    reopened: bool


def say_back(viewer: Viewer, idea: Idea, report: NewReport, *, today: date, now: datetime) -> Said:
    """Somebody met it again. The first report reopens the promise and tells its owner; others add a voice.

    Raises the refusals of `RelapseRefusal`, and Conflict `changed_meanwhile`.
    """
    demand(MAY, "commitment.back", viewer)
    take_turns(f"back:{idea.id}")  # two first reports at once are one reopening
    commitment = _standing(idea)
    _refuse(relapse_rules.place_refusal(commitment.state if commitment else None, hidden=idea.hidden_at is not None))
    assert commitment is not None
    _refuse(relapse_rules.report_refusal(report, live_from=_live_from(commitment), today=today))
    relapse, words = rows.open_one(commitment.id), report.words.strip()
    reopened = relapse is None
    if relapse is None:
        relapse = reopen(commitment, idea, report.day, words, now=now)
    values = {"relapse_id": relapse.id, "person_id": viewer.id, "team_id": viewer.team_id, "site_id": viewer.site_id,
              "day": report.day, "words": words, "at": now}  # fmt: skip
    if insert_if_new(RelapseReport, values, key=("relapse_id", "person_id")) is None:
        raise RelapseRefusal.ALREADY_SAID.as_error()
    return Said(relapse.id, commitment.id, reopened)


def not_back(viewer: Viewer, commitment: Commitment, reason: str, *, now: datetime) -> None:
    """The owner answers in public that it is not back, and why; everything is as it was before.

    Raises the refusals of `rules.refusal` and `rules.reason_refusal`.
    """
    demand(MAY, "commitment.not_back", viewer)
    refused = rules.refusal(Verb.NOT_BACK, facts_of(commitment), Actor(viewer.id)) or rules.reason_refusal(reason)
    if refused is not None:
        raise refused.as_error()
    relapse, answer = rows.open_one(commitment.id), reason.strip()
    assert relapse is not None
    claim(commitment, now=now, state=relapse.was)
    move_stage(commitment.idea_id, Stage.PROMISED, STAGES[relapse.was], now=now)
    # It was done on the day on which it was done, not on the day of this answer.
    db.session.execute(update(Idea).where(Idea.id == commitment.idea_id).values(moved_at=relapse.moved_at))
    rows.close(relapse, Ending.NOT_BACK, by_id=viewer.id, now=now, answer=answer)
    if relapse.was is CommitmentState.CONFIRMED:
        delivered.give_back_awards(commitment, now=now)
    facts = {"commitment": commitment.id}
    story.record(commitment.idea_id, StoryKind.NOT_BACK, now=now, actor_id=viewer.id, words=answer, facts=facts)
    db.session.flush()


def reopen(
    commitment: Commitment, idea: Idea, day: date, words: str, *, now: datetime,
    facts: Mapping[str, Any] | None = None, told: str = TOLD,
) -> Relapse:  # fmt: skip
    """What was done is open again. facts: more for the story; told: the topic of the message to whoever must answer.

    The caller has taken its turn (`back:<idea>`) and knows that the promise is done. Raises `changed_meanwhile`.
    """
    made = Relapse(commitment_id=commitment.id, opened_at=now, was=commitment.state, moved_at=idea.moved_at)
    claim(commitment, now=now, state=CommitmentState.REOPENED)
    move_stage(idea.id, STAGES[made.was], Stage.PROMISED, now=now)
    db.session.add(made)
    db.session.flush()
    about = {"commitment": commitment.id, "day": day.isoformat()} | dict(facts or {})
    story.record(idea.id, StoryKind.BACK, now=now, words=words, facts=about)  # whoever said so is nobody's business
    outbox.emit(told, {"relapse": made.id}, now=now)
    if made.was is CommitmentState.CONFIRMED:
        delivered.take_back_awards(commitment, now=now)
    return made


def _standing(idea: Idea) -> Commitment | None:
    standing = Commitment.idea_id == idea.id, Commitment.state != CommitmentState.HANDED_BACK
    return db.session.scalar(select(Commitment).where(*standing).execution_options(populate_existing=True))


def _live_from(commitment: Commitment) -> date:
    newest = select(Delivery.live_from).where(Delivery.commitment_id == commitment.id).order_by(Delivery.id.desc())
    return db.session.scalars(newest.limit(1)).one()


def _refuse(refusal: RelapseRefusal | None) -> None:
    if refusal is not None:
        raise refusal.as_error()
