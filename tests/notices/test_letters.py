"""Mails of notices, with a real mail server: bundled, none lost, one bad address alone, nothing that is hidden."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.notices import outcome_jobs, post_jobs, preferences, service
from portal.notices.models import Notice, NoticeSettings
from portal.notices.moments import Moment, Pace
from portal.notices.timing import Quiet
from portal.outbox.models import Message
from portal.outbox.rules import LEASE
from portal.people.models import Person
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer
from tests.notices.mailbox import Mailbox, mailbox, plain, serving

ROOT = Path(__file__).resolve().parents[2]
HANDLERS = {**outcome_jobs.HANDLERS, **post_jobs.HANDLERS}
ASHA = "asha@harbour.example"
SECONDS_MAX = 30


@pytest.fixture
def box(app: Flask) -> Mailbox:
    return mailbox(app)


def tell(app: Flask, *people: int, title: str = "Vic said no.", now: datetime = NOON, **over: Any) -> None:
    about = {"path": "/ideas/1", "moment": Moment.ANSWERED, "event_id": f"{title}{now}"[:36]} | over
    with app.app_context(), writing():
        service.notify(people, title=title, now=now, **about)  # type: ignore[arg-type]


def work(app: Flask, now: datetime = NOON) -> None:
    run_once(app, now=now, handlers=HANDLERS)


def count(app: Flask, *conditions: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Notice).where(*conditions)) or 0


def test_a_mail_has_plain_words_first_and_says_how_to_stop_it(app: Flask, cast: Cast, box: Mailbox) -> None:
    with app.app_context():
        number = said(cast.asha, "No more faxes & <b>stamps</b>.")
    app.config["SAYSO"] = replace(app.config["SAYSO"], base_url=f"https://{'long.' * 20}example")
    tell(app, cast.asha, idea_id=number, path=f"/ideas/{number}", words="It is a legal duty.\nRead part 6.")

    with serving(box):
        work(app)
        work(app, NOON + timedelta(minutes=5))

    (mail,) = box.mails
    assert mail["To"] == ASHA and mail["Subject"] == f"Number {number}: Vic said no."
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert f"Number {number}: No more faxes & <b>stamps</b>" in plain(mail)
    assert "It is a legal duty.\nRead part 6.\n" in plain(mail) and f"/ideas/{number}\n" in plain(mail)
    assert "&lt;b&gt;stamps" in mail.get_body(("html",)).get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = mail["List-Unsubscribe"]
    assert stop.startswith(f"<https://{'long.' * 20}example/unsubscribe/{cast.asha}.answered.") and stop.endswith(">")
    with app.app_context():
        events = db.session.scalars(select(Message.event_id).where(Message.topic == "notices.letter"))
        assert mail["Message-ID"] in {f"<{event}@harbour.example>" for event in events}


def test_after_a_day_without_a_mail_server_everybody_gets_one_mail_with_all_of_it(
    app: Flask, cast: Cast, box: Mailbox
) -> None:
    for hour in range(0, 24, 4):
        now = NOON + timedelta(hours=hour)
        tell(app, cast.asha, cast.bo, title=f"Step {hour}.", now=now)
        work(app, now)
    assert count(app, Notice.mailed_at.is_not(None)) == 0

    with serving(box):
        for hour in range(24, 40):
            work(app, NOON + timedelta(hours=hour))

    assert len(box.mails) == 2
    with app.app_context():
        bo = db.session.get_one(Person, cast.bo).email or ""
    for address in (ASHA, bo):
        (mail,) = box.to(address)
        assert [f"Step {hour}." in plain(mail) for hour in range(0, 24, 4)] == [True] * 6
        assert mail["Subject"] == "6 updates"
    assert count(app, Notice.mailed_at.is_(None)) == 0


def test_one_bad_address_holds_up_nobody_else(app: Flask, cast: Cast, box: Mailbox) -> None:
    box.refused.add(ASHA)
    tell(app, cast.asha, cast.kim, cast.olu)

    with serving(box):
        work(app)
    assert sorted(mail["To"] for mail in box.mails) == ["kim@harbour.example", "olu@harbour.example"]

    box.refused.clear()
    with serving(box):
        work(app, NOON + timedelta(minutes=1))
    assert len(box.to(ASHA)) == 1 and len(box.mails) == 3


def test_a_silent_server_is_asked_once_in_half_a_minute(app: Flask, cast: Cast, box: Mailbox) -> None:
    tell(app, *cast.voters)
    work(app)

    with app.app_context():
        errors = list(db.session.scalars(select(Message.last_error).where(Message.topic == "notices.letter")))
    assert sum("Resting" not in (error or "") for error in errors) == 1 and len(errors) == 24


def test_quiet_hours_and_digests_wait_and_leave_together(app: Flask, cast: Cast, box: Mailbox) -> None:
    evening = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    with app.app_context():
        chosen = preferences.wishes_of(cast.asha)
        paces = {**chosen.paces, Moment.MOVED: Pace.DAILY}
        with writing():
            wanted = preferences.Wishes(paces, True, Quiet(20, 8))
            preferences.choose(viewer(cast.asha), wanted, now=NOON)
    tell(app, cast.asha, title="Olu moved the date.", moment=Moment.MOVED, now=NOON)
    tell(app, cast.asha, title="Vic replied.", now=evening)

    with serving(box):
        work(app, evening)
        work(app, datetime(2026, 3, 3, 7, 59, tzinfo=UTC))
        assert box.mails == []
        work(app, datetime(2026, 3, 3, 8, 0, tzinfo=UTC))

    (mail,) = box.mails
    assert "Olu moved the date." in plain(mail) and "Vic replied." in plain(mail)


def test_late_mail_does_not_come_in_the_night(app: Flask, cast: Cast, box: Mailbox) -> None:
    tell(app, cast.asha, now=NOON)
    work(app)
    with serving(box):
        work(app, datetime(2026, 3, 2, 23, 0, tzinfo=UTC))
        assert box.mails == []
        work(app, datetime(2026, 3, 3, 7, 0, tzinfo=UTC))
    assert len(box.mails) == 1


def test_what_was_hidden_meanwhile_or_is_wanted_no_more_does_not_leave(app: Flask, cast: Cast, box: Mailbox) -> None:
    with app.app_context():
        number = said(cast.asha)
    for person in (cast.bo, cast.kim, cast.olu):
        tell(app, person, idea_id=number, event_id=str(person))
    with app.app_context(), writing():
        idea(number).hidden_at = NOON
    tell(app, cast.bo, title="Something else.")
    with app.app_context(), writing():
        db.session.add(NoticeSettings(person_id=cast.kim, by_mail=False))
        db.session.get_one(Person, cast.olu).deactivated_at = NOON

    with serving(box):
        work(app)
        work(app, NOON + timedelta(days=1))

    (mail,) = box.mails
    assert "Something else." in plain(mail) and "Vic said no." not in plain(mail)
    assert count(app, Notice.mail_at.is_not(None), Notice.mailed_at.is_(None)) == 0


def test_a_person_with_very_much_gets_the_newest_and_the_rest_in_the_portal(
    app: Flask, cast: Cast, box: Mailbox
) -> None:
    for number in range(45):
        tell(app, cast.asha, title=f"Step {number}.", now=NOON + timedelta(seconds=number))
    with serving(box):
        work(app, NOON + timedelta(minutes=1))
    (mail,) = box.mails
    assert mail["Subject"] == "45 updates" and "5 more stand in the portal." in plain(mail)
    assert "Step 4.\n" not in plain(mail) and "Step 44." in plain(mail)


def test_more_people_than_are_handed_out_at_once_all_get_theirs(
    app: Flask, cast: Cast, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.notices.letters.HANDED_OUT_AT_ONCE", 3)
    tell(app, *cast.voters[:8])
    with serving(box):
        work(app)
    assert len({mail["To"] for mail in box.mails}) == len(box.mails) == 8


@pytest.mark.slow
def test_a_worker_killed_after_sending_loses_none_and_doubles_at_most_one(
    app: Flask, cast: Cast, box: Mailbox, tmp_path: Path
) -> None:
    now = clock.now()
    people = [cast.asha, cast.kim, cast.olu, cast.vic]
    with app.app_context(), writing():
        for person in people:
            db.session.add(NoticeSettings(person_id=person, quiet_begins=0, quiet_ends=0))
    tell(app, *people, now=now)
    url, smtp = app.config["SQLALCHEMY_DATABASE_URI"], app.config["SAYSO"].smtp_url

    with serving(box):
        command = [sys.executable, "-m", "tests.notices.mailing_worker", url, str(tmp_path), smtp]
        with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.DEVNULL) as process:
            status = process.wait(SECONDS_MAX)
        assert status == -signal.SIGKILL and len(box.mails) == 1
        work(app, clock.now() + LEASE + timedelta(seconds=5))

    assert {mail["To"].partition("@")[0] for mail in box.mails} == {"asha", "kim", "olu", "vic"}
    assert len(box.mails) == 5, "the mail that had left came a second time, and only that one"
    ids = [mail["Message-ID"] for mail in box.mails]
    assert ids[0] in ids[1:] and len(set(ids)) == 4
