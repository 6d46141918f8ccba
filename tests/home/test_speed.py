"""What pages ask of the database: a fixed number of statements, with few rows and with many."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, insert, select

from portal import clock
from portal.db import db, is_postgres, writing
from portal.home import dealing, facts, sharing
from portal.home.models import BoardFacts
from portal.home.tabs import tabs
from portal.home.wanted import Wanted
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage
from portal.outbox.models import Message
from portal.swarm import scores
from portal.swarm.models import IdeaScore
from portal.swarm.queries import place_of, place_on_list
from portal.web.paging import COUNTED_TO, capped
from portal.worker import run_once
from tests.commitments.factories import make_promise, make_promoted
from tests.counting import counted
from tests.factories import NOON, Cast, signed_in
from tests.ideas.making import commented, said, viewer
from tests.swarm.voting import vote

SIGN_IN_AND_SHELL = 2
BOARD, IDEA, TRIAGE = SIGN_IN_AND_SHELL + 6, 8, 10


def asked(app: Flask, who: int, address: str) -> int:
    """How many statements a page takes once its caches are warm, the begin of the transaction not counted."""
    client = signed_in(app, who)
    assert client.get(address).status_code == 200
    with counted(app) as statements:
        assert client.get(address).status_code == 200
    return len([words for words in statements if not words.startswith("BEGIN")])


def say_many(cast: Cast, count: int) -> list[int]:
    return [said(cast.asha, f"Rule number {n} should go", now=clock.now()) for n in range(count)]


@pytest.fixture
def refreshed(app: Flask, cast: Cast) -> Cast:
    """The cast, with the row of the board as the worker leaves it."""
    with app.app_context(), writing():
        facts.refresh(now=clock.now())
    return cast


@pytest.mark.parametrize("address", ["/ideas", "/ideas?view=newest", "/ideas?view=rising", "/ideas?show=80"])
def test_the_board_asks_as_often_for_three_ideas_as_for_thirty(app: Flask, refreshed: Cast, address: str) -> None:
    with app.app_context():
        few = say_many(refreshed, 3)
        vote(refreshed.bo, few[0], "support")
    three = asked(app, refreshed.bo, address)

    with app.app_context():
        for number in say_many(refreshed, 27):
            vote(refreshed.cy, number, "support")
    thirty = asked(app, refreshed.bo, address)

    assert three == thirty <= BOARD


def test_an_ideas_page_asks_no_more_for_thirty_comments(app: Flask, refreshed: Cast) -> None:
    with app.app_context():
        (number,) = say_many(refreshed, 1)
        vote(refreshed.bo, number, "support")
        commented(refreshed.cy, number, "Try it once")
    before = asked(app, refreshed.bo, f"/ideas/{number}")

    with app.app_context():
        for n in range(30):
            commented(refreshed.cy, number, f"Try it like this {n}")
    after = asked(app, refreshed.bo, f"/ideas/{number}")

    assert before == after <= IDEA


def test_the_page_of_a_promise_and_triage_stay_within_their_budget(app: Flask, refreshed: Cast) -> None:
    with app.app_context():
        with writing():
            make_promoted(refreshed)
            make_promise(refreshed)
        promised = db.session.scalars(select(Idea.id).where(Idea.stage == Stage.PROMISED)).first()

    assert asked(app, refreshed.bo, f"/ideas/{promised}") <= IDEA
    assert asked(app, refreshed.vic, "/triage") <= TRIAGE


def test_the_worker_keeps_the_row_of_the_board_each_minute(app: Flask, cast: Cast) -> None:
    run_once(app, now=NOON)
    run_once(app, now=NOON + timedelta(seconds=30))
    run_once(app, now=NOON + timedelta(seconds=61))

    with app.app_context():
        rows = db.session.scalars(select(BoardFacts)).all()
        runs = db.session.scalars(select(Message.id).where(Message.topic == "home.board_facts")).all()
    assert [row.at for row in rows] == [NOON + timedelta(seconds=61)]
    assert len(runs) == 2


def test_the_row_says_what_a_page_without_it_would_work_out(context: Flask, cast: Cast) -> None:
    before = facts.read(now=NOON)
    with writing():
        facts.refresh(now=NOON)

    assert facts.read(now=NOON) == before


def test_a_row_of_another_release_is_worked_out_again(context: Flask, cast: Cast) -> None:
    before = facts.read(now=NOON)
    with writing():
        facts.refresh(now=NOON)
        row = db.session.get(BoardFacts, 1)
        assert row is not None
        row.facts = json.dumps({"at": NOON.isoformat(), "sizes": []})

    assert facts.read(now=NOON) == before


def test_what_is_full_for_everybody_is_counted_for_nobody(context: Flask, cast: Cast) -> None:
    with writing():
        said = [idea_columns(cast, number) for number in range(COUNTED_TO + 1)]
        db.session.execute(insert(Idea), [one | {"stage": Stage.DECLINED} for one in said])
        db.session.execute(insert(Idea), [one | {"stage": Stage.DONE} for one in said[:3]])

    found = facts.read(now=NOON)

    assert found.full == {"not-doing"}
    assert tabs(viewer(cast.bo), full=found.full) == tabs(viewer(cast.bo))
    assert tabs(viewer(cast.bo)).counts["not-doing"] == COUNTED_TO + 1


def idea_columns(cast: Cast, number: int) -> dict[str, object]:
    """A row of an idea that everybody may read, without its stage."""
    words = f"Idea {number}"
    return {
        "kind": Kind.IDEA, "say": words, "title": words, "barrier": Barrier.POLICIES, "names": Names.NONE,
        "audience": Audience.ORGANISATION, "origin_label": "a colleague", "said_at": NOON, "moved_at": NOON,
    }  # fmt: skip


def test_a_get_writes_no_row(app: Flask, cast: Cast) -> None:
    signed_in(app, cast.bo).get("/ideas")

    with app.app_context():
        assert db.session.scalar(select(BoardFacts.id)) is None


def test_an_idea_just_said_is_dealt_before_it_has_a_score(app: Flask, cast: Cast) -> None:
    with app.app_context():
        (number,) = say_many(cast, 1)
        assert db.session.get(IdeaScore, number) is None

    page = signed_in(app, cast.bo).get("/ideas").get_data(as_text=True)

    assert f'id="idea-{number}"' in page


def test_the_worker_gives_every_idea_a_score_and_closes_those_that_left(context: Flask, cast: Cast) -> None:
    stays, leaves = say_many(cast, 2)
    vote(cast.bo, leaves, "support")
    with writing():
        ideas.withdraw(viewer(cast.asha), db.session.get(Idea, leaves), now=NOON)
        scores.keep_rows(now=NOON)
        scores.keep_rows(now=NOON)

    rows = {row.idea_id: row.open for row in db.session.scalars(select(IdeaScore))}
    assert rows == {stays: True, leaves: False}


def test_what_everybody_shares_leaves_out_what_one_has_decided(
    context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "HELD", 6)
    numbers = say_many(cast, 120)
    with writing():
        scores.typical(now=NOON)
        scores.keep_rows(now=NOON)
    monkeypatch.setattr(sharing, "HELD", 120)
    vote(cast.bo, numbers[5], "support")

    shared = sharing.shared_pool(db.engine, now=NOON)
    assert shared is not None
    promising, fresh = shared.without(viewer(cast.bo), 8) or ([], [])

    dealt = {card.id for card in (*promising, *fresh)}
    assert dealt == set(numbers) - {numbers[5]}
    assert shared.without(viewer(cast.asha), 8) is None  # they said them all: a query of their own answers


def test_a_small_portal_shares_nothing(context: Flask, cast: Cast) -> None:
    say_many(cast, 3)

    assert sharing.shared_pool(db.engine, now=NOON) is None


def test_tabs_count_no_further_than_they_show() -> None:
    assert [capped(count) for count in (0, COUNTED_TO, COUNTED_TO + 1)] == ["0", "99", "99+"]


def test_a_place_is_counted_only_so_far(context: Flask, cast: Cast) -> None:
    first, second = say_many(cast, 2)
    vote(cast.bo, first, "support")
    vote(cast.bo, second, "pass")
    row = db.session.get(IdeaScore, second)
    assert row is not None

    assert place_on_list(row) == 2
    assert place_of(second, row, row.mu0, most=1) is None


def test_the_feed_is_read_in_the_order_of_an_index(context: Flask, cast: Cast) -> None:
    if is_postgres():
        pytest.skip("with three rows the planner rightly sorts")
    statements: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, given: object, *_more: object) -> None:
        statements.append((statement, given))

    event.listen(db.engine, "before_cursor_execute", note)
    dealing.pool_for(viewer(cast.bo), Wanted(), now=NOON)
    event.remove(db.engine, "before_cursor_execute", note)

    statement, given = statements[-1]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)  # type: ignore[arg-type]
    steps = [row[-1] for row in plan]
    assert not [step for step in steps if "TEMP B-TREE" in step]
    for name in ("score", "ucb", "looks"):
        assert any(f"ix_idea_score_open_{name}" in step for step in steps)
