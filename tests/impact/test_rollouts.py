"""Where a change is live: taken from the sign-off, frozen, and taken back in public."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments import service
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, NewDelivery
from portal.db import db, writing
from portal.errors import Conflict, Refused
from portal.ideas.models import Story
from portal.ideas.words import StoryKind
from portal.impact import rollouts
from portal.impact.models import Rollout
from portal.impact.plan_words import RollBackRefusal
from portal.impact.rollout_queries import rollouts_of
from portal.impact.rollout_rules import NewRollBack
from portal.notices.models import Notice
from portal.worker import run_once
from tests.commitments.factories import EVIDENCE, make_promise, viewer
from tests.factories import NOON, Cast, send, signed_in

TODAY = NOON.date()
LIVE = TODAY - timedelta(days=30)
WHY = "Calls about it doubled in two weeks."


def test_once_confirmed_each_site_and_queue_is_live_since_its_own_day(app: Flask, cast: Cast) -> None:
    number = kept(app, cast, {"Leeds": None, "Durban": LIVE + timedelta(days=14)}, reasons=("Moves", "Faults"))
    run_once(app, now=NOON)

    with app.app_context():
        found = [(unit.name, unit.live_from, unit.live_to) for unit in rollouts_of(number)]

    assert found == [
        ("Leeds, Faults", LIVE, None),
        ("Leeds, Moves", LIVE, None),
        ("Durban, Faults", LIVE + timedelta(days=14), None),
        ("Durban, Moves", LIVE + timedelta(days=14), None),
    ]


def test_nothing_is_live_before_a_second_person_has_looked_and_twice_gives_the_same(app: Flask, cast: Cast) -> None:
    number = kept(app, cast, {"Leeds": None}, confirmed=False)
    with app.app_context(), writing():
        rollouts.from_delivery(1)
        assert rollouts_of(number) == []
        service.confirm(viewer(cast.vic), db.session.get_one(Commitment, number), now=NOON)
        for _ in range(2):
            rollouts.from_delivery(1)
        row = db.session.scalars(select(Rollout)).one()
        assert (row.delivery_id, row.confirmed_by_id, row.confirmed_at, row.reason) == (1, cast.vic, NOON, None)


def test_a_unit_that_is_taken_back_stops_and_followers_hear_of_it(app: Flask, cast: Cast) -> None:
    number = kept(app, cast, {"Leeds": None, "Durban": None})
    run_once(app, now=NOON)
    day = TODAY - timedelta(days=2)
    with app.app_context(), writing():
        promise = db.session.get_one(Commitment, number)
        leeds = next(unit.rollout_id for unit in rollouts_of(number) if unit.place == "Leeds")
        wanted = NewRollBack((leeds,), day, WHY)
        rollouts.roll_back(viewer(cast.vic), promise, wanted, today=TODAY, now=NOON)
    with app.app_context():
        assert {unit.place: unit.live_to for unit in rollouts_of(number)} == {"Leeds": day, "Durban": None}
        step = db.session.scalars(select(Story).where(Story.kind == StoryKind.ROLLED_BACK)).one()
        assert (step.words, step.actor_id) == (WHY, cast.vic)
        with pytest.raises(Conflict) as twice, writing():
            again = db.session.get_one(Commitment, number)
            rollouts.roll_back(viewer(cast.vic), again, wanted, today=TODAY, now=NOON)
        assert twice.value.code == RollBackRefusal.ALREADY_ROLLED_BACK
    run_once(app, now=NOON)
    with app.app_context():
        told = select(func.count()).where(Notice.title.contains("taken back"), Notice.person_id == cast.asha)
        assert db.session.scalar(told) == 1
    page = signed_in(app, cast.asha).get(f"/commitments/{number}").get_data(as_text=True)
    assert "Taken back in Leeds" in page and WHY in page and "Vic says that it was taken back" in page


def test_only_those_who_answer_for_it_take_it_back(app: Flask, cast: Cast) -> None:
    number = kept(app, cast, {"Leeds": None})
    with app.app_context():
        for who in (cast.asha, cast.lea, cast.tess):
            with pytest.raises(Refused) as refused, writing():
                promise = db.session.get_one(Commitment, number)
                rollouts.roll_back(viewer(who), promise, NewRollBack((1,), TODAY, WHY), today=TODAY, now=NOON)
            assert refused.value.code == RollBackRefusal.NOT_WHO_MAY


def test_the_form_takes_a_day_for_each_site_and_queues_and_loses_nothing(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promise(cast, now=NOON - timedelta(days=60), due_on=TODAY).id
    olu = signed_in(app, cast.olu)
    leeds, durban = cast.places["Leeds"], cast.places["Durban"]
    done = {"live_from": LIVE.isoformat(), "sites": [leeds], "evidence": EVIDENCE, "reasons": "Moves\nMoves\n",
            f"since_{durban}": (LIVE + timedelta(days=14)).isoformat()}  # fmt: skip

    alone = send(olu, f"/commitments/{number}/deliveries", **done)
    early = send(olu, f"/commitments/{number}/deliveries", **done | {
        "sites": [leeds, durban], f"since_{durban}": (LIVE - timedelta(days=1)).isoformat()})  # fmt: skip
    fine = send(olu, f"/commitments/{number}/deliveries", **done | {"sites": [leeds, durban]})

    assert alone.status_code == early.status_code == 422 and fine.status_code == 303
    assert "a site that is not chosen" in alone.get_data(as_text=True)
    assert (LIVE + timedelta(days=14)).isoformat() in alone.get_data(as_text=True)
    vic = signed_in(app, cast.vic)
    assert "Durban since" in vic.get(f"/commitments/{number}").get_data(as_text=True)
    assert send(vic, f"/commitments/{number}/verdicts", verdict="confirm", reason="").status_code == 303
    run_once(app)
    page = vic.get(f"/commitments/{number}/rollout").get_data(as_text=True)
    assert "Durban, Moves" in page and "These days are frozen." in page


def test_the_page_takes_it_back(app: Flask, cast: Cast) -> None:
    number = kept(app, cast, {"Leeds": None})
    run_once(app, now=NOON)
    olu, address = signed_in(app, cast.olu), f"/commitments/{number}/rollbacks"
    typed: dict[str, Any] = {"units": [1], "live_to": (LIVE + timedelta(days=9)).isoformat(), "reason": WHY}

    wrong = send(olu, address, **typed | {"live_to": LIVE.isoformat()})
    empty = send(olu, address, **typed | {"live_to": ""})
    done = send(olu, address, **typed)

    assert (wrong.status_code, empty.status_code, done.status_code) == (422, 422, 303)
    assert WHY in wrong.get_data(as_text=True) and "after the day on which it went live" in wrong.get_data(as_text=True)
    assert "It was taken back somewhere" not in olu.get(f"/commitments/{number}/rollout").get_data(as_text=True)


def kept(
    app: Flask, cast: Cast, sites: dict[str, date | None], *, reasons: tuple[str, ...] = (), confirmed: bool = True
) -> int:
    """A promise that went live 30 days ago at these sites, some of them later."""
    with app.app_context(), writing():
        promise = make_promise(cast, now=NOON - timedelta(days=60), due_on=TODAY)
        days = {cast.places[site]: day for site, day in sites.items() if day}
        places = tuple(cast.places[site] for site in sites)
        delivery = NewDelivery(LIVE, places, EVIDENCE, days, reasons)
        service.deliver(viewer(cast.olu), promise, delivery, today=TODAY, now=NOON)
        if confirmed:
            service.confirm(viewer(cast.vic), promise, now=NOON)
        assert promise.state is (CommitmentState.CONFIRMED if confirmed else CommitmentState.DELIVERED)
        return promise.id
