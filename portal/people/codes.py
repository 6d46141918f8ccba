"""Making one-time codes and spending them. Only a keyed hash is stored, bound to the purpose and the person."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update

from portal.db import db
from portal.errors import Gone, Invalid
from portal.people.code_rules import LASTS, as_typed, new_code
from portal.people.models import OneTimeCode
from portal.people.roles import CodePurpose

Seal = Callable[[str], str]  # a hash that only this installation can compute
CHUNK = 500


def issue(
    purpose: CodePurpose, *, person_id: int | None, seal: Seal, now: datetime, code: str | None = None
) -> str | None:
    """Make a code (or register the given one) and cancel the earlier ones of this purpose; returns it bare.

    A given code that is registered already is prolonged; None is returned where it has been used or cancelled.
    """
    code_hash = _sealed(seal, purpose, person_id, code) if code else ""
    if code and (known := db.session.scalar(select(OneTimeCode).where(OneTimeCode.code_hash == code_hash))):
        if known.used_at or known.cancelled_at:
            return None
        known.expires_at = now + LASTS[purpose]
        db.session.flush()
        return code
    return issue_many(purpose, [person_id], seal=seal, now=now, code=code)[person_id]


def issue_many(
    purpose: CodePurpose, person_ids: Sequence[int | None], *, seal: Seal, now: datetime, code: str | None = None
) -> dict[int | None, str]:
    """Make a code for each person in a few statements; their earlier ones of this purpose are cancelled."""
    made = {person_id: code or new_code() for person_id in person_ids}
    for at in range(0, len(person_ids), CHUNK):
        cancel_open(person_ids[at : at + CHUNK], now=now, purpose=purpose)
    rows = [
        {
            "person_id": person_id, "purpose": purpose, "code_hash": _sealed(seal, purpose, person_id, made[person_id]),
            "made_at": now, "expires_at": now + LASTS[purpose],
        }
        for person_id in person_ids
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(OneTimeCode), rows)
    return made


def cancel_open(person_ids: Iterable[int | None], *, now: datetime, purpose: CodePurpose | None = None) -> None:
    """Nobody gets in any more with the codes made so far for these people (of one purpose, or of all)."""
    ids = list(person_ids)
    whose = OneTimeCode.person_id.is_(None) if ids == [None] else OneTimeCode.person_id.in_(ids)
    still_open: list[ColumnElement[bool]] = [whose, OneTimeCode.used_at.is_(None), OneTimeCode.cancelled_at.is_(None)]
    if purpose is not None:
        still_open.append(OneTimeCode.purpose == purpose)
    db.session.execute(
        update(OneTimeCode).where(*still_open).values(cancelled_at=now).execution_options(synchronize_session=False)
    )


def spend(typed: str, *purposes: CodePurpose, person_id: int | None, seal: Seal, now: datetime) -> None:
    """Use up a code for one of the purposes. Of two at once, one gets through.

    Raises Invalid `wrong_code`, and Gone `code_over` for a right code that was used, replaced or is too old.
    """
    code = as_typed(typed)
    if code is None:
        raise wrong_code()
    hashes = [_sealed(seal, purpose, person_id, code) for purpose in purposes]
    still_open = (
        OneTimeCode.code_hash.in_(hashes),
        OneTimeCode.used_at.is_(None),
        OneTimeCode.cancelled_at.is_(None),
        OneTimeCode.expires_at > now,
    )
    # The condition decides the race, not a look beforehand.
    used = db.session.execute(
        update(OneTimeCode).where(*still_open).values(used_at=now).execution_options(synchronize_session=False)
    )
    if used.rowcount == 1:  # type: ignore[attr-defined]
        return
    if db.session.scalar(select(OneTimeCode.id).where(OneTimeCode.code_hash.in_(hashes))) is None:
        raise wrong_code()
    raise Gone("code_over", "This code has been used, replaced by a newer one, or is too old. Ask for a new one.")


def wrong_code() -> Invalid:
    """The same words for an unknown account, somebody who has left, and a code that is not theirs."""
    return Invalid("wrong_code", "That account and code do not go together. Check both and try again.")


def _sealed(seal: Seal, purpose: CodePurpose, person_id: int | None, code: str) -> str:
    return seal(f"code:{purpose}:{person_id or ''}:{code}")
