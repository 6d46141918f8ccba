"""Lists that grow: as many statements for thirty rows as for three, in the order of an index, and nothing left out."""

import random
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.commitments import queries as commitments
from portal.commitments import service, standings
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, Course, NamedDate, Standing, day_in, standing
from portal.db import db, writing
from portal.home import dealing
from portal.ideas import moderating
from portal.ideas.models import Idea
from portal.ideas.words import ReportReason
from portal.metrics.models import Metric
from portal.triage import queries as triage
from tests.commitments.factories import TODAY, make_promise, make_promoted, viewer
from tests.factories import NOON, Cast, signed_in
from tests.home.test_speed import TRIAGE, asked, refreshed, say_many

__all__ = ["refreshed"]
PROMISES = ["/commitments", "/commitments?as=table", "/commitments?mine=1",
            *(f"/commitments?state={name.value.replace('_', '-')}" for name in commitments.ORDER)]  # fmt: skip
BUDGET = 8


def make_promises(cast: Cast, count: int) -> None:
    """Some of each standing."""
    now = clock.now()
    day = now.date()
    with writing():
        for n in range(count):
            then, due = now - timedelta(days=40), (-10, 5, 100)[n % 3]
            make_promise(cast, now=then, due_on=day + timedelta(days=due))
            live = day - timedelta(days=(5, 15)[n % 2])
            made = make_promise(cast, now=then, due_on=day - timedelta(days=10), live_from=live,
                                state=CommitmentState.CONFIRMED)  # fmt: skip
            made.metric_id = db.session.scalars(select(Metric.id)).first()


@pytest.mark.slow
def test_the_promises_ask_as_often_for_three_of_each_as_for_thirty(app: Flask, refreshed: Cast) -> None:
    with app.app_context():
        make_promises(refreshed, 3)
    three = {address: asked(app, refreshed.olu, address) for address in PROMISES}

    with app.app_context():
        make_promises(refreshed, 27)
    thirty = {address: asked(app, refreshed.olu, address) for address in PROMISES}

    assert three == thirty
    assert {address: count for address, count in thirty.items() if count > BUDGET} == {}


def test_triage_asks_as_often_for_three_as_for_thirty(app: Flask, refreshed: Cast) -> None:
    with app.app_context(), writing():
        for _ in range(3):
            make_promoted(refreshed)
    three = asked(app, refreshed.vic, "/triage")

    with app.app_context(), writing():
        for _ in range(27):
            make_promoted(refreshed)

    assert three == asked(app, refreshed.vic, "/triage") <= TRIAGE


def test_a_long_queue_is_cut_and_goes_on(app: Flask, refreshed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage, "QUEUE_SHOWN", 2)
    with app.app_context(), writing():
        numbers = [make_promoted(refreshed, promoted_at=NOON - timedelta(days=9 - n)).id for n in range(5)]
    client, address, pages = signed_in(app, refreshed.vic), "/triage", []

    while address:
        page = client.get(address).get_data(as_text=True)
        pages.append([int(found) for found in re.findall(r'<li><a href="/triage\?idea=(\d+)', page)])
        more = re.search(r'href="(/triage\?after=[\w-]+)" rel="next"', page)
        address = more[1] if more else ""

    assert pages == [numbers[:2], numbers[2:4], numbers[4:]]
    assert asked(app, refreshed.vic, "/triage") <= TRIAGE


def test_a_place_in_the_queue_that_nobody_made_is_refused(app: Flask, refreshed: Cast) -> None:
    with app.app_context(), writing():
        make_promoted(refreshed)

    assert signed_in(app, refreshed.vic).get("/triage?after=WzFd0").status_code == 422


@pytest.mark.parametrize("after", ["x", "WyJ4IiwxXQ", "WzEsMV0"])
def test_a_place_among_promises_that_nobody_made_is_refused(app: Flask, cast: Cast, after: str) -> None:
    assert signed_in(app, cast.bo).get(f"/commitments?state=open&after={after}").status_code == 422


