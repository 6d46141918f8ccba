"""The feed of thanks and of kept promises: one list of two kinds, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, and_, select

from portal.commitments.models import Commitment, CommitmentState, Delivery, DeliveryVerdict
from portal.commitments.work_models import HelpAsk, HelpCall
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for, visible_to
from portal.ideas.words import Names
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.rewards import thanks_queries
from portal.rewards.thanks_queries import Said
from portal.web.paging import decode_cursor, encode_cursor

PAGE = 20
NO_NUMBER = 2**31 - 1
HELPERS_SHOWN = 12


@dataclass(frozen=True)
class Kept:
    """A promise that was kept, and confirmed by a second person. days: early (positive) or late (negative)."""

    id: int  # of the confirmation
    commitment: int
    idea: int
    owner: str
    sentence: str
    days: int
    at: datetime

    @property
    def how(self) -> str:
        """ "8 days early"."""
        if self.days == 0:
            return "on the day"
        unit = "day" if abs(self.days) == 1 else "days"
        return f"{abs(self.days)} {unit} {'early' if self.days > 0 else 'late'}"


Entry = Said | Kept


def feed(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[Entry], str | None]:
    """The next entries and the next cursor; two statements. Raises Invalid `bad_cursor`."""
    before = decode_cursor(cursor, int, int) or (NO_NUMBER, NO_NUMBER)
    said: Sequence[Entry] = thanks_queries.feed_rows(viewer, before=before[0], limit=limit + 1)
    kept: Sequence[Entry] = _kept(viewer, before=before[1], limit=limit + 1)
    entries = sorted([*said, *kept], key=lambda one: one.at, reverse=True)
    page = entries[:limit]
    # Where each of the two lists goes on: behind what of it is on this page.
    after_said = min((one.id for one in page if isinstance(one, Said)), default=before[0])
    after_kept = min((one.id for one in page if isinstance(one, Kept)), default=before[1])
    return page, encode_cursor(after_said, after_kept) if len(entries) > limit else None


def helpers_of(viewer: Viewer, commitment: int) -> tuple[str, list[Row]]:
    """The sentence of a promise of the viewer's that was kept, and who helped with it: (id, name).

    Raises Missing for a promise of somebody else, or one that is not done.
    """
    wanted = Commitment.id == commitment, Commitment.owner_id == viewer.id
    kept = Commitment.state == CommitmentState.CONFIRMED
    sentence = db.session.scalar(select(Commitment.sentence).where(*wanted, kept)) if commitment < NO_NUMBER else None
    if sentence is None:
        raise Missing("promise")
    joined = and_(HelpAsk.call_id == HelpCall.id, HelpAsk.joined.is_(True))
    query = (
        select(Person.id, Person.name).join(HelpAsk, HelpAsk.person_id == Person.id).join(HelpCall, joined)
        .where(HelpCall.commitment_id == commitment, Person.deactivated_at.is_(None)).distinct()
    )  # fmt: skip
    return sentence, list(db.session.execute(query.order_by(Person.name, Person.id).limit(HELPERS_SHOWN)))


def hidden_author(viewer: Viewer, number: int) -> tuple[Idea, int | None]:
    """An idea that was said without showing a name, and its author where one is stored. Raises Missing.

    The author's number never leaves this process: it is handed to the verb, and to nothing that is shown.
    """
    idea = idea_for(viewer, number)
    if idea.names is Names.SHOWN:
        raise Missing("hidden author")
    return idea, idea.author_id


def shown_author(viewer: Viewer, number: int) -> int | None:
    """The author of an idea whose name everybody reads; None where it is not shown. Raises Missing."""
    idea = idea_for(viewer, number)
    return idea.author_id if idea.names is Names.SHOWN else None


def _kept(viewer: Viewer, *, before: int, limit: int) -> list[Kept]:
    query = (
        select(DeliveryVerdict.id, Commitment.id.label("commitment"), Commitment.idea_id, Person.name,
               Commitment.sentence, Commitment.due_on, Delivery.live_from, DeliveryVerdict.at)
        .join(Delivery, Delivery.id == DeliveryVerdict.delivery_id)
        .join(Commitment, Commitment.id == Delivery.commitment_id)
        .join(Idea, Idea.id == Commitment.idea_id)
        .join(Person, Person.id == Commitment.owner_id)
        .where(DeliveryVerdict.confirmed, DeliveryVerdict.id < before,
               Commitment.state == CommitmentState.CONFIRMED, visible_to(viewer))
        .order_by(DeliveryVerdict.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        Kept(row.id, row.commitment, row.idea_id, row.name, row.sentence, _days(row.due_on, row.live_from), row.at)
        for row in db.session.execute(query)
    ]


def _days(due_on: date, live_from: date) -> int:
    return (due_on - live_from).days
