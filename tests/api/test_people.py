"""The interface to people: the same people, rights and refusals as on the pages."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db, writing
from portal.people import service
from portal.people.models import AuditEntry, KeptAnswer, OneTimeCode, Person, Place
from portal.people.roles import Role
from tests.api.calling import Caller, error
from tests.counting import counted
from tests.factories import Cast, make_person, signed_in
from tests.people.entering import is_signed_in, use_code


@pytest.fixture
def tess(app: Flask, cast: Cast) -> Caller:
    """The administrator's program."""
    return Caller(app, cast.tess)


def administrator_of(app: Flask, cast: Cast, place: str) -> int:
    with app.app_context(), writing():
        node = db.session.get_one(Place, cast.places[place])
        person = make_person(f"admin-{node.id}", node)
        service.grant(person, Role.ADMINISTRATOR, node, by_id=None, now=clock.now())
        return person.id


def test_the_list_is_paged_to_its_end_without_a_gap(app: Flask, cast: Cast, tess: Caller) -> None:
    whole, parts = tess.all("/people"), tess.all("/people", limit=7)

    with app.app_context():
        count = db.session.scalar(select(func.count(Person.id)))
    assert parts == whole
    assert len({one["number"] for one in parts}) == len(parts) == count


def test_the_list_shows_whom_the_page_shows(app: Flask, cast: Cast, tess: Caller) -> None:
    page = signed_in(app, cast.tess).get(f"/people?q=a&place={cast.places['Leeds']}").text
    found = tess.all(f"/people?q=a&place={cast.places['Leeds']}")

    assert [one["name"] for one in found if f"/people/{one['number']}" not in page] == []
    assert page.count('data-th="Name"') == len(found) > 0


def test_a_list_takes_the_same_queries_however_long_it_is(app: Flask, cast: Cast, tess: Caller) -> None:
    with counted(app) as few:
        tess.get("/people?limit=2")
    with counted(app) as many:
        tess.get("/people?limit=100")

    assert len(few) == len(many)


def test_names_of_any_script_can_be_paged(app: Flask, cast: Cast, tess: Caller) -> None:
    with app.app_context(), writing():
        place = db.session.get_one(Place, cast.places["Leeds"])
        for number in range(3):
            make_person("ö", place, email=f"o{number}@harbour.example").name = "ŐЖ語" * 30

    assert len({one["number"] for one in tess.all("/people?q=語", limit=1)}) == 3


@pytest.mark.parametrize("cursor", ["x", "WyJcdWQ4MDAiLDFd", "WzEsMl0", "W1tdLDFd"])
def test_a_cursor_of_nobodys_making_is_refused(tess: Caller, cursor: str) -> None:
    assert error(tess.get(f"/people?cursor={cursor}")) == (422, "bad_cursor")


def test_an_administrator_of_a_partner_sees_nobody_else(app: Flask, cast: Cast) -> None:
    caller = Caller(app, administrator_of(app, cast, "Brightline"))

    assert {one["employer"]["name"] for one in caller.all("/people")} == {"Brightline"}
    assert caller.get(f"/people/{cast.asha}").status_code == 404
    assert error(caller.get(f"/people?place={cast.places['Leeds']}")) == (422, "unknown_place")
    assert {one["name"] for one in caller.all("/places")} == {"Brightline", "Durban", "Chat", "Voice"}
    assert error(caller.get("/audit")) == (403, "not_allowed")
    assert error(caller.post("/people/imports", {"rows": [{"name": "A", "site": "B"}]})) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/people"), ("GET", "/people/1"), ("POST", "/people/1/codes"), ("POST", "/people/1/deactivation"),
     ("GET", "/people/1/keys"), ("GET", "/places"), ("GET", "/audit"), ("GET", "/people/imports/1")],
)  # fmt: skip
def test_frontline_people_are_told_that_it_is_not_theirs(app: Flask, cast: Cast, method: str, path: str) -> None:
    answer = Caller(app, cast.asha).call(method, path, json={} if method == "POST" else None)

    assert error(answer) == (403, "not_allowed")


def test_one_person_is_shown_with_what_they_hold(app: Flask, cast: Cast, tess: Caller) -> None:
    shown = tess.get(f"/people/{cast.lea}").json

    assert shown is not None
    assert (shown["name"], shown["site"]["name"], shown["manager"], shown["reports"]) == ("Lea", "Leeds", None, 0)
    assert [(held["role"], held["place"]["name"]) for held in shown["grants"]] == [("team_leader", "Leeds")]
    assert tess.all(f"/people/{cast.lea}/grants") == shown["grants"]


