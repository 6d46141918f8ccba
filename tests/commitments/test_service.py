"""The verbs of promises on real databases: what they change, and what they leave alone."""

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments import service
from portal.commitments.models import (
    Commitment,
    Delivery,
    DeliverySite,
    DeliveryVerdict,
    HandBack,
    PromisedDate,
    Update,
)
from portal.commitments.rules import CommitmentState, NewDelivery, NewPromise
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.errors import Conflict, DomainError, Invalid, Refused
from portal.ideas.models import Idea, Story
from portal.ideas.words import Names, Stage, StoryKind
from portal.ledger import service as ledger
from portal.ledger.postings import AccountKind
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.service import deactivate, grant
from portal.rewards import service as rewards
from portal.rewards.models import Award
from portal.rewards.rules import Share
from portal.triage import service as triage
from portal.triage.models import Decision
from portal.web.transactions import writing
from tests.commitments.factories import EVIDENCE, SENTENCE, TODAY, make_promise, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ledger.racing import race

WHY = "The supplier delivers two weeks late."
LATER = NOON + timedelta(hours=1)


def stage_of(idea_id: int) -> Stage:
    found = db.session.scalar(select(Idea.stage).where(Idea.id == idea_id))
    assert found is not None
    return found


def story_of(idea_id: int) -> list[StoryKind]:
    return list(db.session.scalars(select(Story.kind).where(Story.idea_id == idea_id).order_by(Story.id)))


def last_step(idea_id: int) -> tuple[Story, dict[str, object]]:
    step = db.session.scalars(select(Story).where(Story.idea_id == idea_id).order_by(Story.id.desc())).first()
    assert step is not None
    return step, json.loads(step.facts)


def delivery(cast: Cast, **over: object) -> NewDelivery:
    values = {"live_from": TODAY, "site_ids": (cast.places["Leeds"],), "evidence": EVIDENCE} | over
    return NewDelivery(**values)  # type: ignore[arg-type]


def test_from_carried_to_done_with_points_for_author_and_owner(context: Flask, cast: Cast) -> None:
    with writing():
        rewards.open_budget(
            "Spring", 5_000, starts_at=NOON, ends_at=NOON + timedelta(days=90), approver_id=None, now=NOON
        )
        idea_id = make_promoted(cast).id
    promise = NewPromise(SENTENCE, TODAY + timedelta(days=30))
    vic, olu = viewer(cast.vic), viewer(cast.olu)

    with writing():
        number = triage.commit_to(vic, db.session.get_one(Idea, idea_id), cast.olu, promise, today=TODAY, now=NOON).id
    with writing():
        service.accept(olu, db.session.get_one(Commitment, number), now=NOON)
    with writing():
        service.post_update(olu, db.session.get_one(Commitment, number), "The **script** is written.", now=NOON)
    with writing():
        service.deliver(olu, db.session.get_one(Commitment, number), delivery(cast), today=TODAY, now=NOON)
    with writing():
        service.confirm(vic, db.session.get_one(Commitment, number), now=NOON)

    made = db.session.get_one(Commitment, number)
    assert (made.state, stage_of(idea_id)) == (CommitmentState.CONFIRMED, Stage.DONE)
    assert story_of(idea_id) == [
        StoryKind.COMMITTED, StoryKind.ACCEPTED, StoryKind.UPDATED, StoryKind.DELIVERED, StoryKind.CONFIRMED,
    ]  # fmt: skip
    awards = db.session.execute(select(Award.person_id, Award.share, Award.hidden)).all()
    assert {tuple(award) for award in awards} == {(cast.asha, Share.AUTHOR, True), (cast.olu, Share.IMPLEMENTER, False)}
    assert ledger.available(ledger.account(AccountKind.PERSON, f"person:{cast.olu}")) > 0


def test_committing_is_told_with_owner_date_and_sentence(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, state=CommitmentState.OFFERED)
        idea_id = made.idea_id

    step, facts = last_step(idea_id)
    assert (step.kind, step.actor_id, step.words) == (StoryKind.COMMITTED, cast.vic, SENTENCE)
    assert (facts["owner"], facts["due_on"]) == ("Olu", (TODAY + timedelta(days=30)).isoformat())
    assert stage_of(idea_id) is Stage.PROMISED
    assert db.session.scalar(select(func.count()).select_from(PromisedDate)) == 1


def test_an_idea_without_a_stored_author_pays_its_owner_alone(context: Flask, cast: Cast) -> None:
    with writing():
        idea = make_promoted(cast, names=Names.NONE, author_id=None)
        make_promise(cast, idea=idea, state=CommitmentState.CONFIRMED)

    assert list(db.session.scalars(select(Award.share))) == [Share.IMPLEMENTER]


def test_no_step_of_the_story_names_a_hidden_author(context: Flask, cast: Cast) -> None:
    with writing():
        make_promise(cast, state=CommitmentState.CONFIRMED)

    assert cast.asha not in set(db.session.scalars(select(Story.actor_id)))
    assert not any("Asha" in text for row in db.session.execute(select(Story.words, Story.facts)) for text in row)


