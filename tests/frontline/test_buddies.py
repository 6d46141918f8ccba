"""Whoever is asked to host agrees or says no; nobody is forced, and nobody is asked twice."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.frontline import buddies, buddy_queries, patterns, slots
from portal.frontline.models import Pattern, Slot, SlotChange
from portal.frontline.words import BuddyState
from portal.outbox.models import Message
from portal.people.models import Person
from tests.factories import NOON, Cast
from tests.frontline.publishing import DAY, TODAY, changed, new_pattern, published, viewer


def answers(person_id: int, slot: Slot, agrees: bool) -> BuddyState:
    with writing():
        buddies.answer(viewer(person_id), slot, agrees, now=NOON)
    return db.session.get_one(Slot, slot.id).buddy_state


def told(topic: str) -> list[int]:
    rows = db.session.scalars(select(Message.payload).where(Message.topic == topic))
    return [json.loads(payload)["slot"] for payload in rows]


def test_a_buddy_is_asked_and_hosts_once_they_agree(context: Flask, cast: Cast) -> None:
    slot = published(cast, buddy_id=cast.asha)

    assert (slot.buddy_state, told("frontline.buddy_asked")) == (BuddyState.ASKED, [slot.id])
    assert answers(cast.asha, slot, True) is BuddyState.AGREED
    assert told("frontline.buddy_answered") == [slot.id]


def test_they_may_change_their_mind_and_an_answer_twice_is_one(context: Flask, cast: Cast) -> None:
    slot = published(cast, buddy_id=cast.asha)

    said = [answers(cast.asha, slot, agrees) for agrees in (True, True, False, True)]

    assert said == [BuddyState.AGREED, BuddyState.AGREED, BuddyState.DECLINED, BuddyState.AGREED]
    rows = db.session.scalars(select(SlotChange.after).where(SlotChange.by_id == cast.asha).order_by(SlotChange.id))
    assert [json.loads(after)["buddy_answer"] for after in rows] == ["agreed", "declined", "agreed"]


def test_nobody_answers_for_somebody_else_and_nobody_after_the_start(context: Flask, cast: Cast) -> None:
    slot = published(cast, buddy_id=cast.asha)

    with pytest.raises(Missing):
        answers(cast.lea, slot, True)
    with pytest.raises(DomainError) as refusal, writing():
        buddies.answer(viewer(cast.asha), slot, False, now=slot.starts_at)
    assert refusal.value.code == "slot_over"
    with writing():
        slots.cancel(viewer(cast.lea), slot, "Training.", now=NOON)
    with pytest.raises(DomainError) as refusal:
        answers(cast.asha, slot, True)
    assert refusal.value.code == "slot_cancelled"


def test_whoever_said_no_is_not_asked_again(context: Flask, cast: Cast) -> None:
    slot = published(cast, buddy_id=cast.asha)
    other = next(one.id for one in buddy_people(cast) if one.id != cast.asha)
    answers(cast.asha, slot, False)
    changed(cast, slot, buddy_id=other)

    with pytest.raises(DomainError) as refusal:
        changed(cast, slot, buddy_id=cast.asha)

    assert refusal.value.code == "buddy_said_no"
    assert (slot.buddy_id, slot.buddy_state) == (other, BuddyState.ASKED)


def test_another_time_is_asked_about_anew_and_anything_else_is_not(context: Flask, cast: Cast) -> None:
    slot = published(cast, buddy_id=cast.asha)
    answers(cast.asha, slot, True)

    changed(cast, slot, queue="Faults")
    assert slot.buddy_state is BuddyState.AGREED
    changed(cast, slot, queue="Faults", minutes=90)
    assert slot.buddy_state is BuddyState.ASKED
    changed(cast, slot, queue="Faults", minutes=90, buddy_id=None)
    assert (slot.buddy_id, slot.buddy_state) == (None, BuddyState.NONE)


def test_only_those_who_work_at_the_site_are_asked(context: Flask, cast: Cast) -> None:
    for stranger in (cast.sam, cast.vic, 10_000):
        with pytest.raises(DomainError) as refusal:
            published(cast, buddy_id=stranger)
        assert refusal.value.code == "unknown_buddy"


def test_a_pattern_is_answered_in_one_go(context: Flask, cast: Cast) -> None:
    with writing():
        pattern = patterns.make(viewer(cast.lea), new_pattern(cast, buddy_id=cast.asha), now=NOON)
        number = pattern.id
    single = published(cast, buddy_id=cast.asha, day=TODAY + 2 * DAY)

    with writing():
        assert buddies.answer_all(viewer(cast.asha), number, False, now=NOON + 7 * DAY) == 7
    with pytest.raises(Missing), writing():
        buddies.answer_all(viewer(cast.bo), number, False, now=NOON)

    states = [one.buddy_state for one in db.session.scalars(select(Slot).order_by(Slot.starts_at))]
    assert states == [BuddyState.ASKED] * 2 + [BuddyState.DECLINED] * 7 and single.buddy_state is BuddyState.ASKED
    assert db.session.get_one(Pattern, number).buddy_id == cast.asha
    found, cursor = buddy_queries.asked_of(viewer(cast.asha), now=NOON, limit=5, cursor=None)
    rest, _ = buddy_queries.asked_of(viewer(cast.asha), now=NOON, limit=5, cursor=cursor)
    assert len(found) + len(rest) == 9 and found[0].site == "Leeds"


def test_a_buddy_is_named_by_name_or_staff_number(context: Flask, cast: Cast) -> None:
    leeds = cast.places["Leeds"]

    assert buddy_queries.host_named(leeds, " asha ") == cast.asha
    assert buddy_queries.host_named(leeds, "") is None
    with pytest.raises(DomainError) as refusal:
        buddy_queries.host_named(leeds, "Sam")
    assert refusal.value.code == "unknown_buddy"
    with writing():
        for one in buddy_people(cast)[:2]:
            one.name, one.staff_number = "Jo Bell", f"n{one.id}"
        number, person = one.staff_number, one.id
    with pytest.raises(DomainError) as refusal:
        buddy_queries.host_named(leeds, "jo bell")
    assert refusal.value.code == "several_buddies"
    assert buddy_queries.host_named(leeds, str(number).upper()) == person


def buddy_people(cast: Cast) -> list[Person]:
    return list(db.session.scalars(select(Person).where(Person.site_id == cast.places["Leeds"]).order_by(Person.id)))
