"""Who is thanked when a promise turns out well: in which capacity, and whose name nobody may learn."""

from collections.abc import Iterable

from sqlalchemy import func, select

from portal.commitments.models import Commitment, Delivery, DeliveryVerdict
from portal.commitments.scope import was_promoted
from portal.commitments.work_models import HelpAsk, HelpCall
from portal.db import db
from portal.ideas.models import Comment, Idea
from portal.ideas.words import CommentKind, Names
from portal.rewards.rules import Payee, Share
from portal.swarm.co_authors import co_authors
from portal.swarm.models import Promotion, Vote
from portal.swarm.rules import VoteKind

EARLY_MOST, BUILDERS_MOST = 5, 3


def payees_of(commitment: Commitment) -> list[Payee]:
    """Everybody to thank for a promise, most important first: what the caps leave is given in this order.

    Authors of ideas that have joined keep their credit; whoever confirmed the newest delivery is among them, and the
    rewards decide with which event that counts.
    """
    idea_id = commitment.idea_id
    author = db.session.execute(select(Idea.author_id, Idea.names).where(Idea.id == idea_id)).one()
    everybody = [
        Payee(author.author_id, Share.AUTHOR, hidden=author.names is Names.HIDDEN),
        Payee(commitment.owner_id, Share.IMPLEMENTER, hidden=False),
        *co_authors(idea_id),
        *_builders(commitment),
        *_shown(_helpers(commitment.id), Share.HELPER),
        *_shown(_confirmer(commitment.id), Share.CONFIRMER),
        *(Payee(person_id, Share.EARLY, hidden=True) for person_id in _early(idea_id)),
    ]
    if author.author_id != commitment.sponsor_id or was_promoted(idea_id):
        return everybody
    # Said and promised by one person, and asked for by nobody: one is not paid for keeping one's own word.
    return [payee for payee in everybody if payee.person_id != commitment.sponsor_id]


def _builders(commitment: Commitment) -> list[Payee]:
    """The first who built on the idea, before it was promised; not its author, who is thanked for all of it."""
    first = func.min(Comment.id)
    built = (
        Comment.idea_id == commitment.idea_id, Comment.kind == CommentKind.BUILD, Comment.author_id.is_not(None),
        Comment.by_idea_author.is_(False), Comment.withdrawn_at.is_(None), Comment.hidden_at.is_(None),
        Comment.at < commitment.made_at,
    )  # fmt: skip
    some = select(first).where(*built).group_by(Comment.author_id).order_by(first).limit(BUILDERS_MOST)
    query = select(Comment.author_id, Comment.names).where(Comment.id.in_(some))
    rows = db.session.execute(query.order_by(Comment.id))
    return [Payee(row.author_id, Share.BUILDER, hidden=row.names is Names.HIDDEN) for row in rows]


def _helpers(commitment_id: int) -> list[int]:
    """Who was asked for help and joined; that they did is shown with their name."""
    query = select(HelpAsk.person_id).join(HelpCall, HelpCall.id == HelpAsk.call_id).distinct()
    joined = HelpCall.commitment_id == commitment_id, HelpAsk.joined.is_(True)
    return list(db.session.scalars(query.where(*joined).order_by(HelpAsk.person_id)))


def _confirmer(commitment_id: int) -> list[int]:
    query = select(DeliveryVerdict.by_id).join(Delivery, Delivery.id == DeliveryVerdict.delivery_id)
    of_promise = Delivery.commitment_id == commitment_id, DeliveryVerdict.confirmed
    return list(db.session.scalars(query.where(*of_promise).order_by(DeliveryVerdict.id.desc()).limit(1)))


def _early(idea_id: int) -> list[int]:
    """The first who said that they would help to try it, before the swarm had carried it; nobody learns who."""
    promoted = select(func.min(Promotion.at)).where(Promotion.idea_id == idea_id).scalar_subquery()
    strong = Vote.idea_id == idea_id, Vote.kind == VoteKind.STRONG, Vote.revoked_at.is_(None), Vote.at <= promoted
    return list(db.session.scalars(select(Vote.person_id).where(*strong).order_by(Vote.id).limit(EARLY_MOST)))


def _shown(people: Iterable[int], share: Share) -> list[Payee]:
    return [Payee(person_id, share, hidden=False) for person_id in people]
