"""Who is told of a merge: the authors of both and the followers, in words that name no author."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.ideas import service as ideas
from portal.ideas.words import Names
from portal.notices.models import Notice
from portal.swarm import merging
from portal.swarm.merge_models import MergeMove
from portal.worker import run_once
from tests.factories import Cast
from tests.ideas.making import idea, said, viewer
from tests.swarm.merges import merge, unmerge
from tests.swarm.voting import vote


def told_now(app: Flask) -> dict[int, str]:
    """Person → what they were told by the newest event about a merge, each person once."""
    with app.app_context():
        newest = select(Notice.event_id).where(Notice.title.startswith("Number ")).order_by(Notice.id.desc()).limit(1)
        rows = db.session.scalars(select(Notice).where(Notice.event_id == newest.scalar_subquery())).all()
        found = {row.person_id: f"{row.title}\n{row.words}" for row in rows}
        assert len(found) == len(rows)
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

    told = told_now(app)

    assert set(told) == {cast.asha, cast.kim, cast.bo}
    assert all(words.startswith(f"Number {one} has joined number {into}") for words in told.values())
    assert all("The same password." in words for words in told.values())
    assert not any(name in words for name in ("Asha", "Kim", "Mia") for words in told.values())

    with app.app_context():
        unmerge(cast, one, now=now + timedelta(minutes=1))
    run_once(app, now=now + timedelta(minutes=2))
    again = told_now(app)
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

    assert told_now(app) == {}


def test_what_was_moved_is_forgotten_when_it_can_no_longer_be_undone(context: Flask, cast: Cast) -> None:
    now = clock.now()
    one, into = said(cast.asha), said(cast.kim)
    merge(cast, one, into, now=now)
    count = select(func.count()).select_from(MergeMove)

    for days, left in ((30, True), (32, False)):
        with writing():
            merging.forget_moves(now=now + timedelta(days=days))
        assert bool(db.session.scalar(count)) is left
