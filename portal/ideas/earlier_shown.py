"""Where an idea stood before it was brought along, in words for its page. Shown beside what counts, never in it."""

from portal.db import db
from portal.ideas.models import BroughtAlong, Idea


def votes_before(idea: Idea) -> str | None:
    """How many votes it had before, in a sentence. Only for those who may see numbers; they are no evidence."""
    before = _before(idea)
    if before is None or not before.votes:
        return None
    votes = "1 vote was" if before.votes == 1 else f"{before.votes:,} votes were"
    return f"{votes} brought along from before. They do not count here."


def state_before(idea: Idea) -> list[str]:
    """The word of the earlier system, if it had one."""
    before = _before(idea)
    return [f"Earlier: {before.state}"] if before is not None and before.state else []


def _before(idea: Idea) -> BroughtAlong | None:
    # Whatever was said here costs no query.
    return db.session.get(BroughtAlong, idea.id) if (idea.source_ref or "").startswith("import:") else None
