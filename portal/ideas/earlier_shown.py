"""Where an idea stood before it was brought along, in words for its page. Shown beside what counts, never in it."""

from portal.db import db
from portal.ideas.models import BroughtAlong, Idea


def is_brought_along(source_ref: str | None) -> bool:
    """Whether what says where an idea comes from names an earlier system."""
    return (source_ref or "").startswith("import:")


def votes_before(idea: Idea) -> str | None:
    """How many votes it had before, in a sentence. Only for those who may see numbers; they are no evidence."""
    count = votes_brought_along(idea)
    if not count:
        return None
    votes = "1 vote was" if count == 1 else f"{count:,} votes were"
    return f"{votes} brought along from before. They do not count here."


def votes_brought_along(idea: Idea) -> int | None:
    """The same as a number; None for what was said here."""
    before = _before(idea)
    return before.votes if before is not None else None


def state_before(idea: Idea) -> list[str]:
    """The word of the earlier system, if it had one."""
    before = _before(idea)
    return [f"Earlier: {before.state}"] if before is not None and before.state else []


def _before(idea: Idea) -> BroughtAlong | None:
    # Whatever was said here costs no query.
    return db.session.get(BroughtAlong, idea.id) if is_brought_along(idea.source_ref) else None
