"""Locked days from the database to what is told and paid."""

import json
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from portal.db import db, writing
from portal.ideas.models import Story
from portal.ideas.words import StoryKind
from portal.impact import jobs, payable, readings, verdict_queries, verdicts
from portal.impact.models import Overlap, Plan, RollBack, StoredEstimate
from portal.impact.words import EstimateKind
from portal.metrics.models import CalendarNote, Direction, NoteKind, Observation
from portal.outbox.models import Message
from portal.rewards.models import Award, ImpactPayment
from portal.rewards.words import PaymentState
from tests.factories import Cast
from tests.impact.measured import LIVE, World, make_world, moment

AT = ("Leeds", "Belfast", "Durban")


@pytest.fixture
def world(context: Flask, cast: Cast) -> World:
    """The eight sites, committed."""
    with writing():
        return make_world(cast)


def lock(plan_id: int, day: int) -> StoredEstimate | None:
    plan, now = db.session.get_one(Plan, plan_id), moment(day)
    prepared = verdicts.prepare(plan, day, live_from=LIVE, now=now)
    with writing():
        kept = verdicts.lock(prepared, now=now)
    return kept


def stories() -> list[Story]:
    return list(db.session.scalars(select(Story).where(Story.kind == StoryKind.MEASURED).order_by(Story.id)))


def payments_of(plan: Plan) -> list[ImpactPayment]:
    query = select(ImpactPayment).where(ImpactPayment.commitment_number == plan.commitment_id)
    return list(db.session.scalars(query.order_by(ImpactPayment.tranche).execution_options(populate_existing=True)))


def test_readings_carry_each_units_go_live_and_end_where_it_was_put_back(world: World) -> None:
    with writing():
        plan = world.promise(world.metric("csat"), at=AT)
        rollout = db.session.scalar(select(func.min(verdicts.db.metadata.tables["impact_rollouts"].c.id)))
        db.session.add(RollBack(rollout_id=rollout, live_to=LIVE + timedelta(days=21), reason="Broke.",
                                by_id=world.cast.olu, at=moment(21)))  # fmt: skip

    found = readings.readings_of(plan, plan.metric_id, until=LIVE + timedelta(days=55), seen_at=moment(56))
    before = readings.readings_of(plan, plan.metric_id, until=LIVE + timedelta(days=55), seen_at=moment(20))

    leeds = str(world.sites["Leeds"])
    assert {one.unit for one in found if one.treated_from == LIVE} == {str(world.sites[site]) for site in AT}
    assert max(one.day for one in found if one.unit == leeds) == LIVE + timedelta(days=14)
    assert max(one.day for one in before if one.unit == leeds) == LIVE + timedelta(days=49)
    assert max(one.day for one in found if one.unit != leeds) == LIVE + timedelta(days=49)


def test_queues_of_a_site_are_units_where_the_plan_names_reasons(world: World) -> None:
    with writing():
        plan = world.promise(world.metric("csat"), at=("Leeds",), reasons='["refunds"]')
        place = world.sites["Leeds"]
        db.session.add_all(
            Observation(metric_id=plan.metric_id, place_id=place, reason=reason, day=LIVE, value=value, n=5, revision=1,
                        recorded_at=moment(0)) for reason, value in (("refunds", 3.0), ("moving", 4.0))
        )  # fmt: skip

    found = readings.readings_of(plan, plan.metric_id, until=LIVE + timedelta(days=6), seen_at=moment(9))

    lives = {one.unit: one.treated_from for one in found}
    assert lives == {f"{place}/refunds": LIVE, f"{place}/moving": None}
    assert readings.names_of(lives) == {f"{place}/refunds": "Leeds, refunds", f"{place}/moving": "Leeds, moving"}


