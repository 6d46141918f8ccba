"""The pages of broadcasts, as browsers and programs use them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.db import db
from portal.frontline.words import LinkedAction
from tests.api.calling import Caller, error
from tests.factories import Cast, send, signed_in
from tests.frontline.telling import WORDS, confirmed, crowd, drafted, say, told, work
from tests.ideas.making import said


def text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def now(app: Flask) -> Any:
    return clock.now()


def test_an_executive_writes_looks_sends_and_takes_back(app: Flask, cast: Cast) -> None:
    vic = signed_in(app, cast.vic)
    form = {"title": "Fees, read aloud", "words": WORDS, "place": cast.places["Harbour"], "action": "say_it"}

    long = send(vic, "/broadcasts", **form | {"words": "word " * 151})
    assert long.status_code == 422 and "151 words, 1 too many" in text(long)
    nowhere = send(vic, "/broadcasts", **form | {"action": "idea"})
    assert nowhere.status_code == 422 and "which idea they should look at" in text(nowhere) and WORDS in text(nowhere)
    address = send(vic, "/broadcasts", **form).headers["Location"]
    preview = vic.get(address)
    assert "To all 31 people, 4 sites. From Vic" in text(preview) and "About 5 seconds to read" in text(preview)
    assert "Nothing is sent" in text(preview) or "nothing is sent" in text(preview)
    seen = re.search(r'name="seen" value="(\d+)"', preview.get_data(as_text=True))
    assert seen is not None
    assert send(vic, f"{address}/confirmation").status_code == 422  # not without the preview
    assert WORDS in text(vic.get(f"{address}/edit")) and vic.get("/broadcasts/new?idea=1&debrief=7").status_code == 200
    assert send(vic, f"{address}", **form | {"title": "Other"}).status_code == 303
    stale = send(vic, f"{address}/confirmation", seen=seen[1])
    assert stale.status_code == 409 and "changed since this preview" in text(stale)
    again = re.search(r'name="seen" value="(\d+)"', vic.get(address).get_data(as_text=True))
    assert again is not None and send(vic, f"{address}/confirmation", seen=again[1]).status_code == 303
    assert "Take it back" in text(vic.get(address)) and vic.get(f"{address}/edit").status_code == 409
    assert send(vic, f"{address}/taking-back").status_code == 303
    assert "Nobody heard it" in text(vic.get(address))
    assert WORDS in text(vic.get(f"/broadcasts/new?again={address.split('/')[-1]}"))
    other = send(vic, "/broadcasts", **form).headers["Location"]
    assert send(vic, f"{other}/discard").status_code == 303 and vic.get(other).status_code == 404
    assert signed_in(app, cast.asha).get("/broadcasts/new").status_code == 403


def test_a_disagreement_offers_a_stop_signal_and_an_idea_with_the_words_along(app: Flask, cast: Cast, now: Any) -> None:
    with app.app_context():
        idea = said(cast.bo, now=now)
        number = told(app, cast, now=now, action=LinkedAction.IDEA, idea_id=idea)
        db.session.remove()
    asha, mine = signed_in(app, cast.asha), "We never ask for a fax here."

    listed = text(asha.get("/broadcasts"))
    assert WORDS in listed and "What came of it: Colleagues are weighing in." in listed
    asked = send(asha, f"/broadcasts/{number}/acknowledgements", kind="not_what_i_see", words="Ask 07700 900123.")
    assert asked.status_code == 422 and "looks like a phone number" in text(asked)
    done = send(asha, f"/broadcasts/{number}/acknowledgements", kind="not_what_i_see", words=mine)
    assert done.status_code == 303
    page = asha.get(f"/broadcasts/{number}").get_data(as_text=True)
    assert f'action="/ideas/{idea}/votes"' in page and page.count(mine) == 3  # its own, the stop signal's, the idea's
    stopped = send(asha, f"/ideas/{idea}/votes", kind="stop", reason="wrong_fix", sentence=mine, where="page",
                   next=f"/broadcasts/{number}#said")  # fmt: skip
    assert stopped.headers["Location"] == f"/broadcasts/{number}#said"
    assert f'action="/ideas/{idea}/votes"' not in asha.get(f"/broadcasts/{number}").get_data(as_text=True)
    back = send(asha, f"/broadcasts/{number}/acknowledgements", kind="read", next="/broadcasts")
    assert back.headers["Location"] == "/broadcasts"
    assert "It can go further" not in text(asha.get(f"/broadcasts/{number}"))
    assert send(asha, f"/broadcasts/{number}/acknowledgements", kind="perhaps").status_code == 422


def test_nobody_is_named_to_the_writer_nor_to_programme(app: Flask, cast: Cast, now: Any) -> None:
    with app.app_context():
        people = crowd(cast.places["Leeds/Billing"], 12, "zacharias", now=now - timedelta(days=1))
        number = told(app, cast, now=now - timedelta(minutes=11))
        for person in people[:3]:
            say(person, number, "not_what_i_see", f"Only {len(people)} of us.", now=now)
        db.session.remove()

    for person in (cast.vic, cast.mia):
        for body in (signed_in(app, person).get(f"/broadcasts/{number}").text,
                     Caller(app, person).get(f"/broadcasts/{number}/acknowledgements").text):  # fmt: skip
            assert "acharias" not in body and body.count("Only 12 of us.") == 3
    assert "Only 12" not in signed_in(app, cast.asha).get(f"/broadcasts/{number}").text
    assert error(Caller(app, cast.asha).get(f"/broadcasts/{number}/acknowledgements")) == (403, "not_allowed")


def test_programs_do_what_pages_do(app: Flask, cast: Cast, now: Any) -> None:
    vic, asha = Caller(app, cast.vic), Caller(app, cast.asha)
    sent = {"title": "Fees", "words": WORDS, "place": cast.places["Harbour"]}

    made = vic.post("/broadcasts", sent, key="one")
    assert vic.post("/broadcasts", sent, key="one").json == made.json and made.status_code == 201
    number = made.json["number"]  # type: ignore[index]
    mark = vic.get(f"/broadcasts/{number}").headers["ETag"]
    changed = vic.put(f"/broadcasts/{number}", sent | {"title": "Fees, aloud"}, headers={"If-Match": mark})
    assert changed.status_code == 200
    stale = vic.put(f"/broadcasts/{number}", sent, headers={"If-Match": mark})
    assert error(stale) == (412, "changed_meanwhile")
    assert error(vic.put(f"/broadcasts/{number}", sent | {"words": "word " * 151})) == (422, "too_many_words")
    assert [one["number"] for one in vic.get("/broadcasts/unsent").json["items"]] == [number]  # type: ignore[index]
    assert vic.post(f"/broadcasts/{number}/confirmations").json["state"] == "unheard"  # type: ignore[index]
    assert vic.post(f"/broadcasts/{number}/confirmations").status_code == 200  # twice is once
    assert asha.get(f"/broadcasts/{number}").status_code == 404
    assert vic.post(f"/broadcasts/{number}/undo").json["state"] == "taken_back"  # type: ignore[index]
    assert error(vic.delete(f"/broadcasts/{number}")) == (409, "already_taken_back")
    with app.app_context():
        draft = drafted(cast, now=now)
        number = confirmed(cast, now=now - timedelta(minutes=11))
        work(app, now)
        db.session.remove()
    assert vic.delete(f"/broadcasts/{draft}").status_code == 204
    assert [one["number"] for one in asha.all("/broadcasts?waiting=true")] == [number]
    answer = asha.post(f"/broadcasts/{number}/acknowledgements", {"kind": "same_here", "words": "Mail a@b.example"})
    assert error(answer) == (422, "personal_data")
    assert asha.post(f"/broadcasts/{number}/acknowledgements", {"kind": "same_here"}).json["said"] == "same_here"  # type: ignore[index]
    assert asha.all("/broadcasts?waiting=true") == [] and len(asha.all("/broadcasts?waiting=false", limit=1)) == 1
    found = Caller(app, cast.mia).get(f"/broadcasts/{number}/acknowledgements").json
    assert found["total"]["same_here"] == 1 and found["words"] == []  # type: ignore[index]
    assert error(vic.post(f"/broadcasts/{number}/acknowledgements", {"kind": "read"})) == (403, "not_for_you")
