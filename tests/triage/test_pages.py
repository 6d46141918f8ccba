"""The triage page: what an executive reads, answers and gets back."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.rules import NewPromise
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Names, Stage
from portal.metrics.models import Direction, Metric
from portal.swarm.models import Via, Vote
from portal.swarm.rules import StopReason, VoteKind
from portal.triage import service
from portal.triage.models import Decision
from portal.web.transactions import writing
from tests.commitments.factories import SENTENCE, make_idea, make_promoted, viewer
from tests.counting import counted
from tests.factories import Cast, send, signed_in

WHY = "Reading fees aloud is a legal duty, and we cannot drop it."
NOW = clock.now()
TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("this_day")
YES = {"move": "commit", "by": "30", "due_on": "", "promise": SENTENCE, "metric": ""}
NO = {"move": "decline", "reason": "law_or_safety", "sentence": WHY, "would_change": "", "look_again_on": ""}


def promoted(app: Flask, cast: Cast, **over: object) -> int:
    with app.app_context(), writing():
        return make_promoted(cast, **{"promoted_at": NOW - timedelta(days=3)} | over).id  # type: ignore[arg-type]


def decisions(app: Flask) -> list[Decision]:
    with app.app_context():
        return list(db.session.scalars(select(Decision)))


def test_the_brief_shows_the_words_the_numbers_and_when_the_answer_is_due(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    with app.app_context(), writing():
        db.session.add(Vote(idea_id=number, person_id=cast.bo, team_id=cast.places["Leeds/Billing"],
                            site_id=cast.places["Leeds"], kind=VoteKind.STOP, reason=StopReason.MOVES_PAIN,
                            sentence="We lose one router in twenty.", via=Via.FEED, at=NOW))  # fmt: skip

    page = signed_in(app, cast.vic).get("/triage").get_data(as_text=True)

    for words in ("We may not send a new router", "hit this, at 3 of 4 sites", "75%", "open stop signal", "4.7",
                  "the swarm line is 4.5", "Answer due", "5 teams at 3 sites", "We lose one router in twenty.",
                  "A colleague in Leeds"):  # fmt: skip
        assert words in page
    assert "Asha" not in page and "Bo" not in re.sub(r"<[^>]+>", " ", page).split()


def test_a_shown_name_is_shown(app: Flask, cast: Cast) -> None:
    promoted(app, cast, names=Names.SHOWN)

    assert "Asha" in signed_in(app, cast.vic).get("/triage").get_data(as_text=True)


def test_committing_leads_to_the_next_one_with_a_word_about_the_last(app: Flask, cast: Cast) -> None:
    first, second = promoted(app, cast, promoted_at=NOW - timedelta(days=9)), promoted(app, cast)
    vic = signed_in(app, cast.vic)

    answer = send(vic, "/decisions", idea=first, owner=cast.olu, **YES)
    page = vic.get(answer.location).get_data(as_text=True)

    assert (answer.status_code, answer.location) == (303, f"/triage?idea={second}")
    assert f"Committed to number {first}." in page
    with app.app_context():
        made = db.session.scalars(select(Commitment)).one()
        assert (made.owner_id, made.due_on, made.sentence) == (cast.olu, TODAY + timedelta(days=30), SENTENCE)


def test_the_last_answer_leads_to_a_page_that_says_all_is_answered(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)

    answer = send(vic, "/decisions", idea=number, **NO)
    page = vic.get(answer.location).get_data(as_text=True)

    assert (answer.status_code, answer.location) == (303, "/triage")
    assert f"Declined number {number}." in page and "All answered." in page


def test_a_date_and_a_metric_of_ones_own(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    with app.app_context(), writing():
        metric = Metric(code="repeat", name="Repeat calls", unit="per 100", direction=Direction.DOWN_IS_GOOD)
        db.session.add(metric)
        db.session.flush()
        metric_id = metric.id
    due_on = TODAY + timedelta(days=45)
    vic = signed_in(app, cast.vic)

    assert "Repeat calls" in vic.get("/triage").get_data(as_text=True)
    own = YES | {"by": "date", "due_on": due_on.isoformat(), "metric": metric_id}
    answer = send(vic, "/decisions", idea=number, owner=cast.olu, **own)

    assert answer.status_code == 303
    with app.app_context():
        made = db.session.scalars(select(Commitment)).one()
        assert (made.due_on, made.metric_id) == (due_on, metric_id)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (YES | {"owner": ""}, "owner", "Choose an owner from the list."),
        (YES | {"owner": "9" * 30}, "owner", "Choose an owner from the list."),
        (YES | {"owner": "x"}, "owner", "Choose an owner from the list."),
        (YES | {"owner": "{olu}", "metric": "999"}, "metric", "Choose a metric from the list."),
        (YES | {"owner": "{olu}", "by": "date"}, "due_on", "Choose a date."),
        (YES | {"owner": "{olu}", "by": "date", "due_on": "soon"}, "due_on", "This is not a date."),
        (YES | {"owner": "{olu}", "by": "date", "due_on": "2020-01-01"}, "due_on", "Choose a date after today."),
        (YES | {"owner": "{olu}", "by": "7"}, "by", "Not a valid choice"),
        (YES | {"owner": "{olu}", "promise": "Soon."}, "promise", "at least 10 characters"),
        (NO | {"sentence": "No, sorry. Not that."}, "sentence", "at least 40 characters"),
        (NO | {"reason": ""}, "reason", "Choose a reason."),
        (NO | {"reason": "not_now"}, "look_again_on", "Name the day"),
        (NO | {"reason": "not_now", "look_again_on": "2020-01-01"}, "look_again_on", "Choose a date after today."),
        (NO | {"sentence": WHY + "\u202e"}, "sentence", "invisible control characters"),
    ],
)
def test_a_refused_answer_comes_back_with_its_words_and_a_summary_to_focus(
    app: Flask, cast: Cast, fields: dict[str, str], field: str, sentence: str
) -> None:
    number = promoted(app, cast)
    fields = {name: value.replace("{olu}", str(cast.olu)) for name, value in fields.items()}

    answer = send(signed_in(app, cast.vic), "/decisions", idea=number, **fields)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert 'role="alert"' in page and sentence in page
    assert f'href="#{field}' in page and f'id="{field}' in page
    typed = fields.get("promise") or fields["sentence"]
    assert typed in page
    assert decisions(app) == []


def test_everything_that_is_missing_is_named_at_once(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)

    commit = send(vic, "/decisions", idea=number, owner="", **YES | {"promise": "", "by": "date"})
    decline = send(vic, "/decisions", idea=number, **NO | {"reason": "", "sentence": "No."})

    for answer, fields in ((commit, ("owner", "due_on", "promise")), (decline, ("reason", "sentence"))):
        summary = answer.get_data(as_text=True).split('role="alert"')[1].split("</ul>")[0]
        assert [field for field in fields if f'href="#{field}' in summary] == list(fields)


def test_the_chosen_owner_span_and_reason_stay_chosen(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)

    commit = send(vic, "/decisions", idea=number, owner=cast.olu, **YES | {"by": "90", "promise": "Soon."})
    decline = send(vic, "/decisions", idea=number, **NO | {"reason": "duplicate", "sentence": "Same."})

    page = commit.get_data(as_text=True)
    assert re.search(rf'<option selected value="{cast.olu}"', page)
    assert re.search(r'<input checked[^>]*value="90"', page)
    assert re.search(r'<input checked[^>]*value="duplicate"', decline.get_data(as_text=True))


def test_who_was_slower_reads_the_first_answer_and_keeps_their_words(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)
    with app.app_context(), writing():
        idea, promise = db.session.get_one(Idea, number), NewPromise("We do it by spring.", TODAY + timedelta(days=9))
        service.commit_to(viewer(cast.vic), idea, cast.olu, promise, today=TODAY, now=NOW)

    answer = send(vic, "/decisions", idea=number, **NO)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "Vic decided this" in page and "We do it by spring." in page
    assert WHY in page and "Somebody was faster" in page
    assert len(decisions(app)) == 1


def test_an_answered_idea_says_who_answered_and_offers_no_form(app: Flask, cast: Cast) -> None:
    number = promoted(app, cast)
    vic = signed_in(app, cast.vic)
    send(vic, "/decisions", idea=number, **NO)

    page = vic.get(f"/triage?idea={number}").get_data(as_text=True)

    assert "Vic decided this" in page and 'action="/decisions"' not in page


@pytest.mark.parametrize("who", ["asha", "olu", "lea", "mia", "tess"])
def test_whoever_is_no_executive_is_refused(app: Flask, cast: Cast, who: str) -> None:
    number = promoted(app, cast)
    client = signed_in(app, getattr(cast, who))

    answers = [
        client.get("/triage"),
        client.get(f"/triage?idea={number}"),
        send(client, "/decisions", idea=number, **NO),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert decisions(app) == []


@pytest.mark.parametrize("number", ["", "x", "0", "999999", "9" * 30, "-1"])
def test_an_idea_that_is_not_there_is_404(app: Flask, cast: Cast, number: str) -> None:
    promoted(app, cast)

    answer = send(signed_in(app, cast.vic), "/decisions", idea=number, **NO)

    assert answer.status_code == 404


def test_what_is_behind_a_partners_wall_is_404_for_anothers_executive(app: Flask, cast: Cast) -> None:
    from tests.triage.test_service import make_executive

    durban = {"site_id": cast.places["Durban"], "employer_id": cast.places["Brightline"]}
    walled, elsewhere = promoted(app, cast, audience=Audience.EMPLOYER, **durban), promoted(app, cast)
    with app.app_context(), writing():
        make_executive(cast, "kim", "Farline")
    kim = signed_in(app, cast.kim)

    for number in (walled, elsewhere):
        assert kim.get(f"/triage?idea={number}").status_code == 404
        assert send(kim, "/decisions", idea=number, **NO).status_code == 404
    assert "All answered." in kim.get("/triage").get_data(as_text=True)
    assert decisions(app) == []


def test_an_idea_that_is_still_gathering_shows_no_numbers_and_takes_no_answer(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_idea(cast).id
    vic = signed_in(app, cast.vic)

    assert vic.get(f"/triage?idea={number}").status_code == 404
    assert send(vic, "/decisions", idea=number, **NO).status_code == 409
    with app.app_context():
        assert db.session.get_one(Idea, number).stage is Stage.OPEN


@pytest.mark.parametrize(
    "fields", [NO | {"move": "burn"}, NO | {"move": ""}, NO | {"by_id": "1"}, NO | {"promise": SENTENCE}]
)
def test_moves_and_fields_that_do_not_exist_are_refused(app: Flask, cast: Cast, fields: dict[str, str]) -> None:
    number = promoted(app, cast)

    assert send(signed_in(app, cast.vic), "/decisions", idea=number, **fields).status_code == 422
    assert decisions(app) == []


def test_the_move_of_the_address_chooses_the_form(app: Flask, cast: Cast) -> None:
    promoted(app, cast)
    vic = signed_in(app, cast.vic)

    assert 'name="would_change"' in vic.get("/triage?move=decline").get_data(as_text=True)
    assert 'name="owner"' in vic.get("/triage?move=nonsense").get_data(as_text=True)


def test_triage_asks_as_much_for_thirty_as_for_three(app: Flask, cast: Cast) -> None:
    vic, counts = signed_in(app, cast.vic), []
    for rows in (3, 27):
        for _ in range(rows):
            promoted(app, cast)
        vic.get("/triage")
        with counted(app) as statements:
            vic.get("/triage")
        counts.append(len(statements))

    assert counts[0] == counts[1]
