"""The page before a shift: for whoever has the seat, with ideas that they may read, and what they promised."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.commitments.rules import Standing
from portal.db import db, writing
from portal.errors import Missing
from portal.frontline import brief_queries
from portal.frontline.brief_queries import Brief, brief_for
from portal.frontline.calendar_wording import HEARD, at_length, what_you_hear
from portal.frontline.insight_queries import PromisedThen
from portal.frontline.words import BuddyState, Busy, Channel
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Stage
from tests.factories import NOON, Cast, signed_in
from tests.frontline.seating import HOUR, STARTS, book, executives, give_up, make_slot
from tests.ideas.making import said, viewer


def brief(person_id: int, number: int) -> Brief:
    return brief_for(viewer(person_id), number)


def promote(number: int) -> None:
    with writing():
        db.session.get_one(Idea, number).stage = Stage.PROMOTED


def test_ideas_of_the_queue_come_before_those_of_the_site_and_promoted_ones_first(context: Flask, cast: Cast) -> None:
    billing = said(cast.sam, "Billing letters arrive after the money is gone.")
    promoted = said(cast.sam, "Billing cannot see what was refunded.")
    here = said(cast.asha, "The car park is dark at night.")
    said(cast.sam, "The chat window hides the name.")  # neither of the queue nor of the site
    promote(promoted)
    number = make_slot(cast, queue="Billing calls")
    book(cast.vic, number)

    found = brief(cast.vic, number).ideas

    assert [(one.number, one.of_queue) for one in found] == [(promoted, True), (billing, True), (here, False)]


def test_no_more_than_three_and_none_that_its_reader_may_not_read_or_that_is_over(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, queue="Billing calls")
    (other,) = executives(cast, 1)
    numbers = [said(cast.asha, f"Billing is slow on day {n}.") for n in range(5)]
    hidden = said(cast.sam, "Billing in Durban is slow.", audience=Audience.EMPLOYER)
    book(other, number)
    with writing():
        for one in numbers[:3]:
            db.session.get_one(Idea, one).stage = Stage.DONE

    found = [one.number for one in brief(other, number).ideas]

    assert set(numbers[3:]) <= set(found) and len(found) <= 3 and not set(numbers[:3]) & set(found)
    assert hidden not in found or brief_queries.IDEAS == 3  # an executive of the whole organisation reads it


def test_common_words_of_queues_find_nothing(context: Flask, cast: Cast) -> None:
    said(cast.sam, "Customers who call get no answer on the line.")
    number = make_slot(cast, queue="Customer calls")
    book(cast.vic, number)

    assert brief(cast.vic, number).ideas == []


def test_only_whoever_has_the_seat_reads_it(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.ASKED)
    book(cast.vic, number)
    book(cast.mia, number)  # waits

    for other in (cast.mia, cast.asha, cast.tess):
        with pytest.raises(Missing):
            brief(other, number)
    with pytest.raises(Missing):
        brief(cast.vic, 99999)
    assert brief(cast.vic, number).slot.buddy is None  # has not agreed
    give_up(cast.vic, number)
    with pytest.raises(Missing):
        brief(cast.vic, number)


def test_the_page_says_what_to_expect_what_not_to_do_and_what_was_promised(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED, note="Bring <b>headphones</b>.")
        idea = said(cast.asha, "Billing asks for a fax & a stamp.")
        book(cast.vic, number)
        db.session.remove()
    then = PromisedThen(7, "No fax from March on.", NOON.date() + timedelta(days=20), Standing.OPEN)
    monkeypatch.setattr(brief_queries, "promised_last_time", lambda *_, **__: [then])

    page = signed_in(app, cast.vic).get(f"/shifts/{number}/brief").text

    assert "Thursday 5 March, 12:00 to 13:00, beside Asha." in page
    assert HEARD[Channel.CALLS].format(queue="Billing") in page and "Do not coach" in page
    assert "Nothing you hear is used for quality scores." in page and "Bring &lt;b&gt;headphones" in page
    assert f'<a href="/ideas/{idea}">' in page and "Ideas about this queue" in page
    assert "What you promised last time" in page and '<a href="/commitments/7">No fax from March on.</a>' in page
    assert signed_in(app, cast.mia).get(f"/shifts/{number}/brief").status_code == 404


def test_every_channel_and_forecast_has_its_words() -> None:
    for channel in Channel:
        for busy in Busy:
            lines = what_you_hear(channel, busy, queue=" Billing ", language="Welsh")
            assert lines[0].startswith("“Billing”, ") and lines[1] == "Customers speak Welsh."
            assert busy.label.lower() in lines[2]


def test_a_night_shift_ends_on_the_next_day() -> None:
    late = STARTS + 11 * HOUR

    assert at_length(late, late + 2 * HOUR, "Europe/London") == "Thursday 5 March, 23:00 to 01:00 the next day"
