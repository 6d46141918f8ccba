"""Representatives: turns, what they are given, the one idea outside the quorum, and their voice."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.errors import DomainError, Refused
from portal.frontline import representative_pages as pages
from portal.frontline import representative_queries as queries
from portal.frontline import representative_voices, representatives
from portal.frontline.representative_jobs import HANDLERS as JOBS
from portal.frontline.representative_jobs import LOOK
from portal.frontline.representative_models import Rotation, Turn
from portal.frontline.words import TurnState
from portal.home.cards import may_see_numbers
from portal.ideas.models import Story
from portal.ideas.words import Names, Stage, StoryKind
from portal.notices.models import Notice
from portal.notices.representative_notices import HANDLERS as TELLING
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.rewards.models import Award
from portal.swarm import audit
from portal.swarm.models import Promotion
from portal.triage import queries as triage
from portal.worker import run_once
from tests.factories import NOON, Cast, send, signed_in
from tests.frontline.rotating import TODAY, begin, colleagues, speaking, weeks_later
from tests.ideas.making import idea, said, viewer
from tests.ledger.racing import race
from tests.swarm.voting import vote

WORDS = "We say no to this ten times a day."


def look(app: Flask, weeks: int) -> None:
    JOBS[LOOK](Claimed(1, "event", LOOK, {}, 1, NOON), weeks_later(weeks))


def carried(rotation: int, number: int, words: str = WORDS) -> int:
    turn = speaking(rotation)
    with writing():
        return representatives.carry(viewer(turn.person_id), turn, idea(number), words, now=NOON).id


def code_of(work) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(DomainError) as refused, writing():
        work()
    return refused.value.code


def test_in_as_many_turns_as_there_are_people_everybody_has_one(context: Flask, cast: Cast) -> None:
    rotation, everybody = begin(cast), colleagues(cast)
    firsts = [speaking(rotation).person_id]
    for number in range(1, len(everybody)):
        look(context, 2 * number)
        firsts.append(speaking(rotation, weeks_later(2 * number)).person_id)

    assert set(firsts) == everybody and len(firsts) == len(everybody)
    look(context, 2 * len(everybody))
    assert speaking(rotation, weeks_later(2 * len(everybody))).person_id == firsts[0]


def test_a_second_run_names_nobody_and_a_month_without_a_worker_leaves_no_gap_today(context: Flask, cast: Cast) -> None:
    rotation = begin(cast)
    look(context, 9)
    count = db.session.scalar(select(func.count()).select_from(Turn))
    look(context, 9)

    assert db.session.scalar(select(func.count()).select_from(Turn)) == count
    assert speaking(rotation, weeks_later(9)).starts_on <= weeks_later(9).date()


def test_whoever_opts_out_is_passed_over_until_they_come_back(context: Flask, cast: Cast) -> None:
    rotation = begin(cast)
    first = speaking(rotation)
    who = viewer(first.person_id)
    with writing():
        representatives.opt_out(who, queries.rotation_for(who, rotation), now=NOON)

    assert db.session.get_one(Turn, first.id).state is TurnState.PASSED
    assert speaking(rotation).person_id != who.id
    for number in range(1, 9):
        look(context, 2 * number)
        assert speaking(rotation, weeks_later(2 * number)).person_id != who.id
    rotation_row = queries.rotation_for(who, rotation)
    assert code_of(lambda: representatives.opt_out(who, rotation_row, now=NOON)) == "already_opted_out"
    with writing():
        representatives.opt_in(who, queries.rotation_for(who, rotation), now=weeks_later(17))
    look(context, 18)
    assert who.id in {line.person_id for line in queries.turns_of_person(who.id, weeks_later(18).date())}


def test_a_turn_passed_on_counts_as_none_and_a_leaver_passes_theirs_on(context: Flask, cast: Cast) -> None:
    rotation = begin(cast)
    first = speaking(rotation).person_id
    with writing():
        representatives.pass_on(viewer(first), speaking(rotation), now=NOON)
    second = speaking(rotation)
    assert second.person_id != first
    with writing():
        db.session.get_one(Person, second.person_id).deactivated_at = NOON
    look(context, 1)

    assert second.person_id != speaking(rotation, weeks_later(1) + timedelta(days=1)).person_id
    look(context, 2)  # who was named ahead keeps that turn
    look(context, 4)
    assert speaking(rotation, weeks_later(4)).person_id == first


def test_only_who_leads_the_place_begins_turns_and_only_once(context: Flask, cast: Cast) -> None:
    def start(who: int, place: str) -> None:
        representatives.start_rotation(viewer(who), cast.places[place], 2, TODAY, now=NOON)

    with writing():
        start(cast.lea, "Leeds/Billing")
    assert code_of(lambda: start(cast.lea, "Leeds/Billing")) == "rotation_runs"
    assert code_of(lambda: start(cast.lea, "Durban/Chat")) == "unknown_place"
    with pytest.raises(Refused), writing():
        start(cast.asha, "Leeds/Retentions")


def test_what_is_given_is_read_by_the_representative_without_who_gave_it(context: Flask, cast: Cast) -> None:
    rotation, number = begin(cast), said(cast.sam)
    giver = next(one for one in colleagues(cast) if one != speaking(rotation).person_id)
    row = queries.rotation_for(viewer(giver), rotation)
    with writing():
        representatives.give(viewer(giver), row, idea(number), "Please.", now=NOON)

    assert pages.given(viewer(speaking(rotation).person_id), rotation) == [
        pages.Given(number, idea(number).title, ("Please.",))
    ]
    again = lambda: representatives.give(viewer(giver), row, idea(number), now=NOON)  # noqa: E731
    assert code_of(again) == "already_given"
    assert code_of(lambda: representatives.give(viewer(cast.kim), row, idea(number), now=NOON)) == "not_of_this_place"
    with writing():
        representatives.take_back(viewer(giver), row, idea(number))
    assert code_of(lambda: representatives.take_back(viewer(giver), row, idea(number))) == "not_given"


def test_what_is_carried_waits_for_an_answer_marked_unpaid_and_verified(context: Flask, cast: Cast) -> None:
    rotation, number = begin(cast), said(cast.sam, names=Names.HIDDEN)
    vote(cast.voters[-1], number, "support")
    carried(rotation, number)

    row = db.session.scalars(select(Promotion)).one()
    assert idea(number).stage is Stage.PROMOTED and row.carried and row.evidence < row.line
    assert audit.verify() == [] and audit.agrees(row)
    assert db.session.scalar(select(func.count()).select_from(Award)) == 0
    kinds = set(db.session.scalars(select(Story.kind).where(Story.idea_id == number)))
    assert StoryKind.CARRIED in kinds and StoryKind.PROMOTED not in kinds
    brief = triage.brief(viewer(cast.vic), number)
    assert brief.carried is not None and brief.carried[0] == WORDS and "for Billing, Leeds" in brief.carried[1]
    assert triage.queue(viewer(cast.vic)).entries[0].carried


def test_an_idea_that_nobody_has_seen_can_be_carried_and_verified(context: Flask, cast: Cast) -> None:
    rotation, number = begin(cast), said(cast.sam)
    carried(rotation, number)

    assert db.session.scalars(select(Promotion)).one().vote_id_max == 0
    assert audit.verify() == []


def test_a_promotion_that_only_says_it_was_carried_is_found(context: Flask, cast: Cast) -> None:
    number = said(cast.sam)
    with writing():
        representatives.promoting.carry(number, now=NOON)

    assert any("names nobody who carried it" in line for line in audit.verify())


def test_what_colleagues_decided_stays_hidden_until_it_is_answered(context: Flask, cast: Cast) -> None:
    rotation, number = begin(cast), said(cast.sam)
    vote(cast.voters[-1], number, "support")
    carried(rotation, number)

    assert not may_see_numbers(idea(number), viewer(cast.asha), None)
    assert may_see_numbers(idea(number), viewer(cast.sam), None)
    vote(cast.voters[-2], number, "strong")  # it still takes votes
    with writing():
        idea(number).stage = Stage.DECLINED
    assert may_see_numbers(idea(number), viewer(cast.asha), None)


def test_one_idea_a_turn_also_where_the_turn_was_passed_on(context: Flask, cast: Cast) -> None:
    rotation, first, second = begin(cast), said(cast.sam), said(cast.kim)
    carried(rotation, first)
    turn, next_day = speaking(rotation), NOON + timedelta(days=1)
    who = viewer(turn.person_id)
    assert code_of(lambda: representatives.carry(who, turn, idea(second), WORDS, now=NOON)) == "already_carried"
    with writing():
        representatives.pass_on(who, turn, now=NOON)
    other = speaking(rotation, next_day)
    assert other.person_id != who.id
    carry = lambda: representatives.carry(viewer(other.person_id), other, idea(second), WORDS, now=next_day)  # noqa: E731
    assert code_of(carry) == "already_carried"
    not_theirs = lambda: representatives.carry(viewer(cast.kim), other, idea(second), WORDS, now=NOON)  # noqa: E731
    assert code_of(not_theirs) == "not_your_turn"


def test_two_tabs_with_two_ideas_carry_one(app: Flask, cast: Cast) -> None:
    with app.app_context():
        rotation, numbers = begin(cast), [said(cast.sam), said(cast.kim, "Another one entirely, about parcels.")]
        turn = speaking(rotation).id
        who = viewer(speaking(rotation).person_id)

    def click(number: int) -> int:
        found = idea(numbers[number % 2])
        return representatives.carry(who, queries.turn_for(who, turn), found, WORDS, now=NOON).idea_id

    answers = race(app, 4, click)

    assert sorted(str(one) for one in answers)[1:] == ["already_carried"] * 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Promotion)) == 1 and audit.verify() == []


def test_own_and_closed_ideas_are_not_carried(context: Flask, cast: Cast) -> None:
    rotation, closed = begin(cast), said(cast.sam)
    turn = speaking(rotation)
    who, own = viewer(turn.person_id), said(turn.person_id)
    with writing():
        idea(closed).stage = Stage.DECLINED
    assert code_of(lambda: representatives.carry(who, turn, idea(own), WORDS, now=NOON)) == "own_idea"
    assert code_of(lambda: representatives.carry(who, turn, idea(closed), WORDS, now=NOON)) == "idea_not_open"


def test_a_voice_stands_in_the_brief_until_it_is_taken_back_or_answered(context: Flask, cast: Cast) -> None:
    rotation, number = begin(cast), said(cast.sam)
    carried(rotation, number)
    who = viewer(speaking(rotation).person_id)
    for words in ("We see it too.", "We see it every day."):
        with writing():
            representative_voices.say(who, idea(number), words, now=NOON)
    brief = triage.brief(viewer(cast.vic), number)
    assert [words for words, _ in brief.spoken] == ["We see it every day."]
    with writing():
        representative_voices.withdraw(who, idea(number), now=NOON)
    assert triage.brief(viewer(cast.vic), number).spoken == []
    assert code_of(lambda: representative_voices.withdraw(who, idea(number), now=NOON)) == "no_voice"
    assert code_of(lambda: representative_voices.say(viewer(cast.kim), idea(number), "No", now=NOON)) == "not_now"
    with writing():
        idea(number).stage = Stage.DECLINED
    assert code_of(lambda: representative_voices.say(who, idea(number), "Too late.", now=NOON)) == "not_waiting"


def test_words_for_the_next_one_are_read_by_the_next_one_alone(context: Flask, cast: Cast) -> None:
    rotation = begin(cast)
    first, moment = speaking(rotation), weeks_later(2)
    with writing():
        representatives.hand_over(viewer(first.person_id), first, "Ask Olu about parcels.", now=NOON)
    look(context, 2)
    following = speaking(rotation, moment).person_id
    someone = next(one for one in colleagues(cast) if one not in (first.person_id, following))

    def read(person_id: int) -> str:
        row = db.session.get_one(Rotation, rotation)
        found, _ = pages.past_turns(viewer(person_id), row, moment.date(), limit=9, cursor=None)
        return found[-1].handing

    assert read(following) == read(first.person_id) == "Ask Olu about parcels." and read(someone) == ""


def test_people_hear_of_their_turn_and_of_what_they_gave(context: Flask, cast: Cast) -> None:
    rotation, number = begin(cast), said(cast.sam)
    turn = speaking(rotation)
    giver = next(one for one in colleagues(cast) if one != turn.person_id)
    with writing():
        row = queries.rotation_for(viewer(giver), rotation)
        representatives.give(viewer(giver), row, idea(number), now=NOON)
    carried(rotation, number)
    run_once(context, now=NOON, handlers=TELLING | JOBS)
    told = {(one.person_id, one.title) for one in db.session.scalars(select(Notice))}

    assert (turn.person_id, "You speak for Billing, Leeds until 15 March.") in told
    assert (giver, "What you gave to carry is with the executives.") in told


def test_ending_the_turns_leaves_nobody_named_ahead(context: Flask, cast: Cast) -> None:
    rotation = begin(cast)
    with writing():
        representatives.end_rotation(viewer(cast.mia), queries.rotation_for(viewer(cast.mia), rotation), now=NOON)
    look(context, 4)

    assert queries.turn_of(cast.places["Leeds/Billing"], weeks_later(4).date()) is None
    row = queries.rotation_for(viewer(cast.mia), rotation)
    assert code_of(lambda: representatives.end_rotation(viewer(cast.mia), row, now=NOON)) == "rotation_ended"


def test_pages_lead_from_giving_to_carrying_to_the_executives(app: Flask, cast: Cast) -> None:
    today = clock.now().astimezone(ZoneInfo("Europe/London")).date()
    mia, vic = signed_in(app, cast.mia), signed_in(app, cast.vic)
    place = cast.places["Leeds/Billing"]
    send(mia, "/representatives", place=place, weeks="2", starts_on=today.isoformat())
    with app.app_context():
        number, turn = said(cast.sam), queries.turn_of(place, today)
        assert turn is not None
        giver = next(one for one in colleagues(cast) if one != turn.person_id)
        speaker, rotation, name = turn.person_id, turn.rotation_id, db.session.get_one(Person, giver).name
    giving, joyce = signed_in(app, giver), signed_in(app, speaker)
    assert f"/representatives/give?idea={number}" in giving.get(f"/ideas/{number}").text
    assert giving.get(f"/representatives/give?idea={number}").status_code == 200
    assert send(giving, f"/representatives/{rotation}/queue", idea=number, words="Please.").status_code == 303
    assert "Take it back" in giving.get(f"/representatives/give?idea={number}").text
    page = joyce.get(f"/representatives/{rotation}").text
    assert "Please." in page and name not in page.split("What you can carry")[1]
    assert send(joyce, f"/representatives/turns/{turn.id}/carried", idea=number, words="").status_code == 422
    assert send(joyce, f"/representatives/turns/{turn.id}/carried", idea=number, words=WORDS).status_code == 303
    seat = joyce.get("/representatives/seat").text
    assert "Outside the quorum" in seat and idea_words(app, number) in seat
    assert send(joyce, f"/ideas/{number}/voices", words="").status_code == 422
    assert send(joyce, f"/ideas/{number}/voices", words="Every day.").status_code == 303
    brief = vic.get("/triage").text
    assert "Carried by a representative." in brief and "outside the quorum" in brief and "Every day." in brief
    assert "it passed the swarm line" not in brief
    story = giving.get(f"/ideas/{number}").text
    assert "It has not passed the swarm line" in story
    for address in ("/representatives", "/representatives/new"):
        assert mia.get(address).status_code == 200
    assert send(joyce, f"/representatives/turns/{turn.id}/handing", words="Go on.").status_code == 303
    assert send(giving, f"/representatives/{rotation}/opt-out").status_code == 303
    assert send(giving, f"/representatives/{rotation}/opt-in").status_code == 303
    assert send(mia, f"/representatives/{rotation}/end").status_code == 303


def idea_words(app: Flask, number: int) -> str:
    with app.app_context():
        return idea(number).title


def test_release_passes_the_turns_of_a_leaver_on(context: Flask, cast: Cast) -> None:
    rotation = begin(cast)
    first = speaking(rotation).person_id
    with writing():
        assert representatives.release(first, now=NOON) == 1
    assert speaking(rotation).person_id != first