def test_a_site_that_told_only_its_queues_is_put_together_by_their_numbers(world: World) -> None:
    with writing():
        plan = world.promise(world.metric("csat", until=-1), at=("Leeds",))
        db.session.add_all(
            Observation(metric_id=plan.metric_id, place_id=world.sites["Leeds"], reason=reason, day=LIVE, value=value,
                        n=n, revision=1, recorded_at=moment(0)) for reason, value, n in (("a", 3.0, 1), ("b", 6.0, 2))
        )  # fmt: skip

    found = readings.readings_of(plan, plan.metric_id, until=LIVE + timedelta(days=6), seen_at=moment(9))

    assert [(one.value, one.n) for one in found if one.day == LIVE] == [(5.0, 3.0)]


def test_what_worked_is_locked_told_and_paid_once(world: World) -> None:
    with writing():
        world.passed()
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT, rails=(world.metric("fcr"),))

    assert jobs.run_due(now=moment(56)) == 2  # day 28 and day 56
    assert jobs.run_due(now=moment(57)) == 0

    kept = verdict_queries.verdict_of(plan.commitment_id)
    assert kept is not None
    assert (kept.day, kept.decision, kept.grade, kept.kind) == (56, "improved", "A", EstimateKind.LOCKED)
    assert kept.volume_post == 3 * 8 * 300
    told = stories()
    assert [json.loads(one.facts)["day"] for one in told] == [28, 56]
    assert "it worked" in told[1].words
    assert "than at the sites without the change" in told[1].words
    (paid,) = payments_of(plan)
    assert (paid.tranche, paid.state, paid.estimate_ref) == (1, PaymentState.PAID, f"estimate:{kept.id}")
    assert paid.payable_cents > 0
    kinds = [(one.kind, one.day) for one in verdict_queries.estimates_of(plan.commitment_id)]
    assert kinds == [(EstimateKind.GUARDRAIL, 56), (EstimateKind.LOCKED, 56), (EstimateKind.LOCKED, 28)]


def test_two_workers_at_once_lock_a_day_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        world = make_world(cast)
        world.passed()
        plan_id = world.promise(world.metric("csat", effect=3, at=AT), at=AT).id
    ready, kept = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            prepared = verdicts.prepare(db.session.get_one(Plan, plan_id), 56, live_from=LIVE, now=moment(56))
            ready.wait(timeout=20)
            with writing():
                kept.append(verdicts.lock(prepared, now=moment(56)) is not None)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(timeout=30)

    with app.app_context():
        assert sorted(kept) == [False, True]
        assert db.session.scalar(select(func.count()).select_from(StoredEstimate)) == 1
        assert len(stories()) == 1
        assert db.session.scalar(select(func.count()).select_from(ImpactPayment)) == 1


def test_an_estimate_can_be_made_again_after_corrections_and_not_after_tampering(world: World, app: Flask) -> None:
    with writing():
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)
    kept = lock(plan.id, 56)
    assert kept is not None
    with writing():
        db.session.add(Observation(metric_id=plan.metric_id, place_id=world.sites["Leeds"], reason=None, day=LIVE,
                                   value=12.0, n=9, revision=2, recorded_at=moment(60)))  # fmt: skip

    assert verdicts.differs(db.session.get_one(StoredEstimate, kept.id)) == ""
    runner = app.test_cli_runner()
    assert "1 made again, 0 not the same." in runner.invoke(args=["impact", "verify"]).output

    with writing():
        of_leeds = Observation.place_id == world.sites["Leeds"], Observation.day == LIVE, Observation.revision == 1
        db.session.execute(update(Observation).where(*of_leeds).values(value=80.0))

    assert "readings" in verdicts.differs(db.session.get_one(StoredEstimate, kept.id))
    found = runner.invoke(args=["impact", "verify", str(plan.commitment_id), "--json"])
    assert found.exit_code == 2
    assert json.loads(found.stdout)["wrong"][0]["estimate"] == kept.id


def test_a_stored_estimate_cannot_be_changed(world: World) -> None:
    with writing():
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)
    assert lock(plan.id, 56) is not None

    with pytest.raises(DBAPIError), writing():
        db.session.execute(update(StoredEstimate).values(estimate=9.0))


