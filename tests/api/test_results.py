"""Results over the interface: words, numbers, series, as far as the viewer may read."""

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.words import Audience
from portal.impact import queries
from portal.impact.before_after import Verdict
from portal.metrics.rules import latest_day
from tests.api.calling import Caller
from tests.counting import counted
from tests.factories import Cast, signed_in
from tests.impact.test_results import make_idea, make_promise, measure


def results(app: Flask, cast: Cast, many: int = 1, *, weeks_after: int = 9) -> list[int]:
    with app.app_context(), writing():
        metric = measure(cast, weeks_after=weeks_after)
        return [make_promise(cast, make_idea(cast), metric) for _ in range(many)]


def test_a_result_holds_what_the_page_shows(app: Flask, cast: Cast) -> None:
    (number,) = results(app, cast)

    shown = Caller(app, cast.kim).get(f"/results/{number}").json
    with app.app_context():
        found = queries.what_happened(number, today=latest_day(clock.now()))
    page = signed_in(app, cast.kim).get(f"/results/{number}.csv").text

    assert shown is not None and found is not None
    assert shown["words"] == f"{found.word}. {found.sentence}"
    assert shown["verdict"] == "numbers_only"
    assert {name: round(value, 6) for name, value in shown["numbers"].items()} == {
        "changed_sites": -2.7, "others": -0.1, "difference": -2.6}  # fmt: skip
    assert (shown["changed_sites"], shown["other_sites"]) == (["Belfast", "Leeds"], ["Durban", "Manila"])
    assert len(shown["weeks"]) == len(page.strip().splitlines()) - 1
    assert shown["weeks"][-1]["changed"] == {"value": 18.7, "n": 2000, "sites": 2}


def test_too_early_says_so_and_has_no_numbers(app: Flask, cast: Cast) -> None:
    (number,) = results(app, cast, weeks_after=5)

    shown = Caller(app, cast.asha).get(f"/results/{number}").json

    assert shown is not None
    assert (shown["verdict"], shown["numbers"]) == (Verdict.TOO_EARLY, None)
    assert shown["words"].startswith("Too early to say. 5 of 12 weeks in.")
    assert len(shown["weeks"]) == 25


def test_results_are_listed_to_the_end_newest_first(app: Flask, cast: Cast) -> None:
    numbers = results(app, cast, 3)
    caller = Caller(app, cast.asha)

    first = caller.get("/results?limit=2").json
    second = caller.get(f"/results?limit=2&cursor={first['next']}").json  # type: ignore[index]

    assert [one["number"] for page in (first, second) for one in page["items"]] == numbers[::-1]  # type: ignore[index]
    assert second["next"] is None  # type: ignore[index]


def test_a_result_about_what_one_may_not_read_does_not_exist(app: Flask, cast: Cast) -> None:
    (number,) = results(app, cast)
    with app.app_context(), writing():
        for idea in db.session.query(Idea):
            idea.audience = Audience.SITE
    kim = Caller(app, cast.kim)

    assert kim.get(f"/results/{number}").status_code == 404
    assert kim.get("/results").json == {"items": [], "next": None}


def test_a_promise_without_a_metric_has_no_result(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promise(cast, make_idea(cast), None)

    assert Caller(app, cast.asha).get(f"/results/{number}").status_code == 404


def test_a_key_without_the_scope_reads_no_results(app: Flask, cast: Cast) -> None:
    answer = Caller(app, cast.asha, "metrics:read").get("/results")

    assert (answer.status_code, answer.json["error"]) == (403, "scope")  # type: ignore[index]


def test_the_list_asks_the_same_number_of_questions_at_any_size(app: Flask, cast: Cast) -> None:
    caller = Caller(app, cast.asha)
    results(app, cast, 1)
    caller.get("/results")
    with counted(app) as few:
        caller.get("/results?limit=100")
    with app.app_context(), writing():
        for _ in range(10):
            make_promise(cast, make_idea(cast), 1)
    with counted(app) as many:
        caller.get("/results?limit=100")

    assert len(few) == len(many)
