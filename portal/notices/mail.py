"""One way out for mail: an SMTP server, or files beside the data where none is set."""

import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

TIMEOUT_SECONDS = 15
# Of what RFC 5322 allows (998): an address in a header that is longer than a line would be broken up or encoded.
LINES = SMTP.clone(max_line_length=900)
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """What an SMTP address says: smtp://user:password@host:587?starttls=1&from=sayso@example.org or smtps://…"""

    host: str
    port: int
    user: str | None
    password: str | None
    tls_at_once: bool
    starttls: bool
    sender: str | None

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read the setting SMTP_URL, whose scheme and host are checked at the start."""
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return cls(
            host=parts.hostname or "localhost", port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls_at_once=parts.scheme == "smtps", starttls=asked.get("starttls") == "1", sender=asked.get("from"),
        )  # fmt: skip


def send(
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    *,
    event_id: str,
    now: datetime,
    unsubscribe: str | None = None,
) -> None:
    """Send one mail. A retry carries the same Message-ID (from `event_id`), so that a receiver can tell it is one mail.

    unsubscribe: the address that ends mails of this kind at a POST from whoever holds it (RFC 8058).

    Raises OSError or smtplib.SMTPException where it could not be handed over, and ValueError for a line end in the
    address or the subject: the outbox tries again, or a person looks.
    """
    config = current_app.config["SAYSO"]
    server = Server.from_url(config.smtp_url) if config.smtp_url else None
    message = composed(
        to, subject, text, html, sender=_sender(server, config.base_url), event_id=event_id, now=now
    )  # fmt: skip
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if server is None:
        _keep(message, config.instance / "mail", event_id)
    else:
        _hand_over(message, server)


def composed(
    to: str, subject: str, text: str, html: str | None, *, sender: str, event_id: str, now: datetime
) -> EmailMessage:
    """The message itself, plain text first."""
    message = EmailMessage(policy=LINES)
    message["From"] = f"Sayso <{sender}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{event_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def _sender(server: Server | None, base_url: str) -> str:
    if server is not None and (server.sender or "@" in (server.user or "")):
        return server.sender or server.user or ""
    host = urlsplit(base_url).hostname or "localhost"
    try:
        ip_address(host)
    except ValueError:
        return f"sayso@{host}"
    return "sayso@localhost"


def _hand_over(message: EmailMessage, server: Server) -> None:
    context = ssl.create_default_context()
    if server.tls_at_once:
        link: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    with link:
        if server.starttls:
            link.starttls(context=context)
        if server.user:
            link.login(server.user, server.password or "")
        link.send_message(message)


def _keep(message: EmailMessage, folder: Path, event_id: str) -> None:
    """Write an .eml that only its owner can read; the same event writes the same file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = re.sub(r"[^A-Za-z0-9.-]", "-", event_id)[:100]
    draft = folder / f".{name}.{os.getpid()}"
    handle = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes())
    draft.replace(folder / f"{name}.eml")
