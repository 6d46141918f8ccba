"""Taking an answer back: nobody hears of it, and the idea waits as it did before."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.commitments import service as commitments
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, NewPromise
from portal.db import db
from portal.errors import DomainError, Missing
from portal.ideas.models import Idea, Story, StoryUndone
from portal.ideas.words import Stage, StoryKind
from portal.notices.models import Notice
from portal.swarm import merging, scores
from portal.swarm.models import Via, Vote
from portal.swarm.rules import StopReason, VoteKind
from portal.swarm.stop_models import StopStep
from portal.triage import ask, service, undo
from portal.triage.models import Decision, Question
from portal.triage.moves_rules import ACCEPTED, UNDO
from portal.triage.rules import DeclineReason, NewDecline
from portal.web.transactions import writing
from portal.worker import handlers, run_once, schedule
from tests.commitments.factories import SENTENCE, TODAY, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.triage.test_service import make_executive

NO = NewDecline(DeclineReason.LAW_OR_SAFETY, "Reading fees aloud is a legal duty, and we cannot drop it.", "A new law.")
YES = NewPromise(SENTENCE, TODAY + timedelta(days=30))
SOON, LATER = NOON + timedelta(minutes=3), NOON + UNDO + timedelta(seconds=1)


def committed(cast: Cast, **over: object) -> Decision:
    with writing():
        idea = make_promoted(cast)
        service.commit_to(viewer(cast.vic), idea, cast.olu, YES, today=TODAY, now=NOON, **over)  # type: ignore[arg-type]
    return db.session.scalars(select(Decision)).one()


def declined(cast: Cast) -> Decision:
    with writing():
        return service.decline(viewer(cast.vic), make_promoted(cast), NO, today=TODAY, now=NOON)


def stage(idea_id: int) -> Stage:
    return db.session.get_one(Idea, idea_id, populate_existing=True).stage


def told(app: Flask, now: datetime) -> list[str]:
    """The titles of what everybody was told by then, of decisions."""
    work(app, now)
    return list(db.session.scalars(select(Notice.title)))


def work(app: Flask, now: datetime) -> None:
    """Let the worker deliver what is written, and read anew. What it does each day has tests of its own."""
    db.session.rollback()
    daily = {topic for topic, _ in schedule(now)}
    run_once(app, now=now, handlers={topic: act for topic, act in handlers().items() if topic not in daily})
    db.session.rollback()


def refused(who: int, number: int, now: datetime = SOON) -> str:
    with pytest.raises(DomainError) as caught, writing():
        undo.undo(viewer(who), number, now=now)
    return caught.value.code


def test_a_no_that_is_taken_back_is_heard_by_nobody_and_the_idea_waits_again(context: Flask, cast: Cast) -> None:
    made = declined(cast)
    number = made.idea_id

    with writing():
        undo.undo(viewer(cast.vic), made.id, now=SOON)

    assert stage(number) is Stage.PROMOTED
    assert (made.undone_at, made.superseded_at) == (SOON, SOON)
    kinds = [step.kind for step in db.session.scalars(select(Story).where(Story.idea_id == number).order_by(Story.id))]
    assert kinds == [StoryKind.DECLINED, StoryKind.UNDONE]
    assert db.session.scalars(select(StoryUndone.story_id)).all() == [made.story_id]
    assert told(context, LATER) == []
    with writing():
        service.decline(viewer(cast.vic), db.session.get_one(Idea, number), NO, today=TODAY, now=LATER)


def test_what_stands_is_told_after_ten_minutes_and_not_before(context: Flask, cast: Cast) -> None:
    declined(cast)

    assert told(context, NOON + UNDO - timedelta(seconds=1)) == []
    assert told(context, LATER) != []


def test_a_promise_that_is_taken_back_is_on_nobodys_list(context: Flask, cast: Cast) -> None:
    made = committed(cast)

    with writing():
        undo.undo(viewer(cast.vic), made.id, now=SOON)

    assert stage(made.idea_id) is Stage.PROMOTED
    assert db.session.scalars(select(Commitment)).one().state is CommitmentState.HANDED_BACK
    assert told(context, LATER) == []
    with writing():
        idea = db.session.get_one(Idea, made.idea_id)
        service.commit_to(viewer(cast.vic), idea, cast.olu, YES, today=TODAY, now=LATER)


def test_after_the_owner_accepted_it_stands(context: Flask, cast: Cast) -> None:
    made = committed(cast)
    with writing():
        commitments.accept(viewer(cast.olu), db.session.scalars(select(Commitment)).one(), now=SOON)

    assert refused(cast.vic, made.id) == "owner_accepted"
    assert stage(made.idea_id) is Stage.PROMISED


def test_after_the_owner_handed_it_back_there_is_nothing_to_take_back(context: Flask, cast: Cast) -> None:
    made = committed(cast)
    with writing():
        promise = db.session.scalars(select(Commitment)).one()
        commitments.hand_back(viewer(cast.olu), promise, "This belongs to logistics, not to me.", now=SOON)

    assert refused(cast.vic, made.id) == "replaced"


def test_only_whoever_decided_takes_it_back_once_and_in_time(context: Flask, cast: Cast) -> None:
    made = declined(cast)
    with writing():
        make_executive(cast, "mia", "Harbour")

    assert refused(cast.mia, made.id) == "not_your_decision"
    assert refused(cast.asha, made.id) == "not_allowed"
    assert refused(cast.vic, made.id, now=LATER) == "undo_over"
    with writing():
        undo.undo(viewer(cast.vic), made.id, now=SOON)
    assert refused(cast.vic, made.id) == "already_undone"
    for number in (0, 999_999, 2**40):
        with pytest.raises(Missing):
            undo.undo(viewer(cast.vic), number, now=SOON)


def test_accepting_and_taking_back_at_once_one_of_them_wins(app: Flask, cast: Cast) -> None:
    with app.app_context():
        made = committed(cast)
        number, idea_id = made.id, made.idea_id
        vic, olu = viewer(cast.vic), viewer(cast.olu)

    def act(rival: int) -> object:
        if rival:
            return undo.undo(vic, number, now=SOON).id
        promise = db.session.scalars(select(Commitment)).one()
        commitments.accept(olu, promise, now=SOON)
        return "accepted"

    answers = race(app, 2, act)

    with app.app_context():
        state = db.session.scalars(select(Commitment.state)).one()
        if "accepted" in answers:
            assert (state, stage(idea_id)) == (CommitmentState.ACCEPTED, Stage.PROMISED)
            assert "owner_accepted" in answers
        else:
            assert (state, stage(idea_id)) == (CommitmentState.HANDED_BACK, Stage.PROMOTED)
            assert set(answers) & {"handed_back", "changed_meanwhile"}


def test_a_question_that_is_taken_back_may_be_asked_anew(context: Flask, cast: Cast) -> None:
    vic = viewer(cast.vic)
    with writing():
        made = ask.ask(vic, make_promoted(cast), "How often does it happen?", now=NOON)
    with writing():
        undo.undo_question(vic, made.id, now=SOON)

    assert told(context, LATER) == []
    with writing():
        again = ask.ask(vic, db.session.get_one(Idea, made.idea_id), "How often in a week?", now=LATER)
    assert db.session.scalars(select(Question.undone_at).order_by(Question.id)).all() == [SOON, None]
    with writing():
        ask.answer(viewer(cast.asha), again, "Twice a day.", now=LATER)
    with pytest.raises(DomainError) as caught, writing():
        undo.undo_question(vic, again.id, now=LATER)
    assert caught.value.code == "question_answered"


def test_a_merge_that_is_taken_back_is_heard_by_nobody(context: Flask, cast: Cast) -> None:
    vic = viewer(cast.vic)
    with writing():
        one, into = make_promoted(cast), make_promoted(cast)
        made = merging.merge(vic, one, into.id, now=NOON, told_after=UNDO)
        number, idea_id = made.id, one.id
    with writing():
        undo.undo_merge(vic, number, now=SOON)

    assert stage(idea_id) is Stage.PROMOTED
    assert told(context, LATER) == []
    with pytest.raises(DomainError) as caught, writing():
        undo.undo_merge(vic, number, now=SOON)
    assert caught.value.code == "already_undone"


def hard_stop(cast: Cast, idea: Idea, person_id: int) -> Vote:
    scores.make_row(idea.id, NOON)
    vote = Vote(idea_id=idea.id, person_id=person_id, team_id=cast.places["Leeds/Billing"],
                site_id=cast.places["Leeds"], kind=VoteKind.STOP, reason=StopReason.UNLAWFUL,
                sentence="The law asks for a written copy.", via=Via.FEED, at=NOON)  # fmt: skip
    db.session.add(vote)
    db.session.flush()
    return vote


def test_a_stop_of_harm_or_law_holds_a_promise_up_until_it_is_accepted_in_public(context: Flask, cast: Cast) -> None:
    vic = viewer(cast.vic)
    with writing():
        idea = make_promoted(cast)
        stop = hard_stop(cast, idea, cast.bo)
        number, idea_id = stop.id, idea.id
    for accepted in ((), (number + 1,)):
        with pytest.raises(DomainError) as caught, writing():
            service.commit_to(vic, db.session.get_one(Idea, idea_id), cast.olu, YES, today=TODAY, now=NOON,
                              accepted=accepted)  # fmt: skip
        assert caught.value.code == "open_stops"

    with writing():
        service.commit_to(vic, db.session.get_one(Idea, idea_id), cast.olu, YES, today=TODAY, now=NOON,
                          accepted=(number,))  # fmt: skip

    step = db.session.scalars(select(Story).where(Story.kind == StoryKind.STOP_ANSWERED)).one()
    assert (step.words, step.actor_id) == (ACCEPTED, cast.vic)
    assert db.session.scalars(select(StopStep)).all() == []
    work(context, LATER)
    assert [(one.vote_id, one.words) for one in db.session.scalars(select(StopStep))] == [(number, ACCEPTED)]


def test_what_was_accepted_is_open_again_when_the_promise_is_taken_back(context: Flask, cast: Cast) -> None:
    with writing():
        idea = make_promoted(cast)
        number = hard_stop(cast, idea, cast.bo).id
        service.commit_to(viewer(cast.vic), idea, cast.olu, YES, today=TODAY, now=NOON, accepted=(number,))
    made = db.session.scalars(select(Decision)).one()
    with writing():
        undo.undo(viewer(cast.vic), made.id, now=SOON)

    work(context, LATER)

    assert db.session.scalars(select(StopStep)).all() == []
    assert len(db.session.scalars(select(StoryUndone.story_id)).all()) == 2
    with pytest.raises(DomainError) as caught, writing():
        idea = db.session.get_one(Idea, made.idea_id)
        service.commit_to(viewer(cast.vic), idea, cast.olu, YES, today=TODAY, now=LATER)
    assert caught.value.code == "open_stops"
