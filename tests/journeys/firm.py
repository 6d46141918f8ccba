"""A firm of 24 teams on four sites, with ordinary ideas around and people who can sign in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask

from portal.db import writing
from portal.ideas import service as ideas
from portal.ideas.service import NewIdea
from portal.metrics import service as metrics
from portal.metrics.models import Direction
from portal.people import queries, service
from portal.people.models import Person, Place
from portal.people.passwords import hash_password
from portal.people.roles import PlaceKind, Role
from portal.rewards import service as rewards
from portal.swarm import scores
from portal.swarm.models import Via
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.swarm.service import Voter, cast_vote
from tests.factories import make_person

PASSWORD = "a kettle that whistles twice"
SITES, TEAMS_A_SITE = ("Leeds", "Belfast", "Durban", "Manila"), 6
ORDINARY = 6  # ideas around, judged by everybody, so that there is a typical one
# Of 24 looks at an ordinary idea: 11 support it, 12 pass, one objects: the typical idea stands near 0.44.
JUDGED = [VoteKind.SUPPORT] * 11 + [VoteKind.PASS] * 12 + [VoteKind.STOP]
SUPPORTERS = (
    (0, 0),
    (0, 1),
    (1, 0),
    (1, 1),
    (6, 0),
    (6, 1),
    (12, 0),
    (13, 0),
)  # team, person: 2, 2, 2, 1, 1 on 3 sites


@dataclass
class Firm:
    """E-mail addresses of the people in the journey."""

    author: str = "asha@harbour.example"
    executive: str = "priya@harbour.example"
    owner: str = "tom@harbour.example"
    programme: str = "hannah@harbour.example"
    supporters: list[str] = field(default_factory=list)
    metric_code: str = "repeat_contacts_7d"


def make_firm(app: Flask) -> Firm:
    """Create it, commit it, and say who is who."""
    now = datetime.now(UTC) - timedelta(days=40)
    firm = Firm()
    with app.app_context(), writing():
        hashed = hash_password(PASSWORD)
        top = service.add_place(PlaceKind.ORGANISATION, "Harbour Broadband", timezone="Europe/London")
        partner = service.add_place(PlaceKind.PARTNER, "Brightline", top)
        sites = [
            service.add_place(PlaceKind.SITE, name, partner if name in ("Durban", "Manila") else top) for name in SITES
        ]
        teams = [service.add_place(PlaceKind.TEAM, f"Team {n + 1}", sites[n // TEAMS_A_SITE]) for n in range(24)]
        people = [[_member(f"agent{t}-{n}", team, hashed, now) for n in range(3)] for t, team in enumerate(teams)]
        _somebody("asha", "Asha Menon", teams[0], Role.FRONTLINE, hashed, now)
        _somebody("priya", "Priya Shah", top, Role.EXECUTIVE, hashed, now)
        _somebody("tom", "Tom Okafor", top, Role.OWNER, hashed, now)
        _somebody("hannah", "Hannah Birch", top, Role.PROGRAMME, hashed, now)
        firm.supporters = [str(people[team][person].email) for team, person in SUPPORTERS]
        metrics.define_metric(
            firm.metric_code, "Repeat contacts within 7 days", "per 100 contacts", Direction.DOWN_IS_GOOD
        )
        rewards.open_budget(
            "Thanks", 10_000, starts_at=now, ends_at=now + timedelta(days=365), approver_id=None, now=now
        )
        _ordinary_ideas(people, now)
    return firm


def _member(name: str, team: Place, hashed: str, now: datetime) -> Person:
    return _somebody(name, name, team, Role.FRONTLINE, hashed, now)


def _somebody(key: str, name: str, place: Place, role: Role, hashed: str, now: datetime) -> Person:
    person = make_person(key, place, now=now)
    person.name, person.password_hash = name, hashed
    service.grant(person, role, place, by_id=None, now=now)
    return person


def _ordinary_ideas(people: list[list[Person]], now: datetime) -> None:
    for number in range(ORDINARY):
        author = queries.viewer_of(people[number][2].id)
        assert author is not None
        idea = ideas.say(
            author, NewIdea(f"We have to fill in form {number + 30} after every call about a move."), now=now
        )
        for team, kind in enumerate(JUDGED):
            voter = people[(team + number) % 24][1 if (team + number) % 24 != number else 0]
            wanted = WantedVote(kind, StopReason.TRIED if kind is VoteKind.STOP else None)
            cast_vote(Voter(voter.id, voter.team_id, voter.site_id), idea.id, wanted, via=Via.FEED, now=now)
    scores.refresh_typical(now=now, every_score=True)
