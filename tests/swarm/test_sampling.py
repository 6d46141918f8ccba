"""The monthly blind sample: drawing, assessing without knowing, and what it says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.db import db, writing
from portal.errors import DomainError
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.swarm import jobs, sampling, sampling_queries
from portal.swarm.sampling_models import BlindAnswer, BlindItem, BlindSample
from portal.swarm.sampling_rules import Answer, SampleRefusal, draw, is_due, majority, mixed, wilson
from portal.worker import run_once
from tests.factories import NOON, Cast, make_person, send, signed_in
from tests.ideas.making import idea, said, viewer
from tests.swarm.voting import vote

YES, NO, UNSURE = Answer


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 3, 1), False),  # a Sunday
        (date(2026, 3, 2), True),
        (date(2026, 8, 1), False),  # a Saturday
        (date(2026, 8, 2), False),
        (date(2026, 8, 3), True),
        (date(2026, 9, 1), True),
        (date(2026, 9, 30), True),
    ],
)
def test_the_first_working_day_of_a_month_and_every_day_after_it(day: date, due: bool) -> None:
    assert is_due(day) is due
    topics = [topic for topic, _ in jobs.due(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))]
    assert (jobs.SAMPLE in topics) is due


def test_the_same_seed_draws_the_same() -> None:
    assert draw([3, 1, 2, 9], "x", size=2) == draw([9, 2, 1, 3], "x", size=2)
    assert sorted(draw([3, 1], "x")) == [1, 3]
    assert mixed({5: 1, 6: 1, 7: 1}, "x") == mixed([7, 6, 5], "x")


def test_wilson_s_interval_is_what_the_books_say() -> None:
    found = wilson(1, 10)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0179, 0.4042)
    assert wilson(0, 10).low == 0.0 and round(wilson(0, 10).high, 4) == 0.2775
    assert wilson(10, 10).high == 1.0
    assert wilson(0, 0) == (0, 0, None, 0.0, 1.0)


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [([], UNSURE), ([YES], YES), ([YES, NO], UNSURE), ([NO, NO, YES], NO), ([UNSURE, UNSURE, YES], YES)],
)
def test_what_most_of_those_who_were_sure_say(answers: list[Answer], verdict: Answer) -> None:
    assert majority(answers) is verdict


@pytest.fixture
def sample(context: Flask, cast: Cast) -> int:
    """The id of a sample of ten of twelve open ideas and one that was carried."""
    carried = said(cast.asha, "This one is carried to the executives")
    for person in cast.voters:
        if idea(carried).stage != "promoted":
            vote(person, carried, "strong")
    for n in range(12):
        said(cast.asha, f"Rule number {n} should go")
    return drawn(seed="a seed")


def drawn(month: str = "2026-03", seed: str | None = None) -> int:
    with writing():
        made = sampling.draw_sample(month, now=NOON, seed=seed)
    assert made is not None
    return made


def items(sample: int, **wanted: bool) -> list[BlindItem]:
    return list(db.session.scalars(select(BlindItem).filter_by(sample_id=sample, **wanted).order_by(BlindItem.place)))


def assess(person: int, item: int, answer: Answer = YES) -> None:
    with writing():
        sampling.assess(viewer(person), item, answer, now=NOON)


def test_ten_of_the_board_and_what_was_carried_are_drawn_once_a_month(sample: int) -> None:
    assert (len(items(sample, promoted=False)), len(items(sample, promoted=True))) == (10, 1)
    assert [item.place for item in items(sample)] == list(range(1, 12))
    row = db.session.get_one(BlindSample, sample)
    assert (row.seed, row.open_ideas) == ("a seed", 12)
    with writing():
        assert sampling.draw_sample("2026-03", now=NOON) is None
    again = draw([n.idea_id for n in items(sample, promoted=False)], "a seed")
    assert sorted(again) == sorted(item.idea_id for item in items(sample, promoted=False))
    later = drawn("2026-04")
    assert db.session.get_one(BlindSample, later).seed != "a seed"


def test_an_empty_board_has_no_sample(context: Flask, cast: Cast) -> None:
    with writing():
        assert sampling.draw_sample("2026-03", now=NOON) is None
    assert sampling_queries.newest_sample(viewer(cast.vic)).lines == []


def test_before_answering_nothing_tells_which_are_which(cast: Cast, sample: int) -> None:
    for line in sampling_queries.newest_sample(viewer(cast.vic)).lines:
        assert (line.idea, line.promoted, line.others, line.answer) == (None, None, None, None)


def test_after_answering_it_is_told_with_what_others_said(context: Flask, cast: Cast, sample: int) -> None:
    with writing():
        top = db.session.get_one(Place, cast.places["Harbour"])
        other = make_person("zed", top)
        people.grant(other, Role.EXECUTIVE, top, by_id=None, now=NOON)
        zed = other.id
    carried = items(sample, promoted=True)[0].id
    assess(zed, carried, NO)

    assess(cast.vic, carried, YES)

    mine = sampling_queries.line_for(viewer(cast.vic), carried)
    assert (mine.answer, mine.promoted, mine.others) == (YES, True, (0, 1, 0))
    page = sampling_queries.newest_sample(viewer(cast.vic))
    assert page.left == 10 and sum(line.others is not None for line in page.lines) == 1


def test_an_answer_is_given_once_and_only_by_whom_it_belongs_to(cast: Cast, sample: int) -> None:
    item = items(sample)[0].id
    assess(cast.vic, item, UNSURE)

    found = []
    for person, number in ((cast.vic, item), (cast.bo, item), (cast.vic, 0), (cast.vic, 2**40)):
        with pytest.raises(DomainError) as caught:
            assess(person, number)
        found.append(caught.value.code)

    assert found == [SampleRefusal.ALREADY_SAID, "not_found", "not_found", "not_found"]
    assert db.session.scalars(select(BlindAnswer.answer)).all() == [UNSURE]


def test_the_result_counts_ideas_and_says_how_unsure_it_is(cast: Cast, sample: int) -> None:
    open_ones = [item.id for item in items(sample, promoted=False)]
    for item in open_ones[:2]:
        assess(cast.vic, item, YES)
    for item in open_ones[2:8]:
        assess(cast.vic, item, NO)
    assess(cast.vic, open_ones[8], UNSURE)
    assess(cast.vic, items(sample, promoted=True)[0].id, NO)

    [one], following = sampling_queries.results(viewer(cast.mia))

    assert one.missed == wilson(2, 8) and one.false == wilson(1, 1)
    assert (one.unsure, one.unanswered, one.people, one.waits, following) == (1, 1, 1, False, None)


def test_programme_that_assesses_too_sees_nothing_before_its_own_answers(cast: Cast, sample: int) -> None:
    with writing():
        top = db.session.get_one(Place, cast.places["Harbour"])
        people.grant(db.session.get_one(Person, cast.mia), Role.EXECUTIVE, top, by_id=None, now=NOON)
    assess(cast.vic, items(sample)[0].id)

    before = sampling_queries.results(viewer(cast.mia))[0][0]
    for item in items(sample):
        assess(cast.mia, item.id, NO)
    after = sampling_queries.results(viewer(cast.mia))[0][0]

    assert before.waits and before.missed is None and before.people == 0
    assert not after.waits and after.people == 2


def test_what_was_drawn_and_said_is_only_added(cast: Cast, sample: int) -> None:
    assess(cast.vic, items(sample)[0].id)

    for table in ("blind_samples", "blind_sample_items", "blind_answers"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 100"):
            with pytest.raises(DBAPIError), writing():
                db.session.execute(text(statement))


def test_the_pages_of_the_sample(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for n in range(3):
            said(cast.asha, f"Rule number {n} should go", now=clock.now())
    first = clock.now().replace(day=1) + timedelta(days=4)
    run_once(app, now=first)
    vic, mia = signed_in(app, cast.vic), signed_in(app, cast.mia)
    with app.app_context():
        item = db.session.scalars(select(BlindItem.id)).first()

    before = vic.get("/triage/sample").get_data(as_text=True)
    said_so = send(vic, f"/triage/sample/{item}/answers", answer="yes")
    nonsense = send(vic, f"/triage/sample/{item}/answers", answer="perhaps")
    twice = send(vic, f"/triage/sample/{item}/answers", answer="no")
    after = vic.get("/triage/sample").get_data(as_text=True)
    results = mia.get("/swarm/samples").get_data(as_text=True)

    assert "Rule number 1 should go" in before and "It waits on the board" not in before
    assert (said_so.status_code, nonsense.status_code, twice.status_code) == (303, 422, 409)
    assert "It waits on the board" in after and "Nobody else has said anything yet." in after
    assert "1 of 1 ideas. Somewhere between 21 and 100 %." in results
    assert "/triage/sample" in vic.get("/triage").get_data(as_text=True)
    assert vic.get("/swarm/samples").status_code == mia.get("/triage/sample").status_code == 403
