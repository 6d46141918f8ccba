"""A small organisation with a standing cast, and how tests sign in and send forms."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from portal import clock
from portal.db import db, writing
from portal.people import service
from portal.people.models import Origin, Person, Place
from portal.people.roles import PlaceKind, Role
from portal.people.sessions import hash_token

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday

TEAMS = {
    "Leeds": ("Billing", "Retentions", "Technical"),
    "Belfast": ("Billing", "Faults"),
    "Durban": ("Chat", "Voice"),  # run by the partner Brightline
    "Manila": ("Email",),  # run by the partner Farline
}
EMPLOYERS = {"Durban": "Brightline", "Manila": "Farline"}


@dataclass
class Cast:
    """Ids of the people and places that tests talk about.

    asha: says things (Leeds Billing). bo, cy, di …: vote. olu: owns promises. mia: programme. tess: administrator.
    vic: executive. lea: team leader in Leeds. sam: works for Brightline in Durban. kim: works for Farline in Manila.
    """

    places: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    voters: list[int] = field(default_factory=list)  # 24 people, three in each of eight teams, in turn by team

    def __getattr__(self, name: str) -> int:
        try:
            return self.__dict__["people"][name]
        except (KeyError, TypeError):
            raise AttributeError(name) from None


def make_cast(app: Flask, *, now: datetime = NOON) -> Cast:
    """Create organisation, partners, four sites, eight teams, the cast and 24 voters; commit; return ids."""
    cast = Cast()
    with app.app_context(), writing():
        places = _make_places(cast)
        leeds, top = places["Leeds/Billing"], places["Harbour"]
        for name, place, roles in (
            ("asha", leeds, (Role.FRONTLINE,)),
            ("sam", places["Durban/Chat"], (Role.FRONTLINE,)),
            ("kim", places["Manila/Email"], (Role.FRONTLINE,)),
            ("lea", places["Leeds"], (Role.TEAM_LEADER,)),
            ("olu", top, (Role.OWNER,)),
            ("vic", top, (Role.EXECUTIVE,)),
            ("mia", top, (Role.PROGRAMME,)),
            ("tess", top, (Role.ADMINISTRATOR,)),
        ):
            person = make_person(name, place, now=now)
            cast.people[name] = person.id
            for role in roles:
                service.grant(person, role, place, by_id=None, now=now)
        teams = [place for key, place in places.items() if place.kind is PlaceKind.TEAM]
        for round_number in range(3):
            for team in teams:
                voter = make_person(f"voter{round_number}-{team.id}", team, now=now)
                service.grant(voter, Role.FRONTLINE, team, by_id=None, now=now)
                cast.voters.append(voter.id)
        cast.people["bo"], cast.people["cy"], cast.people["di"] = cast.voters[:3]
    return cast


def _make_places(cast: Cast) -> dict[str, Place]:
    top = service.add_place(PlaceKind.ORGANISATION, "Harbour Broadband", timezone="Europe/London")
    places = {"Harbour": top}
    for partner in dict.fromkeys(EMPLOYERS.values()):
        places[partner] = service.add_place(PlaceKind.PARTNER, partner, top)
    for site, teams in TEAMS.items():
        places[site] = service.add_place(PlaceKind.SITE, site, places[EMPLOYERS.get(site, "Harbour")])
        for team in teams:
            places[f"{site}/{team}"] = service.add_place(PlaceKind.TEAM, team, places[site])
    cast.places = {key: place.id for key, place in places.items()}
    return places


def make_person(name: str, place: Place, *, now: datetime = NOON, **over: Any) -> Person:
    """A person with an e-mail address of their own; state only what matters to the test."""
    values = {"email": f"{name}@harbour.example", "staff_number": None, "origin": Origin.CREATED} | over
    return service.add_person(name.capitalize(), place, now=now, **values)


def sign_in(client: FlaskClient, person_id: int) -> FlaskClient:
    """Sign a test client in as a person, as the sign-in page would after the right password."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with client.application.app_context(), writing():
        person = db.session.get(Person, person_id)
        assert person is not None
        service.record_sign_in(person, token_hash=hash_token(token), expires_at=now + timedelta(hours=12),
                               device="test", network="127.0.0.0/24", now=now)  # fmt: skip
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
        session["seen"] = int(now.timestamp())
    return client


def signed_in(app: Flask, person_id: int) -> FlaskClient:
    """A new test client, signed in."""
    return sign_in(app.test_client(), person_id)


def send(client: FlaskClient, address: str, **data: Any) -> TestResponse:
    """POST a form with a valid CSRF token, as a browser would."""
    return client.post(address, data={"csrf_token": csrf_token(client), **data})


def csrf_token(client: FlaskClient) -> str:
    """A token of this client, as every page with a form gives one; asking such a page cost as much as the form sent."""
    with client.session_transaction() as session:
        kept = session.setdefault("csrf_token", secrets.token_hex(20))
    key = client.application.secret_key
    assert key
    return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(kept))
