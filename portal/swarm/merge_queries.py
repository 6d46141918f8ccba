"""Reading merges: what has joined an idea, and which idea another one could join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.search_queries import ideas_holding
from portal.ideas.similar import similar_pairs
from portal.ideas.words import Audience
from portal.people.viewer import Viewer
from portal.swarm.merge_rules import TAKES_MERGES, UNMERGE_TIME, merge_refusal, unmerge_refusal
from portal.swarm.merging import mergeable, merged_facts, standing_merge, target_for
from portal.web.paging import cut, decode_cursor

CANDIDATES = 5
LOOKED_AT = 25  # of those alike: not all of them can take it


@dataclass(frozen=True)
class MergeFacts:
    """A merge that stands. can_be_undone: as far as time and the other idea allow; who may is the policy's."""

    number: int
    into: int
    at: datetime
    reason: str
    until: datetime
    can_be_undone: bool


@dataclass(frozen=True)
class Comparison:
    """An idea beside the one that it could join. refusal: the sentence why it cannot, or None."""

    target: Idea | None
    refusal: str | None
    candidates: Sequence[Row[int, str, str]]  # id, title and words


def joined_page(viewer: Viewer, number: int, *, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """Ideas that have joined this one and that the viewer may read: `id`, `title`, `moved_at`; by number."""
    query = select(Idea.id, Idea.title, Idea.moved_at).where(Idea.merged_into_id == number, visible_to(viewer))
    if after := decode_cursor(cursor, int):
        query = query.where(Idea.id > after[0])
    rows = db.session.execute(query.order_by(Idea.id).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def merge_of(idea: Idea, *, now: datetime) -> MergeFacts:
    """The merge by which an idea, which the viewer may read, has joined another one; raises Missing where it has not.

    `into` is where the idea is now: at the end of the chain.
    """
    made = standing_merge(idea.id)
    if made is None or idea.merged_into_id is None:
        raise Missing("merge")
    stage = db.session.scalars(select(Idea.stage).where(Idea.id == made.into_id)).one()
    free = unmerge_refusal(merged_facts(made, idea.merged_into_id, stage), now) is None
    return MergeFacts(idea.id, idea.merged_into_id, made.at, made.reason, made.at + UNMERGE_TIME, free)


def compare(viewer: Viewer, idea: Idea, asked: str) -> Comparison:
    """What somebody asked to merge into, by number, or what fits the words; without any, what is like the title."""
    number = asked.strip().lstrip("#")
    if not (number.isascii() and number.isdigit()):
        return Comparison(None, None, candidates(viewer, idea, asked))
    target = target_for(viewer, int(number)) if len(number) <= 10 else None
    if target is None:
        return Comparison(None, "There is no such idea, or it is not yours to see.", [])
    if int(number) == idea.id:
        return Comparison(None, "This is the idea itself. Give the number of the other one.", [])
    refusal = merge_refusal(mergeable(idea), mergeable(target))
    return Comparison(target, refusal.sentence if refusal else None, [])


def candidates(viewer: Viewer, idea: Idea, asked: str = "") -> Sequence[Row[int, str, str]]:
    """`id`, `title` and `say` of ideas that this one could join: the newest with every word that was asked for.

    Without any, those most alike, the likest first, and none of which somebody has said that it is not the same.
    """
    query = select(Idea.id, Idea.title, Idea.say).where(*could_take(viewer, idea))
    if asked.strip():
        holding = query.where(Idea.id.in_(ideas_holding(asked))).order_by(Idea.id.desc())
        return db.session.execute(holding.limit(CANDIDATES)).all()
    alike = [match.number for match in similar_pairs(idea.id, viewer=viewer, most=LOOKED_AT)]
    rows = {row.id: row for row in db.session.execute(query.where(Idea.id.in_(alike)))} if alike else {}
    return [rows[number] for number in alike if number in rows][:CANDIDATES]


def could_take(viewer: Viewer, idea: Any) -> list[ColumnElement[bool]]:
    """The conditions on `Idea` for one that this one could join: the same readers, at a stage that takes merges.

    idea: with its `id`, `audience`, `employer_id` and `site_id`.
    """
    same = {Audience.EMPLOYER: Idea.employer_id == idea.employer_id, Audience.SITE: Idea.site_id == idea.site_id}
    found = [visible_to(viewer), Idea.hidden_at.is_(None), Idea.id != idea.id, Idea.audience == idea.audience]
    found.append(Idea.stage.in_(sorted(TAKES_MERGES)))
    return [*found, same[idea.audience]] if idea.audience in same else found
