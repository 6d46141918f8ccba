"""Reading ideas, always through the viewer: what somebody may not see does not exist for them."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, bindparam, false, or_, select, true
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Comment, Idea, Moderation, Story
from portal.ideas.origin import path_of
from portal.ideas.shown import Byline, CommentView, IdeaView, LogEntry, StoryStep
from portal.ideas.words import Audience, Names, Stage
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import run
from portal.web.paging import Wide, decode_cursor, encode_cursor, from_micros, to_micros

SEES_ALL = (Role.EXECUTIVE, Role.PROGRAMME, Role.ADMINISTRATOR)
MODERATES = (Role.PROGRAMME, Role.ADMINISTRATOR)
COMMENTS_MAX = 500
COMMENTS_PAGE = 100
MINE_MAX = 200


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for everything that the viewer may read: lists, counts, search and single pages alike.

    organisation: everybody. employer: the same employer. site: the same site. Executives, programme and
    administrators also see what was said below the node of their role; owners see what they were given elsewhere.
    Hidden by moderation: only its author and those who moderate it. Withdrawn: only the author.
    """
    below = (said_below(path) for path in viewer.scope(*MODERATES))
    shown = or_(Idea.hidden_at.is_(None), Idea.author_id == viewer.id, *below)
    standing = or_(Idea.stage != Stage.WITHDRAWN, Idea.author_id == viewer.id)
    return and_(in_audience(viewer), shown, standing)


def counts_open() -> ColumnElement[bool]:
    """`rules.counts_are_open` as a condition on `Idea`."""
    return and_(Idea.stage != Stage.OPEN, or_(Idea.stage != Stage.PROMOTED, Idea.carried.is_(False)))


