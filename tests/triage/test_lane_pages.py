"""The pages of the team lane: what a team leader sees, sends and gets back."""

import re
from datetime import timedelta

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.triage import local_fix, replies
from portal.triage.local_fix_models import LocalFix
from portal.triage.models import Reply
from tests.commitments.factories import make_idea, make_promoted, viewer
from tests.counting import counted
from tests.factories import Cast, send, signed_in
from tests.triage.test_lane import EVIDENCE, FIX, WORDS, make_leader

NOW = clock.now()
TODAY = NOW.date()
DUE = (TODAY + timedelta(days=14)).isoformat()


def open_idea(app: Flask, cast: Cast, **over: object) -> int:
    with app.app_context(), writing():
        return make_idea(cast, now=NOW - timedelta(days=2), **over).id  # type: ignore[arg-type]


def fixed(app: Flask, cast: Cast) -> tuple[int, int]:
    """A fix of Lea's in Leeds that Mia has confirmed, and its idea."""
    number = open_idea(app, cast)
    with app.app_context(), writing():
        make_leader(cast, "sam", "Durban")
        lea = viewer(cast.lea)
        due = TODAY + timedelta(days=9)
        fix = replies.fix_here(lea, db.session.get_one(Idea, number), cast.places["Leeds"], FIX, due, now=NOW)
        local_fix.deliver(lea, fix, TODAY, EVIDENCE, now=NOW)
        local_fix.confirm(viewer(cast.mia), fix, now=NOW)
        return fix.id, number


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_leader_finds_what_waits_replies_and_everybody_reads_it(app: Flask, cast: Cast) -> None:
    number, lea = open_idea(app, cast), signed_in(app, cast.lea)
    page = lea.get("/team").get_data(as_text=True)
    assert f"/ideas/{number}/replies" in page and "Waits for 2 days" in page and "Asha" not in page
    assert "Reply first" in lea.get(f"/ideas/{number}").get_data(as_text=True)

    refused = send(lea, f"/ideas/{number}/replies", kind="answered", words="No.", due_on=DUE, site="")
    answer = send(lea, f"/ideas/{number}/replies", kind="answered", words=WORDS, due_on=DUE, site="")

    assert refused.status_code == 422 and "at least 10 characters" in refused.text and "No.</textarea>" in refused.text
    assert answer.status_code == 303
    for who in (cast.asha, cast.bo):
        page = text_of(signed_in(app, who).get(f"/ideas/{number}").get_data(as_text=True))
        assert "Lea replied." in page and WORDS.split(";")[0] in page and "Reply first" not in page
    assert WORDS.split(";")[0] in lea.get("/team").get_data(as_text=True)
    again = send(signed_in(app, cast.mia), f"/ideas/{number}/replies", kind="answered", words="I would say", due_on=DUE)
    assert again.status_code == 409 and "Lea replied first" in again.text and "I would say" in again.text


def test_a_leader_promises_a_fix_and_sees_it_through(app: Flask, cast: Cast) -> None:
    number, lea, mia = open_idea(app, cast), signed_in(app, cast.lea), signed_in(app, cast.mia)
    site = str(cast.places["Leeds"])

    no_date = send(lea, f"/ideas/{number}/replies", kind="fixed_here", words=FIX, due_on="", site=site)
    made = send(lea, f"/ideas/{number}/replies", kind="fixed_here", words=FIX, due_on=DUE, site=site)
    assert no_date.status_code == 422 and "until when" in no_date.text and made.status_code == 303
    with app.app_context():
        fix = db.session.query(LocalFix.id).one()[0]
        assert db.session.query(Reply).count() == 1
    address = f"/local-fixes/{fix}"
    later = (TODAY + timedelta(days=20)).isoformat()
    assert send(lea, f"{address}/new-dates", due_on=later, reason="Short").status_code == 422
    assert send(lea, f"{address}/new-dates", due_on=later, reason="The shelf came late.").status_code == 303
    done = send(lea, f"{address}/deliveries", live_from=TODAY.isoformat(), evidence=EVIDENCE)
    twice = send(lea, f"{address}/deliveries", live_from=TODAY.isoformat(), evidence="Once more, to be sure.")
    assert (done.status_code, twice.status_code) == (303, 409) and "Once more, to be sure." in twice.text
    assert send(mia, f"{address}/verdicts", verdict="confirm", reason="").status_code == 303

    idea = text_of(lea.get(f"/ideas/{number}").get_data(as_text=True))
    assert "Mia looked, and confirmed that it is fixed in Leeds." in idea and "Lea says it is fixed in Leeds." in idea
    shown = text_of(lea.get(address).get_data(as_text=True))
    for words in ("Kept", "moved once", "The shelf came late.", EVIDENCE, FIX):
        assert words in shown
    assert FIX in lea.get("/local-fixes").get_data(as_text=True)
    assert f'action="/ideas/{number}/votes"' in signed_in(app, cast.bo).get(f"/ideas/{number}").text  # still open


