"""Importing people: the plan, what is written, the command and the pages."""

import io
import json
import threading
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import clock
from portal.db import db, writing
from portal.errors import DomainError, Invalid
from portal.people import imports, service
from portal.people.imports import Choices
from portal.people.models import AuditEntry, Grant, Origin, PeopleImport, Person, Place
from portal.people.people_changes import Plan
from portal.people.people_csv import parse
from tests.factories import NOON, Cast, send, signed_in
from tests.people.entering import give_password, is_signed_in

HEADER = "employer,site,team,staff_number,name,email,job_title,role,manager,timezone,active"
GOOD = (
    "Harbour Broadband,Leeds,,1001,Ruth Adeyemi,ruth@harbour.example,Site manager,team_leader,,,yes",
    "harbour broadband,leeds,BILLING,1002,Ben Ward,,Adviser,,1001,,yes",
    "Brightline,Durban,Chat,2001,Thandi Nkosi,thandi@brightline.example,Adviser,frontline,ruth@harbour.example,,",
    "Northwind,Oslo,Chat,3001,Kari Lie,,,,2001,Europe/Oslo,yes",
)


def look(*lines: str, header: str = HEADER, missing: bool = False) -> Plan:
    return imports.dry_run(parse("\n".join([header, *lines]), rows_max=100_000), deactivate_missing=missing)


def run(*lines: str, header: str = HEADER, now: Any = NOON, **choices: Any) -> Plan:
    text = "\n".join([header, *lines])
    with writing():
        missing = choices.get("deactivate_missing", False)
        kept = imports.keep_file(text, "people.csv", deactivate_missing=missing, by_id=None, now=now)
        return imports.apply(parse(text, rows_max=100_000), kept, Choices(**choices), by_id=None, now=now)


def person(number: str) -> Person:
    db.session.expire_all()
    return db.session.scalars(db.select(Person).where(Person.staff_number == number)).one()


def place_of(found: Person) -> str:
    names = {row.id: row.name for row in db.session.scalars(db.select(Place))}
    return "/".join(names[part] for part in (found.employer_id, found.site_id, found.team_id) if part)


def roles_of(found: Person) -> set[tuple[str, int]]:
    standing = db.select(Grant).where(Grant.person_id == found.id, Grant.revoked_at.is_(None))
    return {(row.role, row.place_id) for row in db.session.scalars(standing)}


def sentences(plan: Plan) -> list[str]:
    return [problem.sentence for problem in plan.problems]


def test_people_places_managers_and_roles_are_made(context: Flask, cast: Cast) -> None:
    made = run(*GOOD)

    assert list(made.places.values()) == ["Northwind", "Oslo", "Chat"]
    ben, thandi, kari = person("1002"), person("2001"), person("3001")
    assert place_of(ben) == "Harbour Broadband/Leeds/Billing"
    assert place_of(thandi) == "Brightline/Durban/Chat"
    assert place_of(kari) == "Northwind/Oslo/Chat"
    assert ben.manager_id == person("1001").id == thandi.manager_id
    assert roles_of(person("1001")) == {("team_leader", cast.places["Leeds"])}
    assert roles_of(ben) == {("frontline", cast.places["Leeds/Billing"])}
    assert db.session.get_one(Place, kari.site_id).timezone == "Europe/Oslo"
    assert db.session.get_one(Place, kari.team_id).timezone == "Europe/Oslo"
    assert ben.origin is Origin.IMPORTED and ben.password_hash is None


def test_the_same_file_again_changes_nothing(context: Flask, cast: Cast) -> None:
    run(*GOOD)
    before = [(row.id, row.place_id, row.auth_epoch) for row in db.session.scalars(db.select(Person))]
    grants = db.session.scalar(db.select(db.func.count(Grant.id)))

    again = look(*GOOD)
    run(*GOOD)

    assert not again.anything and again.unchanged == 4
    assert before == [(row.id, row.place_id, row.auth_epoch) for row in db.session.scalars(db.select(Person))]
    assert grants == db.session.scalar(db.select(db.func.count(Grant.id)))


