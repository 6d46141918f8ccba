"""Mails about stop signals and drift: to whom, once, and never with the name of whoever gave the signal."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from portal.db import db, writing
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.ideas.making import said, viewer
from tests.swarm.test_stops import HARM, answer, stop_of
from tests.swarm.voting import vote

LAW = WantedVote(VoteKind.STOP, StopReason.UNLAWFUL, "Part 6 of the Consumer Rules\nforbids it.")


def mails(app: Flask) -> list[EmailMessage]:
    """What was written beside the data, by receiver."""
    folder: Path = app.config["SAYSO"].instance / "mail"
    found: list[Any] = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")]
    return sorted(found, key=lambda one: str(one["To"]))


def words(mail: EmailMessage) -> str:
    return mail.get_content()


def test_programme_is_told_of_harm_at_once_in_the_objector_s_words_without_a_name(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, LAW)
        giver = viewer(cast.bo).name

    run_once(app, now=NOON)
    run_once(app, now=NOON)

    [mail] = mails(app)
    assert mail["To"] == "mia@harbour.example" and mail["Subject"] == f"Stop signal on number {number}"
    assert "It could break a law." in words(mail) and "forbids it." in words(mail)
    assert f"/ideas/{number}/stops" in words(mail)
    assert giver not in mail.as_string() and giver.casefold() not in mail.as_string().casefold()


def test_programme_of_another_place_is_not_told_and_without_any_the_administrators_are(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            mia = db.session.get_one(Person, cast.mia)
            mia.deactivated_at = NOON
            durban = db.session.get_one(Place, cast.places["Durban"])
            people.grant(db.session.get_one(Person, cast.sam), Role.PROGRAMME, durban, by_id=None, now=NOON)
        vote(cast.bo, said(cast.asha), HARM)

    run_once(app, now=NOON)

    assert [mail["To"] for mail in mails(app)] == ["tess@harbour.example"]


def test_a_signal_taken_back_before_the_worker_comes_is_not_mailed(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, HARM)
        vote(cast.bo, number, "none")

    run_once(app, now=NOON)

    assert mails(app) == []


def test_the_giver_is_told_of_the_answer_and_nobody_else(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, WantedVote(VoteKind.STOP, StopReason.TRIED, "In spring."))
        vote(cast.cy, number, "pass")
        with writing():
            leeds = db.session.get_one(Place, cast.places["Leeds"])
            people.grant(db.session.get_one(Person, cast.cy), Role.OWNER, leeds, by_id=None, now=NOON)
        answer(cast.cy, stop_of(cast.bo, number), "That was another form.")
        address = db.session.get_one(Person, cast.bo).email

    run_once(app, now=NOON)

    [mail] = mails(app)
    assert mail["To"] == address and "That was another form." in words(mail)
    assert mail["Subject"] == "Your stop signal was answered"


def test_a_drift_is_mailed_to_programme_and_administrators(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, "support")
        with writing():
            db.session.execute(text("UPDATE idea_score SET n_support = 9"))

    run_once(app, now=NOON)

    assert [mail["To"] for mail in mails(app)] == ["mia@harbour.example", "tess@harbour.example"]
    assert "flask swarm verify" in words(mails(app)[0])