def test_handing_back_brings_the_idea_to_the_executives_again_and_makes_room_for_another_promise(
    context: Flask, cast: Cast
) -> None:
    with writing():
        first = make_promise(cast, state=CommitmentState.HANDED_BACK)
        idea_id, first_id = first.idea_id, first.id
    assert stage_of(idea_id) is Stage.PROMOTED

    with writing():
        second = make_promise(cast, idea=db.session.get_one(Idea, idea_id), now=LATER)
        second_id = second.id

    standing = select(Decision.commitment_id).where(Decision.superseded_at.is_(None))
    assert list(db.session.scalars(standing)) == [second_id]
    assert stage_of(idea_id) is Stage.PROMISED
    assert db.session.scalar(select(HandBack.commitment_id)) == first_id


def test_every_date_ever_named_stays(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, due_on=TODAY + timedelta(days=10))
        late = TODAY + timedelta(days=12)
        service.move_date(viewer(cast.olu), made, TODAY + timedelta(days=40), WHY, today=late, now=LATER)
        number, idea_id = made.id, made.idea_id

    dates = list(db.session.scalars(select(PromisedDate.due_on).order_by(PromisedDate.id)))
    assert dates == [TODAY + timedelta(days=10), TODAY + timedelta(days=40)]
    assert db.session.get_one(Commitment, number).due_on == dates[-1]
    step, facts = last_step(idea_id)
    assert (step.kind, step.words, facts["missed"]) == (StoryKind.DATE_MOVED, WHY, True)
    assert facts["due_before"] == dates[0].isoformat()


def test_sent_back_is_open_again_and_can_be_delivered_and_confirmed(context: Flask, cast: Cast) -> None:
    vic, olu = viewer(cast.vic), viewer(cast.olu)
    with writing():
        made = make_promise(cast, state=CommitmentState.DELIVERED)
        number, idea_id = made.id, made.idea_id
        service.send_back(vic, made, "Durban does not have it yet.", now=NOON)
    between = (db.session.get_one(Commitment, number).state, stage_of(idea_id))

    with writing():
        both = (cast.places["Leeds"], cast.places["Durban"], cast.places["Durban"])
        service.deliver(
            olu, db.session.get_one(Commitment, number), delivery(cast, site_ids=both), today=TODAY, now=LATER
        )
    with writing():
        service.confirm(viewer(cast.mia), db.session.get_one(Commitment, number), now=LATER)

    assert between == (CommitmentState.ACCEPTED, Stage.PROMISED)
    assert stage_of(idea_id) is Stage.DONE
    assert list(db.session.scalars(select(DeliveryVerdict.confirmed).order_by(DeliveryVerdict.id))) == [False, True]
    newest = select(func.max(Delivery.id)).scalar_subquery()
    sites = select(func.count()).select_from(DeliverySite).where(DeliverySite.delivery_id == newest)
    assert db.session.scalar(sites) == 2


def test_the_owner_cannot_confirm_even_as_an_executive(context: Flask, cast: Cast) -> None:
    with writing():
        olu, top = db.session.get_one(Person, cast.olu), db.session.get_one(Place, cast.places["Harbour"])
        grant(olu, Role.EXECUTIVE, top, by_id=None, now=NOON)
        number = make_promise(cast, state=CommitmentState.DELIVERED).id

    with pytest.raises(Refused) as caught, writing():
        service.confirm(viewer(cast.olu), db.session.get_one(Commitment, number), now=NOON)

    assert caught.value.code == PromiseRefusal.SECOND_PERSON
    assert db.session.scalar(select(func.count()).select_from(Award)) == 0


def test_an_executive_of_another_part_of_the_organisation_does_not_confirm(context: Flask, cast: Cast) -> None:
    with writing():
        kim, farline = db.session.get_one(Person, cast.kim), db.session.get_one(Place, cast.places["Farline"])
        grant(kim, Role.EXECUTIVE, farline, by_id=None, now=NOON)
        number = make_promise(cast, state=CommitmentState.DELIVERED).id

    with pytest.raises(Refused) as caught, writing():
        service.confirm(viewer(cast.kim), db.session.get_one(Commitment, number), now=NOON)

    assert caught.value.code == PromiseRefusal.NOT_A_CONFIRMER


@pytest.mark.parametrize("who", ["asha", "tess"])
def test_whoever_answers_no_ideas_cannot_confirm_at_all(context: Flask, cast: Cast, who: str) -> None:
    with writing():
        number = make_promise(cast, state=CommitmentState.DELIVERED).id

    with pytest.raises(Refused) as caught, writing():
        service.confirm(viewer(getattr(cast, who)), db.session.get_one(Commitment, number), now=NOON)

    assert caught.value.code == "not_allowed"


