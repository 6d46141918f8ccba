"""The feed as a visitor meets it: it stays while they read, and never brings what they decided or have seen."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock
from portal.db import db, writing
from portal.home import dealing
from portal.home.board import dealt
from portal.home.wanted import Wanted
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm import looks_service
from portal.swarm.models import IdeaScore, Via, Vote
from portal.swarm.scores import keep_rows
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import said, viewer
from tests.swarm.looking import look
from tests.swarm.voting import vote


@pytest.fixture
def numbers(app: Flask, cast: Cast) -> list[int]:
    with app.app_context():
        return [said(cast.asha, f"Rule number {n} should go", now=clock.now()) for n in range(20)]


def page(client: FlaskClient, address: str = "/ideas") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def on(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li class="card idea[^>]*id="idea-(\d+)"', text)]


def more(text: str) -> str:
    found = re.search(r'<a class="btn btn--s" href="([^"]+)" rel="next">Show more', text)
    assert found
    return found[1].replace("&amp;", "&")


def next_of(text: str, number: int) -> str:
    found = re.search(rf'name="next" value="([^"]+)#idea-{number}"', text)
    assert found
    return found[1].replace("&amp;", "&")


def came_of(text: str, number: int) -> str:
    found = re.search(rf'action="/ideas/{number}/votes".*?name="came" value="([^"]+)"', text, re.DOTALL)
    assert found
    return found[1]


def test_more_is_added_below_and_what_is_above_stays(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    first = page(bo)
    with app.app_context():  # meanwhile the world goes on
        for person in (cast.cy, cast.di):
            vote(person, on(first)[-1], "stop", now=clock.now())
            vote(person, numbers[0], "support", now=clock.now())

    second = page(bo, more(first))
    third = page(bo, more(second))

    assert len(on(first)) == 8 and on(second)[:8] == on(first) and on(third)[:16] == on(second)
    assert sorted(on(third)) == sorted(numbers) and 'rel="next"' not in third


def test_a_vote_changes_its_own_card_and_nothing_around_it(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    first = page(bo)
    third = on(first)[2]

    back = send(bo, f"/ideas/{third}/votes", kind="pass", next=f"{next_of(first, third)}#idea-{third}").location
    after = page(bo, back)

    assert on(after) == on(first)
    assert "You said not me." in after
    assert on(page(bo, more(after)))[:8] == on(first)


def test_the_page_of_somebody_else_is_dealt_anew(app: Flask, cast: Cast, numbers: list[int]) -> None:
    address = more(page(signed_in(app, cast.bo)))
    cy = signed_in(app, cast.cy)

    assert on(page(cy, address.replace("show=16", "show=8"))) == on(page(cy))


def test_deciding_one_idea_leaves_the_others_in_their_order(context: Flask, cast: Cast) -> None:
    numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(30)]
    with writing():
        keep_rows(now=NOON)
    before = dealt(viewer(cast.bo), Wanted(), 30, day=NOON.date(), now=NOON).numbers
    leaders = [number for place, number in enumerate(before) if place % 8 not in (2, 5)]

    vote(cast.bo, before[0], "pass")
    after = dealt(viewer(cast.bo), Wanted(), 29, day=NOON.date(), now=NOON).numbers

    assert set(after) == set(numbers) - {before[0]}
    kept = [number for number in after if number in leaders[1:20]]
    moved = sum(one != other for one, other in zip(kept, leaders[1:20], strict=False))
    assert moved <= 4  # two of each eight places are for what hardly anybody has seen


@pytest.mark.parametrize("how", ["support", "pass", "stop", "look"])
def test_what_was_decided_or_fairly_seen_is_not_dealt_again(
    app: Flask, cast: Cast, numbers: list[int], how: str
) -> None:
    bo = signed_in(app, cast.bo)
    gone = on(page(bo))[0]
    with app.app_context():
        look(cast.bo, gone, 1) if how == "look" else vote(cast.bo, gone, how, now=clock.now())

    text = page(bo, "/ideas?show=24")

    assert sorted(on(text)) == sorted(set(numbers) - {gone})
    assert re.search(r"Needs your view <span>19</span>", text)


def test_what_was_only_glanced_at_is_dealt_again(app: Flask, cast: Cast, numbers: list[int]) -> None:
    with app.app_context():
        look(cast.bo, numbers[0], 2)

    assert numbers[0] in on(page(signed_in(app, cast.bo), "/ideas?show=24"))


def test_newest_and_mine_show_what_was_seen_too(app: Flask, cast: Cast, numbers: list[int]) -> None:
    with app.app_context():
        look(cast.bo, numbers[-1], 1)
        own = said(cast.bo, "My own rule should go", now=clock.now())
    bo = signed_in(app, cast.bo)

    assert on(page(bo, "/ideas?view=newest"))[:2] == [own, numbers[-1]]
    assert on(page(bo, "/ideas?view=newest&mine=1")) == [own]
    assert on(page(bo, "/ideas?mine=1")) == [own]
    assert own not in on(page(bo, "/ideas?show=24"))


def test_what_everybody_shares_leaves_out_what_one_has_seen(
    context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.home import sharing

    numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(120)]
    with writing():
        keep_rows(now=NOON)
    monkeypatch.setattr(sharing, "HELD", 120)
    sharing._kept.clear()
    look(cast.bo, numbers[5], 1)
    look(cast.bo, numbers[6], 4)

    pool = dealing.pool_for(viewer(cast.bo), Wanted(), now=NOON)

    assert {card.id for card in (*pool.promising, *pool.fresh)} == set(numbers) - {numbers[5]}


def test_a_vote_from_the_feed_says_so_and_cannot_be_made_up(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo, cy = signed_in(app, cast.bo), signed_in(app, cast.cy)
    text = page(bo)
    first, second = on(text)[:2]

    send(bo, f"/ideas/{first}/votes", kind="pass", came=came_of(text, first))
    send(bo, f"/ideas/{second}/votes", kind="pass", came=came_of(text, first))
    send(cy, f"/ideas/{first}/votes", kind="pass", came=came_of(text, first), next="/ideas#idea-1")

    with app.app_context():
        via = {(row.person_id, row.idea_id): row.via for row in db.session.scalars(select(Vote))}
    assert via == {(cast.bo, first): Via.FEED, (cast.bo, second): Via.LINK, (cast.cy, first): Via.LINK}


@pytest.mark.parametrize(("address", "via"), [("/ideas?view=newest", Via.NEWEST), ("/ideas?q=rule", Via.SEARCH)])
def test_a_vote_from_a_list_says_which(app: Flask, cast: Cast, numbers: list[int], address: str, via: Via) -> None:
    bo = signed_in(app, cast.bo)
    text = page(bo, address)
    number = on(text)[0]

    send(bo, f"/ideas/{number}/votes", kind="support", came=came_of(text, number))

    with app.app_context():
        assert db.session.scalars(select(Vote.via)).one() is via


def test_the_page_of_an_idea_remembers_how_one_came(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    text = page(bo)
    number = on(text)[0]
    link = re.search(rf'href="(/ideas/{number}\?came=[^"]+)"', text)
    assert link

    dealt_one, shared = page(bo, link[1]), page(bo, f"/ideas/{number}")
    send(bo, f"/ideas/{number}/votes", kind="pass", came=came_of(dealt_one, number), next=f"/ideas/{number}")

    assert 'name="came"' not in shared
    with app.app_context():
        assert db.session.scalars(select(Vote.via)).one() is Via.FEED


def test_who_changes_their_vote_came_as_they_came_first(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    text = page(bo)
    number = on(text)[0]
    send(bo, f"/ideas/{number}/votes", kind="pass", came=came_of(text, number))

    send(bo, f"/ideas/{number}/votes", kind="support")

    with app.app_context():
        standing = select(Vote.via).where(Vote.revoked_at.is_(None))
        assert db.session.scalars(standing).one() is Via.FEED


# -- one at a time -------------------------------------------------------------------------------------------


def test_one_at_a_time_leads_through_all_eight(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    text, met = page(bo, "/ideas/next"), []
    for place in range(8):
        assert f"{place + 1} of 8" in text
        (number,) = map(int, re.findall(r'<article [^>]*id="idea-(\d+)"', text))
        met.append(number)
        target = re.search(rf'action="/ideas/{number}/votes".*?name="next" value="([^"]+)"', text, re.DOTALL)
        assert target
        answer = send(bo, f"/ideas/{number}/votes", kind="pass" if place % 2 else "support",
                      came=came_of(text, number), next=target[1].replace("&amp;", "&"))  # fmt: skip
        text = page(bo, answer.location)

    assert "That was all 8" in text and len(set(met)) == 8
    with app.app_context():
        assert {row.via for row in db.session.scalars(select(Vote))} == {Via.FEED}
    assert not set(met) & set(re.findall(r'id="idea-(\d+)"', page(bo, "/ideas/next")))


def test_the_last_decision_is_undone_and_one_is_back_at_its_card(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    text = page(bo, "/ideas/next")
    number = int(re.findall(r'<article [^>]*id="idea-(\d+)"', text)[0])
    after = re.search(r'name="next" value="([^"]+)"', text[text.index("one__vote") :])
    assert after
    second = page(bo, send(bo, f"/ideas/{number}/votes", kind="support", next=after[1].replace("&amp;", "&")).location)

    undo = re.search(r'one__undo.*?name="next" value="([^"]+)"', second, re.DOTALL)
    assert undo and "You said me too to" in second
    third = page(bo, send(bo, f"/ideas/{number}/votes", kind="withdraw", next=undo[1].replace("&amp;", "&")).location)

    assert f'id="idea-{number}"' in third and "1 of 8" in third and "one__undo" not in third


def test_one_at_a_time_with_nothing_to_see_says_so(app: Flask, cast: Cast) -> None:
    assert "You have seen everything that needs you." in page(signed_in(app, cast.bo), "/ideas/next")


def test_a_place_that_is_none_is_refused(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)

    assert bo.get("/ideas/next?at=x").status_code == 422
    assert "1 of 8" in page(bo, "/ideas/next?dealt=nonsense&at=3")


def test_the_board_offers_one_at_a_time_only_where_it_fits(app: Flask, cast: Cast, numbers: list[int]) -> None:
    assert 'href="/ideas/next"' in page(signed_in(app, cast.bo))
    assert 'href="/ideas/next"' not in page(signed_in(app, cast.bo), "/ideas?view=newest")
    assert 'href="/ideas/next"' not in page(signed_in(app, cast.vic))


def test_a_carried_idea_stays_on_the_page_being_read(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    first = page(bo)
    with app.app_context():
        carried = on(first)[1]
        assert any(vote(person, carried, "strong", now=clock.now()) for person in cast.voters[1:20])
        assert db.session.get_one(Idea, carried).stage is Stage.PROMOTED
        assert db.session.get_one(IdeaScore, carried).open is False

    assert on(page(bo, more(first)))[:8] == on(first)
    assert carried not in on(page(bo))


def test_where_looks_are_off_the_board_tells_nothing(app: Flask, cast: Cast, numbers: list[int]) -> None:
    bo = signed_in(app, cast.bo)
    kept = page(bo)
    with app.app_context(), writing():
        looks_service.switch(viewer(cast.mia), kept=False, now=clock.now())

    off = page(bo)

    assert "data-looks" in kept and "looks.js" in kept
    assert "data-looks" not in off and "looks.js" not in off
    assert "data-looks" not in page(signed_in(app, cast.vic))
