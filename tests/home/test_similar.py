"""Ideas that look like what somebody types, me too in place of a copy, and what is remembered of it."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import Invalid
from portal.home import search_jobs
from portal.ideas import drafts, moderating, similar
from portal.ideas.models import Draft, Idea
from portal.ideas.rules import Action
from portal.ideas.search_models import NotTheSame
from portal.ideas.words import Audience, Names, Stage
from portal.swarm.models import Vote
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import idea, said, viewer
from tests.swarm.voting import vote

FAX = "We have to ask every customer for a fax before they may cancel."
LIKE_FAX = "Customers must send us a fax before they may cancel"
OTHER = "The headset drops whenever the lift moves on the third floor."


@pytest.fixture
def fax(app: Flask, cast: Cast) -> int:
    with app.app_context():
        number = said(cast.asha, FAX)
        said(cast.asha, OTHER)
        search_jobs.learn()
    return number


def alike(person_id: int, text: str) -> list[int]:
    return [match.number for match in similar.similar(viewer(person_id), text)]


def pairs() -> list[tuple[int, int, int | None]]:
    return [(row.idea_a, row.idea_b, row.by_id) for row in db.session.scalars(select(NotTheSame))]


def test_an_idea_that_says_the_same_is_shown_with_its_words_marked(app: Flask, cast: Cast, fax: int) -> None:
    page = signed_in(app, cast.bo).get("/ideas/similar", query_string={"q": LIKE_FAX}).get_data(as_text=True)

    assert "One idea looks like yours." in page
    assert "<mark>fax</mark>" in page
    assert "Gathering views" in page
    assert f'formaction="/ideas/{fax}/me-too-instead"' in page
    assert OTHER not in page


def test_it_is_the_same_for_words_that_are_sent(app: Flask, cast: Cast, fax: int) -> None:
    answer = send(signed_in(app, cast.bo), "/ideas/similar", say=LIKE_FAX, names="hidden", draft_key="")

    assert f"/ideas/{fax}/me-too-instead" in answer.get_data(as_text=True)


@pytest.mark.parametrize("text", ["", "fax", "a fax cancel"[:11], "we have to be the one who is there", "🎉" * 40])
def test_little_or_nothing_looks_like_nothing(app: Flask, cast: Cast, fax: int, text: str) -> None:
    assert signed_in(app, cast.bo).get("/ideas/similar", query_string={"q": text}).get_data(as_text=True).strip() == ""


def test_at_most_two_are_shown_and_no_count(app: Flask, cast: Cast, fax: int) -> None:
    with app.app_context():
        for n in range(5):
            said(cast.cy, f"{LIKE_FAX}, version {n}")
        for voter in cast.voters[3:14]:
            vote(voter, fax, "support")
        search_jobs.learn()
    page = signed_in(app, cast.bo).get("/ideas/similar", query_string={"q": LIKE_FAX}).get_data(as_text=True)

    assert page.count("<li>") == 2
    assert "Two ideas look like yours." in page
    assert not re.search(r"\b11\b", page)


def test_others_alone_are_shown_and_only_what_one_may_read(context: Flask, cast: Cast, fax: int) -> None:
    for_leeds = said(cast.asha, "The zebra crossing form is wrong again", audience=Audience.SITE)
    with writing():
        moderating.moderate(viewer(cast.mia), moderating.text_of(idea(fax), None), Action.HIDE, "No", now=NOON)

    assert alike(cast.bo, "This zebra crossing form is wrong") == [for_leeds]
    assert alike(cast.sam, "This zebra crossing form is wrong") == []
    assert alike(cast.asha, "This zebra crossing form is wrong") == []
    assert alike(cast.mia, LIKE_FAX) == []


def test_something_done_may_be_back(app: Flask, cast: Cast, fax: int) -> None:
    with app.app_context(), writing():
        db.session.execute(Idea.__table__.update().where(Idea.id == fax).values(stage=Stage.DONE))  # type: ignore[attr-defined]
    page = signed_in(app, cast.bo).get("/ideas/similar", query_string={"q": LIKE_FAX}).get_data(as_text=True)

    assert f'href="/ideas/{fax}/back"' in page
    assert "me-too-instead" not in page


def test_me_too_instead_votes_and_forgets_the_words(app: Flask, cast: Cast, fax: int) -> None:
    with app.app_context(), writing():
        drafts.keep_draft(cast.bo, drafts.IDEA, LIKE_FAX, Names.HIDDEN, now=NOON)
    client = signed_in(app, cast.bo)

    answer = send(client, f"/ideas/{fax}/me-too-instead", say=LIKE_FAX, names="hidden", shown=[str(fax)], draft_key="")

    assert answer.status_code == 200
    assert "Your me too is counted." in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(Vote.kind).where(Vote.person_id == cast.bo)).all() == ["support"]
        assert db.session.scalars(select(Draft.id).where(Draft.person_id == cast.bo)).all() == []
        assert pairs() == []

    answer = send(client, f"/ideas/{fax}/me-too-instead/undo", say=LIKE_FAX, names="hidden", voted="1")

    assert answer.status_code == 303
    assert LIKE_FAX in client.get(answer.location).get_data(as_text=True)
    with app.app_context():
        standing = Vote.person_id == cast.bo, Vote.revoked_at.is_(None)
        assert db.session.scalars(select(Vote.id).where(*standing)).all() == []


def test_who_backs_it_already_keeps_that_vote_whatever_is_undone(app: Flask, cast: Cast, fax: int) -> None:
    with app.app_context():
        vote(cast.bo, fax, "strong")
    client = signed_in(app, cast.bo)

    answer = send(client, f"/ideas/{fax}/me-too-instead", say=LIKE_FAX, names="hidden")
    assert "You had said me too already." in answer.get_data(as_text=True)
    send(client, f"/ideas/{fax}/me-too-instead/undo", say=LIKE_FAX, names="hidden", voted="")

    with app.app_context():
        standing = select(Vote.kind).where(Vote.person_id == cast.bo, Vote.revoked_at.is_(None))
        assert db.session.scalars(standing).all() == ["strong"]


@pytest.mark.parametrize("who", ["asha", "vic"])
def test_who_may_not_vote_gets_their_words_back_with_the_reason(app: Flask, cast: Cast, fax: int, who: str) -> None:
    answer = send(signed_in(app, getattr(cast, who)), f"/ideas/{fax}/me-too-instead", say=LIKE_FAX, names="hidden")

    assert answer.status_code in (403, 409)
    assert LIKE_FAX in answer.get_data(as_text=True)
    assert "There is a problem" in answer.get_data(as_text=True) or who == "vic"


def test_who_may_not_vote_is_shown_the_idea_and_no_vote(app: Flask, cast: Cast, fax: int) -> None:
    page = signed_in(app, cast.vic).get("/ideas/similar", query_string={"q": LIKE_FAX}).get_data(as_text=True)

    assert f'href="/ideas/{fax}"' in page
    assert "me-too-instead" not in page


def test_an_idea_that_one_may_not_read_is_missing_there_too(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha, "The zebra form is wrong", audience=Audience.SITE)
    client = signed_in(app, cast.sam)

    assert send(client, f"/ideas/{number}/me-too-instead", say=FAX, names="hidden").status_code == 404
    assert send(client, f"/ideas/{number}/me-too-instead/undo", say=FAX, names="hidden", voted="1").status_code == 404


def test_a_copy_is_asked_about_once_and_nothing_typed_is_lost(app: Flask, cast: Cast, fax: int) -> None:
    client, key = signed_in(app, cast.bo), "0b7e1f9a-1111-4222-8333-444455556666"

    asked = send(client, "/ideas", say=FAX, names="shown", draft_key=key)
    page = asked.get_data(as_text=True)

    assert asked.status_code == 200
    assert "Is it one of these?" in page
    for field in (
        f'name="say" value="{FAX}"',
        'name="names" value="shown"',
        f'value="{key}"',
        f'name="shown" value="{fax}"',
    ):
        assert field in page
    with app.app_context():
        assert db.session.scalars(select(Idea.id).where(Idea.author_id == cast.bo)).all() == []

    sent = send(client, "/ideas", say=FAX, names="shown", draft_key=key, confirm="1", shown=[str(fax)])
    again = send(client, "/ideas", say=FAX, names="shown", draft_key=key)

    assert "Said. Number" in sent.get_data(as_text=True)
    assert "Said. Number" in again.get_data(as_text=True)
    with app.app_context():
        (number,) = db.session.scalars(select(Idea.id).where(Idea.author_id == cast.bo))
        assert pairs() == [(fax, number, cast.bo)]


def test_who_has_seen_them_beside_the_box_is_not_asked_again(app: Flask, cast: Cast, fax: int) -> None:
    sent = send(signed_in(app, cast.bo), "/ideas", say=FAX, names="hidden", shown=[str(fax), "999"])

    assert "Said. Number" in sent.get_data(as_text=True)
    with app.app_context():
        (number,) = db.session.scalars(select(Idea.id).where(Idea.author_id == cast.bo))
        assert pairs() == [(fax, number, None)]  # by nobody: it would tell who said it


def test_an_idea_of_its_own_kind_is_sent_at_once(app: Flask, cast: Cast, fax: int) -> None:
    sent = send(signed_in(app, cast.bo), "/ideas", say="Nobody may lend a router over a weekend.", names="hidden")

    assert "Said. Number" in sent.get_data(as_text=True)


def test_two_words_in_common_are_no_reason_to_ask(app: Flask, cast: Cast, fax: int) -> None:
    client = signed_in(app, cast.bo)

    assert "Said. Number" in send(client, "/ideas", say="No fax to cancel", names="hidden").get_data(as_text=True)


@pytest.mark.parametrize("shown", ["x", "-1", "9" * 30, "١"])
def test_a_number_that_is_none_is_refused_with_the_words_kept(app: Flask, cast: Cast, fax: int, shown: str) -> None:
    answer = send(signed_in(app, cast.bo), "/ideas", say=FAX, names="hidden", shown=[shown])

    assert answer.status_code == 422
    assert FAX in answer.get_data(as_text=True)


def test_pairs_to_put_together_leave_out_those_told_apart(context: Flask, cast: Cast, fax: int) -> None:
    first, second = said(cast.bo, LIKE_FAX), said(cast.cy, f"{LIKE_FAX} their line")
    search_jobs.learn()

    def best() -> set[int]:
        return {match.number for match in similar.similar_pairs(fax, viewer=viewer(cast.vic))}

    assert best() == {first, second}
    with writing():
        similar.remember_not_same(second, fax, by=cast.vic, now=NOON)
        similar.remember_not_same(fax, second, by=cast.mia, now=NOON)
    assert best() == {first}
    assert pairs() == [(fax, second, cast.vic)]
    assert {match.number for match in similar.similar_pairs(second, viewer=viewer(cast.vic))} == {first}
    assert similar.similar_pairs(9999, viewer=viewer(cast.vic)) == []


def test_an_idea_is_the_same_as_itself(context: Flask, cast: Cast, fax: int) -> None:
    with writing(), pytest.raises(Invalid) as refusal:
        similar.remember_not_same(fax, fax, by=None, now=NOON)

    assert refusal.value.code == "same_idea"
