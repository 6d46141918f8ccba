"""Which open promises somebody would be thanked for, and in which capacity: their own ideas and their own work."""

from collections import defaultdict

from sqlalchemy import func, or_, select

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.ideas.models import Idea
from portal.rewards.prospects import Found
from portal.rewards.rules import Share

OVER = (CommitmentState.CONFIRMED, CommitmentState.HANDED_BACK)
SHOWN = 5


def found_for(person_id: int) -> Found:
    """The newest open promises about what the person said, or that they own. One statement, by index."""
    said = select(func.coalesce(Idea.merged_into_id, Idea.id)).where(Idea.author_id == person_id)
    mine = Commitment.idea_id.in_(said)
    owned = Commitment.owner_id == person_id
    query = select(Commitment.idea_id, mine.label("said"), owned.label("owned"))
    rows = db.session.execute(
        query.where(or_(mine, owned), Commitment.state.not_in(OVER)).order_by(Commitment.id.desc()).limit(SHOWN)
    )
    found: dict[int, set[Share]] = defaultdict(set)
    for row in rows:
        found[row.idea_id] |= {Share.AUTHOR} if row.said else set()
        found[row.idea_id] |= {Share.IMPLEMENTER} if row.owned else set()
    return {number: frozenset(shares) for number, shares in found.items()}
