"""Insights are read by everybody once the debrief is finished, as far as each may know; pages, interface, notices."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.errors import Missing
from portal.frontline import insight_queries, insights
from portal.frontline.insight_queries import Wanted
from portal.frontline.insight_words import Became
from portal.frontline.insights import Becoming
from portal.frontline.words import DebriefQuestion, InsightKind
from portal.ideas.models import Idea
from portal.notices import insight_notices
from portal.notices.models import Notice
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from tests.api.calling import Caller
from tests.factories import NOON, Cast, send, signed_in
from tests.frontline.debriefing import HOUR, WORDS, answered, finished, insights_of, make_shift, turned
from tests.ideas.making import said, viewer
from tests.swarm.test_stops import HARM, TRIED, stop_of
from tests.swarm.voting import vote

BY = NOON.date() + timedelta(days=20)
PROMISED = Becoming(promise="I will have the script asked once, not three times.", due_on=BY)


def words(person: int, wanted: Wanted = Wanted()) -> list[str]:  # noqa: B008 (frozen)
    return [line.words for line in insight_queries.insights_page(viewer(person), wanted)[0]]


def a_note(cast: Cast, person: int, text: str, *, now: Any = NOON, **shift: Any) -> int:
    number = make_shift(cast, person, **{"starts_at": now - HOUR} | shift)
    answered(person, number, text, now=now)
    finished(person, number, now=now)
    return insights_of(number)[0].id


def test_everybody_reads_once_it_is_finished(context: Flask, cast: Cast):
    shift = make_shift(cast, cast.vic)
    answered(cast.vic, shift)
    number = turned(cast.vic, shift, InsightKind.NOTE)
    with pytest.raises(Missing):
        insight_queries.insight_for(viewer(cast.asha), number)
    assert words(cast.asha) == [] == words(cast.vic)
    assert insight_queries.line_of(viewer(cast.vic), number).mine
    finished(cast.vic, shift)
    assert words(cast.asha) == words(cast.kim) == [WORDS]
    with writing():
        insights.withdraw(viewer(cast.vic), insight_queries.insight_for(viewer(cast.vic), number), now=NOON)
    assert words(cast.asha) == [] == words(cast.vic)


def test_what_answers_a_stop_signal_is_read_by_those_who_may_know_of_it(context: Flask, cast: Cast):
    shift, idea = make_shift(cast, cast.mia), said(cast.asha)
    vote(cast.bo, idea, HARM)
    answered(cast.mia, shift)
    number = turned(cast.mia, shift, InsightKind.STOP_ANSWER, Becoming(stop=stop_of(cast.bo, idea)))
    finished(cast.mia, shift)
    assert words(cast.asha) == words(cast.bo) == words(cast.mia) == [WORDS]  # its author, its giver, who answered
    assert words(cast.cy) == words(cast.vic) == []
    with pytest.raises(Missing):
        insight_queries.insight_for(viewer(cast.cy), number)
    vote(cast.cy, idea, TRIED)
    assert words(cast.cy) == [WORDS]


def test_what_became_a_hidden_idea_is_hidden_with_it(context: Flask, cast: Cast):
    shift = make_shift(cast, cast.vic)
    answered(cast.vic, shift)
    turned(cast.vic, shift, InsightKind.IDEA)
    finished(cast.vic, shift)
    assert words(cast.asha) == [WORDS]
    with writing():
        db.session.scalars(select(Idea)).one().hidden_at = NOON
    assert words(cast.asha) == []


def test_search_and_filters(context: Flask, cast: Cast):
    a_note(cast, cast.vic, "The letter takes 100% of nine days")
    a_note(cast, cast.olu, "Nobody reads the letter", site="Durban", queue="Voice", now=NOON + HOUR)
    shift = make_shift(cast, cast.vic, starts_at=NOON + 3 * HOUR)
    answered(cast.vic, shift, now=NOON + 4 * HOUR)
    turned(cast.vic, shift, InsightKind.PROMISE, PROMISED, now=NOON + 4 * HOUR)
    finished(cast.vic, shift, now=NOON + 4 * HOUR)
    nine, reads, promise = "The letter takes 100% of nine days", "Nobody reads the letter", WORDS
    for wanted, found in (
        (Wanted(), [promise, reads, nine]),
        (Wanted("LETTER"), [reads, nine]),
        (Wanted("letter nine"), [nine]),
        (Wanted("0% of"), [nine]),
        (Wanted("script asked once"), [promise]),  # what was promised
        (Wanted("nothing like it"), []),
        (Wanted(site_id=cast.places["Durban"]), [reads]),
        (Wanted(queue="Billing"), [promise, nine]),
        (Wanted(kind=InsightKind.PROMISE), [promise]),
        (Wanted(by_id=cast.olu), [reads]),
        (Wanted(became=Became.PROMISED), [promise]),
        (Wanted(became=Became.NOTED), [reads, nine]),
        (Wanted(became=Became.DONE), []),
    ):
        assert words(cast.asha, wanted) == found, wanted
    assert [row.name for row in insight_queries.writers()] == ["Olu", "Vic"]
    assert list(insight_queries.queues()) == ["Billing", "Voice"]


def test_pages_go_to_the_end_without_gaps(context: Flask, cast: Cast):
    for number in range(5):
        a_note(cast, cast.vic, f"Note {number}", starts_at=NOON - number * HOUR)  # all at one moment
    found: list[str] = []
    cursor: str | None = None
    while True:
        lines, cursor = insight_queries.insights_page(viewer(cast.asha), Wanted(), limit=2, cursor=cursor)
        found += [line.words for line in lines]
        if cursor is None:
            break
    assert found == [f"Note {number}" for number in (4, 3, 2, 1, 0)]


def test_the_buddy_is_asked_once_and_named_only_with_a_yes(context: Flask, cast: Cast):
    number = a_note(cast, cast.vic, WORDS, buddy=cast.asha)
    message = db.session.scalars(select(Message).where(Message.topic == insights.CREDIT_ASKED)).one()
    claimed = Claimed(message.id, message.event_id, message.topic, {"debrief": 1}, 1, NOON)
    db.session.rollback()
    insight_notices.ask(claimed, NOON)
    insight_notices.ask(claimed, NOON)
    told = db.session.scalars(select(Notice)).one()
    assert (told.person_id, told.path, "Vic" in told.title) == (cast.asha, "/insights/credits", True)
    asha = viewer(cast.asha)
    assert insight_queries.line_of(viewer(cast.bo), number).buddy is None
    with writing():
        insights.answer_credit(asha, insight_queries.insight_for(asha, number), wanted=True, now=NOON)
    assert insight_queries.line_of(viewer(cast.bo), number).buddy == "Asha"
    assert [line.number for line in insight_queries.credits_page(asha)[0]] == [number]
    assert insight_queries.credits_page(viewer(cast.bo))[0] == []


@pytest.fixture
def lately(app: Flask, cast: Cast) -> int:
    """A shift of Vic's with Asha that began an hour ago by the clock on the wall."""
    with app.app_context():
        return make_shift(cast, cast.vic, starts_at=clock.now() - HOUR, buddy=cast.asha)


