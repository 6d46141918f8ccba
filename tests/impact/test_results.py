"""What happened after a promise: from the database to the page."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from portal.commitments.models import Commitment, CommitmentState, Delivery, DeliverySite, DeliveryVerdict
from portal.db import db, writing
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage
from portal.impact import queries, result_ledger
from portal.impact.before_after import Verdict
from portal.metrics import service
from portal.metrics.csv_outcome import Entry
from portal.metrics.models import Direction
from portal.metrics.service import Source
from portal.people.queries import viewer_of
from tests.counting import counted
from tests.factories import NOON, Cast, signed_in

LIVE = date(2026, 1, 5)  # a Monday
TODAY = LIVE + timedelta(weeks=9)
SITES = {"Leeds": (21.4, 18.7), "Belfast": (21.4, 18.7), "Durban": (20.9, 20.8), "Manila": (20.9, 20.8)}


def make_idea(cast: Cast, *, audience: Audience = Audience.ORGANISATION) -> Idea:
    idea = Idea(
        kind=Kind.STUPID_RULE, say="We may not pass account details on.", title="Account details <stay> behind",
        barrier=Barrier.SYSTEMS, stage=Stage.DELIVERED, names=Names.HIDDEN, author_id=cast.asha, audience=audience,
        employer_id=cast.places["Harbour"], site_id=cast.places["Leeds"], team_id=None, origin_label="a colleague",
        said_at=NOON, moved_at=NOON, comment_count=0,
    )  # fmt: skip
    db.session.add(idea)
    db.session.flush()
    return idea


def make_promise(cast: Cast, idea: Idea, metric_id: int | None, *, delivered: bool = True,
                 state: CommitmentState = CommitmentState.DELIVERED) -> int:  # fmt: skip
    promise = Commitment(idea_id=idea.id, owner_id=cast.olu, sponsor_id=cast.vic, sentence="Details travel along.",
                         metric_id=metric_id, due_on=LIVE, state=state, made_at=NOON, updated_at=NOON)  # fmt: skip
    db.session.add(promise)
    db.session.flush()
    if delivered:
        deliver(cast, promise.id)
    return promise.id


def deliver(
    cast: Cast, promise_id: int, *, live_from: date = LIVE, sites: tuple[str, ...] = ("Leeds", "Belfast")
) -> int:
    delivery = Delivery(commitment_id=promise_id, by_id=cast.olu, at=NOON, live_from=live_from, evidence="Seen.")
    db.session.add(delivery)
    db.session.flush()
    db.session.add_all(DeliverySite(delivery_id=delivery.id, site_id=cast.places[site]) for site in sites)
    db.session.flush()
    return delivery.id


def measure(cast: Cast, *, weeks_after: int = 9) -> int:
    metric = service.define_metric("repeat_contacts_7d", "Repeat contacts", "per 100 contacts", Direction.DOWN_IS_GOOD)
    rows = [
        Entry(2, metric.id, cast.places[site], None, LIVE + timedelta(weeks=week), pair[week >= 0], 1000)
        for site, pair in SITES.items() for week in range(-20, weeks_after)
    ]  # fmt: skip
    service.apply_import(rows, Source("values.csv", "f" * 64), NOON)
    return metric.id


@pytest.fixture
def promise(app: Flask, cast: Cast) -> int:
    """A promise that went live in Leeds and Belfast, measured everywhere."""
    with app.app_context(), writing():
        return make_promise(cast, make_idea(cast), measure(cast))


def test_what_happened_is_told_in_numbers_chart_and_table(promise: int, context: Flask, cast: Cast) -> None:
    found = queries.what_happened(promise, today=TODAY)

    assert found is not None
    assert found.verdict is Verdict.NUMBERS_ONLY
    assert found.sentence.startswith(
        "Repeat contacts: 21.4 before and 18.7 after at the sites that got it; 20.9 and 20.8"
    )
    assert (found.treated_sites, found.other_sites) == (["Belfast", "Leeds"], ["Durban", "Manila"])
    assert [value for value, _words in found.chart.facts] == ["−2.7", "−0.1", "−2.6"]
    assert "Live from 5 January" in found.chart.wide
    assert found.chart.rows[0] == ["2026-03-02", "18.7", "2,000", "20.8"]
    assert len(found.chart.rows) == 29
    assert found.chart.csv == f"/results/{promise}.csv"


def test_the_idea_leads_to_the_same_result(promise: int, context: Flask) -> None:
    found = queries.what_happened(promise, today=TODAY)
    assert found is not None

    assert queries.what_happened_to(found.idea_number, today=TODAY) == found


def test_early_on_it_does_not_guess(promise: int, context: Flask) -> None:
    found = queries.what_happened(promise, today=LIVE + timedelta(weeks=3))

    assert found is not None
    assert (found.word, found.sentence) == (
        "Too early to say",
        "3 of 12 weeks in. We will not guess.",
    )


def test_one_result_takes_three_queries_however_many_sites_there_are(promise: int, context: Flask) -> None:
    db.session.rollback()

    with counted(context) as seen:
        queries.what_happened(promise, today=TODAY)

    assert len([words for words in seen if words.lstrip().upper().startswith("SELECT")]) == 3


@pytest.mark.parametrize("what", ["no metric", "not delivered", "sent back", "handed back"])
def test_without_a_metric_or_a_standing_delivery_there_is_no_result(app: Flask, cast: Cast, what: str) -> None:
    with app.app_context(), writing():
        metric = None if what == "no metric" else measure(cast)
        state = CommitmentState.HANDED_BACK if what == "handed back" else CommitmentState.DELIVERED
        promise = make_promise(cast, make_idea(cast), metric, delivered=what != "not delivered", state=state)
        if what == "sent back":
            delivery = deliver(cast, promise)
            db.session.add(
                DeliveryVerdict(delivery_id=delivery, by_id=cast.vic, at=NOON, confirmed=False, reason="Not yet")
            )

    with app.app_context():
        assert queries.what_happened(promise, today=TODAY) is None
        viewer = viewer_of(cast.vic)
        assert viewer is not None
        assert result_ledger.results_for(viewer) == []
    assert signed_in(app, cast.vic).get(f"/results/{promise}").status_code == 404


def test_the_newest_delivery_counts(promise: int, app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        deliver(cast, promise, live_from=LIVE + timedelta(weeks=2), sites=("Manila",))

    with app.app_context():
        found = queries.what_happened(promise, today=TODAY)

    assert found is not None
    assert (found.live_from, found.treated_sites) == (LIVE + timedelta(weeks=2), ["Manila"])


def test_a_metric_without_any_value_has_a_result_without_a_line(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        metric = service.define_metric("csat", "Satisfaction", "score", Direction.UP_IS_GOOD)
        promise = make_promise(cast, make_idea(cast), metric.id)

    page = signed_in(app, cast.asha).get(f"/results/{promise}")

    assert page.status_code == 200
    assert "No values yet" in page.get_data(as_text=True)


def test_the_page_shows_the_sentence_the_drawings_and_the_table(promise: int, app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.kim)

    page = client.get(f"/results/{promise}").get_data(as_text=True)

    assert page.count('role="img"') == 6  # before and after, and the usual ups and downs of both groups
    assert "This page does not claim a cause yet." in page or "We will not guess." in page
    assert "Account details &lt;stay&gt; behind" in page
    assert not re.search(r"\sstyle=", page)
    assert f"/results/{promise}.csv" in page
    assert "Account details" in client.get("/results").get_data(as_text=True)


def test_the_numbers_come_as_a_file(promise: int, app: Flask, cast: Cast) -> None:
    response = signed_in(app, cast.asha).get(f"/results/{promise}.csv")

    lines = response.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert response.mimetype == "text/csv"
    assert lines[0] == "week_from,with_value,with_n,with_sites,without_value,without_n,without_sites"
    assert lines[1] == "2025-08-18,21.4,2000,2,20.9,2000,2"


def test_a_result_of_an_idea_somebody_may_not_see_does_not_exist_for_them(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        promise = make_promise(cast, make_idea(cast, audience=Audience.SITE), measure(cast))
    outside, inside = signed_in(app, cast.kim), signed_in(app, cast.lea)

    for address in (f"/results/{promise}", f"/results/{promise}.csv"):
        assert outside.get(address).status_code == 404
        assert inside.get(address).status_code == 200
    assert "Account details" not in outside.get("/results").get_data(as_text=True)
    with app.app_context():
        viewer = viewer_of(cast.kim)
        assert viewer is not None
        with pytest.raises(Missing):
            queries.result_for(viewer, promise, today=TODAY)


def test_a_long_list_goes_on_on_the_next_page(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_ledger, "RESULTS_A_PAGE", 2)
    with app.app_context(), writing():
        metric = measure(cast)
        promises = [make_promise(cast, make_idea(cast), metric) for _ in range(3)]
    client = signed_in(app, cast.asha)

    first = client.get("/results").get_data(as_text=True)
    following = re.search(r'href="(/results\?after=[\w-]+)"', first)
    assert following is not None
    second = client.get(following[1]).get_data(as_text=True)

    assert [f'href="/results/{promise}"' in first for promise in promises] == [False, True, True]
    assert [f'href="/results/{promise}"' in second for promise in promises] == [True, False, False]
