"""Broadcasts for tests: state only what matters."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from portal.db import db, writing
from portal.frontline import broadcast_queries as queries
from portal.frontline import broadcasts
from portal.frontline.broadcast_rules import NewBroadcast
from portal.frontline.words import Acknowledged
from portal.notices import broadcast_notices
from portal.people import service
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.worker import run_once
from tests.commitments.flooring import Floor
from tests.factories import NOON, Cast, make_person
from tests.ideas.making import viewer

WORDS = "I read the fee aloud eleven times this morning. Nobody listened once."
LEFT = NOON + timedelta(minutes=10)
HANDLERS = Floor(broadcast_notices.HANDLERS)


def drafted(cast: Cast, by: int | None = None, *, now: datetime = NOON, **over: Any) -> int:
    """A draft to everybody; its number. Commits."""
    who = viewer(by or cast.vic)
    values: dict[str, Any] = {"title": "Fees, read aloud", "words": WORDS, "place_id": cast.places["Harbour"]} | over
    with writing():
        return broadcasts.draft(who, NewBroadcast(**values), now=now).id


def confirmed(cast: Cast, by: int | None = None, *, now: datetime = NOON, **over: Any) -> int:
    """One that was confirmed and not told yet; its number. Commits."""
    number = drafted(cast, by, now=now, **over)
    confirm(by or cast.vic, number, now=now)
    return number


def confirm(by: int, number: int, *, now: datetime = NOON) -> None:
    who = viewer(by)
    with writing():
        broadcasts.confirm(who, queries.broadcast_for(who, number), now=now)


def told(app: Flask, cast: Cast, by: int | None = None, *, now: datetime = NOON, **over: Any) -> int:
    """One that everybody has heard; its number. Commits."""
    number = confirmed(cast, by, now=now, **over)
    work(app, now + timedelta(minutes=10))
    return number


def work(app: Flask, now: datetime) -> None:
    """What the worker does at a moment."""
    db.session.remove()
    run_once(app, now=now, handlers=HANDLERS)


def say(person_id: int, number: int, kind: str, words: str = "", *, now: datetime = LEFT) -> None:
    """Acknowledge and commit."""
    who = viewer(person_id)
    with writing():
        broadcasts.acknowledge(who, queries.broadcast_for(who, number), Acknowledged(kind), words, now=now)


def crowd(place_id: int, count: int, name: str = "more", *, now: datetime = NOON) -> list[int]:
    """More people at a place; their ids. Commits."""
    with writing():
        place = db.session.get_one(Place, place_id)
        return [make_person(f"{name}{number}", place, now=now).id for number in range(count)]


def executive_at(place_id: int, name: str = "exa", *, now: datetime = NOON) -> int:
    """Somebody who answers for a place; their id. Commits."""
    with writing():
        place = db.session.get_one(Place, place_id)
        person: Person = make_person(name, place, now=now)
        service.grant(person, Role.EXECUTIVE, place, by_id=None, now=now)
        return person.id
