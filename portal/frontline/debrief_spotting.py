"""Personal data in what is written after a shift: as in every text, and the name of whoever hosted it."""

from dataclasses import replace

from sqlalchemy import select

from portal.db import db
from portal.errors import Invalid
from portal.frontline.models import Slot
from portal.ideas.box import known_names
from portal.ideas.spotting import Finding, find, without
from portal.ideas.words import Names
from portal.people.models import Person
from portal.people.viewer import Viewer


def look_at(
    viewer: Viewer, slot_number: int, text: str, *, insists: bool, wants_removal: bool
) -> tuple[str, list[Finding]]:
    """The text as it may be saved, and what the person has to decide about first; see `ideas.box.look`."""
    if insists or not text:
        return text, []
    known = known_names(viewer, Names.SHOWN)
    host = select(Person.name).join(Slot, Slot.buddy_id == Person.id).where(Slot.id == slot_number)
    hosts = [name for name in db.session.scalars(host) if name not in known.colleagues]
    findings = find(text, replace(known, colleagues=(*known.colleagues, *hosts)))
    return (without(text, findings), []) if wants_removal else (text, findings)


def refuse_personal_data(viewer: Viewer, slot_number: int, text: str, *, insists: bool, field: str) -> None:
    """For programs, which cannot be asked: raise Invalid `personal_data` unless they insist. field: its name there."""
    findings = look_at(viewer, slot_number, text, insists=insists, wants_removal=False)[1]
    if findings:
        found = ", ".join(sorted({finding.kind for finding in findings}))
        message = f"This looks as if it held personal data ({found}). Take it out, or send it with insist."
        raise Invalid("personal_data", message, {field: message})
