"""*It happened again*, *It's back* and *Ask again* as people press them, without JavaScript."""

import re
from datetime import timedelta

from flask import Flask

from portal import clock
from portal.commitments.rules import CommitmentState
from portal.db import writing
from portal.swarm import occurrence_queries as queries
from portal.triage import service as triage
from portal.triage.rules import DeclineReason, NewDecline
from tests.commitments.factories import make_promise, make_promoted, viewer
from tests.factories import Cast, send, signed_in
from tests.ideas.making import said


def opened(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return said(cast.asha, now=clock.now())


def test_one_tap_and_undo_on_the_page(app: Flask, cast: Cast) -> None:
    number, bo = opened(app, cast), signed_in(app, cast.bo)
    key = re.search(r'/occurrences" data-once>.*?name="key" value="([^"]+)"', bo.get(f"/ideas/{number}").text)
    assert key is not None

    first = send(bo, f"/ideas/{number}/occurrences", key=key[1])
    send(bo, f"/ideas/{number}/occurrences", key=key[1])

    assert first.status_code == 303 and first.location.endswith(f"/ideas/{number}#again")
    page = bo.get(f"/ideas/{number}").text
    assert "You noted it once." in page
    undo = re.search(r"/occurrences/(\d+)/withdrawal", page)
    assert undo is not None
    assert send(bo, f"/occurrences/{undo[1]}/withdrawal").status_code == 303
    page = bo.get(f"/ideas/{number}").text
    assert (
        "You noted it" not in page and "/withdrawal" not in page.partition('id="again"')[2].partition("</section>")[0]
    )


def test_a_tap_on_the_board_leads_back_there(app: Flask, cast: Cast) -> None:
    number, bo = opened(app, cast), signed_in(app, cast.bo)
    assert f'action="/ideas/{number}/occurrences"' in bo.get("/ideas?view=newest").text

    answer = send(bo, f"/ideas/{number}/occurrences", next=f"/ideas?view=newest#idea-{number}")

    assert answer.location == f"/ideas?view=newest#idea-{number}"


def test_details_are_noted_and_changed_on_a_page_of_their_own(app: Flask, cast: Cast) -> None:
    number, bo = opened(app, cast), signed_in(app, cast.bo)
    send(
        bo,
        f"/ideas/{number}/occurrences",
        when="yesterday",
        reason="late bill",
        channel="mail",
        tried="no",
        minutes="7",
    )
    with app.app_context():
        (row,), _ = queries.own_page(viewer(cast.bo), limit=9, cursor=None)
        one = row.Occurrence
        assert (one.reason, one.minutes, one.channel, one.tried) == ("late bill", 7, "mail", "no")

    page = bo.get(f"/occurrences/{one.id}").text
    assert 'value="late bill"' in page and '<option value="late bill">' in page
    refused = send(bo, f"/occurrences/{one.id}", when="other", day="2999-01-01", reason="bill", minutes="7")
    assert refused.status_code == 422 and "Choose today or a day before it." in refused.text
    assert 'value="bill"' in refused.text
    assert send(bo, f"/occurrences/{one.id}", when="today", reason="bill").status_code == 303
    assert "bill" in bo.get("/me/occurrences").text
    assert signed_in(app, cast.cy).get(f"/occurrences/{one.id}").status_code == 404


def test_a_refused_form_keeps_what_was_typed(app: Flask, cast: Cast) -> None:
    number, bo = opened(app, cast), signed_in(app, cast.bo)

    for over, words in (
        ({"when": "other"}, "Choose the day."),
        ({"minutes": "many"}, "Write whole minutes"),
        ({"minutes": "481"}, "from 1 to 480"),
        ({"reason": "a 0800 123 4567"}, "looks like personal data"),
    ):
        answer = send(bo, f"/ideas/{number}/occurrences", **{"reason": "router"} | over)
        assert answer.status_code == 422 and words in answer.text, over
        assert 'value="router"' in answer.text or "0800" in answer.text
    assert bo.get(f"/ideas/{number}/occurrences").status_code == 200
    assert signed_in(app, cast.vic).get(f"/ideas/{number}/occurrences").status_code == 403


def test_programme_sets_what_an_hour_costs(app: Flask, cast: Cast) -> None:
    mia, vic = signed_in(app, cast.mia), signed_in(app, cast.vic)

    assert send(mia, "/cost-of-an-hour", amount="24.50", currency="GBP").status_code == 303
    for amount, currency, words in (
        ("0.5", "GBP", "from 1.00 to"),
        ("20", "pounds", "three capital"),
        ("x", "GBP", ""),
    ):
        answer = send(mia, "/cost-of-an-hour", amount=amount, currency=currency)
        assert answer.status_code == 422 and words in answer.text
    assert (
        "GBP 24.50" in vic.get("/cost-of-an-hour").text and '<form class="form' not in vic.get("/cost-of-an-hour").text
    )
    assert send(vic, "/cost-of-an-hour", amount="24.50", currency="GBP").status_code == 403
    assert signed_in(app, cast.bo).get("/cost-of-an-hour").status_code == 403


def test_the_cost_of_an_hour_is_set_on_the_command_line(context: Flask, cast: Cast) -> None:
    runner = context.test_cli_runner()

    assert runner.invoke(args=["swarm", "hour-cost", "24.5", "GBP"]).exit_code == 0
    wrong = runner.invoke(args=["swarm", "hour-cost", "24.5", "pounds"])
    assert wrong.exit_code == 1 and "three capital letters" in wrong.output


def test_it_is_back_from_page_to_page(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        due = clock.now().date() + timedelta(days=30)
        made = make_promise(cast, state=CommitmentState.CONFIRMED, now=clock.now(), due_on=due)
        number, promise = made.idea_id, made.id
    bo, olu = signed_in(app, cast.bo), signed_in(app, cast.olu)
    assert f'href="/ideas/{number}/back"' in bo.get(f"/ideas/{number}").text
    assert f'href="/ideas/{number}/back"' in bo.get("/ideas?view=done").text

    assert "Say it is back" in bo.get(f"/ideas/{number}/back").text
    refused = send(bo, f"/ideas/{number}/back", when="other", words="Kept words")
    assert refused.status_code == 422 and "Kept words" in refused.text
    early = send(bo, f"/ideas/{number}/back", when="other", day="2020-01-01", words="Kept words")
    assert early.status_code == 422 and "within the last 90 days" in early.text and "Kept words" in early.text
    assert send(bo, f"/ideas/{number}/back", words="Two calls.").location.endswith(f"/ideas/{number}#back")
    assert "You have said so already" in send(bo, f"/ideas/{number}/back").text

    page = bo.get(f"/ideas/{number}").text
    assert "A colleague says so" in page and "Two calls." in page and "I met it again too" not in page
    assert "I met it again too" in signed_in(app, cast.cy).get(f"/ideas/{number}").text
    theirs = olu.get(f"/commitments/{promise}").text
    assert "1 colleague says" in theirs and "It is not back" in theirs and "Mark it done" in theirs
    assert "Give a new date" not in theirs
    short = send(olu, f"/commitments/{promise}/not-back", reason="No.")
    assert short.status_code == 422 and "at least 10 characters" in short.text
    assert send(olu, f"/commitments/{promise}/not-back", reason="The letters were in the post.").status_code == 303
    assert "is not back" in bo.get(f"/ideas/{number}").text
    assert "It’s back" in bo.get("/commitments").text or "Kept" in bo.get("/commitments").text
    assert "cannot be back" in bo.get(f"/ideas/{opened(app, cast)}/back").text


def test_asking_again_from_the_page(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        made = make_promoted(cast, promoted_at=clock.now())
        no = NewDecline(DeclineReason.LAW_OR_SAFETY, "The regulator asks for it in part six of the consumer rules.")
        triage.decline(viewer(cast.vic), made, no, today=clock.now().date(), now=clock.now())
        number = made.id
    bo = signed_in(app, cast.bo)
    assert "0 of 8 new voices" in bo.get(f"/ideas/{number}").text

    assert send(bo, f"/ideas/{number}/ask-again").status_code == 303
    page = bo.get(f"/ideas/{number}").text
    assert "You have asked again." in page and "1 of 8 new voices" in page
    assert send(bo, f"/ideas/{number}/ask-again").status_code == 409
    assert send(bo, f"/ideas/{number}/ask-again/withdrawal").status_code == 303
    assert "0 of 8 new voices" in bo.get(f"/ideas/{number}").text
    vic = signed_in(app, cast.vic).get(f"/ideas/{number}").text
    assert "0 of 8 new voices" in vic and f'action="/ideas/{number}/ask-again"' not in vic