def test_whom_somebody_leads_can_be_listed(app: Flask, cast: Cast, tess: Caller) -> None:
    with app.app_context(), writing():
        db.session.get_one(Person, cast.asha).manager_id = cast.lea

    assert [one["number"] for one in tess.all(f"/people?manager={cast.lea}")] == [cast.asha]
    assert tess.get(f"/people/{cast.lea}").json["reports"] == 1  # type: ignore[index]
    assert tess.get(f"/people/{cast.asha}").json["manager"] == {"number": cast.lea, "name": "Lea"}  # type: ignore[index]


def test_somebody_is_added_and_comes_in_with_a_code(app: Flask, cast: Cast, tess: Caller) -> None:
    new = {"name": "Ruth Adeyemi", "place": cast.places["Leeds"], "email": "Ruth@Harbour.example",
           "roles": ["owner", "team_leader"]}  # fmt: skip
    made = tess.post("/people", new)
    code = tess.post(f"/people/{made.json['number']}/codes")  # type: ignore[index]

    client = app.test_client()
    entered = use_code(client, "ruth@harbour.example", code.json["code"])  # type: ignore[index]

    assert (made.status_code, code.status_code, entered.status_code) == (201, 201, 303)
    assert {held["role"] for held in made.json["grants"]} == {"owner", "team_leader"}  # type: ignore[index]
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [({"email": "asha@harbour.example"}, 409, "known_already"), ({"email": "no address"}, 422, "bad_email"),
     ({"email": None}, 422, "no_login"), ({"staff_number": "a b"}, 422, "bad_staff_number"),
     ({"staff_number": "ß" * 30}, 422, "bad_staff_number"), ({"place": 99_999}, 422, "unknown_place"),
     ({"name": "  "}, 422, "invalid"), ({"roles": ["king"]}, 422, "invalid"), ({"salary": 1}, 422, "invalid"),
     ({"place": "1"}, 422, "invalid")],
)  # fmt: skip
def test_who_cannot_be_added_is_said(cast: Cast, tess: Caller, over: dict[str, Any], status: int, code: str) -> None:
    new = {"name": "Ruth", "place": cast.places["Leeds"], "email": "ruth@harbour.example"}

    assert error(tess.post("/people", new | over)) == (status, code)


def test_a_code_is_shown_once_and_kept_nowhere(app: Flask, cast: Cast, tess: Caller) -> None:
    first, again = (tess.post(f"/people/{cast.asha}/codes", key="k") for _ in range(2))

    with app.app_context():
        kept = db.session.scalars(select(KeptAnswer.body)).one()
        assert db.session.scalar(select(func.count(OneTimeCode.id))) == 1
    assert first.json["code"] not in kept  # type: ignore[index]
    assert (again.status_code, again.json["code"]) == (201, None)  # type: ignore[index]
    assert first.json["purpose"] == again.json["purpose"] == "first_sign_in"  # type: ignore[index]


def test_codes_for_a_place_are_those_of_the_sheet(app: Flask, cast: Cast, tess: Caller) -> None:
    address = f"/places/{cast.places['Leeds/Billing']}/codes"
    first, again = tess.post(address, key="k"), tess.post(address, key="k")

    assert {one["name"] for one in first.json["codes"]} >= {"Asha"}  # type: ignore[index]
    assert all(one["code"] for one in first.json["codes"])  # type: ignore[index]
    assert {one["code"] for one in again.json["codes"]} == {None}  # type: ignore[index]
    assert tess.post("/places/99999/codes").status_code == 404


def test_a_place_where_everybody_has_a_password_needs_no_codes(app: Flask, cast: Cast, tess: Caller) -> None:
    with app.app_context(), writing():
        db.session.query(Person).update({"password_hash": "x"})

    assert error(tess.post(f"/places/{cast.places['Leeds']}/codes")) == (409, "nobody_waits")


def test_a_role_is_given_once_and_taken_back(cast: Cast, tess: Caller) -> None:
    wanted = {"role": "forecaster", "place": cast.places["Leeds"]}
    first, again = (tess.post(f"/people/{cast.asha}/grants", wanted) for _ in range(2))

    taken = tess.delete(f"/people/{cast.asha}/grants/{first.json['number']}")  # type: ignore[index]

    assert (first.status_code, again.status_code, taken.status_code) == (201, 201, 204)
    assert first.json == again.json
    assert [held["role"] for held in tess.all(f"/people/{cast.asha}/grants", limit=1)] == ["frontline"]