def test_nothing_is_saved_while_one_row_has_a_problem(context: Flask, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        run(*GOOD, "Harbour Broadband,Leeds,,,Jo,jo@harbour,,,,,")

    assert refused.value.code == "rows_have_problems"
    db.session.rollback()
    assert db.session.scalars(db.select(Person).where(Person.origin == Origin.IMPORTED)).all() == []
    assert db.session.scalars(db.select(Place).where(Place.name == "Oslo")).all() == []
    assert db.session.scalars(db.select(PeopleImport)).all() == []


def test_the_good_rows_alone_are_imported_when_that_is_asked(context: Flask, cast: Cast) -> None:
    made = run(*GOOD, "Harbour Broadband,Leeds,,,Jo,jo@harbour,,,,,", only_good=True)

    assert len(made.new) == 4 and len(made.problems) == 1


def test_somebody_known_by_address_gets_their_number_and_new_facts(context: Flask, cast: Cast) -> None:
    made = run("Harbour Broadband,Leeds,Billing,A-1,Asha Rao,ASHA@harbour.example,Senior adviser,,,,")

    asha = person("a-1")
    assert asha.id == cast.asha
    assert (asha.name, asha.job_title) == ("Asha Rao", "Senior adviser")
    assert [change.values.keys() for change in made.changed] == [{"name", "staff_number", "job_title"}]


def test_an_empty_cell_changes_nothing(context: Flask, cast: Cast) -> None:
    run("Harbour Broadband,Leeds,Billing,A-1,Asha Rao,asha@harbour.example,Adviser,,bo-is-no-number,,", only_good=True)
    run(GOOD[0], "Harbour Broadband,Leeds,Billing,A-1,Asha Rao,asha@harbour.example,Adviser,,1001,,")

    again = run("Harbour Broadband,Leeds,Billing,A-1,Asha Rao,,,,,,")

    assert not again.anything
    assert person("a-1").email == "asha@harbour.example" and person("a-1").manager_id == person("1001").id


def test_somebody_who_moves_takes_frontline_along_and_signs_in_again(context: Flask, cast: Cast) -> None:
    run(GOOD[0], GOOD[1])
    ben = person("1002")
    with writing():
        service.record_sign_in(ben, token_hash="t", expires_at=clock.now(), device="d", network="n", now=NOON)
        service.grant(ben, "owner", db.session.get_one(Place, cast.places["Harbour"]), by_id=None, now=NOON)
    epoch = ben.auth_epoch

    made = run("Harbour Broadband,Belfast,Faults,1002,Ben Ward,,,,,,")

    assert made.changed[0].moved
    assert roles_of(person("1002")) == {
        ("frontline", cast.places["Belfast/Faults"]), ("owner", cast.places["Harbour"])}  # fmt: skip
    assert person("1002").auth_epoch == epoch + 1
    from portal.people.models import SignIn

    assert db.session.scalars(db.select(SignIn)).one().ended_because == "moved"


def test_a_lower_role_takes_the_higher_of_the_same_place(context: Flask, cast: Cast) -> None:
    run(GOOD[0])
    run(GOOD[0].replace("team_leader", "frontline"))

    assert roles_of(person("1001")) == {("frontline", cast.places["Leeds"])}


def test_addresses_may_be_swapped_within_a_file(context: Flask, cast: Cast) -> None:
    header = "staff_number,name,email,site"
    run("1,One,one@x.example,Leeds", "2,Two,two@x.example,Leeds", header=header)

    run("1,One,two@x.example,Leeds", "2,Two,one@x.example,Leeds", header=header)

    assert (person("1").email, person("2").email) == ("two@x.example", "one@x.example")


def test_an_address_may_pass_to_somebody_new_but_not_be_taken(context: Flask, cast: Cast) -> None:
    header = "staff_number,name,email,site"
    run("1,One,one@x.example,Leeds", header=header)

    taken = look("2,Two,one@x.example,Leeds", header=header)
    assert sentences(taken) == [
        "Row 2, email: 'one@x.example' belongs to staff number 1. Correct one of the two, or clear the address."
    ]
    run("1,One,other@x.example,Leeds", "2,Two,one@x.example,Leeds", header=header)
    assert (person("1").email, person("2").email) == ("other@x.example", "one@x.example")


def test_one_known_person_in_two_rows_is_a_problem(context: Flask, cast: Cast) -> None:
    run("Harbour Broadband,Leeds,Billing,A-1,Asha,asha@harbour.example,,,,,")

    made = look("1,Asha,,Leeds,,", "A-1,Asha,,Leeds,,", ",Asha,asha@harbour.example,Leeds,,",
                header="staff_number,name,email,site,team,role")  # fmt: skip

    assert sentences(made) == ["Row 4, name: 'Asha' is the person of row 3. Keep one row for each person."]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("1,One,,Leeds,nobody@x.example",), "'nobody@x.example' is nobody here, nor in this file. Name somebody"),
        (("1,One,,Leeds,sam@harbour.example",), "'sam@harbour.example' has left."),
        (("1,One,,Leeds,2", "2,Two,,Leeds,1"), "Row 2, manager: '2' closes a circle: Two → One → Two."),
        (("1,One,,Leeds,2", "2,Two,,Leeds,3", "3,Three,,Leeds,1"), "closes a circle"),
        (("9,Asha,asha@harbour.example,Leeds,bo@x.example", "8,Bo,bo@x.example,Leeds,9"), "closes a circle"),
    ],
)
def test_managers_are_somebody_and_never_a_circle(context: Flask, cast: Cast, lines: tuple, said: str) -> None:
    with writing():
        service.deactivate(db.session.get_one(Person, cast.sam), by_id=None, now=NOON)

    made = look(*lines, header="staff_number,name,email,site,manager")

    assert said in " ".join(sentences(made))


