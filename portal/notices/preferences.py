"""How somebody wants to hear from us: changed on their page, by a program, or from a mail without signing in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from portal.db import db, table_of, upsert
from portal.errors import Missing
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.notices.models import Mute, Notice, NoticePace, NoticeSettings
from portal.notices.moments import Moment, Pace
from portal.notices.timing import ESTIMATED_OVER, Quiet, letters_a_week, mailed_at
from portal.people.models import Origin, Person
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer

ESTIMATED_FROM = 500  # notices at most
PENDING_MAX = 1_000


@dataclass(frozen=True)
class Wishes:
    """Everything that one person has chosen. address: None for whoever has none, and reads everything in the portal."""

    paces: Mapping[Moment, Pace]
    by_mail: bool
    quiet: Quiet
    address: str | None = None


def wishes_of(person_id: int) -> Wishes:
    """What a person has chosen, and what is usual where they have not."""
    own = select(NoticePace.moment, NoticePace.pace).where(NoticePace.person_id == person_id)
    chosen = {row.moment: row.pace for row in db.session.execute(own)}
    paces = {moment: chosen.get(moment, moment.usual) for moment in Moment}
    person, settings = db.session.get(Person, person_id), db.session.get(NoticeSettings, person_id)
    address = person.email if person is not None and person.origin is not Origin.DEMO else None
    if settings is None:
        return Wishes(paces, True, Quiet(), address)
    return Wishes(paces, settings.by_mail, Quiet(settings.quiet_begins, settings.quiet_ends), address)


def choose(viewer: Viewer, wanted: Wishes, *, now: datetime) -> None:
    """Keep what somebody has chosen; mails that have not left yet follow it."""
    values = {"person_id": viewer.id, "by_mail": wanted.by_mail, "quiet_begins": wanted.quiet.begins,
              "quiet_ends": wanted.quiet.ends}  # fmt: skip
    upsert(NoticeSettings, values, key=("person_id",), update=("by_mail", "quiet_begins", "quiet_ends"))
    _keep(viewer.id, wanted.paces)
    db.session.expire_all()
    _time_again(viewer.id, wanted, viewer.timezone, now)


def stop(person_id: int, moments: Iterable[Moment], *, now: datetime) -> None:
    """No more mails of these kinds; they still stand in the portal. Raises Missing for somebody who has left."""
    _change(person_id, dict.fromkeys(moments, Pace.NEVER), now)


def start_again(person_id: int, moments: Iterable[Moment], *, now: datetime) -> None:
    """Undo `stop`: mails of these kinds as they are usual. Raises Missing for somebody who has left."""
    _change(person_id, {moment: moment.usual for moment in moments}, now)


def _change(person_id: int, paces: Mapping[Moment, Pace], now: datetime) -> None:
    viewer = viewer_of(person_id)
    if viewer is None:
        raise Missing("page")
    _keep(person_id, paces)
    _time_again(person_id, wishes_of(person_id), viewer.timezone, now)


def _keep(person_id: int, paces: Mapping[Moment, Pace]) -> None:
    for moment, pace in paces.items():
        values = {"person_id": person_id, "moment": moment, "pace": pace}
        upsert(NoticePace, values, key=("person_id", "moment"), update=("pace",))


def _time_again(person_id: int, chosen: Wishes, zone: str, now: datetime) -> None:
    """Mails that wait leave when they would, had this been chosen before; none is written anew."""
    waiting = Notice.person_id == person_id, Notice.letter.is_(None), Notice.mailed_at.is_(None)
    query = select(Notice.id, Notice.moment).where(*waiting, Notice.mail_at.is_not(None)).limit(PENDING_MAX)
    of: dict[Moment, list[int]] = {}
    for row in db.session.execute(query):
        of.setdefault(row.moment, []).append(row.id)
    for moment, ids in of.items():
        pace = chosen.paces[moment] if chosen.by_mail else Pace.NEVER
        at = mailed_at(pace, now, zone=zone, quiet=chosen.quiet)
        db.session.execute(update(table_of(Notice)).where(table_of(Notice).c.id.in_(ids)).values(mail_at=at))
    db.session.expire_all()


def estimate(viewer: Viewer, wanted: Wishes, *, now: datetime) -> int:
    """How many mails a week somebody would have got in the last eight weeks, had they chosen this."""
    if not wanted.by_mail or wanted.address is None:
        return 0
    mine = Notice.person_id == viewer.id, Notice.at >= now - ESTIMATED_OVER
    query = select(Notice.moment, Notice.at).where(*mine).order_by(Notice.at.desc(), Notice.id.desc())
    rows = db.session.execute(query.limit(ESTIMATED_FROM)).all()
    happened = [(wanted.paces[row.moment], row.at) for row in rows]
    return letters_a_week(happened, now=now, zone=viewer.timezone, quiet=wanted.quiet)


def mute(viewer: Viewer, idea: Idea, *, now: datetime) -> None:
    """Hear no more of an idea, whatever one did with it; following it again ends that. Twice is the same as once."""
    ideas.unfollow(viewer, idea)
    values = {"person_id": viewer.id, "idea_id": idea.id, "since": now}
    upsert(Mute, values, key=("person_id", "idea_id"), update=("since",))


def unmute(viewer: Viewer, idea: Idea) -> None:
    """Hear of an idea again."""
    db.session.execute(delete(Mute).where(Mute.person_id == viewer.id, Mute.idea_id == idea.id))
