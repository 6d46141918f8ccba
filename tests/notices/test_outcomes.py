"""Who hears what became of an idea: everybody who took part, once, as far as they may read it, and without a count."""

import json
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.ideas import service as ideas
from portal.ideas import story
from portal.ideas.models import Idea, Story
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.notices import outcome_jobs, preferences
from portal.notices.models import Notice, NoticePace
from portal.notices.moments import Moment, Pace
from portal.notices.outcome_words import OUTCOMES
from portal.notices.recipients_rules import ONLY_FOLLOWERS, TAKING_PART, WITH_OWNER, How, Part, recipients
from portal.notices.service import POST
from portal.outbox.models import Message
from portal.people.models import Person
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.ideas.making import commented, idea, said, viewer
from tests.swarm.voting import vote

LATER = NOON + timedelta(hours=1)


def happens(number: int, kind: StoryKind = StoryKind.REPLIED, *, now: Any = NOON, **over: Any) -> int:
    with writing():
        step = story.record(number, kind, now=now, **over)
        db.session.flush()
        return step.id


def told(app: Flask, *, now: Any = NOON) -> list[Notice]:
    """What stands in the portal once the worker has run."""
    db.session.remove()
    run_once(app, now=now, handlers={**outcome_jobs.HANDLERS, POST: lambda message, now: None})
    return list(db.session.scalars(select(Notice).order_by(Notice.person_id, Notice.id)))


def test_who_hears_follows_from_what_they_did() -> None:
    parts = [Part(1, How.AUTHOR), Part(2, How.SUPPORTER), Part(2, How.COMMENTER), Part(3, How.OWNER),
             Part(3, How.SUPPORTER), Part(4, How.FOLLOWER), Part(5, How.SPONSOR), Part(6, How.MET_IT)]  # fmt: skip

    assert recipients(parts, among=TAKING_PART, actor_id=5) == [1, 2, 4, 6]
    assert recipients(parts, among=WITH_OWNER, actor_id=None) == [1, 2, 3, 4, 5, 6]
    assert recipients(parts, among=ONLY_FOLLOWERS, actor_id=None) == [4]


def test_no_step_that_tells_of_objections_moderation_or_points_is_told() -> None:
    silent = {StoryKind.SAID, StoryKind.EDITED, StoryKind.WITHDRAWN, StoryKind.HIDDEN, StoryKind.RESTORED,
              StoryKind.REWARDED, StoryKind.UNDONE, StoryKind.ESCALATED}  # fmt: skip

    assert not OUTCOMES.keys() & (silent | {kind for kind in StoryKind if kind.after_deciding})


def test_everybody_who_took_part_hears_a_no_with_its_reason_once(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, names=Names.HIDDEN)
    vote(cast.bo, number, "support")
    vote(cast.cy, number, "pass")
    commented(cast.kim, number)
    facts = {"reason_label": "Law or safety", "would_change": "A copy that the customer has signed.", "voices": 17}
    happens(number, StoryKind.DECLINED, actor_id=cast.vic, words="It is a legal duty.", facts=facts)

    found = told(context)
    again = told(context)

    assert [row.person_id for row in found] == sorted([cast.asha, cast.bo, cast.kim]) and len(again) == 3
    assert {row.title for row in found} == {"Vic said no."}
    assert found[0].words == (
        "Law or safety.\nIt is a legal duty.\nWhat would change our mind: A copy that the customer has signed."
    )
    assert {(row.moment, row.path, row.idea_id) for row in found} == {(Moment.ANSWERED, f"/ideas/{number}", number)}
    assert not any("17" in f"{row.title} {row.words}" or "Asha" in row.title for row in found)