def test_a_circle_with_an_earlier_manager_is_found(context: Flask, cast: Cast) -> None:
    header = "staff_number,name,site,manager"
    run("1,One,Leeds,2", "2,Two,Leeds,3", "3,Three,Leeds,", header=header)

    made = look("3,Three,Leeds,1", header=header)

    assert sentences(made) == [
        "Row 2, manager: '1' closes a circle: One → Two → Three → One. Name another manager for one of them."
    ]


def test_whoever_answers_to_a_row_with_a_problem_comes_without_a_manager_for_now(context: Flask, cast: Cast) -> None:
    header = "staff_number,name,email,site,manager"
    made = run("1,One,one@nowhere,Leeds,", "2,Two,,Leeds,1", header=header, only_good=True)

    assert made.without_manager == 1
    assert person("2").manager_id is None
    run("1,One,,Leeds,", "2,Two,,Leeds,1", header=header)
    assert person("2").manager_id == person("1").id


def test_a_site_has_one_time_zone(context: Flask, cast: Cast) -> None:
    header = "staff_number,name,site,timezone"
    made = look("1,One,Leeds,Europe/London", "2,Two,Leeds,Asia/Manila", header=header)

    assert "differs from Europe/London in row 2 for the same site" in sentences(made)[0]


def test_people_leave_only_when_a_file_says_so(context: Flask, cast: Cast) -> None:
    run(*GOOD)

    assert look(GOOD[0]).leaving == []
    gone = look(GOOD[0].replace(",yes", ",no"))
    assert [leaver.name for leaver in gone.leaving] == ["Ruth Adeyemi"]
    missing = look(GOOD[0], missing=True)
    assert [leaver.name for leaver in missing.leaving] == ["Ben Ward", "Thandi Nkosi", "Kari Lie"]


