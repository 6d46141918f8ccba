"""Whatever owner, sponsor and colleagues do one after the other is refused by name, or keeps every invariant."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.commitments import handover, helping, needs, nudges, service, steps
from portal.commitments.models import Commitment, Delivery, DeliverySite, DeliveryVerdict, PromisedDate
from portal.commitments.rules import OVER, CommitmentState, NewDelivery, day_in
from portal.commitments.work_models import DecisionNeed, HelpCall, Nudge, WorkStep
from portal.db import db, writing
from portal.errors import DomainError
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from tests.commitments.factories import EVIDENCE, make_promise, viewer
from tests.factories import NOON, Cast

Verb = Callable[[Viewer, Commitment, date, datetime], Any]
WHY = "The supplier is late by two weeks."
STAGES = {CommitmentState.OFFERED: Stage.PROMISED, CommitmentState.ACCEPTED: Stage.PROMISED,
          CommitmentState.HANDED_BACK: Stage.PROMOTED, CommitmentState.DELIVERED: Stage.DELIVERED,
          CommitmentState.CONFIRMED: Stage.DONE}  # fmt: skip


def verbs(cast: Cast) -> dict[str, Verb]:
    done = NewDelivery(NOON.date(), (cast.places["Leeds"],), EVIDENCE)
    return {
        "accept": lambda who, one, day, now: service.accept(who, one, now=now),
        "hand back": lambda who, one, day, now: service.hand_back(who, one, WHY, now=now),
        "update": lambda who, one, day, now: service.post_update(who, one, "It moves on.", now=now),
        "move": lambda who, one, day, now: service.move_date(
            who, one, day + timedelta(days=20), WHY, today=day, now=now
        ),
        "deliver": lambda who, one, day, now: service.deliver(who, one, done, today=day, now=now),
        "confirm": lambda who, one, day, now: service.confirm(who, one, now=now),
        "send back": lambda who, one, day, now: service.send_back(who, one, WHY, now=now),
        "step": lambda who, one, day, now: steps.add_step(who, one, "One more line", now=now),
        "need": lambda who, one, day, now: needs.need_decision(who, one, WHY, now=now),
        "decide": lambda who, one, day, now: needs.decide(who, one, WHY, now=now),
        "help": lambda who, one, day, now: helping.call_for_help(who, one, WHY, now=now),
        "nudge": lambda who, one, day, now: nudges.nudge(who, one, today=day, zone="Europe/London", now=now),
        "leave": lambda who, one, day, now: handover.hand_over(one.owner_id, cast.lea, by_id=None, now=now),
    }


TRIES = st.lists(
    st.tuples(
        st.sampled_from(["accept", "hand back", "update", "move", "deliver", "confirm", "send back", "step", "need",
                         "decide", "help", "nudge", "leave"]),
        st.sampled_from(["owner", "owner", "vic", "lea", "asha"]), st.sampled_from([0, 0, 3, 20]),
    ),
    max_size=10,
)  # fmt: skip


def test_any_sequence_is_refused_by_name_or_keeps_every_invariant(context: Flask, cast: Cast) -> None:
    with writing():
        people = {name: viewer(getattr(cast, name)) for name in ("olu", "vic", "lea", "asha")}
    can = verbs(cast)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(tries=TRIES, begins=st.sampled_from([CommitmentState.OFFERED, CommitmentState.ACCEPTED]))
    def live(tries: list[tuple[str, str, int]], begins: CommitmentState) -> None:
        db.session.rollback()
        with db.session.begin_nested() as life:
            made, now = make_promise(cast, state=begins), NOON
            owners = {cast.olu: people["olu"], cast.lea: people["lea"]}
            for verb, who, days in tries:
                now += timedelta(days=days)
                before = seen(made)
                actor = owners[made.owner_id] if who == "owner" else people[who]
                try:
                    with db.session.begin_nested():
                        can[verb](actor, made, day_in("Europe/London", now), now)
                except DomainError as refused:
                    db.session.refresh(made)
                    assert refused.code and seen(made) == before, "what is refused changes nothing"
                else:
                    db.session.refresh(made)
                    keeps(made, before, verb, actor)
            life.rollback()

    live()


def seen(made: Commitment) -> dict[str, Any]:
    number = made.id

    def count(model: Any) -> Any:
        return select(func.count()).select_from(model).where(model.commitment_id == number).scalar_subquery()

    facts = {model.__name__: count(model) for model in (PromisedDate, Delivery, WorkStep, Nudge)}
    facts["needs"] = count(DecisionNeed)
    row = db.session.execute(select(*(part.label(name) for name, part in facts.items()))).one()
    return dict(row._mapping) | {"state": made.state, "owner": made.owner_id, "due": made.due_on,
                                 "live": made.live_from, "late": made.kept_late}  # fmt: skip


def keeps(made: Commitment, before: dict[str, Any], verb: str, actor: Viewer) -> None:
    after = seen(made)
    if verb == "leave" and before["state"] in OVER:
        assert after == before, "what is over is nobody's duty"
        return
    assert before["state"] not in OVER, "what is over stays over"
    assert db.session.scalar(select(Idea.stage).where(Idea.id == made.idea_id)) is STAGES[made.state]
    assert after["PromisedDate"] == before["PromisedDate"] + (verb == "move"), "every date ever named stays"
    newest = select(PromisedDate.due_on).where(PromisedDate.commitment_id == made.id).order_by(PromisedDate.id.desc())
    assert db.session.scalar(newest.limit(1)) == made.due_on
    assert (made.kept_late is not None) is (made.state is CommitmentState.CONFIRMED)
    assert after["WorkStep"] <= 7 and made.nudges == after["Nudge"]
    opened = select(func.count()).select_from(HelpCall).where(
        HelpCall.commitment_id == made.id, HelpCall.closed_at.is_(None))  # fmt: skip
    closed = made.state in (CommitmentState.DELIVERED, CommitmentState.CONFIRMED, CommitmentState.HANDED_BACK)
    assert (db.session.scalar(opened) or 0) <= (0 if closed else 1)
    owner_only = {"accept", "hand back", "update", "move", "deliver", "step", "need", "help"}
    assert verb == "leave" or (actor.id == before["owner"]) is (verb in owner_only)
    if made.state is CommitmentState.CONFIRMED:
        looked = select(DeliveryVerdict.by_id, Delivery.by_id.label("by"), DeliverySite.site_id).join(
            Delivery, Delivery.id == DeliveryVerdict.delivery_id).join(
            DeliverySite, DeliverySite.delivery_id == Delivery.id)  # fmt: skip
        row = db.session.execute(looked.where(Delivery.commitment_id == made.id,
                                              DeliveryVerdict.confirmed)).one()  # fmt: skip
        assert row.by_id != made.owner_id
