"""Asking something before deciding: once, relayed, answered in public; and notes among executives."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db
from portal.errors import DomainError, Missing
from portal.ideas.models import Idea, Story
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.notices.models import Notice
from portal.triage import ask, assessments, queries
from portal.triage.models import Question
from portal.triage.moves_rules import UNDO, Opinion
from portal.triage.question_queries import question_for, waiting_for
from portal.web.transactions import writing
from tests.commitments.factories import make_idea, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.triage.test_service import make_executive
from tests.triage.test_undo import work

WORDS = "How often does this happen in a week?"


def asked(cast: Cast, expert: int | None = None, **over: object) -> Question:
    with writing():
        idea = make_promoted(cast, **over)
        return ask.ask(viewer(cast.vic), idea, WORDS, expert_id=expert, days=2, now=NOON)


def refused(who: int, idea: Idea, **over: object) -> str:
    values = {"words": WORDS, "now": NOON} | over
    with pytest.raises(DomainError) as caught, writing():
        ask.ask(viewer(who), db.session.get_one(Idea, idea.id), values.pop("words"), **values)  # type: ignore[arg-type]
    return caught.value.code


def test_a_hidden_author_is_asked_without_anybody_learning_who_it_is(context: Flask, cast: Cast) -> None:
    made = asked(cast)

    work(context, NOON + UNDO)
    hears = {one.person_id: one.title for one in db.session.scalars(select(Notice)) if "You are asked" in one.title}
    assert hears == {cast.asha: "You are asked something about your idea."}
    found = question_for(viewer(cast.vic), made.id)
    assert (found.expert, found.answered_by, found.mine) == (None, "the author", False)
    with writing():
        question = question_for(viewer(cast.asha), made.id).question
        ask.answer(viewer(cast.asha), question, "Twice a day, at least.", now=NOON + timedelta(hours=1))
    step = db.session.scalars(select(Story).where(Story.kind == StoryKind.ASK_ANSWERED)).one()
    assert (step.actor_id, step.words) == (None, "Twice a day, at least.")
    assert queries.brief(viewer(cast.vic), made.idea_id).question.answer == "Twice a day, at least."  # type: ignore[union-attr]


def test_a_shown_author_and_an_expert_answer_under_their_names(context: Flask, cast: Cast) -> None:
    by_author, by_expert = asked(cast, names=Names.SHOWN), asked(cast, expert=cast.olu)
    with writing():
        ask.answer(viewer(cast.asha), by_author, "Twice a day.", now=NOON)
        ask.answer(viewer(cast.olu), by_expert, "Ask Field Equipment.", now=NOON)

    steps = db.session.scalars(select(Story).where(Story.kind == StoryKind.ASK_ANSWERED).order_by(Story.id))
    assert [step.actor_id for step in steps] == [cast.asha, cast.olu]
    assert question_for(viewer(cast.vic), by_expert.id).answered_by == "Olu"


def test_the_clock_stops_once_and_for_two_working_days_here(context: Flask, cast: Cast) -> None:
    made = asked(cast)

    assert made.reply_by == NOON.replace(hour=0) + timedelta(days=3)  # asked on Monday: until the end of Wednesday
    assert refused(cast.vic, db.session.get_one(Idea, made.idea_id)) == "asked_once"
    assert queries.queue(viewer(cast.vic)).entries[0].asked_until == made.reply_by


def test_what_cannot_be_asked_and_whom(context: Flask, cast: Cast) -> None:
    with writing():
        idea, nobodys = make_promoted(cast), make_promoted(cast, names=Names.NONE, author_id=None)
        still_open = make_idea(cast)
        durban = {"site_id": cast.places["Durban"], "employer_id": cast.places["Brightline"]}
        walled = make_promoted(cast, audience=Audience.EMPLOYER, **durban)

    assert refused(cast.vic, nobodys) == "no_author"
    assert refused(cast.vic, idea, expert_id=cast.vic) == "asks_yourself"
    assert refused(cast.vic, idea, expert_id=999_999) == "unknown_expert"
    assert refused(cast.vic, idea, expert_id=2**40) == "unknown_expert"
    assert refused(cast.vic, walled, expert_id=cast.olu) == "unknown_expert"
    assert refused(cast.vic, idea, words="Why") == "question_too_short"
    assert refused(cast.vic, idea, days=6) == "reply_too_late"
    assert refused(cast.vic, still_open) == "not_promoted"
    assert refused(cast.olu, idea) == "not_allowed"


def test_only_whoever_was_asked_answers_and_only_once(context: Flask, cast: Cast) -> None:
    made = asked(cast, expert=cast.olu)

    for who in (cast.asha, cast.lea, cast.bo):
        with pytest.raises(Missing):
            question_for(viewer(who), made.id)
    for who, words, code in (
        (cast.vic, "Twice a day.", "not_asked"), (cast.olu, "No", "answer_too_short"),
        (cast.olu, "x" * 1001, "answer_too_long"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as caught, writing():
            ask.answer(viewer(who), made, words, now=NOON)
        assert caught.value.code == code
    assert [row.id for row in waiting_for(viewer(cast.olu), limit=5, cursor=None)[0]] == [made.id]
    with writing():
        ask.answer(viewer(cast.olu), made, "Twice a day.", now=NOON)
    with pytest.raises(DomainError) as caught, writing():
        ask.answer(viewer(cast.olu), made, "Three times.", now=NOON)
    assert caught.value.code == "already_answered"
    assert waiting_for(viewer(cast.olu), limit=5, cursor=None)[0] == []


def test_two_who_ask_at_once_ask_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promoted(cast).id
        make_executive(cast, "mia", "Harbour")
        both = viewer(cast.vic), viewer(cast.mia)

    def work(rival: int) -> object:
        return ask.ask(both[rival], queries.answerable(both[rival], number), WORDS, now=NOON).id

    assert race(app, 2, work).count("asked_once") == 1


def test_others_notes_open_with_ones_own(context: Flask, cast: Cast) -> None:
    with writing():
        make_executive(cast, "mia", "Harbour")
        idea = make_promoted(cast)
        number = idea.id
        assessments.note(viewer(cast.mia), idea, Opinion.NO, "Legal has to look first.", now=NOON)

    assert assessments.noted(viewer(cast.vic), number) == (None, [])
    assert queries.brief(viewer(cast.vic), number).notes == []
    with writing():
        assessments.note(viewer(cast.vic), idea, Opinion.NOT_SURE, "", now=NOON)
        assessments.note(viewer(cast.vic), idea, Opinion.GO, "It is cheap.", now=NOON + timedelta(minutes=1))
    own, others = assessments.noted(viewer(cast.vic), number)
    assert own is not None and (own.opinion, own.words) == (Opinion.GO, "It is cheap.")
    assert [(one.by, one.opinion) for one in others] == [("Mia", Opinion.NO)]
    assert [one.words for one in queries.brief(viewer(cast.vic), number).notes] == ["Legal has to look first."]


def test_a_note_is_short_and_about_what_waits(context: Flask, cast: Cast) -> None:
    vic = viewer(cast.vic)
    with writing():
        waiting, answered = make_promoted(cast), make_promoted(cast)
        answered.stage = Stage.DECLINED
    for idea, words, code in ((waiting, "x" * 301, "assessment_too_long"), (answered, "", "already_decided")):
        with pytest.raises(DomainError) as caught, writing():
            assessments.note(vic, db.session.get_one(Idea, idea.id), Opinion.GO, words, now=NOON)
        assert caught.value.code == code
