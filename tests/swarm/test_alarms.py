"""Alarms about pushed support: when, for whom, and that they change nothing."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.db import db, writing
from portal.ideas.words import Names
from portal.swarm import alarm_queries, alarms, audit
from portal.swarm.alarm_models import AlarmState, SwarmAlarm, TeamHour
from portal.swarm.alarm_rules import (
    BURST_SD,
    HISTORY_HOURS,
    AlarmKind,
    Support,
    burst_alarm,
    rate,
    share_alarms,
)
from portal.swarm.models import IdeaScore, Via
from portal.swarm.service import Voter, cast_vote
from portal.worker import run_once
from tests.factories import NOON, Cast, send, signed_in
from tests.ideas.making import said, viewer
from tests.swarm.voting import WANTED, make_works, vote


def kinds(*supports: tuple[str, bool, int]) -> list[AlarmKind]:
    return [alarm.kind for alarm in share_alarms(Support(*one) for one in supports)]


@pytest.mark.parametrize(
    ("supports", "expected"),
    [
        ([("a", True, 4)], []),  # too few to say anything
        ([("a", True, 3), ("b", True, 2)], [AlarmKind.LINK, AlarmKind.TEAM]),
        ([("a", True, 7), ("b", False, 3)], [AlarmKind.LINK, AlarmKind.TEAM]),
        ([("a", True, 4), ("b", True, 3), ("c", False, 3)], [AlarmKind.LINK]),
        ([("a", True, 4), ("b", True, 2), ("c", False, 4)], []),
        ([("a", False, 6), ("b", False, 4)], [AlarmKind.TEAM]),
        ([("a", False, 3), ("a", True, 3), ("b", False, 4)], [AlarmKind.TEAM]),
        ([("a", False, 5), ("b", False, 4)], []),
        ([], []),
    ],
)
def test_shares_are_alarming_from_seventy_by_link_and_sixty_of_a_team(
    supports: list[tuple[str, bool, int]], expected: list[AlarmKind]
) -> None:
    assert kinds(*supports) == expected


def test_the_rate_counts_hours_without_a_vote_and_is_never_surer_than_chance() -> None:
    assert rate([]) == (0.0, 1.0)
    mean, sd = rate([4] * HISTORY_HOURS)
    assert (mean, sd) == (4.0, 2.0)  # no spread at all, but a Poisson count would have this one
    mean, sd = rate([HISTORY_HOURS])
    assert mean == 1.0 and sd > 20


@pytest.mark.parametrize(("count", "alarming"), [(4, False), (5, False), (6, True), (20, True)])
def test_a_team_that_hardly_votes_is_conspicuous_above_five(count: int, alarming: bool) -> None:
    assert (burst_alarm({1: count}, {1: count}) is not None) is alarming


def test_a_busy_team_needs_more_to_be_conspicuous() -> None:
    usual = dict.fromkeys(range(HISTORY_HOURS), 4)
    bar = 4 + BURST_SD * 2

    assert burst_alarm({-1: int(bar)}, usual) is None
    found = burst_alarm({-1: int(bar) + 1}, usual)
    assert found is not None and found.facts["within_an_hour"] == 15


def test_the_idea_s_own_votes_are_no_part_of_what_is_usual() -> None:
    here = dict.fromkeys(range(100), 6)

    assert burst_alarm(here, here) is not None


def look() -> int:
    seen = alarms.look(now=NOON)
    with writing():
        return alarms.note(seen, now=NOON)


def pushed(people: list[int], number: int, *, via: Via = Via.LINK, apart: timedelta = timedelta(hours=3)) -> None:
    for n, person in enumerate(people):
        with writing():
            at = NOON - timedelta(days=10) + n * apart
            cast_vote(Voter.of(viewer(person)), number, WANTED["support"], via=via, now=at)


def test_support_by_a_shared_link_is_noticed_once_and_changes_nothing(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    pushed(cast.voters[:6], number)
    before = {name: getattr(db.session.get_one(IdeaScore, number), name) for name in ("score", "evidence", "n_support")}

    first, again = look(), look()
    pushed(cast.voters[6:8], number)
    later = look()

    assert (first, again, later) == (1, 0, 0)
    row = db.session.scalars(select(SwarmAlarm)).one()
    assert (row.kind, row.facts) == (AlarmKind.LINK, '{"by_link": 6, "supporters": 6}')
    pushed_score = db.session.get_one(IdeaScore, number)
    assert pushed_score.n_support == before["n_support"] + 2 and audit.verify() == []


def test_a_team_that_arrives_together_is_noticed(context: Flask) -> None:
    teams = make_works(people_per_team=9)
    number = said(teams[1][0], names=Names.SHOWN)
    pushed(teams[0], number, via=Via.FEED, apart=timedelta(minutes=1))
    with writing():
        cast_vote(Voter.of(viewer(teams[2][0])), number, WANTED["support"], via=Via.FEED, now=NOON)

    look()  # what lies ten days back is no news
    assert db.session.scalars(select(SwarmAlarm.kind)).all() == [AlarmKind.TEAM]
    other = said(teams[1][0], "Another rule that should go")
    for person in teams[0]:
        vote(person, other, "support")
    assert look() == 2
    found = {row.kind for row in db.session.scalars(select(SwarmAlarm).where(SwarmAlarm.idea_id == other))}
    assert found == {AlarmKind.TEAM, AlarmKind.BURST}


def test_people_from_all_over_on_their_own_are_no_alarm(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    pushed(cast.voters[:8], number, via=Via.FEED)

    assert look() == 0


def test_every_vote_is_looked_at_once_however_many_there_are(
    context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "VOTES_AT_ONCE", 4)
    number = said(cast.asha)
    pushed(cast.voters[:10], number)

    looks = 0
    while True:
        seen = alarms.look(now=NOON)
        looks += 1
        with writing():
            alarms.note(seen, now=NOON)
        if not seen.more:
            break

    assert looks == 3
    assert db.session.scalar(select(func.sum(TeamHour.supports))) == 10
    stale = alarms.Look(1, 2, 1, {(cast.places["Leeds/Billing"], NOON): 1}, [])
    with writing():
        assert alarms.note(stale, now=NOON) == 0  # another worker was faster
    assert db.session.scalar(select(func.sum(TeamHour.supports))) == 10


def test_hours_older_than_four_weeks_are_let_go(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    pushed(cast.voters[:2], number)
    look()

    seen = alarms.look(now=NOON + timedelta(days=40))
    with writing():
        alarms.note(seen, now=NOON + timedelta(days=40))

    assert db.session.scalars(select(TeamHour)).all() == []
    assert db.session.get_one(AlarmState, 1).at == NOON + timedelta(days=40)


def test_alarms_are_only_added(context: Flask, cast: Cast) -> None:
    pushed(cast.voters[:6], said(cast.asha))
    look()

    for statement in ("UPDATE swarm_alarms SET facts = '{}'", "DELETE FROM swarm_alarms"):
        with pytest.raises(DBAPIError), writing():
            db.session.execute(text(statement))


def test_who_is_told_of_an_alarm(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        for person in cast.voters[8:16]:
            vote(person, number, "pass", now=NOON - timedelta(days=11))  # far from being carried
        pushed(cast.voters[:6], number)
    run_once(app, now=NOON)
    mia, cy, undecided = (signed_in(app, person) for person in (cast.mia, cast.cy, cast.voters[20]))
    send(cy, f"/ideas/{number}/votes", kind="pass")

    listed = mia.get("/swarm/alarms").get_data(as_text=True)
    decided = cy.get(f"/ideas/{number}").get_data(as_text=True)
    before = undecided.get(f"/ideas/{number}").get_data(as_text=True)

    assert "6 of 6 supporters came by a shared link." in listed
    assert AlarmKind.LINK.words in decided and AlarmKind.LINK.words not in before
    assert cy.get("/swarm/alarms").status_code == 403
    assert not any(team in listed for team in ("Retentions", "Faults", "Chat"))
    with app.app_context():
        lines = alarm_queries.alarms_of(number)
        assert [line.words for line in lines] == [AlarmKind.LINK.words]
