"""Whoever follows an idea that names a rule hears how it ended, once, if they may see the rule."""

import email
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

from flask import Flask

from portal.db import db, writing
from portal.ideas.service import follow
from portal.ideas.words import Audience
from portal.notices import rule_mails
from portal.outbox.models import Message
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.ideas.making import idea, viewer
from tests.ideas.ruling import NEW, OLD, decided, joined, named, rule_said


def mails(app: Flask) -> list[Any]:
    folder = Path(app.config["SAYSO"].instance, "mail")
    found = sorted(folder.glob("*.eml")) if folder.is_dir() else []
    return [email.message_from_bytes(one.read_bytes(), policy=policy.default) for one in found]


def work(app: Flask, now: Any) -> None:
    while run_once(app, now=now, handlers=rule_mails.HANDLERS):
        pass


def test_authors_and_followers_hear_of_a_verdict_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        first, second = rule_said(cast.asha), rule_said(cast.asha)
        rule = named(cast.asha, first)
        joined(cast.asha, second, rule)
        with writing():
            follow(viewer(cast.bo), idea(second), now=NOON)
        decided(cast.mia, rule, "changed")
        with writing():
            sent = db.session.scalars(db.select(Message).where(Message.topic == rule_mails.DECIDED)).one()
            again = {"topic": sent.topic, "payload": sent.payload, "created_at": NOON, "available_at": NOON}
            db.session.add(Message(event_id="again", **again))

    work(app, NOON + timedelta(minutes=1))

    told = mails(app)
    assert sorted(one["To"] for one in told) == sorted(["asha@harbour.example", bo_address(app, cast)])
    body = told[0].get_body(("plain",)).get_content()
    assert "Mia decided" in body and f'Until 1 March: "{OLD}"' in body and f'Now: "{NEW}"' in body
    assert f"/rules/{rule}" in body and told[0]["Subject"] == "Cancel by fax only: changed"


def test_nobody_hears_of_a_rule_that_they_may_not_see_or_of_an_older_verdict(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = rule_said(cast.sam)
        rule = named(cast.sam, number, scope=Audience.EMPLOYER)
        with writing():
            follow(viewer(cast.bo), idea(number), now=NOON)
        decided(cast.mia, rule)
        decided(cast.mia, rule, "kept", after=1, why_again="It is back: nobody told the night shift.")

    work(app, NOON + timedelta(minutes=1))

    assert [(one["To"], one["Subject"]) for one in mails(app)] == [
        ("sam@harbour.example", "Cancel by fax only: kept, and why")
    ]


def bo_address(app: Flask, cast: Cast) -> str:
    from portal.people.models import Person

    with app.app_context():
        address = db.session.get_one(Person, cast.bo).email
    assert address is not None
    return address
