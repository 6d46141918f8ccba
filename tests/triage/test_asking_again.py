"""*Ask again* after a no: who has a new voice, and how many bring it back to the executives."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, Invalid, Missing, Refused
from portal.home.idea_page import load
from portal.ideas.models import Idea, Story
from portal.ideas.queries import idea_for
from portal.ideas.words import Stage, StoryKind
from portal.notices import again_mails
from portal.notices.models import Notice
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.swarm.models import IdeaScore, Via, Vote
from portal.swarm.rules import VoteKind
from portal.triage import again_jobs, again_service, service
from portal.triage.again_models import AskedAgain, Return
from portal.triage.again_queries import asking
from portal.triage.again_rules import AskRefusal, Because, progress, returns, voices_needed
from portal.triage.models import Decision
from portal.triage.queries import brief, queue
from portal.triage.rules import DeclineReason, NewDecline
from tests.commitments.factories import make_promise, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ledger.racing import race

LATER = NOON + timedelta(days=30)
FACT = "The regulator has dropped part six, so nothing has to be read aloud any more."
NO = NewDecline(DeclineReason.COSTS_MORE_THAN_IT_SAVES, "It would cost four people and save the work of one.")


def declined(cast: Cast, supporters: int = 12) -> int:
    """A declined idea that so many had backed, and a promoted one beside it as noise."""
    with writing():
        make_promoted(cast)
        made = make_promoted(cast)
        db.session.get_one(IdeaScore, made.id).n_support = supporters
        service.decline(viewer(cast.vic), made, NO, today=NOON.date(), now=NOON)
        return made.id


def ask(person: int, number: int) -> bool:
    who = viewer(person)
    with writing():
        return again_service.ask_again(who, idea_for(who, number), now=LATER)


def stage(number: int) -> Stage:
    return db.session.get_one(Idea, number, populate_existing=True).stage


def refused(person: int, number: int) -> str:
    with pytest.raises((Conflict, Refused)) as caught:
        ask(person, number)
    return caught.value.code


@pytest.mark.parametrize(("supporters", "needed"), [(0, 3), (1, 3), (5, 3), (6, 4), (10, 6), (12, 8), (100, 60)])
def test_it_takes_sixty_percent_more(supporters: int, needed: int) -> None:
    assert voices_needed(supporters) == needed
    assert returns(needed, 2, supporters) and not returns(needed - 1, 2, supporters)
    assert not returns(needed + 50, 1, supporters)


def test_the_words_say_how_far_it_is_and_what_else_is_missing() -> None:
    assert progress(4, 3, 12).startswith("4 of 8 new voices have asked again. With 8, from at least 2 teams")
    assert "all come from one team" in progress(9, 1, 12)


def test_enough_new_voices_bring_it_back_with_a_new_clock(context: Flask, cast: Cast) -> None:
    number = declined(cast, 6)

    answers = [ask(person, number) for person in cast.voters[:4]]

    assert answers == [False, False, False, True] and stage(number) is Stage.PROMOTED
    row = db.session.scalars(select(Return)).one()
    assert (row.supporters, row.voices, row.needed, row.teams) == (6, 4, 4, 4)
    assert db.session.scalar(select(Decision.superseded_at).where(Decision.idea_id == number)) == LATER
    step = db.session.scalars(select(Story).where(Story.idea_id == number).order_by(Story.id.desc())).first()
    assert step is not None and step.kind is StoryKind.ASKED_AGAIN and step.actor_id is None
    told = db.session.scalars(select(Message).where(Message.topic == "triage.asked_again")).one()
    assert json.loads(told.payload) == {"return": row.id}
    found = brief(viewer(cast.vic), number)
    assert (found.waits_since, found.returned_voices) == (LATER, 4)
    waiting = {one.number: one.promoted_at for one in queue(viewer(cast.vic)).entries}
    assert waiting[number] == LATER and len(waiting) == 2
    page = load(viewer(cast.cy), number, now=LATER)
    assert page.decision is None and page.entries[0].text.startswith("Enough of you asked again:")


def test_a_new_fact_brings_it_back_with_the_name_of_whoever_brought_it(context: Flask, cast: Cast) -> None:
    number, vic = declined(cast), viewer(cast.vic)

    for words, code in (("Too short.", "fact_too_short"), ("x" * 1_001, "fact_too_long")):
        with pytest.raises(Invalid, match=code), writing():
            again_service.bring_fact(vic, idea_for(vic, number), words, now=LATER)
    with pytest.raises(Refused, match="not_allowed"), writing():
        again_service.bring_fact(viewer(cast.bo), idea_for(vic, number), FACT, now=LATER)
    with writing():
        again_service.bring_fact(vic, idea_for(vic, number), f"  {FACT} ", now=LATER)

    row = db.session.scalars(select(Return)).one()
    assert (row.because, row.by_id, row.fact, stage(number)) == (Because.FACT, cast.vic, FACT, Stage.PROMOTED)
    assert brief(vic, number).returned_fact == FACT
    entry = load(viewer(cast.cy), number, now=LATER).entries[0]
    assert entry.say == FACT and "changed since the no" in entry.text
    with pytest.raises(Conflict, match="not_declined"), writing():
        again_service.bring_fact(vic, idea_for(vic, number), FACT, now=LATER)


def test_what_was_declined_until_a_day_is_looked_at_again_on_it(context: Flask, cast: Cast) -> None:
    until = NOON + timedelta(days=20)
    with writing():
        made = make_promoted(cast)
        not_now = NewDecline(DeclineReason.NOT_NOW, NO.sentence, look_again_on=until.date())
        service.decline(viewer(cast.vic), made, not_now, today=NOON.date(), now=NOON)
        number = made.id
    other = declined(cast)
    job = again_jobs.HANDLERS[again_jobs.LOOK_AGAIN]

    stages = []
    for now in (until - timedelta(days=1), until, until):
        job(Claimed(1, "e", again_jobs.LOOK_AGAIN, {}, 1, now), now)
        stages.append(stage(number))

    assert stages == [Stage.DECLINED, Stage.PROMOTED, Stage.PROMOTED] and stage(other) is Stage.DECLINED
    row = db.session.scalars(select(Return)).one()
    assert (row.idea_id, row.because, row.at) == (number, Because.DATE, until)
    again_mails.tell_asked_again(Claimed(2, "f" * 36, "", {"return": row.id}, 1, until), until)
    told = db.session.scalars(select(Notice)).one()
    assert told.person_id == cast.vic and "look at it again today" in told.words


def test_it_can_be_declined_once_more_and_asked_again_from_the_start(context: Flask, cast: Cast) -> None:
    number = declined(cast, 5)
    assert [ask(person, number) for person in cast.voters[:3]][-1]
    with writing():
        service.decline(viewer(cast.vic), db.session.get_one(Idea, number), NO, today=LATER.date(), now=LATER)

    found = asking(viewer(cast.bo), number)

    assert found is not None and (found.voices, found.needed, found.asked, found.may_ask) == (0, 3, False, True)
    assert not ask(cast.bo, number)


def test_one_voice_a_person_which_can_be_taken_back(context: Flask, cast: Cast) -> None:
    number, bo = declined(cast), viewer(cast.bo)
    ask(cast.bo, number)

    assert refused(cast.bo, number) == AskRefusal.ALREADY_ASKED
    with writing():
        again_service.take_back(bo, idea_for(bo, number), now=LATER)
    found = asking(bo, number)
    assert found is not None and (found.voices, found.asked, found.may_ask) == (0, False, True)
    with pytest.raises(Conflict) as caught, writing():
        again_service.take_back(bo, idea_for(bo, number), now=LATER)
    assert caught.value.code == AskRefusal.NOT_ASKED
    ask(cast.bo, number)
    assert db.session.scalar(select(func.count()).select_from(AskedAgain)) == 2


def test_whoever_backed_it_is_counted_already_and_the_author_does_not_push(context: Flask, cast: Cast) -> None:
    number = declined(cast)
    with writing():
        for person, kind in ((cast.bo, VoteKind.STRONG), (cast.cy, VoteKind.PASS)):
            who = viewer(person)
            db.session.add(Vote(idea_id=number, person_id=person, team_id=who.team_id, site_id=who.site_id, kind=kind,
                                via=Via.FEED, at=NOON))  # fmt: skip

    assert refused(cast.bo, number) == AskRefusal.ALREADY_COUNTED
    assert refused(cast.asha, number) == AskRefusal.OWN_IDEA
    assert refused(cast.vic, number) == "not_allowed"
    assert not ask(cast.cy, number)  # who did not meet it then may meet it now


def test_only_what_is_declined_and_seen_is_asked_again(context: Flask, cast: Cast) -> None:
    number = declined(cast)
    with writing():
        promised = make_promise(cast).idea_id
        hidden = make_promoted(cast, author_id=cast.bo)
        service.decline(viewer(cast.vic), hidden, NO, today=NOON.date(), now=NOON)
        hidden.hidden_at = NOON
        hidden_number = hidden.id

    assert refused(cast.bo, promised) == AskRefusal.NOT_DECLINED
    assert refused(cast.bo, hidden_number) == AskRefusal.HIDDEN
    with pytest.raises(Missing):
        ask(cast.cy, hidden_number)
    with pytest.raises(Conflict) as caught, writing():
        again_service.take_back(viewer(cast.bo), idea_for(viewer(cast.bo), promised), now=LATER)
    assert caught.value.code == AskRefusal.NOT_DECLINED
    assert asking(viewer(cast.bo), promised) is None and asking(viewer(cast.bo), number) is not None


def test_one_team_alone_does_not_bring_it_back(context: Flask, cast: Cast) -> None:
    number = declined(cast, 2)
    team = [person for person in cast.voters if viewer(person).team_id == viewer(cast.bo).team_id]

    assert [ask(person, number) for person in team] == [False, False, False]
    assert ask(cast.cy, number)


@pytest.mark.slow
def test_the_last_voices_at_once_are_one_return(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = declined(cast, 10)  # six new voices
        people = [viewer(person) for person in cast.voters[:8]]

    answers = race(app, 8, lambda n: again_service.ask_again(people[n], idea_for(people[n], number), now=LATER))

    assert Counter(answers) == {False: 5, True: 1, AskRefusal.NOT_DECLINED: 2}
    with app.app_context():
        assert stage(number) is Stage.PROMOTED
        assert db.session.scalar(select(func.count()).select_from(Return)) == 1


@pytest.mark.slow
def test_two_taps_of_one_person_at_once_are_one_voice(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, bo = declined(cast), viewer(cast.bo)

    answers = race(app, 6, lambda _: again_service.ask_again(bo, idea_for(bo, number), now=LATER))

    assert Counter(answers) == {False: 1, AskRefusal.ALREADY_ASKED: 5}


def test_whoever_said_no_is_told(context: Flask, cast: Cast) -> None:
    number = declined(cast, 1)
    for person in cast.voters[:3]:
        ask(person, number)
    row = db.session.scalars(select(Return.id)).one()

    again_mails.tell_asked_again(Claimed(1, "event-9", "triage.asked_again", {"return": row}, 1, LATER), LATER)
    again_mails.tell_asked_again(Claimed(2, "event-8", "triage.asked_again", {"return": 10**6}, 1, LATER), LATER)

    (told,) = db.session.scalars(select(Notice))
    assert told.person_id == cast.vic and "3 people from 3 teams" in told.words
