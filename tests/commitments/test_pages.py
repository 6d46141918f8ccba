"""The pages of promises: who reads them, what they show, and that nothing typed is lost."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.commitments import service
from portal.commitments.models import Commitment, Update
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.ideas.words import Audience, Names
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.service import grant
from portal.web.transactions import writing
from tests.commitments.factories import EVIDENCE, SENTENCE, make_promise, make_promoted, viewer
from tests.counting import counted
from tests.factories import Cast, send, signed_in

WHY = "The supplier delivers two weeks late."
NOW = clock.now()
TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("this_day")


def promise(app: Flask, cast: Cast, **over: object) -> int:
    """A promise made an hour or more ago by the real clock, since pages read it."""
    with app.app_context(), writing():
        return make_promise(cast, **{"now": NOW - timedelta(hours=1), "due_on": TODAY + timedelta(days=30)} | over).id  # type: ignore[arg-type]


def state_of(app: Flask, number: int) -> CommitmentState:
    with app.app_context():
        return db.session.get_one(Commitment, number).state


def test_everybody_reads_a_promise_and_only_its_owner_finds_the_forms(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)

    asha = signed_in(app, cast.asha).get(f"/commitments/{number}").get_data(as_text=True)
    olu = signed_in(app, cast.olu).get(f"/commitments/{number}").get_data(as_text=True)

    assert SENTENCE in asha
    assert re.findall(rf'action="/commitments/{number}/([^"]+)"', asha) == ["nudges"]
    for address in ("updates", "new-dates", "deliveries"):
        assert f'action="/commitments/{number}/{address}"' in olu


def test_the_page_never_names_a_hidden_author(app: Flask, cast: Cast) -> None:
    hidden, shown = promise(app, cast), None
    with app.app_context(), writing():
        idea = make_promoted(cast, names=Names.SHOWN, promoted_at=NOW - timedelta(days=3))
        shown = make_promise(cast, idea=idea, now=NOW, due_on=TODAY + timedelta(days=9)).id
    client = signed_in(app, cast.vic)

    assert "Asha" not in client.get(f"/commitments/{hidden}").get_data(as_text=True)
    assert "A colleague in Leeds" in client.get(f"/commitments/{hidden}").get_data(as_text=True)
    assert "Asha" in client.get(f"/commitments/{shown}").get_data(as_text=True)


def test_the_owner_walks_it_to_done_and_a_second_person_confirms(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, state=CommitmentState.OFFERED)
    olu, vic = signed_in(app, cast.olu), signed_in(app, cast.vic)
    done = {
        "live_from": TODAY.isoformat(),
        "sites": [cast.places["Leeds"], cast.places["Durban"]],
        "evidence": EVIDENCE,
    }
    verdict = {"verdict": "confirm", "reason": ""}
    moved = {"due_on": (TODAY + timedelta(days=40)).isoformat(), "reason": WHY}

    answers = [
        send(olu, f"/commitments/{number}/acceptance"),
        send(olu, f"/commitments/{number}/updates", body="The **script** is written."),
        send(olu, f"/commitments/{number}/new-dates", **moved),
        send(olu, f"/commitments/{number}/deliveries", **done),
        send(vic, f"/commitments/{number}/verdicts", **verdict),
    ]
    page = signed_in(app, cast.asha).get(f"/commitments/{number}").get_data(as_text=True)

    assert [answer.status_code for answer in answers] == [303] * 5
    assert "<strong>script</strong>" in page
    assert "Durban, Leeds" in page
    assert re.search(r"<s>\d+ \w+( \d+)?</s>", page), "the first date stays, struck through"
    assert "Kept" in page


def test_handing_back_frees_the_idea_and_shows_the_reason(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, state=CommitmentState.OFFERED)
    olu = signed_in(app, cast.olu)

    answer = send(olu, f"/commitments/{number}/handbacks", reason="This belongs to logistics.")

    assert answer.status_code == 303
    assert state_of(app, number) is CommitmentState.HANDED_BACK
    assert "This belongs to logistics." in olu.get(f"/commitments/{number}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("address", "fields", "kept", "sentence"),
    [
        ("updates", {"body": "."}, ".", "Say what moved"),
        ("new-dates", {"due_on": "2020-01-01", "reason": WHY}, WHY, "Choose a date after today."),
        ("new-dates", {"due_on": "next week", "reason": WHY}, "next week", "This is not a date."),
        ("new-dates", {"due_on": "", "reason": WHY}, WHY, "Choose a date."),
        ("new-dates", {"due_on": "2999-12-31", "reason": WHY}, WHY, "within a year"),
        ("deliveries", {"live_from": "2999-12-31", "sites": "1", "evidence": EVIDENCE}, EVIDENCE, "after today"),
        ("deliveries", {"live_from": "0001-01-01", "sites": "1", "evidence": EVIDENCE}, EVIDENCE, "Check the year"),
        ("deliveries", {"live_from": TODAY.isoformat(), "evidence": EVIDENCE}, EVIDENCE, "at least one site"),
        ("deliveries", {"live_from": TODAY.isoformat(), "sites": "999999", "evidence": EVIDENCE}, EVIDENCE, "the list"),
        ("deliveries", {"live_from": TODAY.isoformat(), "sites": "9" * 30, "evidence": EVIDENCE}, EVIDENCE, "the list"),
    ],
)  # fmt: skip
def test_a_refused_form_comes_back_with_its_words_and_a_summary_to_focus(
    app: Flask, cast: Cast, address: str, fields: dict[str, str], kept: str, sentence: str
) -> None:
    number = promise(app, cast)

    answer = send(signed_in(app, cast.olu), f"/commitments/{number}/{address}", **fields)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert kept in page and sentence in page
    assert 'role="alert"' in page and "There is a problem" in page
    target = re.search(r'data-problem>.*?href="#([^"]+)"', page, re.S)
    assert target and f'id="{target[1]}"' in page, "the summary leads to the field"
    assert "<title>Error: " in page


def test_a_field_that_the_form_does_not_have_is_refused(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)

    answer = send(signed_in(app, cast.olu), f"/commitments/{number}/updates", body="It moves on.", owner_id="1")

    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Update)).all() == []


def test_words_for_a_form_that_is_gone_are_shown_again_with_where_the_promise_stands(app: Flask, cast: Cast) -> None:
    number = promise(app, cast)
    olu = signed_in(app, cast.olu)
    done = {"live_from": TODAY.isoformat(), "sites": str(cast.places["Leeds"]), "evidence": EVIDENCE}
    send(olu, f"/commitments/{number}/deliveries", **done)

    again = send(olu, f"/commitments/{number}/deliveries", **done | {"evidence": "Sent from my other window."})
    page = again.get_data(as_text=True)

    assert again.status_code == 409
    assert "Sent from my other window." in page
    assert "waits for a second person" in page


def test_a_double_click_on_accept_is_told_and_changes_nothing(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, state=CommitmentState.OFFERED)
    olu = signed_in(app, cast.olu)

    answers = [send(olu, f"/commitments/{number}/acceptance").status_code for _ in range(2)]

    assert answers == [303, 409]
    assert state_of(app, number) is CommitmentState.ACCEPTED


def test_sending_back_needs_a_reason(app: Flask, cast: Cast) -> None:
    number = promise(app, cast, state=CommitmentState.DELIVERED)
    vic = signed_in(app, cast.vic)

    without = send(vic, f"/commitments/{number}/verdicts", verdict="send_back", reason="no")
    neither = send(vic, f"/commitments/{number}/verdicts", reason="Nothing chosen")
    reasoned = send(vic, f"/commitments/{number}/verdicts", verdict="send_back", reason="Durban does not have it.")

    assert [without.status_code, neither.status_code, reasoned.status_code] == [422, 422, 303]
    assert state_of(app, number) is CommitmentState.ACCEPTED


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("asha", "verdicts", 403),
        ("olu", "verdicts", 403),
        ("vic", "updates", 403),
        ("asha", "deliveries", 403),
        ("vic", "acceptance", 403),
    ],
)
def test_a_known_person_without_the_right_is_refused(
    app: Flask, cast: Cast, who: str, address: str, status: int
) -> None:
    number = promise(app, cast, state=CommitmentState.DELIVERED)
    fields = {
        "verdicts": {"verdict": "confirm"},
        "updates": {"body": "Not mine to tell."},
        "deliveries": {"live_from": TODAY.isoformat(), "sites": str(cast.places["Leeds"]), "evidence": EVIDENCE},
        "acceptance": {},
    }[address]

    answer = send(signed_in(app, getattr(cast, who)), f"/commitments/{number}/{address}", **fields)

    assert answer.status_code == status
    assert state_of(app, number) is CommitmentState.DELIVERED


def test_the_owner_who_is_an_executive_is_told_that_a_second_person_has_to_look(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        olu, top = db.session.get_one(Person, cast.olu), db.session.get_one(Place, cast.places["Harbour"])
        grant(olu, Role.EXECUTIVE, top, by_id=None, now=NOW)
    number = promise(app, cast, state=CommitmentState.DELIVERED)
    olu_client = signed_in(app, cast.olu)

    page = olu_client.get(f"/commitments/{number}").get_data(as_text=True)
    answer = send(olu_client, f"/commitments/{number}/verdicts", verdict="confirm")

    assert "/verdicts" not in page
    assert answer.status_code == 403
    assert "somebody else has to look" in answer.get_data(as_text=True)


def partner_promise(app: Flask, cast: Cast) -> int:
    with app.app_context(), writing():
        place = {"employer_id": cast.places["Brightline"], "site_id": cast.places["Durban"]}
        walled = make_promoted(cast, audience=Audience.EMPLOYER, author_id=cast.sam, promoted_at=NOW, **place)
        return make_promise(
            cast, idea=walled, now=NOW, due_on=TODAY + timedelta(days=9), sentence="Behind the wall."
        ).id


@pytest.mark.parametrize("who", ["kim", "asha", "lea"])
def test_what_a_partner_keeps_to_itself_does_not_exist_for_others(app: Flask, cast: Cast, who: str) -> None:
    number = partner_promise(app, cast)
    client = signed_in(app, getattr(cast, who))

    answers = [client.get(f"/commitments/{number}")]
    answers += [send(client, f"/commitments/{number}/{part}") for part in ("acceptance", "updates", "deliveries")]

    assert {answer.status_code for answer in answers} == {404}
    assert "Behind the wall." not in client.get("/commitments").get_data(as_text=True)


def test_people_of_the_partner_the_executive_and_the_owner_read_it(app: Flask, cast: Cast) -> None:
    number = partner_promise(app, cast)

    for who in (cast.sam, cast.vic, cast.olu):
        client = signed_in(app, who)
        assert client.get(f"/commitments/{number}").status_code == 200
        assert "Behind the wall." in client.get("/commitments").get_data(as_text=True)


@pytest.mark.parametrize("number", ["999999", "9" * 25, "0"])
def test_a_promise_that_is_not_there_is_404(app: Flask, cast: Cast, number: str) -> None:
    assert signed_in(app, cast.vic).get(f"/commitments/{number}").status_code == 404


def test_the_board_groups_by_how_promises_stand_and_says_it_in_one_sentence(app: Flask, cast: Cast) -> None:
    month = timedelta(days=30)
    promise(app, cast, sentence="Late by eight days.", now=NOW - 2 * month, due_on=TODAY - timedelta(days=8))
    promise(app, cast, sentence="Due in a week.", due_on=TODAY + timedelta(days=7))
    promise(app, cast, sentence="Due in two months.", due_on=TODAY + 2 * month)
    promise(app, cast, sentence="Kept in time.", state=CommitmentState.CONFIRMED)
    late = {"now": NOW - 2 * month, "due_on": TODAY - month, "live_from": TODAY - timedelta(days=20)}
    promise(app, cast, sentence="Kept ten days late.", state=CommitmentState.CONFIRMED, **late)
    promise(app, cast, sentence="Handed back.", state=CommitmentState.HANDED_BACK)
    client = signed_in(app, cast.asha)

    page = client.get("/commitments").get_data(as_text=True)

    assert "1 of 2 kept on time. 1 is late." in page
    order = ["Late by eight days.", "Due in a week.", "Due in two months.", "Kept in time.", "Kept ten days late."]
    places = [page.index(sentence) for sentence in order]
    assert places == sorted(places)
    assert "8 days late" in page and "10 days late" in page
    assert "Handed back." not in page
    for state, sentence in zip(("overdue", "due-soon", "open", "kept", "late-kept"), order, strict=True):
        only = client.get(f"/commitments?state={state}").get_data(as_text=True)
        assert [one for one in order if one in only] == [sentence]
    table = client.get("/commitments?as=table").get_data(as_text=True)
    assert "<table" in table and all(sentence in table for sentence in order)


def test_mine_are_the_ones_i_own(app: Flask, cast: Cast) -> None:
    promise(app, cast)

    assert SENTENCE in signed_in(app, cast.olu).get("/commitments?mine=1").get_data(as_text=True)
    vic = signed_in(app, cast.vic).get("/commitments?mine=1").get_data(as_text=True)
    assert SENTENCE not in vic and "Nothing is promised in your name." in vic


@pytest.mark.parametrize("query", ["", "?state=overdue", "?state=nonsense&mine=2&page=-1", "?page=99999&state=kept"])
def test_a_board_with_nothing_on_it_says_so(app: Flask, cast: Cast, query: str) -> None:
    answer = signed_in(app, cast.asha).get(f"/commitments{query}")

    assert answer.status_code == 200
    assert 'class="empty"' in answer.get_data(as_text=True)


def test_more_of_one_state_than_fits_goes_on_on_the_next_page(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        for count in range(52):
            due_on = TODAY + timedelta(days=100 + count)
            make_promise(cast, now=NOW, due_on=due_on, sentence=f"Promise number {count:02}.")
    client = signed_in(app, cast.asha)

    first = client.get("/commitments").get_data(as_text=True)
    second = client.get("/commitments?state=open").get_data(as_text=True)
    following = re.search(r'href="/commitments\?state=open&amp;after=([\w-]+)"', second)
    assert following is not None
    third = client.get(f"/commitments?state=open&after={following[1]}").get_data(as_text=True)

    assert "Promise number 19." in first and "Promise number 20." not in first
    assert 'href="/commitments?state=open"' in first
    assert "Promise number 49." in second and "Promise number 50." not in second
    assert [count for count in range(52) if f"Promise number {count:02}." in third] == [50, 51]


def test_the_board_asks_as_much_for_thirty_promises_as_for_three(app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.asha)
    counts = []
    for rows in (3, 27):
        for _ in range(rows):
            promise(app, cast)
        client.get("/commitments")
        with counted(app) as statements:
            client.get("/commitments")
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_the_page_of_a_promise_asks_as_much_after_many_updates_as_after_few(app: Flask, cast: Cast) -> None:
    number, client, counts = promise(app, cast), signed_in(app, cast.olu), []
    for rows in (3, 27):
        with app.app_context(), writing():
            made, olu = db.session.get_one(Commitment, number), viewer(cast.olu)
            for _ in range(rows):
                service.post_update(olu, made, "It moves on.", now=NOW)
        client.get(f"/commitments/{number}")
        with counted(app) as statements:
            client.get(f"/commitments/{number}")
        counts.append(len(statements))

    assert counts[0] == counts[1]