def test_another_site_adopts_with_one_tap_and_a_date(app: Flask, cast: Cast) -> None:
    fix, number = fixed(app, cast)
    sam = signed_in(app, cast.sam)
    assert "Adopt here" in sam.get("/team").get_data(as_text=True)
    assert "Adopt here" in sam.get(f"/local-fixes/{fix}").get_data(as_text=True)
    assert "Adopt here" not in signed_in(app, cast.lea).get("/team").get_data(as_text=True)

    bad = send(sam, f"/local-fixes/{fix}/adoptions", site=str(cast.places["Leeds"]), due_on=DUE)
    made = send(sam, f"/local-fixes/{fix}/adoptions", site=str(cast.places["Durban"]), due_on=DUE)

    assert bad.status_code == 422 and "Choose a site that you lead" in bad.text
    assert made.status_code == 303 and made.location.endswith(f"/local-fixes/{fix + 1}")
    assert "Sam promised the same for Durban." in text_of(sam.get(f"/ideas/{number}").get_data(as_text=True))


def test_the_huddle_sheet_counts_and_names_nobody_who_is_hidden(app: Flask, cast: Cast) -> None:
    fixed(app, cast)
    number = open_idea(app, cast, title="Newest of all", say="We may not send a router on a Friday.")

    page = signed_in(app, cast.lea).get("/team/huddle").get_data(as_text=True)

    assert page.count('class="qr"') >= 2 and "style=" not in page and "Newest of all" in page
    assert f"/ideas/{number}" in page and "Fixed in Leeds" in text_of(page) and "Asha" not in page
    assert signed_in(app, cast.lea).get(f"/team/huddle?site={cast.places['Durban']}").status_code == 404
    assert signed_in(app, cast.asha).get("/team/huddle").status_code == 403


def test_a_fix_of_an_idea_that_one_may_not_read_does_not_exist(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        idea = make_idea(cast, now=NOW, audience="site")
        fix = replies.fix_here(viewer(cast.lea), idea, cast.places["Leeds"], FIX, TODAY + timedelta(days=9), now=NOW).id

    assert signed_in(app, cast.lea).get(f"/local-fixes/{fix}").status_code == 200
    sam = signed_in(app, cast.sam)
    assert sam.get(f"/local-fixes/{fix}").status_code == 404 and FIX not in sam.get("/local-fixes").text


def test_the_lane_asks_the_same_of_the_database_however_much_waits(app: Flask, cast: Cast) -> None:
    lea = signed_in(app, cast.lea)
    counts = []
    for more in (1, 8):
        with app.app_context(), writing():
            for _ in range(more):
                make_promoted(cast, promoted_at=NOW - timedelta(days=3))
                idea = make_idea(cast, now=NOW)
                due = TODAY + timedelta(days=9)
                replies.fix_here(viewer(cast.lea), idea, cast.places["Leeds"], FIX, due, now=NOW)
        lea.get("/team")
        with counted(app) as statements:
            assert lea.get("/team").status_code == 200
        counts.append(len([one for one in statements if one.startswith("SELECT")]))

    assert counts[0] == counts[1] <= 30  # half of them the frame and clocks nobody has wound yet
