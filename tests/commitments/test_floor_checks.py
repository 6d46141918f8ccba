"""Is it gone on your desk? Who is asked when, what is counted, what is told, and what opens again."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments import floor_jobs, floor_queries, floor_service, service
from portal.commitments.floor_models import FloorAsk, FloorTally, FloorWave
from portal.commitments.models import Commitment
from portal.commitments.relapse_models import Relapse
from portal.commitments.relapse_service import not_back
from portal.commitments.rules import CommitmentState, NewDelivery
from portal.db import db, writing
from portal.errors import Conflict, Gone, Missing
from portal.ideas.models import Idea, Story
from portal.ideas.words import Stage, StoryKind
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.rewards.models import Award
from portal.swarm.rules import VoteKind
from tests.commitments.factories import EVIDENCE, viewer
from tests.commitments.flooring import asked, crowd, day, kept, on, say, support, wave
from tests.factories import NOON, Cast
from tests.swarm.noting import noted


def leeds(cast: Cast) -> list[int]:
    """Nine people who vote, of three teams in Leeds."""
    return [person for n, person in enumerate(cast.voters) if n % 8 < 3]


def promise(number: int) -> Commitment:
    return db.session.get_one(Commitment, number, populate_existing=True)


def steps(kind: StoryKind) -> list[dict[str, object]]:
    query = select(Story.facts).where(Story.kind == kind).order_by(Story.id)
    return [json.loads(text) for text in db.session.scalars(query)]


def test_those_who_asked_for_it_are_asked_where_it_was_done(context: Flask, cast: Cast) -> None:
    bo, cy, di, strong, left = leeds(cast)[:5]
    number = kept(cast, [bo, cast.sam, left])
    with writing():
        idea = promise(number).idea_id
        support(idea, strong, kind=VoteKind.STRONG)
        support(idea, cy, kind=VoteKind.PASS)
        db.session.get_one(Person, left).deactivated_at = NOON
        db.session.get_one(Idea, idea).stage = Stage.OPEN
    noted(di, idea)
    noted(bo, idea)
    with writing():
        db.session.get_one(Idea, idea).stage = Stage.DONE

    day(context, 13)
    assert asked() == []
    day(context, 14)
    day(context, 15)

    assert asked() == [(person, 14, on(14)) for person in sorted([bo, di, strong])]
    told = [
        json.loads(text) for text in db.session.scalars(select(Message.payload).where(Message.topic == "floor.asked"))
    ]
    assert told == [{"wave": wave(number, 14).id, "people": sorted([bo, di, strong])}]
    keys = db.session.scalars(select(Message.unique_key).where(Message.topic == floor_jobs.BEGIN)).all()
    assert keys == [f"floor:{number}:14"]


def test_an_answer_is_counted_once_and_nowhere_with_a_name(context: Flask, cast: Cast) -> None:
    bo, cy = leeds(cast)[:2]
    number = kept(cast, [bo, cy])
    day(context, 14)
    check = wave(number, 14).id
    assert [one.number for one in floor_queries.waiting_for(viewer(bo))] == [check]

    say(bo, check, "partly")
    with pytest.raises(Conflict) as caught:
        say(bo, check, "no")
    with pytest.raises(Missing):
        say(cast.sam, check, "no")

    assert caught.value.code == "already_answered"
    rows = db.session.execute(select(FloorTally.site_id, FloorTally.answer, FloorTally.people)).all()
    assert [tuple(row) for row in rows] == [(cast.places["Leeds"], "partly", 1)]
    assert floor_queries.waiting_for(viewer(bo)) == [] and floor_queries.asked(viewer(bo), check).answered
    assert len(floor_queries.waiting_for(viewer(cy))) == 1
    assert {column.name for column in FloorAsk.__table__.columns} & {"answer", "at"} == set()


def test_nobody_is_asked_twice_in_a_fortnight_and_what_is_due_longest_comes_first(context: Flask, cast: Cast) -> None:
    bo, cy = leeds(cast)[:2]
    first = kept(cast, [bo])
    second = kept(cast, [bo, cy], now=NOON + timedelta(days=10))
    third = kept(cast, [bo], now=NOON + timedelta(days=8))

    for after in range(14, 43):
        day(context, after)

    mine = [when for person, _, when in asked() if person == bo]
    assert mine == [on(14), on(28), on(42)]
    assert (bo, 14, on(28)) in asked(third)  # due on day 22, before the second promise's on day 24
    assert (bo, 30, on(42)) in asked(first)
    assert (cy, 14, on(24)) in asked(second)


def test_too_many_who_say_no_open_it_again_and_owner_and_sponsor_are_told(context: Flask, cast: Cast) -> None:
    people = [*leeds(cast), *crowd(cast, "Leeds", 3)]
    number = kept(cast, people)
    day(context, 14)
    check = wave(number, 14).id
    for n, person in enumerate(people):
        say(person, check, "no" if n < 4 else "yes")

    day(context, 15)

    assert promise(number).state is CommitmentState.REOPENED
    relapse = db.session.scalars(select(Relapse)).one()
    assert wave(number, 14).relapse_id == relapse.id
    (checked,), (back,) = steps(StoryKind.FLOOR_CHECKED), steps(StoryKind.BACK)
    assert checked == {"commitment": number, "after_days": 14, "total": ["Everybody", 8, 0, 4], "asked": 12}
    assert (back["commitment"], back["after_days"]) == (number, 14)
    told = db.session.scalars(select(Message.payload).where(Message.topic == "floor.reopened")).all()
    assert [json.loads(text) for text in told] == [{"relapse": relapse.id}]
    assert db.session.scalar(select(func.count()).where(Message.topic == "commitments.back")) == 0
    with pytest.raises(Gone):
        say(people[0], check, "no")
    day(context, 16)
    assert len(steps(StoryKind.FLOOR_CHECKED)) == 1 and db.session.scalar(select(func.count(Relapse.id))) == 1


def test_two_yes_in_three_of_ten_or_more_pay_for_what_is_gone(context: Flask, cast: Cast) -> None:
    people = [*leeds(cast), *crowd(cast, "Leeds", 3)]
    number = kept(cast, people)
    day(context, 14)
    check = wave(number, 14).id
    for n, person in enumerate(people):
        say(person, check, "partly" if n < 4 else "yes")

    day(context, 30)

    awards = db.session.scalars(select(Award).where(Award.event == "gone_on_the_desk")).all()
    assert {(award.person_id, award.share) for award in awards} == {
        (cast.asha, "author"), (cast.olu, "implementer"), (cast.vic, "confirmer")}  # fmt: skip
    assert promise(number).state is CommitmentState.CONFIRMED


def test_few_answers_are_told_without_figures_and_open_nothing(context: Flask, cast: Cast) -> None:
    people = leeds(cast)
    number = kept(cast, people)
    day(context, 14)
    for person in people[:4]:
        say(person, wave(number, 14).id, "no")

    day(context, 29)
    assert steps(StoryKind.FLOOR_CHECKED) == []
    day(context, 30)

    assert steps(StoryKind.FLOOR_CHECKED) == [{"commitment": number, "after_days": 14, "total": None, "asked": None}]
    assert promise(number).state is CommitmentState.CONFIRMED
    (thirty, fourteen) = floor_queries.results(number)
    assert fourteen.result is not None and fourteen.result.total is None and fourteen.result.groups == ()
    assert thirty.result is None and thirty.days == 30  # runs; whoever was asked on day 14 can be asked again
    assert {when for _, days, when in asked(number) if days == 30} == {on(30)}


def test_sites_of_few_answers_are_shown_together_with_another(context: Flask, cast: Cast) -> None:
    far = crowd(cast, "Belfast", 11)
    near = crowd(cast, "Leeds", 12)
    few = crowd(cast, "Durban", 2)
    number = kept(cast, [*near, *far, *few], sites=("Leeds", "Belfast", "Durban"))
    day(context, 14)
    for person in [*near, *far, *few]:
        say(person, wave(number, 14).id, "yes")
    day(context, 15)

    (result,) = floor_queries.results(number)
    assert result.result is not None and result.result.total is not None and result.result.total.people == 25
    assert [(one.label, one.parts) for one in result.result.groups] == [
        ("Leeds", (12, 0, 0)),
        ("Other sites", (13, 0, 0)),
    ]


def test_what_is_open_again_is_not_asked_about_and_what_was_fixed_is_checked_anew(context: Flask, cast: Cast) -> None:
    people = leeds(cast)
    number = kept(cast, people[:6])
    day(context, 14)
    for person in people[:6]:
        say(person, wave(number, 14).id, "no")
    now = day(context, 15)
    day(context, 31)
    assert {days for _, days, _ in asked(number)} == {14}

    with writing():
        delivery = NewDelivery(on(32), (cast.places["Leeds"],), EVIDENCE)
        service.deliver(viewer(cast.olu), promise(number), delivery, today=on(32), now=now)
        service.confirm(viewer(cast.vic), promise(number), now=now)
    day(context, 46)

    assert {when for _, _, when in asked(number)} == {on(46)}  # of the first check it is forgotten by now
    keys = db.session.scalars(select(Message.unique_key).where(Message.topic == floor_jobs.BEGIN)).all()
    assert keys[0] == f"floor:{number}:14" and len(set(keys)) == 2


def test_not_back_goes_on_with_the_later_checks(context: Flask, cast: Cast) -> None:
    people = leeds(cast)[:5]
    number = kept(cast, people)
    day(context, 14)
    for person in people:
        say(person, wave(number, 14).id, "no")
    now = day(context, 15)
    with writing():
        not_back(viewer(cast.olu), promise(number), "The old letters were in the post.", now=now)

    day(context, 30)

    assert {when for _, days, when in asked(number) if days == 30} == {on(30)}


def test_the_work_may_be_done_twice_in_small_parts(context: Flask, cast: Cast) -> None:
    people = leeds(cast)
    number = kept(cast, people)
    (due,) = floor_queries.due(on(14))
    now = NOON + timedelta(days=14)
    with writing():
        check = floor_service.begin(due, today=on(14), now=now)
        assert check is not None
        assert floor_service.gather(check, 0, most=4) == sorted(people)[3]
    message = Claimed(1, "event", floor_jobs.BEGIN, {"commitment": number, "delivery": due.delivery_id, "days": 14,
                                                     "live_from": due.live_from.isoformat()}, 2, now)  # fmt: skip
    floor_jobs.begin(message, now)
    floor_jobs.begin(message, now)
    with writing():
        assert floor_service.ask_some(0, today=on(14), now=now, most=4) == sorted(people)[3]
    floor_jobs.ask(message, now)
    floor_jobs.ask(message, now)

    assert [person for person, _, _ in asked()] == sorted(people)
    told = db.session.scalars(select(Message.payload).where(Message.topic == "floor.asked")).all()
    assert sorted(person for text in told for person in json.loads(text)["people"]) == sorted(people)


def test_who_was_asked_is_forgotten_and_the_result_is_kept(context: Flask, cast: Cast) -> None:
    people = leeds(cast)[:5]
    number = kept(cast, people)
    day(context, 14)
    for person in people:
        say(person, wave(number, 14).id, "yes")
    day(context, 15)

    day(context, 44)
    assert db.session.scalar(select(func.count(FloorAsk.id)).where(FloorAsk.wave_id == wave(number, 14).id)) == 5
    day(context, 45.5)

    assert db.session.scalar(select(func.count(FloorAsk.id)).where(FloorAsk.wave_id == wave(number, 14).id)) == 0
    assert db.session.scalar(select(func.sum(FloorTally.people))) == 5


def test_hidden_ideas_and_old_promises_are_not_checked(context: Flask, cast: Cast) -> None:
    number = kept(cast, leeds(cast))
    kept(cast, leeds(cast), now=NOON - timedelta(days=200))
    with writing():
        db.session.get_one(Idea, promise(number).idea_id).hidden_at = NOON

    day(context, 14)

    assert db.session.scalar(select(func.count(FloorWave.id))) == 0