def test_nobody_changes_their_own_rights(cast: Cast, tess: Caller) -> None:
    answer = tess.post(f"/people/{cast.tess}/grants", {"role": "programme", "place": cast.places["Harbour"]})

    assert error(answer) == (403, "needs_another_administrator")


def test_the_last_administrator_stays(cast: Cast, tess: Caller) -> None:
    (held,) = tess.all(f"/people/{cast.tess}/grants")

    assert error(tess.delete(f"/people/{cast.tess}/grants/{held['number']}")) == (409, "last_administrator")
    assert error(tess.post(f"/people/{cast.tess}/deactivation")) == (409, "last_administrator")


def test_whoever_leaves_is_out_at_once(app: Flask, cast: Cast, tess: Caller) -> None:
    browser, program = signed_in(app, cast.asha), Caller(app, cast.asha)

    answer = tess.post(f"/people/{cast.asha}/deactivation")

    assert (answer.status_code, answer.json["left_at"] is None) == (200, False)  # type: ignore[index]
    assert not is_signed_in(browser) and program.get("/self").status_code == 401
    assert [one["number"] for one in tess.all("/people?state=left")] == [cast.asha]
    wanted = {"role": "owner", "place": cast.places["Leeds"]}
    assert error(tess.post(f"/people/{cast.asha}/grants", wanted)) == (409, "has_left")
    assert error(tess.post(f"/people/{cast.asha}/codes")) == (409, "has_left")


def test_an_administrator_signs_somebody_out_and_revokes_their_keys(app: Flask, cast: Cast, tess: Caller) -> None:
    browser, program = signed_in(app, cast.asha), Caller(app, cast.asha)
    (key,) = tess.all(f"/people/{cast.asha}/keys")

    assert tess.delete(f"/people/{cast.asha}/sign-ins").status_code == 204
    assert tess.delete(f"/people/{cast.bo}/keys/{key['number']}").status_code == 404
    assert tess.delete(f"/people/{cast.asha}/keys/{key['number']}").status_code == 204

    assert not is_signed_in(browser)
    assert program.get("/self").json["error"] == "token_revoked"  # type: ignore[index]


def test_one_sees_and_ends_ones_own_sign_ins(app: Flask, cast: Cast) -> None:
    browsers, other, caller = [signed_in(app, cast.asha) for _ in range(3)], signed_in(app, cast.bo), None
    caller = Caller(app, cast.asha)
    listed = caller.all("/sign-ins", limit=2)

    assert caller.delete(f"/sign-ins/{listed[0]['number']}").status_code == 204
    assert caller.delete(f"/sign-ins/{listed[0]['number']}").status_code == 404
    assert [is_signed_in(browser) for browser in browsers] == [True, True, False]
    assert caller.delete("/sign-ins").status_code == 204
    assert not any(is_signed_in(browser) for browser in browsers) and is_signed_in(other)


def test_places_come_above_before_below_and_sites_are_for_everybody(app: Flask, cast: Cast, tess: Caller) -> None:
    places = tess.all("/places", limit=3)
    seen: set[int] = set()
    for place in places:
        assert place["parent"] is None or place["parent"] in seen
        seen.add(place["number"])

    assert seen == set(cast.places.values())
    assert [one["name"] for one in tess.all("/places?kind=partner")] == ["Brightline", "Farline"]
    assert [one["name"] for one in Caller(app, cast.sam).all("/sites")] == ["Leeds", "Belfast", "Durban", "Manila"]


def test_the_trail_names_who_did_what(app: Flask, cast: Cast, tess: Caller) -> None:
    tess.post(f"/people/{cast.asha}/grants", {"role": "owner", "place": cast.places["Leeds"]})

    (entry,) = tess.all(f"/audit?action=role.granted&subject=person:{cast.asha}&actor={cast.tess}")
    page = signed_in(app, cast.tess).get("/audit").text

    assert entry["actor"] == {"number": cast.tess, "name": "Tess"}
    assert (entry["outcome"], entry["detail"]) == ("done", {"place": cast.places["Leeds"], "role": "owner"})
    assert "role.granted" in page and "Tess" in page
    with app.app_context():
        count = db.session.scalar(select(func.count(AuditEntry.id)))
    assert len(tess.all("/audit", limit=9)) == count


def test_a_person_that_has_not_changed_is_not_sent_again(cast: Cast, tess: Caller) -> None:
    mark = tess.get(f"/people/{cast.asha}").headers["ETag"]

    assert tess.get(f"/people/{cast.asha}", headers={"If-None-Match": mark}).status_code == 304
