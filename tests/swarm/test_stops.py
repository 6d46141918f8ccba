"""Stop signals: told at once, answered in public, lifted or kept, and never with a name."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.db import db, writing
from portal.errors import DomainError
from portal.home.idea_flags import CONTESTED
from portal.ideas.models import Story
from portal.ideas.words import StoryKind
from portal.outbox.models import Message
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.swarm import audit, stop_queries, stops
from portal.swarm.models import Vote
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.swarm.stop_alerts import HARD_STOP, STOP_ANSWERED
from portal.swarm.stop_models import StopStep
from portal.swarm.stop_rules import StopRefusal, StopState
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import idea, said, viewer
from tests.ledger.racing import race
from tests.swarm.voting import vote

HARM = WantedVote(VoteKind.STOP, StopReason.UNSAFE, "Somebody could be burnt.")
TRIED = WantedVote(VoteKind.STOP, StopReason.TRIED, "We did that in spring.")


def stop_of(person: int, number: int) -> int:
    """The number of somebody's stop signal."""
    query = select(Vote.id).where(Vote.person_id == person, Vote.idea_id == number, Vote.kind == VoteKind.STOP)
    return db.session.scalars(query.order_by(Vote.id.desc())).first() or 0


def answer(person: int, stop: int, words: str = "There is a guard on it now.") -> None:
    with writing():
        stops.answer_stop(viewer(person), stop, words, now=NOON)


def lift(person: int, stop: int) -> None:
    with writing():
        stops.lift_stop(viewer(person), stop, now=NOON)


def keep(person: int, stop: int) -> None:
    with writing():
        stops.keep_stop(viewer(person), stop, now=NOON)


def line(person: int, stop: int) -> stop_queries.StopLine | None:
    return stop_queries.readable_stop(viewer(person), stop)


def topics() -> Counter[str]:
    return Counter(db.session.scalars(select(Message.topic)))


@pytest.fixture
def harmful(context: Flask, cast: Cast) -> tuple[int, int]:
    """(idea, stop signal): somebody says it could harm."""
    number = said(cast.asha)
    vote(cast.bo, number, HARM)
    return number, stop_of(cast.bo, number)


@pytest.mark.parametrize("reason", [StopReason.UNSAFE, StopReason.UNLAWFUL])
def test_harm_and_law_leave_a_message_in_the_transaction_of_the_vote(
    context: Flask, cast: Cast, reason: StopReason
) -> None:
    number = said(cast.asha)

    vote(cast.bo, number, WantedVote(VoteKind.STOP, reason, "It could."))
    vote(cast.bo, number, WantedVote(VoteKind.STOP, reason, "It could."))  # the same again

    told = db.session.scalars(select(Message).where(Message.topic == HARD_STOP)).all()
    assert [one.payload for one in told] == [f'{{"vote_id": {stop_of(cast.bo, number)}}}']


def test_other_reasons_and_refused_stops_tell_nobody(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, TRIED)
    with pytest.raises(DomainError):
        vote(cast.cy, number, WantedVote(VoteKind.STOP, StopReason.UNSAFE))

    assert topics()[HARD_STOP] == 0


def test_programme_reads_a_harmful_one_at_once_and_nobody_else_who_has_not_decided(
    cast: Cast, harmful: tuple[int, int]
) -> None:
    number, stop = harmful

    seen = line(cast.mia, stop)

    assert seen is not None and (seen.words, seen.may_answer, seen.mine) == (HARM.sentence, True, False)
    assert [one.number for one in stop_queries.waiting_stops(viewer(cast.mia))[0]] == [stop]
    for person in (cast.vic, cast.olu, cast.tess, cast.cy, cast.lea):
        assert line(person, stop) is None
        assert stop_queries.stops_page(viewer(person), number).stops == []
        assert stop_queries.waiting_stops(viewer(person))[0] == []


def test_an_answer_is_public_after_deciding_and_the_giver_is_told(cast: Cast, harmful: tuple[int, int]) -> None:
    number, stop = harmful
    vote(cast.cy, number, "pass")

    answer(cast.mia, stop)

    seen = line(cast.cy, stop)
    assert seen is not None and seen.state is StopState.ANSWERED and not seen.may_decide
    assert [(one.by, one.words) for one in seen.answers] == [("Mia", "There is a guard on it now.")]
    assert seen.words == ""  # fewer than three object
    assert line(cast.di, stop) is None
    assert topics()[STOP_ANSWERED] == 1
    step = db.session.scalars(select(Story).where(Story.kind == StoryKind.STOP_ANSWERED)).one()
    assert (step.actor_id, step.words) == (cast.mia, "There is a guard on it now.")


