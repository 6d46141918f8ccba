"""Writing, confirming, taking back and answering broadcasts, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.frontline import broadcast_figures as figures
from portal.frontline import broadcast_queries as queries
from portal.frontline import broadcasts
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.broadcast_rules import BroadcastState, NewBroadcast
from portal.frontline.words import Acknowledged, LinkedAction
from portal.ideas.models import Idea
from portal.ideas.words import Audience
from portal.outbox.models import Message
from portal.people import service
from portal.people.models import Person, Place
from tests.commitments.factories import make_promise
from tests.factories import NOON, Cast
from tests.frontline.telling import (
    LEFT,
    WORDS,
    confirm,
    confirmed,
    crowd,
    drafted,
    executive_at,
    say,
    told,
    work,
)
from tests.ideas.making import said, viewer
from tests.ledger.racing import race

LATER = NOON + timedelta(days=7)


def refused(verb: Callable[[], Any]) -> str:
    """The code of the refusal that a verb ends in."""
    with pytest.raises(DomainError) as caught, writing():
        verb()
    return caught.value.code


def row(number: int) -> Broadcast:
    return db.session.get_one(Broadcast, number, populate_existing=True)


@pytest.mark.parametrize(
    ("by", "over", "code"),
    [
        ("asha", {}, "not_allowed"),
        ("mia", {}, "not_allowed"),
        ("vic", {"words": "word " * 151}, "too_many_words"),
        ("vic", {"words": " "}, "too_short"),
        ("vic", {"place_id": "Leeds/Billing"}, "place_not_yours"),  # a team is no place to broadcast to
        ("vic", {"place_id": 2**31}, "place_not_yours"),
        ("durban", {"place_id": "Leeds"}, "place_not_yours"),
        ("durban", {"place_id": "Harbour"}, "place_not_yours"),
        ("vic", {"action": LinkedAction.IDEA}, "action_needs_idea"),
        ("vic", {"action": LinkedAction.IDEA, "idea_id": 4_000}, "no_such_idea"),
        ("vic", {"action": LinkedAction.PROMISE}, "action_needs_promise"),
        ("vic", {"action": LinkedAction.PROMISE, "commitment_id": 2**40}, "no_such_promise"),
        ("vic", {"debrief_id": 4_000}, "no_such_debrief"),
    ],
)
def test_what_cannot_be_told(context: Flask, cast: Cast, by: str, over: dict[str, Any], code: str) -> None:
    person = executive_at(cast.places["Durban"]) if by == "durban" else getattr(cast, by)
    place = over.get("place_id", "Harbour")
    values = over | {"place_id": cast.places[place] if isinstance(place, str) else place}
    new = NewBroadcast(**{"title": "Fees", "words": WORDS} | values)

    assert refused(lambda: broadcasts.draft(viewer(person), new, now=NOON)) == code


def test_an_idea_for_one_site_is_linked_only_in_what_that_site_is_told(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        db.session.get_one(Idea, number).audience = Audience.SITE
    linked = {"action": LinkedAction.IDEA, "idea_id": number, "title": "Fax", "words": WORDS}
    wide, narrow = (NewBroadcast(place_id=cast.places[name], **linked) for name in ("Harbour", "Leeds"))

    assert refused(lambda: broadcasts.draft(viewer(cast.vic), wide, now=NOON)) == "not_for_all"
    with writing():
        assert broadcasts.draft(viewer(cast.vic), narrow, now=NOON).idea_id == number


def test_a_draft_is_its_writers_alone_until_it_is_told(context: Flask, cast: Cast) -> None:
    number = drafted(cast)

    for person in (cast.asha, cast.mia, executive_at(cast.places["Harbour"])):
        with pytest.raises(Missing):
            queries.broadcast_for(viewer(person), number)
    confirm(cast.vic, number)
    with pytest.raises(Missing):
        queries.broadcast_for(viewer(cast.asha), number)
    work(context, LEFT)
    assert queries.broadcast_shown(viewer(cast.asha), number, now=LEFT).asked
    assert not queries.broadcast_shown(viewer(cast.vic), number, now=LEFT).asked


def test_it_is_one_a_week_and_the_database_holds_it(context: Flask, cast: Cast) -> None:
    first, second = confirmed(cast), drafted(cast, title="Another one")
    other = confirmed(cast, executive_at(cast.places["Harbour"]))

    sunday = NOON + timedelta(days=6, hours=11)
    who = viewer(cast.vic)
    assert refused(lambda: broadcasts.confirm(who, queries.broadcast_for(who, second), now=sunday)) == "once_a_week"
    assert row(first).week == row(other).week == "2026-W10" and row(second).week is None
    confirm(cast.vic, second, now=LATER)
    assert row(second).week == "2026-W11"


def test_two_confirmations_at_once_are_one_and_of_two_broadcasts_one_is_sent(app: Flask, cast: Cast) -> None:
    with app.app_context():
        numbers = [drafted(cast), drafted(cast, title="Another one")]
        who = viewer(cast.vic)
        db.session.remove()

    def work_of(rival: int) -> str:
        broadcasts.confirm(who, queries.broadcast_for(who, numbers[rival % 2]), now=NOON)
        return "sent"

    answers = race(app, 6, work_of)

    with app.app_context():
        sent = [number for number in numbers if row(number).confirmed_at is not None]
        messages = db.session.query(Message).filter(Message.topic == broadcasts.TOLD).all()
        assert len(sent) == len(messages) == 1
        assert sorted(map(str, answers)) == ["once_a_week"] * 3 + ["sent"] * 3
        db.session.remove()


def test_what_was_changed_since_its_preview_is_looked_at_again(context: Flask, cast: Cast) -> None:
    number, who = drafted(cast), viewer(cast.vic)
    seen = row(number).changed_at
    with writing():
        new = NewBroadcast("Fees", "Other words.", cast.places["Leeds"])
        broadcasts.change(who, row(number), new, now=NOON + timedelta(minutes=1))

    assert refused(lambda: broadcasts.confirm(who, row(number), now=NOON, seen=seen)) == "changed_since"
    confirm(cast.vic, number)
    assert refused(lambda: broadcasts.change(who, row(number), new, now=NOON)) == "already_confirmed"
    assert refused(lambda: broadcasts.discard(who, row(number))) == "already_confirmed"


def test_nobody_hears_it_where_nobody_else_works(context: Flask, cast: Cast) -> None:
    with writing():
        place = service.add_place(row_kind(cast), "Empty", db.session.get_one(Place, cast.places["Harbour"])).id
    number, who = drafted(cast, place_id=place), viewer(cast.vic)

    assert refused(lambda: broadcasts.confirm(who, row(number), now=NOON)) == "nobody_hears"


def row_kind(cast: Cast) -> Any:
    return db.session.get_one(Place, cast.places["Leeds"]).kind


def test_it_is_taken_back_for_ten_minutes_and_then_another_can_be_sent(context: Flask, cast: Cast) -> None:
    number, who = drafted(cast), viewer(cast.vic)
    almost = LEFT - timedelta(seconds=1)

    assert refused(lambda: broadcasts.take_back(who, row(number), now=NOON)) == "not_confirmed"
    confirm(cast.vic, number)
    assert refused(lambda: broadcasts.take_back(who, row(number), now=LEFT)) == "told_already"
    with writing():
        broadcasts.take_back(who, row(number), now=almost)
    assert refused(lambda: broadcasts.take_back(who, row(number), now=almost)) == "already_taken_back"
    assert refused(lambda: broadcasts.confirm(who, row(number), now=almost)) == "already_taken_back"
    confirmed(cast, title="Better words", now=almost)
    work(context, LEFT)
    assert row(number).telling_at is None and broadcasts.state_of(row(number)) is BroadcastState.TAKEN_BACK


def test_somebody_elses_is_neither_changed_nor_sent_nor_taken_back(context: Flask, cast: Cast) -> None:
    number, other = told(context, cast), viewer(executive_at(cast.places["Harbour"]))
    new = NewBroadcast("Fees", "Other words.", cast.places["Leeds"])

    for verb in (
        lambda: broadcasts.change(other, row(number), new, now=LEFT),
        lambda: broadcasts.confirm(other, row(number), now=LEFT),
        lambda: broadcasts.take_back(other, row(number), now=LEFT),
        lambda: broadcasts.discard(other, row(number)),
        lambda: figures.answers(other, row(number)),
    ):
        assert refused(verb) == "not_yours"


def test_the_newest_answer_counts_and_only_of_whoever_was_told(context: Flask, cast: Cast) -> None:
    number = told(context, cast, place_id=cast.places["Leeds"])
    (late,) = crowd(cast.places["Leeds"], 1, now=LATER)

    say(cast.asha, number, "read")
    say(cast.asha, number, "same_here", "Every day.")
    shown = queries.broadcast_shown(viewer(cast.asha), number, now=LEFT)
    assert (shown.said, shown.said_words) == (Acknowledged.SAME_HERE, "Every day.")
    for person in (late, cast.vic, cast.mia):
        who = viewer(person)
        told_row = queries.broadcast_for(who, number)
        assert refused(lambda: broadcasts.acknowledge(who, told_row, Acknowledged.READ, now=LEFT)) == "not_for_you"  # noqa: B023
    with pytest.raises(Missing):
        queries.broadcast_for(viewer(cast.sam), number)


def test_rates_are_of_groups_of_ten_and_words_come_in_threes(context: Flask, cast: Cast) -> None:
    people = crowd(cast.places["Leeds/Billing"], 12)
    number = told(context, cast)
    for person in people[:6]:
        say(person, number, "not_what_i_see", f"Words of {person}, which nobody may know.")
    say(people[6], number, "same_here", "One alone.")
    say(cast.sam, number, "read")

    found = figures.answers(viewer(cast.vic), row(number))

    assert figures.answers(viewer(cast.mia), row(number)) == found
    assert found.rates.total is not None and found.rates.total.parts == (1, 1, 6)
    assert all(one.people >= 10 for one in found.rates.groups)
    assert [one.parts for one in found.rates.groups if one.label == "Leeds"] == [(0, 1, 6)]
    assert [(one.kind, len(one.words), one.more) for one in found.said] == [
        (Acknowledged.SAME_HERE, 0, 1), (Acknowledged.NOT_WHAT_I_SEE, 6, 0),
    ]  # fmt: skip
    say(people[0], number, "read")
    assert [len(one.words) for one in figures.answers(viewer(cast.vic), row(number)).said] == [0, 3]


def test_of_fewer_than_ten_nothing_is_counted_and_before_it_is_told_neither(context: Flask, cast: Cast) -> None:
    small = told(context, cast, place_id=cast.places["Manila"])
    for person in db.session.query(Person.id).filter(Person.site_id == cast.places["Manila"]).limit(3).all():
        say(person[0], small, "not_what_i_see", "Not here.")
    found = figures.answers(viewer(cast.vic), row(small))

    assert found.rates.total is None and found.said == []
    number = drafted(cast)
    assert refused(lambda: figures.answers(viewer(cast.vic), row(number))) == "not_told"


def test_the_list_says_what_came_of_it_as_far_as_one_may_read_that(context: Flask, cast: Cast) -> None:
    with writing():
        promise = make_promise(cast)
        linked = {"action": LinkedAction.PROMISE, "commitment_id": promise.id, "idea_id": None}
        idea_id, number = promise.idea_id, promise.id
    first = told(context, cast, **linked)
    second = told(context, cast, now=LATER, action=LinkedAction.SAY_IT)

    page, _ = queries.broadcasts_page(viewer(cast.asha), now=LATER)
    assert [(one.number, one.promise) for one in page] == [(second, None), (first, number)]
    assert page[1].came.startswith("Promised: “We will post") and page[0].came == ""
    with writing():
        db.session.get_one(Idea, idea_id).audience = Audience.SITE
    hidden = queries.broadcast_shown(viewer(cast.sam), first, now=LATER)
    assert (hidden.idea, hidden.idea_title, hidden.promise, hidden.came) == (None, "", None, "")
