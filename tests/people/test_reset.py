"""A forgotten password: the same answer for everybody, and a code by mail."""

import email
import re
from datetime import timedelta
from email import policy
from pathlib import Path
from smtplib import SMTPException

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as CollectedMessage
from flask import Flask

from portal import clock, worker
from portal.app import create_app
from portal.db import db, writing
from portal.notices import mail
from portal.outbox.models import Message
from portal.people import service
from portal.people.models import Origin, Person
from tests.databases import test_config as config_for
from tests.factories import Cast, send
from tests.people.entering import use_code

CODES = db.select(Message).where(Message.topic == "people.send_code")
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


class Inbox(CollectedMessage):
    """Keeps what a real SMTP server was handed."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list = []

    def handle_message(self, message) -> None:
        self.messages.append(message)


@pytest.fixture
def inbox():
    """A real SMTP server on a free port."""
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=_free_port())
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _mails(app: Flask) -> list:
    files = sorted(Path(app.config["SAYSO"].instance, "mail").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def _text(message) -> str:
    return message.get_body(("plain",)).get_content()


def _ask(app: Flask, login: str):
    return send(app.test_client(), "/reset", login=login)


def test_the_answer_is_the_same_for_everybody(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        service.deactivate(db.session.get_one(Person, cast.sam), by_id=None, now=clock.now())

    answers = [_ask(app, login) for login in ("asha@harbour.example", "nobody@harbour.example", "sam@harbour.example")]

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/reset/sent")}
    assert app.test_client().get("/reset/sent").status_code == 200
    with app.app_context():  # the same work was done for each of them
        assert len(db.session.scalars(CODES).all()) == 3


def test_the_outbox_holds_neither_code_nor_address(app: Flask, cast: Cast) -> None:
    _ask(app, "asha@harbour.example")
    worker.run_once(app)

    with app.app_context():
        row = db.session.scalars(CODES).one()
        assert row.done_at is not None
        assert row.payload == f'{{"person_id": {cast.asha}, "purpose": "reset"}}'


def test_the_worker_mails_a_code_that_works(app: Flask, cast: Cast) -> None:
    _ask(app, "ASHA@harbour.example")
    worker.run_once(app)

    (message,) = _mails(app)
    assert message["To"] == "asha@harbour.example"
    code = CODE.search(_text(message))
    assert code and code[0] in message.get_body(("html",)).get_content()
    assert use_code(app.test_client(), "asha@harbour.example", code[0]).status_code == 303


def test_only_the_configured_address_stands_in_the_mail(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1"
    from tests.factories import csrf_token

    client.post("/reset", data={"csrf_token": csrf_token(client), "login": "asha@harbour.example"},
                headers={"X-Forwarded-Host": "evil.example"})  # fmt: skip
    worker.run_once(app)

    (message,) = _mails(app)
    assert "http://127.0.0.1:8000/code" in _text(message)
    assert "evil" not in message.as_string()


@pytest.mark.parametrize("reason", ["left", "demo", "no_address", "unknown"])
def test_no_mail_goes_to_those_who_cannot_have_one(app: Flask, cast: Cast, reason: str) -> None:
    with app.app_context(), writing():
        person = db.session.get_one(Person, cast.asha)
        person.staff_number = "a-1"
        if reason == "left":
            service.deactivate(person, by_id=None, now=clock.now())
        elif reason == "demo":
            person.origin = Origin.DEMO
        elif reason == "no_address":
            person.email = None

    _ask(app, "unknown@x.example" if reason == "unknown" else "A-1")
    worker.run_once(app)

    assert _mails(app) == []


def test_a_message_tried_again_sends_the_same_code_under_the_same_id(app: Flask, cast: Cast, inbox) -> None:
    broken = create_app(_with_smtp(app, "smtp://127.0.0.1:1"))
    _ask(app, "asha@harbour.example")
    worker.run_once(broken)
    with app.app_context():
        row = db.session.scalars(CODES).one()
        assert row.done_at is None and "ConnectionRefusedError" in (row.last_error or "")
    working = create_app(_with_smtp(app, inbox.url))
    later = clock.now() + timedelta(hours=5)  # a code of an hour would be over by now

    worker.run_once(working, now=later)
    with app.app_context(), writing():
        row = db.session.scalars(CODES).one()
        row.done_at = None  # as if the worker had been killed just before it could say that it was done
    worker.run_once(working, now=later)

    first, second = inbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert CODE.search(str(first)) and CODE.search(str(first))[0] == CODE.search(str(second))[0]
    _dispose(broken, working)


def test_a_used_code_is_not_sent_again(app: Flask, cast: Cast) -> None:
    _ask(app, "asha@harbour.example")
    worker.run_once(app)
    (message,) = _mails(app)
    use_code(app.test_client(), "asha@harbour.example", CODE.search(_text(message))[0])
    for file in Path(app.config["SAYSO"].instance, "mail").glob("*.eml"):
        file.unlink()
    with app.app_context(), writing():
        db.session.scalars(CODES).one().done_at = None

    worker.run_once(app)

    assert _mails(app) == []


def test_a_request_of_last_week_is_let_be(app: Flask, cast: Cast) -> None:
    _ask(app, "asha@harbour.example")

    worker.run_once(app, now=clock.now() + timedelta(days=4))

    assert _mails(app) == []


def test_mail_files_can_be_read_by_their_owner_alone(app: Flask, cast: Cast) -> None:
    _ask(app, "asha@harbour.example")
    worker.run_once(app)

    (file,) = Path(app.config["SAYSO"].instance, "mail").glob("*.eml")
    assert file.stat().st_mode & 0o077 == 0


def test_a_real_server_gets_a_mail_with_both_forms_and_a_date(app: Flask, cast: Cast, inbox) -> None:
    sending = create_app(_with_smtp(app, inbox.url + "?from=portal@harbour.example"))
    with sending.app_context():
        mail.send("asha@harbour.example", "Grüße", "text", "<p>html</p>", event_id="e-1", now=clock.now())

    (message,) = inbox.messages
    assert message["From"] == "Sayso <portal@harbour.example>"
    assert message["Message-ID"] == "<e-1@harbour.example>"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert message["Auto-Submitted"] == "auto-generated" and message["Date"]
    _dispose(sending)


def test_a_server_without_the_encryption_that_was_asked_for_gets_nothing(app: Flask, cast: Cast, inbox) -> None:
    sending = create_app(_with_smtp(app, inbox.url + "?starttls=1"))

    with sending.app_context(), pytest.raises(SMTPException):
        mail.send("asha@harbour.example", "Hello", "text", event_id="e-2", now=clock.now())
    assert inbox.messages == []
    _dispose(sending)


@pytest.mark.parametrize("where", ["to", "subject"])
def test_a_line_end_never_reaches_a_header(app: Flask, where: str) -> None:
    facts = {"to": "asha@harbour.example", "subject": "Hello"}
    facts[where] += "\r\nBcc: everybody@evil.example"

    with app.app_context(), pytest.raises(ValueError):
        mail.send(facts["to"], facts["subject"], "text", event_id="e-3", now=clock.now())


def test_the_address_of_a_server_is_read_with_its_secrets() -> None:
    server = mail.Server.from_url("smtps://us%40er:p%3Ass@mail.example")

    assert (server.host, server.port, server.user, server.password) == ("mail.example", 465, "us@er", "p:ss")
    assert server.tls_at_once and not server.starttls
    assert mail.Server.from_url("smtp://mail.example:587?starttls=1").starttls


def test_asking_too_often_is_answered_with_a_wait(app: Flask, cast: Cast) -> None:
    limited = create_app(config_for(app.config["SAYSO"].database_url, app.config["SAYSO"].instance, rate_limits=True))

    answers = [send(limited.test_client(), "/reset", login="nobody@harbour.example") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    _dispose(limited)


def _with_smtp(app: Flask, url: str):
    config = app.config["SAYSO"]
    return config_for(config.database_url, config.instance, smtp_url=url)


def _dispose(*apps: Flask) -> None:
    for one in apps:
        with one.app_context():
            db.session.remove()
            db.engine.dispose()
