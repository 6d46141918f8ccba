"""Words not sent yet: kept for a person for seven days, so that a call may come in at any time."""

from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, delete, select

from portal.db import db, upsert
from portal.ideas.models import Draft
from portal.ideas.words import DRAFT_DAYS, Names
from portal.statements import run

IDEA = "idea"
KEPT = timedelta(days=DRAFT_DAYS)
KEPT_WORDS = select(Draft.text, Draft.names).where(
    Draft.person_id == bindparam("person"), Draft.about == bindparam("about"), Draft.kept_at > bindparam("since")
)


def about_comment(number: int) -> str:
    """What a draft is about that adds to an idea."""
    return f"comment:{number}"


def keep_draft(person_id: int, about: str, text: str, names: Names, *, now: datetime) -> None:
    """Keep the newest words about one thing; empty words and those without any name leave nothing behind."""
    if not text.strip() or names is Names.NONE:
        clear(person_id, about)
        return
    values = {"person_id": person_id, "about": about, "text": text, "names": names, "kept_at": now}
    upsert(Draft, values, key=("person_id", "about"), update=("text", "names", "kept_at"))


def take_draft(person_id: int, about: str, *, now: datetime) -> Row[str, Names] | None:
    """The kept (text, names), unless seven days are over. Reading leaves them where they are; sending clears them."""
    mine = {"person": person_id, "about": about, "since": now - KEPT}
    return run(KEPT_WORDS, mine).one_or_none()


def clear(person_id: int, about: str) -> None:
    """Forget the words about one thing."""
    db.session.execute(delete(Draft).where(Draft.person_id == person_id, Draft.about == about))


def forget_old_drafts(*, now: datetime) -> int:
    """Delete what has been kept for seven days; returns how many."""
    old = delete(Draft).where(Draft.kept_at <= now - KEPT)
    return db.session.execute(old).rowcount  # type: ignore[attr-defined]