def test_a_bad_row_still_mentions_its_person(context: Flask, cast: Cast) -> None:
    run(*GOOD)

    made = look(*GOOD[:3], GOOD[3].replace("Europe/Oslo", "Mars/Base"), missing=True)

    assert len(made.problems) == 1 and made.leaving == []


def test_more_than_a_tenth_leaves_only_when_the_number_is_confirmed(context: Flask, cast: Cast) -> None:
    run(*GOOD)
    asked = {"deactivate_missing": True}
    assert look(GOOD[0], missing=True).needs_a_word is False  # 3 of 36
    assert look(missing=True).needs_a_word is True  # 4 of 36
    many = [f"Harbour Broadband,Leeds,,x{n},P {n},,,,,," for n in range(20)]
    run(*many)

    for wrong in (None, 0, 23):
        with pytest.raises(Invalid) as refused:
            run(leaving_confirmed=wrong, **asked)
        assert refused.value.code == "leaving_not_confirmed"
        assert "24 of 56 people would leave" in refused.value.message
    made = run(leaving_confirmed=24, **asked)

    assert len(made.leaving) == 24
    assert not person("1002").active and person("1002").auth_epoch == 1


def test_the_last_administrator_does_not_leave_by_a_file(context: Flask, cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        run(",Tess,tess@harbour.example,Leeds,no", header="staff_number,name,email,site,active", leaving_confirmed=1)

    assert refused.value.code == "last_administrator"


def test_somebody_who_comes_back_starts_afresh(app: Flask, cast: Cast) -> None:
    give_password(app, cast.olu)
    with app.app_context():
        with writing():
            service.deactivate(db.session.get_one(Person, cast.olu), by_id=None, now=NOON)

        run("o-1,Olu,olu@harbour.example,Leeds,yes", header="staff_number,name,email,site,active")

        olu = person("o-1")
        assert olu.active and olu.password_hash is None
        assert roles_of(olu) == set()


def test_a_team_of_one_name_in_two_spellings_is_one_team(context: Flask, cast: Cast) -> None:
    header = "staff_number,name,site,team"
    made = run("1,One,Hull,Chat Évening", "2,Two,HULL,chat évening", header=header)

    assert len(made.places) == 2
    assert person("1").team_id == person("2").team_id


def test_the_audit_says_what_was_done_and_the_file_is_not_kept(context: Flask, cast: Cast) -> None:
    run(*GOOD)

    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "people.imported")).one()
    kept = db.session.scalars(db.select(PeopleImport)).one()
    detail = json.loads(entry.detail)
    assert (detail["new"], detail["leaving"], detail["sha256"]) == (4, 0, kept.sha256)
    assert kept.content == "" and kept.applied_at == NOON


def test_a_double_click_imports_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        text = "\n".join([HEADER, *GOOD])
        kept = imports.keep_file(text, "people.csv", deactivate_missing=False, by_id=None, now=NOON).id
    start, results = threading.Barrier(2), []

    def click() -> None:
        with app.app_context():
            start.wait()
            try:
                with writing():
                    parsed = parse(text, rows_max=100)
                    imports.apply(parsed, imports.import_for(kept), Choices(), by_id=None, now=NOON)
                results.append("done")
            except DomainError as error:
                results.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["already_applied", "done"]


@pytest.mark.slow
def test_twenty_thousand_rows_take_seconds(context: Flask, cast: Cast) -> None:
    header = "staff_number,name,email,site,team,manager"
    lines = [f"n{n},Person {n},n{n}@big.example,Site {n % 40},Team {n % 400},{f'n{n // 50}' if n >= 50 else ''}"
             for n in range(1, 20_001)]  # fmt: skip

    started = time.process_time()  # not by the clock on the wall: neighbours would fail the test
    made = run(*lines, header=header)
    first, started = time.process_time() - started, time.process_time()
    again = look(*lines, header=header)
    second = time.process_time() - started

    assert (len(made.new), len(made.problems), again.unchanged) == (20_000, 0, 20_000)
    assert max(first, second) < 15