def test_lifted_is_taken_back_and_one_may_vote_anew(cast: Cast, harmful: tuple[int, int]) -> None:
    number, stop = harmful
    answer(cast.mia, stop)

    lift(cast.bo, stop)

    assert stop_queries.open_hard_stops(number) == []
    vote(cast.bo, number, "support")
    assert line(cast.bo, stop).state is StopState.LIFTED  # type: ignore[union-attr]
    assert db.session.get_one(Vote, stop).revoked_at is not None
    assert audit.verify() == []


def test_kept_stands_with_its_date_and_may_be_answered_again_and_lifted(cast: Cast, harmful: tuple[int, int]) -> None:
    stop = harmful[1]
    answer(cast.mia, stop)

    keep(cast.bo, stop)

    seen = line(cast.bo, stop)
    assert seen is not None and (seen.state, seen.kept_at, seen.may_keep) == (StopState.KEPT, NOON, False)
    answer(cast.mia, stop, "And now there is a lid too.")
    assert len(line(cast.bo, stop).answers) == 2  # type: ignore[union-attr]
    lift(cast.bo, stop)
    kinds = db.session.scalars(select(StopStep.kind).where(StopStep.vote_id == stop).order_by(StopStep.number)).all()
    assert kinds == ["answered", "kept", "answered", "lifted"]


def refused(verb, *given) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(DomainError) as caught:
        verb(*given)
    return caught.value.code


def test_each_refusal_of_a_step_has_its_reason(cast: Cast, harmful: tuple[int, int]) -> None:
    number, stop = harmful
    with writing():
        leeds, durban = (db.session.get_one(Place, cast.places[name]) for name in ("Leeds", "Durban"))
        people.grant(db.session.get_one(Person, cast.bo), Role.OWNER, leeds, by_id=None, now=NOON)
        people.grant(db.session.get_one(Person, cast.sam), Role.OWNER, durban, by_id=None, now=NOON)
    vote(cast.sam, number, "pass")

    found = {
        refused(answer, cast.bo, stop),
        refused(answer, cast.sam, stop),
        refused(answer, cast.mia, stop, "  a "),
        refused(answer, cast.mia, stop, "x" * 1001),
        refused(lift, cast.bo, stop),
    }
    answer(cast.mia, stop)
    found |= {refused(answer, cast.mia, stop)}
    keep(cast.bo, stop)
    found |= {refused(keep, cast.bo, stop)}
    lift(cast.bo, stop)
    found |= {refused(answer, cast.mia, stop), refused(lift, cast.bo, stop)}

    assert found == set(StopRefusal)


def test_what_one_may_not_know_does_not_exist(cast: Cast, harmful: tuple[int, int]) -> None:
    stop = harmful[1]

    assert refused(answer, cast.vic, stop) == "not_found"
    assert refused(lift, cast.cy, stop) == "not_found"
    assert refused(keep, cast.mia, stop) == "not_found"
    assert refused(answer, cast.mia, 0) == refused(answer, cast.mia, 2**40) == "not_found"


def test_a_stop_taken_back_without_an_answer_is_gone(cast: Cast, harmful: tuple[int, int]) -> None:
    number, stop = harmful
    vote(cast.bo, number, "none")

    assert refused(answer, cast.mia, stop) == "not_found"
    assert stop_queries.stops_page(viewer(cast.mia), number).stops == []


def test_words_of_others_are_shown_from_three_objectors_on(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    for n, person in enumerate(cast.voters[:3]):
        vote(person, number, TRIED)
        seen = [one.words for one in stop_queries.stops_page(viewer(cast.asha), number).stops]
        assert seen == ([""] * (n + 1) if n < 2 else [TRIED.sentence] * 3)


def test_the_giver_always_reads_their_own(cast: Cast, harmful: tuple[int, int]) -> None:
    number, stop = harmful

    mine = stop_queries.own_stops(viewer(cast.bo))[0]

    assert [(one.number, one.words, one.mine) for one in mine] == [(stop, HARM.sentence, True)]
    assert [one.words for one in stop_queries.stops_page(viewer(cast.bo), number).stops] == [HARM.sentence]


def test_open_hard_stops_are_those_without_an_answer(cast: Cast, harmful: tuple[int, int]) -> None:
    number, stop = harmful
    vote(cast.cy, number, TRIED)

    assert [row.id for row in stop_queries.open_hard_stops(number)] == [stop]
    answer(cast.mia, stop)
    assert stop_queries.open_hard_stops(number) == []


def test_steps_are_only_added(cast: Cast, harmful: tuple[int, int]) -> None:
    answer(cast.mia, harmful[1])

    with pytest.raises(DBAPIError), writing():
        db.session.execute(StopStep.__table__.update().values(words="Nothing to see"))  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError), writing():
        db.session.execute(StopStep.__table__.delete())  # type: ignore[attr-defined]