def test_a_debrief_on_pages(app: Flask, cast: Cast, lately: int):
    vic, at = signed_in(app, cast.vic), f"/shifts/{lately}/debrief"
    assert "Begin" in vic.get(at).text
    assert signed_in(app, cast.asha).get(at).status_code == 404
    assert vic.get(f"{at}/surprised/10").status_code == vic.get(f"{at}/nothing/1").status_code == 404
    done = send(vic, f"{at}/expected/1", say="Short calls", names="shown", go="next")
    assert (done.status_code, done.location) == (303, f"{at}/surprised/1")
    # What looks like personal data is asked about, and kept while one thinks.
    spotted = send(vic, f"{at}/surprised/1", say="Call 07700 900 123 about it", names="shown", go="another")
    assert spotted.status_code == 422 and "looks like a phone number" in spotted.text
    assert "Call 07700 900 123 about it" in vic.get(f"{at}/surprised/1").text
    sent = send(vic, f"{at}/surprised/1", say="Call 07700 900 123 about it", remove="1", go="another")
    assert sent.location == f"{at}/surprised/2"
    assert "Call … about it" in vic.get(at).text
    named = send(vic, f"{at}/surprised/2", say="Asha cannot see letters", names="shown")
    assert named.status_code == 422 and "colleague" in named.text
    long = send(vic, f"{at}/surprised/2", say="a" * 601, names="shown")
    assert long.status_code == 422 and "a" * 601 in long.text and "a" * 601 in vic.get(f"{at}/surprised/2").text
    kept = send(vic, f"{at}/made_them/1/draft", say="She had to pro", names="shown")
    assert kept.status_code == 204 and "She had to pro" in vic.get(f"{at}/made_them/1").text
    assert send(vic, f"{at}/made_them/1", say="", go="next").location == f"{at}/will_do/1"
    assert send(vic, f"{at}/will_do/1", say="I will have letters shown to everybody", go="next").location == at


