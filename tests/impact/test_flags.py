"""Flags wait for a named person without a stake, and the self-check decides in public whether anything is paid."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, Invalid, Missing, Refused
from portal.ideas.models import Idea
from portal.ideas.words import Audience
from portal.impact import flags, jobs, self_check_queries, self_checks, verdicts
from portal.impact.estimate_words import Decision, Flag, Grade
from portal.impact.models import FlagReview, Plan, SelfCheck, StoredEstimate
from portal.impact.verdict_rules import METHOD_VERSION
from portal.impact.words import EstimateKind
from portal.notices import verdict_notices
from portal.notices.models import Notice
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.queries import viewer_of
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.rewards.models import Award, ImpactPayment
from portal.rewards.rules import Share
from portal.rewards.words import PaymentState
from tests.api.calling import Caller
from tests.factories import NOON, Cast, send, signed_in
from tests.impact.measured import LIVE, make_world, moment

WHY = "I read the weeks before it, and they are as always."
AT = ("Leeds", "Belfast", "Durban")


@pytest.fixture
def flagged(app: Flask, cast: Cast) -> int:
    """An estimate of day 56 with two flags; its promise is owned by olu and sponsored by vic, and asha wrote it."""
    with app.app_context(), writing():
        world = make_world(cast)
        world.passed()
        plan = world.promise(world.metric("csat", until=-20), at=AT)
        return keep(plan, Flag.PRETEND_GO_LIVE, Flag.ANOTHER_CHANGE).id


def keep(plan: Plan, *raised: Flag) -> StoredEstimate:
    kept = StoredEstimate(
        plan_id=plan.id, metric_id=plan.metric_id, kind=EstimateKind.LOCKED, day=56, as_of=LIVE, seen_at=moment(56),
        estimate=3.0, ci_low=2.0, ci_high=4.0, p=0.001, counterfactual=70.0, volume_post=1000.0,
        decision=Decision.IMPROVED.value, grade=Grade.A.value, flags=json.dumps([one.value for one in raised]),
        result=json.dumps({"run": {"as_of": LIVE.isoformat()}}), method_version=METHOD_VERSION, input_hash="0" * 64,
        created_at=moment(56),
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def programme(name: str, cast: Cast) -> int:
    """A second person who runs the programme."""
    top = db.session.get_one(Place, cast.places["Harbour"])
    made = people.add_person(name, top, email=f"{name}@harbour.example", staff_number=None,
                             origin=db.session.get_one(Person, cast.mia).origin, now=NOON)  # fmt: skip
    people.grant(made, Role.PROGRAMME, top, by_id=None, now=NOON)
    return made.id


def viewing(person_id: int) -> Viewer:
    found = viewer_of(person_id)
    assert found is not None
    return found


def say(person_id: int, estimate: int, flag: Flag, *, cleared: bool = True, reason: str = WHY) -> None:
    with writing():
        flags.review(viewing(person_id), estimate, flag, cleared=cleared, reason=reason, now=moment(57))


def payment() -> ImpactPayment | None:
    return db.session.scalar(select(ImpactPayment).execution_options(populate_existing=True))


def test_once_every_flag_is_cleared_the_payment_follows_in_the_same_step(
    context: Flask, cast: Cast, flagged: int
) -> None:
    say(cast.mia, flagged, Flag.PRETEND_GO_LIVE)
    held = payment()
    assert held is not None and held.state is PaymentState.HELD

    say(cast.mia, flagged, Flag.ANOTHER_CHANGE)

    paid = payment()
    assert paid is not None
    assert (paid.state, paid.estimate_ref) == (PaymentState.PAID, f"estimate:{flagged}")
    reviewed = db.session.scalars(select(FlagReview.by_id)).all()
    assert reviewed == [cast.mia, cast.mia]


def test_an_upheld_flag_ends_it(context: Flask, cast: Cast, flagged: int) -> None:
    say(cast.mia, flagged, Flag.PRETEND_GO_LIVE)

    say(cast.mia, flagged, Flag.ANOTHER_CHANGE, cleared=False)

    ended = payment()
    assert ended is not None and ended.state is PaymentState.ENDED
    assert db.session.scalar(select(func.count()).select_from(Award)) == 0


@pytest.mark.parametrize("stake", ["author", "owner", "sponsor", "confirmer", "registrar", "paid"])
def test_whoever_has_a_stake_does_not_review(context: Flask, cast: Cast, flagged: int, stake: str) -> None:
    with writing():
        top = db.session.get_one(Place, cast.places["Harbour"])
        kept = db.session.get_one(StoredEstimate, flagged)
        plan = db.session.get_one(Plan, kept.plan_id)
        commitment = db.session.get_one(jobs.Commitment, plan.commitment_id)
        who = {"author": cast.asha, "paid": cast.bo}.get(stake, cast.mia)
        if stake in ("author", "paid"):
            people.grant(db.session.get_one(Person, who), Role.PROGRAMME, top, by_id=None, now=NOON)
        if stake == "owner":
            commitment.owner_id = who
        elif stake == "sponsor":
            commitment.sponsor_id = who
        elif stake == "confirmer":
            who = cast.vic
            commitment.sponsor_id = cast.tess
            people.grant(db.session.get_one(Person, who), Role.PROGRAMME, top, by_id=None, now=NOON)
        elif stake == "registrar":
            who = cast.olu
            commitment.owner_id = cast.tess
            people.grant(db.session.get_one(Person, who), Role.PROGRAMME, top, by_id=None, now=NOON)
        elif stake == "paid":
            db.session.add(Award(person_id=who, event="promise_kept", subject="idea:1", share=Share.EARLY, points=10,
                                 idea_number=commitment.idea_id, sentence="Kept.", policy_version=2, hidden=True,
                                 created_at=NOON))  # fmt: skip

    with pytest.raises(Refused) as refused:
        say(who, flagged, Flag.ANOTHER_CHANGE)

    assert refused.value.code == "has_a_stake"


def test_every_other_refusal_of_a_review(context: Flask, cast: Cast, flagged: int) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        say(cast.olu, flagged, Flag.ANOTHER_CHANGE)
    with pytest.raises(Conflict, match="no_such_flag"):
        say(cast.mia, flagged, Flag.MISSING_DAYS)
    with pytest.raises(Invalid, match="reason_length"):
        say(cast.mia, flagged, Flag.ANOTHER_CHANGE, reason="  fine  ")
    with pytest.raises(Missing):
        say(cast.mia, flagged + 1, Flag.ANOTHER_CHANGE)
    say(cast.mia, flagged, Flag.ANOTHER_CHANGE)
    with pytest.raises(Conflict, match="flag_reviewed_already"):
        say(cast.mia, flagged, Flag.ANOTHER_CHANGE)


def test_the_page_says_what_to_look_at_and_keeps_what_was_typed(app: Flask, cast: Cast, flagged: int) -> None:
    mia = signed_in(app, cast.mia)
    one = f"/impact/flags?estimate={flagged}&flag=another_change"

    listed = mia.get("/impact/flags").text
    refused = send(mia, f"/impact/flags/{flagged}/another_change", cleared="yes", reason="too short")
    done = send(mia, f"/impact/flags/{flagged}/another_change", cleared="yes", reason=WHY)
    twice = send(mia, f"/impact/flags/{flagged}/another_change", cleared="no", reason=WHY)

    assert "Another change went live in the same weeks" in listed
    assert "when each went live" in mia.get(one).text
    assert (refused.status_code, done.status_code, twice.status_code) == (422, 303, 409)
    assert "too short" in refused.text
    assert "Somebody has looked at this flag already." in twice.text
    assert "An earlier day would have shown a change too" in mia.get("/impact/flags").text
    assert WHY in mia.get("/impact/flags?show=all").text
    assert mia.get(f"/impact/flags?estimate={flagged}&flag=nothing").status_code == 404
    assert signed_in(app, cast.asha).get("/impact/flags").status_code == 403


def test_flags_of_what_a_reviewer_may_not_read_are_not_there(app: Flask, cast: Cast, flagged: int) -> None:
    with app.app_context(), writing():
        kim = db.session.get_one(Person, cast.kim)
        people.grant(kim, Role.PROGRAMME, db.session.get_one(Place, cast.places["Manila"]), by_id=None, now=NOON)
        idea = db.session.scalars(select(Idea)).one()
        idea.audience = Audience.SITE
    caller = Caller(app, cast.kim)

    assert caller.all("/impact/flags") == []
    body = {"flag": "another_change", "cleared": True, "reason": WHY}
    assert caller.post(f"/impact/flags/{flagged}", body).status_code == 404


def test_the_interface_to_flags_does_what_the_page_does(app: Flask, cast: Cast, flagged: int) -> None:
    caller = Caller(app, cast.mia)
    body = {"flag": "another_change", "cleared": True, "reason": WHY}

    (before,) = caller.all("/impact/flags", limit=1)
    answers = [caller.post(f"/impact/flags/{flagged}", body) for _ in range(2)]
    none = caller.post(f"/impact/flags/{flagged}", body | {"flag": "missing_days"})
    (kept,) = caller.all(f"/commitments/{before['promise']}/estimates")

    assert [one["cleared"] for one in before["flags"]] == [None, None]
    assert [one.status_code for one in answers] == [201, 409]
    assert (answers[1].json or {})["error"] == "flag_reviewed_already"
    assert (none.json or {})["error"] == "no_such_flag"
    assert (kept["number"], kept["flags"], kept["day"]) == (flagged, ["pretend_go_live", "another_change"], 56)
    assert Caller(app, cast.asha).post(f"/impact/flags/{flagged}", body).status_code == 403
    assert caller.get("/commitments/99/estimates").status_code == 404


def test_programme_without_a_stake_hears_of_a_flag_and_owner_and_sponsor_of_harm(
    context: Flask, cast: Cast, flagged: int
) -> None:
    with writing():
        programme("noor", cast)
        kept = db.session.get_one(StoredEstimate, flagged)
        commitment = db.session.get_one(Plan, kept.plan_id).commitment_id
        db.session.get_one(jobs.Commitment, commitment).owner_id = cast.mia
    message = Claimed(1, "e1", verdicts.FLAGGED, {"estimate": flagged, "commitment": commitment}, 1, NOON)
    harm = Claimed(2, "e2", verdicts.HARM, {"estimate": flagged, "commitment": commitment, "words": "Aht."}, 1, NOON)

    verdict_notices.tell_flagged(message, NOON)
    verdict_notices.tell_harm(harm, NOON)

    heard = db.session.execute(select(Notice.person_id, Notice.title).order_by(Notice.id)).all()
    names = {row.person_id: row.title for row in heard}
    assert names[cast.mia] == names[cast.vic]
    assert "worse" in names[cast.vic]
    assert sum("waits for a look" in title for title in names.values()) == 1


def test_a_self_check_tries_every_metric_in_the_worker_and_everybody_reads_it(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        make_world(cast).metric("csat", until=10)
    mia, asha = signed_in(app, cast.mia), signed_in(app, cast.asha)

    started = send(mia, "/impact/self-check")
    again = send(mia, "/impact/self-check")
    with app.app_context():
        text = db.session.scalar(select(Message.payload).where(Message.topic == self_checks.STEP))
        running = asha.get("/impact/self-check").text
        message = Claimed(1, "e1", self_checks.STEP, json.loads(text or "{}"), 1, NOON)
        jobs.check_next(message, moment(80))
        jobs.check_next(message, moment(80))  # a worker whose lease ran out
        rows = db.session.execute(select(SelfCheck.metric_id, SelfCheck.runs, SelfCheck.alarms)).all()

    assert (started.status_code, again.status_code) == (303, 409)
    assert "0 of 1 metrics done" in running
    assert len(rows) == 2
    assert {row.metric_id is None for row in rows} == {True, False}
    assert rows[0].runs == 40
    assert "pretended go-lives were called a change" in asha.get("/impact/self-check").text
    assert send(asha, "/impact/self-check").status_code == 403


def test_a_failed_self_check_is_overruled_once_and_in_public(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        make_world(cast).passed(runs=100, alarms=20)
    mia, asha = signed_in(app, cast.mia), signed_in(app, cast.asha)
    why = "Two metrics have hardly any history."

    short = send(mia, "/impact/self-check/overrule", reason="because")
    done = send(mia, "/impact/self-check/overrule", reason=why)
    twice = send(mia, "/impact/self-check/overrule", reason=why)

    assert (short.status_code, done.status_code, twice.status_code) == (422, 303, 409)
    page = asha.get("/impact/self-check").text
    assert "20 % (13 to 29 %)" in page
    assert why in page
    assert "Mia" in page
    shown = Caller(app, cast.asha).get("/impact/self-check").json
    assert shown == {"paid": True, "why_not": "", "running": False, "done": 0, "of": 0}
    assert send(signed_in(app, cast.tess), "/impact/self-check/overrule", reason=why).status_code == 403


@pytest.mark.parametrize(
    ("check", "code"),
    [(None, "no_self_check"), ((100, 8), "self_check_passed"), ((20, 10), "too_few_runs")],
)
def test_there_is_something_to_overrule_only_above_eight_per_cent(
    app: Flask, cast: Cast, check: tuple[int, int] | None, code: str
) -> None:
    with app.app_context(), writing():
        if check:
            make_world(cast).passed(runs=check[0], alarms=check[1])

    answer = Caller(app, cast.mia).post("/impact/self-checks/overruled", {"reason": "I know better than that."})

    assert answer.status_code == 409
    assert (answer.json or {})["error"] == code


def test_the_interface_to_the_self_check(app: Flask, cast: Cast) -> None:
    mia = Caller(app, cast.mia)
    nothing = mia.post("/impact/self-checks")
    with app.app_context(), writing():
        world = make_world(cast)
        world.metric("csat", until=-20)
        world.passed(alarms=9)

    started, again = mia.post("/impact/self-checks"), mia.post("/impact/self-checks")
    shown = mia.get("/impact/self-check").json
    done = mia.post("/impact/self-checks/overruled", {"reason": "Nine in a hundred will do."})

    assert (nothing.status_code, started.status_code, again.status_code) == (409, 202, 409)
    assert started.json == {"metrics": 1}
    assert (shown or {})["why_not"] == self_check_queries.FAILED
    assert (done.status_code, (done.json or {})["overruled"]) == (201, "Nine in a hundred will do.")
    (one,) = mia.all("/impact/self-checks", limit=1)
    assert (one["all"]["tried"], one["all"]["called"], one["passed"]) == (100, 9, False)


def test_the_commands_say_when_there_is_nothing_to_do(app: Flask, cast: Cast) -> None:
    runner = app.test_cli_runner()

    assert "No locked day has come." in runner.invoke(args=["impact", "run"]).output
    assert runner.invoke(args=["impact", "self-check"]).exit_code == 1
    assert "0 made again" in runner.invoke(args=["impact", "verify"]).output


def test_the_self_check_by_command_gives_the_same_for_the_same_seed(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        make_world(cast).metric("csat", until=0)
    runner = app.test_cli_runner()

    found = [json.loads(runner.invoke(args=["impact", "self-check", "--seed", "5", "--json"]).stdout) for _ in range(1)]

    assert found[0]["runs"] <= 40
    assert found[0]["seed"] == 5