@pytest.mark.slow
def test_results_and_reports_ask_as_often_for_three_as_for_thirty(app: Flask, refreshed: Cast) -> None:
    def more(count: int) -> tuple[int, int]:
        with app.app_context():
            make_promises(refreshed, count)
            for number in say_many(refreshed, count):
                with writing():
                    text = moderating.text_of(db.session.get_one(Idea, number), None)
                    moderating.report(viewer(refreshed.bo), text, ReportReason.OTHER, "Look", now=clock.now())
        return asked(app, refreshed.bo, "/results"), asked(app, refreshed.mia, "/moderation/queue")

    assert more(3) == more(27)


def test_conditions_say_of_every_promise_what_the_rules_say(context: Flask, cast: Cast) -> None:
    rng = random.Random(4)
    courses: dict[int, Course] = {}
    with writing():
        for _ in range(60):
            made, course = lived(cast, rng)
            courses[made] = course
    for today in (TODAY, TODAY + timedelta(days=20), TODAY + timedelta(days=60)):
        for name in Standing:
            found = set(db.session.scalars(select(Commitment.id).where(standings.has(name, today))))
            assert found == {number for number, course in courses.items() if standing(course, today) is name}


def lived(cast: Cast, rng: random.Random) -> tuple[int, Course]:
    """A promise with a life by chance, and what the rules are told about it."""
    state = rng.choice(list(CommitmentState))
    due = TODAY + timedelta(days=rng.choice([1, 13, 14, 15, 30]))
    dates, live = [NamedDate(due, TODAY)], None
    begun = state if state in (CommitmentState.OFFERED, CommitmentState.HANDED_BACK) else CommitmentState.ACCEPTED
    made = make_promise(cast, due_on=due, state=begun)
    olu, vic = viewer(cast.olu), viewer(cast.vic)
    if begun is CommitmentState.ACCEPTED and rng.random() < 0.6:
        # Half an hour before midnight in London's summer it is the day before in UTC.
        at = NOON.replace(hour=23, minute=30) + timedelta(days=rng.choice([0, 12, 13, 16]))
        today = day_in(commitments.organisation_zone(), at)
        due = max(due, today) + timedelta(days=rng.choice([1, 10]))
        service.move_date(olu, made, due, "The supplier is slower than we thought.", today=today, now=at)
        dates.append(NamedDate(due, today))
    if state in (CommitmentState.DELIVERED, CommitmentState.CONFIRMED):
        live = deliver(cast, made, due + timedelta(days=rng.choice([-3, 0, 1])))
    if state is CommitmentState.CONFIRMED:
        service.confirm(vic, made, now=NOON)
    return made.id, Course(state, dates, live)


def deliver(cast: Cast, made: Commitment, live: date) -> date:
    done = service.NewDelivery(live, (cast.places["Leeds"],), "The new script is live everywhere.")
    service.deliver(viewer(cast.olu), made, done, today=live, now=NOON)
    return live


def test_more_than_a_tab_counts_is_told_of_the_last_hundred(
    context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "COUNTED_TO", 2)
    monkeypatch.setattr(commitments, "COUNTED_TO", 2)
    make_promises(cast, 6)

    found = commitments.board(viewer(cast.bo), today=clock.now().date(), zone="UTC", only=None, mine=False)

    assert (found.counts[Standing.KEPT], found.counts[Standing.LATE_KEPT]) == (3, 3)
    assert found.lately == 0  # those that were late are live since later


def test_a_filter_that_fits_more_than_is_looked_at_says_so(
    app: Flask, refreshed: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dealing, "NEWEST_FOUND", 3)
    dealing._statement.cache_clear()
    with app.app_context():
        say_many(refreshed, 2)
    client, words = signed_in(app, refreshed.bo), "Many ideas fit this filter"
    assert words not in client.get("/ideas?q=Rule").get_data(as_text=True)

    with app.app_context():
        say_many(refreshed, 3)

    assert words in client.get("/ideas?q=Rule").get_data(as_text=True)
    assert words not in client.get("/ideas").get_data(as_text=True)
    dealing._statement.cache_clear()
