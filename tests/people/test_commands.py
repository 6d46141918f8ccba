"""`flask person …` and `flask import people`."""

import json
import re
from pathlib import Path

from flask import Flask

from portal.db import db
from portal.people.models import Grant, Person, Place
from tests.factories import Cast
from tests.people.entering import use_code


def call(app: Flask, *arguments: str, answer: str | None = None):
    with app.app_context():  # as the `flask` program does
        return app.test_cli_runner().invoke(args=list(arguments), input=answer)


def code_in(text: str) -> str:
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    assert found, text
    return found[0]


def test_a_person_is_made_at_a_place_and_comes_in_with_the_printed_code(app: Flask, cast: Cast) -> None:
    made = call(app, "person", "create", "Nina@harbour.example", "--name", "Nina Holt", "--role", "owner",
                "--role", "team-leader", "--scope", "leeds/billing", "--staff-number", "A-77")  # fmt: skip

    assert made.exit_code == 0, made.output
    assert use_code(app.test_client(), "a-77", code_in(made.output)).status_code == 303
    with app.app_context():
        nina = db.session.scalars(db.select(Person).where(Person.email == "nina@harbour.example")).one()
        assert nina.team_id == cast.places["Leeds/Billing"]
        assert set(db.session.scalars(db.select(Grant.role).where(Grant.person_id == nina.id))) == {
            "owner", "team_leader"}  # fmt: skip


def test_the_first_person_may_make_the_organisation(app: Flask) -> None:
    without = call(app, "person", "create", "t@x.example", "--name", "Tess", "--role", "administrator")
    made = call(app, "person", "create", "t@x.example", "--name", "Tess", "--role", "administrator",
                "--organisation", "Harbour")  # fmt: skip

    assert (without.exit_code, made.exit_code) == (1, 0)
    assert "--organisation" in without.stderr
    with app.app_context():
        assert db.session.scalars(db.select(Place.name)).all() == ["Harbour"]


def test_what_cannot_be_done_is_one_sentence_on_stderr(app: Flask, cast: Cast) -> None:
    cases = {
        ("asha@harbour.example",): "is here already",
        ("new@harbour.example", "--role", "boss"): "Use one of: frontline, team_leader, owner",
        (
            "new@harbour.example",
            "--scope",
            "Atlantis",
        ): "'Atlantis' is not a place here. Use one of: Harbour Broadband;",
        ("new@harbour.example", "--scope", "Billing"): "is the name of several places. Use one of: Harbour Broadband/",
        ("new@harbour",): "is not a full address",
        ("new@harbour.example", "--staff-number", "a b"): "one word without an @",
    }

    for arguments, said in cases.items():
        refused = call(app, "person", "create", *arguments, "--name", "Somebody")
        assert refused.exit_code == 1 and said in refused.stderr, refused.output
        assert "Traceback" not in refused.output


def test_people_are_listed_and_let_go(app: Flask, cast: Cast) -> None:
    assert "Sam  sam@harbour.example  Chat  frontline" in call(app, "person", "list").output
    gone = call(app, "person", "deactivate", "SAM@harbour.example")
    again = call(app, "person", "deactivate", "sam@harbour.example")
    last = call(app, "person", "deactivate", "tess@harbour.example")
    nobody = call(app, "person", "deactivate", "who@harbour.example")

    assert (gone.exit_code, again.exit_code, last.exit_code, nobody.exit_code) == (0, 0, 1, 1)
    assert "Name another administrator first" in last.stderr and "Nobody here" in nobody.stderr
    names = [row["name"] for row in json.loads(call(app, "person", "list", "--json").output)]
    assert "Sam" not in names and "Asha" in names


def test_a_first_code_is_printed_until_somebody_administers(app: Flask) -> None:
    printed = call(app, "person", "first-code")

    assert printed.exit_code == 0
    assert "/setup/first-administrator" in printed.output and code_in(printed.output)
    call(app, "person", "create", "t@x.example", "--name", "Tess", "--role", "administrator", "--organisation", "H")
    assert call(app, "person", "first-code").exit_code == 1


def test_a_file_of_people_is_looked_at_and_imported(app: Flask, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name;email;site;team\nNina;nina@x.example;Leeds;Billing\n", encoding="utf-8-sig")

    looked = call(app, "import", "people", str(file), "--dry-run")
    done = call(app, "import", "people", str(file))
    again = call(app, "import", "people", str(file), "--json")

    assert (looked.exit_code, done.exit_code, again.exit_code) == (0, 0, 0)
    assert "1 would be added" in looked.output and "Nothing has been saved." in looked.output
    assert "1 added" in done.output
    assert json.loads(again.output)["unchanged"] == 1


def test_a_file_with_problems_ends_with_two_and_saves_nothing(app: Flask, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,email,site\nNina,nina@x.example,Leeds\nJo,jo@harbour,Leeds\n")

    refused = call(app, "import", "people", str(file))
    good = call(app, "import", "people", str(file), "--only-good")

    assert refused.exit_code == 2 and good.exit_code == 0
    assert "Row 3, email: 'jo@harbour' is not a full address." in refused.stderr
    assert "1 added" in good.output and "1 with problems" in good.output


def test_many_leavers_are_asked_about(app: Flask, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,email,site\n" + "".join(f"P{n},p{n}@x.example,Leeds\n" for n in range(40)))
    call(app, "import", "people", str(file))
    file.write_text("name,email,site\nP0,p0@x.example,Leeds\n")
    command = ("import", "people", str(file), "--deactivate-missing")

    no, yes = call(app, *command, answer="n\n"), call(app, *command, "--yes")

    assert no.exit_code == 1 and "39 of 72 people" in no.stderr
    assert yes.exit_code == 0 and "39 deactivated" in yes.output


def test_a_file_in_another_encoding_is_refused_with_the_way_out(app: Flask, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("name,email,site\nJosé,j@x.example,Leeds\n".encode("cp1252"))

    refused = call(app, "import", "people", str(file))

    assert refused.exit_code == 1 and "Line 2 is not UTF-8" in refused.stderr
