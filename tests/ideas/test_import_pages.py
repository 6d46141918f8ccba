"""Bringing earlier ideas along on pages, what the idea's page says about them, and who sees which of it."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Idea, IdeaImport
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from tests.factories import Cast, csrf_token, make_person, send, signed_in
from tests.home.test_hidden_counts import addresses
from tests.ideas.making import commented
from tests.ideas.test_import_ideas import FILE
from tests.swarm.voting import vote

HOSTILE = (
    'Id,Title,Description,Votes,Status,"=HYPERLINK(""http://x.example"")"\n'
    '1,<script>alert(1)</script>,"=cmd|\' /C calc\'!A0",many,"<img src=x onerror=alert(2)>",3\n'
    "2,<b>Bold</b>,Some words <i>here</i>,7,<u>Planned</u>,4\n"
)
MANY = FILE.replace("312", "7040312")  # a number that no token and no date holds by chance
BROUGHT = re.compile(r"7040312|7,040,312|along from before")


@pytest.fixture
def mia(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.mia)


def upload(client: FlaskClient, content: str | bytes = FILE, name: str = "old.csv") -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    form: dict[str, Any] = {"csrf_token": csrf_token(client), "file": (io.BytesIO(data), name)}
    return client.post("/ideas/imports", data=form, content_type="multipart/form-data")


def columns(**over: str) -> dict[str, str]:
    usual = {"external_id": "0", "title": "1", "text": "2", "author": "3", "said_on": "4", "votes": "5", "state": "6"}
    nothing = {"kind": "", "barrier": "", "site": "", "day_first": "", "source": "earlier"}
    return nothing | usual | over


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def bring(client: FlaskClient, content: str = FILE, **over: str) -> str:
    """Upload, choose, confirm; returns the page's address."""
    where = upload(client, content).location
    if over:
        assert send(client, f"{where}/columns", **columns(**over)).status_code == 303
    assert send(client, f"{where}/confirmation").status_code == 303
    return where


def number_of(app: Flask, title: str) -> int:
    with app.app_context():
        return db.session.query(Idea.id).filter(Idea.title == title).scalar()


def test_a_file_is_looked_at_and_then_brought_along(app: Flask, mia: FlaskClient) -> None:
    assert "/ideas/imports/new" in text_of(mia.get("/me"))
    assert "The same file again adds nothing" in text_of(mia.get("/ideas/imports/new"))
    sent = upload(mia)
    assert sent.status_code == 303

    page = text_of(mia.get(sent.location))
    for words in ("3 rows read", "Nothing has been saved", "Bring 3 ideas along", "names an author who is nobody here",
                  "Description: We have to ask for a fax.", "Hidden", "Planned"):  # fmt: skip
        assert words in page, words
    assert "asha" not in page.split("first-h")[1].split("</table>")[0].casefold()
    assert send(mia, f"{sent.location}/confirmation").status_code == 303

    done = text_of(mia.get(sent.location))
    assert "Brought along" in done and "357" in done
    assert send(mia, f"{sent.location}/confirmation").location == sent.location
    assert send(mia, f"{sent.location}/columns", **columns()).status_code == 410
    assert mia.get(f"{sent.location}/problems.csv").status_code == 410
    with app.app_context():
        assert db.session.query(Idea).count() == 3
        assert db.session.query(IdeaImport).one().content == ""
    again = text_of(mia.get(upload(mia).location))
    assert "Everything in this file is here already" in again and "confirmation" not in again


def test_an_import_is_taken_back_with_a_button_once(app: Flask, mia: FlaskClient) -> None:
    where = upload(mia).location
    send(mia, f"{where}/confirmation")
    assert "Take this import back" in text_of(mia.get(where))

    assert send(mia, f"{where}/undo").location == where
    assert "3 ideas taken back; 0 stay" in text_of(mia.get(where))
    assert send(mia, f"{where}/undo").location == where
    assert "Nothing of this import can be taken back" in text_of(mia.get(where))
    assert "3 rows read" in text_of(mia.get(upload(mia).location))


def test_every_problem_of_a_file_is_in_the_list_of_problems(app: Flask, mia: FlaskClient) -> None:
    where = upload(mia, "text,votes\n" + "We never say yes,-1\n" * 150).location

    assert text_of(mia.get(f"{where}/problems.csv")).count("votes_negative") == 150


