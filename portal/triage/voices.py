"""Who speaks for and against an idea, what executives noted about it, and what it sounds like: one statement."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, case, cast, exists, func, literal, literal_column, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.models import Comment, Idea
from portal.ideas.search_models import NotTheSame
from portal.ideas.words import CommentKind, Names, Stage
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.swarm.merge_queries import could_take
from portal.swarm.models import Vote
from portal.swarm.rules import StopReason
from portal.swarm.stop_models import StopStep
from portal.swarm.stop_rules import HARD
from portal.triage import spoken
from portal.triage.assessments import Noted
from portal.triage.moves_models import Assessment
from portal.triage.moves_rules import Opinion

STOPS_SHOWN = 3
HARD_READ = 50  # more than can be read before a promise anyway
NOTES_READ = 50
SOURCES = ("stop", "reason", "comment", "note", "alike", "carried", "spoken")
STOP: Any = literal_column("'stop'")  # written out: SQLite takes a partial index only where it sees the condition


@dataclass(frozen=True)
class Voices:
    """What is said about an idea. stops: (reason, words), the strongest first; reasons: with how many give each."""

    stops: Sequence[tuple[StopReason, str]]
    hard: Sequence[tuple[int, StopReason, str]]
    reasons: Sequence[tuple[StopReason, int]]
    supporting: tuple[str, str] | None
    own_note: Noted | None
    notes: Sequence[Noted]
    alike: Sequence[tuple[int, str, float]]
    carried: tuple[str, str] | None  # (words, who) of the representative who put it here, outside the quorum
    spoken: Sequence[tuple[str, str]]  # (words, who) of representatives


def voices_of(viewer: Viewer, idea: Any) -> Voices:
    """idea: a row with `id`, `stage`, `audience`, `employer_id`, `site_id`, `carried` and `others`; before the
    executives, so that they may read what is said against it."""
    likeness = dict(json.loads(idea.others or "[]"))
    parts = [_stops(idea.id), _reasons(idea.id), _comment(idea.id), _notes(idea.id), _alike(viewer, idea, likeness)]
    parts += [_of_representatives("carried", *spoken.carried(idea.id))] if idea.carried else []
    parts.append(_of_representatives("spoken", *spoken.spoken(idea.id)))
    told: dict[str, list[Any]] = {name: [] for name in SOURCES}
    for row in db.session.execute(union_all(*(select(part.subquery()) for part in parts))):
        told[row.source].append(row)
    stops = sorted(((row.id, StopReason(row.kind), row.words, bool(row.count)) for row in told["stop"]), key=_strength)
    notes = [Noted(row.id, row.who, Opinion(row.kind), row.words, row.at) for row in told["note"]]
    own = next((one for one in notes if one.by_id == viewer.id), None)
    opened = own is not None or idea.stage is not Stage.PROMOTED
    return Voices(
        stops=[(reason, words) for _, reason, words, _ in stops if words][:STOPS_SHOWN],
        hard=[(number, reason, words) for number, reason, words, answered in stops if reason in HARD and not answered],
        reasons=sorted(((StopReason(row.kind), row.count) for row in told["reason"]), key=lambda one: -one[1]),
        supporting=next(((row.words, row.who) for row in told["comment"]), None),
        own_note=own,
        notes=[one for one in notes if opened and one.by_id != viewer.id],
        alike=sorted(((row.id, row.words, likeness[row.id]) for row in told["alike"]), key=lambda one: -one[2]),
        carried=next(((row.words, row.who) for row in told["carried"]), None),
        spoken=[(row.words, row.who) for row in told["spoken"]],
    )


def _strength(stop: tuple[int, StopReason, str, bool]) -> tuple[bool, bool, int]:
    """Harm and law without an answer first, then what nobody has answered, then the newest."""
    number, reason, _, answered = stop
    return reason not in HARD or answered, answered, -number


def _columns(source: str, number: Any, *, kind: Any, words: Any, who: Any, count: Any, at: Any) -> tuple[Any, ...]:
    return (
        literal(source, String).label("source"), number.label("id"), cast(kind, String).label("kind"),
        cast(words, String).label("words"), cast(who, String).label("who"), count.label("count"), at.label("at"),
    )  # fmt: skip


def _stops(number: int) -> Any:
    answered = exists().where(StopStep.vote_id == Vote.id)
    columns = _columns("stop", Vote.id, kind=Vote.reason, words=Vote.sentence, who=literal(""),
                       count=case((answered, 1), else_=0), at=Vote.at)  # fmt: skip
    standing = Vote.idea_id == number, Vote.kind == STOP, Vote.revoked_at.is_(None)
    order = or_(Vote.reason.not_in(HARD), answered), answered, Vote.id.desc()
    return select(*columns).where(*standing, Vote.sentence != "").order_by(*order).limit(HARD_READ)


def _reasons(number: int) -> Any:
    columns = _columns("reason", literal(0), kind=Vote.reason, words=literal(""), who=literal(""), count=func.count(),
                       at=func.max(Vote.at))  # fmt: skip
    standing = Vote.idea_id == number, Vote.kind == STOP, Vote.revoked_at.is_(None), Vote.reason.is_not(None)
    return select(*columns).where(*standing).group_by(Vote.reason)


def _comment(number: int) -> Any:
    """The newest colleague who builds on it; only a shown name is ever read."""
    author = aliased(Person)
    who = func.coalesce(author.name, Comment.origin_label)
    columns = _columns("comment", Comment.id, kind=Comment.kind, words=Comment.body, who=who, count=literal(0),
                       at=Comment.at)  # fmt: skip
    helping = Comment.kind.in_((CommentKind.BUILD, CommentKind.WORKAROUND)), Comment.by_idea_author.is_(False)
    shown = Comment.idea_id == number, Comment.withdrawn_at.is_(None), Comment.hidden_at.is_(None)
    query = select(*columns).outerjoin(author, (author.id == Comment.author_id) & (Comment.names == Names.SHOWN))
    return query.where(*shown, *helping).order_by(Comment.at.desc(), Comment.id.desc()).limit(1)


def _notes(number: int) -> Any:
    columns = _columns("note", Assessment.by_id, kind=Assessment.opinion, words=Assessment.words, who=Person.name,
                       count=literal(0), at=Assessment.at)  # fmt: skip
    query = select(*columns).join(Person, Person.id == Assessment.by_id).where(Assessment.idea_id == number)
    return query.order_by(Assessment.at, Assessment.by_id).limit(NOTES_READ)


def _of_representatives(source: str, said: Any, who: Any, query: Select) -> Any:
    words = _columns(source, said.id, kind=literal(""), words=said.words, who=who, count=literal(0), at=said.at)
    return query.add_columns(*words)


def _alike(viewer: Viewer, idea: Any, likeness: dict[int, float]) -> Any:
    """Of what the worker found, what the viewer may read, could take it, and nobody has told apart since."""
    pair = or_(
        (NotTheSame.idea_a == Idea.id) & (NotTheSame.idea_b == idea.id),
        (NotTheSame.idea_b == Idea.id) & (NotTheSame.idea_a == idea.id),
    )
    columns = _columns("alike", Idea.id, kind=Idea.stage, words=Idea.title, who=literal(""), count=literal(0),
                       at=Idea.said_at)  # fmt: skip
    found = Idea.id.in_(likeness), ~exists().where(pair)
    return select(*columns).where(*found, *could_take(viewer, idea))
