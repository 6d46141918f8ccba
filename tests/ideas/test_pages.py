"""Saying, editing, sorting, commenting and reporting in a browser without JavaScript."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.ideas import service
from portal.ideas.models import Comment, Draft, Follow, Idea, Moderation, Report
from portal.ideas.words import Audience, Names, Stage
from tests.databases import test_config as configured
from tests.factories import Cast, make_cast, send, signed_in
from tests.ideas.making import SAY, commented, said, viewer

BIDI = "\u202e"


def number_of(app: Flask) -> int:
    """The newest idea."""
    with app.app_context():
        return db.session.scalar(select(func.max(Idea.id))) or 0


def row(app: Flask, number: int) -> dict[str, object]:
    with app.app_context():
        found = db.session.get(Idea, number)
        assert found is not None
        return {column.key: getattr(found, column.key) for column in Idea.__table__.columns}


def total(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def now_said(app: Flask, person_id: int, say: str = SAY, **over: object) -> int:
    """Said a moment ago, so that the window for editing is open."""
    with app.app_context():
        return said(person_id, say, now=clock.now(), **over)


@pytest.fixture
def asha(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.asha)


@pytest.fixture
def bo(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.bo)


# Saying it


@pytest.mark.parametrize("names", ["hidden", "shown"])
def test_sending_is_answered_with_thanks_and_what_we_made_of_it(app: Flask, asha: FlaskClient, names: str) -> None:
    answer = send(asha, "/ideas", say=SAY, names=names)

    page = answer.get_data(as_text=True)
    number = number_of(app)
    assert answer.status_code == 200
    assert f"Said. Number {number}." in page
    assert "a named executive owes you an answer within 10 working days" in page
    for guess in ("We have to ask every customer for a fax", "Stupid rule", "Leeds", "Everybody"):
        assert guess in page
    assert f'action="/ideas/{number}/sorting"' in page and f'href="/ideas/{number}/edit"' in page
    assert ("Colleagues will see “A colleague in Leeds”" in page) == (names == "hidden")


def test_hide_my_name_is_the_default(app: Flask, asha: FlaskClient) -> None:
    send(asha, "/ideas", say=SAY)

    assert row(app, number_of(app))["names"] is Names.HIDDEN


def test_a_double_click_is_one_idea_and_the_same_thanks(app: Flask, asha: FlaskClient) -> None:
    key = str(uuid4())

    first, second = (send(asha, "/ideas", say=SAY, draft_key=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert "Number 1." in second.get_data(as_text=True)
    assert total(app, Idea) == 1


def test_the_same_form_with_other_words_comes_back_with_a_new_key(app: Flask, asha: FlaskClient) -> None:
    key = str(uuid4())
    send(asha, "/ideas", say=SAY, draft_key=key)

    answer = send(asha, "/ideas", say="Quite another thing", draft_key=key)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Quite another thing</textarea>" in page and key not in page
    assert total(app, Idea) == 1


@pytest.mark.parametrize(
    ("say", "sentence"),
    [
        ("", "Write at least a few words."),
        ("  \n ", "Write at least a few words."),
        ("x" * 601, "That is 601 characters, 1 too many."),
        (f"pay {BIDI}gnp.exe now", "invisible control characters"),
        ("bell\x07", "invisible control characters"),
    ],
)
def test_refused_words_come_back_as_they_were_typed(app: Flask, asha: FlaskClient, say: str, sentence: str) -> None:
    answer = send(asha, "/ideas", say=say, names="shown")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page and "Error: Say it" in page
    assert f"{say.strip()}</textarea>" in page
    assert re.search(r'value="shown" checked', page)
    assert total(app, Idea) == 0


def test_a_zero_byte_is_no_text(app: Flask, asha: FlaskClient) -> None:
    answers = [send(asha, address, say="zero\x00byte") for address in ("/ideas", "/ideas/draft")]

    assert all(answer.status_code in (400, 422) for answer in answers)
    assert total(app, Idea) == 0


@pytest.mark.parametrize("over", [{"names": "none"}, {"names": "everybody"}, {"draft_key": "../../etc"}])
def test_what_the_box_does_not_offer_is_refused_with_the_words_kept(app: Flask, asha: FlaskClient, over) -> None:  # type: ignore[no-untyped-def]
    answer = send(asha, "/ideas", **({"say": SAY} | over))

    assert answer.status_code == 422
    assert SAY in answer.get_data(as_text=True)
    assert total(app, Idea) == 0


@pytest.mark.parametrize("address", ["/ideas", "/ideas/{n}/edit", "/ideas/{n}/sorting", "/ideas/{n}/comments"])
def test_nobody_sets_more_than_the_form_offers(app: Flask, cast: Cast, asha: FlaskClient, address: str) -> None:
    number = now_said(app, cast.asha)

    for field in ("author_id", "status", "stage", "is_admin", "created_at", "org_id", "confidential", "points"):
        answer = send(asha, address.format(n=number), say="Words of mine", **{field: "7"})

        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "unknown_field" in page and "Words of mine" in page
    assert (total(app, Idea), total(app, Comment)) == (1, 0)


def test_a_form_without_its_token_is_refused_and_the_words_are_shown(app: Flask, asha: FlaskClient) -> None:
    answer = asha.post("/ideas", data={"say": "Typed for ten minutes"})

    assert answer.status_code == 403
    assert "Typed for ten minutes" in answer.get_data(as_text=True)
    assert total(app, Idea) == 0


def test_markup_in_words_is_shown_as_text(app: Flask, asha: FlaskClient, bo: FlaskClient) -> None:
    hostile = "<script>alert(1)</script> We must say {{7*7}} </textarea><b>"

    thanks = send(asha, "/ideas", say=hostile)
    refused = send(bo, "/ideas", say=hostile + "x" * 600)

    for answer in (thanks, refused):
        page = answer.get_data(as_text=True)
        assert "<script>alert" not in page and "</textarea><b>" not in page
        assert "{{7*7}}" in page


def test_eleven_in_a_minute_are_too_many_for_one_person(database_url: str, tmp_path: Path) -> None:
    app = create_app(configured(database_url, tmp_path, rate_limits=True))
    cast = make_cast(app)
    asha = signed_in(app, cast.asha)
    # Without words: what is counted is the sending.
    codes = [send(asha, "/ideas", say="").status_code for _ in range(11)]
    other = send(signed_in(app, cast.bo), "/ideas", say="")

    assert codes == [422] * 10 + [429]
    assert other.status_code == 422
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


# Personal data


def test_what_looks_like_personal_data_is_asked_about_first(app: Flask, asha: FlaskClient) -> None:
    say = "Asha here: account 40017732 was closed, ring 07700 900123"

    answer = send(asha, "/ideas", say=say)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "This looks like an account number. Remove it?" in page
    assert "This looks like a phone number. Remove it?" in page
    assert "This looks like your own name or number. Remove it?" in page
    assert f"{say}</textarea>" in page
    assert 'name="remove" value="1"' in page and 'name="sent_anyway" value="1"' in page
    assert total(app, Idea) == 0


def test_it_is_removed_and_sent_with_one_button(app: Flask, asha: FlaskClient) -> None:
    answer = send(asha, "/ideas", say="Account 40017732 was closed for nothing", remove="1")

    assert answer.status_code == 200
    assert row(app, number_of(app))["say"] == "Account … was closed for nothing"


def test_it_is_sent_as_it_is_with_the_other_button(app: Flask, asha: FlaskClient) -> None:
    answer = send(asha, "/ideas", say="Our hotline 0800 123 456 7 is dead", sent_anyway="1")

    assert answer.status_code == 200
    assert "0800 123 456 7" in str(row(app, number_of(app))["say"])


def test_nothing_left_after_removing_is_too_short(app: Flask, asha: FlaskClient) -> None:
    answer = send(asha, "/ideas", say="07700900123", remove="1")

    assert answer.status_code == 422
    assert "07700900123</textarea>" in answer.get_data(as_text=True)
    assert total(app, Idea) == 0


def test_ones_own_name_is_no_surprise_where_it_is_shown(app: Flask, asha: FlaskClient) -> None:
    answer = send(asha, "/ideas", say="Asha here, this rule must go", names="shown")

    assert answer.status_code == 200


def test_comments_and_edits_are_looked_through_too(app: Flask, cast: Cast, asha: FlaskClient, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)

    comment = send(bo, f"/ideas/{number}/comments", say="Ask jo@mail.example", kind="question")
    edit = send(asha, f"/ideas/{number}/edit", say="Ask jo@mail.example")

    for answer in (comment, edit):
        assert answer.status_code == 422
        assert "This looks like an e-mail address. Remove it?" in answer.get_data(as_text=True)
    assert send(bo, f"/ideas/{number}/comments", say="Ask jo@mail.example", remove="1").status_code == 303
    assert send(asha, f"/ideas/{number}/edit", say="Ask jo@mail.example", sent_anyway="1").status_code == 303
    assert row(app, number)["say"] == "Ask jo@mail.example"


# The page with the box, and drafts


def test_words_in_the_address_fill_the_box(asha: FlaskClient) -> None:
    page = asha.get("/ideas/new", query_string={"text": f"From the <b>poster</b>{BIDI}\x07"}).get_data(as_text=True)

    assert "From the &lt;b&gt;poster&lt;/b&gt;</textarea>" in page


def test_kept_words_are_there_when_one_comes_back(app: Flask, asha: FlaskClient) -> None:
    kept = send(asha, "/ideas/draft", say="We have to", names="shown")

    page = asha.get("/ideas/new").get_data(as_text=True)
    beside = asha.get("/ideas/new?text=From+a+poster").get_data(as_text=True)

    assert (kept.status_code, kept.data) == (204, b"")
    assert "We kept your words." in page and "We have to</textarea>" in page
    assert "From a poster</textarea>" in beside and "We have to" in beside


def test_a_draft_goes_when_it_is_sent_or_emptied(app: Flask, asha: FlaskClient) -> None:
    send(asha, "/ideas/draft", text="We have to")
    send(asha, "/ideas", say=SAY)
    assert total(app, Draft) == 0
    send(asha, "/ideas/draft", text="We have to")

    send(asha, "/ideas/draft", text="", names="none")

    assert total(app, Draft) == 0


def test_drafts_about_comments_need_an_idea_that_can_be_read(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha, audience=Audience.EMPLOYER)

    assert send(signed_in(app, cast.bo), "/ideas/draft", say="A build", about=f"comment:{number}").status_code == 204
    assert send(signed_in(app, cast.sam), "/ideas/draft", say="A build", about=f"comment:{number}").status_code == 404
    for bad in ({"about": "secret"}, {"say": "\x07"}, {"say": "x" * 10_001}, {"names": "all"}):
        assert send(signed_in(app, cast.bo), "/ideas/draft", **({"say": "w"} | bad)).status_code == 422


# Editing, taking back, sorting, following


def test_an_author_edits_within_the_time(app: Flask, cast: Cast, asha: FlaskClient) -> None:
    number = now_said(app, cast.asha)

    page = asha.get(f"/ideas/{number}/edit")
    answer = send(asha, f"/ideas/{number}/edit", say="Let us take a photo instead")

    assert page.status_code == 200 and SAY in page.get_data(as_text=True)
    assert (answer.status_code, answer.location) == (303, f"/ideas/{number}")
    assert row(app, number)["say"] == "Let us take a photo instead"


def test_a_late_edit_comes_back_with_the_words(app: Flask, cast: Cast, asha: FlaskClient) -> None:
    with app.app_context():
        number = said(cast.asha, now=clock.now() - timedelta(minutes=16))

    page = asha.get(f"/ideas/{number}/edit")
    answer = send(asha, f"/ideas/{number}/edit", say="Too late but typed")
    short = send(asha, f"/ideas/{number}/edit", say="")

    assert (page.status_code, answer.status_code, short.status_code) == (410, 410, 422)
    assert "Too late but typed</textarea>" in answer.get_data(as_text=True)
    assert "Words can be changed for 15 minutes." in answer.get_data(as_text=True)


def test_somebody_else_neither_edits_nor_withdraws_nor_sorts(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)

    codes = [
        bo.get(f"/ideas/{number}/edit").status_code,
        send(bo, f"/ideas/{number}/edit", say="My words now").status_code,
        send(bo, f"/ideas/{number}/withdrawal").status_code,
        bo.get(f"/ideas/{number}/sorting").status_code,
        send(bo, f"/ideas/{number}/sorting", title="Mine now", kind="idea", barrier="goals", site="").status_code,
    ]

    assert codes == [403] * 5
    assert row(app, number)["say"] == SAY


def test_taking_it_back_is_one_button(app: Flask, cast: Cast, asha: FlaskClient) -> None:
    number = now_said(app, cast.asha)

    first, second = (send(asha, f"/ideas/{number}/withdrawal", reason="") for _ in range(2))

    assert (first.status_code, first.location, second.status_code) == (303, "/ideas", 409)
    assert row(app, number)["stage"] is Stage.WITHDRAWN


def test_every_guess_can_be_corrected_on_the_thank_you_page(app: Flask, cast: Cast, asha: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    belfast = str(cast.places["Belfast"])

    answer = send(asha, f"/ideas/{number}/sorting", title="No more faxes", kind="idea", barrier="technology",
                  site=belfast, audience="employer")  # fmt: skip

    found = row(app, number)
    assert (answer.status_code, answer.location) == (303, f"/ideas/{number}")
    assert (found["title"], str(found["kind"]), str(found["barrier"])) == ("No more faxes", "idea", "technology")
    assert (str(found["site_id"]), found["audience"]) == (belfast, Audience.EMPLOYER)


@pytest.mark.parametrize(
    ("over", "status", "sentence"),
    [
        ({"title": "x" * 81}, 422, "1 too many"),
        ({"title": "two\nlines"}, 422, "Keep this to one line."),
        ({"title": f"a{BIDI}b"}, 422, "control characters"),
        ({"kind": "rant"}, 422, "Not a valid choice"),
        ({"barrier": "weather"}, 422, "Not a valid choice"),
        ({"site": "999999"}, 422, "Not a valid choice"),
        ({"audience": "world"}, 422, "Not a valid choice"),
        ({"audience": "site"}, 409, "outside the audience"),
    ],
)
def test_a_refused_correction_keeps_what_was_typed(
    app: Flask, cast: Cast, asha: FlaskClient, over, status, sentence
) -> None:  # type: ignore[no-untyped-def]
    number = now_said(app, cast.asha)
    form = {"title": "Typed title", "kind": "idea", "barrier": "goals", "site": str(cast.places["Belfast"])} | over

    answer = send(asha, f"/ideas/{number}/sorting", **form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert sentence in page
    assert form["title"].replace("\n", " ")[:11] in page.replace("\n", " ")
    assert row(app, number)["title"] != form["title"]


def test_the_programme_sorts_at_any_time_but_not_the_audience(app: Flask, cast: Cast) -> None:
    number = now_said(app, cast.asha)
    with app.app_context(), writing():
        service.mark_promoted(number, now=clock.now())
    mia = signed_in(app, cast.mia)

    page = mia.get(f"/ideas/{number}/sorting").get_data(as_text=True)
    answer = send(mia, f"/ideas/{number}/sorting", title="Faxes", kind="idea", barrier="technology", site="")

    assert 'name="title"' in page and 'name="audience"' not in page
    assert answer.status_code == 303
    assert row(app, number)["site_id"] is None


def test_following_is_a_toggle_by_field(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)

    first = send(bo, f"/ideas/{number}/follows", on="1", where="board", next="/ideas?view=newest#idea-1")
    again = send(bo, f"/ideas/{number}/follows", follow="1", next="//evil.example")
    assert total(app, Follow) == 2
    off = send(bo, f"/ideas/{number}/follows", on="0")

    assert (first.status_code, first.location) == (303, "/ideas?view=newest#idea-1")
    assert again.location == off.location == f"/ideas/{number}"
    assert total(app, Follow) == 1
    assert send(bo, f"/ideas/{number}/follows").status_code == 422


def test_following_without_a_page_load_is_answered_by_the_card(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    bo.environ_base["HTTP_HX_REQUEST"] = "true"

    answer = send(bo, f"/ideas/{number}/follows", on="1", where="page", next="/ideas?view=newest#idea-1")

    assert answer.status_code == 303
    assert answer.location.startswith(f"/ideas/{number}/card?where=page")


# Comments


def test_a_comment_leads_to_its_place_on_the_page(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)

    answer = send(bo, f"/ideas/{number}/comments", say="Take a **photo**", kind="workaround", names="shown")

    with app.app_context():
        comment = db.session.scalars(select(Comment)).one()
        assert (comment.body, str(comment.kind), str(comment.names)) == ("Take a **photo**", "workaround", "shown")
        assert (answer.status_code, answer.location) == (303, f"/ideas/{number}#comment-{comment.id}")


@pytest.mark.parametrize(
    "over", [{"say": ""}, {"say": "x" * 10_001}, {"say": "a\x07bc"}, {"kind": "rant"}, {"names": "none"}]
)
def test_a_refused_comment_has_a_page_with_everything_typed(app: Flask, cast: Cast, bo: FlaskClient, over) -> None:  # type: ignore[no-untyped-def]
    number = now_said(app, cast.asha)
    form = {"say": "My long words", "kind": "question", "names": "shown"} | over

    answer = send(bo, f"/ideas/{number}/comments", **form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f"{form['say']}</textarea>" in page and 'name="draft_key"' in page
    assert total(app, Comment) == 0


def test_a_comment_sent_twice_is_one_and_other_words_come_back(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number, key = now_said(app, cast.asha), str(uuid4())

    locations = {send(bo, f"/ideas/{number}/comments", say="Same here", draft_key=key).location for _ in range(2)}
    other = send(bo, f"/ideas/{number}/comments", say="Another thing", draft_key=key)

    assert len(locations) == 1
    assert other.status_code == 409 and key not in other.get_data(as_text=True)
    assert total(app, Comment) == 1


def test_a_comment_is_taken_back_by_its_author(app: Flask, cast: Cast, asha: FlaskClient, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    with app.app_context():
        comment_id = commented(cast.bo, number)

    codes = [send(who, f"/comments/{comment_id}/withdrawal").status_code for who in (asha, bo, bo)]

    assert codes == [403, 303, 409]
    assert send(bo, "/comments/999999/withdrawal").status_code == 404
    assert send(bo, f"/comments/{10**30}/withdrawal").status_code == 404


# Reports and moderation


def test_a_report_is_sent_once(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)

    page = bo.get(f"/ideas/{number}/reports")
    codes = [send(bo, f"/ideas/{number}/reports", reason="attack", words="read it").status_code for _ in range(2)]
    empty = send(bo, f"/ideas/{number}/reports", words="typed this")

    assert page.status_code == 200
    assert codes == [303, 409]
    assert empty.status_code == 422 and 'value="typed this"' in empty.get_data(as_text=True)
    assert total(app, Report) == 1


def test_a_comment_is_reported_by_its_field_and_only_on_its_idea(app: Flask, cast: Cast, asha: FlaskClient) -> None:
    number, other = now_said(app, cast.asha), now_said(app, cast.asha)
    with app.app_context():
        comment_id = commented(cast.bo, number)

    page = asha.get(f"/ideas/{number}/reports?comment={comment_id}").get_data(as_text=True)
    answer = send(asha, f"/ideas/{number}/reports", reason="attack", comment=str(comment_id))

    assert f'name="comment" value="{comment_id}"' in page
    assert answer.status_code == 303
    assert asha.get(f"/ideas/{other}/reports?comment={comment_id}").status_code == 404
    assert send(asha, f"/ideas/{other}/reports", reason="attack", comment=str(comment_id)).status_code == 404
    assert send(asha, f"/ideas/{other}/reports", reason="attack", comment=str(10**30)).status_code == 422


def test_the_queue_hides_keeps_and_restores(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    send(bo, f"/ideas/{number}/reports", reason="attack", words="the second half")
    mia = signed_in(app, cast.mia)

    queue = mia.get("/moderation/queue").get_data(as_text=True)
    short = send(mia, "/moderation/decisions", number=str(number), action="hidden", reason="x")
    hide = send(mia, "/moderation/decisions", number=str(number), action="hidden", reason="It attacks a person")
    again = send(mia, "/moderation/decisions", number=str(number), action="hidden", reason="Typed twice")
    hidden = mia.get("/moderation/queue").get_data(as_text=True)
    back = send(mia, "/moderation/decisions", number=str(number), action="restored", reason="It was a quotation")

    assert SAY in queue and "the second half" in queue and "Voter" not in queue
    assert short.status_code == 422 and f'id="error-{number}-0"' in short.get_data(as_text=True)
    assert (hide.status_code, hide.location) == (303, "/moderation/queue")
    assert again.status_code == 409 and "It is already hidden." in again.get_data(as_text=True)
    assert 'value="Typed twice"' in again.get_data(as_text=True)
    assert 'value="restored"' in hidden
    assert back.status_code == 303
    assert total(app, Moderation) == 2


def test_the_log_is_for_everybody_the_queue_for_those_who_decide(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    mia = signed_in(app, cast.mia)
    send(mia, "/moderation/decisions", number=str(number), action="hidden", reason="It names a customer")

    log = bo.get("/moderation").get_data(as_text=True)

    assert "It names a customer" in log and "Mia" in log and f"Number {number}" in " ".join(log.split())
    assert SAY not in log
    assert bo.get("/moderation/queue").status_code == 403
    assert send(bo, "/moderation/decisions", number=str(number), action="restored", reason="Because").status_code == 403
    assert bo.get("/moderation?after=nonsense").status_code == 422


def test_a_long_log_has_pages(app: Flask, cast: Cast, bo: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    with app.app_context(), writing():
        for index in range(60):
            db.session.add(
                Moderation(idea_id=number, action="kept", by_id=cast.mia, reason=f"Reason {index}", at=clock.now())
            )

    first = bo.get("/moderation").get_data(as_text=True)
    address = re.search(r'href="(/moderation\?after=[^"]+)"', first)
    assert address
    second = bo.get(address[1]).get_data(as_text=True)

    assert "Reason 59" in first and "Reason 9<" not in first
    assert "Reason 9<" in second and 'rel="next"' not in second


def test_an_author_is_told_on_the_page_why_it_is_hidden(app: Flask, cast: Cast, asha: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    send(
        signed_in(app, cast.mia),
        "/moderation/decisions",
        number=str(number),
        action="hidden",
        reason="It names a customer",
    )

    page = asha.get(f"/ideas/{number}/edit").get_data(as_text=True)

    assert "Mia has hidden this: It names a customer" in page


def test_an_idea_that_keeps_no_name_is_said_sorted_and_reported_like_any_other(
    app: Flask, cast: Cast, asha: FlaskClient
) -> None:
    number = now_said(app, cast.asha, names=Names.NONE)
    with app.app_context():
        commented(cast.bo, number, names=Names.NONE)
        assert viewer(cast.asha).id == cast.asha
    mia = signed_in(app, cast.mia)

    codes = [
        asha.get(f"/ideas/{number}/edit").status_code,
        send(asha, f"/ideas/{number}/withdrawal").status_code,
        send(asha, f"/ideas/{number}/comments", say="I agree with this").status_code,
        send(asha, f"/ideas/{number}/follows", on="1").status_code,
        send(asha, f"/ideas/{number}/reports", reason="other").status_code,
        mia.get(f"/ideas/{number}/sorting").status_code,
        mia.get("/moderation/queue").status_code,
        send(mia, "/moderation/decisions", number=str(number), action="hidden", reason="Because of a name").status_code,
        mia.get("/moderation/queue").status_code,
    ]

    assert codes == [403, 403, 303, 303, 303, 200, 200, 303, 200]


def test_a_first_vote_at_this_moment_keeps_the_typed_words(app: Flask, cast: Cast, asha: FlaskClient) -> None:
    number = now_said(app, cast.asha)
    with app.app_context(), writing():
        db.session.execute(update(Idea).where(Idea.id == number).values(first_vote_at=clock.now()))

    answer = send(asha, f"/ideas/{number}/edit", say="Typed while somebody voted")

    assert answer.status_code == 409
    assert "Typed while somebody voted</textarea>" in answer.get_data(as_text=True)
