"""An idea that has joined another one, in search and beside the box, and what is refused on its page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError
from portal.home import doctor, instead, search_jobs
from portal.home.search import Asked, search
from portal.ideas import moderating, similar, talking
from portal.ideas.models import Comment
from portal.ideas.rules import Action
from portal.ideas.search_models import EntryKind, SearchEntry
from portal.ideas.words import Kind
from portal.swarm.occurrence_models import Occurrence
from portal.triage.again_models import AskedAgain
from tests.api.calling import Caller, error
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import commented, idea, said, viewer
from tests.ideas.ruling import joined, named, rule_said
from tests.swarm.merges import merge, unmerge
from tests.swarm.noting import noted

ONE, INTO = "Customers must send a fax before they may cancel.", "A zebra crossing form is needed twice."
LIKE_ONE = "A customer has to send us a fax before they can cancel"


@pytest.fixture
def pair(app: Flask, cast: Cast) -> tuple[int, int]:
    """Asha's idea with a comment that has joined Kim's, and that one."""
    with app.app_context():
        one, into = said(cast.asha, ONE, kind=Kind.STUPID_RULE), said(cast.kim, INTO, kind=Kind.STUPID_RULE)
        commented(cast.bo, one, "The giraffe knows")
        commented(cast.bo, into, "The lion knows")
        search_jobs.learn()
        merge(cast, one, into)
    return one, into


def found(person_id: int, text: str) -> list[tuple[EntryKind, int | None]]:
    return [(hit.kind, hit.number) for hit in search(viewer(person_id), Asked(text), now=NOON).hits]


def index_is_right(app: Flask) -> bool:
    checks = {check.name: check.fine for check in doctor.examine(app, now=NOON)}
    return checks["search index"] and search_jobs.complete() == 0


def test_it_is_found_no_more_and_its_comments_are_found_under_the_other(
    context: Flask, cast: Cast, pair: tuple[int, int]
) -> None:
    one, into = pair
    for person in (cast.bo, cast.asha, cast.mia):
        assert found(person, "fax") == []
        assert found(person, "giraffe") == [(EntryKind.COMMENT, into)]
    assert found(cast.bo, "zebra") == [(EntryKind.IDEA, into)] and found(cast.bo, "lion") == [(EntryKind.COMMENT, into)]
    assert index_is_right(context)

    unmerge(cast, one)
    assert found(cast.bo, "fax") == [(EntryKind.IDEA, one)]
    assert found(cast.bo, "giraffe") == [(EntryKind.COMMENT, one)]
    assert found(cast.bo, "lion") == [(EntryKind.COMMENT, into)]
    assert index_is_right(context)


def test_a_comment_taken_back_meanwhile_stays_away(context: Flask, cast: Cast, pair: tuple[int, int]) -> None:
    one, _ = pair
    comment = db.session.scalars(select(Comment).where(Comment.body == "The giraffe knows")).one()
    with writing():
        talking.withdraw_comment(viewer(cast.bo), comment, now=NOON)
    unmerge(cast, one)

    assert found(cast.bo, "giraffe") == [] and index_is_right(context)


def test_its_number_finds_the_other(context: Flask, cast: Cast, pair: tuple[int, int]) -> None:
    one, into = pair

    assert found(cast.bo, f"#{one}")[:1] == found(cast.bo, str(into))[:1] == [(EntryKind.IDEA, into)]


def test_hidden_and_shown_again_it_is_still_found_no_more(context: Flask, cast: Cast, pair: tuple[int, int]) -> None:
    one, _ = pair
    with writing():
        moderating.moderate(viewer(cast.mia), moderating.text_of(idea(one), None), Action.HIDE, "No", now=NOON)
        moderating.moderate(viewer(cast.mia), moderating.text_of(idea(one), None), Action.RESTORE, "Yes", now=NOON)

    assert found(cast.bo, "fax") == []
    assert db.session.scalars(select(SearchEntry.id).where(SearchEntry.idea_id == one)).all() == []


def test_it_is_not_offered_as_alike(context: Flask, cast: Cast, pair: tuple[int, int]) -> None:
    one, _ = pair
    other = said(cast.di, f"{LIKE_ONE} their line")

    assert [match.number for match in similar.similar(viewer(cast.bo), LIKE_ONE)] == [other]
    assert similar.similar_pairs(other, viewer=viewer(cast.vic)) == []
    unmerge(cast, one)
    assert one in [match.number for match in similar.similar(viewer(cast.bo), LIKE_ONE)]
    assert [match.number for match in similar.similar_pairs(other, viewer=viewer(cast.vic))] == [one]


# -- what is refused -----------------------------------------------------------------------------------------


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    db.session.rollback()
    return caught.value.code


def test_every_verb_names_why_it_refuses(context: Flask, cast: Cast, pair: tuple[int, int]) -> None:
    one, _ = pair
    rule = named(cast.asha, rule_said(cast.asha))

    assert refused(lambda: noted(cast.bo, one)) == "merged"
    assert refused(lambda: named(cast.asha, one)) == "merged"
    assert refused(lambda: joined(cast.mia, one, rule)) == "merged"
    assert refused(lambda: commented(cast.bo, one)) == "merged"
    assert refused(lambda: instead.me_too_instead(viewer(cast.bo), one, now=NOON)) == "merged"
    assert (
        refused(lambda: instead.take_back(viewer(cast.bo), one, "", idea(one).names, voted=True, now=NOON)) == "merged"
    )


def test_an_occurrence_noted_before_moves_and_can_be_noted_on_the_other(context: Flask, cast: Cast) -> None:
    one, into = said(cast.asha, ONE), said(cast.kim, INTO)
    noted(cast.bo, one)
    merge(cast, one, into, now=NOON + timedelta(minutes=1))
    noted(cast.bo, into, now=NOON + timedelta(minutes=2))

    assert set(db.session.scalars(select(Occurrence.idea_id))) == {into}


CODES = {
    "votes": ("bo", {"kind": "support"}, 409),
    "comments": ("bo", {"kind": "build", "say": "The other form", "names": "hidden"}, 409),
    "occurrences": ("bo", {"day": str(NOON.date())}, 409),
    "rule": ("mia", {"title": "Fax", "says": "Send a fax.", "barrier": "policies", "scope": "organisation",
                     "legal_basis": "unknown"}, 409),
    "ask-again": ("bo", {}, 409),
    "back": ("bo", {"day": str(NOON.date()), "words": ""}, 409),
    "withdrawal": ("asha", {}, 409),
    "edit": ("asha", {"say": "Customers must send two faxes."}, 409),
}  # fmt: skip


@pytest.mark.parametrize("what", CODES)
def test_every_form_is_refused_on_its_page(app: Flask, cast: Cast, pair: tuple[int, int], what: str) -> None:
    who, form, status = CODES[what]
    one, into = pair

    answer = send(signed_in(app, getattr(cast, who)), f"/ideas/{one}/{what}", **form)

    assert answer.status_code == status
    with app.app_context():
        assert db.session.scalars(select(Occurrence.id)).all() == db.session.scalars(select(AskedAgain.id)).all() == []
        assert db.session.scalars(select(Comment.idea_id).distinct()).all() == [into]


@pytest.mark.parametrize(
    ("who", "method", "part", "body", "code"),
    [
        ("bo", "put", "vote", {"kind": "support"}, "merged"),
        ("bo", "post", "comments", {"body": "The other form"}, "merged"),
        ("bo", "post", "occurrences", {}, "merged"),
        ("mia", "post", "rule", {"title": "Fax", "says": "Send a fax.", "barrier": "policies"}, "merged"),
        ("mia", "delete", "rule", None, "merged"),
        ("bo", "post", "ask-again", {}, "not_declined"),
        ("bo", "post", "back", {}, "not_done"),
    ],
)
def test_programs_are_told_the_code(
    app: Flask, cast: Cast, pair: tuple[int, int], who: str, method: str, part: str, body: object, code: str
) -> None:
    answer = Caller(app, getattr(cast, who)).call(method.upper(), f"/ideas/{pair[0]}/{part}", json=body)

    assert error(answer) == (409, code)


def test_its_page_offers_none_of_it(app: Flask, cast: Cast, pair: tuple[int, int]) -> None:
    one, _ = pair
    for person in (cast.bo, cast.asha, cast.mia, cast.vic):
        page = signed_in(app, person).get(f"/ideas/{one}").text
        for part in ("votes", "comments", "occurrences", "rule", "ask-again", "back", "withdrawal", "edit"):
            assert f'"/ideas/{one}/{part}"' not in page, part