def test_harm_is_said_plainly_and_told_to_owner_and_sponsor_at_once(world: World) -> None:
    with writing():
        csat = world.metric("csat", effect=-3, at=AT)
        plan = world.promise(
            csat, at=AT, rails=(world.metric("aht", effect=9, at=AT, direction=Direction.DOWN_IS_GOOD),)
        )

    kept = lock(plan.id, 56)

    assert kept is not None
    assert kept.decision == "worsened"
    assert "it made things worse" in stories()[-1].words
    (text,) = db.session.scalars(select(Message.payload).where(Message.topic == verdicts.HARM))
    assert "Csat is" in json.loads(text)["words"]
    assert "Aht is" in json.loads(text)["words"]
    assert payments_of(plan) == []


def test_without_anything_to_compare_with_it_never_says_that_the_change_did_it(world: World) -> None:
    everywhere = tuple(world.sites)
    with writing():
        plan = world.promise(world.metric("csat", effect=5, at=everywhere), at=everywhere)

    kept = lock(plan.id, 56)

    assert kept is not None
    assert (kept.decision, kept.grade) == ("improved", "C")
    words = stories()[-1].words
    assert "got better after the change" in words
    assert "nothing to compare with" in words
    assert "it worked" not in words


def test_nothing_is_paid_before_the_self_check_passes_and_then_what_was_held(world: World) -> None:
    with writing():
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)
    lock(plan.id, 56)
    (held,) = payments_of(plan)
    assert held.state is PaymentState.HELD
    assert "self-check" in held.reason
    assert db.session.scalar(select(func.count()).select_from(Award)) == 0

    with writing():
        world.passed()
    jobs.settle(None, moment(57))  # type: ignore[arg-type]
    jobs.settle(None, moment(58))  # type: ignore[arg-type]

    (paid,) = payments_of(plan)
    assert paid.state is PaymentState.PAID


@pytest.mark.parametrize(("over", "count"), [({"registered": -13}, 0), ({"registered": -14}, 1)])
def test_what_was_registered_late_is_measured_and_never_paid(world: World, over: dict, count: int) -> None:
    with writing():
        world.passed()
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT, **over)

    kept = lock(plan.id, 56)

    assert kept is not None
    assert kept.decision == "improved"
    assert len(payments_of(plan)) == count


def test_a_lasting_effect_is_paid_a_second_time_after_the_re_measure(world: World) -> None:
    with writing():
        world.passed()
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)

    assert jobs.run_due(now=moment(182)) == 4

    first, second = payments_of(plan)
    (again,) = (one for one in verdict_queries.estimates_of(plan.commitment_id) if one.kind is EstimateKind.REMEASURE)
    assert (first.state, second.state) == (PaymentState.PAID, PaymentState.PAID)
    assert second.estimate_ref == f"estimate:{again.id}"
    assert again.volume_post == 3 * 13 * 300
    assert 0 < second.payable_cents <= first.payable_cents + 1


def test_an_effect_that_fades_ends_what_is_paid_and_takes_the_unspent_back(world: World) -> None:
    with writing():
        world.passed()
        plan = world.promise(world.metric("csat", effect=3, at=AT, later=0.2), at=AT)
    for day in (56, 91, 182):
        lock(plan.id, day)

    states = [(one.tranche, one.state) for one in payments_of(plan)]

    assert states == [(1, PaymentState.PAID), (2, PaymentState.ENDED)]
    assert "less than half" in payments_of(plan)[1].reason


def test_a_change_that_is_put_back_everywhere_ends_what_is_held(world: World) -> None:
    with writing():
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)
    lock(plan.id, 56)
    with writing():
        for rollout in db.session.scalars(select(verdicts.db.metadata.tables["impact_rollouts"].c.id)).all():
            db.session.add(RollBack(rollout_id=rollout, live_to=LIVE + timedelta(days=60), reason="Broke.",
                                    by_id=world.cast.olu, at=moment(60)))  # fmt: skip

    jobs.settle(None, moment(61))  # type: ignore[arg-type]

    assert [(one.tranche, one.state) for one in payments_of(plan)] == [
        (1, PaymentState.ENDED), (2, PaymentState.ENDED),
    ]  # fmt: skip
    assert "put back" in payments_of(plan)[0].reason