def in_audience(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for what is meant for the viewer, hidden and withdrawn ones included."""
    return or_(
        Idea.audience == Audience.ORGANISATION,
        and_(Idea.audience == Audience.EMPLOYER, Idea.employer_id == viewer.employer_id),
        and_(Idea.audience == Audience.SITE, Idea.site_id == viewer.site_id) if viewer.site_id is not None else false(),
        Idea.author_id == viewer.id,
        *(said_below(path) for path in viewer.scope(*SEES_ALL)),
    )


def said_below(path: str) -> ColumnElement[bool]:
    """The condition on `Idea` for what belongs to a node of the tree or lies below it."""
    if path.count("/") == 2:
        return true()  # the top of the tree: also what names no place
    below = select(Place.id).where(Place.path.startswith(path, autoescape=True))
    return or_(Idea.site_id.in_(below), and_(Idea.site_id.is_(None), Idea.employer_id.in_(below)))


def ideas_for(viewer: Viewer) -> Select:
    """Ideas that the viewer may read."""
    return select(Idea).where(visible_to(viewer))


def idea_for(viewer: Viewer, number: int) -> Idea:
    """The idea with this number, as far as the viewer may read it; raises Missing otherwise."""
    found = db.session.scalar(ideas_for(viewer).where(Idea.id == number)) if 0 < number < 2**31 else None
    if found is None:
        raise Missing("idea")
    return found


def readable_number(viewer: Viewer, number: int) -> int:
    """The number of an idea that the viewer may read; raises Missing otherwise. Loads nothing of it."""
    parameters = person_of(viewer) | {"number": number}
    found = run(_readable(shape_of(viewer)), parameters) if 0 < number < 2**31 else None
    if found is None or found.one_or_none() is None:
        raise Missing("idea")
    return number


@lru_cache(SHAPES_KEPT)
def _readable(shape: Shape) -> Select[int]:
    return select(Idea.id).where(visible_to(stand_in(shape)), Idea.id == bindparam("number", type_=Integer))


def comment_for(viewer: Viewer, comment_id: int) -> tuple[Idea, Comment]:
    """A comment and its idea, as far as the viewer may read the idea; raises Missing otherwise."""
    query = select(Idea, Comment).join(Comment, Comment.idea_id == Idea.id)
    wanted = query.where(visible_to(viewer), Comment.id == comment_id)
    found = db.session.execute(wanted).one_or_none() if 0 < comment_id < 2**31 else None
    if found is None:
        raise Missing("comment")
    return found[0], found[1]


def idea_view(viewer: Viewer, idea: Idea) -> IdeaView:
    """One idea for a page."""
    return idea_views(viewer, [idea])[0]


def idea_views(viewer: Viewer, ideas: Sequence[Idea]) -> list[IdeaView]:
    """Ideas for a page, in the same order, with two more queries however many they are."""
    lines = bylines(ideas)
    site_ids = {idea.site_id for idea in ideas if idea.site_id is not None}
    sites = {row.id: row.name for row in db.session.execute(select(Place.id, Place.name).where(Place.id.in_(site_ids)))}
    return [
        IdeaView(
            number=idea.id, kind=idea.kind, title=idea.title, say=idea.say, barrier=idea.barrier, site_id=idea.site_id,
            site_label=sites.get(idea.site_id, ""), audience=idea.audience, stage=idea.stage, names=idea.names,
            byline=lines[idea.id], mine=idea.author_id is not None and idea.author_id == viewer.id,
            hidden=idea.hidden_at is not None, said_at=idea.said_at, edited_at=idea.edited_at,
            comment_count=idea.comment_count,
        )
        for idea in ideas
    ]  # fmt: skip


def byline(idea: Idea) -> Byline:
    """Who said it, as far as that is to be known."""
    return bylines([idea])[idea.id]


def bylines(ideas: Iterable[Idea]) -> dict[int, Byline]:
    """Idea id → byline, in one query: only shown names are even read."""
    ideas = list(ideas)
    shown = {idea.author_id for idea in ideas if idea.names is Names.SHOWN}
    people = {row.id: row for row in db.session.execute(_named().where(Person.id.in_(shown)))} if shown else {}
    return {
        idea.id: _named_byline(people[idea.author_id]) if idea.names is Names.SHOWN else Byline(idea.origin_label)
        for idea in ideas
    }


def _named() -> Select[int, str, str, str]:
    """Person, with the names of the team and the site (or whatever node they stand at)."""
    here, site = aliased(Place), aliased(Place)
    return (
        select(Person.id, Person.name, here.name.label("place"), site.name.label("site"))
        .join(here, here.id == Person.place_id)
        .outerjoin(site, and_(site.id == Person.site_id, site.id != here.id))
    )


def _named_byline(row: Row) -> Byline:
    where = f"{row.place}, {row.site}" if row.site else row.place
    words = row.name.split()
    initials = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
    return Byline(row.name, where, initials, hidden=False)


def comments_for(viewer: Viewer, idea: Idea) -> list[CommentView]:
    """What was added to an idea first, oldest first. Call with an idea that the viewer may read."""
    return comments_page(viewer, idea, size=COMMENTS_MAX)[0]


def comments_page(
    viewer: Viewer, idea: Any, *, after: str | None = None, size: int = COMMENTS_PAGE
) -> tuple[list[CommentView], str | None]:
    """One page of what was added, oldest first, and the cursor of the next; in one query.

    idea: one that the viewer may read, or a row with its columns. Raises Invalid `bad_cursor`.
    """
    behind = decode_cursor(after, Wide, int)
    parameters = {"idea": idea.id, "size": size + 1}
    if behind:
        parameters |= {"at": from_micros(behind[0]), "comment": behind[1]}
    rows = run(LATER_COMMENTS if behind else COMMENTS, parameters).all()
    moderates = _moderates(viewer, idea)
    shown = [_comment_view(row, viewer, moderates=moderates) for row in rows[:size]]
    return shown, encode_cursor(to_micros(shown[-1].at), shown[-1].id) if len(rows) > size else None


def comment_shown(viewer: Viewer, idea: Any, comment_id: int) -> CommentView:
    """One comment on an idea that the viewer may read."""
    parameters = {"idea": idea.id, "size": 1, "comment": comment_id}
    row = run(ONE_COMMENT, parameters).one()
    return _comment_view(row, viewer, moderates=_moderates(viewer, idea))


def _comments_query(*behind: ColumnElement[bool]) -> Select:
    here, site = aliased(Place), aliased(Place)
    shown = and_(Comment.names == Names.SHOWN, Person.id == Comment.author_id)
    columns = (
        Comment.id, Comment.idea_id, Comment.kind, Comment.body, Comment.names, Comment.author_id,
        Comment.by_idea_author, Comment.origin_label, Comment.at, Comment.withdrawn_at, Comment.hidden_at,
        Person.name, here.name.label("place"), site.name.label("site"),
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(Person, shown)
        .outerjoin(here, here.id == Person.place_id)
        .outerjoin(site, and_(site.id == Person.site_id, site.id != here.id))
        .where(Comment.idea_id == bindparam("idea"), *behind)
        .order_by(Comment.at, Comment.id)
        .limit(bindparam("size", type_=Integer))
    )


# Built once: putting a statement together costs more than running it.
COMMENTS = _comments_query()
ONE_COMMENT = _comments_query(Comment.id == bindparam("comment"))
LATER_COMMENTS = _comments_query(
    or_(Comment.at > bindparam("at"), and_(Comment.at == bindparam("at"), Comment.id > bindparam("comment")))
)


def _moderates(viewer: Viewer, idea: Any) -> bool:
    if not viewer.holds(*MODERATES):
        return False
    return viewer.holds(*MODERATES, at=f"/{viewer.organisation_id}/") or viewer.holds(*MODERATES, at=path_of(idea))


def _comment_view(comment: Row, viewer: Viewer, *, moderates: bool) -> CommentView:
    mine = comment.author_id is not None and comment.author_id == viewer.id
    withdrawn, hidden = comment.withdrawn_at is not None, comment.hidden_at is not None
    readable = not withdrawn and (not hidden or mine or moderates)
    if comment.names is Names.SHOWN and readable:
        line = _named_byline(comment)
    else:
        line = Byline("the author" if comment.by_idea_author else comment.origin_label)
    return CommentView(
        id=comment.id, number=comment.idea_id, kind=comment.kind, body=comment.body if readable else "",
        names=comment.names, byline=line, mine=mine, withdrawn=withdrawn, hidden=hidden, at=comment.at,
    )  # fmt: skip


def story_of(idea: Idea) -> list[StoryStep]:
    """Every step, newest first."""
    query = select(Story, Person.name).outerjoin(Person, Person.id == Story.actor_id).where(Story.idea_id == idea.id)
    rows = db.session.execute(query.order_by(Story.at.desc(), Story.id.desc()))
    return [StoryStep(step.at, step.kind, name or "", step.words, json.loads(step.facts)) for step, name in rows]


def my_ideas(viewer: Viewer) -> list[IdeaView]:
    """What the viewer said with a stored name, newest first, withdrawn and hidden ones included."""
    mine = select(Idea).where(Idea.author_id == viewer.id).order_by(Idea.id.desc()).limit(MINE_MAX)
    return idea_views(viewer, db.session.scalars(mine).all())


def hidden_note(idea: Idea) -> LogEntry | None:
    """Why the idea is hidden at the moment, for its author and for those who moderate; None where it is not."""
    if idea.hidden_at is None:
        return None
    about = Moderation.idea_id == idea.id, Moderation.comment_id.is_(None)
    query = select(Moderation, Person.name).join(Person, Person.id == Moderation.by_id).where(*about)
    newest = db.session.execute(query.order_by(Moderation.id.desc()).limit(1)).one_or_none()
    return log_entry(*newest) if newest else None


def log_entry(row: Moderation, by: str) -> LogEntry:
    """A decision as a line of the log."""
    return LogEntry(row.id, row.idea_id, row.comment_id is not None, row.action, by, row.reason, row.at)
