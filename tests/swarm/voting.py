"""Votes for tests: cast and commit, and the standing rows as plain lists for the pure functions."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people import service as people
from portal.people.models import Place
from portal.people.roles import PlaceKind, Role
from portal.swarm.models import Via, Vote
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.swarm.scores import refresh_typical
from portal.swarm.service import Voter, cast_vote
from tests.factories import NOON, make_person
from tests.ideas.making import viewer

WANTED = {
    "support": WantedVote(VoteKind.SUPPORT),
    "strong": WantedVote(VoteKind.STRONG),
    "pass": WantedVote(VoteKind.PASS),
    "stop": WantedVote(VoteKind.STOP, StopReason.TRIED),
    "none": WantedVote(None),
}


def vote(person_id: int, number: int, wanted: WantedVote | str, *, now: datetime = NOON) -> bool:
    """Cast a vote and commit; True if it promoted the idea."""
    who = Voter.of(viewer(person_id))
    with writing():
        return cast_vote(who, number, WANTED[wanted] if isinstance(wanted, str) else wanted, via=Via.FEED, now=now)


def rescore(now: datetime = NOON) -> None:
    """Bring every stored score to the typical idea of now, and commit."""
    with writing():
        refresh_typical(now=now, every_score=True)


def rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Standing ideas and standing votes as the pure functions take them."""
    standing = select(Idea.id).where(Idea.stage.not_in((Stage.WITHDRAWN, Stage.MERGED)), Idea.hidden_at.is_(None))
    ideas = [{"id": number, "created_at": 0, "team": None, "site": None} for number in db.session.scalars(standing)]
    query = select(Vote).where(Vote.revoked_at.is_(None))
    votes = [
        {"idea": one.idea_id, "user": one.person_id, "team": one.team_id, "site": one.site_id, "kind": one.kind.value,
         "at": one.at}
        for one in db.session.scalars(query)
    ]  # fmt: skip
    return ideas, votes


def make_works(teams: int = 24, sites: int = 6, people_per_team: int = 2) -> list[list[int]]:
    """An organisation of its own, committed: the ids of the people of each team."""
    found: list[list[int]] = []
    with writing():
        top = people.add_place(PlaceKind.ORGANISATION, "Works", timezone="UTC")
        places = [people.add_place(PlaceKind.SITE, f"Site {number}", top) for number in range(sites)]
        for number in range(teams):
            team: Place = people.add_place(PlaceKind.TEAM, f"Team {number}", places[number % sites])
            found.append([])
            for seat in range(people_per_team):
                person = make_person(f"person{number}-{seat}", team)
                people.grant(person, Role.FRONTLINE, team, by_id=None, now=NOON)
                found[-1].append(person.id)
    return found
