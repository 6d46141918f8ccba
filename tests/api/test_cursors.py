"""Cursors of every list: ours lead on, and nothing else is taken for one."""

import base64
import json

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.web.api_document import operations
from portal.web.paging import encode_cursor
from portal.web.seals import sealed
from tests.api.calling import Caller, error
from tests.factories import Cast, signed_in
from tests.ideas.making import said

LARGEST = 2**63 - 1
MOMENT = 1_794_565_920_000_000
ODD = (
    [LARGEST], [LARGEST, LARGEST], [MOMENT, 14], [14, MOMENT], [MOMENT, 1, 1], [0.5, LARGEST], ["a", 2**31],
)  # fmt: skip
ODD_ON_A_PAGE = (
    *ODD, [-(2**31)], [-MOMENT * 40, 1], [0.5, 0.5, 2**31], ["2026-02-30"], [None], [True], ["\x00", 1],
    ["due", "9" * 30, 1], ["waiting", "9" * 30, 1],
)  # fmt: skip


def lists(app: Flask) -> list[str]:
    """Every list that is read in pages and needs nothing in its address."""
    return [
        path.removeprefix("/api/v1")
        for method, path, operation in operations(app)  # type: ignore[arg-type]
        if method == "GET" and "{" not in path and any(one["name"] == "cursor" for one in operation["parameters"])
    ]


@pytest.fixture
def everything(app: Flask, cast: Cast) -> Caller:
    """A program of somebody who may read every list."""
    with app.app_context(), writing():
        tess = db.session.get_one(Person, cast.tess)
        top = db.session.scalars(select(Place).where(Place.parent_id.is_(None))).one()
        for role in Role:
            people.grant(tess, role, top, by_id=None, now=clock.now())
    return Caller(app, cast.tess)


def test_no_cursor_is_too_odd_for_a_list(app: Flask, everything: Caller) -> None:
    found = {}
    for path in lists(app):
        asked = {"q": "fax"} if path == "/search" else {}
        for values in ODD:
            with app.test_request_context(f"/api/v1{path}", query_string=asked):
                cursor = sealed(encode_cursor(*values))
            answer = everything.get(path, query_string=asked | {"cursor": cursor})
            if answer.status_code not in (200, 403, 422):
                found[path, str(values)] = answer.status_code

    assert len(lists(app)) > 60
    assert found == {}


def test_nor_for_a_list_on_a_page(app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.vic)
    pages = ("/ideas?view=newest", "/ideas?view=rising", "/commitments?of=1", "/commitments?sort=waiting",
             "/people?of=1",
             "/updates?of=1", "/thanks?of=1", "/search?q=fax", "/results?of=1")  # fmt: skip

    found = {}
    for values in ODD_ON_A_PAGE:
        cursor = encode_cursor(*values)
        answers = {page: client.get(f"{page}&after={cursor}&cursor={cursor}").status_code for page in pages}
        found |= {(page, str(values)): status for page, status in answers.items() if status >= 500}

    assert found == {}


@pytest.mark.parametrize("number", [2**31, 10**20, -(10**20)])
def test_a_number_in_the_address_of_a_page_may_be_any(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context():
        idea = said(cast.asha, now=clock.now())
    asha, vic = signed_in(app, cast.asha), signed_in(app, cast.vic)
    pages = ("/thanks?idea=", "/thanks?person=", "/thanks?promise=", f"/ideas/{idea}/reports?comment=",
             "/representatives/give?idea=", "/representatives/1?idea=", "/metrics/csat?site=",
             "/impact/flags?estimate=",
             "/ideas?site=", "/search?q=a&site=", "/people?place=", "/commitments?site=")  # fmt: skip

    found = {(page, who.get(f"{page}{number}").status_code) for page in pages for who in (asha, vic)}

    assert {(page, status) for page, status in found if status >= 500} == set()


def test_a_cursor_is_good_for_the_list_and_the_filters_that_it_was_made_for(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for _ in range(3):
            said(cast.asha, now=clock.now())
    asha = Caller(app, cast.asha)
    mine = asha.get("/ideas?mine=true&limit=1").json["next"]  # type: ignore[index]

    assert len(asha.get(f"/ideas?limit=2&cursor={mine}&mine=true").json["items"]) == 2  # type: ignore[index]
    for other in (f"/ideas?cursor={mine}", f"/ideas?cursor={mine}&mine=true&barrier=tools", f"/votes?cursor={mine}"):
        assert error(asha.get(other)) == (422, "bad_cursor")


def test_a_cursor_that_was_made_or_changed_elsewhere_is_none(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for _ in range(3):
            said(cast.asha, now=clock.now())
    asha = Caller(app, cast.asha)
    ours = asha.get("/ideas?limit=1").json["next"]  # type: ignore[index]
    inner, seal = ours.split(".")
    made_up = base64.urlsafe_b64encode(json.dumps([1]).encode()).decode().rstrip("=")

    for cursor in (made_up, f"{made_up}.{seal}", f"{inner}.", inner, ours[:-1], ours + "A", ours.swapcase(), "."):
        assert error(asha.get(f"/ideas?cursor={cursor}")) == (422, "bad_cursor")
    assert asha.get("/ideas?cursor=").status_code == 200


def test_people_with_the_longest_names_in_any_alphabet_are_listed_to_the_end(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        for person in db.session.query(Person):
            person.name = (chr(0x1F600 + person.id) + "ཨ" * 119)[:120]
    tess = Caller(app, cast.tess)

    assert len({one["number"] for one in tess.all("/people", limit=1)}) == len(tess.all("/people"))


def test_what_is_said_while_somebody_reads_neither_hides_nor_doubles_anything(app: Flask, cast: Cast) -> None:
    with app.app_context():
        before = [said(cast.asha, now=clock.now()) for _ in range(6)]
    bo, found, cursor = Caller(app, cast.bo), [], ""
    while cursor is not None:
        page = bo.get(f"/ideas?limit=2&cursor={cursor}").json
        found += [one["number"] for one in page["items"]]  # type: ignore[index]
        cursor = page["next"]  # type: ignore[index]
        with app.app_context():
            said(cast.cy, now=clock.now())

    assert [number for number in found if number in before] == before[::-1]
    assert len(found) == len(set(found))
