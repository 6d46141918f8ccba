"""Words not sent yet are kept for seven days, for their writer alone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import worker
from portal.db import db, writing
from portal.ideas import box, drafts
from portal.ideas.jobs import FORGET_DRAFTS
from portal.ideas.models import Draft
from portal.ideas.words import Names
from portal.outbox.models import Message
from tests.factories import NOON, Cast
from tests.ideas.making import viewer

pytestmark = pytest.mark.usefixtures("context")
WEEK = timedelta(days=7)


def keep(
    person_id: int, text: str, *, about: str = drafts.IDEA, names: Names = Names.HIDDEN, after: timedelta = WEEK * 0
) -> None:
    with writing():
        drafts.keep_draft(person_id, about, text, names, now=NOON + after)


def test_the_newest_words_are_kept_for_each_person_and_thing(cast: Cast) -> None:
    keep(cast.asha, "We have")
    keep(cast.asha, "We have to ask", names=Names.SHOWN)
    keep(cast.asha, "A build", about=drafts.about_comment(7))
    keep(cast.bo, "Something else")

    kept = drafts.take_draft(cast.asha, drafts.IDEA, now=NOON)
    assert kept is not None and (kept.text, kept.names) == ("We have to ask", Names.SHOWN)
    assert drafts.take_draft(cast.cy, drafts.IDEA, now=NOON) is None
    assert box.kept_words(viewer(cast.asha), "comment:7", now=NOON) == "A build"


@pytest.mark.parametrize(("text", "names"), [("", Names.HIDDEN), (" \n", Names.SHOWN), ("Words", Names.NONE)])
def test_no_words_or_no_name_leave_nothing_behind(cast: Cast, text: str, names: Names) -> None:
    keep(cast.asha, "We have")

    keep(cast.asha, text, names=names)

    assert db.session.scalars(select(Draft)).all() == []


def test_after_seven_days_words_are_forgotten(cast: Cast) -> None:
    keep(cast.asha, "Old")
    keep(cast.bo, "Newer", after=timedelta(hours=1))

    assert drafts.take_draft(cast.asha, drafts.IDEA, now=NOON + WEEK) is None
    with writing():
        assert drafts.forget_old_drafts(now=NOON + WEEK) == 1

    assert db.session.scalars(select(Draft.text)).all() == ["Newer"]


def test_the_worker_forgets_once_a_day(app: Flask, cast: Cast) -> None:
    keep(cast.asha, "Old")

    worker.run_once(app, now=NOON + WEEK)
    worker.run_once(app, now=NOON + WEEK + timedelta(hours=1))

    assert db.session.scalars(select(Draft)).all() == []
    runs = db.session.scalars(select(Message.done_at).where(Message.topic == FORGET_DRAFTS)).all()
    assert len(runs) == 1 and runs[0] is not None


def test_the_box_shows_what_was_kept_unless_other_words_come_along(cast: Cast) -> None:
    keep(cast.asha, "We have to", names=Names.SHOWN)
    asha = viewer(cast.asha)

    kept, shared, fresh = (
        box.ask_for(asha, now=NOON),
        box.ask_for(asha, now=NOON, text="From the poster"),
        box.ask_for(viewer(cast.bo), now=NOON),
    )

    assert (kept.say, kept.names, kept.kept) == ("We have to", "shown", True)
    assert (shared.say, shared.names, shared.kept) == ("From the poster", "hidden", False)
    assert (fresh.say, fresh.kept) == ("", False)
    assert len({kept.draft_key, shared.draft_key, fresh.draft_key}) == 3


def test_known_names_are_ones_own_unless_shown_and_those_nearby(cast: Cast) -> None:
    asha = viewer(cast.asha)

    hidden, shown = box.known_names(asha, Names.HIDDEN), box.known_names(asha, Names.SHOWN)

    assert hidden.own == ("Asha", "asha@harbour.example")
    assert shown.own == ()
    assert len(hidden.colleagues) == 3 and all(name.startswith("Voter") for name in hidden.colleagues)