def test_what_becomes_of_it_on_pages(app: Flask, cast: Cast, lately: int):
    vic, asha, at = signed_in(app, cast.vic), signed_in(app, cast.asha), f"/shifts/{lately}/debrief"
    for question, text in (("surprised", WORDS), ("will_do", "I will have it asked once"), ("made_them", "Repeat it")):
        send(vic, f"{at}/{question}/1", say=text, names="shown")
    assert "Put it on the board" in vic.get(f"{at}/made_them/1/becomes").text
    assert vic.get(f"{at}/expected/1/becomes").status_code == 404
    assert send(vic, f"{at}/made_them/1/becomes/idea").location == f"{at}#made_them-1"
    form = vic.get(f"{at}/will_do/1/becomes/promise").text
    assert "I will have it asked once" in form and WORDS in form
    again = send(vic, f"{at}/will_do/1/becomes/promise", promise="Short", words=WORDS, due_on="2020-01-01")
    assert again.status_code == 422 and "at least 10 characters" in again.text
    due = (clock.now() + timedelta(days=20)).date()
    sent = {"promise": "I will have it asked once", "words": WORDS, "due_on": due.isoformat()}
    assert send(vic, f"{at}/will_do/1/becomes/promise", **sent).status_code == 303
    assert "No stop signal waits" in vic.get(f"{at}/surprised/1/becomes/stop_answer").text
    assert asha.get("/insights/1").status_code == 404
    assert send(vic, f"{at}/finish").status_code == 303
    listed = asha.get("/insights").text
    assert "Repeat it" in listed and WORDS in listed and "I will have it asked once" in listed
    assert "heard it on the frontline" in asha.get("/ideas/1").text and "/insights/1" in asha.get("/ideas/1").text
    assert "/insights/2" in asha.get("/commitments/1").text and "/commitments/1" in asha.get("/insights/2").text
    assert "Nobody has written" not in asha.get("/insights?kind=note").text
    assert "No insight fits" in asha.get("/insights?q=zzz").text
    assert asha.get("/insights?kind=wrong").status_code == 422
    assert send(asha, "/insights/1/credit", wanted="yes").status_code == 303
    assert "with Asha" in vic.get("/insights/1").text and "Asha" in asha.get("/insights/credits").text
    assert send(vic, "/insights/1/withdrawal", next=at).location == at
    assert asha.get("/insights/1").status_code == asha.get("/ideas/1").status_code == 404


def test_no_insight_yet_says_so(app: Flask, cast: Cast):
    page = signed_in(app, cast.asha).get("/insights").text
    assert "Nobody has written down a shift yet." in page and 'href="/shifts"' in page


def test_the_interface_does_what_the_pages_do(app: Flask, cast: Cast, lately: int):
    vic, asha, bo = Caller(app, cast.vic), Caller(app, cast.asha), Caller(app, cast.bo, "shifts:read")
    at = f"/shifts/{lately}/debrief"
    assert vic.get(at).json["started_at"] is None and asha.get(at).status_code == 404
    assert vic.post(at).status_code == 201
    assert vic.put(f"{at}/answers/surprised/1", {"words": "Call 07700 900 123"}).json["error"] == "personal_data"
    saved = vic.put(f"{at}/answers/surprised/1", {"words": WORDS})
    assert saved.status_code == 200 and saved.json["answers"][0]["words"] == WORDS
    assert vic.put(f"{at}/answers/surprised/10", {"words": WORDS}).status_code == 404
    assert vic.put(f"{at}/answers/expected/2", {"words": WORDS}).json["error"] == "one_answer"
    vic.put(f"{at}/answers/surprised/2", {"words": "Another one"})
    assert len(vic.delete(f"{at}/answers/surprised/2").json["answers"]) == 1
    made = vic.post(f"{at}/answers/surprised/1/insights", {"kind": "idea"}, key="once")
    again = vic.post(f"{at}/answers/surprised/1/insights", {"kind": "idea"}, key="once")
    assert made.status_code == 201 and made.json == again.json and made.json["idea"]
    number = made.json["number"]
    assert asha.get(f"/insights/{number}").status_code == 404
    assert vic.post(f"{at}/finish").json["finished_at"]
    assert bo.all("/insights") == [made.json] == bo.all("/insights?became=gathering&q=aloud")
    assert bo.put(f"/insights/{number}/credit", {"wanted": True}).status_code == 403
    assert asha.put(f"/insights/{number}/credit", {"wanted": True}).json["credit"] == "accepted"
    assert bo.get(f"/insights/{number}").json["buddy"] == "Asha"
    assert [one["number"] for one in asha.all("/me/hosted-insights")] == [number]
    assert asha.post(f"/insights/{number}/withdrawal").status_code == 404
    assert vic.post(f"/insights/{number}/withdrawal").status_code == 204
    assert bo.all("/insights") == []


def test_a_question_has_its_label_on_a_page_of_its_own(app: Flask, cast: Cast, lately: int):
    vic = signed_in(app, cast.vic)
    for question in DebriefQuestion:
        assert f'<h1 class="title">{question.label}</h1>' in vic.get(f"/shifts/{lately}/debrief/{question}/1").text
