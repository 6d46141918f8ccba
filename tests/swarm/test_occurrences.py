"""Noting that something happened again: what is kept, what is refused, and what it never touches."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, DomainError, Gone, Invalid, Missing, Refused
from portal.ideas import moderating
from portal.ideas import service as ideas
from portal.ideas.queries import idea_for
from portal.ideas.rules import Action
from portal.ideas.words import Stage
from portal.people.models import AuditEntry
from portal.swarm import jobs
from portal.swarm import occurrence_queries as queries
from portal.swarm import occurrence_service as service
from portal.swarm import occurrence_sums as sums
from portal.swarm.models import IdeaScore
from portal.swarm.occurrence_models import HourCost, Occurrence, OccurrenceSum
from portal.swarm.occurrence_rules import A_DAY_MAX, Channel, NewOccurrence, OccurrenceRefusal, Tried
from portal.swarm.occurrence_wording import Hour
from tests.counting import counted
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer
from tests.ledger.racing import race
from tests.swarm.noting import TODAY, noted
from tests.swarm.voting import vote


def row(number: int) -> Occurrence:
    found = db.session.get(Occurrence, number, populate_existing=True)
    assert found is not None
    return found


def test_one_tap_is_today_with_team_and_site_frozen(context: Flask, cast: Cast) -> None:
    kept = row(noted(cast.asha, said(cast.bo)))

    assert (kept.day, kept.reason, kept.channel, kept.tried, kept.minutes) == (TODAY, "", None, Tried.UNKNOWN, None)
    assert (kept.team_id, kept.site_id) == (cast.places["Leeds/Billing"], cast.places["Leeds"])


def test_any_number_per_person_and_also_by_its_author(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    for person in (cast.asha, cast.bo, cast.bo, cast.bo):
        noted(person, number)
    noted(cast.bo, said(cast.asha, "Another rule that should go"))  # noise

    assert queries.own_times(viewer(cast.bo), number) == 3
    seen, found = queries.figures_of(viewer(cast.asha), number)
    assert seen and found is not None and (found.times, found.people) == (4, 2)


def test_it_never_enters_score_or_evidence(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, "support")
    before = dict(db.session.get_one(IdeaScore, number).__dict__)

    noted(cast.cy, number, minutes=480)

    db.session.expire_all()
    after = db.session.get_one(IdeaScore, number).__dict__
    assert {name: after[name] for name in ("s", "d", "m", "score", "evidence")} == {
        name: before[name] for name in ("s", "d", "m", "score", "evidence")
    }


def test_before_deciding_no_count_is_told(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    noted(cast.cy, number)

    assert queries.figures_of(viewer(cast.bo), number) == (False, None)
    vote(cast.bo, number, "pass")
    assert queries.figures_of(viewer(cast.bo), number)[0]


REFUSED = [
    (OccurrenceRefusal.DAY_IN_FUTURE, {"day": TODAY + timedelta(days=1)}),
    (OccurrenceRefusal.DAY_TOO_LONG_AGO, {"day": TODAY - timedelta(days=91)}),
    (OccurrenceRefusal.MINUTES_OUT_OF_RANGE, {"minutes": 0}),
    (OccurrenceRefusal.MINUTES_OUT_OF_RANGE, {"minutes": 481}),
    (OccurrenceRefusal.REASON_TOO_LONG, {"reason": "x" * 61}),
    (OccurrenceRefusal.PERSONAL_DATA, {"reason": "call 0800 123 4567"}),
]


@pytest.mark.parametrize(("refusal", "over"), REFUSED)
def test_details_that_cannot_be_are_refused_at_their_field(
    context: Flask, cast: Cast, refusal: OccurrenceRefusal, over: dict[str, object]
) -> None:
    number = said(cast.asha)

    with pytest.raises(Invalid) as caught:
        noted(cast.bo, number, **over)  # type: ignore[arg-type]

    assert caught.value.code == refusal.value and caught.value.fields.keys() <= over.keys()
    assert db.session.scalar(select(func.count()).select_from(Occurrence)) == 0


def test_the_limits_themselves_are_taken(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)

    kept = row(noted(cast.bo, number, day=TODAY - timedelta(days=90), minutes=480, reason="x" * 60,
                     channel=Channel.PHONE, tried=Tried.YES))  # fmt: skip

    assert (kept.minutes, kept.channel, kept.tried) == (480, Channel.PHONE, Tried.YES)


def test_nothing_is_noted_on_what_was_taken_back_or_hidden(context: Flask, cast: Cast) -> None:
    gone, hidden = said(cast.asha), said(cast.asha, "Another rule that should go")
    with writing():
        ideas.withdraw(viewer(cast.asha), idea(gone), now=NOON)
        moderating.moderate(viewer(cast.mia), moderating.Text(idea(hidden)), Action.HIDE, "A name in it", now=NOON)

    codes = []
    for number in (gone, hidden):
        with pytest.raises(Conflict) as caught:
            noted(cast.asha, number)
        codes.append(caught.value.code)
    assert codes == [OccurrenceRefusal.WITHDRAWN, OccurrenceRefusal.HIDDEN]
    with pytest.raises(Missing):
        noted(cast.bo, gone)


def test_only_people_of_a_team_note_something(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)

    with pytest.raises(Refused):
        noted(cast.vic, number)


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.PROMOTED, Stage.PROMISED, Stage.DELIVERED, Stage.DONE,
                                   Stage.DECLINED])  # fmt: skip
def test_it_can_be_noted_at_every_other_stage(context: Flask, cast: Cast, stage: Stage) -> None:
    number = said(cast.asha)
    with writing():
        idea(number).stage = stage

    assert noted(cast.bo, number)


def test_there_is_a_limit_a_day_over_all_ideas(context: Flask, cast: Cast) -> None:
    one, other = said(cast.asha), said(cast.asha, "Another rule that should go")
    for count in range(A_DAY_MAX):
        noted(cast.bo, (one, other)[count % 2])

    with pytest.raises(Conflict) as caught:
        noted(cast.bo, one, now=NOON + timedelta(hours=23))
    assert caught.value.code == OccurrenceRefusal.TOO_MANY_TODAY
    assert noted(cast.bo, one, now=NOON + timedelta(hours=25)) and noted(cast.cy, one)


def test_a_form_sent_twice_counts_once(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)

    first, second = noted(cast.bo, number, form_key="k" * 36), noted(cast.bo, number, form_key="k" * 36)

    assert first == second and noted(cast.cy, number, form_key="k" * 36) != first
    assert db.session.scalar(select(func.count()).select_from(Occurrence)) == 2


def test_details_are_changed_and_it_is_taken_back_within_a_quarter_of_an_hour(context: Flask, cast: Cast) -> None:
    number, bo = said(cast.asha), viewer(cast.bo)
    one, soon = noted(cast.bo, number), NOON + timedelta(minutes=15)

    with writing():
        wanted = NewOccurrence(TODAY - timedelta(days=1), " late   bill ", Channel.MAIL, Tried.NO, 20)
        service.correct(bo, queries.own(bo, one), wanted, today=TODAY, now=soon)
    kept = row(one)
    assert (kept.day, kept.reason, kept.minutes) == (TODAY - timedelta(days=1), "late bill", 20)

    with writing():
        service.take_back(bo, queries.own(bo, one), today=TODAY, now=soon)
    assert queries.own_times(bo, number) == 0 and queries.figures_of(viewer(cast.asha), number) == (True, None)
    with pytest.raises(Conflict) as caught, writing():
        service.take_back(bo, queries.own(bo, one), today=TODAY, now=soon)
    assert caught.value.code == OccurrenceRefusal.TAKEN_BACK


def test_later_it_stays_as_it_is_and_nobody_elses_can_be_reached(context: Flask, cast: Cast) -> None:
    one, late = noted(cast.bo, said(cast.asha)), NOON + timedelta(minutes=16)

    with pytest.raises(Gone) as caught, writing():
        service.take_back(viewer(cast.bo), queries.own(viewer(cast.bo), one), today=TODAY, now=late)
    assert caught.value.code == OccurrenceRefusal.TOO_LATE
    with pytest.raises(Gone), writing():
        service.correct(viewer(cast.bo), row(one), NewOccurrence(TODAY), today=TODAY, now=late)
    with pytest.raises(Missing):
        queries.own(viewer(cast.cy), one)


def test_small_sites_are_not_named(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    for person in (cast.asha, cast.sam, cast.kim):
        noted(person, number)

    found = queries.figures_of(viewer(cast.asha), number)[1]

    assert found is not None and found.sites == 3
    assert found.named == (("Leeds", 1),) and found.others == 2  # eleven people in Leeds, seven in Durban


def test_the_night_moves_the_weeks_on(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    noted(cast.bo, number)
    later = NOON + timedelta(days=60)

    jobs.move_weeks_on(None, later)  # type: ignore[arg-type]
    jobs.move_weeks_on(None, later)  # type: ignore[arg-type]

    kept = db.session.get_one(OccurrenceSum, number, populate_existing=True)
    assert kept.times == 0 and kept.at == later and sums.next_of(0) == []
    assert queries.figures_of(viewer(cast.asha), number) == (True, None)


def test_what_is_read_for_the_figures_is_limited(context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "NOTED_MAX", 3)
    number = said(cast.asha)
    for ago in range(5):
        noted(cast.bo, number, day=TODAY - timedelta(days=ago))

    found = queries.figures_of(viewer(cast.asha), number)[1]
    assert found is not None and found.capped and found.times == 3


def test_the_cost_of_an_hour_is_set_by_programme_and_audited(context: Flask, cast: Cast) -> None:
    with writing():
        service.set_hour_cost(viewer(cast.mia), 2000, "EUR", now=NOON)
        service.set_hour_cost(viewer(cast.mia), 2450, "GBP", now=NOON)

    assert queries.hour_cost() == Hour(2450, "GBP")
    assert [one.cents for one in queries.hour_costs()] == [2450, 2000]
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "hour_cost.set")).all()
    assert len(actions) == 2
    with pytest.raises(Refused):
        service.set_hour_cost(viewer(cast.vic), 2000, "EUR", now=NOON)
    for cents, currency, code in ((99, "GBP", "bad_amount"), (100_001, "GBP", "bad_amount"),
                                  (2000, "gbp", "bad_currency"), (2000, "POUND", "bad_currency")):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            service.set_hour_cost(viewer(cast.mia), cents, currency, now=NOON)
        assert caught.value.code == code
    assert db.session.scalar(select(func.count()).select_from(HourCost)) == 2


def test_a_list_of_ones_own_goes_on_to_its_end(context: Flask, cast: Cast) -> None:
    number, bo = said(cast.asha), viewer(cast.bo)
    ids = [noted(cast.bo, number) for _ in range(5)]
    noted(cast.cy, number)

    found: list[int] = []
    cursor: str | None = None
    while True:
        rows, cursor = queries.own_page(bo, limit=2, cursor=cursor)
        found += [one.Occurrence.id for one in rows]
        if cursor is None:
            break
    assert found == ids[::-1]


def test_noting_costs_as_many_statements_with_many_as_with_few(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        noted(cast.bo, number)
        with counted(app) as few:
            noted(cast.bo, number)
        for _ in range(20):
            noted(cast.cy, number)
        with counted(app) as many:
            noted(cast.bo, number)

    assert len(few) == len(many)


@pytest.mark.slow
def test_twelve_taps_at_once_all_count_and_one_form_counts_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, people = said(cast.asha), [viewer(person) for person in cast.voters[:12]]
    bo = people[0]

    def tap(n: int) -> str:
        service.note(people[n], idea_for(people[n], number), NewOccurrence(TODAY, minutes=10), today=TODAY, now=NOON)
        return "noted"

    def same(n: int) -> int:
        wanted = NewOccurrence(TODAY, minutes=10)
        return service.note(bo, idea_for(bo, number), wanted, today=TODAY, now=NOON, form_key="one").id

    assert Counter(race(app, 12, tap)) == {"noted": 12}
    assert len(set(race(app, 8, same))) == 1
    with app.app_context():
        found = queries.figures_of(viewer(cast.asha), number)[1]
        assert found is not None and (found.times, found.people, found.given) == (13, 12, 13)


@pytest.mark.slow
def test_windows_side_by_side_do_not_get_past_the_limit_of_a_day(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "A_DAY_MAX", 5)
    with app.app_context():
        number, bo = said(cast.asha), viewer(cast.bo)

    def tap(_: int) -> str:
        service.note(bo, idea_for(bo, number), NewOccurrence(TODAY), today=TODAY, now=NOON)
        return "noted"

    assert Counter(race(app, 8, tap)) == {"noted": 5, OccurrenceRefusal.TOO_MANY_TODAY: 3}


def test_every_refusal_has_words() -> None:
    errors = [refusal.as_error() for refusal in OccurrenceRefusal]

    assert all(isinstance(error, DomainError) and error.message for error in errors)
