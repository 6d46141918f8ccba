"""A promise about something that one has said oneself: nobody was asked, so no executive has to answer first.

The idea goes straight from the board to promised, outside the quorum: no promotion is written, and nobody is paid for
keeping a word that they gave themselves. A second person confirms it like any other promise.
"""

from datetime import date, datetime, timedelta

from portal.commitments import rules
from portal.commitments.claims import claim
from portal.commitments.models import Commitment, HandBack, PromisedDate
from portal.commitments.owners import EVERYWHERE, owners_below
from portal.commitments.rules import CommitmentState, NewPromise
from portal.commitments.service import let_be_found, metric_name, tell
from portal.commitments.taking_back import REASON
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.ideas import search_index
from portal.ideas.models import Idea
from portal.ideas.search_models import EntryKind
from portal.ideas.service import is_author, move_stage
from portal.ideas.words import Names, Stage, StoryKind
from portal.people.viewer import Viewer


def make(
    viewer: Viewer, idea: Idea, promise: NewPromise, *, today: date, now: datetime, told_after: timedelta = timedelta()
) -> Commitment:
    """Promise to do oneself what one has just said under one's own name; it is taken on with the same word.

    told_after: how long it can still be taken back unheard. Raises Refused `not_your_words`, Invalid `unknown_owner`
    for somebody who cannot be given promises, Conflict `stage_changed` if the idea is not open, and the refusals of
    `rules.promise_refusal`.
    """
    if not is_author(viewer, idea) or idea.names is not Names.SHOWN:
        raise PromiseRefusal.NOT_YOUR_WORDS.as_error()
    if refused := rules.promise_refusal(promise, today):
        raise refused.as_error()
    if not can_promise(viewer):
        raise PromiseRefusal.UNKNOWN_OWNER.as_error()
    metric = metric_name(promise.metric_id)
    move_stage(idea.id, Stage.OPEN, Stage.PROMISED, now=now)
    made = Commitment(
        idea_id=idea.id, owner_id=viewer.id, sponsor_id=viewer.id, sentence=promise.sentence.strip(),
        metric_id=promise.metric_id, due_on=promise.due_on, state=CommitmentState.ACCEPTED, made_at=now,
        updated_at=now, accept_by=None, nudges=0,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add(PromisedDate(commitment_id=made.id, due_on=made.due_on, set_at=now, set_by_id=viewer.id))
    facts = {"owner": viewer.name, "due_on": made.due_on.isoformat(), "metric": metric}
    tell(made, StoryKind.COMMITTED, viewer.id, now=now, words=made.sentence, facts=facts, told_after=told_after)
    let_be_found(made, "", now)
    return made


def can_promise(viewer: Viewer) -> bool:
    """True for whoever can be given promises."""
    return db.session.scalar(owners_below(EVERYWHERE, only=viewer.id)) is not None


def take_back(viewer: Viewer, commitment: Commitment, *, now: datetime) -> None:
    """Its owner takes it back before anybody was told; the idea is open again.

    Raises Refused `not_the_owner`, Conflict `changed_meanwhile` once anything was done with it.
    """
    if commitment.owner_id != viewer.id or commitment.sponsor_id != viewer.id:
        raise PromiseRefusal.NOT_THE_OWNER.as_error()
    if commitment.state is not CommitmentState.ACCEPTED:
        raise PromiseRefusal.CHANGED_MEANWHILE.as_error()
    claim(commitment, now=now, state=CommitmentState.HANDED_BACK)
    move_stage(commitment.idea_id, Stage.PROMISED, Stage.OPEN, now=now)
    db.session.add(HandBack(commitment_id=commitment.id, by_id=viewer.id, at=now, reason=REASON))
    search_index.forget(EntryKind.RESULT, commitment.id)
    db.session.flush()
