"""How people want to hear from us: read for many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.db import db
from portal.notices.models import NoticePace, NoticeSettings
from portal.notices.moments import Moment, Pace
from portal.notices.timing import Quiet
from portal.people.models import Origin, Person, Place


@dataclass(frozen=True)
class Wish:
    """How one person wants one kind of notice. reachable: by e-mail, which is a matter of address and choice."""

    person_id: int
    zone: str
    reachable: bool
    pace: Pace
    quiet: Quiet

    @property
    def mail_pace(self) -> Pace:
        """The pace for the mail: never, where none reaches them."""
        return self.pace if self.reachable else Pace.NEVER


def wishes(person_ids: Collection[int], moment: Moment) -> Sequence[Wish]:
    """Of those of the people who still work here, by number; one query. At most a few hundred at a time."""
    own = (NoticePace.person_id == Person.id) & (NoticePace.moment == moment)
    query = (
        select(Person.id, Person.email, Person.origin, Place.timezone, NoticePace.pace, NoticeSettings.by_mail,
               NoticeSettings.quiet_begins, NoticeSettings.quiet_ends)
        .join(Place, Place.id == Person.place_id)
        .outerjoin(NoticePace, own)
        .outerjoin(NoticeSettings, NoticeSettings.person_id == Person.id)
        .where(Person.id.in_(person_ids), Person.deactivated_at.is_(None))
        .order_by(Person.id)
    )  # fmt: skip
    return [
        Wish(
            row.id,
            row.timezone or "UTC",
            # Nobody of a demonstration gets mail, whatever address they are given.
            bool(row.email) and row.origin is not Origin.DEMO and row.by_mail is not False,
            row.pace or moment.usual,
            Quiet() if row.quiet_begins is None else Quiet(row.quiet_begins, row.quiet_ends),
        )
        for row in db.session.execute(query)
    ]
