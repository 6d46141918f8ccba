"""Reading questions: whoever was asked, and whoever may answer the idea."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from portal.commitments.scope import said_within
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Names
from portal.keys import KEY_MAX
from portal.people.models import Person
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.triage.models import Question
from portal.web.paging import cut, decode_cursor


@dataclass(frozen=True)
class QuestionView:
    """A question as this viewer may read it. by: who asked. expert: the name; None: the author.

    mine: it was put to the viewer. answered_by: "the author" unless the author's name is shown.
    """

    question: Question
    title: str
    by: str
    expert: str | None
    mine: bool
    answered_by: str


def question_for(viewer: Viewer, number: int) -> QuestionView:
    """One question; raises Missing where it is neither the viewer's to answer nor theirs to hear the answer of.

    What was taken back exists only for whoever asked.
    """
    query = _readable(viewer).where(Question.id == number).execution_options(populate_existing=True)
    row = db.session.execute(query).one_or_none() if 0 < number <= KEY_MAX else None
    if row is None:
        raise Missing("question")
    expert = _name(row.Question.expert_id)
    shown = row.author_id if row.names is Names.SHOWN else None
    answered_by = expert or (_name(shown) if shown else None) or "the author"
    return QuestionView(row.Question, row.title, row.name, expert, bool(row.mine), answered_by)


def waiting_for(viewer: Viewer, *, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """(id, idea_id, title, words, reply_by) of what the viewer was asked and has not answered, the newest first."""
    columns = Question.id, Question.idea_id, Idea.title, Question.words, Question.reply_by
    query = select(*columns).join(Idea, Idea.id == Question.idea_id)
    query = query.where(_put_to(viewer), Question.answered_at.is_(None), Question.undone_at.is_(None))
    if after := decode_cursor(cursor, int):
        query = query.where(Question.id < after[0])
    rows = db.session.execute(query.where(visible_to(viewer)).order_by(Question.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    return page, following


def _readable(viewer: Viewer) -> Select:
    mine = _put_to(viewer)
    answers = said_within(viewer, viewer.scope(Role.EXECUTIVE)) if viewer.is_executive else Question.by_id == viewer.id
    columns = Question, Idea.title, Idea.names, Idea.author_id, Person.name, mine.label("mine")
    query = select(*columns).join(Idea, Idea.id == Question.idea_id).join(Person, Person.id == Question.by_id)
    standing = or_(Question.undone_at.is_(None), Question.by_id == viewer.id)
    return query.where(visible_to(viewer), or_(mine, answers), standing)


def _put_to(viewer: Viewer) -> ColumnElement[bool]:
    to_author = and_(Question.expert_id.is_(None), Idea.author_id == viewer.id)
    return or_(Question.expert_id == viewer.id, to_author)


def _name(person_id: int | None) -> str | None:
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None
