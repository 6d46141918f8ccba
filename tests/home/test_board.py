"""The board and the idea's page: what they list, for whom, in which order, and at which cost."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Barrier, Stage
from portal.swarm.queries import official_list
from portal.triage import service as triage
from portal.triage.rules import DeclineReason, NewDecline
from tests.commitments.factories import SENTENCE, make_promise, make_promoted
from tests.counting import counted
from tests.factories import Cast, send, signed_in
from tests.ideas.making import said, viewer
from tests.swarm.voting import rescore, vote

NO = "The regulator wants this to be read aloud on every single call."
ODD = "100% of _underscores_ \"quoted\" 'so' cost £5 \\ back"


def numbers(page: str) -> list[int]:
    """The ideas on a page, in its order."""
    return [int(found) for found in re.findall(r'<li class="card idea[^>]* id="idea-(\d+)"', page)]


def look(client: FlaskClient, address: str) -> list[int]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return numbers(answer.get_data(as_text=True))


def say_many(cast: Cast, count: int) -> list[int]:
    return [said(cast.asha, f"Rule number {n} should go", now=clock.now()) for n in range(count)]


def test_each_view_holds_what_it_is_called(app: Flask, cast: Cast) -> None:
    with app.app_context():
        undecided, decided = say_many(cast, 2)
        stages = {
            "executives": Stage.PROMOTED,
            "promised": Stage.PROMISED,
            "done": Stage.DONE,
            "not-doing": Stage.DECLINED,
        }
        staged = dict(zip(stages, say_many(cast, 4), strict=True))
        with writing():
            for view, stage in stages.items():
                db.session.get_one(Idea, staged[view]).stage = stage
        vote(cast.bo, decided, "pass", now=clock.now())
    bo = signed_in(app, cast.bo)

    assert look(bo, "/ideas") == [undecided] and look(bo, "/ideas?view=rising") == [decided]
    for view, number in staged.items():
        assert look(bo, f"/ideas?view={view}") == [number]
    assert look(bo, "/ideas?view=newest") == [*sorted(staged.values(), reverse=True), decided, undecided]


def test_filters_narrow_every_view(app: Flask, cast: Cast) -> None:
    with app.app_context():
        goals = said(cast.asha, "A rule about targets", barrier=Barrier.GOALS, now=clock.now())
        durban = said(
            cast.sam, "A rule about chat", barrier=Barrier.SYSTEMS, site_id=cast.places["Durban"], now=clock.now()
        )
    bo = signed_in(app, cast.bo)

    for view in ("", "&view=newest"):
        assert look(bo, f"/ideas?barrier=goals{view}") == [goals]
        assert look(bo, f"/ideas?site={cast.places['Durban']}{view}") == [durban]
        assert look(bo, f"/ideas?site={cast.places['Durban']}&barrier=goals{view}") == []
    assert look(signed_in(app, cast.asha), "/ideas?mine=1") == [goals]


@pytest.mark.parametrize("query", ["view=best", "barrier=weather", "site=x", "site=-1", "site=1e3", "site=9999999999",
                                   "show=many", "show=-8", "site=%C2%B2"])  # fmt: skip
def test_what_the_board_does_not_have_is_refused(app: Flask, cast: Cast, query: str) -> None:
    assert signed_in(app, cast.bo).get(f"/ideas?{query}").status_code == 422


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd~", "bnVsbA", "WyJhIl0", "W1tbW1tb", "%F0%9F%90%9D", "WzFlOTk5XQ"])
@pytest.mark.parametrize("view", ["newest", "rising"])
def test_a_cursor_of_somebody_elses_making_is_refused(app: Flask, cast: Cast, view: str, cursor: str) -> None:
    assert signed_in(app, cast.bo).get(f"/ideas?view={view}&after={cursor}").status_code in (200, 422)


@pytest.mark.parametrize(
    ("text", "found"),
    [("100%", True), ("%", True), ("_underscores", True), ("_under", False), ("\"quoted\" 'so'", True), ("\\", True),
     ("COST £5", True), ("1_0", False), ("1%0", False), ("under%scores", False), ("'; DROP TABLE ideas;--", False),
     ("x" * 10_000, False), ("of", True), ("of " * 4000, False), ("#1", True), ("#999999999", False),
     ("99999999999999999999", False)],
)  # fmt: skip
def test_search_takes_every_sign_for_itself(app: Flask, cast: Cast, text: str, found: bool) -> None:
    with app.app_context():
        number = said(cast.asha, ODD, now=clock.now())
    bo = signed_in(app, cast.bo)

    for view in ("needs-you", "newest"):
        answer = bo.get("/ideas", query_string={"q": text, "view": view})
        assert answer.status_code == 200
        assert numbers(answer.get_data(as_text=True)) == ([number] if found else [])


def pages(client: FlaskClient, address: str | None) -> list[list[int]]:
    """Every page of a list, following its *Show more*."""
    found: list[list[int]] = []
    while address is not None and len(found) < 12:
        page = client.get(address).get_data(as_text=True)
        found.append(numbers(page))
        more = re.search(r'href="(/ideas\?[^"]*after=[^"]*)"', page)
        address = unescape(more[1]) if more else None
    return found


def flat(lists: list[list[int]]) -> list[int]:
    return [number for one in lists for number in one]


def test_paging_shows_everything_once_in_the_official_order(app: Flask, cast: Cast) -> None:
    with app.app_context():
        every = say_many(cast, 30)
        for n, number in enumerate(every):  # many of them stand exactly alike
            vote(cast.bo, number, "pass" if n % 3 else "support", now=clock.now())
            if n % 5 == 0:
                vote(cast.cy, number, "support", now=clock.now())
        rescore(clock.now())
        official = official_list()
    bo = signed_in(app, cast.bo)

    newest, rising = pages(bo, "/ideas?view=newest"), pages(bo, "/ideas?view=rising")

    assert flat(newest) == sorted(every, reverse=True) and max(map(len, newest)) == 12
    assert flat(rising) == official and len(rising) == 3
    assert flat(pages(signed_in(app, cast.asha), "/me")) == sorted(every, reverse=True)


@pytest.mark.parametrize("address", ["/ideas?show=80", "/ideas?view=newest", "/ideas?view=rising", "/ideas?q=rule"])
def test_a_longer_board_asks_the_database_no_more_often(app: Flask, cast: Cast, address: str) -> None:
    bo, asked = signed_in(app, cast.bo), []
    for more in (3, 27):
        with app.app_context():
            for number in say_many(cast, more):
                if "rising" in address:
                    vote(cast.bo, number, "pass", now=clock.now())
        bo.get(address)
        with counted(app) as seen:
            bo.get(address)
        asked.append(len(seen))

    assert asked[0] == asked[1] and asked[0] < 25, asked


def test_the_feed_deals_only_what_one_may_still_decide(app: Flask, cast: Cast) -> None:
    with app.app_context():
        others, mine = say_many(cast, 12), said(cast.bo, "My own rule", now=clock.now())
        walled = said(cast.sam, "For Brightline only", audience=Audience.EMPLOYER, now=clock.now())
        for number in others[:3]:
            vote(cast.bo, number, "pass", now=clock.now())
    bo = signed_in(app, cast.bo)

    first, whole = look(bo, "/ideas"), look(bo, "/ideas?show=80")

    assert len(first) == 8 and set(first) <= set(others[3:]) and look(bo, "/ideas") == first
    assert sorted(whole) == others[3:] and not {mine, walled} & set(whole)
    for number in others[3:]:
        send(bo, f"/ideas/{number}/votes", kind="pass")
    assert "You have seen everything that needs you." in bo.get("/ideas").get_data(as_text=True)


def test_an_ideas_page_shows_how_far_it_has_got(app: Flask, cast: Cast) -> None:
    now = clock.now()
    with app.app_context():
        fresh = said(cast.asha, now=now)
        carried = said(cast.asha, "A rule that many have met", now=now)
        assert any(vote(person, carried, "strong", now=now) for person in cast.voters[:8])
        with writing():
            declined = make_promoted(cast, promoted_at=now - timedelta(days=1))
            no = NewDecline(DeclineReason.LAW_OR_SAFETY, NO, "A change in the law.")
            triage.decline(viewer(cast.vic), declined, no, today=now.date(), now=now)
            declined_number = declined.number
            promise = make_promise(cast, due_on=now.date() + timedelta(days=20), now=now)
            promised = promise.idea_id
    bo = signed_in(app, cast.bo)
    page = {n: bo.get(f"/ideas/{n}").get_data(as_text=True) for n in (fresh, carried, declined_number, promised)}

    for number, second in ((fresh, "We committed"), (carried, "We answer"), (promised, "We committed")):
        assert [step for step in ("You said", second, "We did", "What happened") if step not in page[number]] == []
    assert "Your colleagues weigh in." in page[fresh]
    assert "Answer due" in page[carried]
    assert "We said no" in page[declined_number] and "We did" not in page[declined_number]
    assert NO in page[declined_number]
    assert "A change in the law." in page[declined_number]
    assert SENTENCE in page[promised] and "Olu" in page[promised]
    assert bo.get("/ideas/4711").status_code == 404 and bo.get("/ideas/99999999999999999999").status_code == 404
    assert bo.get("/ideas/99999999999999999999/card").status_code == 404


def test_my_page_lists_what_i_said_and_nothing_else(app: Flask, cast: Cast) -> None:
    with app.app_context():
        mine, _other = said(cast.bo, "My own rule", now=clock.now()), said(cast.asha, now=clock.now())

    assert look(signed_in(app, cast.bo), "/me") == [mine]


@pytest.mark.parametrize(("who", "place"), [("bo", "/ideas"), ("vic", "/triage"), ("olu", "/commitments?mine=1")])
def test_the_day_starts_where_ones_role_does(app: Flask, cast: Cast, who: str, place: str) -> None:
    answer = signed_in(app, getattr(cast, who)).get("/")

    assert (answer.status_code, answer.location) == (303, place)