def test_a_worsened_guard_rail_holds_the_payment(world: World) -> None:
    with writing():
        world.passed()
        rail = world.metric("fcr", effect=-3, at=AT)
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT, rails=(rail,))

    lock(plan.id, 56)

    (held,) = payments_of(plan)
    assert held.state is PaymentState.HELD
    assert "got worse" in held.reason


def test_of_two_changes_in_the_same_weeks_one_bundle_is_paid_by_the_shares_agreed_before(world: World) -> None:
    with writing():
        world.passed()
        csat = world.metric("csat", effect=3, at=AT)
        one = world.promise(csat, at=AT, share=70)
        other = world.promise(csat, at=AT, share=30)

    both = [lock(plan.id, 56) for plan in (one, other)]

    assert both[0] is not None
    assert both[1] is not None
    assert (both[0].estimate, both[0].flags) == (both[1].estimate, "[]")
    paid = [payments_of(plan)[0].payable_cents for plan in (one, other)]
    assert paid[0] == pytest.approx(7 / 3 * paid[1], abs=3)
    (overlap,) = db.session.scalars(select(Overlap))
    assert (overlap.plan_id, overlap.other_id, overlap.share, overlap.bundled) == (one.id, other.id, 1.0, True)


def test_where_changes_can_be_told_apart_only_clean_sites_count(world: World) -> None:
    with writing():
        csat = world.metric("csat", effect=3, at=(*AT, "Cork"))
        plan = world.promise(csat, at=(*AT, "Cork"))
        world.promise(world.metric("fcr"), at=("Leeds", "Tampa"), day=20)

    kept = lock(plan.id, 56)

    assert kept is not None
    told = json.loads(kept.result)
    assert told["run"]["leaving_out"] == sorted(str(world.sites[site]) for site in ("Leeds", "Tampa"))
    assert (kept.flags, told["estimate"]["n_sites_treated"]) == ("[]", 3)
    assert [one["name"] for one in told["units"]] == ["Belfast", "Durban", "Cork"]
    assert verdicts.differs(kept) == ""


def test_changes_that_cannot_be_told_apart_are_flagged_and_lower_the_grade(world: World) -> None:
    with writing():
        world.passed()
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)
        world.promise(world.metric("fcr"), at=("Leeds", "Belfast"), day=40)

    kept = lock(plan.id, 56)

    assert kept is not None
    assert (kept.grade, json.loads(kept.flags)) == ("B", ["another_change"])
    (held,) = payments_of(plan)
    assert (held.state, held.reason) == (PaymentState.HELD, "Somebody without a stake looks at it first.")


def test_a_change_of_definition_is_flagged(world: World) -> None:
    with writing():
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)
        db.session.add(CalendarNote(kind=NoteKind.SURVEY, date_from=LIVE, date_to=LIVE, words="Another survey.",
                                    at=moment(0)))  # fmt: skip

    kept = lock(plan.id, 56)

    assert kept is not None
    assert "definition_changed" in kept.flags


def test_improved_among_many_is_not_confirmed_and_waits_for_day_91(world: World) -> None:
    with writing():
        world.passed()
        plan = world.promise(world.metric("csat", effect=3, at=AT), at=AT)
    first = lock(plan.id, 56)
    assert first is not None
    with writing():
        values = {column.name: getattr(first, column.name) for column in StoredEstimate.__table__.columns}
        nulls = [world.promise(plan.metric_id, at=("Perth",)).id for _ in range(3)]
        for other in nulls:
            db.session.add(StoredEstimate(**(values | {"id": None, "plan_id": other, "p": 0.9})))

    among = verdict_queries.among_quarter(first, until=verdict_queries.verdict_of(plan.commitment_id))
    later = db.session.scalars(select(StoredEstimate).order_by(StoredEstimate.id.desc()).limit(1)).one()
    whole = verdict_queries.among_quarter(first, until=later)

    assert among is not None
    assert whole is not None
    assert (among.of, whole.of, whole.confirmed) == (1, 4, True)
    assert payable.settle(plan, db.session.get_one(payable.Commitment, plan.commitment_id), now=moment(57)) is not None
