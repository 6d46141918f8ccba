"""What an idea's page says about merging: that it has joined another one, or which ones have joined it."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, select

from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Stage
from portal.people.roles import Role
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import run
from portal.swarm.merge_models import Merge
from portal.swarm.merge_rules import MERGES_FROM, unmerge_refusal
from portal.swarm.merging import merged_facts
from portal.swarm.models import Vote
from portal.swarm.rules import VoteKind

JOINED_SHOWN = 20
CAME = {VoteKind.SUPPORT: "your me-too came with you", VoteKind.STRONG: "your me-too came with you"}


def merged(viewer: Viewer, idea: Any, *, now: datetime) -> dict[str, Any]:
    """What stands at the top and in the rail: one query where the idea has to do with a merge, else none.

    idea: a row with the columns of `Idea`, and `has_joined`. May: by role; where it is held the verb asks.
    """
    answers = viewer.holds(Role.EXECUTIVE, Role.PROGRAMME)
    found: dict[str, Any] = {"joined_another": None, "merged": [], "may_unmerge": False, "merge_href": None}
    if idea.stage is Stage.MERGED:
        row = run(_target(shape_of(viewer)), _asked(viewer, idea)).one_or_none()
        undo = answers and row is not None and _free(row, now)
        return found | {"joined_another": _banner(viewer, row), "may_unmerge": undo}
    if answers and idea.stage in MERGES_FROM and idea.hidden_at is None:
        found["merge_href"] = f"/ideas/{idea.id}/merge"
    if idea.has_joined:
        rows = run(_joined(shape_of(viewer)), person_of(viewer) | {"idea": idea.id})
        found |= {"merged": [{"number": row.id, "title": row.title} for row in rows], "may_unmerge": answers}
    return found


def _asked(viewer: Viewer, idea: Any) -> dict[str, Any]:
    return person_of(viewer) | {"idea": idea.id, "into": idea.merged_into_id}


def _banner(viewer: Viewer, row: Any) -> dict[str, str]:
    if row is None:
        return {"text": "This idea has joined another one, which is not shown at the moment.", "href": "", "label": ""}
    counts = row.kind is not None and row.author_id != viewer.id
    came = CAME.get(row.kind, "your view came with you") if counts else "its votes count there"
    text = f"Joined number {row.id}; {came}."
    return {"text": text, "href": f"/ideas/{row.id}", "label": row.title}


def _free(row: Any, now: datetime) -> bool:
    return unmerge_refusal(merged_facts(row, row.id, row.stage), now) is None


@lru_cache(SHAPES_KEPT)
def _target(shape: Shape) -> Select:
    """The idea that it has joined, the newest merge, and the vote of the viewer's that moved with it."""
    looker = stand_in(shape)
    mine = Vote.idea_id == Merge.from_id, Vote.person_id == looker.id, Vote.revoked_at == Merge.at
    return (
        select(Idea.id, Idea.title, Idea.author_id, Idea.stage, Merge.at, Merge.into_id, Merge.into_stage, Vote.kind)
        .select_from(Merge)
        .join(Idea, Idea.id == bindparam("into", type_=Integer))
        .outerjoin(Vote, and_(*mine))
        .where(Merge.from_id == bindparam("idea", type_=Integer), visible_to(looker))
        .order_by(Merge.id.desc())
        .limit(1)
    )


@lru_cache(SHAPES_KEPT)
def _joined(shape: Shape) -> Select[int, str]:
    here = Idea.merged_into_id == bindparam("idea", type_=Integer), visible_to(stand_in(shape))
    return select(Idea.id, Idea.title).where(*here).order_by(Idea.id).limit(JOINED_SHOWN)
