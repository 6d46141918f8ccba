"""A no on the page of an idea: in full, and how many ask again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, select

from portal.people.models import Person
from portal.people.shapes import VIEWER
from portal.people.viewer import Viewer
from portal.statements import run
from portal.triage.again_queries import BACKED, voice_columns
from portal.triage.again_rules import ask_refusal, progress
from portal.triage.models import Decision, DecisionKind
from portal.web.dates import day_words


@dataclass(frozen=True)
class Decline:
    """A no, in full. ask_again: the viewer may. asked: they have, and may take it back."""

    reason: str
    words: str
    who: str
    when: str
    change_mind: str
    ask_again: bool = False
    asked: bool = False
    ask_again_line: str = ""
    look_again_line: str = ""


def decline(viewer: Viewer, idea: Any, *, today: date) -> Decline | None:
    """The no that stands for an idea. idea: a row of its page, with `vote` and `n_support`."""
    row = run(DECLINED, {"idea": idea.id, "viewer": viewer.id}).one_or_none()
    if row is None:
        return None
    own, backed = idea.author_id == viewer.id, idea.vote in BACKED
    refused = ask_refusal(declined=True, hidden=idea.hidden_at is not None, own=own, backed=backed)
    look = f"We look at it again on {day_words(row.look_again_on, today=today)}." if row.look_again_on else ""
    return Decline(
        row.reason.label, row.sentence, row.name, day_words(row.at, today=today, zone=viewer.timezone),
        row.would_change, ask_again=viewer.is_frontline and refused is None and not row.asked, asked=row.asked,
        ask_again_line=progress(row.voices, row.teams, idea.n_support or 0), look_again_line=look,
    )  # fmt: skip


def _declined_query() -> Select:
    columns = Decision.reason, Decision.sentence, Decision.at, Decision.would_change, Decision.look_again_on
    standing = Decision.kind == DecisionKind.DECLINE, Decision.superseded_at.is_(None)
    query = select(*columns, Person.name, *voice_columns(VIEWER)).join(Person, Person.id == Decision.by_id)
    return query.where(Decision.idea_id == bindparam("idea"), *standing)


# Built once: see portal.people.shapes.
DECLINED = _declined_query()
