"""Telling people: once each, at their own pace, and only those who want to hear."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.notices import service
from portal.notices.models import Notice
from portal.notices.moments import Moment
from portal.outbox.models import Message
from portal.people.models import Origin, Person
from tests.factories import NOON, Cast

ABOUT = {"title": "Olu moved the date.", "path": "/ideas/1", "now": NOON}


def tell(*people: int, moment: Moment = Moment.ANSWERED, event_id: str = "e1", **over: object) -> int:
    with writing():
        return service.notify(people, moment, event_id=event_id, **(ABOUT | over))  # type: ignore[arg-type]


def test_nobody_is_told_twice_of_one_event(context: Flask, cast: Cast) -> None:
    first, again, more = tell(cast.asha, cast.bo), tell(cast.asha, cast.bo), tell(cast.asha, cast.bo, cast.cy)

    assert (first, again, more) == (2, 0, 1)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 3


def test_whoever_has_left_is_passed_over_and_mail_goes_only_to_who_can_get_it(context: Flask, cast: Cast) -> None:
    with writing():
        db.session.get_one(Person, cast.bo).deactivated_at = NOON
        db.session.get_one(Person, cast.cy).origin = Origin.DEMO
        person = db.session.get_one(Person, cast.di)
        person.staff_number, person.email = "12", None

    tell(cast.asha, cast.bo, cast.cy, cast.di)

    mailed = {notice.person_id: notice.mail_at for notice in db.session.scalars(select(Notice))}
    assert mailed == {cast.asha: NOON, cast.cy: None, cast.di: None}


def test_a_weekly_moment_is_mailed_on_monday_at_eight_in_the_zone_of_the_person(context: Flask, cast: Cast) -> None:
    tell(cast.asha, moment=Moment.MOVED)

    (notice,) = db.session.scalars(select(Notice))
    assert notice.mail_at == datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    assert db.session.scalar(select(func.count()).where(Message.topic == service.POST)) == 0


def test_talk_is_told_only_to_who_has_asked_for_it(context: Flask, cast: Cast) -> None:
    assert tell(cast.asha, moment=Moment.CHATTER) == 0


def test_a_long_title_is_cut_and_too_many_people_at_once_are_refused(context: Flask, cast: Cast) -> None:
    tell(cast.asha, title="x" * 300)

    assert len(db.session.scalars(select(Notice.title)).one()) == service.TITLE_CHARS_MAX
    with pytest.raises(ValueError, match="at most"):
        tell(*range(1, service.AT_ONCE_MAX + 2))


def test_the_same_moment_of_a_later_hour_stays_the_moment_of_the_event(context: Flask, cast: Cast) -> None:
    tell(cast.asha, happened_at=NOON - timedelta(days=2))

    assert db.session.scalars(select(Notice.at)).one() == NOON - timedelta(days=2)
