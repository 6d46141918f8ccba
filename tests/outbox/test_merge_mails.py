"""Who is told of a merge: the authors of both and the followers, each by a mail of their own that names no author."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.ideas import service as ideas
from portal.ideas.words import Names
from portal.swarm import merging
from portal.swarm.merge_models import MergeMove
from portal.worker import run_once
from tests.factories import Cast
from tests.ideas.making import idea, said, viewer
from tests.swarm.merges import merge, unmerge
from tests.swarm.voting import vote


def mails(app: Flask) -> dict[str, str]:
    """Address → subject and words of the mails that were written, each address once."""
    found: dict[str, str] = {}
    for file in sorted(Path(app.config["SAYSO"].instance, "mail").glob("*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=default)
        part = mail.get_body(("plain",))
        assert part is not None and mail["To"] not in found and "," not in mail["To"] and mail["Cc"] is None
        found[mail["To"]] = f"{mail['Subject']}\n{part.get_content()}"
        file.unlink()
    return found


def test_authors_and_followers_are_told_and_nobody_is_named(app: Flask, cast: Cast) -> None:
    now = clock.now()
    with app.app_context():
        one = said(cast.asha, "Two passwords.", names=Names.HIDDEN, now=now)
        into = said(cast.kim, "A second password.", names=Names.HIDDEN, now=now)
        with writing():
            ideas.follow(viewer(cast.bo), idea(one), now=now)
        vote(cast.cy, one, "support", now=now)
        merge(cast, one, into, now=now, reason="The same password.")
    run_once(app, now=now)
    run_once(app, now=now)

    told = mails(app)

    with app.app_context():
        bo = viewer(cast.bo).name.lower()
    assert set(told) == {"asha@harbour.example", "kim@harbour.example", f"{bo}@harbour.example"}
    for address, words in told.items():
        assert words.startswith(f"Number {one} has joined number {into}") and "The same password." in words
        others = {"Asha", "Kim", "Mia"} - {address.partition("@")[0].capitalize()}
        assert not any(name in words for name in others)

    with app.app_context():
        unmerge(cast, one, now=now + timedelta(minutes=1))
    run_once(app, now=now + timedelta(minutes=2))
    again = mails(app)
    assert set(again) == set(told)
    assert all(words.startswith(f"Number {one} stands on its own again") for words in again.values())


def test_a_text_that_was_hidden_meanwhile_is_not_sent_around(app: Flask, cast: Cast) -> None:
    now = clock.now()
    with app.app_context():
        one, into = said(cast.asha, now=now), said(cast.kim, now=now)
        merge(cast, one, into, now=now)
        with writing():
            idea(one).hidden_at = now
    run_once(app, now=now)

    assert mails(app) == {}


def test_what_was_moved_is_forgotten_when_it_can_no_longer_be_undone(context: Flask, cast: Cast) -> None:
    now = clock.now()
    one, into = said(cast.asha), said(cast.kim)
    merge(cast, one, into, now=now)
    count = select(func.count()).select_from(MergeMove)

    for days, left in ((30, True), (32, False)):
        with writing():
            merging.forget_moves(now=now + timedelta(days=days))
        assert bool(db.session.scalar(count)) is left
