"""What several executives think of an idea, each for themselves first: others' notes open with one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.commitments.scope import said_at
from portal.db import db, upsert
from portal.ideas.models import Idea
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.triage import rules
from portal.triage.moves_models import Assessment
from portal.triage.moves_rules import ASSESSMENT_CHARS_MAX, AssessmentRefusal, Opinion
from portal.triage.policy import MAY


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


@dataclass(frozen=True)
class Noted:
    """One executive's note."""

    by_id: int
    by: str
    opinion: Opinion
    words: str
    at: datetime


def note(viewer: Viewer, idea: Idea, opinion: Opinion, words: str, *, now: datetime) -> None:
    """Note what one thinks, or change it while the idea waits. Nobody else learns of it before noting their own.

    Raises Conflict `already_decided` or `not_promoted`, and Invalid `assessment_too_long`.
    """
    demand(MAY, "triage.decide", viewer, _Where(said_at(idea.id)))
    if stage := rules.stage_refusal(idea.stage):
        raise stage.as_error()
    if len(words.strip()) > ASSESSMENT_CHARS_MAX:
        raise AssessmentRefusal.TOO_LONG.as_error()
    values = {"idea_id": idea.id, "by_id": viewer.id, "opinion": opinion, "words": words.strip(), "at": now}
    upsert(Assessment, values, key=("idea_id", "by_id"), update=("opinion", "words", "at"))


def noted(viewer: Viewer, number: int) -> tuple[Noted | None, Sequence[Noted]]:
    """(one's own, those of others: empty before one's own). number: of an idea that the viewer may answer."""
    query = (
        select(Assessment, Person.name)
        .join(Person, Person.id == Assessment.by_id)
        .where(Assessment.idea_id == number)
        .order_by(Assessment.at, Assessment.by_id)
    )
    found = [Noted(row.by_id, name, row.opinion, row.words, row.at) for row, name in db.session.execute(query)]
    own = next((one for one in found if one.by_id == viewer.id), None)
    return own, [one for one in found if own is not None and one.by_id != viewer.id]
