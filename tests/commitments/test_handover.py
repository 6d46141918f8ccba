"""Who has what somebody who leaves still owed."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.commitments import handover, service
from portal.commitments.handover import Owed
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.errors import Invalid
from portal.ideas import rule_record_service as rules
from portal.ideas.models import Story
from portal.ideas.rule_record_models import RuleChange, RuleRecord
from portal.ideas.rule_record_words import LegalBasis
from portal.ideas.words import Audience, Barrier, StoryKind
from portal.outbox.models import Message
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.service import DEACTIVATED, deactivate, grant
from portal.worker import run_once
from tests.commitments.factories import TODAY, make_promise, viewer
from tests.factories import NOON, Cast

AT = {"by_id": None, "now": NOON}


def make_rule(owner_id: int) -> RuleRecord:
    facts = rules.RuleFacts(
        title="Old router first", says="No new router before the old one is back.", barrier=Barrier.POLICIES,
        owner_id=owner_id, department="Logistics", source="", source_url="", legal_basis=LegalBasis.NONE,
        legal_words="", reviewed_on=None, scope=Audience.ORGANISATION, employer_id=None, site_ids=(),
    )  # fmt: skip
    return rules.new_record(facts, now=NOON)


def owner_of(number: int) -> tuple[int, CommitmentState]:
    row = db.session.execute(select(Commitment.owner_id, Commitment.state).where(Commitment.id == number)).one()
    return row.owner_id, row.state


def test_what_somebody_owes_is_listed_with_what_is_due_first(context: Flask, cast: Cast) -> None:
    with writing():
        later, kept = make_promise(cast), make_promise(cast, state=CommitmentState.CONFIRMED)
        sooner, rule = make_promise(cast, due_on=TODAY.replace(day=9)), make_rule(cast.olu)

    olu, vic = handover.open_duties(cast.olu), handover.open_duties(cast.vic)

    assert [(duty.kind, duty.number) for duty in olu] == [
        (Owed.PROMISE, sooner.id), (Owed.PROMISE, later.id), (Owed.RULE, rule.id - 1), (Owed.RULE, rule.id),
    ]  # fmt: skip
    assert [(duty.kind, duty.number) for duty in vic] == [(Owed.SPONSORED, sooner.id), (Owed.SPONSORED, later.id)]
    assert kept.id not in {duty.number for duty in olu if duty.kind is Owed.PROMISE}
    assert handover.with_duties([cast.asha, cast.olu, cast.vic]) == [cast.olu, cast.vic]


def test_promises_and_rules_are_handed_over_and_the_new_owner_is_asked(context: Flask, cast: Cast) -> None:
    with writing():
        running, done = make_promise(cast), make_promise(cast, state=CommitmentState.DELIVERED)
        rule = make_rule(cast.olu)

        assert handover.hand_over(cast.olu, cast.lea, **AT) == 3
        assert handover.hand_over(cast.olu, cast.lea, **AT) == 0

        assert owner_of(running.id) == (cast.lea, CommitmentState.OFFERED)
        assert owner_of(done.id) == (cast.lea, CommitmentState.DELIVERED)
        db.session.refresh(rule)
        assert rule.owner_id == cast.lea and handover.open_duties(cast.olu) == []
        changes = db.session.execute(select(RuleChange.old, RuleChange.new).where(RuleChange.fact == "owner")).all()
        assert [tuple(row) for row in changes] == [("Olu", "Lea")]
        told = db.session.scalars(select(Story.actor_id).where(Story.kind == StoryKind.HANDED_OVER)).all()
        assert told == [cast.lea] * 2
        service.accept(viewer(cast.lea), db.session.get_one(Commitment, running.id), now=NOON)


@pytest.mark.parametrize("who", ["asha", "olu", "tess"])
def test_only_somebody_who_can_keep_a_promise_is_given_one(context: Flask, cast: Cast, who: str) -> None:
    with writing():
        make_promise(cast)

        with pytest.raises(Invalid) as caught:
            handover.hand_over(cast.olu, getattr(cast, who), **AT)

    assert caught.value.code == "unknown_successor"


def leave(app: Flask, person_id: int) -> None:
    with writing():
        deactivate(db.session.get_one(Person, person_id), by_id=None, now=NOON)
    db.session.remove()
    run_once(app, now=NOON)


def test_without_a_word_the_manager_has_it_then_the_sponsor(context: Flask, cast: Cast) -> None:
    with writing():
        made, rule = make_promise(cast), make_rule(cast.olu)
        number, rule_number = made.id, rule.id
        olu = db.session.get_one(Person, cast.olu)
        olu.manager_id = cast.asha  # who can own nothing, and answers to Lea
        db.session.get_one(Person, cast.asha).manager_id = cast.lea

    leave(context, cast.olu)
    assert owner_of(number) == (cast.lea, CommitmentState.OFFERED)
    assert db.session.get_one(RuleRecord, rule_number).owner_id == cast.lea

    with writing():
        db.session.get_one(Person, cast.lea).manager_id = None
    leave(context, cast.lea)
    assert owner_of(number) == (cast.vic, CommitmentState.OFFERED)
    assert db.session.get_one(RuleRecord, rule_number).owner_id == cast.mia


def test_whoever_made_a_promise_leaves_and_another_one_answers(context: Flask, cast: Cast) -> None:
    with writing():
        number = make_promise(cast).id
        grant(db.session.get_one(Person, cast.lea), Role.EXECUTIVE, db.session.get_one(Place, cast.places["Leeds"]),
              by_id=None, now=NOON)  # fmt: skip
        db.session.get_one(Person, cast.vic).manager_id = cast.lea

    leave(context, cast.vic)

    assert db.session.get_one(Commitment, number).sponsor_id == cast.lea
    assert owner_of(number) == (cast.olu, CommitmentState.ACCEPTED)
    left = select(Message.done_at).where(Message.topic == DEACTIVATED)
    assert db.session.scalars(left).all() == [NOON]
