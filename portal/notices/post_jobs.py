"""The post: once a minute, and whenever something is to be told at once, mails that are due leave."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

from flask import current_app

from portal.db import writing
from portal.notices import letters, mail
from portal.notices.letters import LETTER, Letter
from portal.notices.service import POST
from portal.notices.unsubscribing import token_for
from portal.outbox import service as outbox
from portal.outbox.service import Claimed

REST = timedelta(seconds=30)
_rests_until: dict[str, datetime] = {}  # mail server → until when this process leaves it alone


class Resting(OSError):
    """The mail server did not answer a moment ago: the letter waits without another try."""


def hand_out(message: Claimed, now: datetime) -> None:
    """One message for each person to whom something is due. A second run finds nothing.

    A few hundred at a time: what was left meanwhile, a code for a password for example, goes before the rest.
    """
    with writing():
        if letters.hand_out(now=now):
            outbox.emit(POST, {}, now=now)


def send(message: Claimed, now: datetime) -> None:
    """One mail to one person. Failing, it is tried again by the outbox, and holds up nobody else."""
    with writing():
        letter = letters.take(message.payload["person_id"], message.event_id, now=now)
    if letter is None:
        return
    try:
        _mail(letter, message.event_id, now)
    except BaseException:
        with writing():
            letters.let_go(message.event_id)
        raise
    with writing():
        letters.mark_sent(message.event_id, now=now)


def _mail(letter: Letter, event_id: str, now: datetime) -> None:
    config = current_app.config["SAYSO"]
    server = config.smtp_url or ""
    if now < _rests_until.get(server, now):
        raise Resting("the mail server did not answer a moment ago")
    stop = f"{config.base_url}/unsubscribe/{token_for(letter.person_id, letter.moments)}"
    text, html = (_drawn(kind, letter=letter, stop=stop, base_url=config.base_url) for kind in ("txt", "html"))
    try:
        mail.send(letter.to, subject_of(letter), text, html, event_id=event_id, now=now, unsubscribe=stop)
    except OSError as error:
        if _is_silent(error):
            _rests_until[server] = now + REST
        raise
    _rests_until.pop(server, None)


def _is_silent(error: OSError) -> bool:
    """The server itself is away, rather than one address refused: what smtplib raises is an OSError too."""
    return isinstance(error, (SMTPConnectError, SMTPServerDisconnected)) or not isinstance(error, SMTPException)


def subject_of(letter: Letter) -> str:
    """What happened, where it is one thing; else about how much it tells."""
    if len(letter.items) == 1:
        (item,) = letter.items
        return f"Number {item.number}: {item.title}" if item.number is not None else item.title
    return f"{len(letter.items) + letter.more} updates"


def _drawn(kind: str, **facts: object) -> str:
    # Not render_template: outside of a request there is no viewer, nonce or theme to fill in.
    return current_app.jinja_env.get_template(f"email/letter.{kind}").render(**facts)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once a minute (UTC), for digests and for what waited for the morning."""
    return [(POST, f"{POST}:{now.astimezone(UTC):%Y-%m-%dT%H:%M}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {POST: hand_out, LETTER: send}