def test_pages_carry_the_whole_life_of_a_stop_signal_and_no_name(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, HARM)
        stop, giver = stop_of(cast.bo, number), viewer(cast.bo).name
    mia, bo, cy = (signed_in(app, person) for person in (cast.mia, cast.bo, cast.cy))
    assert "It has a stop signal without an answer." not in cy.get(f"/ideas/{number}").get_data(as_text=True)
    send(cy, f"/ideas/{number}/votes", kind="pass")

    waiting = mia.get("/stops").get_data(as_text=True)
    decided = cy.get(f"/ideas/{number}").get_data(as_text=True)
    short = send(mia, f"/stops/{stop}/answers", words="x")
    done = send(mia, f"/stops/{stop}/answers", words="There is a guard now.")
    again = send(mia, f"/stops/{stop}/answers", words="Did you see it?")
    mine = bo.get(f"/ideas/{number}/stops").get_data(as_text=True)
    kept = send(bo, f"/stops/{stop}/keeping")
    lifted = send(bo, f"/stops/{stop}/lifting")
    story = cy.get(f"/ideas/{number}").get_data(as_text=True)

    assert HARM.sentence in waiting and f"/stops/{stop}/answers" in waiting
    assert "It has a stop signal without an answer." in decided
    assert short.status_code == 422 and "Write at least a few words." in short.get_data(as_text=True)
    assert done.status_code == 303
    assert again.status_code == 409 and "Did you see it?" in again.get_data(as_text=True)
    assert "There is a guard now." in mine and f"/stops/{stop}/lifting" in mine
    assert (kept.status_code, lifted.status_code) == (303, 303)
    assert "There is a guard now." in story and "A stop signal was lifted after the answer." in story
    assert "There is a guard now." not in signed_in(app, cast.di).get(f"/ideas/{number}").get_data(as_text=True)
    for page in (waiting, story, cy.get(f"/ideas/{number}/stops").get_data(as_text=True)):
        assert giver not in page


def test_contested_is_told_after_deciding_and_in_triage_with_the_reasons(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        for person in cast.voters[:3]:
            vote(person, number, TRIED)
        for person in cast.voters[3:24]:
            if idea(number).stage != "promoted":
                vote(person, number, "strong")
        assert idea(number).stage == "promoted"

    brief = signed_in(app, cast.vic).get(f"/triage?idea={number}").get_data(as_text=True)
    page = signed_in(app, cast.bo).get(f"/ideas/{number}").get_data(as_text=True)

    assert "Contested." in brief and "we tried it and it did not work (3)" in brief
    assert "3 stop signals without an answer." in brief
    assert CONTESTED in page


@pytest.mark.slow
def test_two_people_answer_one_stop_signal_and_one_answer_stands(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, HARM)
        stop, mia = stop_of(cast.bo, number), viewer(cast.mia)

    found = race(app, 4, lambda n: stops.answer_stop(mia, stop, f"Answer {n}", now=NOON))

    assert Counter(found) == {number: 1, StopRefusal.ALREADY_ANSWERED: 3}
    with app.app_context():
        assert len(db.session.scalars(select(StopStep)).all()) == 1


@pytest.mark.slow
def test_an_answer_while_the_giver_lifts_or_takes_back_never_leaves_half_of_each(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, HARM)
        stop, mia, bo = stop_of(cast.bo, number), viewer(cast.mia), viewer(cast.bo)
        answer(cast.mia, stop)
        keep(cast.bo, stop)

    def step(n: int) -> int:
        if n % 2:
            return stops.lift_stop(bo, stop, now=NOON)
        return stops.answer_stop(mia, stop, "Once more.", now=NOON)

    found = race(app, 6, step)

    assert number in found and set(found) <= {
        number, StopRefusal.ALREADY_ANSWERED, StopRefusal.TAKEN_BACK, "changed_meanwhile"
    }  # fmt: skip
    with app.app_context():
        kinds = db.session.scalars(select(StopStep.kind).order_by(StopStep.number)).all()
        assert kinds.count("lifted") <= 1 and ("lifted" not in kinds or kinds[-1] == "lifted")
        assert (db.session.get_one(Vote, stop).revoked_at is not None) == ("lifted" in kinds)
        assert audit.verify() == []
