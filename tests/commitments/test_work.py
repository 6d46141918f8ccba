"""What keeping a promise takes, as its owner, its sponsor, helpers and people who wait do it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.commitments import helping, needs, nudges, page_queries, service, steps
from portal.commitments.models import Commitment, DeliverySite, DeliveryWithout
from portal.commitments.rules import CommitmentState, NewDelivery
from portal.commitments.taking_back import take_back
from portal.commitments.work_models import HelpAsk, Nudge, WorkStep
from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.ideas.models import Story
from portal.ideas.words import Audience, StoryKind
from portal.outbox.models import Message
from portal.swarm.models import Via, Vote
from portal.swarm.rules import VoteKind
from portal.triage.undo import UNDO
from tests.commitments.factories import EVIDENCE, TODAY, make_promise, make_promoted, viewer
from tests.factories import NOON, Cast

WORDS = "May we buy forty headsets without a tender?"
WHEN = {"today": TODAY, "zone": "Europe/London", "now": NOON}


def refused(verb: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as caught:
        verb()
    return caught.value.code


def lines_of(number: int) -> list[tuple[str, bool]]:
    query = select(WorkStep.words, WorkStep.done_at).where(WorkStep.commitment_id == number).order_by(WorkStep.place)
    return [(row.words, row.done_at is not None) for row in db.session.execute(query)]


def messages(topic: str) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.topic == topic)))


def told(idea_id: int) -> list[StoryKind]:
    return list(db.session.scalars(select(Story.kind).where(Story.idea_id == idea_id).order_by(Story.id)))


def test_an_owner_keeps_a_checklist_of_at_most_seven_lines_in_order(context: Flask, cast: Cast) -> None:
    with writing():
        olu, made = viewer(cast.olu), make_promise(cast)
        first, second, third = (steps.add_step(olu, made, f"Line {n}", now=NOON).id for n in range(3))

        steps.tick(olu, made, second, done=True, now=NOON)
        steps.move_up(olu, made, third, now=NOON)
        steps.put_in_order(olu, made, [third, first, second], now=NOON)
        steps.remove_step(olu, made, first, now=NOON)
        assert lines_of(made.id) == [("Line 2", False), ("Line 1", True)]
        steps.tick(olu, made, second, done=False, now=NOON)
        for n in range(5):
            steps.add_step(olu, made, f"More {n}", now=NOON)

        assert refused(lambda: steps.add_step(olu, made, "The eighth", now=NOON)) == "too_many_steps"
        assert refused(lambda: steps.add_step(olu, made, " ", now=NOON)) == "step_empty"
        assert refused(lambda: steps.put_in_order(olu, made, [second], now=NOON)) == "steps_changed"
        assert refused(lambda: steps.tick(viewer(cast.vic), made, second, done=True, now=NOON)) == "not_the_owner"
        with pytest.raises(Missing):
            steps.tick(olu, made, first, done=True, now=NOON)
        with pytest.raises(Missing):
            steps.move_up(olu, make_promise(cast), second, now=NOON)


def test_what_the_owner_cannot_decide_goes_to_the_sponsor_and_both_are_public(context: Flask, cast: Cast) -> None:
    with writing():
        olu, vic, made = viewer(cast.olu), viewer(cast.vic), make_promise(cast)
        need = needs.need_decision(olu, made, WORDS, now=NOON)

        assert refused(lambda: needs.need_decision(olu, made, WORDS, now=NOON)) == "already_asked"
        assert refused(lambda: needs.decide(olu, made, WORDS, now=NOON)) == "not_allowed"
        assert refused(lambda: needs.decide(vic, made, "Yes.", now=NOON)) == "need_too_short"
        needs.decide(vic, made, "Yes, up to two thousand pounds.", now=NOON)

        db.session.refresh(need)
        assert (need.answered_by_id, need.answered_at) == (cast.vic, NOON)
        assert refused(lambda: needs.decide(vic, made, WORDS, now=NOON)) == "nothing_asked"
        assert told(made.idea_id)[-2:] == [StoryKind.DECISION_NEEDED, StoryKind.DECISION_GIVEN]
        assert [len(messages(f"commitments.decision_{how}")) for how in ("needed", "given")] == [1, 1]


def strong(cast: Cast, idea_id: int, *people: int) -> None:
    for kind, some in ((VoteKind.STRONG, people), (VoteKind.SUPPORT, (cast.voters[9],))):
        for person in some:
            who = viewer(person)
            db.session.add(Vote(idea_id=idea_id, person_id=person, team_id=who.team_id, site_id=who.site_id,
                                kind=kind, via=Via.FEED, at=NOON))  # fmt: skip
    db.session.flush()


def test_help_is_asked_of_strong_supporters_alone_and_only_those_who_join_are_named(context: Flask, cast: Cast) -> None:
    with writing():
        olu, made = viewer(cast.olu), make_promise(cast)
        bo, cy, di = (viewer(one) for one in (cast.bo, cast.cy, cast.di))
        strong(cast, made.idea_id, bo.id, cy.id)

        call = helping.call_for_help(olu, made, "Somebody who tests it on the late shift.", now=NOON)
        asked = set(db.session.scalars(select(HelpAsk.person_id).where(HelpAsk.call_id == call.id)))
        assert asked == {bo.id, cy.id}
        assert refused(lambda: helping.call_for_help(olu, made, WORDS, now=NOON)) == "already_calling"
        assert refused(lambda: helping.answer_call(di, made, joins=True, now=NOON)) == "not_asked_to_help"
        helping.answer_call(bo, made, joins=True, now=NOON)
        helping.answer_call(cy, made, joins=False, now=NOON)

        assert refused(lambda: helping.answer_call(cy, made, joins=True, now=NOON)) == "answered_already"
        page = page_queries.page_of(di, made.id, today=TODAY, zone="UTC")
        assert list(page.work.helpers) == [db_name(bo.id)] and not page.work.asked_me
        steps_told = [step.actor for step in page.steps if step.kind is StoryKind.HELPER_JOINED]
        assert steps_told == [db_name(bo.id)]
        assert len(messages("commitments.helper_joined")) == 1
        helping.enough_help(olu, made, now=NOON)
        assert refused(lambda: helping.enough_help(olu, made, now=NOON)) == "not_calling"
        assert refused(lambda: helping.enough_help(bo, made, now=NOON)) == "not_the_owner"
        assert refused(lambda: helping.answer_call(cy, made, joins=True, now=NOON)) == "not_calling"


def db_name(person_id: int) -> str:
    return viewer(person_id).name


def test_a_person_nudges_a_promise_once_a_week_and_its_owner_gets_one_message_a_day(context: Flask, cast: Cast) -> None:
    with writing():
        made, other = make_promise(cast), make_promise(cast)
        asha, bo = viewer(cast.asha), viewer(cast.bo)

        assert [nudges.nudge(one, made, **WHEN) for one in (asha, bo)] == [1, 2]
        nudges.nudge(asha, other, **WHEN)
        assert refused(lambda: nudges.nudge(asha, made, **WHEN)) == "already_nudged"
        assert refused(lambda: nudges.nudge(viewer(cast.olu), made, **WHEN)) == "own_promise"
        later = {"today": TODAY + timedelta(days=7), "zone": "Europe/London", "now": NOON + timedelta(days=7)}
        assert nudges.nudge(asha, made, **later) == 3

        digests = messages("commitments.nudged")
        assert [one.available_at - one.created_at for one in digests] == [timedelta(hours=20)] * 2
        assert db.session.scalar(select(func.count()).select_from(Nudge)) == 4


def test_the_owner_hears_first_and_the_sponsor_two_working_days_later(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, state=CommitmentState.OFFERED)

        (offered,), (silent,) = messages("commitments.offered"), messages("commitments.silent")
        assert made.accept_by == silent.available_at
        assert offered.available_at == NOON + UNDO
        assert timedelta(days=1) < silent.available_at - offered.available_at <= timedelta(days=2)


def test_an_offer_that_nobody_has_heard_of_is_taken_back(context: Flask, cast: Cast) -> None:
    with writing():
        made, taken = make_promise(cast, state=CommitmentState.OFFERED), make_promise(cast)
        take_back(made, made.sponsor_id, now=NOON)
        db.session.refresh(made)

        assert made.state is CommitmentState.HANDED_BACK
        assert refused(lambda: take_back(taken, taken.sponsor_id, now=NOON)) == "changed_meanwhile"


def test_sites_that_got_it_and_those_that_did_not_are_kept_and_frozen(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, state=CommitmentState.CONFIRMED)
        got, without = (set(db.session.scalars(select(model.site_id))) for model in (DeliverySite, DeliveryWithout))
        assert got == {cast.places["Leeds"]}
        assert without == {cast.places[name] for name in ("Belfast", "Durban", "Manila")}
        delivery = db.session.scalars(select(DeliverySite.delivery_id)).one()

    page = page_queries.page_of(viewer(cast.bo), made.id, today=TODAY, zone="UTC")
    assert page.delivered is not None and page.delivered.without == ("Belfast", "Durban", "Manila")
    frozen = [
        lambda: db.session.add(DeliverySite(delivery_id=delivery, site_id=cast.places["Durban"])),
        lambda: db.session.query(DeliverySite).delete(),
        lambda: db.session.query(Commitment).update({"live_from": TODAY - timedelta(days=9)}),
        lambda: db.session.query(Commitment).update({"kept_late": True}),
    ]
    for change in frozen:
        with pytest.raises(IntegrityError), writing():
            change()
            db.session.flush()


def test_what_only_one_site_may_read_is_compared_with_no_other(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, idea=make_promoted(cast, audience=Audience.SITE))
        service.deliver(viewer(cast.olu), made, NewDelivery(TODAY, (cast.places["Leeds"],), EVIDENCE), today=TODAY,
                        now=NOON)  # fmt: skip

        assert list(db.session.scalars(select(DeliveryWithout.site_id))) == []