def test_only_active_people_with_a_role_for_it_can_be_owners(context: Flask, cast: Cast) -> None:
    with writing():
        idea = make_promoted(cast)
        deactivate(db.session.get_one(Person, cast.lea), by_id=None, now=NOON)
        promise = NewPromise(SENTENCE, TODAY + timedelta(days=30))

        for nobody in (cast.asha, cast.lea, 999_999):
            with pytest.raises(Invalid) as caught:
                service.make_promise(idea, nobody, cast.vic, promise, today=TODAY, now=NOON)
            assert caught.value.code == PromiseRefusal.UNKNOWN_OWNER


def test_a_metric_nobody_knows_is_refused(context: Flask, cast: Cast) -> None:
    with pytest.raises(Invalid) as caught, writing():
        promise = NewPromise(SENTENCE, TODAY + timedelta(days=30), metric_id=4711)
        service.make_promise(make_promoted(cast), cast.olu, cast.vic, promise, today=TODAY, now=NOON)

    assert caught.value.code == PromiseRefusal.UNKNOWN_METRIC


def test_a_team_is_no_site_and_nothing_is_delivered(context: Flask, cast: Cast) -> None:
    with writing():
        number = make_promise(cast).id
    wrong = delivery(cast, site_ids=(cast.places["Leeds"], cast.places["Leeds/Billing"]))

    with pytest.raises(Invalid) as caught, writing():
        service.deliver(viewer(cast.olu), db.session.get_one(Commitment, number), wrong, today=TODAY, now=NOON)

    assert caught.value.code == PromiseRefusal.UNKNOWN_SITE
    assert db.session.get_one(Commitment, number).state is CommitmentState.ACCEPTED
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_a_promise_about_an_idea_that_moved_on_is_refused(context: Flask, cast: Cast) -> None:
    with writing():
        idea = make_promoted(cast, stage=Stage.PROMOTED)
        make_promise(cast, idea=idea)

        with pytest.raises(Conflict) as caught:
            promise = NewPromise(SENTENCE, TODAY + timedelta(days=30))
            service.make_promise(idea, cast.olu, cast.vic, promise, today=TODAY, now=NOON)

    assert caught.value.code == "stage_changed"


def test_what_changed_between_reading_and_writing_is_not_overwritten(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, due_on=TODAY + timedelta(days=10))
        read = Commitment(**{column.name: getattr(made, column.name) for column in Commitment.__table__.columns})
        service.move_date(viewer(cast.olu), made, TODAY + timedelta(days=20), WHY, today=TODAY, now=NOON)

        with pytest.raises(Conflict) as caught:
            service.move_date(viewer(cast.olu), read, TODAY + timedelta(days=15), WHY, today=TODAY, now=NOON)

    assert caught.value.code == PromiseRefusal.CHANGED_MEANWHILE


def test_accepting_and_handing_back_at_once_lets_one_of_them_win(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        made = make_promise(cast, state=CommitmentState.OFFERED)
        number, idea_id = made.id, made.idea_id
        olu = viewer(cast.olu)

    def work(rival: int) -> object:
        promise = db.session.get_one(Commitment, number)
        if rival:
            return service.accept(olu, promise, now=NOON)
        return service.hand_back(olu, promise, WHY, now=NOON)

    answers = race(app, 2, work)

    assert answers.count(None) == 1
    assert set(answers) - {None} <= {"changed_meanwhile", "already_accepted", "handed_back"}
    with app.app_context():
        won = db.session.get_one(Commitment, number).state
        assert stage_of(idea_id) is (Stage.PROMISED if won is CommitmentState.ACCEPTED else Stage.PROMOTED)


def test_confirming_many_times_at_once_pays_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promise(cast, state=CommitmentState.DELIVERED).id
        vic = viewer(cast.vic)

    answers = race(app, 5, lambda _: service.confirm(vic, db.session.get_one(Commitment, number), now=NOON))

    assert answers.count(None) == 1
    assert set(answers) - {None} <= {"changed_meanwhile", "already_confirmed"}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Award)) == 2


@pytest.mark.parametrize("state", list(CommitmentState))
def test_a_refused_update_leaves_no_trace(context: Flask, cast: Cast, state: CommitmentState) -> None:
    with writing():
        made = make_promise(cast, state=state)
        number, idea_id, steps = made.id, made.idea_id, len(story_of(made.idea_id))

    with pytest.raises(DomainError), writing():
        service.post_update(viewer(cast.vic), db.session.get_one(Commitment, number), "Not mine to tell.", now=NOON)

    assert db.session.scalar(select(func.count()).select_from(Update)) == 0
    assert len(story_of(idea_id)) == steps


def test_dates_out_of_reach_are_refused_for_new_dates_too(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast)

        for wrong in (TODAY, TODAY - timedelta(days=1), date(9999, 12, 31)):
            with pytest.raises(Invalid) as caught:
                service.move_date(viewer(cast.olu), made, wrong, WHY, today=TODAY, now=NOON)
            assert "due_on" in caught.value.fields