def test_a_step_that_was_taken_back_is_not_told(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    step = happens(number, told_after=timedelta(minutes=10))
    with writing():
        story.undo(step, by_id=cast.vic, now=NOON)

    assert told(context, now=LATER) == []


def test_whoever_may_no_longer_read_it_is_not_told(context: Flask, cast: Cast) -> None:
    number = said(cast.sam, audience=Audience.EMPLOYER)
    with writing():
        db.session.get_one(Idea, number).audience = Audience.ORGANISATION
    vote(cast.bo, number, "support")
    with writing():
        db.session.get_one(Idea, number).audience = Audience.EMPLOYER
    happens(number)

    assert [row.person_id for row in told(context)] == [cast.sam]

    with writing():
        idea(number).hidden_at = NOON
    happens(number, StoryKind.CONFIRMED, now=LATER)
    assert [row.person_id for row in told(context, now=LATER) if row.at == LATER] == [cast.sam], "its author still may"


def test_one_tap_mutes_an_idea_and_following_it_again_ends_that(context: Flask, cast: Cast) -> None:
    number, bo = said(cast.asha), viewer(cast.bo)
    vote(cast.bo, number, "support")
    with writing():
        preferences.mute(bo, idea(number), now=NOON)
    happens(number)
    assert [row.person_id for row in told(context)] == [cast.asha]

    with writing():
        ideas.follow(bo, idea(number), now=LATER)
    happens(number, now=LATER)
    assert sorted(row.person_id for row in told(context, now=LATER) if row.at == LATER) == sorted([cast.asha, cast.bo])


def test_talk_comes_only_to_followers_who_asked_and_names_nobody_who_hides(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        for person in (cast.bo, cast.cy):
            ideas.follow(viewer(person), idea(number), now=NOON)
        db.session.add(NoticePace(person_id=cast.bo, moment=Moment.CHATTER, pace=Pace.DAILY))
    comment = commented(cast.kim, number, "Kim says so.", names=Names.HIDDEN)

    (row,) = told(context)

    assert (row.person_id, row.title, row.words) == (cast.bo, "A colleague added a build.", "")
    assert row.path == f"/ideas/{number}#comment-{comment}"


def test_a_rule_that_several_ideas_name_is_told_of_once(context: Flask, cast: Cast) -> None:
    first, second = said(cast.asha), said(cast.asha, "We must ask for a fax again.")
    for number in (first, second):
        facts = {"rule": 3, "rule_title": "Fax only", "verdict": "killed"}
        happens(number, StoryKind.RULE_DECIDED, actor_id=cast.mia, facts=facts)

    (row,) = told(context)

    assert row.title == "Mia decided about the rule behind it." and row.words.startswith("Fax only: ")


def test_it_goes_on_where_it_stopped_and_tells_thousands_in_steps(context: Flask, cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(outcome_jobs, "CHUNK", 3)
    monkeypatch.setattr(outcome_jobs, "RUN_MAX", 6)
    number = said(cast.asha)
    for person in cast.voters:
        vote(person, number, "support")
    happens(number)

    found = [row for row in told(context) if row.title == "We replied."]

    assert len(found) == 25 and len({row.event_id for row in found}) == 1
    rest = select(Message.unique_key, Message.payload).where(Message.unique_key.startswith("story.told:"))
    went_on = [json.loads(row.payload)["after"] for row in db.session.execute(rest) if found[0].event_id in row[0]]
    assert len(went_on) == 4


def test_every_step_the_portal_records_can_be_told_or_is_silent_on_purpose(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    facts = {
        "rule": 1,
        "rule_title": "A rule",
        "verdict": "changed",
        "due_on": "2026-04-01",
        "due_before": "2026-03-01",
    }
    with writing():
        idea(number).stage = Stage.PROMISED
    for kind in OUTCOMES:
        happens(number, kind, facts=facts)

    found = told(context)

    kinds = set(db.session.scalars(select(Story.kind).where(Story.idea_id == number)))
    assert OUTCOMES.keys() <= kinds and len(found) == len(OUTCOMES) - 1  # talk was not asked for
    assert "By 1 April now, not 1 March." in {row.words.splitlines()[0] for row in found}


def test_leavers_hear_nothing(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    with writing():
        db.session.get_one(Person, cast.asha).deactivated_at = NOON
    happens(number)

    assert told(context) == []
