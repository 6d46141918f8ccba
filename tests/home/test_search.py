"""Searching ideas, comments and promises, as different people see them."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.commitments import service as commitments
from portal.commitments.models import CommitmentState
from portal.db import db, writing
from portal.home import doctor, search_jobs
from portal.home.search import Asked, Found, search
from portal.ideas import moderating, service, talking
from portal.ideas.models import Comment, Idea
from portal.ideas.rules import Action
from portal.ideas.search_index import Text
from portal.ideas.search_models import EntryKind, SearchEntry
from portal.ideas.search_queries import SCANNED
from portal.ideas.search_store import add
from portal.ideas.service import NewSorting
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage
from tests.commitments.factories import make_promise, make_promoted
from tests.factories import NOON, Cast, signed_in
from tests.ideas.making import commented, idea, said, viewer
from tests.swarm.voting import vote

HOSTILE = (
    '"', "'", "''", "%", "_", "%%__", "*", "router*", "NEAR(a b)", "a AND", "OR OR OR", "NOT fax", "(", ")", "a:b",
    "title:fax", "-fax", "^fax", "{", "}", "\\", "fax\\", "fax'; DROP TABLE ideas;--", "fax | & !", "<->", "fax:*",
    "🎉", "👩‍👩‍👧", "日本語", "e\u0301" * 50, "ﬁ½", "\u202efax", "a" * 10_000, "fax " * 2_500,
    " ".join(f"word{n}" for n in range(2_000)), "0", "#", "#999999999999999999", "-1", "1e309", "١٢٣", "search_fts",
)  # fmt: skip


def found(person_id: int, text: str, **over: object) -> Found:
    return search(viewer(person_id), Asked(text, **over), now=NOON)  # type: ignore[arg-type]


def numbers(result: Found) -> list[int | None]:
    return [hit.number for hit in result.hits]


def learned() -> None:
    search_jobs.learn()


@pytest.mark.parametrize("text", ["refund", "refunds", "REFUNDING", "réfund", "over refunded", "refund, pounds"])
def test_an_idea_is_found_by_any_form_of_its_words(context: Flask, cast: Cast, text: str) -> None:
    number = said(cast.asha, "Refunds over ten pounds need two signatures.")
    said(cast.asha, "The headset drops when the lift moves.")

    assert numbers(found(cast.bo, text))[0] == number


@pytest.mark.parametrize("text", ["sigantures", "signatres", "signaturres", "refunfs", "refnuds pounds"])
def test_a_mistyped_word_finds_it_too_and_it_is_said(context: Flask, cast: Cast, text: str) -> None:
    number = said(cast.asha, "Refunds over ten pounds need two signatures.")
    said(cast.asha, "The headset drops when the lift moves.")
    learned()

    result = found(cast.bo, text)

    assert numbers(result) == [number]
    assert result.instead.replace("signatures", "").replace("refunds", "").strip() in ("", "pounds")


def test_words_are_put_right_only_where_fewer_than_three_texts_fit(context: Flask, cast: Cast) -> None:
    for n in range(3):
        said(cast.asha, f"The form asks for a router number {n}")
    rooter = said(cast.asha, "The rooter is broken")
    learned()

    assert rooter not in numbers(found(cast.bo, "router"))


def test_some_of_the_words_are_enough_where_no_text_has_all(context: Flask, cast: Cast) -> None:
    fax, lift = said(cast.asha, "Customers must send a fax to cancel"), said(cast.asha, "The lift drops the headset")
    learned()

    result = found(cast.bo, "fax headset")

    assert set(numbers(result)) == {fax, lift}
    assert result.some


def test_a_number_finds_that_idea_first(context: Flask, cast: Cast) -> None:
    first = said(cast.asha, "Customers must send a fax to cancel")
    said(cast.asha, f"We read clause {first} aloud in every call")

    assert numbers(found(cast.bo, f"#{first}"))[0] == first
    assert found(cast.bo, "#9999").hits == []


def test_comments_and_promises_are_found_and_filtered(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, "Customers must send a fax to cancel")
    comment = commented(cast.bo, number, "A **photograph** of the letter would do.")
    with writing():
        made = make_promise(cast)
    promised = db.session.scalars(select(Idea.id).where(Idea.stage == Stage.PROMISED)).one()

    (hit,) = found(cast.bo, "photographs").hits
    assert (hit.kind, hit.ref, hit.number) == (EntryKind.COMMENT, comment, number)
    (hit,) = [one for one in found(cast.bo, made.sentence).hits if one.kind is EntryKind.RESULT]
    assert (hit.ref, hit.number) == (made.id, promised)
    assert found(cast.bo, "photographs", kind=EntryKind.IDEA).hits == []
    assert found(cast.bo, "fax", barrier=Barrier.TRAINING).hits == []
    assert numbers(found(cast.bo, "fax", stage=Stage.OPEN)) == [number]
    assert found(cast.bo, "fax", site=cast.places["Durban"]).hits == []


def test_a_promise_handed_back_is_not_found(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, state=CommitmentState.OFFERED)
        sentence = made.sentence
        commitments.hand_back(viewer(cast.olu), made, "Nobody here may change that system.", now=NOON)

    assert [hit for hit in found(cast.bo, sentence).hits if hit.kind is EntryKind.RESULT] == []


@pytest.mark.parametrize("audience", [Audience.SITE, Audience.EMPLOYER])
def test_what_is_for_some_is_found_by_them_alone(context: Flask, cast: Cast, audience: Audience) -> None:
    number = said(cast.asha, "The zebra crossing form is wrong", audience=audience)
    commented(cast.asha, number, "The zebra again")
    learned()

    assert set(numbers(found(cast.bo, "zebra"))) == {number}
    assert set(numbers(found(cast.vic, "zebra"))) == {number}
    for text in ("zebra", "zbera", str(number), "zebra giraffe"):
        assert found(cast.sam, text).hits == []
        assert found(cast.sam, text).instead == ""


def test_what_is_hidden_or_taken_back_is_found_by_nobody(context: Flask, cast: Cast) -> None:
    taken, hidden = said(cast.asha, "The zebra form is wrong"), said(cast.asha, "The giraffe form is wrong")
    kept = said(cast.asha, "The lion form is wrong")
    comment, other = commented(cast.bo, kept, "A crocodile"), commented(cast.bo, kept, "A hippopotamus")
    commented(cast.bo, hidden, "An antelope")
    with writing():
        service.withdraw(viewer(cast.asha), idea(taken), now=NOON)
        moderating.moderate(viewer(cast.mia), moderating.text_of(idea(hidden), None), Action.HIDE, "No", now=NOON)
        text = moderating.text_of(idea(kept), comment)
        moderating.moderate(viewer(cast.mia), text, Action.HIDE, "It names a customer", now=NOON)
        talking.withdraw_comment(viewer(cast.bo), db.session.get_one(Comment, other), now=NOON)

    for who in (cast.asha, cast.bo, cast.mia, cast.tess):
        for words in ("zebra", "giraffe", "crocodile", "hippopotamus", "antelope"):
            assert found(who, words).hits == [], words
    with writing():
        moderating.moderate(viewer(cast.mia), text, Action.RESTORE, "It does not", now=NOON)
        moderating.moderate(viewer(cast.mia), moderating.text_of(idea(hidden), None), Action.RESTORE, "Yes", now=NOON)
    assert numbers(found(cast.bo, "crocodile")) == [kept]
    assert numbers(found(cast.bo, "giraffe")) == [hidden]


def test_an_edit_and_another_title_are_found_by_their_new_words(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, "The zebra form is wrong")
    with writing():
        service.edit(viewer(cast.asha), idea(number), "The giraffe form is wrong", now=NOON)
        sorting = NewSorting("About the okapi form", Kind.IDEA, Barrier.POLICIES, None)
        service.sort(viewer(cast.asha), idea(number), sorting, now=NOON)

    assert found(cast.bo, "zebra").hits == []
    assert numbers(found(cast.bo, "giraffe")) == numbers(found(cast.bo, "okapi")) == [number]


@pytest.mark.parametrize("names", [Names.HIDDEN, Names.SHOWN])
def test_nobody_is_found_by_their_name(context: Flask, cast: Cast, names: Names) -> None:
    number = said(cast.asha, "The zebra form is wrong", names=names)
    commented(cast.asha, number, "Like this", names=names)

    assert found(cast.bo, "asha").hits == []


def test_the_order_does_not_depend_on_votes(context: Flask, cast: Cast) -> None:
    said(cast.asha, "The zebra form is wrong")
    second = said(cast.asha, "The zebra form is late")
    before = numbers(found(cast.bo, "zebra"))
    for voter in cast.voters[1:9]:
        vote(voter, before[-1] or second, "support")

    assert numbers(found(cast.bo, "zebra")) == before


def test_pages_follow_one_another_to_the_end(context: Flask, cast: Cast) -> None:
    all_ = {said(cast.asha, f"The zebra form {n} is wrong") for n in range(7)}
    seen, after = [], None
    while True:
        page = found(cast.bo, "zebra", limit=3, after=after)
        seen += numbers(page)
        after = page.next
        if after is None:
            break

    assert len(seen) == 7
    assert set(seen) == all_


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_can_be_typed_is_more_than_text(app: Flask, cast: Cast, text: str) -> None:
    with app.app_context():
        said(cast.asha, "Customers must send a fax to cancel")
    client = signed_in(app, cast.bo)

    for address in ("/search", "/ideas", "/ideas/similar"):
        answer = client.get(address, query_string={"q": text, "view": "newest"})
        assert answer.status_code == 200, (address, answer.text)


@pytest.mark.parametrize("address", ["/search", "/ideas/similar"])
def test_an_address_with_a_nul_is_refused_as_everywhere(app: Flask, cast: Cast, address: str) -> None:
    assert signed_in(app, cast.bo).get(address, query_string={"q": "fax\0x"}).status_code == 400


def test_a_page_marks_the_words_and_lets_nothing_through(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha, "The <script>zebra</script> form & all. The zebras are wrong.")

    page = signed_in(app, cast.bo).get("/search?q=zebra").get_data(as_text=True)

    assert f'href="/ideas/{number}"' in page
    assert "&lt;script&gt;<mark>zebra</mark>&lt;/script&gt;" in page
    assert "<mark>zebras</mark>" in page


def test_nothing_found_offers_the_box_with_the_words(app: Flask, cast: Cast) -> None:
    page = signed_in(app, cast.bo).get("/search?q=loyalty+pin").get_data(as_text=True)

    assert "Nothing like “loyalty pin”. Say it and you will be the first." in page
    assert ">loyalty pin</textarea>" in page


@pytest.mark.parametrize("asked", ["kind=dog", "barrier=dog", "stage=dog", "site=x", "after=x"])
def test_a_filter_that_is_none_is_refused(app: Flask, cast: Cast, asked: str) -> None:
    assert signed_in(app, cast.bo).get(f"/search?q=fax&{asked}").status_code == 422


def test_many_words_are_cut_and_it_is_said(app: Flask, cast: Cast) -> None:
    words = "+".join(f"word{n}" for n in range(300))

    assert "we looked for the first ones only" in signed_in(app, cast.bo).get(f"/search?q={words}").text
    assert "in nearly every text" in signed_in(app, cast.bo).get("/search?q=to+be+or+not").text


def test_of_a_very_common_word_the_newest_texts_are_looked_at_and_it_is_said(app: Flask, cast: Cast) -> None:
    said_so = f"we looked at the newest {SCANNED:,}"
    with app.app_context():
        old = said(cast.asha, "The zebra form is wrong")
        new = said(cast.sam, "The zebra form is wrong for us", audience=Audience.EMPLOYER)
        many = [Text(EntryKind.COMMENT, n, new, NOON, "", "zebra").columns() for n in range(1, SCANNED - 1)]
        with writing():
            add(many[:-1])
        assert not found(cast.bo, "zebra").newest and numbers(found(cast.bo, "zebra")) == [old]
        with writing():
            add(many[-1:])
        assert found(cast.sam, "zebra").newest and found(cast.bo, "zebra").newest
        nothing = found(cast.bo, "zebra", kind=EntryKind.COMMENT)
        assert nothing.hits == [] and not nothing.newest and not found(cast.bo, "form").newest
        with writing():
            more = (Text(EntryKind.COMMENT, n, new, NOON, "", "zebra") for n in (SCANNED, SCANNED + 1))
            add([text.columns() for text in more])
    client = signed_in(app, cast.bo)

    assert said_so in client.get("/search?q=zebras").text and said_so not in client.get("/search?q=form").text
    page = client.get("/search?q=zebra&kind=comment").text
    assert said_so in page and "Nothing among those" in page and "you will be the first" not in page


def test_a_rebuild_adds_what_is_missing_and_takes_out_what_is_gone(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, "The zebra form is wrong")
    gone = said(cast.asha, "The giraffe form is wrong")
    with writing():
        db.session.execute(SearchEntry.__table__.delete().where(SearchEntry.ref == number))  # type: ignore[attr-defined]
        db.session.execute(Idea.__table__.update().where(Idea.id == gone).values(stage=Stage.WITHDRAWN))  # type: ignore[attr-defined]
    assert not next(check for check in doctor.examine(context, now=NOON) if check.name == "search index").fine

    first, second = search_jobs.rebuild(), search_jobs.rebuild()

    assert (first[0], second[0]) == (1, 0)
    assert next(check for check in doctor.examine(context, now=NOON) if check.name == "search index").fine
    assert numbers(found(cast.bo, "zebra")) == [number]
    assert db.session.scalars(select(SearchEntry.ref).where(SearchEntry.ref == gone)).all() == []


def test_the_worker_completes_the_index(app: Flask, cast: Cast) -> None:
    from portal.worker import run_once

    with app.app_context():
        number = said(cast.asha, "The zebra form is wrong")
        with writing():
            make_promoted(cast)
    run_once(app, now=NOON)

    with app.app_context():
        assert numbers(found(cast.bo, "zbera")) == [number]
        assert db.session.scalars(select(SearchEntry.id).where(~SearchEntry.learned)).all() == []
