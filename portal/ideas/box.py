"""The open box in which people say something, with what was kept for them."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from portal.db import db
from portal.errors import Invalid
from portal.ideas import drafts
from portal.ideas.models import Idea
from portal.ideas.shown import Ask
from portal.ideas.spotting import Finding, Known, find, without
from portal.ideas.words import Names
from portal.people.models import Person
from portal.people.viewer import Viewer

MODES = ((Names.HIDDEN.value, "Hide my name"), (Names.SHOWN.value, "My name"))
COLLEAGUES_MAX = 60


def ask_for(viewer: Viewer, *, now: datetime, text: str = "") -> Ask:
    """A fresh box: with `text` where some came along, else with the words that were kept."""
    draft = None if text else drafts.take_draft(viewer.id, drafts.IDEA, now=now)
    if draft is None:
        return Ask(text, Names.HIDDEN.value, MODES, fresh_key())
    return Ask(draft.text, draft.names.value, MODES, fresh_key(), kept=True)


def kept_words(viewer: Viewer, about: str, *, now: datetime) -> str:
    """The kept words about one thing, or nothing."""
    draft = drafts.take_draft(viewer.id, about, now=now)
    return draft.text if draft else ""


def fresh_key() -> str:
    """A key for one form: sent twice, it is the same form."""
    return str(uuid4())


def was_sent(draft_key: str | None) -> bool:
    """True if the form with this key has been sent already."""
    return bool(draft_key) and db.session.scalar(select(Idea.id).where(Idea.draft_key == draft_key)) is not None


def known_names(viewer: Viewer, names: Names) -> Known:
    """Whom the viewer's words could name: themselves (unless the name is shown anyway), their team, their manager."""
    me = db.session.execute(
        select(Person.email, Person.staff_number, Person.manager_id).where(Person.id == viewer.id)
    ).one()
    near = Person.team_id == viewer.team_id if viewer.team_id else Person.place_id == viewer.place_id
    others = select(Person.name).where((near) | (Person.id == me.manager_id), Person.id != viewer.id)
    colleagues = tuple(db.session.scalars(others.where(Person.deactivated_at.is_(None)).limit(COLLEAGUES_MAX)))
    own = () if names is Names.SHOWN else tuple(filter(None, (viewer.name, me.email, me.staff_number)))
    return Known(own, colleagues)


def look(viewer: Viewer, text: str, names: Names, *, insists: bool, wants_removal: bool) -> tuple[str, list[Finding]]:
    """The text as it may be sent, and what the person has to decide about first.

    insists: they have seen the findings and send all the same. wants_removal: the findings go, the rest is sent.
    """
    if insists:
        return text, []
    findings = find(text, known_names(viewer, names))
    return (without(text, findings), []) if wants_removal else (text, findings)


def refuse_personal_data(viewer: Viewer, text: str, names: Names, *, insists: bool, field: str) -> None:
    """For programs, which cannot be asked: raise Invalid `personal_data` unless they insist. field: its name there."""
    findings = look(viewer, text, names, insists=insists, wants_removal=False)[1]
    if findings:
        found = ", ".join(sorted({finding.kind for finding in findings}))
        message = f"This looks as if it held personal data ({found}). Take it out, or send it with insist."
        raise Invalid("personal_data", message, {field: message})
