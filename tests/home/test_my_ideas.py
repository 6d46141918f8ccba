"""What became of what somebody said or backed, and the whole story of one idea."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock
from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.home import my_ideas
from portal.home.story_page import SORTS
from portal.ideas import story
from portal.ideas.models import Idea, Story
from portal.ideas.words import Names, Stage, StoryKind
from tests.api.calling import Caller
from tests.commitments.factories import make_idea, make_promise, make_promoted, viewer
from tests.counting import counted
from tests.factories import NOON, Cast, signed_in
from tests.ideas.making import said
from tests.swarm.voting import vote

DAY = timedelta(days=1)


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_mine_are_mine_alone_hidden_names_too(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        shown = make_idea(cast, names=Names.SHOWN, title="With my name", author_id=cast.asha).id
        hidden = make_idea(cast, title="Without my name").id
        other = make_idea(cast, title="Of somebody else", author_id=cast.bo).id
        nobody = make_idea(cast, title="Of nobody", names=Names.NONE, author_id=None).id
    page = text(signed_in(app, cast.asha), "/me/ideas")

    assert f"/ideas/{shown}" in page and f"/ideas/{hidden}" in page and "Your name is hidden" in page
    assert "Of somebody else" not in page and "Of nobody" not in page
    assert "Without my name" not in text(signed_in(app, cast.bo), "/me/ideas")
    assert "You have not said anything yet" in text(signed_in(app, cast.sam), "/me/ideas")
    numbers = [one["number"] for one in Caller(app, cast.asha).all("/me/ideas", limit=1)]
    assert hidden in numbers and shown in numbers and not {other, nobody} & set(numbers)
    assert signed_in(app, cast.asha).get("/me/ideas?view=theirs").status_code == 422


def test_each_says_what_came_last_and_who_owes_the_next_step(app: Flask, cast: Cast) -> None:
    now = clock.now()
    with app.app_context():
        with writing():
            promised = make_promise(cast, due_on=(now + 30 * DAY).date(), now=now)
            late = make_promise(cast, due_on=(now + DAY).date(), now=now)
            late.due_on = (now - 3 * DAY).date()
            carried = make_promoted(cast, promoted_at=now)
            story.record(carried.id, StoryKind.PROMOTED, now=now)
            done = make_promise(cast, state=CommitmentState.DELIVERED, due_on=(now + 30 * DAY).date(), now=now)
            ids = [promised.idea_id, late.idea_id, carried.id, done.idea_id]
        found = {one.number: one for one in my_ideas.said_page(viewer(cast.asha), now=now, limit=50)[0]}
        db.session.remove()
    owed = [found[number].owed for number in ids]

    assert [one.who if one else None for one in owed] == ["Olu", "Olu", "An executive", "A second person"]
    assert [one.late if one else None for one in owed] == [False, True, False, False]
    assert owed[1] is not None and owed[1].words.endswith(", 3 days late.")
    assert found[ids[0]].outcome.title == "Olu took the promise on."
    assert [step.state for step in found[ids[1]].steps] == ["done", "done", "current", "future"]
    page = text(signed_in(app, cast.asha), "/me/ideas")
    assert "3 days late" in page and "Olu took the promise on." in page


def test_what_one_backed_is_told_without_a_number_of_supporters(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha, "Nobody may answer in Welsh", now=clock.now())
        passed = said(cast.asha, "Lunch at ten", now=clock.now())
        vote(cast.bo, number, "support", now=clock.now())
        vote(cast.bo, passed, "pass", now=clock.now())
    bo = signed_in(app, cast.bo)
    page = text(bo, "/me/ideas?view=backed")

    assert "Nobody may answer in Welsh" in page and "Lunch at ten" not in page
    assert "You have not backed anything yet" in text(signed_in(app, cast.cy), "/me/ideas?view=backed")
    assert [one["number"] for one in Caller(app, cast.bo).all("/me/ideas?of=backed")] == [number]


def test_the_list_asks_as_often_for_ten_as_for_one(app: Flask, cast: Cast) -> None:
    asked = []
    for count in (1, 6):
        with app.app_context(), writing():
            for _ in range(count):
                make_promise(cast, now=NOON)
        asha = signed_in(app, cast.asha)
        asha.get("/me/ideas")
        with counted(app) as statements:
            asha.get("/me/ideas")
        asked.append(len(statements))

    assert asked[0] == asked[1] <= 18  # with those that name who answers, before the worker has


def test_the_story_shows_who_and_when_and_strikes_what_was_taken_back(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        idea = make_promoted(cast)
        number = idea.id
        story.record(number, StoryKind.PROMOTED, now=NOON)
        no = story.record(number, StoryKind.DECLINED, now=NOON + DAY, actor_id=cast.vic, words="It costs too much.")
        story.undo(no.id, by_id=cast.vic, now=NOON + DAY)
        story.record(number, StoryKind.UNDONE, now=NOON + DAY, actor_id=cast.vic)
        story.record(number, StoryKind.STOP_KEPT, now=NOON + 2 * DAY)
        for n in range(14):
            story.record(number, StoryKind.UPDATED, now=NOON + (3 + n) * DAY, actor_id=cast.olu, words=f"Step {n}.")
        db.session.get_one(Idea, number).stage = Stage.OPEN  # undecided: objections stay hidden
    asha, bo = signed_in(app, cast.asha), signed_in(app, cast.bo)
    whole, page = text(asha, f"/ideas/{number}/story"), text(asha, f"/ideas/{number}")

    assert f'href="/ideas/{number}/story"' in page and "Step 0." not in page and "Step 13." in page
    assert "<s><b>Vic said no.</b>" in whole and "Vic took the last answer back." in whole
    assert "3 March, 12:00" in whole and "Taken back on 3 March" in whole
    assert "We said no" not in page  # the arc knows nothing of what was taken back
    assert "kept in spite" in whole and "kept in spite" not in text(bo, f"/ideas/{number}/story")
    assert "Step 3." not in text(asha, f"/ideas/{number}/story?of=answers")
    assert "Nothing of this kind has happened yet" in text(asha, f"/ideas/{number}/story?of=outcome")
    assert asha.get(f"/ideas/{number}/story?of=gossip").status_code == 422
    assert signed_in(app, cast.bo).get("/ideas/999999/story").status_code == 404
    steps = Caller(app, cast.bo).all(f"/ideas/{number}/story?of=answers", limit=1)
    assert [(one["kind"], one["undone_at"] is not None) for one in steps] == [("undone", False), ("declined", True)]


def test_every_kind_of_step_is_of_some_sort() -> None:
    assert frozenset().union(*SORTS.values()) == frozenset(StoryKind)


def test_no_step_of_a_hidden_author_names_them(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha, names=Names.HIDDEN, now=clock.now())
        assert db.session.scalars(select(Story.actor_id).where(Story.idea_id == number)).all() == [None]
        db.session.remove()

    assert "Asha" not in text(signed_in(app, cast.bo), f"/ideas/{number}/story")
