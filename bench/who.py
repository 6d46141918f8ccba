"""The people of a run: signed in and with keys to the interface, and what each of them is going to send."""

import random
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, current_app, g, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, insert, select

from bench.databases import SECRET, Refused
from bench.limit import AGENT
from config import Config
from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Stage
from portal.people.models import ApiToken, Grant, Person, SignIn
from portal.people.roles import Role
from portal.people.sessions import hash_token
from portal.people.token_rules import fingerprint, new_token
from portal.swarm.models import Vote

VOTERS_MAX, OPEN_IDEAS = 2000, 300
WORDS = (
    "customers", "the old form", "two screens", "a queue", "every refund", "the address change", "a supervisor",
    "the script", "call back", "the second line", "the knowledge page", "typing", "waiting", "transfers",
)  # fmt: skip


@dataclass(frozen=True)
class Signed:
    """One person with everything that opens a door."""

    id: int
    team_id: int
    site_id: int
    cookie: str
    form_token: str
    key: str


@dataclass(frozen=True)
class Cast:
    """Who takes part in a run on one database, and which ideas stand."""

    voters: Sequence[Signed]
    executives: Sequence[Signed]
    open_ideas: Sequence[int]
    shown_ideas: Sequence[int]
    undecided: Iterator[tuple[Signed, int]]  # pairs without a vote so far; none comes twice


def gather(url: str, folder: Path) -> Cast:
    """Sign people in on this database."""
    app = create_app(Config(database_url=url, secret_key=SECRET, instance=folder))
    with app.app_context():
        voters = _sign_in(app, _people(Role.FRONTLINE, VOTERS_MAX))
        executives = _sign_in(app, _people(Role.EXECUTIVE, 4))
        ideas = _open_ideas()
        pairs = _undecided(voters, ideas)
        shown = _shown_ideas()
        db.session.remove()
        db.engine.dispose()
    return Cast(voters, executives, ideas, shown, pairs)


def _people(role: Role, count: int) -> list[Person]:
    """Active people who hold this role and no other one."""
    only = select(Grant.person_id).where(Grant.revoked_at.is_(None)).group_by(Grant.person_id)
    only = only.having(func.count() == 1, func.min(Grant.role) == role)
    query = select(Person).where(Person.id.in_(only), Person.deactivated_at.is_(None))
    if role is Role.FRONTLINE:
        query = query.where(Person.team_id.is_not(None), Person.site_id.is_not(None))
    found = list(db.session.scalars(query.order_by(Person.id)))
    random.Random(1).shuffle(found)
    if not found:
        raise Refused(f"the database has nobody who is {role} and nothing else.")
    return found[:count]


def _sign_in(app: Flask, people: Sequence[Person]) -> list[Signed]:
    now, signs = clock.now(), [secrets.token_urlsafe(32) for _ in people]
    keys = [new_token() for _ in people]
    facts = [(person.id, person.team_id or 0, person.site_id or 0, person.auth_epoch) for person in people]
    with writing():
        db.session.execute(
            insert(SignIn), [_sign_in_row(fact, sign, now) for fact, sign in zip(facts, signs, strict=True)]
        )
        db.session.execute(
            insert(ApiToken), [_key_row(fact[0], key, now) for fact, key in zip(facts, keys, strict=True)]
        )
    doors = [_cookie(app, sign) for sign in signs]
    return [Signed(*fact[:3], *door, key) for fact, door, key in zip(facts, doors, keys, strict=True)]


def _sign_in_row(fact: tuple[int, int, int, int], sign: str, now: datetime) -> dict[str, object]:
    return {"person_id": fact[0], "token_hash": hash_token(sign), "auth_epoch": fact[3], "started_at": now,
            "expires_at": now + timedelta(hours=12), "device": "a browser", "network": "127.0.0.0/24"}  # fmt: skip


def _key_row(person_id: int, key: str, now: datetime) -> dict[str, object]:
    return {"person_id": person_id, "name": "bench", "shown_start": key[:10], "shown_end": key[-4:],
            "token_hash": fingerprint(key), "scopes": "ideas:read ideas:write votes:write", "made_at": now,
            "expires_at": now + timedelta(days=1), "last_used_on": now.date()}  # fmt: skip


def _cookie(app: Flask, sign: str) -> tuple[str, str]:
    """The cookie of a browser that has signed in, and the token of its forms."""
    # The same browser at the same address as the load tool's: else every request finds its sign-in moved elsewhere.
    with app.test_request_context(headers={"User-Agent": AGENT}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        manager = current_app.login_manager  # type: ignore[attr-defined]
        session.update(_user_id=sign, _fresh=True, _id=manager._session_identifier_generator(), seen=int(time.time()))
        g.pop("csrf_token", None)  # kept for the length of an application context, which all of them share here
        form_token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}", form_token


def _open_ideas() -> list[int]:
    query = select(Idea.id).where(
        Idea.stage == Stage.OPEN, Idea.hidden_at.is_(None), Idea.audience == Audience.ORGANISATION
    )
    found = list(db.session.scalars(query.order_by(Idea.id)))
    random.Random(2).shuffle(found)
    return found[:OPEN_IDEAS]


def _shown_ideas() -> list[int]:
    """Ideas whose page is asked for: the two newest of each stage."""
    found: list[int] = []
    for stage in Stage:
        query = select(Idea.id).where(
            Idea.stage == stage, Idea.hidden_at.is_(None), Idea.audience == Audience.ORGANISATION
        )
        found += db.session.scalars(query.order_by(Idea.id.desc()).limit(2))
    return found


def _undecided(voters: Sequence[Signed], ideas: Sequence[int]) -> Iterator[tuple[Signed, int]]:
    """Each pair once, the next person with each."""
    votes = select(Vote.idea_id, Vote.person_id).where(Vote.idea_id.in_(ideas), Vote.revoked_at.is_(None))
    authors = select(Idea.id, Idea.author_id).where(Idea.id.in_(ideas))
    taken = {*map(tuple, db.session.execute(votes)), *map(tuple, db.session.execute(authors))}

    def pairs() -> Iterator[tuple[Signed, int]]:
        for turn in range(len(ideas)):
            for place, voter in enumerate(voters):
                idea = ideas[(place + turn) % len(ideas)]
                if (idea, voter.id) not in taken:
                    yield voter, idea

    return pairs()


def line(method: str, path: str, headers: dict[str, str], body: str = "") -> str:
    """One request as `wrk.lua` reads it."""
    told = {"User-Agent": AGENT, **headers}
    return "\t".join([method, path, "|".join(f"{name}: {value}" for name, value in told.items()), body])


def page(address: str, person: Signed) -> str:
    """A page asked for by a browser."""
    return line("GET", address, {"Cookie": person.cookie})


def form(address: str, person: Signed, **fields: str) -> str:
    """A form sent by a browser."""
    headers = {"Cookie": person.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return line("POST", address, headers, urlencode({"csrf_token": person.form_token, **fields}))


def call(method: str, path: str, person: Signed, body: str) -> str:
    """A request of a program."""
    headers = {"Authorization": f"Bearer {person.key}", "Content-Type": "application/json"}
    return line(method, f"/api/v1{path}", headers, body)


def words(dice: random.Random) -> str:
    """Something that somebody may have said; no two are likely to be the same."""
    return f"We lose time with {', with '.join(dice.sample(WORDS, 5))}: let us do it once and keep it."
