"""What the worker tells of bulletins and checks on the floor: everybody once, and nobody twice."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.commitments import floor_jobs
from portal.db import db
from portal.ideas import bulletin_queries
from portal.notices import bulletin_notices, floor_notices, outcome_jobs
from portal.notices.models import Notice
from portal.notices.moments import Moment
from portal.people.models import Person
from portal.worker import run_once
from tests.commitments.flooring import Floor, crowd, kept, on, say, wave
from tests.factories import NOON, Cast
from tests.ideas.ruling import NEW, OLD, decided, named, rule_said

HANDLERS = Floor(
    floor_jobs.HANDLERS | floor_notices.HANDLERS | bulletin_notices.HANDLERS | outcome_jobs.HANDLERS
)  # fmt: skip


def told(app: Flask, *, days: float = 0, moment: Moment | None = None) -> list[Notice]:
    """What stands in the portal once the worker has run on a day after NOON."""
    db.session.remove()
    run_once(app, now=NOON + timedelta(days=days), handlers=HANDLERS)
    query = select(Notice).order_by(Notice.person_id, Notice.id)
    rows = db.session.scalars(query if moment is None else query.where(Notice.moment == moment)).all()
    return list(rows)


def test_everybody_in_scope_is_told_of_a_rule_once_followers_included(
    context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletin_notices, "PEOPLE_AT_ONCE", 10)
    monkeypatch.setattr(bulletin_notices, "RUN_MAX", 20)
    monkeypatch.setattr(bulletin_queries, "PEOPLE_AT_ONCE", 10)
    rule = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu)
    decided(cast.mia, rule)

    found = told(context)
    again = told(context, days=0.01)

    everybody = set(db.session.scalars(select(Person.id).where(Person.deactivated_at.is_(None))))
    assert [one.person_id for one in found] == sorted(everybody - {cast.mia})  # Asha follows it, and hears once
    assert len(again) == len(found)
    (bo,) = [one for one in found if one.person_id == cast.bo]
    assert (bo.moment, bo.path, bo.title) == (Moment.BULLETIN, "/bulletins/1", "Killed: Cancel by fax only")
    assert OLD in bo.words and NEW in bo.words


def test_a_bulletin_that_was_replaced_before_anybody_heard_is_told_to_nobody(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu)
    decided(cast.mia, rule)
    decided(cast.mia, rule, "kept", after=1, why_again="It turned out that the law asks for it.",
            now=NOON + timedelta(minutes=1))  # fmt: skip

    found = [one for one in told(context, days=1) if one.person_id == cast.bo]

    assert [one.title for one in found] == ["Corrected: Cancel by fax only"]


def test_who_is_asked_is_told_and_too_many_a_no_reaches_owner_and_sponsor(context: Flask, cast: Cast) -> None:
    people = crowd(cast, "Leeds", 6)
    number = kept(cast, people)
    asked = told(context, days=14, moment=Moment.VIEW)
    check = wave(number, 14).id

    assert [one.person_id for one in asked] == people
    assert {(one.title, one.path) for one in asked} == {("Is it gone on your desk?", f"/floor-checks/{check}")}
    for person in people:
        say(person, check, "no")
    duties = told(context, days=15, moment=Moment.DUTY)

    assert [one.person_id for one in duties] == sorted([cast.olu, cast.vic])
    assert all(one.path == f"/commitments/{number}#back" and "14 days" in one.words for one in duties)
    assert wave(number, 14).ended_at is not None and on(15)
