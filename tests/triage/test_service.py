"""Answering on real databases: one answer stands, whoever is faster."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, NewPromise
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.errors import Conflict, Invalid, Missing, Refused
from portal.ideas.models import Idea, Story
from portal.ideas.words import Audience, Barrier, Stage, StoryKind
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.service import grant
from portal.people.viewer import Viewer
from portal.triage import queries, service, standing
from portal.triage.models import Decision, DecisionKind
from portal.triage.rules import DeclineReason, NewDecline
from portal.triage.suggesting import Candidate, candidates
from portal.web.transactions import writing
from tests.commitments.factories import SENTENCE, TODAY, make_idea, make_promise, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ledger.racing import race

NO = NewDecline(DeclineReason.LAW_OR_SAFETY, "Reading fees aloud is a legal duty, and we cannot drop it.", "A new law.")
YES = NewPromise(SENTENCE, TODAY + timedelta(days=30))


def owners(who: Viewer) -> list[Candidate]:
    return candidates(who, number=1, barrier=Barrier.POLICIES, site_id=None)


def make_executive(cast: Cast, who: str, place: str) -> None:
    person, node = db.session.get_one(Person, getattr(cast, who)), db.session.get_one(Place, cast.places[place])
    grant(person, Role.EXECUTIVE, node, by_id=None, now=NOON)


def test_a_no_is_on_the_record_with_its_reason(context: Flask, cast: Cast) -> None:
    with writing():
        idea_id = make_promoted(cast).id
        service.decline(viewer(cast.vic), db.session.get_one(Idea, idea_id), NO, today=TODAY, now=NOON)

    decision = db.session.scalars(select(Decision)).one()
    assert (decision.kind, decision.reason, decision.by_id) == (DecisionKind.DECLINE, NO.reason, cast.vic)
    assert db.session.get_one(Idea, idea_id).stage is Stage.DECLINED
    step = db.session.scalars(select(Story).where(Story.idea_id == idea_id)).one()
    assert (step.kind, step.words, step.actor_id) == (StoryKind.DECLINED, NO.sentence, cast.vic)
    assert json.loads(step.facts)["reason_label"] == "Law or safety"


def test_a_yes_offers_the_promise_to_its_owner(context: Flask, cast: Cast) -> None:
    with writing():
        idea = make_promoted(cast)
        made = service.commit_to(viewer(cast.vic), idea, cast.olu, YES, today=TODAY, now=NOON)

        assert (made.state, made.owner_id, made.sponsor_id) == (CommitmentState.OFFERED, cast.olu, cast.vic)

    decision = db.session.scalars(select(Decision)).one()
    assert (decision.kind, decision.commitment_id) == (DecisionKind.COMMIT, made.id)


def test_two_executives_at_once_one_wins_and_the_other_is_told(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        idea_id = make_promoted(cast).id
        make_executive(cast, "mia", "Harbour")
        vic, mia = viewer(cast.vic), viewer(cast.mia)

    def work(rival: int) -> object:
        if rival:
            idea = queries.answerable(mia, idea_id)
            return service.commit_to(mia, idea, cast.olu, YES, today=TODAY, now=NOON).id
        return service.decline(vic, queries.answerable(vic, idea_id), NO, today=TODAY, now=NOON).id

    answers = race(app, 2, work)

    assert answers.count("already_decided") == 1
    with app.app_context():
        decision = db.session.scalars(select(Decision)).one()
        promises = db.session.scalar(select(func.count()).select_from(Commitment))
        declined = decision.kind is DecisionKind.DECLINE
        assert promises == (0 if declined else 1)
        assert db.session.get_one(Idea, idea_id).stage is (Stage.DECLINED if declined else Stage.PROMISED)


def test_eight_who_commit_at_once_make_one_promise(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        idea_id = make_promoted(cast).id
        vic = viewer(cast.vic)

    answers = race(
        app,
        8,
        lambda _: service.commit_to(vic, queries.answerable(vic, idea_id), cast.olu, YES, today=TODAY, now=NOON).id,
    )

    assert answers.count("already_decided") == 7
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Commitment)) == 1


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.WITHDRAWN])
def test_what_the_swarm_has_not_carried_is_not_answered(context: Flask, cast: Cast, stage: Stage) -> None:
    with pytest.raises(Conflict) as caught, writing():
        service.decline(viewer(cast.vic), make_idea(cast, stage=stage), NO, today=TODAY, now=NOON)

    assert caught.value.code == "not_promoted"
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 0


@pytest.mark.parametrize("who", ["asha", "olu", "lea", "mia", "tess"])
def test_only_executives_answer(context: Flask, cast: Cast, who: str) -> None:
    with pytest.raises(Refused), writing():
        service.decline(viewer(getattr(cast, who)), make_promoted(cast), NO, today=TODAY, now=NOON)


def test_a_partners_executive_answers_for_the_partners_part_alone(context: Flask, cast: Cast) -> None:
    durban = {"site_id": cast.places["Durban"], "employer_id": cast.places["Brightline"]}
    with writing():
        make_executive(cast, "sam", "Brightline")
        sam = viewer(cast.sam)
        theirs, others = make_promoted(cast, **durban), make_promoted(cast)
        walled = make_promoted(cast, audience=Audience.EMPLOYER, **durban)

        assert {entry.number for entry in queries.queue(sam).entries} == {theirs.id, walled.id}
        assert queries.waiting_count(sam) == 2
        with pytest.raises(Missing):
            queries.answerable(sam, others.id)
        with pytest.raises(Missing):
            queries.brief(sam, others.id)
        with pytest.raises(Refused):
            service.decline(sam, others, NO, today=TODAY, now=NOON)
        service.decline(sam, theirs, NO, today=TODAY, now=NOON)


def test_an_executive_of_another_partner_sees_nothing_of_it(context: Flask, cast: Cast) -> None:
    durban = {"site_id": cast.places["Durban"], "employer_id": cast.places["Brightline"]}
    with writing():
        make_executive(cast, "kim", "Farline")
        walled = make_promoted(cast, audience=Audience.SITE, **durban)
        kim = viewer(cast.kim)

        assert queries.queue(kim).entries == []
        with pytest.raises(Missing):
            queries.answerable(kim, walled.id)


def test_a_partners_executive_promises_only_for_the_partners_own_people(context: Flask, cast: Cast) -> None:
    durban = {"site_id": cast.places["Durban"], "employer_id": cast.places["Brightline"]}
    with writing():
        make_executive(cast, "sam", "Brightline")
        sam = viewer(cast.sam)
        idea = make_promoted(cast, **durban)

        assert [one.id for one in owners(sam)] == [cast.sam]
        with pytest.raises(Invalid) as caught:
            service.commit_to(sam, idea, cast.olu, YES, today=TODAY, now=NOON)

    assert caught.value.code == PromiseRefusal.UNKNOWN_OWNER


def test_possible_owners_hold_a_role_for_it(context: Flask, cast: Cast) -> None:
    assert {one.id for one in owners(viewer(cast.vic))} == {cast.lea, cast.olu, cast.vic}


def test_the_queue_is_what_waits_longest_first(context: Flask, cast: Cast) -> None:
    with writing():
        young = make_promoted(cast, promoted_at=NOON - timedelta(days=1)).id
        old = make_promoted(cast, promoted_at=NOON - timedelta(days=9)).id
        make_promise(cast)
        make_promoted(cast, hidden_at=NOON)

    assert [entry.number for entry in queries.queue(viewer(cast.vic)).entries] == [old, young]


def test_after_a_promise_is_handed_back_no_answer_stands(context: Flask, cast: Cast) -> None:
    with writing():
        number = make_promise(cast, state=CommitmentState.HANDED_BACK).idea_id

    assert standing.standing_decision(number) is None
    assert [entry.number for entry in queries.queue(viewer(cast.vic)).entries] == [number]
    with writing():
        service.decline(viewer(cast.vic), queries.answerable(viewer(cast.vic), number), NO, today=TODAY, now=NOON)
    found = standing.standing_decision(number)
    assert found is not None and found.kind is DecisionKind.DECLINE


def test_numbers_of_an_idea_that_was_never_carried_are_nobodys_to_see(context: Flask, cast: Cast) -> None:
    with writing():
        number = make_idea(cast).id

    with pytest.raises(Missing):
        queries.brief(viewer(cast.vic), number)
