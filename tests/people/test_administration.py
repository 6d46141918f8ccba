"""What administrators do with people, and that nobody else does."""

import re

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.errors import Conflict
from portal.people import managers, queries, service
from portal.people.models import AuditEntry, Grant, OneTimeCode, Origin, Person, Place
from portal.people.roles import PlaceKind, Role
from tests.counting import counted
from tests.factories import NOON, Cast, make_person, send, signed_in
from tests.people.entering import give_password, is_signed_in, use_code

ADMIN_PAGES = ("/people", "/people/codes", "/imports/new")


@pytest.fixture
def partner_admin(app: Flask, cast: Cast) -> int:
    """An administrator of Brightline, who is nobody elsewhere."""
    with app.app_context(), writing():
        brightline = db.session.get_one(Place, cast.places["Brightline"])
        person = make_person("bea", brightline)
        service.grant(person, Role.ADMINISTRATOR, brightline, by_id=None, now=NOON)
        return person.id


def _grants(app: Flask, person_id: int) -> list[tuple[str, int]]:
    with app.app_context():
        standing = db.select(Grant).where(Grant.person_id == person_id, Grant.revoked_at.is_(None))
        return [(row.role, row.place_id) for row in db.session.scalars(standing.order_by(Grant.id))]


def _grant_id(app: Flask, person_id: int, role: Role) -> int:
    with app.app_context():
        return db.session.scalars(db.select(Grant.id).where(Grant.person_id == person_id, Grant.role == role)).one()


@pytest.mark.parametrize("name", ["asha", "lea", "olu", "vic"])
def test_only_administrators_and_the_programme_see_people(app: Flask, cast: Cast, name: str) -> None:
    client = signed_in(app, cast.people[name])

    assert [client.get(page).status_code for page in ADMIN_PAGES] == [403, 403, 403]
    assert client.get(f"/people/{cast.bo}").status_code == 403


def test_the_programme_looks_but_does_not_touch(app: Flask, cast: Cast) -> None:
    mia = signed_in(app, cast.mia)

    assert mia.get("/people").status_code == 200
    page = mia.get(f"/people/{cast.asha}").text
    assert "Give role" not in page and "Deactivate" not in page
    place = cast.places["Leeds"]
    assert send(mia, f"/people/{cast.asha}/roles", role="executive", place=place).status_code == 403
    assert send(mia, f"/people/{cast.asha}/leaving", sure="y").status_code == 403
    assert send(mia, "/people/codes", place=place).status_code == 403


def test_nobody_signed_in_is_sent_to_sign_in(app: Flask, cast: Cast) -> None:
    assert app.test_client().get("/people").location == "/sign-in?next=/people"