# Pages


def upload(client: FlaskClient, content: bytes | str, **more: Any):
    data = content.encode() if isinstance(content, str) else content
    return send(client, "/imports", file=(io.BytesIO(data), "people.csv"), **more)


def test_a_file_is_looked_at_decided_on_and_imported(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)

    sent = upload(tess, "\n".join([HEADER, *GOOD]))
    page = tess.get(sent.location).text
    done = send(tess, sent.location)

    assert sent.status_code == 303 and done.status_code == 303
    assert "4 rows read. Nothing has been saved." in page and "3 new places: Northwind, Oslo, Chat" in page
    assert "Imported" in tess.get(sent.location).text
    assert send(tess, sent.location).status_code == 409
    with app.app_context():
        assert person("1002").name == "Ben Ward"


def test_problems_are_listed_and_can_be_downloaded_harmlessly(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)
    sent = upload(tess, "\n".join([HEADER, *GOOD, ",Leeds,,,=cmd(),jo@harbour,,,,,", ",,,,,,,,,,x"]))

    page, rows = tess.get(sent.location).text, tess.get(sent.location + "/problems.csv")

    assert "2 of 6 rows have problems" in page
    assert "jo@harbour" in page and "is not a full address." in page
    assert "Import the good rows" in page
    assert rows.headers["Content-Disposition"].startswith("attachment")
    assert "'=cmd()" in rows.text and ",=cmd()" not in rows.text
    assert rows.text.count("\r\n") == 3
    assert send(tess, sent.location).status_code == 422
    assert send(tess, sent.location, only_good="y").status_code == 303


def test_many_leavers_are_confirmed_by_typing_their_number(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)
    with app.app_context():
        run(*GOOD, *[f"Harbour Broadband,Leeds,,x{n},P {n},,,,,," for n in range(20)])
    sent = upload(tess, "\n".join([HEADER, GOOD[0]]), deactivate_missing="y")
    assert "Type 23 if that is meant" in tess.get(sent.location).text

    assert send(tess, sent.location).status_code == 422
    assert send(tess, sent.location, leaving="22").status_code == 422
    assert send(tess, sent.location, leaving="23").status_code == 303


@pytest.mark.parametrize(("content", "said"), [
    (b"", "nothing readable"), (b"   \n", "nothing readable"), ("José".encode("cp1252"), "not UTF-8"),
    (b"name\x00,site,email\n", "nothing readable"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_on_its_page(app: Flask, cast: Cast, content: bytes, said: str) -> None:
    answer = upload(signed_in(app, cast.tess), content)

    assert answer.status_code == 422
    assert said in answer.text


def test_without_a_file_the_form_says_so(app: Flask, cast: Cast) -> None:
    answer = send(signed_in(app, cast.tess), "/imports")

    assert answer.status_code == 422 and "Choose a CSV file." in answer.text


def test_utf_16_with_its_mark_is_read(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)
    sent = upload(tess, "\n".join([HEADER, *GOOD]).encode("utf-16"))

    assert "4 rows read" in tess.get(sent.location).text


def test_nine_megabytes_are_too_many(app: Flask, cast: Cast) -> None:
    tess = signed_in(app, cast.tess)

    answer = tess.post("/imports", data=b"x" * 9_000_000, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["mia", "asha", "vic"])
def test_nobody_but_administrators_imports(app: Flask, cast: Cast, name: str) -> None:
    client = signed_in(app, cast.people[name])

    assert client.get("/imports/new").status_code == 403
    assert upload(client, "x").status_code == 403
    assert is_signed_in(client)


def test_an_import_that_does_not_exist_is_not_found(app: Flask, cast: Cast) -> None:
    assert signed_in(app, cast.tess).get("/imports/99").status_code == 404
