"""What representatives say to a brief: one voice each, beside the idea when executives answer it."""

from datetime import datetime

from sqlalchemy import select, update

from portal.db import db, upsert
from portal.frontline import representative_queries as queries
from portal.frontline.representative_models import RepresentativeVoice
from portal.frontline.representative_policy import MAY
from portal.frontline.representative_queries import TurnLine
from portal.frontline.representative_rules import VOICE_MAX, RepresentativeRefusal, words_refusal
from portal.frontline.representative_turns import today_of
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.policy import demand
from portal.people.viewer import Viewer


def say(viewer: Viewer, idea: Idea, words: str, *, now: datetime) -> RepresentativeVoice:
    """Add one's voice to what waits for an executive, or say it differently, until it is answered.

    idea: one that the viewer may read. Raises the refusals of `RepresentativeRefusal`.
    """
    turn = _speaking(viewer, now)
    if refused := words_refusal(words, most=VOICE_MAX):
        raise refused.as_error()
    _refuse_answered(idea.id)
    values = {"idea_id": idea.id, "person_id": viewer.id, "turn_id": turn.number, "words": words.strip(), "at": now,
              "withdrawn_at": None}  # fmt: skip
    upsert(RepresentativeVoice, values, key=("idea_id", "person_id"), update=("turn_id", "words", "at", "withdrawn_at"))
    return db.session.scalars(
        select(RepresentativeVoice)
        .where(RepresentativeVoice.idea_id == idea.id, RepresentativeVoice.person_id == viewer.id)
        .execution_options(populate_existing=True)
    ).one()


def withdraw(viewer: Viewer, idea: Idea, *, now: datetime) -> None:
    """Take one's voice back, until it is answered; also after one's turn. Raises the refusals as `say`."""
    demand(MAY, "representative.speak", viewer)
    _refuse_answered(idea.id)
    mine = RepresentativeVoice.idea_id == idea.id, RepresentativeVoice.person_id == viewer.id
    standing = update(RepresentativeVoice).where(*mine, RepresentativeVoice.withdrawn_at.is_(None))
    if db.session.execute(standing.values(withdrawn_at=now)).rowcount == 0:  # type: ignore[attr-defined]
        raise RepresentativeRefusal.NO_VOICE.as_error()


def _speaking(viewer: Viewer, now: datetime) -> TurnLine:
    demand(MAY, "representative.speak", viewer)
    own = queries.own_turns(viewer, today_of(now))
    if not own:
        raise RepresentativeRefusal.NOT_NOW.as_error()
    return own[0]


def _refuse_answered(idea_id: int) -> None:
    # Held (on PostgreSQL), so that no answer comes between the look and the words.
    query = select(Idea.stage, Idea.hidden_at).where(Idea.id == idea_id).with_for_update(read=True)
    row = db.session.execute(query).one()
    if row.stage is not Stage.PROMOTED or row.hidden_at is not None:
        raise RepresentativeRefusal.NOT_WAITING.as_error()
