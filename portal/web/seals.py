"""Cursors of the interface carry a seal, so that one that we did not make for this very list is told from ours.

Without it, a cursor of another list or filter would be taken for a place in this one, and rows left out unnoticed.
"""

import base64
import hashlib
import hmac
import json

from flask import current_app, request

from portal.web.paging import bad_cursor

SEAL_CHARS = 12
ABOUT_THE_PAGE = ("limit", "cursor")  # how much of a list is asked for, not which


def sealed(cursor: str) -> str:
    """The cursor as it leaves: good for the list that is being read, with the filters of this request."""
    return f"{cursor}.{_seal(cursor)}"


def opened(sent: str) -> str:
    """The cursor in what was sent; nothing stays nothing. Raises Invalid `bad_cursor` for what is not ours."""
    if not sent:
        return sent
    cursor, _, seal = sent.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(cursor).encode()):
        raise bad_cursor()
    return cursor


def _seal(cursor: str) -> str:
    asked = sorted((name, value) for name, value in request.args.items(multi=True) if name not in ABOUT_THE_PAGE)
    text = json.dumps(["cursor", request.path, asked, cursor])
    key = current_app.config["SAYSO"].secret_key.encode()
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), hashlib.sha256))[:SEAL_CHARS].decode()
