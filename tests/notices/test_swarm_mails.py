"""Mails about stop signals and drift: to whom, once, and never with the name of whoever gave the signal."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.words import Audience
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.swarm import stop_queries
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.worker import run_once
from tests.commitments.factories import make_promise, make_promoted
from tests.factories import NOON, Cast
from tests.ideas.making import said, viewer
from tests.ideas.ruling import named, rule_said
from tests.swarm.test_stops import HARM, answer, stop_of
from tests.swarm.voting import vote

LAW = WantedVote(VoteKind.STOP, StopReason.UNLAWFUL, "Part 6 of the Consumer Rules\nforbids it.")


def mails(app: Flask) -> list[EmailMessage]:
    """What was written beside the data about stop signals and scores, by receiver."""
    folder: Path = app.config["SAYSO"].instance / "mail"
    found: list[Any] = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")]
    ours = (
        one
        for one in found
        if str(one["Subject"]).startswith(("Stop signal", "Scores")) or "stop signal" in one["Subject"]
    )
    return sorted(ours, key=lambda one: str(one["To"]))


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


def test_the_owner_of_the_promise_is_told_instead_of_programme(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with writing():
            promoted = make_promoted(cast)
            other = make_promoted(cast)
        vote(cast.bo, promoted.id, HARM)
        with writing():
            make_promise(cast, idea=db.session.get_one(Idea, promoted.id))
            make_promise(cast, idea=db.session.get_one(Idea, other.id))  # nobody objects to this one
        number = promoted.id

    run_once(app, now=NOON)

    [mail] = [mail for mail in mails(app) if "Stop signal" in mail["Subject"]]
    assert mail["To"] == "olu@harbour.example" and f"/ideas/{number}/stops" in words(mail)
    assert "Somebody could be burnt." in words(mail)


def test_the_owner_of_the_rule_is_told_beside_programme_and_reads_it_there(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, other = rule_said(cast.asha), rule_said(cast.asha)
        named(cast.asha, number, owner_id=cast.olu)
        named(cast.asha, other, owner_id=cast.vic)  # another rule with an owner of its own
        vote(cast.bo, number, HARM)
        stop = stop_of(cast.bo, number)
        seen = {who: stop_queries.readable_stop(viewer(who), stop) for who in (cast.olu, cast.vic)}
        waiting = [line.words for line in stop_queries.waiting_stops(viewer(cast.olu))[0]]

    run_once(app, now=NOON)

    assert [mail["To"] for mail in mails(app)] == ["mia@harbour.example", "olu@harbour.example"]
    line = seen[cast.olu]
    assert line is not None and (line.words, line.may_answer) == (HARM.sentence, True)
    assert seen[cast.vic] is None and waiting == [HARM.sentence]


def test_the_owner_of_a_rule_who_may_not_read_the_idea_or_gave_the_signal_is_not_told(app: Flask, cast: Cast) -> None:
    with app.app_context():
        leeds = {"scope": Audience.SITE, "site_ids": (cast.places["Leeds"],)}
        here, own = rule_said(cast.asha, audience=Audience.SITE), rule_said(cast.asha)
        with writing():
            durban = db.session.get_one(Place, cast.places["Durban"])
            for person in (cast.sam, cast.bo):
                people.grant(db.session.get_one(Person, person), Role.OWNER, durban, by_id=None, now=NOON)
        named(cast.asha, here, owner_id=cast.sam, **leeds)
        named(cast.asha, own, owner_id=cast.bo)
        for number in (here, own):
            vote(cast.bo, number, HARM)
        sam = stop_queries.readable_stop(viewer(cast.sam), stop_of(cast.bo, here))

    run_once(app, now=NOON)

    assert [mail["To"] for mail in mails(app)] == ["mia@harbour.example"] * 2 and sam is None


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

    [mail] = [mail for mail in mails(app) if "Your stop signal was answered" in mail["Subject"]]
    assert mail["To"] == address
    assert "That was another form." in mail.get_body(("plain",)).get_content()


def test_a_drift_is_mailed_to_programme_and_administrators(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        vote(cast.bo, number, "support")
        with writing():
            db.session.execute(text("UPDATE idea_score SET n_support = 9"))

    run_once(app, now=NOON)

    assert [mail["To"] for mail in mails(app)] == ["mia@harbour.example", "tess@harbour.example"]
    assert "flask swarm verify" in words(mails(app)[0])