def test_the_list_is_searched_narrowed_and_paged(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        team = db.session.get_one(Place, cast.places["Leeds/Billing"])
        for n in range(60):
            service.add_person(f"Many {n:02}", team, origin=Origin.IMPORTED, now=NOON, staff_number=f"m-{n:02}")
    tess = signed_in(app, cast.tess)

    first = tess.get("/people?q=many").text
    more = re.search(r'href="([^"]+)" rel="next"', first)

    assert len(re.findall(r"\bm-\d\d\b", first)) == 50 and more
    second = tess.get(more[1].replace("&amp;", "&")).text
    assert len(re.findall(r"\bm-\d\d\b", second)) == 10
    assert "Asha" not in first
    assert "Asha" in tess.get(f"/people?place={cast.places['Leeds']}&q=ash").text
    assert "Asha" not in tess.get(f"/people?place={cast.places['Durban']}&q=ash").text
    assert "M-07".casefold() in tess.get("/people?state=waiting&q=M-07").text


@pytest.mark.parametrize("q", ["%", "_", "x' OR 1=1 --", "\\"])
def test_wildcards_in_a_search_are_plain_signs(app: Flask, cast: Cast, q: str) -> None:
    assert "Nobody here matches" in signed_in(app, cast.tess).get("/people", query_string={"q": q}).text


@pytest.mark.parametrize("query", ["after=%21%21", "after=WyJhIl0=", "after=WzEsMV0=", "state=all", "place=999999",
                                   f"q={'x' * 201}"])  # fmt: skip
def test_a_list_that_does_not_exist_is_refused(app: Flask, cast: Cast, query: str) -> None:
    assert signed_in(app, cast.tess).get(f"/people?{query}").status_code == 422


def test_the_number_of_queries_does_not_grow_with_the_list(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)
    with counted(app) as few:
        tess.get("/people?q=tess")
    with counted(app) as many:
        tess.get("/people")

    assert len(many) == len(few) > 0


def test_a_role_is_given_below_and_taken_back_with_every_sign_in(app: Flask, cast: Cast) -> None:
    tess, asha = signed_in(app, cast.tess), signed_in(app, cast.asha)
    leeds = cast.places["Leeds"]

    assert send(tess, f"/people/{cast.asha}/roles", role="team_leader", place=leeds).status_code == 303
    assert ("team_leader", leeds) in _grants(app, cast.asha)
    assert is_signed_in(asha)
    held = _grant_id(app, cast.asha, Role.TEAM_LEADER)
    assert send(tess, f"/people/{cast.asha}/roles/{held}/end").status_code == 303

    assert ("team_leader", leeds) not in _grants(app, cast.asha)
    assert not is_signed_in(asha)
    assert send(tess, f"/people/{cast.asha}/roles/{held}/end").status_code == 303  # twice is once


def test_nobody_changes_their_own_rights(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        top = queries.organisation()
        service.grant(db.session.get_one(Person, cast.mia), Role.ADMINISTRATOR, top, by_id=None, now=NOON)
    tess = signed_in(app, cast.tess)
    own = _grant_id(app, cast.tess, Role.ADMINISTRATOR)

    assert send(tess, f"/people/{cast.tess}/roles/{own}/end").status_code == 403
    assert send(tess, f"/people/{cast.tess}/roles", role="approver", place=cast.places["Harbour"]).status_code == 403
    assert send(tess, f"/people/{cast.tess}/leaving", sure="y").status_code == 403
    assert send(signed_in(app, cast.mia), f"/people/{cast.tess}/roles/{own}/end").status_code == 303


def test_the_last_administrator_stays(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)
    own = _grant_id(app, cast.tess, Role.ADMINISTRATOR)

    answers = [
        send(tess, f"/people/{cast.tess}/roles/{own}/end"),
        send(tess, f"/people/{cast.tess}/leaving", sure="y"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("Name another administrator first" in answer.text for answer in answers)
    assert is_signed_in(tess)


def test_two_grants_of_one_administrator_are_not_two_administrators(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        tess, leeds = db.session.get_one(Person, cast.tess), db.session.get_one(Place, cast.places["Leeds"])
        service.grant(tess, Role.ADMINISTRATOR, leeds, by_id=None, now=NOON)

    with app.app_context(), writing(), pytest.raises(Conflict):
        service.deactivate(db.session.get_one(Person, cast.tess), by_id=None, now=NOON)


def test_a_leaver_is_out_and_what_they_held_was_shown(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        lea = db.session.get_one(Person, cast.lea)
        managers.set_manager(db.session.get_one(Person, cast.asha), lea, by_id=None, now=NOON)
    tess, out = signed_in(app, cast.tess), signed_in(app, cast.lea)
    page = tess.get(f"/people/{cast.lea}").text
    assert "Team leader of Leeds" in page and "Manager of 1 person" in page

    assert send(tess, f"/people/{cast.lea}/leaving").status_code == 422
    assert is_signed_in(out)
    assert send(tess, f"/people/{cast.lea}/leaving", sure="y").status_code == 303

    assert not is_signed_in(out)
    assert "Left on" in tess.get(f"/people/{cast.lea}").text
    with app.app_context():
        actions = db.session.scalars(db.select(AuditEntry.action).where(AuditEntry.actor_id == cast.tess))
        assert "person.deactivated" in set(actions)


def test_an_administrator_signs_somebody_out_everywhere(app: Flask, cast: Cast) -> None:
    asha = signed_in(app, cast.asha)

    send(signed_in(app, cast.tess), f"/people/{cast.asha}/sign-ins/end")

    assert not is_signed_in(asha)


def test_a_field_that_a_role_form_does_not_have_is_refused(app: Flask, cast: Cast) -> None:
    facts = {"role": "owner", "place": cast.places["Leeds"], "granted_by_id": cast.vic}

    assert send(signed_in(app, cast.tess), f"/people/{cast.asha}/roles", **facts).status_code == 422
    assert ("owner", cast.places["Leeds"]) not in _grants(app, cast.asha)


def test_administrators_of_a_partner_see_and_touch_their_own_people_only(
    app: Flask, cast: Cast, partner_admin: int
) -> None:
    bea = signed_in(app, partner_admin)

    page = bea.get("/people").text
    assert "Sam" in page and "Asha" not in page and "Kim" not in page
    assert bea.get(f"/people/{cast.asha}").status_code == 404
    assert send(bea, f"/people/{cast.asha}/leaving", sure="y").status_code == 404
    assert send(bea, f"/people/{cast.kim}/code").status_code == 404
    assert send(bea, f"/people/{cast.sam}/roles", role="executive", place=cast.places["Leeds"]).status_code == 422
    assert send(bea, f"/people/{cast.sam}/roles", role="owner", place=cast.places["Durban"]).status_code == 303
    assert bea.get("/imports/new").status_code == 200
    assert send(bea, "/people/codes", place=cast.places["Leeds"]).status_code == 422


def test_a_file_is_for_administrators_of_the_whole_only(app: Flask, cast: Cast, partner_admin: int) -> None:
    import io

    bea = signed_in(app, partner_admin)
    data = {"file": (io.BytesIO(b"name,email,site\n"), "people.csv")}

    assert send(bea, "/imports", **data).status_code == 403
    assert bea.get("/imports/1").status_code == 403


def test_a_partner_administrator_cannot_take_over_somebody_with_more_rights(
    app: Flask, cast: Cast, partner_admin: int
) -> None:
    with app.app_context(), writing():
        top = queries.organisation()
        service.grant(db.session.get_one(Person, cast.sam), Role.ADMINISTRATOR, top, by_id=None, now=NOON)
    bea = signed_in(app, partner_admin)

    assert send(bea, f"/people/{cast.sam}/code").status_code == 403
    sheet = send(bea, "/people/codes", place=cast.places["Brightline"]).text
    assert "Sam" not in sheet and "One-time codes" in sheet


def test_a_sheet_holds_working_codes_for_those_without_a_password(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    with app.app_context(), writing():
        leeds = db.session.get_one(Place, cast.places["Leeds/Billing"])
        service.add_person("Nina Holt", leeds, origin=Origin.IMPORTED, now=NOON, staff_number="A-77")
        service.add_person("Made Up", leeds, origin=Origin.DEMO, now=NOON, staff_number="d-1")
    tess = signed_in(app, cast.tess)

    answer = send(tess, "/people/codes", place=cast.places["Leeds/Billing"])

    assert answer.status_code == 200 and 'class="sheet"' in answer.text
    assert "Asha" not in answer.text and "Made Up" not in answer.text
    slip = answer.text[answer.text.index("Nina Holt") :]
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", slip)
    assert "a-77" in slip and "http://127.0.0.1:8000/code" in slip
    assert use_code(app.test_client(), "A-77", code[0]).status_code == 303
    with app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "codes.printed")).one()
        assert '"count": 4' in entry.detail and code[0] not in entry.detail


def test_a_place_where_everybody_has_a_password_gets_no_sheet(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        for person in db.session.scalars(db.select(Person)):
            person.password_hash = "x"

    answer = send(signed_in(app, cast.tess), "/people/codes", place=cast.places["Leeds"])

    assert answer.status_code == 409
    assert "has a password already" in answer.text


def test_somebody_without_an_address_is_reset_with_a_printed_code(app: Flask, cast: Cast) -> None:
    give_password(app, cast.asha)
    tess = signed_in(app, cast.tess)

    sheet = send(tess, f"/people/{cast.asha}/code").text

    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", sheet)
    assert "for 1 hour" in sheet
    assert use_code(app.test_client(), "asha@harbour.example", code[0]).status_code == 303
    with app.app_context():
        assert db.session.scalars(db.select(OneTimeCode.purpose)).one() == "reset"


def test_no_code_is_made_for_somebody_who_has_left(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        service.deactivate(db.session.get_one(Person, cast.asha), by_id=None, now=clock.now())

    assert send(signed_in(app, cast.tess), f"/people/{cast.asha}/code").status_code == 409
    role = {"role": "owner", "place": cast.places["Leeds"]}
    assert send(signed_in(app, cast.tess), f"/people/{cast.asha}/roles", **role).status_code == 409


def test_a_name_with_a_script_stays_text(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        db.session.get_one(Person, cast.asha).name = "<script>alert(1)</script>"

    for page in ("/people", f"/people/{cast.asha}"):
        assert "<script>alert" not in signed_in(app, cast.tess).get(page).text


def test_managers_never_close_a_circle(context: Flask, cast: Cast) -> None:
    asha, bo, cy = (db.session.get_one(Person, person_id) for person_id in (cast.asha, cast.bo, cast.cy))
    with writing():
        managers.set_manager(asha, bo, by_id=None, now=NOON)
        managers.set_manager(bo, cy, by_id=None, now=NOON)

    for above in (asha, bo):
        with writing(), pytest.raises(Conflict) as refused:
            managers.set_manager(cy if above is asha else bo, asha, by_id=None, now=NOON)
        assert refused.value.code == "manager_cycle"
    with writing(), pytest.raises(Conflict):
        managers.set_manager(asha, asha, by_id=None, now=NOON)
    with writing():
        managers.set_manager(asha, None, by_id=None, now=NOON)
        managers.set_manager(cy, asha, by_id=None, now=NOON)


def test_a_person_added_by_hand_is_nobody_else(context: Flask, cast: Cast) -> None:
    top = queries.organisation()
    assert top is not None and top.kind is PlaceKind.ORGANISATION

    with writing(), pytest.raises(Conflict) as refused:
        service.create_person("Asha", top, email="ASHA@harbour.example", now=NOON, by_id=None)

    assert refused.value.code == "known_already"
