"""Verdicts on their pages: from the plan and the weeks to the word, the ledger and the files."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.commitments.models import Commitment, CommitmentState, DeliveryVerdict, PromisedDate
from portal.db import db, writing
from portal.ideas.words import Audience
from portal.impact import plans, queries, result_ledger, rollouts, verdict_queries, verdicts
from portal.impact.models import Baseline, Plan, StoredEstimate
from portal.impact.plan_rules import GuardrailWanted, NewPlan
from portal.impact.result_ledger import ResultWord, Wanted
from portal.impact.result_page import result_page
from portal.impact.words import EstimateKind
from portal.impact.xmr_baselines import BaselineRefusal, refusal
from portal.metrics import service
from portal.metrics.csv_outcome import Entry
from portal.metrics.models import Direction, Metric
from portal.metrics.service import Source
from portal.people.queries import viewer_of
from tests.api.calling import Caller, error
from tests.counting import counted
from tests.factories import Cast, send, signed_in
from tests.impact.test_results import deliver, make_idea, make_promise

LIVE = date(2026, 1, 5)  # a Monday
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
WOBBLE = (0.2, -0.3, 0.1, 0.4, -0.2, 0.0, -0.1, 0.3, -0.4)
SITES = ("Leeds", "Belfast", "Durban", "Manila")
REASON = "The change has come to stay, and the old limits describe what was before it."


def measure(cast: Cast, code: str, *, moved: float) -> int:
    """Weeks of a metric at four sites, which moves at two of them from the go-live on."""
    metric = service.define_metric(code, f"Measure of {code}", "per 100", Direction.DOWN_IS_GOOD, kind="rate",
                                   cadence="week")  # fmt: skip
    rows = [
        Entry(2, metric.id, cast.places[site], None, LIVE + timedelta(weeks=week),
              20 + WOBBLE[(week * (place + 2) + place) % 9] + (moved if week >= 0 and place < 2 else 0.0), 1000)
        for place, site in enumerate(SITES) for week in range(-26, 18)
    ]  # fmt: skip
    service.apply_import(rows, Source(f"{code}.csv", "f" * 64), NOW)
    return metric.id


def change(cast: Cast, metric_id: int, rails: tuple[int, int], *, audience: Audience = Audience.ORGANISATION) -> int:
    """A promise with a plan that went live in two sites, with every locked day that has come."""
    idea = make_idea(cast, audience=audience)
    number = make_promise(cast, idea, metric_id, delivered=False, state=CommitmentState.ACCEPTED)
    db.session.add(PromisedDate(commitment_id=number, due_on=LIVE, set_at=NOW, set_by_id=cast.vic))
    promise, olu = db.session.get_one(Commitment, number), viewer_of(cast.olu)
    assert olu is not None
    wanted = NewPlan(metric_id, 1.5, tuple(GuardrailWanted(rail, 5.0) for rail in rails))
    plans.register(olu, promise, wanted, datetime(2025, 11, 1, tzinfo=UTC))
    delivery = deliver(cast, number, live_from=LIVE)
    db.session.add(DeliveryVerdict(delivery_id=delivery, by_id=cast.vic, at=NOW - timedelta(days=100), confirmed=True))
    db.session.execute(update(Commitment).where(Commitment.id == number).values(state=CommitmentState.CONFIRMED))
    db.session.flush()
    rollouts.from_delivery(delivery)
    for due in verdict_queries.due_now(NOW.date()):
        verdicts.lock(verdicts.prepare(due.plan, due.day, live_from=due.live_from, now=NOW), now=NOW)
    return number


@pytest.fixture(scope="module")
def moved() -> float:
    """How far it moved."""
    return -2.5


@pytest.fixture
def result(app: Flask, cast: Cast, moved: float) -> int:
    """One change that worked, with a metric that has a value."""
    with app.app_context(), writing():
        metrics = [measure(cast, code, moved=by) for code, by in (("main", moved), ("rail_a", 0.0), ("rail_b", 0.0))]
        value = {"unit_value_minor": 400, "currency": "GBP", "value_owner_id": cast.vic}
        db.session.execute(update(Metric).where(Metric.id == metrics[0]).values(**value))
        return change(cast, metrics[0], (metrics[1], metrics[2]))


def test_the_page_reads_from_the_verdict_down_to_how_we_know(result: int, app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.kim)

    page = client.get(f"/results/{result}").get_data(as_text=True)

    parts = ["It worked</h2>", "was to be expected", "how sure", "Goes live", "How we know", "Locked days",
             "What must not get worse", "site by site", "The usual ups and downs", "What else happened"]  # fmt: skip
    assert [page.find(part) for part in parts] == sorted(page.find(part) for part in parts) and "It worked" in page
    assert "£" in page and "agreed by" in page and "No harm seen" in page
    assert not re.search(r"\sstyle=|<script(?! )|caused|no effect", page)
    with app.app_context():
        plan = db.session.scalars(select(Plan)).one()
        assert plan.hash in page
    assert "Start new limits" not in page


def test_every_table_comes_as_a_file_at_full_length(result: int, app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.kim)
    page = client.get(f"/results/{result}").get_data(as_text=True)

    files = set(re.findall(rf'href="(/results/{result}\.csv\?of=[\w-]+)"', page))

    assert {one.rpartition("=")[2] for one in files} == {
        "expected", "difference", "sites", "money", "usual", "usual-without"}  # fmt: skip
    for one in files:
        answer = client.get(one)
        assert answer.status_code == 200 and len(answer.get_data(as_text=True).splitlines()) > 2
    assert client.get(f"/results/{result}.csv?of=anything").status_code == 404


def test_the_idea_says_the_same_as_the_result_in_three_statements(result: int, app: Flask, cast: Cast) -> None:
    with app.app_context(), counted(app) as seen:
        found = queries.what_happened(result, today=NOW.date())

    assert found is not None and (found.word, found.tone) == ("It worked", "green")
    assert len([words for words in seen if words.lstrip().upper().startswith("SELECT")]) == 3
    idea = signed_in(app, cast.kim).get(f"/ideas/{found.idea_number}").get_data(as_text=True)
    assert found.sentence in idea and "It worked" in idea
    promise = signed_in(app, cast.kim).get(f"/commitments/{result}").get_data(as_text=True)
    assert "<b>It worked.</b>" in promise and f'href="/results/{result}"' in promise


def test_the_ledger_counts_every_word_and_the_money_once(result: int, app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.kim)

    page = client.get("/results").get_data(as_text=True)

    assert "About £" in page and "From 1 verdict " in page
    assert f"/results/{result}" in client.get("/results?word=worked").get_data(as_text=True)
    assert "No result is like this" in client.get("/results?word=worse").get_data(as_text=True)
    assert f"/results/{result}" in client.get("/results?quarter=2026-Q1").get_data(as_text=True)
    assert "No result is like this" in client.get("/results?quarter=2025-Q1").get_data(as_text=True)
    site = f"/results?site={cast.places['Durban']}"
    assert "No result is like this" in client.get(site).get_data(as_text=True)
    assert client.get("/results.csv").get_data(as_text=True).splitlines()[1].count("worked") == 1
    for wrong in ("word=splendid", "site=x", "site=0", "quarter=2026", "quarter=2026-Q5"):
        assert client.get(f"/results?{wrong}").status_code == 422
    with app.app_context():
        viewer = viewer_of(cast.kim)
        assert viewer is not None
        ledger = result_ledger.ledger_for(viewer, Wanted())
    assert ledger.counts[ResultWord.WORKED] == 1 and ledger.total == 1


def test_what_somebody_may_not_read_is_in_no_list_sum_or_operation(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        metrics = [measure(cast, code, moved=by) for code, by in (("main", -2.5), ("rail_a", 0.0), ("rail_b", 0.0))]
        number = change(cast, metrics[0], (metrics[1], metrics[2]), audience=Audience.SITE)

    outside = Caller(app, cast.kim)

    assert outside.get(f"/results/{number}/verdict").status_code == 404
    assert sum(one["results"] for one in outside.get("/results-ledger").json["counts"]) == 0  # type: ignore[index]


def test_the_interface_tells_what_the_page_tells(result: int, app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.kim)

    verdict, ledger = caller.get(f"/results/{result}/verdict").json, caller.get("/results-ledger").json
    listed = caller.get("/results?word=worked").json

    assert verdict is not None and ledger is not None and listed is not None
    assert (verdict["word"], verdict["grade"]) == ("It worked", "B") and verdict["effect"]["high"] < 0
    assert verdict["money"]["low"] < verdict["money"]["about"] < verdict["money"]["high"]
    assert {one["word"] for one in verdict["guard_rails"]} == {"No harm seen"}
    assert ledger["money"] == [verdict["money"]] and ledger["valued"] == 1
    assert [one["word"] for one in listed["items"]] == ["worked"]
    assert caller.get("/results?word=worse").json["items"] == []  # type: ignore[index]


def test_limits_start_anew_once_with_a_name_and_a_reason_and_the_old_ones_stay(
    result: int, app: Flask, cast: Cast
) -> None:
    programme, other = signed_in(app, cast.mia), signed_in(app, cast.kim)

    assert send(other, f"/results/{result}/limits", reason=REASON).status_code == 403
    assert send(programme, f"/results/{result}/limits", reason="No").status_code == 422
    assert send(programme, f"/results/{result}/limits", reason=REASON).status_code == 303
    again = send(programme, f"/results/{result}/limits", reason=REASON)

    assert again.status_code == 409 and "started anew for this change already" in again.get_data(as_text=True)
    page = other.get(f"/results/{result}").get_data(as_text=True)
    assert REASON in page and "c-old" in page and "New limits from 5 January 2026" in page
    with app.app_context():
        assert {one.place_id for one in db.session.scalars(select(Baseline))} == {
            cast.places["Leeds"], cast.places["Belfast"]}  # fmt: skip


def test_limits_over_the_interface_have_the_same_refusals(result: int, app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        bare = make_promise(cast, make_idea(cast), db.session.scalars(select(Metric.id)).first())

    refused = Caller(app, cast.mia).post(f"/results/{bare}/limits", {"reason": REASON})
    made = Caller(app, cast.mia).post(f"/results/{result}/limits", {"reason": REASON})

    assert error(refused) == (409, "no_plan")
    assert (made.status_code, made.json) == (201, {"since": "2026-01-05"})


@pytest.mark.parametrize(
    ("verdict", "again", "why"),
    [
        (None, None, BaselineRefusal.NO_VERDICT),
        ("no visible change", "improved", BaselineRefusal.NO_VERDICT),
        ("improved", None, BaselineRefusal.NOT_MEASURED_AGAIN),
        ("improved", "no visible change", BaselineRefusal.NOT_MEASURED_AGAIN),
        ("worsened", "worsened", None),
    ],
)
def test_limits_wait_for_a_verdict_that_holds(verdict: str | None, again: str | None, why: BaselineRefusal) -> None:
    assert refusal(verdict, again) is why


def test_what_was_taken_back_is_not_in_the_money(result: int, app: Flask, cast: Cast) -> None:
    from portal.impact.rollout_queries import rollouts_of
    from portal.impact.rollout_rules import NewRollBack

    with app.app_context(), writing():
        olu, promise = viewer_of(cast.olu), db.session.get_one(Commitment, result)
        assert olu is not None
        units = tuple(unit.rollout_id for unit in rollouts_of(result))
        back = NewRollBack(units, date(2026, 5, 1), "It was too hard to keep going.")
        rollouts.roll_back(olu, promise, back, today=NOW.date(), now=NOW)

    with app.app_context():
        viewer = viewer_of(cast.kim)
        assert viewer is not None
        assert result_ledger.ledger_for(viewer).money == ()
        assert "It was taken back on 1 May 2026." in result_page(viewer, result, today=NOW.date()).said.sentence


def test_locked_days_are_all_shown_with_what_they_saw(result: int, app: Flask, cast: Cast) -> None:
    with app.app_context():
        viewer = viewer_of(cast.kim)
        assert viewer is not None
        page = result_page(viewer, result, today=NOW.date())
        kept = db.session.scalars(select(StoredEstimate).where(StoredEstimate.kind == EstimateKind.LOCKED)).all()

    assert [row.day for row in page.locked] == ["Day 91", "Day 56", "Day 28"]
    assert {row.hash for row in page.locked} == {one.input_hash for one in kept}
