"""Keys to the interface: made, listed, revoked, and the viewer behind one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from portal.db import db
from portal.errors import Conflict, Invalid, Missing
from portal.people import queries, service
from portal.people.models import ApiToken, Person
from portal.people.scopes import Scope, scopes_of
from portal.people.token_rules import (
    DAYS_MAX,
    NAME_CHARS_MAX,
    PER_PERSON_MAX,
    SHOWN_END,
    SHOWN_START,
    TokenRefusal,
    fingerprint,
    new_token,
    well_formed,
)
from portal.people.viewer import Viewer
from portal.web.paging import decode_cursor, encode_cursor


@dataclass(frozen=True)
class Key:
    """A key as a request has shown it, with the viewer it stands for."""

    id: int
    viewer: Viewer
    scopes: frozenset[str]
    last_used_on: date | None


def make(
    person_id: int, name: str, scopes: Sequence[str], *, days: int, by_id: int | None, now: datetime
) -> tuple[ApiToken, str]:
    """Make a key for an active person; returns its row and the secret, which is never seen again.

    Raises Invalid (`unknown_scope`, `no_scope`, `bad_name`, `bad_days`), Conflict `too_many_keys`, Missing.
    """
    if not 1 <= days <= DAYS_MAX:
        raise Invalid("bad_days", f"A key lasts 1 to {DAYS_MAX} days.", {"days": f"1 to {DAYS_MAX}."})
    name = name.strip()
    if not name or len(name) > NAME_CHARS_MAX:
        raise Invalid("bad_name", "Give the key a name of at most 80 characters.", {"name": "1 to 80 characters."})
    _refuse_too_many(person_id, now)
    token, wanted = new_token(), scopes_of(scopes)
    row = ApiToken(
        person_id=person_id, name=name, shown_start=token[:SHOWN_START], shown_end=token[-SHOWN_END:],
        token_hash=fingerprint(token), scopes=" ".join(wanted), made_at=now, made_by_id=by_id,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts = {"name": name, "scopes": wanted, "days": days}
    service.audit("token.made", f"token:{row.id}", facts, actor_id=by_id, now=now)
    return row, token


def _refuse_too_many(person_id: int, now: datetime) -> None:
    # The person's row is the lock: two windows cannot both make the last key allowed.
    person = db.session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None or not person.active:
        raise Missing("person")
    standing = ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    if (db.session.scalar(select(func.count()).select_from(ApiToken).where(*standing)) or 0) >= PER_PERSON_MAX:
        raise Conflict("too_many_keys", f"Nobody needs more than {PER_PERSON_MAX} keys. Revoke one first.")


def revoke(person_id: int, token_id: int, *, by_id: int | None, now: datetime) -> None:
    """End a key of this person with the next request; a key that has ended stays ended. Raises Missing."""
    own = ApiToken.id == token_id, ApiToken.person_id == person_id
    if db.session.scalar(select(ApiToken.id).where(*own)) is None:
        raise Missing("key")
    standing = update(ApiToken).where(*own, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    if db.session.execute(standing).rowcount:  # type: ignore[attr-defined]
        service.audit("token.revoked", f"token:{token_id}", {}, actor_id=by_id, now=now)


def keys_page(person_id: int, *, limit: int, cursor: str | None) -> tuple[Sequence[ApiToken], str | None]:
    """The keys a person ever had, the newest first, and the cursor of the next page. Raises Invalid `bad_cursor`."""
    query = select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.id.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(ApiToken.id < after[0])
    rows = db.session.scalars(query.limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None


def key_of(header: str, *, now: datetime) -> Key:
    """The key in an `Authorization` header. Raises Unauthenticated, one code for each way a key can be no good."""
    kind, _, token = header.partition(" ")
    if not header or kind.lower() != "bearer":
        raise TokenRefusal.MISSING.as_error()
    if not well_formed(token.strip()):
        raise TokenRefusal.MALFORMED.as_error()
    found = queries.viewer_by_key(fingerprint(token.strip()))
    if found is None:
        raise TokenRefusal.UNKNOWN.as_error()
    row, viewer = found
    if row.revoked_at is not None:
        raise TokenRefusal.REVOKED.as_error()
    if row.expires_at <= now:
        raise TokenRefusal.EXPIRED.as_error()
    return Key(row.key_id, viewer, frozenset(row.scopes.split()), row.last_used_on)


def scopes_shown(row: ApiToken) -> tuple[Scope, ...]:
    """What a key is good for."""
    return tuple(Scope(word) for word in row.scopes.split())


def note_uses(days: dict[int, date]) -> None:
    """Write down on which day keys (by id) were last used."""
    for token_id, day in days.items():
        db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_on=day))
