"""Comments: who reads as what, sent once, taken back, counted."""

import threading
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.db import db, writing
from portal.errors import Conflict, DomainError, Invalid, Refused
from portal.ideas import drafts, moderating, queries, service, talking
from portal.ideas.models import Comment, Draft, Idea
from portal.ideas.rules import Action
from portal.ideas.talking import NewComment
from portal.ideas.words import CommentKind, Names
from tests.factories import NOON, Cast
from tests.ideas.making import commented, idea, said, viewer

pytestmark = pytest.mark.usefixtures("context")


def refused(error: type[DomainError], code: str, verb, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error) as caught, writing():
        verb(*args, **kwargs)
    assert caught.value.code == code


def bylines(number: int, looking: int) -> list[tuple[str, bool]]:
    return [(one.byline.text, one.mine) for one in queries.comments_for(viewer(looking), idea(number))]


def comment(comment_id: int) -> Comment:
    found = db.session.get(Comment, comment_id, populate_existing=True)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", list(CommentKind))
def test_a_build_a_workaround_or_a_question_is_added_and_counted(cast: Cast, kind: CommentKind) -> None:
    number = said(cast.asha)

    commented(cast.bo, number, "Ask for a *photo*.", kind=kind)

    view = queries.comments_for(viewer(cast.cy), idea(number))[0]
    assert (view.kind, view.body, view.names, view.mine) == (kind, "Ask for a *photo*.", Names.HIDDEN, False)
    assert idea(number).comment_count == 1


@pytest.mark.parametrize(
    ("idea_names", "comment_names", "reads_as"),
    [
        (Names.HIDDEN, Names.HIDDEN, "The author"),
        (Names.HIDDEN, Names.SHOWN, "Asha, Billing, Leeds"),
        (Names.SHOWN, Names.SHOWN, "Asha, Billing, Leeds"),
        (Names.SHOWN, Names.HIDDEN, "A colleague in Leeds"),
        (Names.HIDDEN, Names.NONE, "A colleague in Leeds"),
        (Names.NONE, Names.HIDDEN, "A colleague in Leeds"),
    ],
)
def test_the_author_answers_without_giving_anybody_away(
    cast: Cast, idea_names: Names, comment_names: Names, reads_as: str
) -> None:
    number = said(cast.asha, names=idea_names)

    written = commented(cast.asha, number, names=comment_names)

    assert bylines(number, cast.bo) == [(reads_as, False)]
    assert bylines(number, cast.asha) == [(reads_as, comment_names is not Names.NONE)]
    tells = idea_names is Names.HIDDEN and comment_names is Names.SHOWN
    assert not (tells and comment(written).by_idea_author)


def test_the_same_form_sent_twice_is_one_comment(cast: Cast) -> None:
    number, key = said(cast.asha), str(uuid4())

    first, second = commented(cast.bo, number, draft_key=key), commented(cast.bo, number, draft_key=key)

    assert first == second
    assert idea(number).comment_count == 1
    other = NewComment("Other words", draft_key=key)
    refused(Conflict, "already_sent", talking.add_comment, viewer(cast.bo), idea(number), other, now=NOON)


def test_words_outside_the_limits_are_refused(cast: Cast) -> None:
    number, bo = said(cast.asha), viewer(cast.bo)

    refused(Invalid, "too_short", talking.add_comment, bo, idea(number), NewComment("a"), now=NOON)
    refused(Invalid, "too_long", talking.add_comment, bo, idea(number), NewComment("x" * 10_001), now=NOON)
    commented(cast.bo, number, "x" * 10_000)


