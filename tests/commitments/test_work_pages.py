"""The board of promises and the page of one, as an owner, a sponsor, a helper and somebody who waits use them."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.commitments import queries, service
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, Standing
from portal.commitments.sorting import Column, Sort
from portal.db import db, writing
from portal.people.models import Person
from tests.commitments.factories import make_promise, make_promoted, viewer
from tests.commitments.test_work import strong
from tests.factories import Cast, send, signed_in

NOW = clock.now()
TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("this_day")
WORDS = "Somebody who tries it on the late shift in Leeds."


def promise(app: Flask, cast: Cast, **over: object) -> int:
    values = {"now": NOW - timedelta(hours=1), "due_on": TODAY + timedelta(days=30)} | over
    with app.app_context(), writing():
        return make_promise(cast, **values).id  # type: ignore[arg-type]


def test_an_owner_works_through_the_checklist_on_the_page(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    olu, at = signed_in(app, cast.olu), f"/commitments/{number}"

    for words in ("Ask the supplier", "Write the script"):
        assert send(olu, f"{at}/steps", words=words).status_code == 303
    ids = re.findall(rf'action="{at}/steps/(\d+)/done"', olu.get(at).text)
    answers = [send(olu, f"{at}/steps/{ids[1]}/{change}").status_code for change in ("done", "open", "done", "up")]
    answers.append(send(olu, f"{at}/steps/{ids[0]}/removal").status_code)

    page = signed_in(app, cast.bo).get(at).text
    assert answers == [303] * 5
    assert "1 of 1 done" in page and "Write the script" in page and "Ask the supplier" not in page
    assert f'action="{at}/steps' not in page
    empty = send(olu, f"{at}/steps", words=" ")
    assert empty.status_code == 422 and "Write what has to be done." in empty.text


def test_a_decision_is_asked_for_and_given_on_the_page(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    olu, vic, at = signed_in(app, cast.olu), signed_in(app, cast.vic), f"/commitments/{number}"

    assert send(olu, f"{at}/needs", words="May we spend two thousand pounds?").status_code == 303
    assert "Needs your decision" in vic.get("/commitments").text
    assert "Needs your decision" not in signed_in(app, cast.bo).get("/commitments").text
    assert send(olu, f"{at}/decisions", words="Yes, I may decide that.").status_code == 403
    assert send(vic, f"{at}/decisions", words="Yes, up to two thousand.").status_code == 303

    page = signed_in(app, cast.bo).get(at).text
    assert "Olu needs a decision" in page and "Vic decided" in page and "Yes, up to two thousand." in page
    assert "Needs your decision" not in vic.get("/commitments").text


def test_only_who_was_asked_sees_that_help_is_asked_of_them(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    with app.app_context(), writing():
        strong(cast, db.session.get_one(Commitment, number).idea_id, cast.bo)
    olu, bo, at = signed_in(app, cast.olu), signed_in(app, cast.bo), f"/commitments/{number}"

    assert send(olu, f"{at}/help", words=WORDS).status_code == 303
    name = viewer_name(app, cast.bo)
    assert "Would you help?" in bo.get(at).text
    for other in (olu, signed_in(app, cast.cy)):
        assert "Would you help?" not in other.get(at).text and name not in other.get(at).text
    assert send(bo, f"{at}/help/answers", answer="yes").status_code == 303

    page = olu.get(at).text
    assert f"{name} helps" in page and f"{name} joins in" in page
    assert send(olu, f"{at}/help/end").status_code == 303
    assert "Enough help" not in olu.get(at).text


def viewer_name(app: Flask, person_id: int) -> str:
    with app.app_context():
        return db.session.get_one(Person, person_id).name


def test_who_waits_nudges_from_the_board_and_comes_back_to_it(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, now=NOW - timedelta(days=9), due_on=TODAY - timedelta(days=2))
    bo, olu = signed_in(app, cast.bo), signed_in(app, cast.olu)

    assert f'action="/commitments/{number}/nudges"' in bo.get("/commitments").text
    assert f'action="/commitments/{number}/nudges"' not in olu.get("/commitments").text
    first = send(bo, f"/commitments/{number}/nudges", back="/commitments?state=overdue")
    again = send(bo, f"/commitments/{number}/nudges", back="//elsewhere.example")

    assert (first.status_code, first.headers["Location"]) == (303, "/commitments?state=overdue")
    assert again.status_code == 409 and "You have nudged this promise this week." in again.text
    board = bo.get("/commitments").text
    assert "1 nudge" in board and f'action="/commitments/{number}/nudges"' not in board
    page = olu.get(f"/commitments/{number}").text
    assert "1 nudge from people who wait." in page and "Olu must post a new date or a reason today." in page


def test_an_owner_who_stays_silent_is_visible(app: Flask, cast: Cast) -> None:
    then = NOW - timedelta(days=9)
    number = promise(app, cast, now=then, state=CommitmentState.OFFERED)

    assert "its owner has not said yet" in signed_in(app, cast.bo).get("/commitments").text
    assert "Olu has not said whether this is theirs." in signed_in(app, cast.bo).get(f"/commitments/{number}").text


def test_the_board_is_narrowed_and_sorted_by_its_address(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, sentence="Zebra crossings for every router we post.")
    with app.app_context(), writing():
        durban = make_promoted(cast, site_id=cast.places["Durban"], promoted_at=NOW)
        other = make_promise(cast, idea=durban, now=NOW, due_on=TODAY + timedelta(days=40),
                             sentence="Apples for everybody on a late shift.").id  # fmt: skip
    bo = signed_in(app, cast.bo)

    def shown(query: str) -> list[int]:
        page = bo.get(f"/commitments?{query}").text
        return [int(found) for found in re.findall(r'<a href="/commitments/(\d+)">', page)]

    assert shown("") == shown("sort=due") == [number, other]
    assert shown("sort=-due") == shown("as=table&sort=promise") == [other, number]
    assert shown(f"site={cast.places['Durban']}") == [other]
    assert shown(f"owner={cast.olu}") == [number, other] and shown(f"owner={cast.vic}") == []
    assert shown("sort=nonsense&owner=x&site=-1") == [number, other]
    table = bo.get("/commitments?as=table&sort=-owner").text
    assert 'aria-sort="descending"' in table and 'href="/commitments?as=table&amp;sort=owner"' in table
    assert "Only Olu" in bo.get(f"/commitments?owner={cast.olu}").text


def test_every_order_goes_on_page_by_page_without_losing_one(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SHOWN", 2)
    numbers = {promise(app, cast, due_on=TODAY + timedelta(days=30 + n // 2), sentence=f"Promise of row {n % 3}.")
               for n in range(5)}  # fmt: skip
    with app.app_context():
        bo = viewer(cast.bo)
        for sort in (Sort(column, back) for column in Column for back in (False, True)):
            found, after = [], None
            while True:
                board = queries.board(bo, today=TODAY, zone="UTC", only=Standing.OPEN, mine=False, sort=sort,
                                      after=after)  # fmt: skip
                found += [line.id for line in board.shown[Standing.OPEN]]
                if (after := board.more.get(Standing.OPEN)) is None:
                    break
            assert set(found) == numbers and len(found) == 5, sort


def test_leaving_lists_what_is_owed_and_hands_it_over(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    tess, at = signed_in(app, cast.tess), f"/people/{cast.olu}/duties"

    assert f'href="{at}"' in tess.get(f"/people/{cast.olu}").text
    before = tess.get(at).text
    refused = send(tess, at, to=cast.asha)
    done = send(tess, at, to=cast.lea)

    assert "We will post a replacement router" in before and "Yes, Olu has left" in before
    assert (refused.status_code, done.status_code) == (422, 303)
    assert "They owe nothing to anybody." in tess.get(at).text
    assert send(tess, at, to=cast.lea).status_code == 409
    assert signed_in(app, cast.bo).get(at).status_code == 403
    with app.app_context(), writing():
        service.accept(viewer(cast.lea), db.session.get_one(Commitment, number), now=NOW)
