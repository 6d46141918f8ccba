"""Merging on pages: choosing, comparing, confirming, what both pages say, and taking them apart."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.home import search_jobs
from portal.ideas.search_models import NotTheSame
from portal.ideas.words import Audience, Names, Stage
from portal.triage.moves_jobs import ALIKE, HANDLERS
from portal.worker import run_once
from tests.commitments.factories import make_promoted
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import commented, idea, said
from tests.swarm.merges import merge, standing
from tests.swarm.voting import vote

ONE, INTO = "We need two passwords to look at one bill.", "Bills need a second password."


def two(app: Flask, cast: Cast, **over: object) -> tuple[int, int]:
    with app.app_context():
        pair = said(cast.asha, ONE, **over), said(cast.kim, INTO, **over)
        search_jobs.learn()
        return pair


def two_promoted(app: Flask, cast: Cast) -> tuple[int, int]:
    with app.app_context():
        with writing():
            one, other = make_promoted(cast), make_promoted(cast, promoted_at=NOON)
            numbers = one.id, other.id
        search_jobs.rebuild()
    run_once(app, now=clock.now(), handlers={ALIKE: HANDLERS[ALIKE]})  # triage shows what the worker has found
    return numbers


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("who", ["vic", "mia"])
def test_one_chooses_looks_at_both_and_confirms(app: Flask, cast: Cast, who: str) -> None:
    one, into = two(app, cast)
    client = signed_in(app, getattr(cast, who))

    start = client.get(f"/ideas/{one}").text
    proposed = client.get(f"/ideas/{one}/merge").text
    found = client.get(f"/ideas/{one}/merge?into=second+password").text
    beside = client.get(f"/ideas/{one}/merge?into={into}").text
    done = send(client, f"/ideas/{one}/merge", into=into, reason="The same password.")

    assert f'href="/ideas/{one}/merge"' in start
    assert f"into={into}" in proposed and f"into={into}" in found
    assert ONE in beside and INTO in beside and f"Merge into number {into}" in text_of(beside)
    assert (done.status_code, done.location) == (303, f"/ideas/{into}")
    with app.app_context():
        assert idea(one).merged_into_id == into


def test_from_triage_one_goes_on_to_what_waits_next(app: Flask, cast: Cast) -> None:
    one, other = two_promoted(app, cast)
    client = signed_in(app, cast.vic)

    panel = client.get(f"/triage?idea={one}&move=merge").text
    done = send(client, f"/ideas/{one}/merge", into=other, next=f"/triage?idea={other}")

    assert f'action="/ideas/{one}/merge"' in panel and f'name="next" value="/triage?idea={other}"' in panel
    assert 'href="/triage?idea=' + str(one) + '&amp;move=merge#decide" data-act="merge" aria-current="true"' in panel
    assert (done.status_code, done.location) == (303, f"/triage?idea={other}")
    assert f"/triage?idea={one}" not in client.get("/triage").text


@pytest.mark.parametrize("way", ["/ideas/{}/merge", "/triage?idea={}&move=merge"])
def test_not_the_same_is_never_proposed_again(app: Flask, cast: Cast, way: str) -> None:
    one, other = two_promoted(app, cast)
    client, address = signed_in(app, cast.vic), way.format(one)

    proposed = client.get(address).text
    kept = send(client, f"/ideas/{one}/not-the-same", other=other, next=address)
    again = send(client, f"/ideas/{other}/not-the-same", other=one)

    assert f'action="/ideas/{one}/not-the-same"' in proposed and f'name="other" value="{other}"' in proposed
    assert f'name="next" value="{address.replace("&", "&amp;")}"' in proposed
    assert (kept.status_code, kept.location) == (303, address)
    assert (again.status_code, again.location) == (303, f"/ideas/{other}/merge")
    for page in (client.get(address).text, client.get(way.format(other)).text):
        assert "not-the-same" not in page and "into=" not in page.replace('?into="', "")
    with app.app_context():
        assert [(pair.idea_a, pair.idea_b, pair.by_id) for pair in db.session.scalars(select(NotTheSame))] == [
            (one, other, cast.vic)
        ]


def test_two_side_by_side_can_be_told_apart_too(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    mia = signed_in(app, cast.mia)

    assert "They are not the same" in mia.get(f"/ideas/{one}/merge?into={into}").text
    assert send(mia, f"/ideas/{one}/not-the-same", other=into).status_code == 303
    assert f"into={into}" not in mia.get(f"/ideas/{one}/merge").text
    assert f"into={into}" in mia.get(f"/ideas/{one}/merge?into=second+password").text


@pytest.mark.parametrize(("other", "status"), [("one", 422), ("999999", 422), ("x", 422), ("", 422), ("joined", 409)])
def test_what_cannot_be_told_apart_is_refused(app: Flask, cast: Cast, other: str, status: int) -> None:
    one, into = two(app, cast)
    if other == "joined":
        with app.app_context():
            merge(cast, into, one)
    given = {"one": one, "joined": into}.get(other, other)

    assert send(signed_in(app, cast.mia), f"/ideas/{one}/not-the-same", other=given).status_code == status


def test_who_said_it_under_a_hidden_name_is_not_kept(app: Flask, cast: Cast) -> None:
    with app.app_context():
        one, other = said(cast.vic, ONE, names=Names.HIDDEN), said(cast.kim, INTO)
    assert send(signed_in(app, cast.vic), f"/ideas/{one}/not-the-same", other=other).status_code == 303

    with app.app_context():
        assert db.session.scalars(select(NotTheSame.by_id)).all() == [None]


def test_only_who_answers_tells_apart_and_only_what_they_may_read(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        closed = said(cast.sam, ONE, audience=Audience.EMPLOYER)

    assert send(signed_in(app, cast.bo), f"/ideas/{one}/not-the-same", other=into).status_code == 403
    assert send(signed_in(app, cast.kim), f"/ideas/{closed}/not-the-same", other=into).status_code in (403, 404)
    with app.app_context():
        assert db.session.scalars(select(NotTheSame)).all() == []


def test_the_page_says_where_the_idea_is_and_what_came_along(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        vote(cast.bo, one, "support")
        vote(cast.cy, one, "pass")
        vote(cast.kim, one, "support")
        merge(cast, one, into)
    said_to = {
        cast.bo: f"Joined number {into}; your me-too came with you.",
        cast.cy: f"Joined number {into}; your view came with you.",
        cast.kim: f"Joined number {into}; its votes count there.",
        cast.di: f"Joined number {into}; its votes count there.",
    }

    for person, words in said_to.items():
        page = signed_in(app, person).get(f"/ideas/{one}").text
        assert words in text_of(page) and f'href="/ideas/{into}"' in page
        assert f"/ideas/{one}/votes" not in page and "Take them apart" not in page


def test_the_other_page_names_what_joined_and_offers_to_take_it_apart(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        vote(cast.bo, one, "support")
        merge(cast, one, into, now=clock.now())
    mia = signed_in(app, cast.mia)

    page = mia.get(f"/ideas/{into}").text
    plain = signed_in(app, cast.di).get(f"/ideas/{into}").text
    done = send(mia, f"/ideas/{one}/unmerge")

    assert f'action="/ideas/{one}/unmerge"' in page and f'action="/ideas/{one}/unmerge"' not in plain
    assert f'<a href="/ideas/{one}">' in plain and f"Mia let number {one} join it." in text_of(plain)
    assert (done.status_code, done.location) == (303, f"/ideas/{one}")
    with app.app_context():
        assert set(standing(one)) == {cast.bo} and idea(one).stage is Stage.OPEN
    assert "stands on its own again" in mia.get(f"/ideas/{one}").text


def test_whoever_decided_one_has_decided_the_other_and_nobody_else(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        for person in (cast.bo, *cast.voters[9:12]):
            vote(person, one, "support")
        merge(cast, one, into)

    decided = text_of(signed_in(app, cast.bo).get(f"/ideas/{into}").text)
    undecided = [text_of(signed_in(app, cast.di).get(f"/ideas/{number}").text) for number in (one, into)]

    assert "4 of you hit this so far" in decided
    assert all("of you hit" not in page and "4" not in page.replace(f"number {into}", "") for page in undecided[:1])
    assert "Counts stay hidden until you weigh in." in undecided[1] and "4 of you" not in undecided[1]


def test_it_is_gone_from_the_lists_but_not_from_its_authors(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        merge(cast, one, into)
    asha, bo = signed_in(app, cast.asha), signed_in(app, cast.bo)

    for view in ("needs-you", "rising", "executives", "newest"):
        assert f'"idea-{one}"' not in bo.get(f"/ideas?view={view}").text
    assert f'"idea-{one}"' not in bo.get(f"/ideas?view=newest&q={one}").text
    assert f'"idea-{into}"' in bo.get("/ideas?view=newest").text
    assert f'"idea-{one}"' in asha.get("/me").text and "Joined another" in asha.get("/me").text


def test_a_hidden_author_stays_hidden(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast, names=Names.HIDDEN)
    with app.app_context():
        commented(cast.asha, one, names=Names.HIDDEN)
        merge(cast, one, into)

    for number in (one, into):
        page = text_of(signed_in(app, cast.bo).get(f"/ideas/{number}").text)
        assert "Asha" not in page and "Kim" not in page
    assert "The author" not in text_of(signed_in(app, cast.bo).get(f"/ideas/{into}").text)


def test_an_audience_is_not_widened(app: Flask, cast: Cast) -> None:
    with app.app_context():
        one, into = said(cast.asha, ONE, audience=Audience.SITE), said(cast.asha, INTO)
    mia = signed_in(app, cast.mia)

    beside = mia.get(f"/ideas/{one}/merge?into={into}").text
    refused = send(mia, f"/ideas/{one}/merge", into=into, reason="The same password.")

    assert "More people may read that idea" in beside and "<textarea" not in beside
    assert refused.status_code == 409 and "More people may read that idea" in refused.text
    assert f"/ideas/{one}/merge?into={into}" not in mia.get(f"/ideas/{one}/merge").text


@pytest.mark.parametrize("into", ["", "x", "0", "999999", "9" * 30])
def test_what_is_no_number_is_asked_again(app: Flask, cast: Cast, into: str) -> None:
    one, _ = two(app, cast)
    mia = signed_in(app, cast.mia)

    assert mia.get(f"/ideas/{one}/merge?into={into}").status_code == 200
    assert send(mia, f"/ideas/{one}/merge", into=into, reason="").status_code == 422


def test_colleagues_are_not_offered_it(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    for person in (cast.asha, cast.lea, cast.tess, cast.olu):
        client = signed_in(app, person)
        assert f"/ideas/{one}/merge" not in client.get(f"/ideas/{one}").text
        assert client.get(f"/ideas/{one}/merge").status_code == 403
        assert send(client, f"/ideas/{one}/merge", into=into).status_code == 403
        assert send(client, f"/ideas/{one}/unmerge").status_code == 403


def test_after_thirty_days_nothing_is_offered(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        merge(cast, one, into, now=NOON - timedelta(days=3000))
    mia = signed_in(app, cast.mia)

    assert "Take them apart" not in mia.get(f"/ideas/{one}").text
    assert send(mia, f"/ideas/{one}/unmerge").status_code == 410


def test_a_target_that_is_hidden_later_is_not_named(app: Flask, cast: Cast) -> None:
    one, into = two(app, cast)
    with app.app_context():
        merge(cast, one, into)
        with writing():
            idea(into).hidden_at = NOON

    page = signed_in(app, cast.bo).get(f"/ideas/{one}")

    assert page.status_code == 200 and "which is not shown at the moment" in page.text and INTO not in page.text