def test_columns_are_corrected_and_kept(app: Flask, mia: FlaskClient, cast: Cast) -> None:
    where = upload(mia, "Wortlaut;Wann;Wer\nKein Fax mehr;5/3/2021;asha@harbour.example\n").location
    page = text_of(mia.get(where))
    assert "Say which column holds the words" in page and "confirmation" not in page
    nothing = columns(external_id="", title="", text="", author="", said_on="", votes="", state="")

    none = send(mia, f"{where}/columns", **nothing)
    assert none.status_code == 422 and "Choose the column that holds the words." in text_of(none)
    twice = send(mia, f"{where}/columns", **nothing | {"text": "0", "title": "0"})
    assert twice.status_code == 422 and "This column is used for two things." in text_of(twice)
    odd = send(mia, f"{where}/columns", **nothing | {"text": "0", "source": "Ideen Kasten"})
    assert odd.status_code == 422 and "Ideen Kasten" in text_of(odd)
    for wrong in ({"text": "9"}, {"text": "x"}, {"text": "0", "day_first": "never"}, {"text": "0", "colour": "1"}):
        assert send(mia, f"{where}/columns", **nothing | wrong).status_code == 422, wrong
    chosen = nothing | {"text": "0", "said_on": "1", "author": "2"}
    assert send(mia, f"{where}/columns", **chosen).status_code == 303
    assert "could be two different days" in text_of(mia.get(where))
    more = {"day_first": "day", "source": "kasten", "show_names": "y"}
    assert send(mia, f"{where}/columns", **chosen | more).status_code == 303
    page = text_of(mia.get(where))
    assert "2021-03-05" in page and 'value="kasten"' in page and re.search(r"checked[^>]*name=\"show_names\"", page)
    assert send(mia, f"{where}/confirmation").status_code == 303

    page = text_of(mia.get(f"/ideas/{number_of(app, 'Kein Fax mehr')}"))
    assert "Asha, Billing" in page and "Brought along from earlier ideas on" in page


def test_nothing_is_saved_while_a_row_has_a_problem_unless_the_good_ones_alone_are_wanted(
    app: Flask, mia: FlaskClient
) -> None:
    where = upload(mia, FILE + "20,,ab,,,,\n").location
    page = text_of(mia.get(where))
    assert "1 of 4 rows has a problem" in page and "Bring only the 3 good ones" in page

    refused = send(mia, f"{where}/confirmation")
    assert refused.status_code == 422 and "Nothing has been saved" in text_of(refused)
    assert send(mia, f"{where}/confirmation", only_good="y").status_code == 303
    with app.app_context():
        assert db.session.query(Idea).count() == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04rest", "a workbook"),
        (b"text\nab\x00cd\n", "NUL"),
        (b" \n \n\xc2\xa0", "no header"),
        (b'"never closed\n', "quotation mark"),
    ],
)
def test_a_file_that_is_none_is_refused_where_it_was_chosen(mia: FlaskClient, content: bytes, said: str) -> None:
    refused = upload(mia, content)

    assert refused.status_code == 422 and said in text_of(refused) and "There is a problem" in text_of(refused)


def test_no_file_and_a_file_that_breaks_later_are_told(mia: FlaskClient) -> None:
    assert "Choose a CSV file." in text_of(send(mia, "/ideas/imports"))
    where = upload(mia, 'text\nfine words\n"never closed\n').location
    page = mia.get(where)
    assert page.status_code == 200 and "Row 3 cannot be read" in text_of(page)
    assert send(mia, f"{where}/confirmation").status_code == 422
    long = upload(mia, "text\n" + "some words\n" * 20_001).location
    assert "more than 20,000 rows" in text_of(mia.get(long))


def test_cells_are_text_on_the_page_and_no_formula_in_the_file_of_problems(app: Flask, mia: FlaskClient) -> None:
    where = upload(mia, HOSTILE, name="<script>alert(3)</script>.csv").location

    page = text_of(mia.get(where))
    assert "<script>alert" not in page and "<img" not in page and "<b>Bold" not in page and "<u>" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert send(mia, f"{where}/columns", **columns(text="5", title="1", author="", said_on="", votes="", state="",
                external_id="")).status_code == 303  # fmt: skip
    file = mia.get(f"{where}/problems.csv")
    assert file.mimetype == "text/csv" and "attachment" in file.headers["Content-Disposition"]
    assert not re.search(r'(^|,)"?[=+@-]', text_of(file), re.MULTILINE)
    assert "'=HYPERLINK" in text_of(file)


def test_a_page_of_an_idea_brought_along_is_text_too(app: Flask, mia: FlaskClient) -> None:
    where = upload(mia, HOSTILE).location
    assert send(mia, f"{where}/confirmation", only_good="y").status_code == 303

    page = text_of(mia.get(f"/ideas/{number_of(app, '<b>Bold</b>')}"))
    assert "Earlier: &lt;u&gt;Planned&lt;/u&gt;" in page and "<i>here" not in page


