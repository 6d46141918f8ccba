"""Telling everybody: in steps, once, and to nobody who has left, wrote it or works elsewhere."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.db import db, writing
from portal.errors import Gone
from portal.frontline import broadcast_queries as queries
from portal.frontline import broadcasts
from portal.frontline.broadcast_models import Broadcast
from portal.notices import broadcast_notices
from portal.notices.models import Notice
from portal.notices.moments import Moment
from portal.outbox.models import Message
from portal.people.models import Person
from tests.factories import NOON, Cast
from tests.frontline.telling import LEFT, WORDS, confirmed, work
from tests.ideas.making import viewer


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast_notices, "PEOPLE_AT_ONCE", 5)
    monkeypatch.setattr(broadcast_notices, "RUN_MAX", 10)


def heard() -> list[int]:
    query = select(Notice.person_id).where(Notice.moment == Moment.BROADCAST).order_by(Notice.person_id)
    return list(db.session.scalars(query))


def everybody(*conditions: object) -> list[int]:
    query = select(Person.id).where(Person.deactivated_at.is_(None), *conditions).order_by(Person.id)  # type: ignore[arg-type]
    return list(db.session.scalars(query))


def test_everybody_is_told_after_ten_minutes_once_however_often_it_begins_again(context: Flask, cast: Cast) -> None:
    with writing():
        db.session.get_one(Person, cast.bo).deactivated_at = NOON
    number = confirmed(cast)

    work(context, LEFT - timedelta(seconds=1))
    assert heard() == []
    work(context, LEFT)
    first = heard()
    with writing():  # as if its worker had been killed before it could say that it was done
        db.session.execute(
            update(Message).where(Message.topic == broadcasts.TOLD).values(done_at=None, lease_until=None)
        )
    work(context, LEFT + timedelta(minutes=5))

    assert first == heard() == [one for one in everybody() if one != cast.vic]
    assert cast.bo not in first and cast.sam in first
    told = db.session.get_one(Broadcast, number)
    assert told.telling_at == told.told_at == LEFT
    (notice,) = db.session.scalars(select(Notice).where(Notice.person_id == cast.asha))
    assert (notice.title, notice.path, notice.words) == ("Vic: Fees, read aloud", f"/broadcasts/{number}", WORDS)
    assert notice.mail_at is not None


@pytest.mark.parametrize(("place", "column"), [("Brightline", Person.employer_id), ("Leeds", Person.site_id)])
def test_a_partner_or_a_site_hears_what_is_for_it_alone(context: Flask, cast: Cast, place: str, column: object) -> None:
    confirmed(cast, place_id=cast.places[place])
    work(context, LEFT)

    assert heard() == everybody(column == cast.places[place])


def test_what_is_taken_back_is_told_to_nobody(context: Flask, cast: Cast) -> None:
    number, who = confirmed(cast), viewer(cast.vic)
    with writing():
        broadcasts.take_back(who, queries.broadcast_for(who, number), now=LEFT - timedelta(seconds=1))
    work(context, LEFT)

    assert heard() == []
    assert broadcasts.begin_telling(number, now=LEFT) is None


def test_once_telling_has_begun_it_is_too_late_whatever_a_clock_says(context: Flask, cast: Cast) -> None:
    number, who = confirmed(cast), viewer(cast.vic)
    with writing():
        broadcasts.begin_telling(number, now=LEFT)

    with pytest.raises(Gone), writing():
        broadcasts.take_back(who, queries.broadcast_for(who, number), now=NOON)