def test_nothing_is_added_to_what_was_taken_back_or_is_hidden(cast: Cast) -> None:
    gone, hidden = said(cast.asha), said(cast.asha)
    with writing():
        service.withdraw(viewer(cast.asha), idea(gone), now=NOON)
        moderating.moderate(viewer(cast.mia), moderating.text_of(idea(hidden), None), Action.HIDE, "A name", now=NOON)

    asha, words = viewer(cast.asha), NewComment("More words")
    refused(Conflict, "idea_withdrawn", talking.add_comment, asha, idea(gone), words, now=NOON)
    refused(Conflict, "idea_hidden", talking.add_comment, asha, idea(hidden), words, now=NOON)


def test_a_comment_is_taken_back_by_its_author_once(cast: Cast) -> None:
    number = said(cast.asha)
    written, nameless = commented(cast.bo, number, names=Names.SHOWN), commented(cast.bo, number, names=Names.NONE)
    bo = viewer(cast.bo)

    refused(Refused, "not_yours", talking.withdraw_comment, viewer(cast.asha), comment(written), now=NOON)
    refused(Refused, "not_yours", talking.withdraw_comment, bo, comment(nameless), now=NOON)
    with writing():
        talking.withdraw_comment(bo, comment(written), now=NOON)
    refused(Conflict, "comment_withdrawn", talking.withdraw_comment, bo, comment(written), now=NOON)

    view = queries.comments_for(viewer(cast.cy), idea(number))[0]
    assert (view.withdrawn, view.body, view.byline.hidden) == (True, "", True)
    assert idea(number).comment_count == 1


def test_many_at_once_are_all_counted(app: Flask, cast: Cast) -> None:
    number, start, errors = said(cast.asha), threading.Barrier(6), []

    def write(person_id: int) -> None:
        with app.app_context():
            who = viewer(person_id)
            start.wait()
            try:
                with writing():
                    talking.add_comment(who, queries.idea_for(who, number), NewComment("Same here"), now=NOON)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(person_id,)) for person_id in cast.voters[:6]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 6
    assert idea(number).comment_count == 6


def test_hiding_restoring_and_withdrawing_keep_the_count_right(cast: Cast) -> None:
    number = said(cast.asha)
    first, second = commented(cast.bo, number), commented(cast.cy, number)
    mia = viewer(cast.mia)

    def decide(action: Action, which: int) -> None:
        with writing():
            moderating.moderate(mia, moderating.text_of(idea(number), which), action, "Because of a name", now=NOON)

    decide(Action.HIDE, first)
    assert idea(number).comment_count == 1
    with writing():
        talking.withdraw_comment(viewer(cast.bo), comment(first), now=NOON)
    assert idea(number).comment_count == 1
    decide(Action.HIDE, second)
    decide(Action.RESTORE, second)

    assert idea(number).comment_count == 1
    assert [one.body != "" for one in queries.comments_for(viewer(cast.di), idea(number))] == [False, True]


def test_a_hidden_comment_is_there_for_its_author_and_for_moderation(cast: Cast) -> None:
    number = said(cast.asha)
    written = commented(cast.bo, number, names=Names.SHOWN)
    with writing():
        text = moderating.text_of(idea(number), written)
        moderating.moderate(viewer(cast.mia), text, Action.HIDE, "A name", now=NOON)

    bodies = {
        name: queries.comments_for(viewer(getattr(cast, name)), idea(number))[0].body for name in ("bo", "mia", "cy")
    }

    assert bodies == {"bo": "Try the **other** form.", "mia": "Try the **other** form.", "cy": ""}
    assert queries.comments_for(viewer(cast.cy), idea(number))[0].byline.hidden


def test_sending_a_comment_clears_its_own_draft_only(cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        for about in (drafts.about_comment(number), drafts.IDEA):
            drafts.keep_draft(cast.bo, about, "half", Names.HIDDEN, now=NOON)

    commented(cast.bo, number)

    assert db.session.scalars(select(Draft.about)).all() == [drafts.IDEA]


def test_the_count_is_changed_relative_to_what_it_is_now(cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        db.session.execute(update(Idea).where(Idea.id == number).values(comment_count=41))

    commented(cast.bo, number)

    assert idea(number).comment_count == 42
