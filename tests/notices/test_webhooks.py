"""Webhooks, with real receivers on 127.0.0.1: signed, in order, at least once, and never more than may be read."""

import base64
import itertools
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.db import db, writing
from portal.errors import DomainError
from portal.ideas import moderating, story
from portal.ideas.models import Story
from portal.ideas.rules import Action
from portal.ideas.words import Audience, Names, StoryKind
from portal.notices import webhook_jobs, webhook_queue, webhook_service
from portal.notices.models import Notice
from portal.notices.webhook_models import Delivery, Receiver
from portal.notices.webhook_rules import EVENTS, Ended, Paused, answer_kept, signature, try_again_at
from portal.notices.webhook_service import Wanted
from portal.people.models import AuditEntry
from portal.worker import handlers, run_once
from tests.api.calling import Caller
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer
from tests.notices.receiving import Receiving, is_signed, open_for, receiver

KEY = b"k" * 32


def test_an_outcome_reaches_a_receiver_signed_and_as_the_interface_shows_it(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        number, secret = add(app, cast, there)
        one = say(app, cast.asha)
        told = step(app, one, StoryKind.COMMITTED, actor_id=cast.vic, words="By June.",
                    facts={"due_on": "2026-06-01", "supporters_teams": 5, "sites": 2, "evidence": 4.7})  # fmt: skip

        run_once(app, now=NOON)
        run_once(app, now=NOON)

        headers, body = there.got[0]
        assert len(there.got) == 1 and is_signed(headers, body, secret)
        assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
        assert headers["content-type"] == "application/json" and headers["user-agent"] == "Sayso"
        data = there.told()["data"]
        assert (there.told()["type"], there.told()["timestamp"]) == ("idea.committed", "2026-03-02T12:00:00Z")
        assert data["step"] == {"kind": "committed", "at": "2026-03-02T12:00:00Z", "who": "Vic", "words": "By June.",
                                "due_on": "2026-06-01"}  # fmt: skip
        seen = Caller(app, cast.bo).get(f"/ideas/{one}").json
        assert seen is not None and data["idea"] == {name: seen[name] for name in data["idea"]}
        assert b"Asha" not in body and str(cast.asha).encode() not in body.replace(str(one).encode(), b"")
    (row,) = deliveries(app, number)
    assert (row.story_id, row.status, row.attempts, row.ended, row.answer) == (told, 200, 1, Ended.TAKEN, "thanks")
    assert row.ms is not None and row.event_id == headers["webhook-id"]


def test_what_is_said_of_hidden_authors_and_objections_stays_here(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        add(app, cast, there)
        one = say(app, cast.asha, names=Names.HIDDEN)
        for kind in (StoryKind.SAID, StoryKind.STOP_ANSWERED, StoryKind.STOP_LIFTED, StoryKind.STOP_KEPT):
            step(app, one, kind)
        step(app, one, StoryKind.PROMOTED, facts={"supporters_teams": 5, "sites": 3, "evidence": 5.1})
        run_once(app, now=NOON)

        assert there.events() == ["idea.promoted"]
        assert set(there.told()["data"]["step"]) == {"kind", "at", "who", "words"}


def test_a_restricted_idea_goes_to_a_receiver_of_that_employer_or_site_alone(app: Flask, cast: Cast) -> None:
    with receiver() as everybody, receiver() as brightline, receiver() as farline, receiver() as durban:
        add(app, cast, everybody)
        add(app, cast, brightline, place_id=cast.places["Brightline"])
        add(app, cast, farline, place_id=cast.places["Farline"])
        add(app, cast, durban, place_id=cast.places["Durban"])
        of_employer = say(app, cast.sam, audience=Audience.EMPLOYER)
        of_site = say(app, cast.sam, audience=Audience.SITE)
        of_all = say(app, cast.sam)
        for number in (of_employer, of_site, of_all):
            step(app, number, StoryKind.REPLIED)
        run_once(app, now=NOON)

        def numbers(there: Receiving) -> list[int]:
            return [there.told(one)["data"]["idea"]["number"] for one in range(len(there.got))]

        assert numbers(everybody) == numbers(farline) == [of_all]
        assert numbers(brightline) == [of_employer, of_all]
        assert numbers(durban) == [of_employer, of_site, of_all]


def test_what_was_hidden_or_undone_meanwhile_is_not_sent(app: Flask, cast: Cast) -> None:
    with receiver(status=500) as there:
        number, _ = add(app, cast, there)
        hidden, undone = say(app, cast.asha), say(app, cast.asha)
        step(app, hidden, StoryKind.REPLIED)
        run_once(app, now=NOON)
        taken_back = step(app, undone, StoryKind.DECLINED, told_after=timedelta(minutes=10))
        with app.app_context(), writing():
            moderating.moderate(viewer(cast.mia), moderating.Text(idea(hidden)), Action.HIDE, "A name.", now=NOON)
            story.undo(taken_back, by_id=cast.vic, now=NOON)
        there.status, before = 200, len(there.got)

        run_once(app, now=NOON + timedelta(hours=1))

        assert [there.told(at)["type"] for at in range(before, len(there.got))] == ["idea.hidden"]
        assert there.told()["data"] == {
            "idea": {"number": hidden, "link": f"http://127.0.0.1:8000/ideas/{hidden}"},
            "step": {"kind": "hidden", "at": "2026-03-02T12:00:00Z"},
        }
    assert [row.ended for row in deliveries(app, number)] == [Ended.NOT_SHOWN, Ended.TAKEN]


def test_only_chosen_events_are_sent_and_none_from_before(app: Flask, cast: Cast) -> None:
    one = say(app, cast.asha)
    step(app, one, StoryKind.PROMOTED)
    run_once(app, now=NOON)
    with receiver() as there:
        add(app, cast, there, events=["idea.promoted", "idea.confirmed"])
        for kind in (StoryKind.CONFIRMED, StoryKind.UPDATED, StoryKind.PROMOTED):
            step(app, one, kind)
        run_once(app, now=NOON)

        assert there.events() == ["idea.confirmed", "idea.promoted"]


def test_a_slow_or_dead_receiver_holds_up_nobody_but_itself_and_keeps_its_order(app: Flask, cast: Cast) -> None:
    with receiver(pause=0.6) as slow, receiver(status=503) as dead, receiver() as quick:
        for there in (slow, dead, quick):
            add(app, cast, there)
        one = say(app, cast.asha)
        for kind in (StoryKind.PROMOTED, StoryKind.COMMITTED, StoryKind.UPDATED):
            step(app, one, kind)

        run_once(app, now=NOON)

        in_order = ["idea.promoted", "idea.committed", "idea.updated"]
        assert quick.at[-1] < slow.at[-1] and dead.at[-1] < slow.at[-1]
        assert quick.events() == slow.events() == in_order
        assert dead.events() == ["idea.promoted"], "the second waits behind the first"

        dead.status = 204
        run_once(app, now=NOON + timedelta(seconds=30))
        assert dead.events() == ["idea.promoted", *in_order]
        assert dead.ids()[0] == dead.ids()[1], "tried again under the same id"
    with app.app_context():
        assert not db.session.query(Receiver).filter(Receiver.failures > 0).count()


def test_after_a_day_of_trying_a_receiver_is_paused_and_administrators_are_told_once(app: Flask, cast: Cast) -> None:
    with receiver(status=500, body=b"<b>oh no</b>\x00" + b"x" * 900) as there:
        number, _ = add(app, cast, there)
        one = say(app, cast.asha)
        step(app, one, StoryKind.PROMOTED)
        tries, again = [], NOON
        while again is not None:
            tries.append(again)
            run_once(app, now=again, handlers=some(story.TOLD, webhook_queue.DRAIN, webhook_queue.PAUSED))
            assert len(there.got) == len(tries)
            run_once(
                app,
                now=again + timedelta(seconds=1),
                handlers=some(story.TOLD, webhook_queue.DRAIN, webhook_queue.PAUSED),
            )
            assert len(there.got) == len(tries), "it rests"
            with app.app_context():
                again = db.session.get_one(Receiver, number).next_try_at
        now = tries[-1]
        run_once(app, now=now)
        gaps = [(later - sooner).total_seconds() for sooner, later in itertools.pairwise(tries)]

        assert 8 <= len(tries) <= 20 and gaps[:-1] == sorted(gaps[:-1])
        assert now - NOON == timedelta(hours=24)
        assert len(set(there.ids())) == 1
        with app.app_context():
            row = db.session.get_one(Receiver, number)
            assert row.paused_because is Paused.UNREACHABLE
            told = db.session.query(Notice).filter(Notice.path == f"/settings/webhooks/{number}").all()
            assert [(notice.person_id, notice.title) for notice in told] == [(cast.tess, "Webhook Data lake is paused")]
        (kept,) = deliveries(app, number)
        assert (kept.done_at, kept.status) == (None, 500)
        assert kept.answer.startswith("<b>oh no</b> xxx") and len(kept.answer) <= 200

        there.status = 200
        step(app, one, StoryKind.UPDATED, now=now)
        run_once(app, now=now)
        assert len(there.got) == len(tries), "nothing is sent while it is paused"
        with app.app_context(), writing():
            webhook_service.go_on(viewer(cast.tess), number, now=now)
        run_once(app, now=now)
        assert there.events()[-2:] == ["idea.promoted", "idea.updated"]


def test_a_receiver_that_answers_410_is_paused_at_once(app: Flask, cast: Cast) -> None:
    with receiver(status=410) as there:
        number, _ = add(app, cast, there)
        step(app, say(app, cast.asha), StoryKind.PROMOTED)
        run_once(app, now=NOON)
        run_once(app, now=NOON + timedelta(hours=1))

        assert len(there.got) == 1
    with app.app_context():
        assert db.session.get_one(Receiver, number).paused_because is Paused.GONE


def test_a_redirect_is_no_yes_and_is_not_followed(app: Flask, cast: Cast) -> None:
    with receiver(status=302) as there:
        number, _ = add(app, cast, there)
        step(app, say(app, cast.asha), StoryKind.PROMOTED)
        run_once(app, now=NOON)
        assert len(there.got) == 1
    assert [(row.status, row.done_at) for row in deliveries(app, number)] == [(302, None)]


def test_a_receiver_that_is_no_longer_opened_inside_is_not_called(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        number, _ = add(app, cast, there)
        step(app, say(app, cast.asha), StoryKind.PROMOTED)
        app.config["SAYSO"] = type(app.config["SAYSO"])(**vars(app.config["SAYSO"]) | {"outgoing_inside": ()})
        run_once(app, now=NOON)
        assert there.got == []
    (row,) = deliveries(app, number)
    assert row.status is None and row.error == "The address must begin with https://."


def test_during_a_rotation_both_secrets_sign_and_after_a_day_the_new_one_alone(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        number, old = add(app, cast, there)
        with app.app_context():
            with writing():
                _, new = webhook_service.rotate(viewer(cast.tess), number, key=webhook_jobs.key(), now=NOON)
            refused = refusal(webhook_service.rotate, viewer(cast.tess), number, key=KEY, now=NOON)
        one = say(app, cast.asha)
        for hours in (23, 25):
            step(app, one, StoryKind.UPDATED, now=NOON + timedelta(hours=hours))
            run_once(app, now=NOON + timedelta(hours=hours))

        assert refused == "secret_just_made" and old != new
        assert [[is_signed(*got, secret) for secret in (old, new)] for got in there.got] == [
            [True, True],
            [False, True],
        ]


def test_a_test_is_sent_and_shown_in_the_log(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        number, secret = add(app, cast, there)
        with app.app_context(), writing():
            webhook_service.test(viewer(cast.tess), number, now=NOON)
        run_once(app, now=NOON)

        assert there.events() == ["sayso.test"] and is_signed(*there.got[0], secret)
    assert [row.event for row in deliveries(app, number)] == ["sayso.test"]


def test_what_a_killed_worker_has_left_is_found_by_the_next_and_sent_under_the_same_id(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        number, _ = add(app, cast, there)
        step(app, say(app, cast.asha), StoryKind.PROMOTED)
        run_once(app, now=NOON, handlers=some(story.TOLD))
        with app.app_context(), writing():
            assert webhook_queue.take(number, "killed", now=NOON)
            letter = webhook_queue.next_letter(number, key=KEY, base_url="", now=NOON)
            db.session.execute(db.text("UPDATE outbox SET done_at = created_at"))  # its message is lost as well

        run_once(app, now=NOON + timedelta(seconds=30))
        assert there.got == [], "another may still be at it"
        run_once(app, now=NOON + timedelta(minutes=6))

        assert letter is not None and there.ids() == [letter.headers["webhook-id"]]


def test_two_workers_at_once_send_each_event_once(app: Flask, cast: Cast) -> None:
    with receiver(pause=0.02) as there:
        add(app, cast, there)
        one = say(app, cast.asha)
        for _ in range(6):
            step(app, one, StoryKind.UPDATED)
        workers = [threading.Thread(target=run_once, args=(app,), kwargs={"now": NOON}) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(there.got) == len(set(there.ids())) == 6


def test_what_waited_for_a_week_or_was_removed_is_not_sent_and_the_log_is_forgotten(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        number, _ = add(app, cast, there)
        gone, _ = add(app, cast, there, name="Old one")
        with app.app_context(), writing():
            webhook_service.pause(viewer(cast.tess), number, now=NOON)
        step(app, say(app, cast.asha), StoryKind.PROMOTED)
        run_once(app, now=NOON, handlers=some(story.TOLD))
        with app.app_context(), writing():
            webhook_service.remove(viewer(cast.tess), gone, now=NOON)
        later = NOON + timedelta(days=8)
        with app.app_context(), writing():
            webhook_service.go_on(viewer(cast.tess), number, now=later)
        run_once(app, now=later)

        assert there.got == []
        assert [row.ended for row in deliveries(app, number)] == [Ended.TOO_OLD]
        assert [row.ended for row in deliveries(app, gone)] == [Ended.REMOVED]
        with app.app_context(), writing():
            webhook_queue.forget_old(now=NOON + timedelta(days=31))
        assert deliveries(app, number) == deliveries(app, gone) == []


def test_a_step_is_queued_once_however_often_it_is_told(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        add(app, cast, there)
        told = step(app, say(app, cast.asha), StoryKind.PROMOTED)
        with app.app_context(), writing():
            counts = [webhook_queue.queue_for(db.session.get_one(Story, told), NOON) for _ in range(2)]
        assert counts == [1, 0]


REFUSED = [
    ("bad_name", {"name": " "}),
    ("bad_name", {"name": "x" * 81}),
    ("no_event", {"events": []}),
    ("unknown_event", {"events": ["idea.said"]}),
    ("unknown_place", {"place_id": 2**31 - 1}),
    ("address_not_https", {"url": "http://hooks.example.org/"}),
    ("address_not_public", {"url": "https://10.0.0.1/"}),
    ("not_an_address", {"url": "https://user@hooks.example.org/"}),
]


def test_what_cannot_be_a_receiver_is_refused_by_name(context: Flask, cast: Cast) -> None:
    tess = viewer(cast.tess)
    for code, over in REFUSED:
        wanted = Wanted(**{"name": "Data lake", "url": "https://hooks.example.org/", "events": [*EVENTS]} | over)
        assert refusal(webhook_service.add, tess, wanted, key=KEY, inside=(), now=NOON) == code
    team = Wanted("Team", "https://hooks.example.org/", [*EVENTS], cast.places["Leeds/Billing"])
    assert refusal(webhook_service.add, tess, team, key=KEY, inside=(), now=NOON) == "unknown_place"
    fine = Wanted("Fine", "https://hooks.example.org/", [*EVENTS], cast.places["Leeds"])
    for person in (cast.mia, cast.vic, cast.asha):
        assert refusal(webhook_service.add, viewer(person), fine, key=KEY, inside=(), now=NOON) == "not_allowed"
    for _ in range(20):
        with writing():
            made, _secret = webhook_service.add(tess, fine, key=KEY, inside=(), now=NOON)
            number = made.id
    assert refusal(webhook_service.add, tess, fine, key=KEY, inside=(), now=NOON) == "too_many_receivers"
    assert refusal(webhook_service.go_on, tess, number, now=NOON) == "not_paused"
    with writing():
        webhook_service.pause(tess, number, now=NOON)
    assert refusal(webhook_service.pause, tess, number, now=NOON) == "already_paused"
    assert refusal(webhook_service.test, tess, number, now=NOON) == "receiver_paused"
    assert refusal(webhook_service.remove, tess, 2**40, now=NOON) == "not_found"


def test_neither_the_database_nor_the_trail_holds_a_secret_or_an_address(app: Flask, cast: Cast) -> None:
    with receiver() as there:
        _, secret = add(app, cast, there)
    with app.app_context():
        row = db.session.query(Receiver).one()
        assert base64.b64decode(secret.removeprefix("whsec_")).hex() not in (row.seed, row.seed_before)
        trail = [entry.detail for entry in db.session.query(AuditEntry).filter(AuditEntry.action == "webhook.added")]
    assert len(trail) == 1 and "/hook" not in trail[0] and "whsec" not in trail[0]


def test_a_signature_is_what_the_document_of_standard_webhooks_gives_as_its_example() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    made = signature([secret], event_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_clock_that_jumps_makes_no_day_of_trying() -> None:
    far = NOON + timedelta(days=400)
    assert try_again_at(far, failing_since=NOON, failures=2, spread=1) is not None
    assert try_again_at(far, failing_since=NOON, failures=8, spread=1) is None


@pytest.mark.parametrize(
    ("body", "kept"),
    [(b"", ""), (b"ok\r\n\x1b[31mred", "ok [31mred"), (b"\xff\xfe", "\ufffd\ufffd"), (b"\xe2\x80\xaeabc", "abc"),
     (b"\xc3\xa9" * 300, "\u00e9" * 100)],
)  # fmt: skip
def test_an_answer_is_kept_as_harmless_text(body: bytes, kept: str) -> None:
    assert answer_kept(body) == kept


def add(app: Flask, cast: Cast, there: Receiving, **over: Any) -> tuple[int, str]:
    """Add a receiver and commit; returns its number and its secret."""
    open_for(app, there)
    wanted = Wanted(**{"name": "Data lake", "url": there.url, "events": [*EVENTS]} | over)
    with app.app_context(), writing():
        inside, key = app.config["SAYSO"].outgoing_inside, webhook_jobs.key()
        row, secret = webhook_service.add(viewer(cast.tess), wanted, key=key, inside=inside, now=NOON)
        return row.id, secret


def say(app: Flask, person_id: int, **over: Any) -> int:
    with app.app_context():
        return said(person_id, "We have to ask every customer for a fax.", **over)


def step(app: Flask, number: int, kind: StoryKind, *, now: datetime = NOON, **more: Any) -> int:
    with app.app_context(), writing():
        return story.record(idea(number).id, kind, now=now, **more).id


def deliveries(app: Flask, number: int) -> list[Delivery]:
    with app.app_context():
        found = list(db.session.query(Delivery).filter_by(receiver_id=number).order_by(Delivery.id))
        db.session.expunge_all()
        return found


def some(*topics: str) -> dict[str, Any]:
    """The handlers of these topics alone."""
    return {topic: handler for topic, handler in handlers().items() if topic in topics}


def refusal(verb: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(DomainError) as refused, writing():
        verb(*args, **options)
    return refused.value.code
