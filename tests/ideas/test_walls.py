"""What somebody may not see is not there for them, and a hidden author is nowhere."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import clock
from portal.db import db, writing
from portal.errors import Missing
from portal.ideas import moderating, queries
from portal.ideas.rules import Action
from portal.ideas.words import Audience, Names, ReportReason
from portal.people import service as people
from portal.people.models import Origin, Person, Place
from portal.people.roles import Role
from tests.factories import Cast, send, signed_in
from tests.ideas.making import SAY, commented, idea, said, viewer

HIDDEN_ID = 77_000_123
MARKERS = ("Xanthippe", "Quillfeather", "xq@harbour.example", "staff-90210", str(HIDDEN_ID))
INSIDE = {
    Audience.EMPLOYER: ("asha", "bo", "lea", "olu", "vic", "mia", "tess"),
    Audience.SITE: ("asha", "bo", "lea", "vic", "mia", "tess"),
}


def now_said(app: Flask, person_id: int, **over: object) -> int:
    with app.app_context():
        return said(person_id, now=clock.now(), **over)


@pytest.mark.parametrize("names", list(Names))
@pytest.mark.parametrize("audience", list(INSIDE))
def test_an_audience_is_a_wall(context: Flask, cast: Cast, audience: Audience, names: Names) -> None:
    number = said(cast.asha, audience=audience, names=names)
    if names is Names.NONE:
        assert idea(number).author_id is None

    for name in ("asha", "bo", "lea", "olu", "vic", "mia", "tess", "sam", "kim"):
        who = viewer(getattr(cast, name))
        listed = [one.id for one in db.session.scalars(queries.ideas_for(who))]
        if name in INSIDE[audience]:
            assert queries.idea_for(who, number).number == number and listed == [number]
        else:
            assert listed == []
            with pytest.raises(Missing):
                queries.idea_for(who, number)


@pytest.mark.parametrize("audience", list(INSIDE))
@pytest.mark.parametrize("outsider", ["sam", "kim"])
def test_outside_its_audience_every_address_of_an_idea_is_missing(
    app: Flask, cast: Cast, audience: Audience, outsider: str
) -> None:
    number = now_said(app, cast.asha, audience=audience)
    with app.app_context():
        comment_id = commented(cast.bo, number)
    client = signed_in(app, getattr(cast, outsider))

    codes = {
        "edit": client.get(f"/ideas/{number}/edit").status_code,
        "save": send(client, f"/ideas/{number}/edit", say="Words of mine").status_code,
        "withdrawal": send(client, f"/ideas/{number}/withdrawal").status_code,
        "sorting": client.get(f"/ideas/{number}/sorting").status_code,
        "sort": send(
            client, f"/ideas/{number}/sorting", title="Mine", kind="idea", barrier="goals", site=""
        ).status_code,
        "follow": send(client, f"/ideas/{number}/follows", on="1").status_code,
        "comment": send(client, f"/ideas/{number}/comments", say="Words of mine").status_code,
        "draft": send(client, "/ideas/draft", say="Words", about=f"comment:{number}").status_code,
        "uncomment": send(client, f"/comments/{comment_id}/withdrawal").status_code,
        "report form": client.get(f"/ideas/{number}/reports").status_code,
        "report": send(client, f"/ideas/{number}/reports", reason="other").status_code,
    }

    assert set(codes.values()) == {404}, codes


def test_a_moderator_decides_only_about_what_they_may_read(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha, audience=Audience.EMPLOYER)
    with app.app_context(), writing():
        brightline, sam = db.session.get(Place, cast.places["Brightline"]), db.session.get(Person, cast.sam)
        assert brightline is not None and sam is not None
        people.grant(sam, Role.PROGRAMME, brightline, by_id=None, now=clock.now())
    sam = signed_in(app, cast.sam)

    assert send(sam, "/moderation/decisions", number=str(number), action="hidden", reason="Because").status_code == 404
    assert SAY not in sam.get("/moderation/queue").get_data(as_text=True)


SPELLINGS = ("/ideas/{n}/edit", "/ideas/{n}/edit/", "//ideas//{n}//edit", "/IDEAS/{n}/edit", "/ideas/{n}%2fedit",
             "/ideas/{n};a=b/edit", "/ideas/0{n}/edit", "/ideas/-{n}/edit",
             "/ideas/99999999999999999999/edit")  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_no_other_way_of_writing_an_address_or_a_method_gets_further(app: Flask, cast: Cast, method: str) -> None:
    number = now_said(app, cast.asha)
    bo = signed_in(app, cast.bo)
    fine = (403, 404) if method in ("GET", "HEAD") else (200, 403, 404, 405)

    for path in SPELLINGS:
        answer = bo.open(path.format(n=number), method=method, follow_redirects=True)

        assert SAY not in answer.get_data(as_text=True), path
        assert answer.status_code in fine, path


def test_a_method_in_a_header_is_ignored(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    asha = signed_in(app, cast.asha)

    answer = asha.get(f"/ideas/{number}/edit", headers={"X-HTTP-Method-Override": "POST"})

    assert answer.status_code == 200
    assert asha.get(f"/ideas/{number}/withdrawal").status_code == 405


def test_signed_out_there_is_nothing(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    client = app.test_client()
    if "people.sign_in" not in app.view_functions:
        pytest.skip("the sign-in page is not served yet")

    for address in (f"/ideas/{number}/edit", "/ideas/new", "/moderation", "/moderation/queue"):
        answer = client.get(address)
        assert answer.status_code == 303 and answer.location.startswith("/sign-in")


@pytest.fixture
def hidden(app: Flask, cast: Cast) -> int:
    """An idea and comments by somebody whose name is hidden, with everything on it that a page could show."""
    with app.app_context():
        with writing():
            leeds = db.session.get(Place, cast.places["Leeds/Billing"])
            assert leeds is not None
            db.session.add(
                Person(id=HIDDEN_ID, name="Xanthippe Quillfeather", email="xq@harbour.example",
                       staff_number="staff-90210", origin=Origin.CREATED, created_at=clock.now(),
                       **people.position(leeds))
            )  # fmt: skip
        number = said(HIDDEN_ID, now=clock.now())
        commented(HIDDEN_ID, number, "I said this myself", now=clock.now())
        ours = said(cast.asha, "Another rule that must go", now=clock.now())
        reported = commented(HIDDEN_ID, ours, "And this one too", now=clock.now())
        with writing():
            for comment_id, about in ((None, number), (reported, ours)):
                text = moderating.text_of(idea(about), comment_id)
                moderating.report(viewer(cast.bo), text, ReportReason.OTHER, "look", now=clock.now())
            text = moderating.text_of(idea(ours), reported)
            moderating.moderate(viewer(cast.mia), text, Action.HIDE, "Not about work", now=clock.now())
    return number


@pytest.mark.parametrize("name", ["bo", "lea", "olu", "vic", "mia", "tess", "sam"])
@pytest.mark.slow
def test_no_page_that_shows_ideas_names_a_hidden_author(app: Flask, cast: Cast, hidden: int, name: str) -> None:
    """Walks every GET route, so that a new page cannot escape."""
    client = signed_in(app, getattr(cast, name))
    about = (SAY, "I said this myself", "And this one too", f"/ideas/{hidden}", f"umber {hidden}")
    looked_at = 0

    for address in addresses(app, hidden):
        answer = client.get(address)
        page = answer.get_data(as_text=True)
        if any(words in page for words in about):
            looked_at += 1
            found = [marker for marker in MARKERS if marker in page or marker in str(answer.headers)]
            assert not found, (address, found)

    assert looked_at >= 2


def addresses(app: Flask, number: int) -> list[str]:
    """Every address that answers a GET; those with something other than an idea's number in them twice as 1 and 2."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        numbered = re.sub(r"<int:number>", str(number), rule.rule)
        found += [re.sub(r"<[^>]+>", other, numbered) for other in ("1", "2")]
    return sorted({*found, f"/ideas/{number}/reports?comment=1", "/ideas?q=fax", "/ideas?view=newest"})


def test_what_pages_are_given_holds_no_hidden_author(context: Flask, cast: Cast, hidden: int) -> None:
    for name in ("bo", "mia", "vic"):
        who, row = viewer(getattr(cast, name)), idea(hidden)
        given = repr(
            [queries.idea_view(who, row), queries.comments_for(who, row), queries.story_of(row), queries.byline(row)]
        )

        assert not [marker for marker in MARKERS if marker in given]


def test_the_author_is_known_to_themselves_by_mine_alone(context: Flask, cast: Cast, hidden: int) -> None:
    me, row = viewer(HIDDEN_ID), idea(hidden)

    assert queries.idea_view(me, row).mine
    assert [one.mine for one in queries.comments_for(me, row)] == [True]
    assert queries.idea_view(me, row).byline == queries.idea_view(viewer(cast.bo), row).byline


def test_the_thanks_after_sending_do_not_name_a_hidden_author_in_what_others_will_see(
    app: Flask, cast: Cast, hidden: int
) -> None:
    client: FlaskClient = signed_in(app, HIDDEN_ID)

    page = send(client, "/ideas", say="One more rule that must go").get_data(as_text=True)

    assert "Colleagues will see “A colleague in Leeds”" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert not [marker for marker in MARKERS if marker in main]