@pytest.mark.parametrize("who", ["asha", "lea", "olu", "vic", "sam"])
def test_others_may_not_bring_ideas_along(app: Flask, cast: Cast, mia: FlaskClient, who: str) -> None:
    where = upload(mia).location
    client = signed_in(app, getattr(cast, who))

    assert client.get("/ideas/imports/new").status_code == 403
    assert "/ideas/imports/new" not in text_of(client.get("/me"))
    assert upload(client).status_code == 403
    assert client.get(where).status_code == client.get(f"{where}/problems.csv").status_code == 403
    assert send(client, f"{where}/columns", **columns()).status_code == 403
    assert send(client, f"{where}/confirmation").status_code == 403
    with app.app_context():
        assert db.session.query(Idea).count() == 0


def test_a_file_is_there_for_whoever_sent_it_alone_and_a_stranger_signs_in_first(
    app: Flask, cast: Cast, mia: FlaskClient
) -> None:
    where = upload(mia).location
    tess = signed_in(app, cast.tess)

    assert tess.get("/ideas/imports/new").status_code == 200
    assert tess.get(where).status_code == tess.get(f"{where}/problems.csv").status_code == 404
    assert send(tess, f"{where}/columns", **columns()).status_code == 404
    assert send(tess, f"{where}/confirmation").status_code == 404
    stranger = app.test_client()
    assert "/sign-in" in stranger.get(where).location


def test_the_programme_of_a_part_may_not(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        sam, brightline = db.session.get(Person, cast.sam), db.session.get(Place, cast.places["Brightline"])
        assert sam is not None and brightline is not None
        people.grant(sam, Role.PROGRAMME, brightline, by_id=None, now=clock.now())

    client = signed_in(app, cast.sam)
    assert client.get("/ideas/imports/new").status_code == upload(client).status_code == 403


@pytest.mark.slow
def test_votes_brought_along_are_told_only_to_those_who_have_decided(app: Flask, cast: Cast, mia: FlaskClient) -> None:
    bring(mia, MANY)
    number = number_of(app, "No fax")

    bo, asha = signed_in(app, cast.bo), signed_in(app, cast.asha)
    for client in (bo, signed_in(app, cast.vic), signed_in(app, cast.lea)):
        for address in addresses(app, number):
            assert not BROUGHT.search(text_of(client.get(address))), address
    assert "Earlier: Planned" in text_of(bo.get(f"/ideas/{number}"))
    send(bo, f"/ideas/{number}/votes", kind="pass")
    told = "7,040,312 votes were brought along from before. They do not count here."
    assert told in text_of(bo.get(f"/ideas/{number}")) and told in text_of(bo.get(f"/ideas/{number}/card?where=page"))
    assert told in text_of(asha.get(f"/ideas/{number}"))
    assert "hex__fill" not in text_of(bo.get(f"/ideas/{number}"))
    send(bo, f"/ideas/{number}/votes", kind="withdraw")
    assert not BROUGHT.search(text_of(bo.get(f"/ideas/{number}")))


def test_once_carried_everybody_reads_how_many_votes_came_along(app: Flask, cast: Cast, mia: FlaskClient) -> None:
    bring(mia)
    number = number_of(app, "No fax")
    with app.app_context():
        carried = [vote(person, number, "strong", now=clock.now()) for person in cast.voters[:8]]
        assert any(carried)

    assert "312 votes were brought along" in text_of(signed_in(app, cast.vic).get(f"/ideas/{number}"))


def test_an_idea_without_votes_or_state_says_nothing_of_them(app: Flask, cast: Cast, mia: FlaskClient) -> None:
    bring(mia)
    number = number_of(app, "Longer lunch breaks please")
    bo = signed_in(app, cast.bo)
    send(bo, f"/ideas/{number}/votes", kind="support")

    page = text_of(bo.get(f"/ideas/{number}"))
    assert "from before" not in page and "Earlier:" not in page
    assert "Brought along from earlier ideas" in page


@pytest.mark.slow
def test_a_hidden_author_of_an_earlier_idea_is_nowhere(app: Flask, cast: Cast, mia: FlaskClient) -> None:
    with app.app_context(), writing():
        leeds = db.session.get_one(Place, cast.places["Leeds/Billing"])
        author = make_person("x", leeds, now=clock.now(), email="xq@harbour.example", staff_number="staff-90210")
        author.name = "Xanthippe Quillfeather"
    text = "id,text,author,votes\n1,Nobody may answer in Welsh,xq@harbour.example,312\n"
    where = bring(mia, text)
    number = number_of(app, "Nobody may answer in Welsh")
    with app.app_context():
        commented(cast.bo, number)

    markers = re.compile("Xanthippe|Quillfeather|xq@harbour|staff-90210")
    for who in ("bo", "vic", "lea", "sam", "mia", "tess"):
        client = signed_in(app, getattr(cast, who))
        for address in [*addresses(app, number), where]:
            page = text_of(client.get(address))
            # The administration lists everybody by name; what matters is any page that speaks of the idea.
            if "in Welsh" in page or f"/ideas/{number}" in page or "old.csv" in page:
                assert not markers.search(page), (who, address)
