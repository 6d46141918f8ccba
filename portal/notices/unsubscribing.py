"""Addresses in mails that end mails of their kind, without signing in: signed, for one person and some moments."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from portal.errors import Missing
from portal.notices.moments import Moment
from portal.web.secret import secret_for

SIGN_BYTES = 18


def token_for(person_id: int, moments: Iterable[Moment]) -> str:
    """What stands in the address."""
    said = f"{person_id}.{'-'.join(sorted(moments))}"
    return f"{said}.{_sign(said)}"


def read_token(token: str) -> tuple[int, tuple[Moment, ...]]:
    """The person and the moments of a token that we made; raises Missing for anything else."""
    said, _, sign = token.rpartition(".")
    # Compared as bytes: what is no ASCII is no token, and compare_digest would raise.
    if not hmac.compare_digest(_sign(said).encode(), sign.encode()):
        raise Missing("page")
    person, _, moments = said.partition(".")
    return int(person), tuple(Moment(word) for word in moments.split("-"))


def _sign(said: str) -> str:
    digest = hmac.new(secret_for("unsubscribe"), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:SIGN_BYTES]).decode()
