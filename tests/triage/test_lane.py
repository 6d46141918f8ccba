"""The team lane on real databases: who replies first, what a site fixes for itself, and what others take over."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments.rules import CommitmentState, NewPromise, Standing
from portal.db import db, writing
from portal.errors import Conflict, DomainError, Invalid, Missing, Refused
from portal.ideas.models import Idea, Story
from portal.ideas.queries import idea_for
from portal.ideas.words import Audience, Names, Stage, StoryKind
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.people.service import grant
from portal.triage import huddle_queries, lane_queries, local_fix, local_fix_queries, replies, service
from portal.triage.assignment_models import Assignment, Because
from portal.triage.clock import Duty
from portal.triage.clock_queries import clocks_of
from portal.triage.lane_scope import sites_of
from portal.triage.lane_wording import clock_words
from portal.triage.models import Reply, ReplyKind
from tests.commitments.factories import TODAY, make_idea, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.triage.test_service import NO

WORDS = "We looked at it with logistics; they need the old router for refurbishing."
FIX = "We keep ten routers at the desk and hand them out."
EVIDENCE = "The shelf is full, and the desk has a list."
DUE = TODAY + timedelta(days=14)


def make_leader(cast: Cast, who: str, place: str, role: Role = Role.TEAM_LEADER) -> None:
    person, node = db.session.get_one(Person, getattr(cast, who)), db.session.get_one(Place, cast.places[place])
    grant(person, role, node, by_id=None, now=NOON)


def idea_of(cast: Cast, **over: Any) -> Idea:
    return make_idea(cast, **over)


def reply(cast: Cast, who: int, idea: Idea, kind: ReplyKind = ReplyKind.ANSWERED, words: str = WORDS) -> Reply:
    return replies.reply(viewer(who), idea, kind, words, NOON, due_on=DUE if kind is ReplyKind.FIXED_HERE else None)


def steps(idea_id: int) -> list[tuple[StoryKind, str | None]]:
    rows = db.session.scalars(select(Story).where(Story.idea_id == idea_id).order_by(Story.id))
    return [(row.kind, json.loads(row.facts).get("what")) for row in rows]


def refused(error: type[DomainError], code: str, call: Any) -> None:
    with pytest.raises(error) as refusal:
        call()
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (ReplyKind.ANSWERED, (StoryKind.REPLIED, None)),
        (ReplyKind.LEFT_TO_SWARM, (StoryKind.LEFT_TO_SWARM, None)),
        (ReplyKind.FIXED_HERE, (StoryKind.FIXED_HERE, "promised")),
    ],
)
def test_a_first_reply_is_on_the_record_and_moves_nothing(
    context: Flask, cast: Cast, kind: ReplyKind, step: tuple[StoryKind, str | None]
) -> None:
    with writing():
        idea = idea_of(cast)
        given = reply(cast, cast.lea, idea, kind, FIX)

        assert (given.by_id, given.kind, given.words) == (cast.lea, kind, FIX)
        assert idea.stage is Stage.OPEN and steps(idea.id) == [step]


def test_who_may_reply_is_decided_where_the_idea_was_said(context: Flask, cast: Cast) -> None:
    with writing():
        leeds, durban = (
            idea_of(cast),
            idea_of(cast, site_id=cast.places["Durban"], employer_id=cast.places["Brightline"]),
        )
        make_leader(cast, "bo", "Leeds/Billing")
        local = idea_of(cast, site_id=cast.places["Durban"], audience=Audience.SITE)

        refused(Refused, "not_allowed", lambda: reply(cast, cast.lea, durban))
        refused(Refused, "not_allowed", lambda: reply(cast, cast.olu, leeds))
        refused(Refused, "not_allowed", lambda: reply(cast, cast.lea, idea_of(cast, site_id=None)))
        with pytest.raises(Missing):
            idea_for(viewer(cast.lea), local.id)
        reply(cast, cast.bo, leeds)  # leads one of its teams
        reply(cast, cast.mia, durban, ReplyKind.LEFT_TO_SWARM, "")


def test_what_refuses_a_first_reply(context: Flask, cast: Cast) -> None:
    with writing():
        idea = idea_of(cast)
        reply(cast, cast.lea, idea)
        refused(Conflict, "already_replied", lambda: reply(cast, cast.mia, idea))
        refused(Refused, "own_idea", lambda: reply(cast, cast.lea, idea_of(cast, author_id=cast.lea)))
        refused(Conflict, "hidden", lambda: reply(cast, cast.lea, idea_of(cast, hidden_at=NOON)))
        refused(Conflict, "merged", lambda: reply(cast, cast.lea, idea_of(cast, stage=Stage.MERGED)))
        refused(Invalid, "reply_too_short", lambda: reply(cast, cast.lea, idea_of(cast), words="No."))
        refused(Invalid, "reply_too_long", lambda: reply(cast, cast.lea, idea_of(cast), words="x" * 1_001))
        fix = ReplyKind.FIXED_HERE
        late = lambda: replies.reply(viewer(cast.lea), idea_of(cast), fix, FIX, NOON)  # noqa: E731
        refused(Invalid, "fix_needs_a_date", late)
        promoted = make_promoted(cast)
        service.decline(viewer(cast.vic), promoted, NO, today=TODAY, now=NOON)
        refused(Conflict, "already_decided", lambda: reply(cast, cast.lea, promoted))


def test_of_eight_who_reply_at_once_one_is_first(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        idea_id = idea_of(cast).id
        people = [viewer(who) for who in (cast.lea, cast.mia, cast.vic)]

    def work(rival: int) -> object:
        idea = db.session.get_one(Idea, idea_id)
        return replies.reply(people[rival % 3], idea, ReplyKind.ANSWERED, WORDS, NOON).id

    answers = race(app, 8, work)

    assert answers.count("already_replied") == 7
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reply)) == 1
        assert steps(idea_id) == [(StoryKind.REPLIED, None)]


def test_a_fix_lives_as_every_promise_and_is_then_offered(context: Flask, cast: Cast) -> None:
    with writing():
        make_leader(cast, "sam", "Durban")
        idea = idea_of(cast)
        fix = replies.fix_here(viewer(cast.lea), idea, cast.places["Leeds"], FIX, DUE, now=NOON)
        assert db.session.scalars(select(Reply.kind)).one() is ReplyKind.FIXED_HERE

        local_fix.move_date(viewer(cast.lea), fix, DUE + timedelta(days=7), "The shelf came late.", now=NOON)
        local_fix.deliver(viewer(cast.lea), fix, TODAY, EVIDENCE, now=NOON)
        refused(Refused, "second_person", lambda: local_fix.confirm(viewer(cast.lea), fix, now=NOON))
        refused(Refused, "not_a_confirmer", lambda: local_fix.confirm(viewer(cast.sam), fix, now=NOON))
        local_fix.send_back(viewer(cast.mia), fix, "The list is empty.", now=NOON)
        adopts = lambda: local_fix.adopt(viewer(cast.sam), fix, cast.places["Durban"], DUE, now=NOON)  # noqa: E731
        refused(Conflict, "not_offered", adopts)
        local_fix.deliver(viewer(cast.lea), fix, TODAY, EVIDENCE, now=NOON)
        local_fix.confirm(viewer(cast.mia), fix, now=NOON)
        assert (fix.state, fix.kept_late, idea.stage) == (CommitmentState.CONFIRMED, False, Stage.OPEN)

        assert [one.id for one in local_fix_queries.offered_to(viewer(cast.sam), cast.places["Durban"], limit=9)] == [
            fix.id
        ]
        taken = adopts()
        refused(Conflict, "already_here", adopts)
        assert (taken.adopted_from_id, taken.sentence, taken.due_on, taken.owner_id) == (fix.id, FIX, DUE, cast.sam)
        assert local_fix_queries.offered_to(viewer(cast.sam), cast.places["Durban"], limit=9) == []
    told = [what for _, what in steps(idea.id)]
    assert told == ["promised", "moved", "done", "sent_back", "done", "confirmed", "adopted"]
    line = local_fix_queries.line_of(viewer(cast.asha), fix.id)
    assert [named.due_on for named in line.dates] == [DUE, DUE + timedelta(days=7)]
    assert line.standing(TODAY) is Standing.KEPT


def test_a_missed_day_is_late_for_ever(context: Flask, cast: Cast) -> None:
    with writing():
        fix = replies.fix_here(viewer(cast.lea), idea_of(cast), cast.places["Leeds"], FIX, DUE, now=NOON)
        after = NOON + timedelta(days=20)
        assert local_fix_queries.line_of(viewer(cast.lea), fix.id).standing(after.date()) is Standing.OVERDUE
        local_fix.move_date(viewer(cast.lea), fix, after.date() + timedelta(days=5), "The shelf came late.", now=after)
        local_fix.deliver(viewer(cast.lea), fix, after.date(), EVIDENCE, now=after)
        local_fix.confirm(viewer(cast.vic), fix, now=after)

        assert fix.kept_late is True


def test_what_refuses_a_local_fix(context: Flask, cast: Cast) -> None:
    leeds, lea = cast.places["Leeds"], viewer(cast.lea)
    with writing():
        idea = idea_of(cast)

        def promise(idea: Idea = idea, site: int = leeds, words: str = FIX, due: Any = DUE) -> Any:
            return lambda: replies.fix_here(lea, idea, site, words, due, now=NOON)

        refused(Invalid, "not_your_site", promise(site=cast.places["Durban"]))
        refused(Invalid, "not_your_site", promise(site=0))
        refused(Refused, "own_idea", promise(idea_of(cast, author_id=cast.lea)))
        refused(Conflict, "not_with_the_swarm", promise(idea_of(cast, stage=Stage.DECLINED)))
        refused(Invalid, "sentence_too_short", promise(words="Soon."))
        refused(Invalid, "date_not_after_today", promise(due=TODAY))
        refused(Invalid, "date_too_far", promise(due=TODAY + timedelta(days=400)))
        fix = promise()()
        refused(Conflict, "already_here", promise())
        refused(Refused, "not_the_owner", lambda: local_fix.deliver(viewer(cast.mia), fix, TODAY, EVIDENCE, now=NOON))
        refused(Invalid, "same_date", lambda: local_fix.move_date(lea, fix, DUE, "No reason at all.", now=NOON))
        refused(Conflict, "not_delivered", lambda: local_fix.confirm(viewer(cast.mia), fix, now=NOON))
        tomorrow = TODAY + timedelta(days=1)
        refused(Invalid, "live_in_future", lambda: local_fix.deliver(lea, fix, tomorrow, EVIDENCE, now=NOON))
        stale = local_fix_queries.fix_for(lea, fix.id)
        db.session.expunge(stale)
        local_fix.deliver(lea, local_fix_queries.fix_for(lea, fix.id), TODAY, EVIDENCE, now=NOON)
        refused(
            Conflict,
            "changed_meanwhile",
            lambda: local_fix.move_date(lea, stale, DUE + timedelta(1), "Because we must.", now=NOON),
        )


def test_a_fix_elsewhere_is_no_first_reply_and_a_promise_for_everybody_ends_nothing(context: Flask, cast: Cast) -> None:
    with writing():
        make_leader(cast, "sam", "Durban")
        idea = make_promoted(cast)
        fix = replies.fix_here(viewer(cast.sam), idea, cast.places["Durban"], FIX, DUE, now=NOON)
        assert db.session.scalars(select(Reply)).all() == []

        service.commit_to(viewer(cast.vic), idea, cast.olu, NewPromise(FIX, DUE), today=TODAY, now=NOON)
        local_fix.deliver(viewer(cast.sam), fix, TODAY, EVIDENCE, now=NOON)

        assert db.session.get_one(Idea, idea.id).stage is Stage.PROMISED
        assert not local_fix_queries.is_offered(fix, idea.stage)


def test_a_leavers_fixes_are_handed_over(context: Flask, cast: Cast) -> None:
    with writing():
        idea = idea_of(cast)
        fix = replies.fix_here(viewer(cast.lea), idea, cast.places["Leeds"], FIX, DUE, now=NOON)
        assert local_fix_queries.open_of(cast.lea) == [(fix.id, fix.idea_id, FIX)]

        assert local_fix.hand_over(cast.lea, cast.olu, by_id=cast.mia, now=NOON) == 1

        assert local_fix_queries.open_of(cast.lea) == [] and local_fix_queries.open_of(cast.olu) == [
            (fix.id, fix.idea_id, FIX)
        ]
        assert steps(idea.id)[-1] == (StoryKind.FIXED_HERE, "handed_over")


def test_the_lane_holds_what_waits_at_ones_sites_and_never_ones_own(context: Flask, cast: Cast) -> None:
    with writing():
        make_leader(cast, "bo", "Leeds/Billing")
        first = idea_of(cast, now=NOON - timedelta(days=6), title="First")
        second = idea_of(cast, now=NOON - timedelta(days=5), title="Second", author_id=cast.lea)
        idea_of(cast, site_id=cast.places["Durban"])
        idea_of(cast, hidden_at=NOON)
        replied = idea_of(cast, title="Replied")
        reply(cast, cast.mia, replied)

    def lane(who: int) -> list[str]:
        person = viewer(who)
        found: list[str] = []
        cursor: str | None = None
        while True:
            page, cursor = lane_queries.waiting_page(person, sites_of(person), limit=2, cursor=cursor)
            found += [one.title for one in page]
            if cursor is None:
                return [title for title in found if title in ("First", "Second", "Replied")]

    assert lane(cast.bo) == ["First", "Second"]
    assert lane(cast.lea) == ["First"]
    assert lane(cast.mia) == ["First", "Second"]
    assert [site.name for site in sites_of(viewer(cast.bo))] == ["Leeds"]
    assert {site.leads for site in sites_of(viewer(cast.vic))} == {False}
    assert first.id < second.id


def test_the_huddle_shows_only_what_everybody_at_the_site_may_read(context: Flask, cast: Cast) -> None:
    vic = viewer(cast.vic)
    with writing():
        idea_of(cast, title="For all")
        idea_of(cast, title="Brightline only", audience=Audience.EMPLOYER, employer_id=cast.places["Brightline"])
        idea_of(cast, title="Durban only", audience=Audience.SITE, site_id=cast.places["Durban"])
        kept = idea_of(cast, title="Replied", site_id=cast.places["Durban"])
        reply(cast, cast.mia, kept)
        made = make_promoted(cast, title="Declined")
        service.decline(vic, made, NO, today=TODAY, now=NOON)
    leeds = next(site for site in sites_of(vic) if site.name == "Leeds")

    wanted = {row.title for row in huddle_queries.need_a_view(vic, leeds)}
    told = [
        (one.title, one.what, one.by) for one in huddle_queries.answered(vic, leeds, since=NOON - timedelta(days=7))
    ]

    assert not wanted & {"Brightline only", "Durban only"} and len(wanted) <= 3
    assert told == [("Declined", "Declined", "Vic"), ("Replied", "Answered", "Mia")]
    assert huddle_queries.done(vic, leeds, since=NOON - timedelta(days=28)) == []


def test_no_hidden_name_is_in_the_lane(context: Flask, cast: Cast) -> None:
    with writing():
        idea_of(cast)
        idea_of(cast, names=Names.SHOWN)
    lea = viewer(cast.lea)

    lines = {one.byline.text for one in lane_queries.waiting_page(lea, sites_of(lea), limit=20)[0]}

    assert lines == {"A colleague in Leeds", "Asha, Billing, Leeds"}


def test_whoever_owes_the_first_reply_sees_it_in_their_lane_and_may_give_it(context: Flask, cast: Cast) -> None:
    """An administrator, where there is nobody else: of no site, and without a role that replies."""
    with writing():
        idea = idea_of(cast, title="Owed")
        tess = viewer(cast.tess)
        refused(Refused, "not_allowed", lambda: reply(cast, cast.tess, idea))
        assert [one.title for one in lane_queries.waiting_page(tess, [], limit=9)[0]] == []
        db.session.add(Assignment(
            idea_id=idea.id, duty=Duty.FIRST_REPLY, level=0, person_id=cast.tess, because=Because.ROUTED, since=NOON,
            starts_at=NOON, due_on=DUE, due_at=NOON + timedelta(days=7),
        ))  # fmt: skip
        db.session.flush()

        assert [one.title for one in lane_queries.waiting_page(tess, [], limit=9)[0]] == ["Owed"]
        told = clock_words(clocks_of([idea.id], now=NOON)[idea.id], cast.tess)
        assert told == ("You reply by Monday 16 March", False)
        reply(cast, cast.tess, idea)
        assert lane_queries.waiting_page(tess, [], limit=9)[0] == []
