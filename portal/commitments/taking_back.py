"""A promise that was offered and taken back before anybody got a message about it."""

from datetime import datetime

from portal.commitments.claims import claim
from portal.commitments.models import Commitment, HandBack
from portal.commitments.rules import CommitmentState
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.ideas import search_index
from portal.ideas.search_models import EntryKind

REASON = "Taken back by whoever had promised it, before anybody was told."


def take_back(commitment: Commitment, by_id: int, *, now: datetime) -> None:
    """The promise stands no more: it looks like one that was handed back, by whoever had offered it.

    Raises Conflict `changed_meanwhile` once its owner has done anything with it.
    """
    if commitment.state is not CommitmentState.OFFERED:
        raise PromiseRefusal.CHANGED_MEANWHILE.as_error()
    claim(commitment, now=now, state=CommitmentState.HANDED_BACK)
    db.session.add(HandBack(commitment_id=commitment.id, by_id=by_id, at=now, reason=REASON))
    search_index.forget(EntryKind.RESULT, commitment.id)
    db.session.flush()
