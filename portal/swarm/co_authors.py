"""Merged ideas keep their credit: who is thanked beside the author of an idea that others have joined."""

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased

from portal.ideas.models import Idea
from portal.ideas.words import Names
from portal.rewards.rules import Payee, Share
from portal.statements import run
from portal.swarm.merge_models import Merge


def co_authors(idea_id: int) -> list[Payee]:
    """The authors of what has joined an idea, as those to thank beside its own author.

    Not whoever merged their own idea themselves: nobody is paid on their own word. What they earn is the rewards'.
    """
    rows = run(JOINED, {"idea": idea_id})
    return [Payee(row.author_id, Share.AUTHOR, hidden=row.names is Names.HIDDEN) for row in rows]


def _joined() -> Select:
    made = aliased(Merge)
    newest = select(func.max(made.id)).where(made.from_id == Idea.id).scalar_subquery()
    query = select(Idea.author_id, Idea.names).join(Merge, Merge.id == newest)
    here = Idea.merged_into_id == bindparam("idea"), Idea.author_id.is_not(None), Idea.author_id != Merge.by_id
    return query.where(*here).order_by(Idea.id)


JOINED = _joined()
